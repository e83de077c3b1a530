// Plots of the total by actions, branches with loops, and nesting: a line for each model, the floors dashed.

const PLOT = { width: 500, height: 250, left: 34, right: 92, top: 12, bottom: 44 };

function drawPlots() {
  const breakdowns = plotsOf(state.split, state.mode);
  byId("shape").hidden = !breakdowns.length;
  byId("plots").replaceChildren(...breakdowns.map(onePlot));
  const names = [...new Set(breakdowns.flatMap((plot) => plot.lines.filter((line) => line.kind === "model").map((line) => line.name)))];
  byId("shape-legend").replaceChildren(
    ...names.map((name) => make("span", {}, modelSwatch(name), visible(name))),
    breakdowns.some((plot) => plot.lines.some((line) => line.kind === "floor")) ? make("span", {}, make("i", { class: "dash" }), "floors") : "",
  );
}

function onePlot(plot) {
  const { width, height, left, right, top, bottom } = PLOT;
  const step = (width - left - right) / plot.buckets.length;
  const x = (index, shift = 0) => left + step * (index + 0.5) + shift;
  const y = (value) => top + (1 - value) * (height - top - bottom);
  const models = plot.lines.filter((line) => line.kind === "model");
  const grid = [0, 0.25, 0.5, 0.75, 1].map((value) => [
    draw("line", { class: value ? "grid" : "base", x1: left, x2: width - right, y1: y(value), y2: y(value) }),
    draw("text", { x: left - 8, y: y(value) + 4, "text-anchor": "end" }, String(100 * value)),
  ]);
  const labels = plot.buckets.map((bucket, index) => [
    draw("text", { x: x(index), y: height - bottom + 17, "text-anchor": "middle" }, bucket.label),
    draw("text", { x: x(index), y: height - bottom + 33, "text-anchor": "middle", opacity: 0.7 }, isNumber(bucket.count) ? `n ${bucket.count}` : ""),
  ]);
  const floors = plot.lines.filter((line) => line.kind === "floor");
  const lines = floors.map((line) => draw("path", { class: "floor-line", d: pathOf(line.points, x, y) }, draw("title", {}, visible(line.name))));
  const names = floorNames(floors, y).map(([name, height]) => draw("text", { class: "floor-name", x: width - right + 4, y: height + 3 }, visible(name)));
  const drawn = models.map((line, index) => modelLine(line, plot, (bucket) => x(bucket, (index - (models.length - 1) / 2) * 7), y));
  return make(
    "figure", { class: "plot" },
    make("figcaption", {}, plot.title),
    draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `CodeBLEU by ${plot.title}` }, grid, labels, lines, names, drawn),
    make("details", {}, make("summary", {}, "As a table"), plotTable(plot)),
  );
}

/** Names of the floors behind the ends of their lines, at least a line of text apart. */
function floorNames(floors, y) {
  const ends = floors
    .map((line) => [line.name.replace(/ answer$/, ""), line.points.findLast((point) => isNumber(point?.mean))?.mean])
    .filter(([, end]) => isNumber(end))
    .sort((first, second) => first[1] - second[1]);
  let above = Infinity;
  return ends.map(([name, end]) => [name, (above = Math.min(y(end), above - 12))]);
}

function pathOf(points, x, y) {
  let pen = "M";
  return points
    .map((point, index) => {
      if (!isNumber(point?.mean)) return (pen = "M"), "";
      const step = `${pen}${x(index).toFixed(1)} ${y(point.mean).toFixed(1)}`;
      pen = "L";
      return step;
    })
    .join("");
}

function modelLine(line, plot, x, y) {
  return draw(
    "g", { class: `series-${Math.max(0, DATA.models.indexOf(line.name)) % SERIES}` },
    draw("path", { class: "model-line", d: pathOf(line.points, x, y) }),
    line.points.map((point, index) =>
      isNumber(point?.mean)
        ? [
            isNumber(point.low) ? draw("line", { class: "whisker", x1: x(index), x2: x(index), y1: y(point.low), y2: y(point.high) }) : null,
            draw("circle", { class: "dot", cx: x(index), cy: y(point.mean), r: 4 }, draw("title", {}, `${visible(line.name)}, ${plot.buckets[index].label}: ${percent(point.mean)} ${interval(point) ? `(${interval(point)})` : ""}${isNumber(point.count) ? `, n ${point.count}` : ""}`)),
          ]
        : null),
  );
}

function plotTable(plot) {
  return make(
    "div", { class: "wide plain" },
    make("table", { class: "small" },
      make("thead", {}, make("tr", {}, make("th", {}, ""), plot.buckets.map((bucket) => make("th", { scope: "col" }, bucket.label)))),
      make("tbody", {},
        make("tr", {}, make("th", { scope: "row" }, "samples"), plot.buckets.map((bucket) => make("td", {}, bucket.count ?? NONE))),
        plot.lines.map((line) => make("tr", {}, make("th", { scope: "row" }, visible(line.name)), line.points.map((point) => make("td", {}, percent(point?.mean))))))),
  );
}
