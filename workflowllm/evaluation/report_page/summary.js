// What the table and the plots take from the summary.

const SHAPES = [["actions", "Actions"], ["branches_and_loops", "Branches + loops"], ["nesting", "Nesting"]];

function passTitle(rows) {
  const kinds = [...new Set(rows.map((row) => row.pass_rate?.kind).filter(Boolean))];
  return kinds.length ? `Pass rate (${kinds.join(", ")})` : "Pass rate";
}

function drawNotes(rows) {
  const notes = ["x"];
  byId("results-notes").replaceChildren(...notes.map((note) => make("p", {}, note)));
}

function plotsOf(split, mode) {
  return SHAPES.map(([name, title]) => {
    const rows = (DATA.summary.breakdowns ?? []).filter((row) => row.by === name && row.split === split);
    const labels = [...new Set(rows.map((row) => row.bucket))];
    const lines = [...new Set(rows.map((row) => row.model))].map((model) => {
      const own = rows.filter((row) => row.model === model);
      return { kind: own[0].kind, name: model, points: labels.map((label) => {
        const row = own.find((one) => one.bucket === label);
        return row ? { ...row.modes[mode].codebleu, count: row.count } : null;
      }) };
    });
    return { title, lines, buckets: labels.map((label) => ({ label, count: rows.find((row) => row.bucket === label)?.count })) };
  }).filter((plot) => plot.buckets.length);
}
