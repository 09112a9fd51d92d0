"use strict";
/* A study of a Mixture-of-Experts system: the authors' claims beside what was measured, its variants, the paths between
   replicas, and the barriers of all orders of the experts. */
const NAIVE = "#d55e00";
const MATCHED = "#0072b2";
const OTHER = "#6a747d";
const names = [...new Set(results.models.flatMap((model) => Object.keys(model.measures)))];
const variants = [...new Set(results.models.map((model) => model.variant))];
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const ratio = (pair) => (pair.naive.loss_barrier > 1e-9 ? 100 * pair.matched.loss_barrier / pair.naive.loss_barrier
  : undefined);

function over(variant, name) {
  const values = results.models.filter((model) => model.variant === variant).map((model) => model.measures[name])
    .filter(isNumber);
  if (values.length === 0) {
    return "";
  }
  const middle = mean(values);
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
  return decimal(middle) + (values.length > 1 ? " \u00b1 " + decimal(deviation) : "");
}

function tables() {
  byId("source").textContent = results.source;
  table("claims-table", ["claim", "paper", "ours", "s.d.", "seeds", "direction holds"], results.claims.map((claim) => [
    cell(claim.claim), cell(claim.paper_value), cell(decimal(claim.our_value), true), cell(decimal(claim.our_sd), true),
    cell(String(claim.seeds), true), cell(claim.direction_holds)]));
  table("variants-table", ["variant", ...names], variants.map((variant) => [cell(variant),
    ...names.map((name) => cell(over(variant, name), true))]));
  table("pairs-table", ["A", "B", "naive barrier", "matched barrier", "ratio", "rank of the order",
    "largest change of an output"], results.pairs.map((pair) => [cell(pair.replica_a), cell(pair.replica_b),
    cell(decimal(pair.naive.loss_barrier), true), cell(decimal(pair.matched.loss_barrier), true),
    cell(percent(ratio(pair)), true), cell(pair.order ? `${pair.order.ranking.rank} of ${pair.orders.length}` : "", true),
    cell(scientific(pair.matched.max_abs_logit_difference), true)]));
  table("models-table", ["model", "variant", "seed", ...names, "checkpoint"], results.models.map((model) => [
    cell(model.id), cell(model.variant), cell(String(model.seed), true),
    ...names.map((name) => cell(decimal(model.measures[name]), true)), cell(model.checkpoint)]));
}

function finding() {
  const held = (answer) => results.claims.filter((claim) => claim.direction_holds === answer).length;
  const naive = mean(results.pairs.map((pair) => pair.naive.loss_barrier));
  const matched = mean(results.pairs.map((pair) => pair.matched.loss_barrier));
  return `Of ${results.claims.length} claims ${held("yes")} hold in direction, ${held("no")} fail and `
    + `${held("not shown")} cannot be told from chance. Between replicas the barrier is ${decimal(naive)} as they are `
    + `and ${decimal(matched)} matched.`;
}

function paths() {
  const { axis, ...option } = frame(colours(), "loss between every two replicas", "loss");
  const line = (name, color) => results.pairs.map((pair) => ({ name, type: "line", symbol: "none", animation: false, color,
    lineStyle: { width: 1.6, opacity: 0.75 }, data: pair[name].t.map((at, i) => [at, pair[name].loss[i]]) }));
  return {
    ...option, tooltip: { ...option.tooltip, trigger: "item" },
    xAxis: { type: "value", min: 0, max: 1, interval: 0.25, name: "weight t on B   (0 = A, 1 = B)",
      nameLocation: "middle", nameGap: 30, splitLine: { show: false }, ...axis },
    series: [...line("naive", NAIVE), ...line("matched", MATCHED)],
  };
}

function orders(pair) {
  const { axis, ...option } = frame(colours(), "loss barrier of every order of the experts", "loss barrier");
  const sorted = pair.orders.toSorted((a, b) => a.loss_barrier - b.loss_barrier);
  const own = pair.order.experts.join(" ");
  return {
    ...option, grid: { ...option.grid, bottom: 50 }, yAxis: { ...option.yAxis, scale: false },
    xAxis: { type: "category", data: sorted.map((order) => order.order.join(" ")),
      name: "expert of B in place of A's 0, 1, …", nameLocation: "middle", nameGap: 62, ...axis,
      axisLabel: { ...axis.axisLabel, rotate: 60 } },
    series: [["matched order", MATCHED, true], ["other orders", OTHER, false]].map(([name, color, mine]) => ({ name,
      type: "bar", stack: "all", color, animation: false, data: sorted.map((order) =>
        ((order.order.join(" ") === own) === mine ? order.loss_barrier : null)) })),
  };
}

function draw() {
  show("path", paths());
  const ranked = results.pairs.filter((pair) => pair.order);
  if (ranked.length > 0) {
    show("orders", orders(ranked[byId("pair").selectedIndex]));
  }
}

function start() {
  byId("finding").textContent = finding();
  tables();
  words();
  const ranked = results.pairs.filter((pair) => pair.order);
  byId("orders").hidden = ranked.length === 0;
  byId("pair").append(...ranked.map((pair) => element("option", {}, `${pair.replica_a}, ${pair.replica_b}`)));
  byId("pair").onchange = draw;
  byId("controls").onsubmit = (event) => event.preventDefault();
  draw();
  window.addEventListener("resize", draw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

start();
