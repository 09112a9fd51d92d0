"use strict";
/* The page itself: what stands above and below the tables, and the charts with the controls they follow. */
const state = { setting: 0, pair: 0, shown: Object.fromEntries([...METHODS, "chord"].map((name) => [name, true])) };
const drawn = {};
const CURVES = ["loss", "accuracy", "train_loss", "train_accuracy"];

/* ---- above the fold ---- */

function finding() {
  const ratios = results.rows.map((row) => row.best_ratio_percent).filter(isNumber);
  if (ratios.length === 0) {
    return "No pair of this study has both a naive and a matched path, so no ratio can be stated.";
  }
  const low = Math.min(...ratios);
  const high = Math.max(...ratios);
  const left = percent(low) === percent(high) ? percent(low) : `between ${percent(low)} and ${percent(high)}`;
  const without = results.rows.length - ratios.length;
  const where = results.rows.length === 1 ? "" : ` in ${ratios.length} settings`
    + (without > 0 ? ` (${without} more have no ratio)` : "");
  return `Matching leaves ${left} of the naive loss barrier${where}: mean over pairs, better of gate and expert order.`;
}

function tiles() {
  const pairs = settings.flatMap((setting) => setting.pairs);
  const proofs = results.pairs.map((path) => path.max_abs_logit_difference).filter(isNumber);
  const naive = results.rows.map((row) => row.naive_barrier_mean).filter(isNumber);
  const best = results.rows.map((row) => row.best_barrier_mean).filter(isNumber);
  const range = (values) => (values.length === 0 ? "–" : decimal(Math.min(...values), 3)
    + (values.length > 1 ? " – " + decimal(Math.max(...values), 3) : ""));
  const tile = (term, value) => element("div", {}, element("dt", {}, term), element("dd", {}, value));
  byId("tiles").append(
    tile("naive loss barrier, nats", range(naive)),
    tile("matched loss barrier, nats", range(best)),
    tile("pairs measured", `${pairs.filter(isMeasured).length} of ${pairs.length}`),
    tile("largest |Δ logit| by an alignment", proofs.length ? scientific(Math.max(...proofs)) : "–"));
}

function warnings() {
  const list = byId("warnings").querySelector("ul");
  const diverged = results.replicas.filter((replica) => replica.diverged);
  const names = (text, replica) => text.includes(replica.id);
  for (const replica of diverged.filter((one) => !results.warnings.some((warning) => names(warning, one)))) {
    list.append(element("li", {}, element("strong", {}, `${replica.id} diverged: ${replica.reason}.`)));
  }
  for (const warning of results.warnings) {
    const grave = diverged.some((replica) => names(warning, replica));
    list[grave ? "prepend" : "append"](element("li", {}, grave ? element("strong", {}, warning) : warning));
  }
  byId("warnings").hidden = list.children.length === 0;
}

/* ---- the words below ---- */

function words() {
  const c = results.conventions;
  terms(byId("conventions-list"), [
    ["Path", c.t], ["Grid", `${c.grid_points} points, both ends included`],
    ["Split", `${c.split.name}, ${c.split.examples} examples`], ["Units", c.units], ["Loss barrier", c.loss_barrier],
    ["Accuracy barrier", c.accuracy_barrier], ["AUC", c.auc], ["Best", c.best], ["Rank", c.rank], ["L̂", c.l_hat],
    ["±", c.spread],
    ["Interval", c.interval ?? ""],
    ["Training data", c.train_split ? `${c.train_split.examples} examples of the ${c.train_split.name}` : ""],
    ["Seeds", c.seeds.join(", ")],
  ]);
  const e = results.environment;
  const steps = Object.entries(results.timing.steps).map(([name, seconds]) => [`Seconds: ${name}`, seconds.toFixed(1)]);
  terms(byId("environment-list"), [
    ["Machine", `${e.machine}, ${e.cores} cores, ${e.threads} threads used`], ["Java", e.jdk],
    ["Linear algebra", e.blas],
    ["Started", results.timing.started_at], ["Finished", results.timing.finished_at],
    ["Seconds", results.timing.seconds.toFixed(1)], ...steps, ["Format", results.schema],
  ]);
  byId("configuration-text").textContent = outline(results.configuration, "");
}

function outline(value, indent) {
  const isTree = (one) => one !== null && typeof one === "object" && Object.keys(one).length > 0;
  const flat = (one) => Array.isArray(one) && one.every((item) => !isTree(item));
  const scalar = (one) => (typeof one === "string" ? (/^[\w ./+-]+$/.test(one) ? one : JSON.stringify(one))
    : flat(one) ? "[" + one.map(scalar).join(", ") + "]" : JSON.stringify(one));
  return Object.entries(value).map(([name, inner]) => {
    const head = indent + (Array.isArray(value) ? "-" : name + ":");
    return isTree(inner) && !flat(inner) ? head + "\n" + outline(inner, indent + "  ") : head + " " + scalar(inner);
  }).join("\n");
}

/* ---- controls and charts ---- */

function facets() {
  for (const [field, title] of FACETS) {
    const values = [...new Set(settings.map((setting) => setting[field]))];
    const id = "facet-" + field;
    if (values.length < 2) {
      byId("facets").append(element("div", { class: "facet" }, element("span", { class: "name" }, title),
        element("output", { id }, String(values[0] ?? "–"))));
      continue;
    }
    const menu = element("select", { id, onchange: () => select(nearest(field, values[menu.selectedIndex]), 0) },
      ...values.map((value) => element("option", {}, String(value))));
    menu.valuesShown = values;
    byId("facets").append(element("div", { class: "facet" }, element("label", { htmlFor: id }, title), menu));
  }
  for (const name of [...METHODS, "chord"]) {
    const box = element("input", { type: "checkbox", checked: true, id: "show-" + name, onchange: () => {
      state.shown[name] = box.checked;
      draw();
    } });
    byId("shown").append(element("label", {}, box, key(name), name));
  }
}

/* The setting that has the chosen value and otherwise differs least from the present one. */
function nearest(field, value) {
  const present = settings[state.setting];
  const likeness = (setting) => FACETS.filter(([other]) => setting[other] === present[other]).length;
  const candidates = settings.filter((setting) => setting[field] === value);
  return settings.indexOf(candidates.reduce((best, other) => (likeness(other) > likeness(best) ? other : best)));
}

function selectedPairs() {
  const pairs = settings[state.setting].pairs;
  return state.pair < pairs.length ? [pairs[state.pair]] : pairs;
}

function caption(pairs, quantity) {
  const name = `${quantity}_barrier`;
  const parts = METHODS.flatMap((method) => {
    const heights = pairs.map((pair) => pair.methods[method]?.[name]).filter(isNumber);
    if (heights.length === 0) {
      return [];
    }
    const mean = heights.reduce((sum, height) => sum + height, 0) / heights.length;
    const path = pairs[0].methods[method];
    const chosen = pairs.length === 1 && path.chosen ? ` (${path.chosen})` : "";
    return [element("span", { class: "entry" }, key(method), method + chosen + " ",
      element("strong", {}, decimal(mean)))];
  });
  const title = (quantity.endsWith("loss") ? "Loss barrier, nats" : "Accuracy barrier")
    + (quantity.startsWith("train_") ? ", on training data" : "");
  return [title + (pairs.length > 1 ? `, mean over ${pairs.length} pairs: ` : ": "),
    ...parts.flatMap((part, i) => (i ? [" · ", part] : [part]))];
}

function draw() {
  const setting = settings[state.setting];
  const pairs = selectedPairs().filter(isMeasured);
  const dropped = selectedPairs().length - pairs.length;
  const reasons = new Set(selectedPairs().flatMap((pair) => Object.values(pair.methods))
    .filter((path) => path.excluded).map((path) => path.reason));
  byId("excluded").hidden = dropped === 0;
  byId("excluded").textContent = `${dropped === 1 ? "One pair is" : dropped + " pairs are"} excluded: `
    + `${[...reasons].join("; ")}.`;
  byId("drawn").textContent = settingName(setting) + ": " + byId("pair").selectedOptions[0].textContent;
  byId("figures").hidden = pairs.length === 0;
  drawOrders(setting, pairs);
  if (pairs.length === 0) {
    return;
  }
  const has = (quantity) => pairs.some((pair) =>
    Object.values(pair.methods).some((path) => (path[quantity] ?? []).length > 0));
  byId("figures").classList.toggle("single", !has("accuracy"));
  for (const quantity of CURVES) {
    byId(quantity + "-figure").hidden = !has(quantity);
    if (!has(quantity)) {
      continue;
    }
    const place = byId(quantity + "-chart");
    drawn[quantity] ??= listening(echarts.init(place, null, { renderer: "svg" }));
    drawn[quantity].resize();
    // Only the curves are replaced: replacing the tooltip while it is shown makes the chart library throw.
    drawn[quantity].dispatchAction({ type: "hideTip" });
    const option = optionOf(pairs, quantity, state.shown, settingName(setting), drawn[quantity].getWidth());
    drawn[quantity].setOption(option, { replaceMerge: ["series"] });
    place.firstElementChild.setAttribute("role", "img");
    byId(quantity + "-caption").replaceChildren(...caption(pairs, quantity));
  }
}

function listening(chart) {
  chart.on("legendselectchanged", ({ selected }) => {
    for (const [name, on] of Object.entries(selected)) {
      state.shown[name] = on;
      byId("show-" + name).checked = on;
    }
    draw();
  });
  return chart;
}

function select(settingIndex, pairIndex, scroll = false) {
  const setting = settings[settingIndex];
  const count = setting.pairs.length;
  state.setting = settingIndex;
  state.pair = Math.min(Math.max(0, pairIndex), count > 1 ? count : count - 1);
  const menu = byId("pair");
  menu.replaceChildren(...setting.pairs.map((pair) => element("option", {},
    `A = ${pair.a}, B = ${pair.b}${isMeasured(pair) ? "" : " (excluded)"}`)));
  if (count > 1) {
    menu.append(element("option", {}, `mean over all ${count} pairs`));
  }
  menu.selectedIndex = state.pair;
  for (const [field] of FACETS) {
    const facet = byId("facet-" + field);
    if (facet.valuesShown) {
      facet.selectedIndex = facet.valuesShown.indexOf(setting[field]);
    } else {
      facet.textContent = String(setting[field]);
    }
  }
  for (const line of byId("summary-table").querySelectorAll("tbody tr")) {
    line.setAttribute("aria-current", String(Number(line.dataset.setting) === settingIndex));
  }
  draw();
  keepPairs();
  if (scroll) {
    byId("curves").scrollIntoView();
  }
}

function step(by) {
  const menu = byId("pair");
  select(state.setting, (state.pair + by + menu.length) % menu.length);
}

function exportButtons() {
  for (const place of document.querySelectorAll(".exports")) {
    const quantity = place.dataset.chart;
    const base = () => [results.study, settings[state.setting].variant, quantity].join("-").replace(/[^\w.-]+/g, "-");
    const option = () => optionOf(selectedPairs().filter(isMeasured), quantity, state.shown, "");
    const paper = () => getComputedStyle(document.body).backgroundColor;
    const button = (label, act) => place.append(element("button", { type: "button", onclick: act,
      "aria-label": `Save the ${quantity} chart as ${label}` }, label));
    button("SVG", () => save(base() + ".svg", picture(option(), "svg", paper())));
    button("PNG", () => save(base() + ".png", picture(option(), "png", paper())));
    button("CSV", () => save(base() + ".csv", "data:text/csv;charset=utf-8,"
      + encodeURIComponent(curvesCsv(selectedPairs().filter(isMeasured), quantity))));
  }
}

let filterPairs = () => {};
function keepPairs() {
  const only = byId("only-setting").checked;
  byId("pairs-table").classList.toggle("one-setting", only);
  filterPairs((path) => !only || settingKey(path) === settings[state.setting].key);
}

function start() {
  byId("finding").textContent = finding();
  tiles();
  warnings();
  summaryTable();
  filterPairs = pairsTable();
  replicasTable();
  words();
  byId("only-setting").onchange = keepPairs;
  if (settings.length === 0) {
    byId("curves").hidden = true;
    return;
  }
  facets();
  exportButtons();
  byId("pair").onchange = () => select(state.setting, byId("pair").selectedIndex);
  byId("previous").onclick = () => step(-1);
  byId("next").onclick = () => step(1);
  byId("controls").onsubmit = (event) => event.preventDefault();
  select(0, 0);
  window.addEventListener("resize", draw);
  window.addEventListener("beforeprint", draw);
  window.addEventListener("afterprint", draw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  window.matchMedia("print").addEventListener("change", draw);
}

start();
