"use strict";
/* From a selection to ECharts options. */
const SYMBOLS = { naive: "circle", gate: "rect", expert: "triangle", best: "none" };

function lineOf(method, data, colour, extra = {}) {
  const band = method === "best";
  return {
    name: method, type: "line", data, color: colour, animation: false, z: band ? 2 : 4, showSymbol: !band,
    symbol: SYMBOLS[method], symbolSize: method === "expert" ? 7 : 6, emphasis: { disabled: true },
    lineStyle: { width: band ? 9 : 2, opacity: band ? 0.35 : 1, cap: "round", join: "round" }, ...extra,
  };
}

/* The drawn curves of one quantity: of one pair, or the mean over pairs with each pair behind it. */
function seriesOf(pairs, quantity, colour) {
  const series = [];
  let chord = null;
  for (const method of METHODS) {
    const paths = pairs.map((pair) => pair.methods[method])
      .filter((path) => (path?.[quantity] ?? []).length > 0);
    if (paths.length === 0) {
      continue;
    }
    const single = paths.length === 1;
    const values = single ? paths[0][quantity] : meanCurve(paths, quantity);
    if (!values) {
      continue;
    }
    const t = paths[0].t;
    const marked = single && (method === "naive" || method === "best");
    series.push(lineOf(method, points(t, values), colour[method],
      marked ? { markLine: barrierMark(paths[0], quantity, colour[method], colour.raised, method !== "naive") } : {}));
    if (!single && method !== "best") {
      for (const path of paths) {
        series.push(lineOf(method, points(t, path[quantity]), colour[method], { showSymbol: false, silent: true, z: 1,
          lineStyle: { width: 1, opacity: 0.35 }, tooltip: { show: false } }));
      }
    }
    chord = chord || [[0, values[0]], [1, values[values.length - 1]]];
  }
  if (chord) {
    series.push(chordLine(chord, colour));
  }
  return series;
}

function optionOf(pairs, quantity, shown, title, width = 720) {
  const colour = colours(...METHODS);
  const split = quantity.startsWith("train_") ? "training" : results.conventions.split.name;
  const yName = split + " " + QUANTITIES[quantity];
  return lineChart(seriesOf(pairs, quantity, colour), colour, { quantity, shown, title, width, yName });
}

/* The curves of a selection as text for a spreadsheet, one line a grid point. */
function curvesCsv(pairs, quantity) {
  const lines = ["replica_a,replica_b,method,t," + quantity];
  const quoted = (text) => (/[",\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text);
  for (const pair of pairs) {
    for (const method of METHODS.filter((name) => pair.methods[name])) {
      const path = pair.methods[method];
      path.t.forEach((t, i) => lines.push([quoted(pair.a), quoted(pair.b), method, t, path[quantity][i]].join(",")));
    }
  }
  return lines.join("\n") + "\n";
}
