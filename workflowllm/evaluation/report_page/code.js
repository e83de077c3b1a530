// The two codes beside each other, and the findings on the generated one.

function codePart(reference, answer) {
  const section = make("section", { class: "codes" });
  const options = { comments: state.comments, folded: state.folded, all: false };
  const redraw = (changes) => {
    Object.assign(options, changes);
    [state.comments, state.folded] = [options.comments, options.folded];
    section.replaceChildren(...codeChildren(reference, answer, options, redraw));
  };
  redraw({});
  return section;
}

function codeChildren(reference, answer, options, redraw) {
  const left = sideLines(reference.reference, options.comments), right = sideLines(answer.generated_code, options.comments);
  const rows = alignedRows(left.lines, right.lines);
  const same = rows.filter((row) => row[2]).length;
  const box = (name, text) =>
    make("label", { class: "check" }, make("input", { type: "checkbox", name, checked: options[name], onchange: (event) => redraw({ [name]: event.target.checked, all: false }) }), text);
  const shown = rowsToShow(rows, options.folded), first = options.all ? shown : shown.slice(0, FIRST_ROWS);
  const table = make("div", { class: "diff", role: "table", "aria-label": "Reference and generated code" },
    make("div", { class: "diff-head", role: "row" }, make("h4", { role: "columnheader" }, "Reference"), make("h4", { role: "columnheader" }, "Generated")),
    first.map((row) => (typeof row === "number" ? foldRow(row, () => redraw({ folded: false })) : diffRow(row, left, right, answer.findings))));
  return [
    make("div", { class: "code-head" }, make("h3", {}, "Code"),
      make("span", { class: "aside" }, answer.generated_code.trim() ? `${counted(same, "equal line")} of ${left.lines.length} in the reference, ${right.lines.length} generated` : "no code was generated"),
      box("comments", "comments"), box("folded", "fold equal lines")),
    table,
    shown.length > first.length ? make("button", { type: "button", class: "more", onclick: () => redraw({ all: true }) }, `Show the other ${counted(shown.length - first.length, "line")}`) : null,
    cutNotice(reference, "reference", "reference"),
    cutNotice(answer, "generated_code", "generated code"),
    findingPart(answer),
  ].filter(Boolean);
}

/** A side's lines with their numbers from 1; without comments, lines that hold nothing else are left out. */
function sideLines(code, comments) {
  if (!code) return { lines: [], numbers: [], dim: [] };
  const all = code.replace(/\n$/, "").split("\n"), held = commentLines(code);
  const indices = [...all.keys()].filter((index) => comments || (!held.has(index) && all[index].trim()));
  return { lines: indices.map((index) => all[index]), numbers: indices.map((index) => index + 1), dim: indices.map((index) => held.has(index)) };
}

/** The rows, runs of equal ones away from any difference replaced by how many they are. */
function rowsToShow(rows, folded) {
  if (!folded) return rows;
  const near = new Uint8Array(rows.length);
  rows.forEach((row, index) => {
    if (!row[2]) near.fill(1, Math.max(0, index - AROUND), index + AROUND + 1);
  });
  const shown = [];
  rows.forEach((row, index) => {
    if (near[index]) shown.push(row);
    else if (typeof shown.at(-1) === "number") shown[shown.length - 1]++;
    else shown.push(1);
  });
  return shown;
}

function foldRow(count, unfold) {
  return make("button", { type: "button", class: "fold", onclick: unfold }, `${counted(count, "equal line")}`);
}

function diffRow([i, j, equal], left, right, findings) {
  const paired = i !== null && j !== null && !equal;
  const [ours, theirs] = paired ? wordMarks(left.lines[i], right.lines[j]) : [null, null];
  const kind = equal ? "same" : paired ? "changed" : i !== null ? "missing" : "added";
  const number = j === null ? null : right.numbers[j];
  const here = number === null ? [] : findings.filter((finding) => finding.line === number);
  return make(
    "div", { class: `diff-row ${kind}`, role: "row", "data-line": number },
    codeCell("ours", i === null ? null : left.numbers[i], i === null ? null : left.lines[i], ours, i !== null && left.dim[i], []),
    codeCell("theirs", number, j === null ? null : right.lines[j], theirs, j !== null && right.dim[j], here),
  );
}

function codeCell(side, number, line, marks, dim, findings) {
  if (line === null) return make("div", { class: `cell ${side} none`, role: "cell" });
  const worst = findings.some((finding) => finding.severity === "error") ? "error" : "warning";
  const pieces = (marks ?? [[line, false]]).map(([text, differs]) => (differs ? make("mark", {}, folded(text)) : folded(text)));
  return make(
    "div", { class: `cell ${side}${dim ? " dim" : ""}`, role: "cell" },
    make("span", { class: `number${findings.length ? ` ${worst}` : ""}`, title: findings.map((finding) => visible(finding.message)).join("\n") || null }, number),
    make("code", {}, pieces),
  );
}

/** A text that may be shown; of a very long one the start, and a button for the rest. */
function folded(text) {
  if (text.length <= LINE) return visible(text);
  const rest = make("button", { type: "button", class: "rest", onclick: () => rest.replaceWith(visible(text.slice(LINE))) }, `… ${(text.length - LINE).toLocaleString("en")} more characters`);
  return [visible(text.slice(0, LINE)), rest];
}

function findingPart(answer) {
  const total = answer.cut?.findings ?? answer.findings.length;
  if (!answer.generated_code.trim()) return null;
  return make(
    "section", { class: "findings" },
    make("h3", {}, "Findings of the checker"),
    total === 0 ? make("p", { class: "aside" }, "None.") : null,
    make("ol", {}, answer.findings.map((finding) =>
      make("li", { class: finding.severity },
        make("button", { type: "button", class: "quiet place", onclick: () => showLine(finding.line) }, `line ${finding.line}`),
        make("span", { class: "code-name" }, `${finding.severity}: ${visible(String(finding.code))}`),
        make("span", {}, visible(String(finding.message)), finding.suggestion ? ` (${visible(finding.suggestion)})` : "")))),
    total > answer.findings.length ? make("p", { class: "notice" }, `The first ${answer.findings.length} of ${total.toLocaleString("en")} findings are shown.`) : null,
  );
}

function showLine(number) {
  const row = byId("sample").querySelector(`.diff-row[data-line="${number}"]`);
  if (!row) return;
  row.scrollIntoView({ block: "center" });
  row.classList.remove("flash");
  void row.offsetWidth; // starts the animation anew
  row.classList.add("flash");
}
