// What the reference and the answer did in one world, beside each other, and where they part.

function runsPart(answer) {
  const runs = answer.side_by_side;
  if (!runs) return null;
  const apart = runs.parts_at === null ? null : runs.parts_at - runs.first_line;
  const words = apart === null
    ? `equal in all ${runs.worlds} worlds`
    : `they part in ${runs.worlds_apart} of ${runs.worlds} worlds; in world ${runs.world}, at line ${runs.parts_at}`;
  return make(
    "section", { class: "runs" },
    make("div", { class: "code-head" }, make("h3", {}, "Runs"), make("span", { class: "aside" }, words)),
    make("div", { class: "sides" }, runSide("Reference", runs.reference, runs.first_line, apart), runSide("Generated", runs.answer, runs.first_line, apart)),
  );
}

function runSide(title, lines, first, apart) {
  return make(
    "div", { class: "side" }, make("h4", {}, title),
    make("ol", { class: "run", start: first }, lines.map((line, place) =>
      make("li", { class: apart === null || place < apart ? null : place === apart ? "parts" : "after" }, visible(line)))),
  );
}
