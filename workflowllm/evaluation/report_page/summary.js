// What the table and the plots take from the summary.

const SHAPES = [["actions", "Actions"], ["control", "Branches and loops"], ["nesting", "Nesting depth"]];
const PASS_RATES = [["pass_static", "Static pass"], ["pass_judge", "Judged pass"], ["pass_execution", "Execution match"]];
const EXECUTION_COLUMNS = [
  ["execution_samples", "References run"],
  ["pass_execution", "Execution match"],
  ["effect_f1", "Effect F1"],
  ["runs", "Runs"],
  ["pass_static", "Static pass"],
  ["tolerant_share", "Tolerant share"],
];
const MEASURE_COLUMNS = [
  ["parses", "Parses"],
  ["checks", "Checks"],
  ["compiles", "Compiles"],
  ["hallucination_rate", "Invented"],
  ["api_precision", "API precision"],
  ["api_recall", "API recall"],
  ["api_f1", "API F1"],
  ["order_f1", "API order F1"],
  ["control_similarity", "Control flow"],
];

/** A row's figure {mean, low, high} for a column; the paper's rows have the package's, whatever the mode. */
function figureOf(row, column) {
  if (column.startsWith("pass_")) return row.pass_rate?.[column.slice(5)] ?? {};
  const scores = row.modes?.[row.kind === "paper" ? "compat" : state.mode] ?? {};
  if (column === "execution_samples") return isNumber(row.execution_samples) && row.count ? { mean: row.execution_samples / row.count } : {};
  return scores[column] ?? row.measures?.[column] ?? row.execution?.[column] ?? {};
}

function rowsInSight() {
  return (DATA.summary.rows ?? []).filter((row) => row.split === state.split);
}

/** Floors of one name are told apart by whose samples they stand on, where there are several. */
function rowTitle(row, rows) {
  const isOne = rows.filter((other) => other.model === row.model && other.kind === row.kind).length === 1;
  return isOne || !row.samples_of ? String(row.model) : `${row.model}, samples of ${row.samples_of.join(", ")}`;
}

function drawNotes(rows) {
  const has = (kind) => rows.some((row) => row.kind === kind);
  const unread = rows.filter((row) => row.kind === "model" && row.pass_rate?.judge && row.judged < row.count);
  const marked = rows.filter((row) => row.marked?.length);
  const notes = [
    rows.some((row) => isNumber(figureOf(row, "codebleu").low)) ? "Small figures: 95 % bootstrap intervals over the samples." : null,
    has("floor") ? "Floors are what answers that do not look at the query score on the same samples; a system near them has shown nothing. The ceiling is the reference itself." : null,
    has("paper") ? `The paper’s rows are as printed, on samples of its own${state.mode === "fixed" ? ", and were scored with the package that mode compat repeats: beside mode fixed they are no comparison" : ""}.` : null,
    ...rows.filter((row) => row.kind === "model" && row.count < row.of).map((row) => `${row.model} answers ${row.count} of the ${row.of} samples.`),
    ...rows.filter((row) => row.kind === "model" && row.answers > row.count).map((row) => `${row.model}: ${row.answers} answers to ${row.count} samples; each sample counts once.`),
    marked.length ? `* The printed total is not the weighted sum of its parts${marked.some((row) => isNumber(row.sum_of_parts)) ? `: ${marked.map((row) => `${row.model} ${percent(row.sum_of_parts)}`).join(", ")}` : ""}.` : null,
    rows.some((row) => row.kind === "model") ? "Static pass: the code compiles, the checker finds no error, and it has enough of the reference’s APIs, arguments and outputs handed on. It is no judge’s verdict and cannot be set beside one. There is none where the reference does not compile." : null,
    rows.some((row) => isNumber(row.execution_samples)) ? "Execution: reference and answer run in the same made worlds. The figures are over the references that run whole and do something that can be seen; “References run” is their share. A match is equal effects in all worlds, but for the wording of questions." : null,
    ...unread.map((row) => `${row.model}: ${row.judged} of ${row.count} verdicts of the judge could be read; the others count as not passed.`),
  ];
  byId("results-notes").replaceChildren(...notes.filter(Boolean).map((note) => make("p", {}, visible(note))));
}

/** Plots of a split: buckets in their order, and a line for each model and each floor. */
function plotsOf(split, mode) {
  return SHAPES.map(([by, title]) => {
    const rows = (DATA.summary.breakdowns ?? []).filter((row) => row.by === by && row.split === split);
    const orders = new Map(rows.map((row) => [row.bucket, row.order]));
    const labels = [...orders.keys()].sort((first, second) => orders.get(first) - orders.get(second));
    const names = new Map(rows.filter((row) => row.kind !== "ceiling").map((row) => [row.model, row.kind]));
    const lines = [...names].map(([name, kind]) => ({
      name,
      kind,
      points: labels.map((label) => {
        const row = rows.find((one) => one.model === name && one.bucket === label);
        return row ? { ...row.codebleu?.[mode], count: row.count } : null;
      }),
    }));
    const most = (label) => Math.max(0, ...rows.filter((row) => row.bucket === label && row.kind === "model").map((row) => row.count));
    return { title, lines, buckets: labels.map((label) => ({ label, count: most(label) })) };
  }).filter((plot) => plot.buckets.length);
}
