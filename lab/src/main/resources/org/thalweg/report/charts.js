"use strict";
/* From a selection to ECharts options. Colours come from the style sheet, so that both colour schemes have one source. */
const SYMBOLS = { naive: "circle", gate: "rect", expert: "triangle", best: "none" };
const LEGEND_ICONS = { best: "roundRect", chord: "path://M0,4h5v2h-5zM8,4h5v2h-5zM16,4h5v2h-5z" };
const TITLES = { loss: "loss (nats)", accuracy: "accuracy" };

function colours() {
  const style = getComputedStyle(document.documentElement);
  const names = [...METHODS, "chord", "ink", "soft", "faint", "hair", "raised"];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue("--" + name).trim()]));
}

const points = (t, values) => t.map((place, i) => [place, values[i]]);

function barrierMark(path, quantity, colour, backing) {
  const small = path.method !== "naive";
  const top = barrierOf(path.t, path[quantity], quantity);
  if (top.index === 0) {
    return undefined;
  }
  return {
    silent: true, symbol: ["none", "arrow"], symbolSize: 7, animation: false,
    lineStyle: { color: colour, type: "solid", width: 1.4 },
    label: { show: true, position: small ? "end" : "middle", rotate: 0, distance: small ? 16 : 8,
      offset: small ? [0, 0] : [32, 0], formatter: decimal(top.height), color: colour, fontWeight: 600, fontSize: 12,
      fontFamily: "system-ui, sans-serif", backgroundColor: backing, padding: [2, 4], borderRadius: 3 },
    data: [[{ coord: [top.at, chordAt(path[quantity], top.at)] }, { coord: [top.at, path[quantity][top.index]] }]],
  };
}

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
    const paths = pairs.map((pair) => pair.methods[method]).filter((path) => path && path[quantity].length > 0);
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
      marked ? { markLine: barrierMark(paths[0], quantity, colour[method], colour.raised) } : {}));
    if (!single && method !== "best") {
      for (const path of paths) {
        series.push(lineOf(method, points(t, path[quantity]), colour[method], { showSymbol: false, silent: true, z: 1,
          lineStyle: { width: 1, opacity: 0.35 }, tooltip: { show: false } }));
      }
    }
    chord = chord || [[0, values[0]], [1, values[values.length - 1]]];
  }
  if (chord) {
    series.push({ name: "chord", type: "line", data: chord, color: colour.chord, showSymbol: false, symbol: "none", z: 3,
      lineStyle: { type: [6, 5], width: 1.6 }, animation: false, silent: true });
  }
  return series;
}

function tooltipText(items) {
  const seen = new Set();
  const lines = items.filter((item) => item.seriesName !== "chord" && !seen.has(item.seriesName)
      && seen.add(item.seriesName))
    .map((item) => `<tr><td>${item.marker}${item.seriesName}</td>`
      + `<td style="text-align:right;padding-left:1.5em"><b>${decimal(item.value[1])}</b></td></tr>`);
  return lines.length ? `t = ${decimal(items[0].value[0], 3)}<table style="width:auto">${lines.join("")}</table>` : "";
}

function optionOf(pairs, quantity, shown, title, width = 720) {
  const colour = colours();
  const series = seriesOf(pairs, quantity, colour);
  const names = [...new Set(series.map((one) => one.name))];
  const text = { color: colour.soft, fontFamily: "system-ui, sans-serif", fontSize: 12 };
  const axis = { axisLabel: text, nameTextStyle: text, axisLine: { show: true, lineStyle: { color: colour.faint } },
    axisTick: { show: false } };
  return {
    animation: false, backgroundColor: "transparent", textStyle: { fontFamily: "system-ui, sans-serif" },
    aria: { enabled: true, label: { description: `${title}. ${quantity} along the straight line from A to B.` } },
    grid: { left: 30, right: 22, top: width < 400 ? 66 : 44, bottom: 34, containLabel: true },
    legend: { top: 6, left: 4, itemGap: 16, itemWidth: 22, itemHeight: 9, textStyle: { ...text, color: colour.ink },
      inactiveColor: colour.faint, inactiveBorderColor: colour.faint,
      selected: shown, data: names.map((name) => ({ name, icon: LEGEND_ICONS[name] })) },
    tooltip: { trigger: "axis", confine: true, backgroundColor: colour.raised, borderColor: colour.faint,
      textStyle: { color: colour.ink, fontSize: 13 }, axisPointer: { type: "line", lineStyle: { color: colour.soft } },
      formatter: tooltipText },
    xAxis: { type: "value", min: 0, max: 1, interval: 0.25, name: "weight t on B   (0 = A, 1 = B)",
      nameLocation: "middle", nameGap: 30, splitLine: { show: false }, ...axis },
    yAxis: { type: "value", scale: true, splitLine: { lineStyle: { color: colour.hair } }, ...axis,
      name: results.conventions.split.name + " " + TITLES[quantity], nameLocation: "middle", nameGap: 46, nameRotate: 90,
      axisLabel: { ...text, formatter: (value) => String(Number(value.toPrecision(6))) } },
    series,
  };
}

/* A picture of a chart for a paper: drawn anew at a fixed size, on white when the page is light. */
function picture(option, kind, background) {
  const place = document.createElement("div");
  place.style.cssText = "position:absolute;left:-9999px;width:720px;height:460px";
  document.body.append(place);
  const drawing = echarts.init(place, null, { renderer: kind === "svg" ? "svg" : "canvas", width: 720, height: 460 });
  try {
    drawing.setOption({ ...option, backgroundColor: background });
    return drawing.getDataURL({ type: kind, pixelRatio: 3, backgroundColor: background });
  } finally {
    drawing.dispose();
    place.remove();
  }
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
