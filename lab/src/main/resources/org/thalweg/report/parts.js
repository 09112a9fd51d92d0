"use strict";
/* What pages of studies of whole Transformers share: plain tables, warnings, conventions and configuration. */
function table(id, titles, lines) {
  byId(id).append(
    element("thead", {}, element("tr", {}, ...titles.map((title, index) =>
      element("th", { scope: "col", class: lines[0]?.[index]?.className ?? "" }, title)))),
    element("tbody", {}, ...lines.map((cells) => element("tr", {}, ...cells))));
}

function warnings() {
  const list = byId("warnings").querySelector("ul");
  results.warnings.forEach((warning) => list.append(element("li", {}, warning)));
  byId("warnings").hidden = results.warnings.length === 0;
}

function words() {
  terms(byId("conventions-list"), Object.entries(results.conventions));
  const e = results.environment;
  terms(byId("environment-list"), [
    ["Machine", `${e.machine}, ${e.cores} cores, ${e.threads} threads used`], ["Java", e.jdk],
    ["Linear algebra", e.blas], ["Started", results.timing.started_at], ["Finished", results.timing.finished_at],
    ["Seconds", results.timing.seconds.toFixed(1)],
    ...Object.entries(results.timing.steps).map(([name, seconds]) => [`Seconds: ${name}`, seconds.toFixed(1)]),
    ["Format", results.schema],
  ]);
  byId("configuration-text").textContent = JSON.stringify(results.configuration, null, 2);
}
