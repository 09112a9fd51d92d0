"use strict";
/* What the pages share: numbers in words, nodes, tables, and pictures of charts. Text reaches a page as text nodes only,
   never as markup. */
const results = JSON.parse(document.getElementById("results").textContent);
const byId = (id) => document.getElementById(id);

const chordAt = (values, t) => (1 - t) * values[0] + t * values[values.length - 1];

/* Where and how far a curve is worst against its chord; accuracy falls, loss rises. */
function barrierOf(t, values, quantity) {
  const sign = quantity.endsWith("loss") ? 1 : -1;
  let top = { height: 0, at: t[0], index: 0 };
  t.forEach((place, index) => {
    const height = sign * (values[index] - chordAt(values, place));
    if (height > top.height) {
      top = { height, at: place, index };
    }
  });
  return top;
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

const cell = (text, numeric) => element("td", numeric ? { class: "n" } : {}, text);

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

const formatted = (title, field, write) => [title, (row) => row[field], (row) => write(row[field]), true];

function terms(list, entries) {
  entries.filter(([, text]) => text !== "").forEach(([term, text]) =>
    list.append(element("dt", {}, term), element("dd", {}, String(text))));
}

function save(name, url) {
  const link = element("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}

const points = (t, values) => t.map((place, i) => [place, values[i]]);

/* A picture of a chart for a paper: drawn anew at a fixed size, on white when the page is light. */
function picture(option, kind, background) {
  const place = document.createElement("div");
  place.style.cssText = "position:absolute;left:-9999px;width:720px;height:460px";
  document.body.append(place);
  const drawing = echarts.init(place, null, { renderer: kind === "svg" ? "svg" : "canvas", width: 720, height: 460 });
  try {
    drawing.setOption({ ...option, backgroundColor: background });
    return drawing.getDataURL({ type: kind, pixelRatio: 3, backgroundColor: background });
  } finally {
    drawing.dispose();
    place.remove();
  }
}

const LEGEND_ICONS = { best: "roundRect", chord: "path://M0,4h5v2h-5zM8,4h5v2h-5zM16,4h5v2h-5z" };
const QUANTITIES = { loss: "loss (nats)", accuracy: "accuracy",
  train_loss: "loss (nats)", train_accuracy: "accuracy" };

/* Colours come from the style sheet, so that both colour schemes have one source. */
function colours(...more) {
  const style = getComputedStyle(document.documentElement);
  const names = [...more, "chord", "ink", "soft", "faint", "hair", "raised"];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue("--" + name).trim()]));
}

/* An arrow from the chord to where a curve is worst; where the curve is low the number stands above the arrow. */
function barrierMark(path, quantity, colour, backing, small) {
  const top = barrierOf(path.t, path[quantity], quantity);
  if (top.index === 0) {
    return undefined;
  }
  return {
    silent: true, symbol: ["none", "arrow"], symbolSize: 7, animation: false,
    lineStyle: { color: colour, type: "solid", width: 1.4 },
    label: { show: true, position: small ? "end" : "middle", rotate: 0, distance: small ? 16 : 8,
      offset: small ? [0, 0] : [32, 0], formatter: decimal(top.height), color: colour, fontWeight: 600, fontSize: 12,
      fontFamily: "system-ui, sans-serif", backgroundColor: backing, padding: [2, 4], borderRadius: 3 },
    data: [[{ coord: [top.at, chordAt(path[quantity], top.at)] }, { coord: [top.at, path[quantity][top.index]] }]],
  };
}

const chordLine = (ends, colour) => ({
  name: "chord", type: "line", data: ends, color: colour.chord, showSymbol: false, symbol: "none", z: 3,
  lineStyle: { type: [6, 5], width: 1.6 }, animation: false, silent: true,
});

function tooltipText(items) {
  const seen = new Set();
  const lines = items.filter((item) => item.seriesName !== "chord" && !seen.has(item.seriesName)
      && seen.add(item.seriesName))
    .map((item) => `<tr><td>${item.marker}${item.seriesName}</td>`
      + `<td style="text-align:right;padding-left:1.5em"><b>${decimal(item.value[1])}</b></td></tr>`);
  return lines.length ? `t = ${decimal(items[0].value[0], 3)}<table style="width:auto">${lines.join("")}</table>` : "";
}

/* A chart of curves over t. */
function lineChart(series, colour, { quantity, shown, title, width, yName }) {
  const names = [...new Set(series.map((one) => one.name))];
  const text = { color: colour.soft, fontFamily: "system-ui, sans-serif", fontSize: 12 };
  const axis = { axisLabel: text, nameTextStyle: text, axisLine: { show: true, lineStyle: { color: colour.faint } },
    axisTick: { show: false } };
  return {
    animation: false, backgroundColor: "transparent", textStyle: { fontFamily: "system-ui, sans-serif" },
    aria: { enabled: true, label: { description: `${title}. ${quantity} along the straight line from A to B.` } },
    grid: { left: 30, right: 22, top: width < 400 ? 66 : 44, bottom: 34, containLabel: true },
    legend: { top: 6, left: 4, itemGap: 16, itemWidth: 22, itemHeight: 9, textStyle: { ...text, color: colour.ink },
      inactiveColor: colour.faint, inactiveBorderColor: colour.faint,
      selected: shown, data: names.map((name) => ({ name, icon: LEGEND_ICONS[name] })) },
    tooltip: { trigger: "axis", confine: true, backgroundColor: colour.raised, borderColor: colour.faint,
      textStyle: { color: colour.ink, fontSize: 13 }, axisPointer: { type: "line", lineStyle: { color: colour.soft } },
      formatter: tooltipText },
    xAxis: { type: "value", min: 0, max: 1, interval: 0.25, name: "weight t on B   (0 = A, 1 = B)",
      nameLocation: "middle", nameGap: 30, splitLine: { show: false }, ...axis },
    yAxis: { type: "value", scale: true, splitLine: { lineStyle: { color: colour.hair } }, ...axis,
      name: yName, nameLocation: "middle", nameGap: 46, nameRotate: 90,
      axisLabel: { ...text, formatter: (value) => String(Number(value.toPrecision(6))) } },
    series,
  };
}
