"use strict";
/* What a study of Transformers analysed beside its methods: for each analysis and data set a plot and a table. */
const analysed = results.analyses ?? { tables: [], points: [], angles: [], variants: [] };
const analysisCharts = [];

const LEADS = {
  iterations: "Weight matching that ends after so many passes, with a rotation of the residual stream (orthogonal) and with "
    + "an order of it (permutation). Iteration 0 is no matching. Objectives compare within one line alone.",
  inputs: "Matching by activations, by the number of inputs on which these are compared: tokens, or patches of images.",
  initialisations: "Learned matching after the same number of steps, by where it starts and by where on the line it takes "
    + "the loss.",
};
const leadOf = (found) => LEADS[found.analysis]
  ?? `Every method, with other values of ${found.setting} and all else as in the file.`;

function analysisFigure(id, title, option) {
  const place = element("div", { class: "chart", id });
  analysisCharts.push({ place, option });
  return element("figure", {}, element("div", { class: "figure-head" }, element("h3", {}, title)), place);
}

function drawAnalyses() {
  for (const chart of analysisCharts) {
    chart.drawing ??= echarts.init(chart.place, null, { renderer: "svg" });
    chart.drawing.resize();
    chart.drawing.setOption(chart.option(), { notMerge: true });
    chart.place.firstElementChild.setAttribute("role", "img");
  }
}

/* A frame for lines or bars, named as the plots of curves are. */
function frame(title, names, x, y, series) {
  const colour = colours();
  const text = { color: colour.soft, fontFamily: "system-ui, sans-serif", fontSize: 12 };
  const axis = { axisLabel: text, nameTextStyle: text, axisLine: { show: true, lineStyle: { color: colour.faint } } };
  return {
    animation: false, backgroundColor: "transparent", aria: { enabled: true, label: { description: title } },
    grid: { left: 30, right: 22, top: 70, bottom: 34, containLabel: true },
    legend: { top: 6, left: 4, textStyle: { ...text, color: colour.ink }, data: names },
    tooltip: { trigger: "axis", confine: true, backgroundColor: colour.raised, borderColor: colour.faint,
      textStyle: { color: colour.ink, fontSize: 13 }, valueFormatter: (value) => decimal(value) },
    xAxis: { nameLocation: "middle", nameGap: 30, splitLine: { show: false }, ...axis, ...x },
    yAxis: { type: "value", nameLocation: "middle", nameGap: 52, nameRotate: 90,
      splitLine: { lineStyle: { color: colour.hair } }, ...axis, ...y },
    series,
  };
}

const seriesColour = (name, index) =>
  (methods.includes(name) ? colourOf(name) : PALETTE[index % PALETTE.length]);

/* One quantity of a table's rows: lines over numbers, bars over names. */
function rowsOption(found, rows, field, yName) {
  const shown = rows.filter((row) => isNumber(row[field]));
  const names = [...new Set(shown.map((row) => row.series))];
  const settings = [...new Set(shown.map((row) => row.setting))];
  const numbers = settings.map(Number);
  const isNumeric = numbers.every(Number.isFinite);
  const isWide = isNumeric && Math.min(...numbers) > 0 && Math.max(...numbers) / Math.min(...numbers) >= 16;
  const of = (name) => shown.filter((row) => row.series === name);
  const series = names.map((name, index) => ({
    name, animation: false, color: seriesColour(name, index),
    ...(isNumeric
      ? { type: "line", symbolSize: 6,
        data: of(name).map((row) => [Number(row.setting), row[field]]).sort((a, b) => a[0] - b[0]) }
      : { type: "bar", barMaxWidth: 40,
        data: settings.map((one) => of(name).find((row) => row.setting === one)?.[field] ?? null) }),
  }));
  const x = isNumeric
    ? { type: isWide ? "log" : "value", logBase: 2, minInterval: numbers.every(Number.isInteger) ? 1 : 0, min: "dataMin", max: "dataMax", name: found.setting }
    : { type: "category", data: settings, name: found.setting };
  return frame(`${found.analysis}: ${yName} by ${found.setting}`, names, x, { scale: isNumeric, name: yName }, series);
}

function rowsTable(found, rows) {
  const hasObjective = rows.some((row) => isNumber(row.squared_distance_mean));
  const hasMiddle = rows.some((row) => isNumber(row.midpoint_mean));
  const numeric = rows.every((row) => Number.isFinite(Number(row.setting)));
  const body = element("table");
  sortable(body, [
    [found.series, (row) => row.series, (row) => row.series, false],
    [found.setting, (row) => (numeric ? Number(row.setting) : row.setting), (row) => row.setting, numeric],
    ["pairs", (row) => row.pairs, (row) => String(row.pairs), true],
    ["barrier", (row) => row.barrier_mean, (row) => decimal(row.barrier_mean)
      + (isNumber(row.barrier_se) ? " ± " + decimal(row.barrier_se) : ""), true],
    ...(hasMiddle ? [formatted("at t = 0.5", "midpoint_mean", decimal)] : []),
    ...(hasObjective ? [formatted("inner product", "inner_product_mean", decimal),
      formatted("squared distance", "squared_distance_mean", decimal)] : []),
  ], rows);
  return scrolled(body, found.analysis);
}

const scrolled = (body, name) =>
  element("div", { class: "scroll tall", tabIndex: 0, role: "region", "aria-label": name }, body);

const part = (title, lead, ...content) => element("div", { class: "analysis" }, element("h3", {}, title),
  lead === "" ? "" : element("p", { class: "lead" }, lead), ...content);

function analysisPart(found, dataset, number) {
  const rows = found.rows.filter((row) => row.dataset === dataset);
  const id = `analysis-${found.analysis}-${number}`;
  const figures = [analysisFigure(id, "Barrier", () => rowsOption(found, rows, "barrier_mean", "loss barrier (nats)"))];
  if (rows.some((row) => isNumber(row.inner_product_mean))) {
    figures.push(analysisFigure(id + "-objective", "Objective",
      () => rowsOption(found, rows, "inner_product_mean", "inner product of the weights")));
  }
  return part(`${found.analysis}: ${dataset}`, leadOf(found),
    element("div", { class: figures.length > 1 ? "figures" : "figures single" }, ...figures), rowsTable(found, rows));
}

const BINS = 36;

function anglesOption(some) {
  const names = [...new Set(some.map((one) => one.rotation))];
  const places = Array.from({ length: BINS }, (_, bin) => (((bin + 0.5) * Math.PI) / BINS).toFixed(2));
  const series = names.map((name, index) => {
    const angles = some.filter((one) => one.rotation === name).flatMap((one) => one.angles);
    const counts = new Array(BINS).fill(0);
    angles.forEach((angle) => { counts[Math.min(BINS - 1, Math.floor((angle / Math.PI) * BINS))] += 1; });
    return { name, type: "bar", animation: false, color: PALETTE[index], barGap: "0%", barCategoryGap: "10%",
      data: counts.map((count) => count / angles.length) };
  });
  return frame("angles of the rotations of the residual stream", names,
    { type: "category", data: places, name: "angle (radians)" }, { name: "share of the eigenvalues" }, series);
}

/* Between the two nearest ranks, as in angles.csv. */
function quantile(sorted, share) {
  const rank = share * (sorted.length - 1);
  const below = Math.floor(rank);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
}

function anglesPart(dataset, number) {
  const some = analysed.angles.filter((one) => one.dataset === dataset && !one.excluded);
  const body = element("table");
  const ofRank = (title, share) => [title, (one) => quantile(one.angles, share),
    (one) => decimal(quantile(one.angles, share)), true];
  sortable(body, [
    ["rotation", (one) => one.rotation, (one) => one.rotation, false],
    ["A", (one) => one.replica_a, (one) => one.replica_a, false],
    ["B", (one) => one.replica_b, (one) => one.replica_b, false],
    ofRank("smallest", 0), ofRank("quarter", 0.25), ofRank("median", 0.5), ofRank("three quarters", 0.75),
    ofRank("largest", 1)], some);
  return part(`angles: ${dataset}`, "How far the rotation of the residual stream turns that weight matching finds, and "
    + "the correction that learning puts behind it: angles of the eigenvalues between 0 and π, of all pairs.",
    element("div", { class: "figures single" },
      analysisFigure(`analysis-angles-${number}`, "Angles", () => anglesOption(some))),
    scrolled(body, "angles"));
}

function variantsPart() {
  const lines = analysed.variants.flatMap((variant) => variant.replicas.map((replica) => ({ ...replica, ...variant })));
  const body = element("table");
  const byText = (title, field) => [title, (line) => line[field], (line) => String(line[field] ?? ""), false];
  sortable(body, [byText("key", "key"), byText("value", "value"), byText("replica", "id"),
    formatted("test loss", "test_loss", decimal), formatted("test accuracy", "test_accuracy", decimal),
    formatted("train loss", "train_loss", decimal),
    ["checkpoint", (line) => line.checkpoint, (line) => line.checkpoint ?? line.diverged, false]], lines);
  return part("Replicas of other values", "", scrolled(body, "replicas of other values"));
}

function startAnalyses() {
  const place = byId("analyses");
  const hasAny = analysed.tables.length + analysed.angles.length > 0;
  place.hidden = !hasAny;
  byId("analyses-link").hidden = !hasAny;
  for (const found of analysed.tables) {
    [...new Set(found.rows.map((row) => row.dataset))].forEach((dataset, number) =>
      place.append(analysisPart(found, dataset, number)));
  }
  [...new Set(analysed.angles.filter((one) => !one.excluded).map((one) => one.dataset))].forEach((dataset, number) =>
    place.append(anglesPart(dataset, number)));
  if (analysed.variants.length > 0) {
    place.append(variantsPart());
  }
  if (hasAny) {
    drawAnalyses();
    window.addEventListener("resize", drawAnalyses);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAnalyses);
  }
}

startAnalyses();
