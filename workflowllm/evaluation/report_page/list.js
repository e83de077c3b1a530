// The list of samples: only the rows in sight are in the page, however many there are.

const ROW = 84; // pixels, as in the style sheet
const SPARE = 4; // rows drawn above and below what is in sight

const list = { shown: [], chosen: 0 };
let sought = [];

function verdicts() {
  const kinds = [...new Set(DATA.predictions.flatMap((prediction) => Object.keys(prediction.passes)))];
  return [
    ["", "any"],
    ...kinds.flatMap((kind) => [
      [`${kind}:true`, `${verdictName(kind)} passes`],
      [`${kind}:false`, `${verdictName(kind)} fails`],
    ]),
    ["empty", "no code"],
  ];
}

function verdictName(kind) {
  return { static: "static check", execution: "execution match" }[kind] ?? kind;
}

function prepareFilters() {
  const form = byId("filters");
  const options = {
    model: [["", "all"], ...DATA.models.map((model, index) => [index, model])],
    split: [["", "all"], ...SPLITS.map((split) => [split, split])],
    verdict: verdicts(),
    order: [["file", "as in the file"], ["low", "lowest score first"], ["high", "highest score first"], ["short", "fewest actions first"], ["long", "most actions first"]],
  };
  for (const [name, values] of Object.entries(options))
    form.elements[name].append(...values.map(([value, text]) => make("option", { value }, visible(text))));
  const apis = DATA.apis.map((api) => api.toLowerCase());
  const references = DATA.references.map((one) =>
    [one.key, one.query, ...one.apis.map((api) => apis[api])].join("\n").toLowerCase());
  sought = DATA.predictions.map((one) => references[one.reference]);
  form.addEventListener("input", filterList);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.elements.words.addEventListener("keydown", (event) => {
    if (event.key === "Enter") byId("list").focus();
  });
}

function actionsOf(prediction) {
  return DATA.references[prediction.reference].shape.actions ?? 0;
}

function filterList() {
  const form = byId("filters").elements;
  const terms = form.words.value.toLowerCase().split(/\s+/).filter(Boolean);
  const [kind, value] = form.verdict.value.split(":");
  const low = (Number(form.low.value) || 0) / 100, high = form.high.value === "" ? 1 : Number(form.high.value) / 100;
  const score = (index) => DATA.predictions[index].scores[state.mode] ?? 0;
  list.shown = [...DATA.predictions.keys()].filter((index) => {
    const one = DATA.predictions[index];
    return (
      (form.model.value === "" || one.model === Number(form.model.value)) &&
      (form.split.value === "" || one.split === form.split.value) &&
      (!kind || (kind === "empty" ? one.empty : one.passes[kind] === (value === "true"))) &&
      score(index) >= low - 0.0005 && score(index) <= high + 0.0005 &&
      terms.every((term) => sought[index].includes(term))
    );
  });
  const by = {
    low: (a, b) => score(a) - score(b),
    high: (a, b) => score(b) - score(a),
    short: (a, b) => actionsOf(DATA.predictions[a]) - actionsOf(DATA.predictions[b]),
    long: (a, b) => actionsOf(DATA.predictions[b]) - actionsOf(DATA.predictions[a]),
  }[form.order.value];
  if (by) list.shown.sort((a, b) => by(a, b) || a - b);
  list.chosen = Math.max(0, list.shown.indexOf(state.open));
  byId("count").textContent =
    list.shown.length === DATA.predictions.length
      ? counted(list.shown.length, "prediction")
      : `${list.shown.length.toLocaleString("en")} of ${counted(DATA.predictions.length, "prediction")}`;
  byId("list-inner").style.height = `${Math.max(1, list.shown.length) * ROW}px`;
  if (byId("list-inner").dataset.terms !== terms.join(" ")) byId("list").scrollTop = 0;
  byId("list-inner").dataset.terms = terms.join(" ");
  drawList();
}

function drawList() {
  const box = byId("list"), inner = byId("list-inner");
  const first = Math.max(0, Math.floor(box.scrollTop / ROW) - SPARE);
  const last = Math.min(list.shown.length, Math.ceil((box.scrollTop + box.clientHeight) / ROW) + SPARE);
  const rows = [];
  for (let index = first; index < last; index++) rows.push(listRow(index));
  if (!list.shown.length) rows.push(make("p", { class: "nothing" }, "No prediction is like that."));
  inner.replaceChildren(...rows);
  const active = list.shown.length ? `row-${list.chosen}` : "";
  if (list.chosen >= first && list.chosen < last) box.setAttribute("aria-activedescendant", active);
  else box.removeAttribute("aria-activedescendant");
}

function listRow(index) {
  const number = list.shown[index], prediction = DATA.predictions[number];
  const reference = DATA.references[prediction.reference];
  const row = make(
    "div",
    {
      class: "row" + (index === list.chosen ? " chosen" : "") + (number === state.open ? " open" : ""),
      id: `row-${index}`, role: "option", "aria-selected": number === state.open ? "true" : "false",
      "aria-setsize": list.shown.length, "aria-posinset": index + 1, "data-number": number,
      onclick: () => ((list.chosen = index), openSample(number)),
    },
    make("div", { class: "row-query" }, visible(reference.query || reference.key || "(no query)")),
    make(
      "div", { class: "row-facts" },
      scoreBar(prediction.scores[state.mode]),
      make("span", { class: "row-model" }, swatch(prediction.model), visible(DATA.models[prediction.model])),
      prediction.split ? make("span", {}, visible(prediction.split)) : null,
      prediction.empty ? make("span", { class: "bad" }, "no code") : null,
      Object.entries(prediction.passes).map(([kind, value]) => verdictMark(kind, value)),
    ),
  );
  row.style.top = `${index * ROW}px`;
  return row;
}

function swatch(model) {
  return make("i", { class: `swatch series-${model % SERIES}`, "aria-hidden": "true" });
}

function scoreBar(value) {
  const bar = make("span", { class: "bar", "aria-hidden": "true" }, make("i"));
  bar.firstChild.style.width = `${100 * (value ?? 0)}%`;
  return make("span", { class: "row-score" }, bar, make("b", {}, percent(value)));
}

function verdictMark(kind, value) {
  if (typeof value !== "boolean") return null;
  return make("span", { class: `verdict ${value ? "good" : "bad"}` }, `${{ execution: "run" }[kind] ?? kind} ${value ? "✓" : "✗"}`);
}

function moveChoice(steps) {
  if (!list.shown.length) return;
  list.chosen = Math.min(list.shown.length - 1, Math.max(0, list.chosen + steps));
  showChoice();
}

function showChoice() {
  const box = byId("list"), top = list.chosen * ROW;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW - box.clientHeight;
  drawList();
}

function listKeys(event) {
  const page = Math.max(1, Math.floor(byId("list").clientHeight / ROW) - 1);
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
  if (steps) moveChoice(steps);
  else if (event.key === "Enter" && list.shown.length) openSample(list.shown[list.chosen], true);
  else return;
  event.preventDefault();
}
