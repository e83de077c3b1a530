// The tables of results: our rows, the floors and the ceiling; in the first, the paper's rows beside them.

const TABLES = [
  { id: "results-table", columns: [...SCORES, ...PASS_RATES], placeAfter: "codebleu", order: { column: "codebleu", descending: true } },
  { id: "execution-table", columns: EXECUTION_COLUMNS, placeAfter: null, order: { column: "pass_execution", descending: true } },
  { id: "measures-table", columns: MEASURE_COLUMNS, placeAfter: null, order: { column: "api_f1", descending: true } },
];

function drawTables() {
  TABLES.forEach(drawTable);
  drawNotes(rowsInSight());
}

function drawTable(table) {
  const has = (row, name) => isNumber(figureOf(row, name).mean);
  const rows = rowsInSight().filter((row) => table.columns.some(([name]) => has(row, name)));
  const columns = [["model", "System"], ["count", "n"], ...table.columns.filter(([name]) => rows.some((row) => has(row, name)))];
  const { column, descending } = table.order;
  const value = (row) => (column === "model" ? row.model : column === "count" ? row.count : figureOf(row, column).mean);
  rows.sort((first, second) => isUnlike(first, column) - isUnlike(second, column) || compared(value(first), value(second), descending));
  byId(table.id).replaceChildren(
    make("caption", {}, `${state.split}, mode ${state.mode}`),
    make("thead", {}, make("tr", {}, columns.map(([name, title]) => [headCell(table, name, title), name === table.placeAfter ? make("th", { scope: "col", class: "place" }, placeAxis()) : null]))),
    make("tbody", {}, rows.map((row) => tableRow(table, row, columns, rows))),
  );
  byId(table.id).parentElement.hidden = !rows.length;
  hintWhereCut(byId(table.id).parentElement);
}

/** A line under a table that goes on beyond the window. */
function hintWhereCut(box) {
  const hint = box.nextElementSibling?.matches(".cut-hint") ? box.nextElementSibling : make("p", { class: "cut-hint" }, "The table goes on to the right →");
  box.after(hint);
  hint.hidden = box.hidden || box.scrollWidth <= box.clientWidth + 1;
}

/** Why a cell is empty, in two or three words. */
function whyEmpty(row, name) {
  if (row.kind === "paper") return "not printed";
  if (name === "pass_judge") return "not judged";
  if (name === "pass_static") return "no reference compiles";
  return ["pass_execution", "effect_f1", "runs"].includes(name) ? "no reference runs" : null;
}

/** What is absent stands last whichever the order. */
function compared(first, second, descending) {
  const [one, two] = [first ?? null, second ?? null];
  if (one === null || two === null) return (one === null) - (two === null);
  const by = typeof one === "string" ? one.localeCompare(two) : one - two;
  return descending ? -by : by;
}

function headCell(table, name, title) {
  const order = table.order;
  const sort = order.column === name ? (order.descending ? "descending" : "ascending") : null;
  const click = () => {
    order.descending = order.column === name ? !order.descending : name !== "model";
    order.column = name;
    drawTable(table);
    byId(table.id).querySelector(`[data-column="${name}"] button`).focus();
  };
  return make("th", { scope: "col", "aria-sort": sort, "data-column": name }, make("button", { type: "button", onclick: click }, title));
}

function tableRow(table, row, columns, rows) {
  const title = [row.kind === "model" ? modelSwatch(row.model) : null, visible(rowTitle(row, rows)), row.kind === "model" ? null : [" ", make("span", { class: "kind" }, row.kind)]];
  const cells = columns.slice(1).map(([name]) => [
    figureCell(row, name),
    name === table.placeAfter ? make("td", { class: "place" }, isUnlike(row, name) ? null : placeDrawing(row, rows)) : null,
  ]);
  return make("tr", { class: row.kind }, make("th", { scope: "row" }, title), cells);
}

function figureCell(row, name) {
  if (name === "count") {
    const whole = isNumber(row.of) && row.of !== row.count ? make("small", {}, `of ${row.of.toLocaleString("en")}`) : null;
    return make("td", {}, isNumber(row.count) ? row.count.toLocaleString("en") : NONE, whole);
  }
  const value = figureOf(row, name), mark = (row.marked ?? []).includes(name) ? "*" : "";
  const look = [name === "codebleu" && "total", isUnlike(row, name) && "unlike"].filter(Boolean).join(" ");
  const below = interval(value) || (isNumber(value.mean) ? "" : whyEmpty(row, name));
  return make("td", { class: look || null }, percent(value.mean) + mark, below ? make("small", {}, below) : null);
}

/** The paper's CodeBLEU beside ours of mode fixed: other numbers of the same name, so they are ranked apart. */
function isUnlike(row, name) {
  return row.kind === "paper" && state.mode === "fixed" && SCORES.some(([score]) => score === name);
}

function modelSwatch(model) {
  const index = DATA.models.indexOf(model);
  return make("i", { class: `swatch series-${index < 0 ? "none" : index % SERIES}`, "aria-hidden": "true" });
}

function placeAxis() {
  return make("span", { class: "scale" }, make("span", {}, "0"), make("span", {}, "CodeBLEU"), make("span", {}, "100"));
}

/** Where the total stands between 0 and 100, with its interval; the floors as dashed lines. */
function placeDrawing(row, rows) {
  const total = figureOf(row, "codebleu");
  const at = (value) => `${(100 * value).toFixed(2)}%`;
  const floors = rows.filter((other) => other.kind === "floor").map((other) => figureOf(other, "codebleu").mean).filter(isNumber);
  const shape = row.kind === "model" ? `series-${Math.max(0, DATA.models.indexOf(row.model)) % SERIES}` : "series-none";
  return draw(
    "svg", { class: shape, "aria-hidden": "true" },
    draw("line", { class: "place-axis", x1: 0, x2: "100%", y1: "50%", y2: "50%" }),
    floors.map((value) => draw("line", { class: "place-floor", x1: at(value), x2: at(value), y1: 0, y2: "100%" })),
    isNumber(total.low) ? draw("line", { class: "place-range", stroke: "var(--series)", x1: at(total.low), x2: at(total.high), y1: "50%", y2: "50%" }) : null,
    isNumber(total.mean) ? draw("circle", { cx: at(total.mean), cy: "50%", r: row.kind === "model" ? 4.5 : 3.2, fill: row.kind === "paper" ? "var(--paper)" : "var(--series)", stroke: "var(--series)", "stroke-width": 1.3 }) : null,
  );
}
