"use strict";
/* A study of Transformers: its table, the curves of one pair or of the mean over all pairs of a data set, and surfaces. */
const methods = [...new Set(results.paths.map((path) => path.method))];
/* A row or path of circuits stands beside that of the stored weights by the same method. */
const isCircuits = (one) => one.form === "circuits";
const curveName = (one) => (isCircuits(one) ? `${one.method}, circuits` : one.method);
const curves = [...new Map(results.paths.map((path) => [curveName(path), path])).values()]
  .map(({ method, form }) => ({ name: curveName({ method, form }), method, isDotted: isCircuits({ form }) }));
const drawn = {};
/* Colours that people with any colour vision tell apart, from one hue circle and two brightnesses. */
const PALETTE = ["#d55e00", "#0072b2", "#008a64", "#b4508b", "#8c6d00", "#4a9fd0", "#5a4fa2", "#4d8c2a", "#b03a3a",
  "#6a747d", "#a35a00"];
const colourOf = (method) => PALETTE[methods.indexOf(method) % PALETTE.length];

const key = (method) => element("span", { class: "key", style: `background:${colourOf(method)}` });

function summary() {
  table("summary-table", ["data set", "method", "pairs", "barrier"], results.rows.map((row) => {
    const mean = cell(decimal(row.barrier_mean), true);
    if (isNumber(row.barrier_se)) {
      mean.append(element("span", { class: "pm" }, " ± " + decimal(row.barrier_se)));
    }
    return [cell(row.dataset), element("td", {}, key(row.method), curveName(row)), cell(String(row.pairs), true), mean];
  }));
  byId("means").hidden = results.means.length === 0;
  table("means-table", ["data set", "method", "replicas", "loss of the mean", "rise"], results.means.map((mean) => [
    cell(mean.dataset), element("td", {}, key(mean.method), mean.method), cell(String(mean.replicas.length), true),
    cell(decimal(mean.loss), true), cell(decimal(mean.loss_rise), true)]));
  table("replicas-table", ["replica", "data set", "seed", "test loss", "test accuracy", "train loss", "held-out loss",
    "checkpoint"], results.replicas.map((replica) => [cell(replica.id), cell(replica.dataset),
    cell(String(replica.seed), true), cell(decimal(replica.test_loss), true), cell(decimal(replica.test_accuracy), true),
    cell(decimal(replica.train_loss), true), cell(decimal(replica.held_out_loss), true),
    cell(replica.checkpoint ?? replica.diverged)]));
}

function finding() {
  const first = results.rows.filter((row) => row.method === "vanilla" && !isCircuits(row)
    && isNumber(row.barrier_mean));
  const parts = first.flatMap((vanilla) => {
    const others = results.rows.filter((row) => row.dataset === vanilla.dataset && row.method !== "vanilla"
      && !isCircuits(row) && isNumber(row.barrier_mean));
    if (others.length === 0) {
      return [];
    }
    const best = others.reduce((low, row) => (row.barrier_mean < low.barrier_mean ? row : low));
    return [`${vanilla.dataset}: a barrier of ${decimal(vanilla.barrier_mean, 3)} nats between models as trained, `
      + `${decimal(best.barrier_mean, 3)} by ${best.method}, the best of ${others.length}`];
  });
  return parts.length ? parts.join("; ") + "." : "No pair was measured both as trained and matched.";
}

/* What can be drawn: for each data set the mean over pairs, then each pair. */
const selections = [...new Set(results.paths.map((path) => path.dataset))].flatMap((dataset) => {
  const paths = results.paths.filter((path) => path.dataset === dataset && !path.excluded);
  const pairs = [...new Set(paths.map((path) => `A = ${path.replica_a}, B = ${path.replica_b}`))];
  const ofPair = (name) => paths.filter((path) => `A = ${path.replica_a}, B = ${path.replica_b}` === name);
  const single = pairs.map((name) => ({ name, paths: ofPair(name) }));
  return pairs.length > 1 ? [{ name: `${dataset}: mean over ${pairs.length} pairs`, paths }, ...single] : single;
});

function series(paths, quantity) {
  const lines = [];
  for (const { name, method, isDotted } of curves) {
    const some = paths.filter((path) => curveName(path) === name && path[quantity].length > 0);
    if (some.length === 0) {
      continue;
    }
    const t = some[0].t;
    const mean = t.map((_, i) => some.reduce((sum, path) => sum + path[quantity][i], 0) / some.length);
    const line = (values, strength, width) => ({ name, type: "line", data: t.map((at, i) => [at, values[i]]),
      color: colourOf(method), symbol: "none", animation: false, lineStyle: { width, opacity: strength,
        type: isDotted ? "dotted" : "solid" } });
    lines.push(line(mean, 1, 2));
    if (some.length > 1) {
      some.forEach((path) => lines.push({ ...line(path[quantity], 0.3, 1), silent: true, tooltip: { show: false } }));
    }
  }
  return lines;
}

function option(paths, quantity, title) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue("--" + name).trim();
  const text = { color: colour("soft"), fontFamily: "system-ui, sans-serif", fontSize: 12 };
  const axis = { axisLabel: text, nameTextStyle: text, axisLine: { show: true, lineStyle: { color: colour("faint") } } };
  return {
    animation: false, backgroundColor: "transparent",
    aria: { enabled: true, label: { description: `${title}. ${quantity} along the straight line from A to B.` } },
    grid: { left: 30, right: 22, top: 70, bottom: 34, containLabel: true },
    legend: { top: 6, left: 4, textStyle: { ...text, color: colour("ink") }, data: curves.map((curve) => curve.name) },
    tooltip: { trigger: "axis", confine: true, backgroundColor: colour("raised"), borderColor: colour("faint"),
      textStyle: { color: colour("ink"), fontSize: 13 }, valueFormatter: (value) => decimal(value) },
    xAxis: { type: "value", min: 0, max: 1, interval: 0.25, name: "weight t on B   (0 = A, 1 = B)",
      nameLocation: "middle", nameGap: 30, splitLine: { show: false }, ...axis },
    yAxis: { type: "value", scale: true, splitLine: { lineStyle: { color: colour("hair") } }, ...axis,
      name: quantity === "loss" ? "test loss (nats)" : "test accuracy", nameLocation: "middle", nameGap: 46,
      nameRotate: 90 },
    series: series(paths, quantity),
  };
}

function caption(paths, quantity) {
  const field = quantity + "_barrier";
  return curves.flatMap(({ name, method }) => {
    const heights = paths.filter((path) => curveName(path) === name).map((path) => path[field]).filter(isNumber);
    const mean = heights.reduce((sum, height) => sum + height, 0) / heights.length;
    return heights.length === 0 ? [] : [element("span", { class: "entry" }, key(method), name + " ",
      element("strong", {}, decimal(mean))), " "];
  });
}

function draw() {
  const selection = selections[byId("pair").selectedIndex];
  const hasAccuracy = selection.paths.some((path) => path.accuracy.length > 0);
  byId("accuracy-figure").hidden = !hasAccuracy;
  byId("figures").classList.toggle("single", !hasAccuracy);
  for (const quantity of hasAccuracy ? ["loss", "accuracy"] : ["loss"]) {
    const place = byId(quantity + "-chart");
    drawn[quantity] ??= echarts.init(place, null, { renderer: "svg" });
    drawn[quantity].resize();
    drawn[quantity].setOption(option(selection.paths, quantity, selection.name), { replaceMerge: ["series"] });
    place.firstElementChild.setAttribute("role", "img");
    byId(quantity + "-caption").replaceChildren(...caption(selection.paths, quantity));
  }
}

/* ---- surfaces ---- */

const surfaces = results.surfaces;
const measured = surfaces.filter((surface) => !surface.excluded);

function drawSurfaces() {
  drawSurface(measured[byId("which-surface").selectedIndex]);
}

function startSurfaces() {
  byId("surfaces").hidden = byId("to-surfaces").hidden = surfaces.length === 0;
  table("surfaces-table", ["data set", "method", "A", "B", "C", "barrier", "at weights"], surfaces.map((surface) => [
    cell(surface.dataset), element("td", {}, key(surface.method), surface.method), ...surface.replicas.map((id) => cell(id)),
    cell(decimal(surface.loss_barrier), true),
    cell(surface.excluded ?? surface.loss_barrier_at.map((weight) => decimal(weight, 3)).join(", "))]));
  byId("surface-choice").hidden = measured.length < 2;
  byId("surface-controls").hidden = byId("surface-figures").hidden = measured.length === 0;
  if (measured.length > 0) {
    byId("which-surface").append(...measured.map((surface) =>
      element("option", {}, `${surface.dataset}: ${surface.method}`)));
    byId("which-surface").selectedIndex = measured.length - 1;
    byId("which-surface").onchange = drawSurfaces;
    byId("surface-choice").onsubmit = (event) => event.preventDefault();
    surfaceControls(drawSurfaces);
    drawSurfaces();
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawSurfaces);
  }
}

function start() {
  byId("finding").textContent = finding();
  warnings();
  summary();
  words();
  startSurfaces();
  byId("curves").hidden = selections.length === 0;
  if (selections.length > 0) {
    byId("pair").append(...selections.map((selection) => element("option", {}, selection.name)));
    byId("pair").onchange = draw;
    byId("controls").onsubmit = (event) => event.preventDefault();
    draw();
    window.addEventListener("resize", draw);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  }
}

start();
