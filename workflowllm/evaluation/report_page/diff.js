// Two texts beside each other: equal lines are found first, then lines that are alike, then the words that differ.

const MOST_PAIRS = 250_000; // of lines compared by their words: about a quarter of a second
const MOST_WORDS = 400; // of a line, for marking words
const ALIKE = 0.45; // share of words in common from which two lines stand beside each other

const STRING_OR_COMMENT =
  /'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''|"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""|'[^'\\\n]*(?:\\.[^'\\\n]*)*'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"|#[^\n]*/gs;

/** Numbers, from 0, of the lines that hold a comment and nothing else; `#` in a string is none. */
function commentLines(text) {
  const found = new Set();
  let line = 0, position = 0;
  for (const match of text.matchAll(STRING_OR_COMMENT)) {
    for (; position < match.index; position++) if (text[position] === "\n") line++;
    if (text[match.index] !== "#") continue;
    const start = text.lastIndexOf("\n", match.index - 1) + 1;
    if (match.index === 0 || !text.slice(start, match.index).trim()) found.add(line);
  }
  return found;
}

/** Pairs [i, j] of a longest common subsequence. */
function commonPairs(left, right) {
  let start = 0, leftEnd = left.length, rightEnd = right.length;
  while (start < leftEnd && start < rightEnd && left[start] === right[start]) start++;
  while (leftEnd > start && rightEnd > start && left[leftEnd - 1] === right[rightEnd - 1]) leftEnd--, rightEnd--;
  const pairs = Array.from({ length: start }, (_, index) => [index, index]);
  const rows = leftEnd - start, width = rightEnd - start + 1;
  const best = new Uint16Array((rows + 1) * width);
  for (let i = rows - 1; i >= 0; i--)
    for (let j = width - 2; j >= 0; j--)
      best[i * width + j] =
        left[start + i] === right[start + j]
          ? best[(i + 1) * width + j + 1] + 1
          : Math.max(best[(i + 1) * width + j], best[i * width + j + 1]);
  for (let i = 0, j = 0; i < rows && j < width - 1; ) {
    if (left[start + i] === right[start + j]) pairs.push([start + i++, start + j++]);
    else if (best[(i + 1) * width + j] >= best[i * width + j + 1]) i++;
    else j++;
  }
  for (let i = leftEnd, j = rightEnd; i < left.length; ) pairs.push([i++, j++]);
  return pairs;
}

function words(line) {
  return line.match(/\w+|\s+|[^\w\s]/gu) ?? [];
}

function wordCounts(line) {
  const counts = new Map();
  let total = 0;
  for (const word of line.match(/\w+/gu) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1), total++;
  return { counts, total };
}

function likeness(first, second) {
  if (!first.total || !second.total) return 0;
  let common = 0;
  for (const [word, count] of first.counts) common += Math.min(count, second.counts.get(word) ?? 0);
  return (2 * common) / (first.total + second.total);
}

/** Pairs [i, j] of lines that are alike, in order, the sum of their likeness the greatest. */
function alikePairs(left, right) {
  const width = right.length + 1;
  if (left.length * right.length > MOST_PAIRS) return [];
  const ours = left.map(wordCounts), theirs = right.map(wordCounts);
  const best = new Float32Array((left.length + 1) * width), taken = new Uint8Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--) {
      const alike = likeness(ours[i], theirs[j]), here = i * width + j;
      const together = alike >= ALIKE ? alike + best[here + width + 1] : -1;
      best[here] = Math.max(best[here + width], best[here + 1], together);
      taken[here] = together >= 0 && together === Math.max(together, best[here + width], best[here + 1]) ? 1 : 0;
    }
  const pairs = [];
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    const here = i * width + j;
    if (taken[here]) pairs.push([i++, j++]);
    else if (best[here + width] >= best[here + 1]) i++;
    else j++;
  }
  return pairs;
}

/** Rows [i, j, equal] that hold every line of both sides once and in order; null where a side has no line. */
function alignedRows(left, right) {
  const rows = [];
  let i = 0, j = 0;
  const gap = (leftEnd, rightEnd) => {
    const from = [i, j];
    for (const [a, b] of [...alikePairs(left.slice(i, leftEnd), right.slice(j, rightEnd)), [leftEnd - i, rightEnd - j]]) {
      while (i < from[0] + a) rows.push([i++, null, false]);
      while (j < from[1] + b) rows.push([null, j++, false]);
      if (i < leftEnd && j < rightEnd) rows.push([i, j, left[i++] === right[j++]]);
    }
  };
  for (const [a, b] of [...commonPairs(left, right), [left.length, right.length]]) {
    gap(a, b);
    if (a < left.length) rows.push([i++, j++, true]);
  }
  return rows;
}

/** Both lines as lists of [text, differs]. */
function wordMarks(left, right) {
  const ours = words(left), theirs = words(right);
  if (ours.length > MOST_WORDS || theirs.length > MOST_WORDS) return [[[left, true]], [[right, true]]];
  const pairs = commonPairs(ours, theirs);
  return [marked(ours, new Set(pairs.map((pair) => pair[0]))), marked(theirs, new Set(pairs.map((pair) => pair[1])))];
}

function marked(pieces, common) {
  const runs = [];
  pieces.forEach((piece, index) => {
    const differs = !common.has(index);
    if (runs.length && runs.at(-1)[1] === differs) runs.at(-1)[0] += piece;
    else runs.push([piece, differs]);
  });
  return runs;
}
