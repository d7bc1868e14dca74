// The minimum of a loss of two weights under a growing penalty, L2 or L1: its path, and the weights against lambda.
import { add, axes, card, COLORS, drawing, GREY, line, slider, tell } from "./parts.js";

// H is [[1, r], [r, 1]] with r the correlation. (H + lambda I)^-1 H w*, written out:
export function ridge(lambd, r, minimum) {
  const [a, b] = goalOf(r, minimum);
  const determinant = (1 + lambd) ** 2 - r ** 2;
  return [((1 + lambd) * a - r * b) / determinant, ((1 + lambd) * b - r * a) / determinant];
}

const goalOf = (r, [a, b]) => [a + r * b, r * a + b]; // H w*

export const soft = (value, threshold) => Math.sign(value) * Math.max(Math.abs(value) - threshold, 0);

// Coordinate descent: each weight in turn becomes what is best for it alone, moved by lambda towards 0.
export function lasso(lambd, r, minimum, rounds) {
  const goal = goalOf(r, minimum);
  const w = [...minimum];
  for (let round = 0; round < rounds; round++) {
    for (const i of [0, 1]) w[i] = soft(goal[i] - r * w[1 - i], lambd) + 0; // + 0 makes 0 of -0
  }
  return w;
}

export function excess(r, minimum, w) {
  const [a, b] = [w[0] - minimum[0], w[1] - minimum[1]];
  return (a * a + 2 * r * a * b + b * b) / 2;
}

// The ellipse on which the loss is `level`. The directions of H's curvatures 1 + r and 1 - r are (1, 1) and (1, -1).
export function contour(level, r, minimum) {
  const [along, across] = [1 + r, 1 - r].map((curvature) => Math.sqrt(level / curvature));
  return TURN.map((angle) => {
    const [p, q] = [along * Math.cos(angle), across * Math.sin(angle)];
    return [minimum[0] + p + q, minimum[1] + p - q];
  });
}

const TURN = Array.from({ length: 121 }, (_, i) => (i * Math.PI) / 60);

// The edges of the balls that a minimum lies on.
export function circle(w) {
  const radius = Math.hypot(...w);
  return TURN.map((angle) => [radius * Math.cos(angle), radius * Math.sin(angle)]);
}

export function diamond([a, b]) {
  const size = Math.abs(a) + Math.abs(b);
  return [[size, 0], [0, size], [-size, 0], [0, -size], [size, 0]];
}

// The part of the way from p to q that lies in the box, or null. (A clip path would hide the rest and keep its size.)
export function clip(p, q, ranges) {
  let [from, to] = [0, 1];
  for (const [axis, [low, high]] of ranges.entries()) {
    const change = q[axis] - p[axis];
    if (change === 0 && (p[axis] < low || p[axis] > high)) return null;
    if (change === 0) continue;
    const ends = [(low - p[axis]) / change, (high - p[axis]) / change];
    from = Math.max(from, Math.min(...ends));
    to = Math.min(to, Math.max(...ends));
  }
  const place = (part) => [p[0] + part * (q[0] - p[0]), p[1] + part * (q[1] - p[1])];
  return from < to ? [place(from), place(to)] : null;
}

const SERIES = [
  { name: "L2", color: COLORS[0], text: "#00507d", dash: "" },
  { name: "L1", color: COLORS[1], text: "#a84300", dash: "6 3" },
];

function legend(svg) {
  SERIES.forEach(({ name, color, text, dash }, k) => {
    line(svg, [[60 + 110 * k, 14], [84 + 110 * k, 14]], { stroke: color, "stroke-width": 2, "stroke-dasharray": dash });
    add(svg, "text", { x: 90 + 110 * k, y: 18, fill: text }, name);
  });
}

function drawPlane(svg, { r, minimum, levels, ranges, paths, now }) {
  const [xRange, yRange] = ranges;
  const scales = axes(svg, { xLabel: "weight 1", yLabel: "weight 2", xRange, yRange, xDigits: 1, yDigits: 1 });
  const place = ([a, b]) => [scales.x(a).toFixed(1), scales.y(b).toFixed(1)];
  const draw = (points, look) => {
    const parts = points.slice(1).map((point, i) => clip(points[i], point, ranges));
    const moves = parts.map((part, i) => {
      if (!part) return "";
      const goesOn = i > 0 && parts[i - 1]?.[1].every((value, axis) => Math.abs(value - part[0][axis]) < 1e-9);
      return goesOn ? `L${place(part[1])}` : `M${place(part[0])}L${place(part[1])}`; // so that dashes go on
    });
    add(svg, "path", { d: moves.join(""), fill: "none", ...look });
  };
  draw([[xRange[0], 0], [xRange[1], 0]], { stroke: "#bbb", "stroke-width": 1 });
  draw([[0, yRange[0]], [0, yRange[1]]], { stroke: "#bbb", "stroke-width": 1 });
  for (const level of levels) draw(contour(level, r, minimum), { stroke: "#bbb", "stroke-width": 0.8 });
  SERIES.forEach(({ color, dash }, k) => {
    const w = paths[k][now];
    const edge = k ? diamond(w) : circle(w);
    draw(edge, { stroke: color, "stroke-width": 1.5, "stroke-dasharray": "1 3" });
    draw(contour(excess(r, minimum, w), r, minimum), { stroke: color, "stroke-width": 1 }); // it touches the ball at w
    draw(paths[k], { stroke: color, "stroke-width": 2, "stroke-dasharray": dash });
  });
  SERIES.forEach(({ color }, k) => {
    const [cx, cy] = place(paths[k][now]);
    add(svg, "circle", { cx, cy, r: 4.5, fill: color, stroke: "#fff" });
  });
  add(svg, "path", { d: `M${place(minimum)}m-4,-4l8,8m0,-8l-8,8`, stroke: "#000", "stroke-width": 1.5, fill: "none" });
  legend(svg);
  add(svg, "text", { x: 330, y: 18, "text-anchor": "end" }, "× no penalty");
}

function drawWeights(svg, { lambdas, paths, now }) {
  const xRange = [lambdas[0], lambdas.at(-1)];
  const yRange = [-0.7, 2.3];
  const { x, y } = axes(svg, { xLabel: "lambda", yLabel: "weight", xRange, yRange, xDigits: 1, yDigits: 1 });
  line(svg, [[54, y(0)], [330, y(0)]], { stroke: "#bbb", "stroke-width": 1 });
  line(svg, [[x(lambdas[now]), 34], [x(lambdas[now]), 196]], { stroke: GREY, "stroke-dasharray": "4 3" });
  SERIES.forEach(({ color, dash }, k) => {
    for (const i of [0, 1]) {
      const points = paths[k].map((w, j) => [x(lambdas[j]), y(w[i])]);
      line(svg, points, { stroke: color, "stroke-width": i ? 1.2 : 2.4, "stroke-dasharray": dash });
      add(svg, "circle", { cx: x(lambdas[now]).toFixed(1), cy: y(paths[k][now][i]).toFixed(1), r: 3.5, fill: color });
    }
  });
  legend(svg);
  add(svg, "text", { x: 330, y: 18, "text-anchor": "end" }, "thick: weight 1");
}

function render({ model, el }) {
  const { minimum, levels, lambdas, correlations, ranges, rounds, ...first } = model.get("data");
  const { controls, numbers, drawings } = card(el, "Figure to play with: the minimum under a growing penalty");
  const [plane, weights] = [drawing(drawings), drawing(drawings)];
  let { lambd, correlation } = first;
  const told = (w) => w.map((value) => value.toFixed(2).replace(/^-(0\.00)$/, "$1")).join(", ");

  function redraw() {
    const r = correlation;
    const now = lambdas.indexOf(lambd);
    const find = [ridge, lasso];
    const paths = find.map((minimise) => lambdas.map((value) => minimise(value, r, minimum, rounds)));
    const [l2, l1] = paths.map((path) => path[now]);
    const words = `L2 at (${told(l2)}), L1 at (${told(l1)})`;
    plane(`Contours of the loss over two weights, and the minima with penalty at lambda ${lambd}: ${words}`, (svg) =>
      drawPlane(svg, { r, minimum, levels, ranges, paths, now }));
    weights(`Both weights against lambda, under L2 and L1; at lambda ${lambd}: ${words}`, (svg) =>
      drawWeights(svg, { lambdas, paths, now }));
    tell(numbers, {
      "weights under L2": told(l2),
      "weights under L1": told(l1),
      "zeros under L2": String(l2.filter((value) => value === 0).length),
      "zeros under L1": String(l1.filter((value) => value === 0).length),
      "loss above its minimum, L2": excess(r, minimum, l2).toFixed(3),
      "loss above its minimum, L1": excess(r, minimum, l1).toFixed(3),
    });
  }

  slider(controls, { label: "lambda", values: lambdas, start: lambd, moved: (value) => ((lambd = value), redraw()) });
  const bend = (value) => ((correlation = value), redraw());
  slider(controls, { label: "correlation of inputs", values: correlations, start: correlation, moved: bend });
  redraw();
}

export default { render };
