"use strict";
/* Charts of pages whose axes and legends look alike. */
const drawn = {};

/* What all charts of a page have in common. */
function frame(colour, title, yName) {
  const text = { color: colour.soft, fontFamily: "system-ui, sans-serif", fontSize: 12 };
  const axis = { axisLabel: text, nameTextStyle: text, axisLine: { show: true, lineStyle: { color: colour.faint } } };
  return {
    axis, animation: false, backgroundColor: "transparent",
    aria: { enabled: true, label: { description: title } },
    grid: { left: 30, right: 22, top: 70, bottom: 34, containLabel: true },
    legend: { top: 6, left: 4, textStyle: { ...text, color: colour.ink } },
    tooltip: { trigger: "axis", confine: true, backgroundColor: colour.raised, borderColor: colour.faint,
      textStyle: { color: colour.ink, fontSize: 13 }, valueFormatter: (value) => decimal(value) },
    yAxis: { type: "value", scale: true, splitLine: { lineStyle: { color: colour.hair } }, ...axis, name: yName,
      nameLocation: "middle", nameGap: 46, nameRotate: 90 },
  };
}

function show(name, option) {
  const place = byId(name + "-chart");
  drawn[name] ??= echarts.init(place, null, { renderer: "svg" });
  drawn[name].resize();
  drawn[name].setOption(option, { replaceMerge: ["series"] });
  place.firstElementChild.setAttribute("role", "img");
}
