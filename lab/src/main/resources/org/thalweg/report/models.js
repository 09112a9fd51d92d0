"use strict";
/* The page of a path between two models, or of the triangle between three. */
const isPath = Array.isArray(results.t);
const LETTERS = results.models.map((_, i) => "ABC"[i]);
const ends = LETTERS.map((letter) => results["at_" + letter.toLowerCase()]);
const drawn = {};

/* The last name of a path, as people call a model. */
const modelName = (place) => place.replace(/[\\/]+$/, "").split(/[\\/]/).pop();

function finding() {
  const worst = Math.max(...ends.map((end) => end.loss));
  const where = isPath ? `at t = ${decimal(results.loss_barrier_at, 3)}`
    : `at the weights ${results.loss_barrier_at.map((weight) => decimal(weight, 3)).join(", ")}`;
  return results.loss_barrier > 0
    ? `The loss rises ${decimal(results.loss_barrier)} nats above ${isPath ? "the chord between the ends"
      : "the plane through the three models"}, ${where}; the models alone have at most ${decimal(worst)}.`
    : `The loss nowhere rises above ${isPath ? "the chord between the ends" : "the plane through the three models"}.`;
}

function tiles() {
  const tile = (term, value) => element("div", {}, element("dt", {}, term), element("dd", {}, value));
  byId("tiles").append(tile("loss barrier, nats", decimal(results.loss_barrier)),
    ...(isPath ? [tile("area above the chord", decimal(results.loss_auc)),
      tile("accuracy barrier", decimal(results.accuracy_barrier))] : []),
    ...ends.map((end, i) => tile(`loss of ${LETTERS[i]}`, decimal(end.loss))),
    tile(results.counted + " counted", results.answers.toLocaleString("en")));
}

/* ---- two models ---- */

function lineOption(quantity, width) {
  const colour = colours("naive", "gate", "expert");
  const own = quantity === "loss" ? colour.naive : colour.gate;
  const values = results[quantity];
  const series = [{
    name: quantity, type: "line", data: points(results.t, values), color: own, animation: false, z: 4, symbol: "circle",
    symbolSize: 6, emphasis: { disabled: true }, lineStyle: { width: 2, cap: "round", join: "round" },
    markLine: barrierMark(results, quantity, own, colour.raised, false),
  }, chordLine([[0, values[0]], [1, values[values.length - 1]]], colour)];
  if (results.circuits) {
    series.push({ name: "with circuits", type: "line", data: points(results.t, results.circuits[quantity]),
      color: colour.expert, animation: false, z: 4, symbol: "triangle", symbolSize: 6, emphasis: { disabled: true },
      lineStyle: { width: 2, type: "dotted", cap: "round", join: "round" } });
  }
  return lineChart(series, colour, { quantity, shown: {}, title: "Between two models", width,
    yName: QUANTITIES[quantity] });
}

function drawLines() {
  for (const quantity of ["loss", "accuracy"]) {
    const place = byId(quantity + "-chart");
    drawn[quantity] ??= echarts.init(place, null, { renderer: "svg" });
    drawn[quantity].resize();
    drawn[quantity].setOption(lineOption(quantity, drawn[quantity].getWidth()), { replaceMerge: ["series"] });
    place.firstElementChild.setAttribute("role", "img");
    byId(quantity + "-caption").replaceChildren(quantity === "loss" ? "Loss barrier, nats: " : "Accuracy barrier: ",
      element("strong", {}, decimal(results[quantity + "_barrier"])),
      ` at t = ${decimal(results[quantity + "_barrier_at"], 3)} · area: `,
      element("strong", {}, decimal(results[quantity + "_auc"])),
      ...(results.circuits ? [" · with circuits of heads: ",
        element("strong", {}, decimal(results.circuits[quantity + "_barrier"]))] : []));
  }
}

/* ---- below ---- */

function tables() {
  const numbers = results.loss.map((loss, i) => ({ loss, accuracy: results.accuracy[i],
    ...(isPath ? { t: results.t[i], rise: loss - chordAt(results.loss, results.t[i]) }
      : { rise: loss - flat(results, results.weights[i], "loss"), ...Object.fromEntries(results.weights[i].map((w, m) =>
        [LETTERS[m], w])) }) }));
  const short = (value) => decimal(value, 4);
  sortable(byId("points-table"), [
    ...(isPath ? [formatted("t", "t", short)] : LETTERS.map((letter) => formatted("Weight of " + letter, letter, short))),
    formatted("Loss", "loss", (value) => decimal(value, 6)),
    formatted(isPath ? "Above the chord" : "Above the plane", "rise", (value) => decimal(value, 6)),
    formatted("Accuracy", "accuracy", (value) => decimal(value, 6)),
  ], numbers);
  const models = results.models.map((place, i) => ({ letter: LETTERS[i], place, ...ends[i] }));
  sortable(byId("models-table"), [
    ["Model", (row) => row.letter, (row) => row.letter],
    ["Directory", (row) => row.place, (row) => element("td", { class: "wrap" }, row.place)],
    formatted("Loss", "loss", (value) => decimal(value, 6)),
    ...(ends[0].perplexity === undefined ? [] : [formatted("Perplexity", "perplexity", short)]),
    formatted("Accuracy", "accuracy", (value) => decimal(value, 6)),
  ], models);
  if (!isPath) {
    byId("edges").hidden = false;
    sortable(byId("edges-table"), [
      ["From", (row) => row.from, (row) => row.from], ["To", (row) => row.to, (row) => row.to],
      formatted("Loss barrier", "loss_barrier", short), formatted("at t", "loss_barrier_at", short),
      formatted("Loss AUC", "loss_auc", short), formatted("Acc. barrier", "accuracy_barrier", short),
      formatted("Acc. AUC", "accuracy_auc", short),
    ], results.edges);
  }
}

function words() {
  const titles = { t: "Path", weights: "Weights", grid: "Grid", loss_barrier: "Loss barrier",
    accuracy_barrier: "Accuracy barrier", edges: "Edges", auc: "AUC", units: "Units", data: "Data" };
  const cut = results.window === undefined ? `${results.examples.toLocaleString("en")} images`
    : `${results.examples.toLocaleString("en")} windows of ${results.window} tokens, stride ${results.stride}`
      + (results.texts_left_out ? `; ${results.texts_left_out} texts too short for one left out` : "");
  terms(byId("conventions-list"), [["Measured on", `${results.data}: ${cut}`],
    ...Object.entries(results.conventions).map(([name, text]) => [titles[name] ?? name, text])]);
}

function exportButtons() {
  const base = (quantity) => [...results.models.map(modelName), quantity].join("-").replace(/[^\w.-]+/g, "-");
  const paper = () => getComputedStyle(document.body).backgroundColor;
  for (const place of document.querySelectorAll(".exports")) {
    const quantity = place.dataset.chart;
    const button = (text, act) => place.append(element("button", { type: "button", onclick: act,
      "aria-label": `Save the ${quantity} figure as ${text}` }, text));
    if (quantity === "loss" || quantity === "accuracy") {
      for (const kind of ["svg", "png"]) {
        button(kind.toUpperCase(), () => save(`${base(quantity)}.${kind}`, picture(lineOption(quantity, 720), kind, paper())));
      }
    } else {
      button("SVG", () => save(base(quantity) + ".svg", "data:image/svg+xml;charset=utf-8,"
        + encodeURIComponent(new XMLSerializer().serializeToString(byId(quantity + "-chart").firstElementChild))));
    }
  }
}

function draw() {
  if (isPath) {
    drawLines();
  } else {
    drawSurface(results);
  }
}

function start() {
  byId("finding").textContent = finding();
  byId("figures-lead").textContent = results.models.map((place, i) => `${LETTERS[i]} = ${modelName(place)}`).join(", ") + ".";
  byId("line-figures").hidden = !isPath;
  byId("surface-figures").hidden = isPath;
  byId("surface-controls").hidden = isPath;
  tiles();
  tables();
  words();
  exportButtons();
  if (!isPath) {
    surfaceControls(() => drawSurface(results));
  }
  draw();
  window.addEventListener("resize", draw);
  window.addEventListener("beforeprint", draw);
  window.addEventListener("afterprint", draw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  window.matchMedia("print").addEventListener("change", draw);
}

start();
