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

function openFromAddress() {
  const number = Number(/^#sample-(\d+)$/.exec(location.hash)?.[1] ?? NaN);
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
  addEventListener("resize", drawList);
  addEventListener("keydown", pageKeys);
  addEventListener("hashchange", openFromAddress);
  drawFacts();
  byId("made").append(make("pre", { class: "raw" }, visible(JSON.stringify(DATA.summary.settings ?? {}, null, 2))));
  drawResults();
  prepareFilters();
  filterList();
  byId("sample").append(make("p", { class: "nothing" }, "Choose a sample to see its query, plans and code."));
  openFromAddress();
}

start();
