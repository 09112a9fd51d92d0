"use strict";
/* The tables of the page. Text reaches the page as text nodes only, never as markup. */
const byId = (id) => document.getElementById(id);

function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class" || name.includes("-") || name === "scope") {
      node.setAttribute(name, value);
    } else {
      node[name] = value;
    }
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

const key = (method) => element("span", { class: "key", style: `background:var(--${method})`, "aria-hidden": "true" });

const varies = (field) => new Set(results.replicas.concat(results.pairs).map((item) => item[field])).size > 1;

const cell = (text, numeric) => element("td", numeric ? { class: "n" } : {}, text);

function statistic(mean, deviation) {
  const node = cell(decimal(mean), true);
  if (isNumber(deviation)) {
    node.append(element("span", { class: "pm" }, " ± " + decimal(deviation)));
  }
  return node;
}

function ratioCell(value) {
  if (!isNumber(value)) {
    return cell("", true);
  }
  const bar = element("b", { style: `width:${Math.min(100, Math.max(0, value))}%` });
  return element("td", { class: "n" },
    element("span", { class: "ratio" }, element("i", { "aria-hidden": "true" }, bar), percent(value)));
}

function summaryTable() {
  const heads = ["Gate", ...(varies("dataset") ? ["Data set"] : []), "Layers", "MoE layer", "Experts", "Pairs",
    ...METHODS, "best / naive"];
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
      ...METHODS.map((method) => statistic(row[method + "_barrier_mean"], row[method + "_barrier_sd"])),
      ratioCell(row.best_ratio_percent));
    body.append(line);
  });
  byId("summary-table").append(element("thead", {}, head), body);
}

/* A table whose columns sort by a click: column = [title, value for sorting, node to show, numeric]. */
function sortable(table, columns, rows) {
  let order = { column: -1, sign: 1 };
  const body = element("tbody");
  const heads = columns.map(([title, , , numeric, facet], index) => {
    const sort = () => {
      order = { column: index, sign: order.column === index ? -order.sign : 1 };
      heads.forEach((head, i) => head.setAttribute("aria-sort",
        i !== index ? "none" : order.sign > 0 ? "ascending" : "descending"));
      fill();
    };
    const classes = (numeric ? "n" : "") + (facet ? " facet-cell" : "");
    return element("th", { scope: "col", class: classes, "aria-sort": "none" },
      element("button", { type: "button", class: "sort", onclick: sort }, title));
  });
  const compare = (a, b) => {
    const value = columns[order.column][1];
    const [left, right] = [value(a), value(b)];
    const missing = [left, right].map((one) => one === undefined || one === null || one === "");
    if (missing[0] || missing[1]) {
      return missing[0] - missing[1];
    }
    return order.sign * (typeof left === "number" && typeof right === "number"
      ? left - right : String(left).localeCompare(String(right), "en", { numeric: true }));
  };
  let filter = () => true;
  function fill() {
    const visible = rows.filter(filter);
    body.replaceChildren(...(order.column < 0 ? visible : visible.toSorted(compare)).map((row) => element("tr", {},
      ...columns.map(([, , show, numeric, facet]) => {
        const content = show(row);
        const node = content instanceof HTMLTableCellElement ? content : cell(content, numeric);
        node.classList.toggle("facet-cell", Boolean(facet));
        return node;
      }))));
  }
  table.append(element("thead", {}, element("tr", {}, ...heads)), body);
  fill();
  return (keep) => {
    filter = keep;
    fill();
  };
}

const plain = (title, field, numeric, facet) => [title, (row) => row[field], (row) => row[field] ?? "", numeric, facet];
const facetColumns = () => [
  plain("Data set", "dataset", false, true), plain("Gate", "variant", false, true),
  plain("Layers", "layers", true, true), plain("MoE", "moe_layer", true, true), plain("Experts", "experts", true, true),
].filter((_, i) => varies(FACETS[i][0]));
const formatted = (title, field, write) => [title, (row) => row[field], (row) => write(row[field]), true];

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
    formatted("Acc. AUC", "accuracy_auc", decimal), plain("Rank", "rank", true),
    formatted("L̂ %", "l_hat", (value) => decimal(value, 2)), plain("Rank acc.", "rank_accuracy", true),
    formatted("L̂ acc. %", "l_hat_accuracy", (value) => decimal(value, 2)),
    formatted("max |Δ|", "max_abs_logit_difference", scientific),
  ].filter(([title]) => !/Rank|L̂/.test(title) || results.pairs.some((path) => path.rank !== undefined)), results.pairs);
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
