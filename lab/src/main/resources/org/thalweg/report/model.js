"use strict";
/* What the page knows: the results, grouped into settings and pairs, and how numbers are written. No drawing here. */
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

/* Point by point mean of curves on one grid; nothing when the grids differ. */
function meanCurve(paths, quantity) {
  const grid = paths[0].t;
  if (paths.some((path) => path.t.length !== grid.length || path.t.some((place, i) => place !== grid[i]))) {
    return null;
  }
  return grid.map((_, i) => paths.reduce((sum, path) => sum + path[quantity][i], 0) / paths.length);
}

const settingName = (setting) => `${setting.dataset}, ${setting.variant}, ${setting.layers} layers, MoE in layer `
  + `${setting.moe_layer}, ${setting.experts} experts`;
