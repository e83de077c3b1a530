// What the page shows, and what keys and switches do to it.

const SERIES = 6; // colours of models; a seventh takes the first again
const SPLITS = [...new Set([...(DATA.summary.rows ?? []).map((row) => row.split), ...DATA.predictions.map((one) => one.split)])].filter(Boolean);
const state = { mode: "fixed", split: SPLITS[0] ?? "", open: null, comments: true, folded: false };

function switchOf(id, name, values, changed) {
  const box = byId(id);
  box.hidden = values.length < 2;
  box.append(
    ...values.map(([value, text]) =>
      make("label", {}, make("input", { type: "radio", name, value, checked: state[name] === value, onchange: () => ((state[name] = value), changed()) }), make("span", {}, visible(text)))),
  );
}

function drawResults() {
  drawTables();
  drawPlots();
}

function drawFacts() {
  const sizes = SPLITS.map((split) => `${DATA.predictions.filter((one) => one.split === split).length.toLocaleString("en")} ${split}`);
  byId("facts").textContent = [
    counted(DATA.predictions.length, "prediction"),
    counted(DATA.models.length, "model"),
    sizes.join(", "),
  ].filter(Boolean).join(" · ");
  if (DATA.unread) byId("facts").after(make("p", { class: "notice" }, `${counted(DATA.unread, "line")} of the file could not be read and ${DATA.unread === 1 ? "is" : "are"} not here.`));
}

function pageKeys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.matches("input:not([type=radio]):not([type=checkbox]), select, textarea");
  if (event.key === "Escape" && state.open !== null && !typing) closeSample();
  else if (event.key === "Escape" && typing) byId("list").focus();
  else if (typing) return;
  else if (event.key === "/") byId("filters").elements.words.focus();
  else if (event.key === "j") nextSample(1);
  else if (event.key === "k") nextSample(-1);
  else return;
  event.preventDefault();
}

function toggleTheme() {
  const root = document.documentElement.style;
  const dark = (root.colorScheme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  root.colorScheme = dark ? "light" : "dark";
}

/** Settings as lines of words: a list of files or packages under one name. */
function settingsList(settings) {
  const words = (value) => {
    if (value === null || typeof value !== "object") return String(value ?? "none");
    if (value.name) return `${value.name}${value.holds ? ` (${value.holds})` : ""}, SHA-256 ${String(value.sha256).slice(0, 12)}`;
    return Array.isArray(value) ? value.map(words).join("; ") : Object.entries(value).map(([name, item]) => `${name.replaceAll("_", " ")} ${words(item)}`).join(", ");
  };
  return make("dl", { class: "settings" }, Object.entries(settings).map(([name, value]) => [make("dt", {}, visible(name)), make("dd", {}, visible(words(value)))]));
}

/** The address of a prediction: by key, model and split, so that it holds in the report of another run. */
function addressOf(number) {
  const one = DATA.predictions[number], key = DATA.references[one.reference].key;
  if (!key) return `#sample-${number}`;
  const terms = new URLSearchParams({ key, model: DATA.models[one.model], ...(one.split ? { split: one.split } : {}) });
  const rank = samePredictions(terms).indexOf(number);
  return `#${terms}${rank ? `&answer=${rank}` : ""}`;
}

function samePredictions(terms) {
  return [...DATA.predictions.keys()].filter((place) => {
    const one = DATA.predictions[place];
    return (
      DATA.references[one.reference].key === terms.get("key") &&
      (!terms.has("model") || DATA.models[one.model] === terms.get("model")) &&
      (!terms.has("split") || one.split === terms.get("split"))
    );
  });
}

function numberOfKey(terms) {
  return samePredictions(terms)[Number(terms.get("answer") ?? 0)] ?? NaN;
}

function drawFailures() {
  const failures = DATA.summary.failures ?? [], total = Math.max(failures.length, DATA.summary.settings?.counts?.failed ?? 0);
  if (!failures.length) return;
  const rest = total > failures.length ? ` Named here: ${failures.length}.` : "";
  byId("facts").after(make("details", { class: "notice", id: "failures" },
    make("summary", {}, `${counted(total, "record")} could not be scored or measured.${rest}`),
    make("ul", {}, failures.map((one) => make("li", {}, make("b", {}, visible(String(one.key))), ": ", visible(String(one.error)))))));
}

function openFromAddress() {
  const number = location.hash.startsWith("#key=") ? numberOfKey(new URLSearchParams(location.hash.slice(1))) : Number(/^#sample-(\d+)$/.exec(location.hash)?.[1] ?? NaN);
  if (!(number in DATA.predictions) || number === state.open) return;
  list.chosen = Math.max(0, list.shown.indexOf(number));
  openSample(number);
  showChoice();
}

function start() {
  switchOf("mode-switch", "mode", [["fixed", "fixed"], ["compat", "compat"]], () => {
    drawResults();
    filterList();
    if (state.open !== null) openSample(state.open);
  });
  switchOf("split-switch", "split", SPLITS.map((split) => [split, split]), drawResults);
  byId("theme").addEventListener("click", toggleTheme);
  byId("list").addEventListener("scroll", drawList, { passive: true });
  byId("list").addEventListener("keydown", listKeys);
  addEventListener("resize", () => {
    drawList();
    TABLES.forEach((table) => hintWhereCut(byId(table.id).parentElement));
  });
  addEventListener("keydown", pageKeys);
  addEventListener("hashchange", openFromAddress);
  drawFacts();
  drawFailures();
  byId("made").append(settingsList(DATA.summary.settings ?? {}));
  drawResults();
  prepareFilters();
  filterList();
  byId("sample").append(make("p", { class: "nothing" }, "Choose a sample to see its query, plans and code."));
  openFromAddress();
}

start();
