// One sample: query, APIs, verdicts, figures, both plans, and both codes with their differences.

const FIRST_ROWS = 1_200; // of a comparison; the rest is drawn on demand
const LINE = 2_000; // characters of a line before the rest is folded away
const AROUND = 3; // equal lines kept on both sides of a difference where the others are folded

const NARROW = 900; // pixels, as in the style sheet: the list gives way to the sample

const MEASURES = [
  ["parses", "parses as Python"],
  ["checks", "passes the checker"],
  ["compiles", "compiles to a shortcut"],
  ["hallucination_rate", "APIs that exist nowhere"],
  ["api_precision", "APIs, precision"],
  ["api_recall", "APIs, recall"],
  ["api_f1", "APIs, F1"],
  ["order_precision", "order of APIs, precision"],
  ["order_recall", "order of APIs, recall"],
  ["order_f1", "order of APIs, F1"],
  ["control_similarity", "control flow"],
  ["tolerant_share", "tolerant share"],
  ["execution_match", "does the same"],
  ["effect_f1", "effects, F1"],
  ["runs", "runs unbroken"],
];

const API_KINDS = { both: "in both", missed: "in the reference alone", extra: "generated alone", foreign: "generated but not offered", unused: "in neither" };

async function openSample(number, focus = false) {
  state.open = number;
  const prediction = DATA.predictions[number];
  history.replaceState(null, "", addressOf(number));
  byId("browser").classList.add("opened");
  drawList();
  const [reference, answer] = await Promise.all([
    unpacked("references", prediction.reference),
    unpacked("predictions", number),
  ]);
  if (state.open !== number) return; // another was opened meanwhile
  const article = byId("sample");
  article.replaceChildren(...sampleParts(number, prediction, reference, answer));
  if (focus) article.focus({ preventScroll: true });
  const top = article.getBoundingClientRect().top;
  if (top < 60 || top > innerHeight / 2 || innerWidth <= NARROW) article.scrollIntoView({ block: "start" });
}

function sampleParts(number, prediction, reference, answer) {
  const entry = DATA.references[prediction.reference];
  return [
    sampleHead(number, prediction, entry),
    make("p", { class: "query" }, visible(reference.query || "(no query)")),
    cutNotice(reference, "query", "query"),
    verdictPart(prediction, answer),
    figurePart(answer),
    answer.codebleu_note ? make("p", { class: "notice" }, `CodeBLEU: ${visible(answer.codebleu_note)}`) : null,
    apiPart(answer),
    runsPart(answer),
    planPart(reference, answer),
    codePart(reference, answer),
    answer.raw_output ? make("details", {}, make("summary", {}, "The raw answer, in which no code was found"), make("pre", { class: "raw" }, visible(answer.raw_output)), cutNotice(answer, "raw_output", "answer")) : null,
    answer.settings && Object.keys(answer.settings).length
      ? make("details", {}, make("summary", {}, "Settings"), make("pre", { class: "raw" }, visible(JSON.stringify(answer.settings, null, 2))))
      : null,
  ].filter(Boolean);
}

function sampleHead(number, prediction, entry) {
  const others = [...DATA.predictions.keys()].filter((index) => DATA.predictions[index].reference === prediction.reference);
  return make(
    "header", { class: "sample-head" },
    make(
      "div", { class: "sample-moves" },
      make("button", { type: "button", class: "quiet back", onclick: closeSample }, "← List"),
      make("button", { type: "button", class: "quiet", onclick: () => nextSample(-1), "aria-label": "Previous sample" }, "↑"),
      make("button", { type: "button", class: "quiet", onclick: () => nextSample(1), "aria-label": "Next sample" }, "↓"),
      make("span", { class: "key" }, visible(entry.key)),
      prediction.split ? make("span", { class: "tag" }, visible(prediction.split)) : null,
      shapeText(entry.shape) ? make("span", { class: "shape" }, shapeText(entry.shape)) : null,
    ),
    make(
      "div", { class: "answers", role: "group", "aria-label": "Answers to this query" },
      others.map((index) => {
        const other = DATA.predictions[index];
        return make(
          "button",
          { type: "button", class: "answer", "aria-pressed": index === number ? "true" : "false", onclick: () => openSample(index, true) },
          swatch(other.model), visible(DATA.models[other.model]), make("b", {}, percent(other.scores[state.mode])),
        );
      }),
    ),
  );
}

function shapeText(shape) {
  const branches = shape.branches ?? (isNumber(shape.ifs) ? shape.ifs + (shape.menus ?? 0) : null);
  return [[shape.actions, "action"], [branches, "branch"], [shape.loops, "loop"]]
    .filter(([number]) => isNumber(number))
    .map(([number, noun]) => (noun === "branch" && number !== 1 ? `${number} branches` : counted(number, noun)))
    .concat(isNumber(shape.nesting) ? [`nesting ${shape.nesting}`] : [])
    .join(", ");
}

function verdictPart(prediction, answer) {
  const lines = Object.entries(prediction.passes).map(([kind, value]) => {
    const reason = answer[`${kind}_reason`];
    if (typeof value !== "boolean") return make("div", { class: "aside" }, `no verdict by the ${verdictName(kind)}${reason ? `: ${visible(reason)}` : ""}`);
    return make(
      "div", { class: "verdict-line" },
      make("b", { class: value ? "good" : "bad" }, value ? "passes ✓" : "fails ✗"),
      make("span", {}, { static: "by the static check, which is no judge’s verdict", execution: "by what it does, against what the reference does" }[kind] ?? `by the ${kind}`),
      reason ? make("p", { class: "reason" }, visible(reason)) : null,
    );
  });
  return lines.length ? make("section", { class: "verdicts" }, make("h3", {}, "Verdict"), lines) : null;
}

function figurePart(answer) {
  const scores = answer.scores ?? {};
  const modes = ["fixed", "compat"].filter((mode) => scores[mode]);
  const measures = MEASURES.filter(([name]) => scores[name] !== undefined && scores[name] !== null);
  return make(
    "section", { class: "figures" },
    modes.length
      ? make(
          "table", { class: "small" },
          make("thead", {}, make("tr", {}, make("th", {}, ""), SCORES.map(([, title]) => make("th", { scope: "col" }, title)))),
          make("tbody", {}, modes.map((mode) => make("tr", {}, make("th", { scope: "row" }, mode), SCORES.map(([name]) => make("td", {}, percent(scores[mode][name])))))),
        )
      : null,
    make(
      "dl", { class: "measures" },
      measures.map(([name, title]) =>
        make("div", {}, make("dt", {}, title),
          make("dd", { class: scores[name] === true ? "good" : scores[name] === false ? "bad" : "" },
            typeof scores[name] === "boolean" ? (scores[name] ? "yes" : "no") : percent(scores[name])))),
    ),
  );
}

function apiPart(answer) {
  const uses = answer.apis.map(([api, offered, ours, theirs]) => [apiKind(offered, ours, theirs), api, ours, theirs]);
  if (!uses.length) return null;
  const told = Object.entries(API_KINDS)
    .map(([kind, words]) => [uses.filter((use) => use[0] === kind).length, kind, words])
    .filter(([number]) => number);
  return make(
    "details", { class: "apis", open: uses.length <= 16 },
    make("summary", {}, make("b", {}, "APIs"), told.map(([number, kind, words]) => make("span", { class: `api-count ${kind}` }, `${number} ${words}`))),
    make("ul", { class: "api-list" }, uses.map(([kind, api, ours, theirs]) => {
      const cut = api.lastIndexOf(".") + 1;
      return make("li", { class: `api ${kind}`, title: `${API_KINDS[kind]}: ${ours} in the reference, ${theirs} generated` },
        make("span", { class: "api-head" }, visible(api.slice(0, cut))), visible(api.slice(cut)), ours !== theirs ? make("small", {}, ` ${ours}→${theirs}`) : ours > 1 ? make("small", {}, ` ${ours}`) : null);
    })),
  );
}

function apiKind(offered, ours, theirs) {
  if (!offered && theirs && !ours) return "foreign";
  return ours && theirs ? "both" : ours ? "missed" : theirs ? "extra" : "unused";
}

function planPart(reference, answer) {
  if (!reference.task_plan && !answer.generated_plan) return null;
  const side = (title, text, holder, name) =>
    make("div", { class: "side" }, make("h4", {}, title), make("div", { class: "plan" }, visible(text || "(none)")), cutNotice(holder, name, "plan"));
  return make(
    "section", { class: "plans" }, make("h3", {}, "Plan"),
    make("div", { class: "sides" }, side("Reference", reference.task_plan, reference, "task_plan"), side("Generated", answer.generated_plan, answer, "generated_plan")),
  );
}

function cutNotice(holder, name, noun) {
  const length = holder.cut?.[name];
  return length
    ? make("p", { class: "notice" }, `Cut here: the ${noun} has ${length.toLocaleString("en")} characters, and the first ${holder[name].length.toLocaleString("en")} are shown.`)
    : null;
}

function closeSample() {
  state.open = null;
  history.replaceState(null, "", "#samples");
  byId("browser").classList.remove("opened");
  byId("sample").replaceChildren(make("p", { class: "nothing" }, "Choose a sample to see its query, plans and code."));
  drawList();
  byId("list").focus({ preventScroll: true });
  if (innerWidth <= NARROW) byId("samples").scrollIntoView();
}

function nextSample(steps) {
  if (!list.shown.length) return;
  moveChoice(steps);
  openSample(list.shown[list.chosen], true);
}
