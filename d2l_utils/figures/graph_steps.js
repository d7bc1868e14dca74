// Values go forward through a 2-2-1 network and slopes come back, one step at a time.
import { add, card, COLORS, drawing, GREY, line, slider, tell } from "./parts.js";

const WEIGHTS = ["w11", "w21", "w12", "w22", "v1", "v2"];
export const FORWARD = ["z1", "z2", "h1", "h2", "y_hat", "L", "S", "J"];
export const BACKWARD = [
  ["J"], ["L"], ["S"], ["y_hat"], ["v1", "v2", "c"], ["h1"], ["h2"], ["z1"], ["z2"],
  ["w11", "w21", "b1"], ["w12", "w22", "b2"],
];

export function valuesOf(network, x1) {
  const v = { ...network, x1 };
  for (const unit of "12") {
    v[`z${unit}`] = v.x1 * v[`w1${unit}`] + v.x2 * v[`w2${unit}`] + v[`b${unit}`];
    v[`h${unit}`] = 1 / (1 + Math.exp(-v[`z${unit}`]));
  }
  v.y_hat = v.h1 * v.v1 + v.h2 * v.v2 + v.c;
  v.L = (v.y_hat - v.y) ** 2 / 2;
  v.S = (v.lambd / 2) * WEIGHTS.reduce((sum, name) => sum + v[name] ** 2, 0);
  v.J = v.L + v.S;
  return v;
}

export function slopesOf(network, x1) {
  const v = valuesOf(network, x1);
  const d = { J: 1, L: 1, S: 1, y_hat: v.y_hat - v.y };
  d.c = d.y_hat;
  for (const unit of "12") {
    d[`v${unit}`] = v[`h${unit}`] * d.y_hat + v.lambd * v[`v${unit}`];
    d[`h${unit}`] = v[`v${unit}`] * d.y_hat;
    d[`z${unit}`] = d[`h${unit}`] * v[`h${unit}`] * (1 - v[`h${unit}`]);
    d[`b${unit}`] = d[`z${unit}`];
    for (const i of "12") d[`w${i}${unit}`] = v[`x${i}`] * d[`z${unit}`] + v.lambd * v[`w${i}${unit}`];
  }
  return d;
}

// What is computed in each step, in words.
const RULES = [
  "the inputs are given",
  "z1 = x1·w11 + x2·w21 + b1", "z2 = x1·w12 + x2·w22 + b2", "h1 = σ(z1)", "h2 = σ(z2)",
  "ŷ = h1·v1 + h2·v2 + c", "L = (ŷ − y)² / 2", "S = λ/2 · sum of squared weights", "J = L + S",
  "J along itself: 1", "J = L + S: 1 passes to L", "J = L + S: 1 passes to S", "along ŷ: ŷ − y",
  "along v: h · (slope of ŷ) + λ·v; along c: slope of ŷ", "along h1: v1 · (slope of ŷ)", "along h2: v2 · (slope of ŷ)",
  "along z1: (slope of h1) · h1 · (1 − h1)", "along z2: (slope of h2) · h2 · (1 − h2)",
  "into unit 1: x · (slope of z1) + λ·w; along b1: slope of z1",
  "into unit 2: x · (slope of z2) + λ·w; along b2: slope of z2",
];

const PLACES = {
  x1: [22, 60], x2: [22, 160], z1: [86, 60], z2: [86, 160], h1: [150, 60], h2: [150, 160], y_hat: [212, 110],
  L: [266, 110], S: [266, 196], J: [318, 110],
};
const EDGES = ["x1 z1", "x1 z2", "x2 z1", "x2 z2", "z1 h1", "z2 h2", "h1 y_hat", "h2 y_hat", "y_hat L", "L J", "S J"];
const RADIUS = 14;

export const short = (value) => String(Number(value.toPrecision(3)) + 0);

// What is known after a number of steps.
export function progress(step) {
  const back = Math.max(step - FORWARD.length, 0);
  const known = new Set(["x1", "x2", ...FORWARD.slice(0, step)]);
  const arrived = new Set(BACKWARD.slice(0, back).flat());
  const now = new Set(back ? BACKWARD[back - 1] : FORWARD.slice(Math.max(step - 1, 0), step));
  return { known, arrived, now };
}

function drawGraph(svg, { values, slopes, known, arrived, now }) {
  for (const edge of EDGES) {
    const [start, end] = edge.split(" ").map((name) => PLACES[name]);
    const length = Math.hypot(end[0] - start[0], end[1] - start[1]);
    const [dx, dy] = [(end[0] - start[0]) / length, (end[1] - start[1]) / length];
    const tip = [end[0] - dx * RADIUS, end[1] - dy * RADIUS];
    line(svg, [[start[0] + dx * RADIUS, start[1] + dy * RADIUS], tip], { stroke: GREY, "stroke-width": 1 });
    const wings = [1, -1].map((side) => [tip[0] - dx * 6 - side * dy * 3, tip[1] - dy * 6 + side * dx * 3]);
    line(svg, [wings[0], tip, wings[1]], { stroke: GREY, "stroke-width": 1 });
  }
  for (const [name, [x, y]] of Object.entries(PLACES)) {
    const fill = now.has(name) ? "#cfe3f1" : "#fff";
    add(svg, "circle", { cx: x, cy: y, r: RADIUS, fill, stroke: COLORS[0] });
    add(svg, "text", { x, y: y + 4, "text-anchor": "middle" }, name === "y_hat" ? "ŷ" : name);
    // A white edge around the letters, where they stand on an arrow.
    const look = { x, "text-anchor": "middle", "paint-order": "stroke", stroke: "#fff", "stroke-width": 3 };
    if (known.has(name)) add(svg, "text", { ...look, y: y - 19 }, short(values[name]));
    if (arrived.has(name)) {
      add(svg, "text", { ...look, y: y + 28, fill: "#a84300", "font-weight": "bold" }, short(slopes[name]));
    }
  }
  add(svg, "text", { x: 8, y: 14 }, "above: value");
  add(svg, "text", { x: 90, y: 14, fill: "#a84300", "font-weight": "bold" }, "below: slope of J");
}

function drawTable(svg, { values, slopes, arrived, now }) {
  const columns = [110, 200, 310];
  ["parameter", "value", "slope of J"].forEach((text, k) =>
    add(svg, "text", { x: columns[k], y: 22, "text-anchor": "end", "font-weight": "bold" }, text));
  line(svg, [[30, 30], [312, 30]], { stroke: GREY, "stroke-width": 1 });
  ["w11", "w21", "w12", "w22", "b1", "b2", "v1", "v2", "c"].forEach((name, row) => {
    const y = 48 + 22 * row;
    if (now.has(name)) add(svg, "rect", { x: 30, y: y - 14, width: 284, height: 20, fill: "#cfe3f1" });
    [name, short(values[name]), arrived.has(name) ? short(slopes[name]) : "?"].forEach((text, k) =>
      add(svg, "text", { x: columns[k], y, "text-anchor": "end", fill: k === 2 ? "#a84300" : "#222" }, text));
  });
}

function render({ model, el }) {
  const { network, inputs, ...first } = model.get("data");
  const { controls, numbers, drawings } = card(el, "Figure to play with: forward and back through a network");
  const [graph, table] = [drawing(drawings), drawing(drawings)];
  const last = FORWARD.length + BACKWARD.length;
  let { step, x1 } = first;

  function redraw() {
    const state = { values: valuesOf(network, x1), slopes: slopesOf(network, x1), ...progress(step) };
    const { known, arrived } = state;
    const count = `after step ${step} of ${last}: ${known.size - 2} values and ${arrived.size} slopes are there`;
    graph(`Graph of a 2-2-1 network, ${count}`, (svg) => drawGraph(svg, state));
    const parameters = WEIGHTS.filter((name) => arrived.has(name));
    const words = parameters.map((name) => `${name} ${short(state.slopes[name])}`).join(", ") || "none yet";
    table(`Table of the parameters; slopes of the weights: ${words}`, (svg) => drawTable(svg, state));
    tell(numbers, {
      "this step": RULES[step],
      "J": known.has("J") ? state.values.J.toFixed(4) : "?",
      "slope along w11": arrived.has("w11") ? state.slopes.w11.toFixed(4) : "?",
    });
  }

  const steps = Array.from({ length: last + 1 }, (_, i) => i);
  slider(controls, { label: "step", values: steps, start: step, moved: (value) => ((step = value), redraw()) });
  const input = controls.querySelector("input"); // the buttons move it, so that all three say the same
  const go = (change) => {
    input.value = Math.min(Math.max(step + change, 0), last);
    input.dispatchEvent(new Event("input"));
  };
  slider(controls, { label: "input x1", values: inputs, start: x1, moved: (value) => ((x1 = value), redraw()) });
  const button = (text, change) => add(controls, "button", { type: "button" }, text).addEventListener("click", () => go(change));
  button("One step back", -1);
  button("One step on", 1);
  redraw();
}

export default { render };
