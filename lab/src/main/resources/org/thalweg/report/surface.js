"use strict";
/* A quantity on the triangle of three models' weights: as a map, and as a surface seen from aside. Both are drawn from the
   small triangles of the grid, each cut further so that colours run smoothly. A surface has weights, loss, accuracy,
   loss_barrier and loss_barrier_at; where it is drawn says surface.html. */
const SVG = "http://www.w3.org/2000/svg";
const CUTS = 6;
const CONTOURS = 8;

function shape(tag, properties, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(properties)) {
    node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/* From low to high: dark blue over green to yellow, of even steps of lightness. */
const SCALE = [[48, 18, 84], [52, 62, 122], [38, 108, 132], [36, 152, 124], [98, 190, 90], [196, 214, 62], [250, 232, 92]];

function colourAt(share) {
  const place = Math.min(Math.max(share, 0), 1) * (SCALE.length - 1);
  const low = Math.min(Math.floor(place), SCALE.length - 2);
  const mixed = SCALE[low].map((one, i) => Math.round(one + (place - low) * (SCALE[low + 1][i] - one)));
  return `rgb(${mixed.join(",")})`;
}

const mix = (points, weights) => points[0].map((_, axis) =>
  points.reduce((sum, point, i) => sum + weights[i] * point[axis], 0));

/* The small triangles of the grid, as triples of numbers of points. */
function gridTriangles(weights) {
  const edge = Math.round((Math.sqrt(8 * weights.length + 1) - 1) / 2) - 1;
  const byPlace = new Map(weights.map((point, i) => [point.slice(1).map((w) => Math.round(w * edge)).join(), i]));
  const at = (b, c) => byPlace.get([b, c].join());
  const triangles = [];
  for (let b = 0; b < edge; b++) {
    for (let c = 0; b + c < edge; c++) {
      triangles.push([at(b, c), at(b + 1, c), at(b, c + 1)]);
      if (b + c + 1 < edge) {
        triangles.push([at(b + 1, c), at(b + 1, c + 1), at(b, c + 1)]);
      }
    }
  }
  return triangles;
}

/* The parts of a triangle, each as three weights of its corners. */
const PARTS = (() => {
  const corner = (i, j) => [1 - (i + j) / CUTS, i / CUTS, j / CUTS];
  const parts = [];
  for (let i = 0; i < CUTS; i++) {
    for (let j = 0; i + j < CUTS; j++) {
      parts.push([corner(i, j), corner(i + 1, j), corner(i, j + 1)]);
      if (i + j + 1 < CUTS) {
        parts.push([corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)]);
      }
    }
  }
  return parts;
})();

function rangeOf(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return { low, high, share: (value) => (high > low ? (value - low) / (high - low) : 0) };
}

const path = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(2)},${y.toFixed(2)}`).join("");

/* Where a quantity has a value inside a small triangle: a segment, or nothing. */
function crossing(corners, heights, level) {
  const ends = [];
  for (let i = 0; i < 3; i++) {
    const j = (i + 1) % 3;
    if ((heights[i] < level) !== (heights[j] < level)) {
      const share = (level - heights[i]) / (heights[j] - heights[i]);
      ends.push(mix([corners[i], corners[j]], [1 - share, share]));
    }
  }
  return ends.length === 2 ? ends : null;
}

function label(text, [x, y], colour, anchor = "middle", weight = 600) {
  return shape("text", { x, y, fill: colour, "text-anchor": anchor, "font-weight": weight, "font-size": 13,
    "font-family": "system-ui, sans-serif" }, text);
}

function heightLegend(range, colour, [x, y, height]) {
  const group = shape("g", {});
  const steps = 40;
  for (let i = 0; i < steps; i++) {
    group.append(shape("rect", { x, y: y + height * (1 - (i + 1) / steps), width: 12, height: height / steps + 0.6,
      fill: colourAt((i + 0.5) / steps) }));
  }
  [range.low, (range.low + range.high) / 2, range.high].forEach((value, i) =>
    group.append(label(decimal(value, 3), [x + 18, y + height * (1 - i / 2) + 4], colour.soft, "start", 400)));
  return group;
}

function triangleMap(weights, values, mark, colour) {
  const range = rangeOf(values);
  const corners = [[40, 350], [440, 350], [240, 350 - 400 * Math.sqrt(3) / 2]];
  const places = weights.map((point) => mix(corners, point));
  const svg = shape("svg", { viewBox: "0 -22 560 396", width: "100%", height: "100%", role: "img",
    "aria-label": "The quantity on the triangle of the three models' weights" });
  const lines = [];
  for (const triangle of gridTriangles(weights)) {
    const [three, heights] = [triangle.map((i) => places[i]), triangle.map((i) => values[i])];
    for (const part of PARTS) {
      const points = part.map((shares) => mix(three, shares));
      const height = part.reduce((sum, shares) => sum + shares.reduce((s, w, i) => s + w * heights[i], 0), 0) / 3;
      const fill = colourAt(range.share(height));
      svg.append(shape("path", { d: path(points) + "Z", fill, stroke: fill, "stroke-width": 0.7 }));
    }
    for (let i = 1; i < CONTOURS; i++) {
      const ends = crossing(three, heights, range.low + (range.high - range.low) * i / CONTOURS);
      if (ends) {
        lines.push(path(ends));
      }
    }
  }
  svg.append(shape("path", { d: lines.join(""), fill: "none", stroke: "#fff", "stroke-opacity": 0.7, "stroke-width": 1 }));
  svg.append(shape("path", { d: path(corners) + "Z", fill: "none", stroke: colour.soft, "stroke-width": 1.2 }));
  places.forEach(([cx, cy], i) => svg.append(shape("circle", { cx, cy, r: 2.4, fill: "#fff", "fill-opacity": 0.85,
    stroke: "#222", "stroke-width": 0.6 }, shape("title", {},
    `${weights[i].map((w) => decimal(w, 3)).join(" · ")}: ${decimal(values[i])}`))));
  if (mark >= 0) {
    const [cx, cy] = places[mark];
    svg.append(shape("circle", { cx, cy, r: 7, fill: "none", stroke: "#fff", "stroke-width": 4 }),
      shape("circle", { cx, cy, r: 7, fill: "none", stroke: "#c2185b", "stroke-width": 2 }));
  }
  svg.append(label("A", [26, 362], colour.ink), label("B", [454, 362], colour.ink), label("C", [240, corners[2][1] - 8],
    colour.ink), heightLegend(range, colour, [476, 60, 220]));
  return svg;
}

function surfaceView(weights, values, plane, degrees, colour) {
  const range = rangeOf(plane ? values.concat(plane) : values);
  const angle = degrees * Math.PI / 180;
  const ground = [0, 1, 2].map((i) => [Math.cos(angle + 2 * Math.PI * i / 3 + Math.PI * 7 / 6),
    Math.sin(angle + 2 * Math.PI * i / 3 + Math.PI * 7 / 6)]);
  const seen = ([x, y], share) => [270 + 205 * x, 285 - 88 * y - 170 * share];
  const heights = values.map(range.share);
  const onGround = weights.map((point) => mix(ground, point));
  const svg = shape("svg", { viewBox: "0 0 560 390", width: "100%", height: "100%", role: "img",
    "aria-label": "The same as a surface over the triangle" });
  const faces = [];
  for (const triangle of gridTriangles(weights)) {
    for (const part of PARTS) {
      const corners = part.map((shares) => {
        const place = mix(triangle.map((i) => onGround[i]), shares);
        return { place, height: shares.reduce((sum, w, i) => sum + w * heights[triangle[i]], 0) };
      });
      faces.push({ depth: corners.reduce((sum, one) => sum + one.place[1], 0), corners });
    }
  }
  const floor = ground.map((place) => seen(place, 0));
  svg.append(shape("path", { d: path(floor) + "Z", fill: colour.hair, stroke: colour.faint }));
  faces.sort((one, other) => other.depth - one.depth);
  for (const { corners } of faces) {
    const fill = colourAt(corners.reduce((sum, one) => sum + one.height, 0) / 3);
    svg.append(shape("path", { d: path(corners.map((one) => seen(one.place, one.height))) + "Z", fill, stroke: fill,
      "stroke-width": 0.7 }));
  }
  gridTriangles(weights).forEach((triangle) => svg.append(shape("path", {
    d: path(triangle.map((i) => seen(onGround[i], heights[i]))) + "Z", fill: "none", stroke: "#fff",
    "stroke-opacity": 0.35, "stroke-width": 0.7 })));
  if (plane) {
    svg.append(shape("path", { d: path(ground.map((place, i) => seen(place, range.share(plane[i])))) + "Z", fill: "none",
      stroke: colour.ink, "stroke-width": 1.4, "stroke-dasharray": "6 5" }));
  }
  ground.forEach((place, i) => {
    const top = seen(place, plane ? range.share(plane[i]) : 0);
    const foot = seen(place, 0);
    svg.append(shape("path", { d: path([foot, top]), stroke: colour.soft, "stroke-width": 1 }),
      label("ABC"[i], [foot[0] + 16 * place[0], foot[1] + 14 - 10 * place[1]], colour.ink));
  });
  svg.append(heightLegend(range, colour, [500, 40, 180]));
  return svg;
}

/* ---- the figures of surface.html ---- */

const view = { quantity: "loss", degrees: 18 };

/* What the models by themselves have, each at the corner where its weight is 1. */
const cornerValues = (surface, quantity) => surface.weights[0].map((_, model) =>
  surface[quantity][surface.weights.findIndex((point) => point[model] === 1)]);

const flat = (surface, point, quantity) => {
  const ends = cornerValues(surface, quantity);
  return point.reduce((sum, weight, i) => sum + weight * ends[i], 0);
};

function drawSurface(surface) {
  const colour = colours();
  const isRise = view.quantity === "rise";
  const values = isRise ? surface.loss.map((loss, i) => loss - flat(surface, surface.weights[i], "loss"))
    : surface[view.quantity];
  const plane = isRise ? [0, 0, 0] : cornerValues(surface, view.quantity);
  const loudest = surface.weights.findIndex((point) => point.every((weight, i) => weight === surface.loss_barrier_at[i]));
  byId("triangle-chart").replaceChildren(triangleMap(surface.weights, values, loudest, colour));
  byId("surface-chart").replaceChildren(surfaceView(surface.weights, values, plane, view.degrees, colour));
  byId("triangle-caption").replaceChildren("Barrier of the three models, nats: ",
    element("strong", {}, decimal(surface.loss_barrier)), ", at the ring. Dots are measured; point at one for its number.");
}

/* Lets people choose the quantity and turn the picture; draws anew each time. */
function surfaceControls(redraw) {
  for (const choice of document.querySelectorAll("input[name=quantity]")) {
    choice.onchange = () => {
      view.quantity = choice.value;
      redraw();
    };
  }
  const turn = (degrees) => {
    view.degrees = ((degrees + 540) % 360) - 180;
    byId("turn").value = view.degrees;
    redraw();
  };
  byId("turn").oninput = () => turn(Number(byId("turn").value));
  byId("surface-controls").onsubmit = (event) => event.preventDefault();
  const place = byId("surface-chart");
  place.onpointerdown = (event) => {
    const [from, degrees] = [event.clientX, view.degrees];
    place.setPointerCapture(event.pointerId);
    place.onpointermove = (moved) => turn(degrees + (moved.clientX - from) / 2);
    place.onpointerup = () => {
      place.onpointermove = null;
    };
  };
}
