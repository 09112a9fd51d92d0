"use strict";
/* The barriers of many orders of the experts, sorted, with the methods' own orders marked. */

const ordersOf = (setting, pair) => (results.orders ?? []).find((one) => settingKey(one) === setting.key
  && one.replica_a === pair.a && one.replica_b === pair.b);

/* Bars of one pair, or of several pairs the means of their best, second best and so on. */
function orderBars(setting, pairs, quantity) {
  const name = quantity + "_barrier";
  const ranked = pairs.map((pair) => ordersOf(setting, pair)).filter(Boolean)
    .map((all) => all.orders.filter((one) => isNumber(one[name])).toSorted((a, b) => a[name] - b[name]));
  const count = Math.min(...ranked.map((orders) => orders.length));
  if (ranked.length === 0 || count === 0) {
    return [];
  }
  return Array.from({ length: count }, (_, i) => ({
    value: ranked.reduce((sum, orders) => sum + orders[i][name], 0) / ranked.length,
    methods: ranked.length === 1 ? ranked[0][i].methods : [],
    order: ranked.length === 1 ? ranked[0][i].order.map((expert) => expert + 1).join(" ") : "",
  }));
}

function barColour(bar, colour) {
  return bar.methods.length === 0 ? colour.soft : bar.methods.length > 1 ? colour.best : colour[bar.methods[0]];
}

/* A label stands higher where the one of a bar just before would run into it. */
function labelDistance(bars, index) {
  return bars.slice(Math.max(0, index - 3), index).some((bar) => bar.methods.length > 0) ? 21 : 5;
}

function orderOption(setting, pairs, quantity) {
  const colour = colours(...METHODS);
  const bars = orderBars(setting, pairs, quantity);
  const naive = pairs.map((pair) => pair.methods.naive?.[quantity + "_barrier"]).filter(isNumber);
  const height = naive.reduce((sum, value) => sum + value, 0) / Math.max(1, naive.length);
  const text = { color: colour.soft, fontFamily: "system-ui, sans-serif", fontSize: 12 };
  const axis = { axisLabel: text, nameTextStyle: text, axisLine: { show: true, lineStyle: { color: colour.faint } },
    axisTick: { show: false } };
  return {
    animation: false, backgroundColor: "transparent", textStyle: { fontFamily: "system-ui, sans-serif" },
    aria: { enabled: true, label: { description: `Barriers of ${bars.length} expert orders, by ${quantity}.` } },
    grid: { left: 30, right: 22, top: 34, bottom: 34, containLabel: true },
    tooltip: { confine: true, backgroundColor: colour.raised, borderColor: colour.faint,
      textStyle: { color: colour.ink, fontSize: 13 }, formatter: ({ dataIndex }) => orderTip(bars[dataIndex], dataIndex) },
    xAxis: { type: "category", data: bars.map((_, i) => String(i + 1)), name: "rank among the measured orders",
      nameLocation: "middle", nameGap: 28, ...axis },
    yAxis: { type: "value", min: 0, max: ({ max }) => Math.max(max, height) * 1.05,
      splitLine: { lineStyle: { color: colour.hair } }, ...axis, nameLocation: "middle", nameGap: 46, nameRotate: 90,
      name: quantity === "loss" ? "test loss barrier (nats)" : "test accuracy barrier",
      axisLabel: { ...text, formatter: (value) => String(Number(value.toPrecision(4))) } },
    series: [{ type: "bar", barCategoryGap: "25%", animation: false,
      data: bars.map((bar, i) => ({ value: bar.value, itemStyle: { color: barColour(bar, colour) },
        label: { show: bar.methods.length > 0, position: "top", distance: labelDistance(bars, i),
          formatter: bar.methods.join(" + "), color: barColour(bar, colour), fontSize: 12, fontWeight: 600 } })),
      markLine: { silent: true, symbol: "none", animation: false, data: [{ yAxis: height }],
        lineStyle: { color: colour.naive, type: [6, 5], width: 1.6 },
        label: { formatter: "naive " + decimal(height), position: "insideEndTop", color: colour.naive } } }],
  };
}

function orderTip(bar, index) {
  return [`rank ${index + 1}: <b>${decimal(bar.value)}</b>`,
    bar.order ? `expert of B in place of 1, 2, …: ${bar.order}` : "mean over pairs",
    bar.methods.length ? "chosen by " + bar.methods.join(" and ") : ""].filter(Boolean).join("<br>");
}

function orderCaption(setting, pairs, quantity) {
  const found = pairs.map((pair) => ordersOf(setting, pair)).filter(Boolean);
  const rank = quantity === "loss" ? "rank" : "rank_accuracy";
  const excess = quantity === "loss" ? "l_hat" : "l_hat_accuracy";
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const parts = ["expert", "gate"].flatMap((method) => {
    const ranks = pairs.map((pair) => pair.methods[method]?.[rank]).filter(isNumber);
    const hats = pairs.map((pair) => pair.methods[method]?.[excess]).filter(isNumber);
    return ranks.length === 0 ? [] : [[key(method), `${method}: rank `, element("strong", {},
      decimal(mean(ranks), ranks.length > 1 ? 2 : 0)), hats.length ? `, L̂ ${decimal(mean(hats), 2)} %` : ""]];
  });
  const all = found[0].orders.length + found[0].left_out;
  return [`${all} of ${found[0].possible} orders, each with hidden units matched`
    + (pairs.length > 1 ? `; means over ${pairs.length} pairs. ` : ". "),
    ...parts.flatMap((part, i) => (i ? [" · ", ...part] : part))];
}

function drawOrders(setting, pairs) {
  const measured = pairs.filter((pair) => ordersOf(setting, pair));
  byId("orders").hidden = measured.length === 0;
  if (measured.length === 0) {
    return;
  }
  for (const quantity of ["loss", "accuracy"]) {
    const figure = byId(`orders-${quantity}-figure`);
    figure.hidden = orderBars(setting, measured, quantity).length === 0;
    if (figure.hidden) {
      continue;
    }
    const place = byId(`orders-${quantity}-chart`);
    drawn["orders-" + quantity] ??= echarts.init(place, null, { renderer: "svg" });
    drawn["orders-" + quantity].resize();
    drawn["orders-" + quantity].setOption(orderOption(setting, measured, quantity), { replaceMerge: ["series"] });
    place.firstElementChild.setAttribute("role", "img");
    byId(`orders-${quantity}-caption`).replaceChildren(...orderCaption(setting, measured, quantity));
  }
}
