// The results table: our rows, the floors and the ceiling beside the paper's rows.

const COLUMNS = [["parses", "Parses"], ["checks", "Checks"], ["compiles", "Compiles"], ["hallucination_rate", "Not offered"], ["api_f1", "API F1"], ["order_f1", "Order F1"], ["control_similarity", "Control"]];
const order = { column: "codebleu", descending: true };

/** A figure with its interval: a number stands for one without. */
function figure(value) {
  return isNumber(value) ? { mean: value } : value ?? {};
}

function cellFigure(row, column) {
  if (column === "pass_rate") return figure(row.pass_rate);
  const scores = row.modes?.[row.kind === "paper" ? "compat" : state.mode] ?? {};
  return figure(column in scores ? scores[column] : row.measures?.[column]);
}

function rowsInSight() {
  return (DATA.summary.rows ?? []).filter((row) => row.split === state.split);
}

function drawTable() {
  const rows = rowsInSight();
  const measures = COLUMNS.filter(([name]) => rows.some((row) => isNumber(cellFigure(row, name).mean)));
  const columns = [["model", "System"], ["count", "n"], ...SCORES, ["pass_rate", passTitle(rows)], ...measures];
  const value = (row) => (order.column === "model" ? row.model : order.column === "count" ? row.count : cellFigure(row, order.column).mean);
  rows.sort((first, second) => compared(value(first), value(second), order.descending));
  byId("results-table").replaceChildren(
    make("caption", { class: "hidden" }, `${state.split}, mode ${state.mode}`),
    make("thead", {}, make("tr", {}, columns.map(([name, title]) => headCell(name, title)).toSpliced(2 + SCORES.length, 0, make("th", { scope: "col", class: "place" }, placeAxis())))),
    make("tbody", {}, rows.map((row) => tableRow(row, columns, rows))),
  );
  drawNotes(rows);
}

/** What is absent stands last whichever the order. */
function compared(first, second, descending) {
  const [one, two] = [first ?? null, second ?? null];
  if (one === null || two === null) return (one === null) - (two === null);
  const by = typeof one === "string" ? one.localeCompare(two) : one - two;
  return descending ? -by : by;
}

function headCell(name, title) {
  const sort = order.column === name ? (order.descending ? "descending" : "ascending") : null;
  const click = () => {
    order.descending = order.column === name ? !order.descending : name !== "model";
    order.column = name;
    drawTable();
    byId("results-table").querySelector(`[data-column="${name}"] button`).focus();
  };
  return make("th", { scope: "col", "aria-sort": sort, "data-column": name }, make("button", { type: "button", onclick: click }, title));
}

function tableRow(row, columns, rows) {
  const unlike = row.kind === "paper" && state.mode === "fixed";
  const cells = columns.slice(1).map(([name]) => {
    if (name === "count") return make("td", {}, isNumber(row.count) ? row.count.toLocaleString("en") : NONE);
    const value = cellFigure(row, name);
    const mark = (row.marked ?? []).includes(name) ? "*" : "";
    return make("td", { class: name === "codebleu" ? "total" : name === "pass_rate" ? "rule" : null }, percent(value.mean) + mark, interval(value) ? make("small", {}, interval(value)) : null);
  });
  cells.splice(1 + SCORES.length, 0, make("td", { class: "place" }, placeDrawing(row, rows)));
  const title = [row.kind === "model" ? modelSwatch(row.model) : null, visible(String(row.model)), row.kind === "model" ? null : make("span", { class: "kind" }, row.kind)];
  return make("tr", { class: `${row.kind}${unlike ? " unlike" : ""}` }, make("th", { scope: "row" }, title), cells);
}

function modelSwatch(model) {
  const place = DATA.models.indexOf(model);
  return make("i", { class: `swatch series-${place < 0 ? "none" : place % SERIES}`, "aria-hidden": "true" });
}

function placeAxis() {
  return make("span", { class: "scale" }, make("span", {}, "0"), make("span", {}, "CodeBLEU"), make("span", {}, "100"));
}

/** Where the total stands between 0 and 100, with its interval; the floors as dashed lines. */
function placeDrawing(row, rows) {
  const total = cellFigure(row, "codebleu");
  const at = (value) => `${(100 * value).toFixed(2)}%`;
  const floors = rows.filter((other) => other.kind === "floor").map((other) => cellFigure(other, "codebleu").mean).filter(isNumber);
  const shape = row.kind === "model" ? `series-${Math.max(0, DATA.models.indexOf(row.model)) % SERIES}` : "series-none";
  return draw(
    "svg", { class: shape, "aria-hidden": "true" },
    draw("line", { class: "place-axis", x1: 0, x2: "100%", y1: "50%", y2: "50%" }),
    floors.map((value) => draw("line", { class: "place-floor", x1: at(value), x2: at(value), y1: 0, y2: "100%" })),
    isNumber(total.low) ? draw("line", { class: "place-range", stroke: "var(--series)", x1: at(total.low), x2: at(total.high), y1: "50%", y2: "50%" }) : null,
    isNumber(total.mean) ? draw("circle", { cx: at(total.mean), cy: "50%", r: row.kind === "model" ? 4.5 : 3.2, fill: row.kind === "paper" ? "var(--paper)" : "var(--series)", stroke: "var(--series)", "stroke-width": 1.3 }) : null,
  );
}
