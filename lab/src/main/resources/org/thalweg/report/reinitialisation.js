"use strict";
/* A study of feed-forward networks drawn anew: its table beside the paper's, loss and accuracy by layer, and the paths
   between two that were trained anew. */
const PALETTE = ["#d55e00", "#0072b2", "#008a64", "#b4508b", "#8c6d00", "#4a9fd0", "#5a4fa2", "#4d8c2a", "#b03a3a",
  "#6a747d"];
const STATES = [["pretrained", "trained model", "#6a747d"], ["reinitialised", "drawn anew", "#d55e00"],
  ["finetuned", "trained anew", "#0072b2"]];
const datasets = [...new Set(results.rows.map((row) => row.dataset))];

const scores = (row) => STATES.flatMap(([state]) => [cell(decimal(row[state + "_loss"]), true),
  cell(isNumber(row[state + "_accuracy"]) ? percent(100 * row[state + "_accuracy"]) : "", true)]);
const TITLES = STATES.flatMap(([, title]) => [title + ": loss", "accuracy"]);

function summary() {
  table("summary-table", ["data set", "layer", "replicas", ...TITLES, "naive barrier", "without ends"],
    results.rows.map((row) => [cell(row.dataset), cell(String(row.layer), true), cell(String(row.replicas), true),
      ...scores(row), cell(decimal(row.naive_barrier), true), cell(decimal(row.interior_barrier), true)]));
  table("paper-table", ["data set", ...TITLES, "naive barrier"], results.paper.map((row) => [cell(row.dataset),
    ...scores(row), cell(decimal(row.naive_barrier), true)]));
  table("replicas-table", ["model", "data set", "layer", "seed", ...TITLES.slice(2), "checkpoint"], [
    ...results.trained.map((model) => [cell(model.id), cell(model.dataset), cell("none", true),
      cell(String(model.seed), true), cell(""), cell(""), cell(decimal(model.test_loss), true),
      cell(isNumber(model.test_accuracy) ? percent(100 * model.test_accuracy) : "", true),
      cell(model.checkpoint ?? model.diverged)]),
    ...results.replicas.map((model) => [cell(model.id), cell(model.dataset), cell(String(model.layer), true),
      cell(String(model.seed), true), ...scores(model).slice(2), cell(model.checkpoint ?? model.diverged)]),
  ]);
}

function finding() {
  const parts = datasets.flatMap((dataset) => {
    const rows = results.rows.filter((row) => row.dataset === dataset && isNumber(row.reinitialised_loss));
    if (rows.length === 0) {
      return [];
    }
    const worst = rows.reduce((high, row) => (row.reinitialised_loss > high.reinitialised_loss ? row : high));
    return [`${dataset}: a loss of ${decimal(worst.pretrained_loss, 3)} nats, at most `
      + `${decimal(worst.reinitialised_loss, 3)} with one feed-forward network drawn anew (layer ${worst.layer}), `
      + `${decimal(worst.finetuned_loss, 3)} once that is trained`];
  });
  return parts.length ? parts.join("; ") + "." : "No feed-forward network was drawn anew and measured.";
}

/* Figures 3 and 4 of the paper: one group of points for each layer, the trained model as a line through all. */
function byLayer(dataset, quantity) {
  const rows = results.rows.filter((row) => row.dataset === dataset);
  const { axis, ...option } = frame(colours(), `${dataset}: ${quantity} by the layer drawn anew`, "test " + quantity
    + (quantity === "loss" ? " (nats)" : ""));
  return {
    ...option,
    xAxis: { type: "category", data: rows.map((row) => String(row.layer)), name: "layer drawn anew",
      nameLocation: "middle", nameGap: 30, ...axis },
    series: STATES.map(([state, name, colour]) => ({ name, type: "line", color: colour, animation: false,
      symbol: state === "pretrained" ? "none" : "circle", symbolSize: 8,
      lineStyle: { type: state === "pretrained" ? [6, 5] : "solid", width: 1.6 },
      data: rows.map((row) => row[`${state}_${quantity}`] ?? null) })),
  };
}

function paths(dataset) {
  const some = results.paths.filter(({ path }) => path.dataset === dataset && !path.excluded);
  const layers = [...new Set(some.map((one) => one.layer))];
  const { axis, ...option } = frame(colours(), `${dataset}: loss between two models trained anew`, "test loss (nats)");
  return {
    ...option,
    xAxis: { type: "value", min: 0, max: 1, interval: 0.25, name: "weight t on B   (0 = A, 1 = B)",
      nameLocation: "middle", nameGap: 30, splitLine: { show: false }, ...axis },
    series: some.map(({ layer, path }) => ({ name: "layer " + layer, type: "line", symbol: "none", animation: false,
      color: PALETTE[layers.indexOf(layer) % PALETTE.length], lineStyle: { width: 2 },
      data: path.t.map((at, i) => [at, path.loss[i]]) })),
  };
}

function draw() {
  const dataset = datasets[byId("dataset").selectedIndex];
  show("loss", byLayer(dataset, "loss"));
  show("accuracy", byLayer(dataset, "accuracy"));
  show("path", paths(dataset));
  byId("path-caption").replaceChildren(...results.rows.filter((row) => row.dataset === dataset
    && isNumber(row.naive_barrier)).flatMap((row) => [element("span", { class: "entry" }, `layer ${row.layer}: `,
    element("strong", {}, decimal(row.naive_barrier))), " "]));
}

function start() {
  byId("finding").textContent = finding();
  warnings();
  summary();
  words();
  byId("layers").hidden = datasets.length === 0;
  byId("curves").hidden = results.paths.every(({ path }) => path.excluded);
  if (datasets.length > 0) {
    byId("dataset").append(...datasets.map((name) => element("option", {}, name)));
    byId("dataset").onchange = draw;
    byId("controls").onsubmit = (event) => event.preventDefault();
    draw();
    window.addEventListener("resize", draw);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  }
}

start();
