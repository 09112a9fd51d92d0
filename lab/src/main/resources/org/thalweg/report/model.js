"use strict";
/* What the page knows: the results, grouped into settings and pairs, and how numbers are written. No drawing here. */
const results = JSON.parse(document.getElementById("results").textContent);
const METHODS = ["naive", "gate", "expert", "best"];
const FACETS = [
  ["dataset", "Data set"], ["variant", "Gate"], ["layers", "Layers"], ["moe_layer", "MoE layer"], ["experts", "Experts"],
];

const settingKey = (item) => JSON.stringify(FACETS.map(([field]) => item[field]));

/* One entry a setting, in the order of the results: its fields, its table row, and its pairs by replicas. */
const settings = (() => {
  const byKey = new Map();
  for (const path of results.pairs) {
    const key = settingKey(path);
    if (!byKey.has(key)) {
      const fields = Object.fromEntries(FACETS.map(([field]) => [field, path[field]]));
      byKey.set(key, { ...fields, key, pairs: [], row: results.rows.find((row) => settingKey(row) === key) });
    }
    const setting = byKey.get(key);
    let pair = setting.pairs.find((other) => other.a === path.replica_a && other.b === path.replica_b);
    if (!pair) {
      pair = { a: path.replica_a, b: path.replica_b, methods: {} };
      setting.pairs.push(pair);
    }
    pair.methods[path.method] = path;
  }
  return [...byKey.values()];
})();

const isMeasured = (pair) => Object.values(pair.methods).every((path) => !path.excluded);

const chordAt = (values, t) => (1 - t) * values[0] + t * values[values.length - 1];

/* Where and how far a curve is worst against its chord; accuracy falls, loss rises. */
function barrierOf(t, values, quantity) {
  const sign = quantity === "loss" ? 1 : -1;
  let top = { height: 0, at: t[0], index: 0 };
  t.forEach((place, index) => {
    const height = sign * (values[index] - chordAt(values, place));
    if (height > top.height) {
      top = { height, at: place, index };
    }
  });
  return top;
}

/* Point by point mean of curves on one grid; nothing when the grids differ. */
function meanCurve(paths, quantity) {
  const grid = paths[0].t;
  if (paths.some((path) => path.t.length !== grid.length || path.t.some((place, i) => place !== grid[i]))) {
    return null;
  }
  return grid.map((_, i) => paths.reduce((sum, path) => sum + path[quantity][i], 0) / paths.length);
}

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

function decimal(value, digits = 4) {
  if (!isNumber(value)) {
    return "";
  }
  const text = value.toFixed(digits);
  const vanished = value !== 0 && Number(text) === 0;
  return (vanished ? value.toExponential(1) : text).replace(/^-/, "\u2212").replace("e-", "e\u2212");
}

const percent = (value) => (isNumber(value) ? value.toFixed(1) + " %" : "");
const scientific = (value) => (isNumber(value) ? value.toExponential(1).replace("e-", "e\u2212") : "");
const settingName = (setting) => `${setting.dataset}, ${setting.variant}, ${setting.layers} layers, MoE in layer `
  + `${setting.moe_layer}, ${setting.experts} experts`;
