"use strict";
/* The tables of the page. */
const key = (method) => element("span", { class: "key", style: `background:var(--${method})`, "aria-hidden": "true" });

const varies = (field) => new Set(results.replicas.concat(results.pairs).map((item) => item[field])).size > 1;

function statistic(mean, deviation, low, high) {
  const node = cell(decimal(mean), true);
  if (isNumber(low)) {
    node.title = `95 % interval by bootstrap over replicas: ${decimal(low)} to ${decimal(high)}`;
  }
  if (isNumber(deviation)) {
    node.append(element("span", { class: "pm" }, " ± " + decimal(deviation)));
  }
  return node;
}

function ratioCell(value, low, high) {
  if (!isNumber(value)) {
    return cell("", true);
  }
  const bar = element("b", { style: `width:${Math.min(100, Math.max(0, value))}%` });
  return element("td", { class: "n" },
    element("span", { class: "ratio" }, element("i", { "aria-hidden": "true" }, bar), percent(value)),
    isNumber(low) ? element("span", { class: "pm" }, ` ${low.toFixed(1)} to ${high.toFixed(1)}`) : null);
}

function summaryTable() {
  const trained = results.rows.some((row) => isNumber(row.train_naive_barrier_mean));
  const heads = ["Gate", ...(varies("dataset") ? ["Data set"] : []), "Layers", "MoE layer", "Experts", "Pairs",
    ...METHODS, "best / naive, 95 %", ...(trained ? ["training: naive", "training: best", "training: best / naive"] : [])];
  const isText = (name) => ["Gate", "Data set"].includes(name);
  const head = element("tr", {}, ...heads.map((name) => element("th", { scope: "col", class: isText(name) ? "" : "n" },
    METHODS.includes(name) ? key(name) : null, name)));
  const body = element("tbody");
  results.rows.forEach((row) => {
    const index = settings.findIndex((setting) => setting.key === settingKey(row));
    const choose = element("button", { type: "button", class: "link", onclick: () => select(index, 0, true) },
      row.variant);
    const line = element("tr", { "data-setting": index },
      element("th", { scope: "row" }, choose), varies("dataset") ? cell(row.dataset) : null, cell(row.layers, true),
      cell(row.moe_layer, true), cell(row.experts, true), cell(row.pairs, true),
      ...METHODS.map((method) => statistic(row[method + "_barrier_mean"], row[method + "_barrier_sd"],
        row[method + "_barrier_low"], row[method + "_barrier_high"])),
      ratioCell(row.best_ratio_percent, row.best_ratio_percent_low, row.best_ratio_percent_high),
      ...(trained ? [...["naive", "best"].map((method) => statistic(row[`train_${method}_barrier_mean`],
        row[`train_${method}_barrier_sd`], row[`train_${method}_barrier_low`], row[`train_${method}_barrier_high`])),
      ratioCell(row.train_best_ratio_percent, row.train_best_ratio_percent_low, row.train_best_ratio_percent_high)]
        : []));
    body.append(line);
  });
  byId("summary-table").append(element("thead", {}, head), body);
}

const plain = (title, field, numeric, facet) => [title, (row) => row[field], (row) => row[field] ?? "", numeric, facet];
const facetColumns = () => [
  plain("Data set", "dataset", false, true), plain("Gate", "variant", false, true),
  plain("Layers", "layers", true, true), plain("MoE", "moe_layer", true, true), plain("Experts", "experts", true, true),
].filter((_, i) => varies(FACETS[i][0]));
function pairsTable() {
  const method = ["Method", (row) => METHODS.indexOf(row.method), (row) => {
    const text = row.chosen ? `${row.method} (${row.chosen})` : row.method;
    return row.excluded
      ? element("td", { class: "wrap", title: row.reason }, key(row.method), text, " ",
        element("span", { class: "badge" }, "excluded"), element("span", { class: "muted" }, " " + row.reason))
      : element("td", {}, key(row.method), text);
  }];
  return sortable(byId("pairs-table"), [
    ...facetColumns(), plain("A", "replica_a"), plain("B", "replica_b"), method,
    formatted("Loss barrier", "loss_barrier", decimal), formatted("at t", "loss_barrier_at", (t) => decimal(t, 3)),
    formatted("Loss AUC", "loss_auc", decimal), formatted("Acc. barrier", "accuracy_barrier", decimal),
    formatted("Acc. AUC", "accuracy_auc", decimal),
    formatted("Training loss barrier", "train_loss_barrier", decimal),
    formatted("Training acc. barrier", "train_accuracy_barrier", decimal), plain("Rank", "rank", true),
    formatted("L̂ %", "l_hat", (value) => decimal(value, 2)), plain("Rank acc.", "rank_accuracy", true),
    formatted("L̂ acc. %", "l_hat_accuracy", (value) => decimal(value, 2)),
    formatted("max |Δ|", "max_abs_logit_difference", scientific),
  ].filter(([title]) => (!/Rank|L̂/.test(title) || results.pairs.some((path) => path.rank !== undefined))
    && (!/Training/.test(title) || results.pairs.some((path) => path.train_loss !== undefined))), results.pairs);
}

function replicasTable() {
  sortable(byId("replicas-table"), [
    plain("Replica", "id"), ...facetColumns(), plain("Seed", "seed", true),
    formatted("Train loss", "train_loss", decimal), formatted("Test loss", "test_loss", decimal),
    formatted("Test accuracy", "test_accuracy", decimal),
    ["Checkpoint", (row) => row.checkpoint, (row) => (row.diverged
      ? element("td", { class: "wrap" }, element("span", { class: "badge" }, "diverged"), " " + row.reason)
      : row.checkpoint)],
  ], results.replicas);
}
