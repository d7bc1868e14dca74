// Gradient descent on the loss of a linear regression with two features, and that loss against the step.
import { add, axes, card, COLORS, drawing, GREY, line, slider, tell } from "./parts.js";

// What decides everything: two curvatures, and what a step multiplies the error by along the direction of each.
// The learning rate is `fraction` of 2 / steep, so that the steep factor is exact, -1 on the edge.
export function descent(correlation, fraction) {
  const [steep, flat] = [1 + correlation, 1 - correlation];
  const factors = [1 - 2 * fraction, 1 - (2 * fraction * flat) / steep];
  return { curvatures: [steep, flat], condition: steep / flat, bound: 2 / steep, lr: (fraction * 2) / steep, factors };
}

// The directions of the two curvatures are (1, 1) and (1, -1), divided by the square root of 2.
const along = ([a, b]) => [(a + b) / Math.SQRT2, (a - b) / Math.SQRT2];

// The weights after 0, 1, ..., count steps.
export function path({ factors }, start, minimum, count) {
  const [steep, flat] = along([start[0] - minimum[0], start[1] - minimum[1]]);
  return Array.from({ length: count + 1 }, (_, k) => {
    const error = along([steep * factors[0] ** k, flat * factors[1] ** k]); // the way back is the same as the way there
    return [minimum[0] + error[0], minimum[1] + error[1]];
  });
}

export function excess({ curvatures }, minimum, w) {
  const error = along([w[0] - minimum[0], w[1] - minimum[1]]);
  return (curvatures[0] * error[0] ** 2 + curvatures[1] * error[1] ** 2) / 2;
}

export function verdict([steep]) {
  if (Math.abs(steep) > 1) return "diverges";
  if (steep === -1) return "neither: it jumps to and fro for ever";
  return steep < 0 ? "converges, jumping across the valley" : "converges, without jumping";
}

// The part of the way from p to q that lies in the box, or null.
export function clip(p, q, xRange, yRange) {
  let [from, to] = [0, 1];
  for (const [axis, [low, high]] of [xRange, yRange].entries()) {
    const change = q[axis] - p[axis];
    if (change === 0) {
      if (p[axis] < low || p[axis] > high) return null;
      continue;
    }
    const ends = [(low - p[axis]) / change, (high - p[axis]) / change];
    from = Math.max(from, Math.min(...ends));
    to = Math.min(to, Math.max(...ends));
  }
  const place = (part) => [p[0] + part * (q[0] - p[0]), p[1] + part * (q[1] - p[1])];
  return from < to ? [place(from), place(to)] : null;
}

const inside = ([a, b], xRange, yRange) => a >= xRange[0] && a <= xRange[1] && b >= yRange[0] && b <= yRange[1];

// Draws what lies in the box of a way through points, as one path.
function drawInside(svg, { x, y, xRange, yRange }, points, look) {
  const place = ([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`;
  const parts = points.slice(1).map((point, i) => clip(points[i], point, xRange, yRange));
  const d = parts.map((part) => (part ? `M${place(part[0])}L${place(part[1])}` : "")).join("");
  add(svg, "path", { d, fill: "none", ...look });
}

function drawDots(svg, { x, y, xRange, yRange }, points) {
  for (const point of points.filter((point) => inside(point, xRange, yRange))) {
    add(svg, "circle", { cx: x(point[0]).toFixed(1), cy: y(point[1]).toFixed(1), r: 2.5, fill: COLORS[1] });
  }
}

const TURN = Array.from({ length: 121 }, (_, i) => (i * Math.PI) / 60);

function drawSurface(svg, { now, minimum, levels, points }) {
  // As wide and high as the drawing is, so that a step stands at right angles to the contours.
  const [xRange, yRange] = [10, 5.87].map((half, axis) => [minimum[axis] - half, minimum[axis] + half]);
  const scales = axes(svg, { xLabel: "weight 1", yLabel: "weight 2", xRange, yRange, yDigits: 1 });
  const box = { ...scales, xRange, yRange };
  for (const level of levels) {
    const [steep, flat] = now.curvatures.map((curvature) => Math.sqrt((2 * level) / curvature));
    const ellipse = TURN.map((angle) => along([steep * Math.cos(angle), flat * Math.sin(angle)]));
    const ring = ellipse.map(([a, b]) => [minimum[0] + a, minimum[1] + b]);
    drawInside(svg, box, ring, { stroke: COLORS[0], "stroke-width": 0.8 });
  }
  const [a, b] = [scales.x(minimum[0]), scales.y(minimum[1])];
  add(svg, "path", { d: `M${a - 4},${b - 4}l8,8m0,-8l-8,8`, stroke: "#000", "stroke-width": 1.5, fill: "none" });
  // Once out of sight it does not come back: what diverges would only cross the drawing to and fro.
  const lost = points.findIndex((point) => !inside(point, xRange, yRange));
  const shown = lost < 0 ? points : points.slice(0, lost + 1);
  drawInside(svg, box, shown, { stroke: COLORS[1], "stroke-width": 1.5 });
  drawDots(svg, box, shown);
  add(svg, "text", { x: 54, y: 14 }, "× minimum");
  add(svg, "text", { x: 330, y: 14, fill: "#a84300", "text-anchor": "end" }, "● gradient descent");
}

function drawLoss(svg, { losses, all }) {
  const [xRange, yRange] = [[0, all.length - 1], [-12, 4]];
  const scales = axes(svg, { xLabel: "step", yLabel: "log10(loss above minimum)", xRange, yRange, yDigits: 0 });
  const box = { ...scales, xRange, yRange };
  const points = (values) => values.map((value, k) => [k, Math.log10(Math.max(value, 1e-30))]);
  drawInside(svg, box, points(all), { stroke: GREY, "stroke-dasharray": "4 3", "stroke-width": 1 });
  drawInside(svg, box, points(losses), { stroke: COLORS[1], "stroke-width": 1.5 });
  drawDots(svg, box, points(losses));
  const now = scales.x(losses.length - 1);
  line(svg, [[now, 196], [now, 190]], { stroke: COLORS[1], "stroke-width": 2 });
}

function render({ model, el }) {
  const { minimum, start, levels, correlations, fractions, max_steps, ...first } = model.get("data");
  const { controls, numbers, drawings } = card(el, "Figure to play with: gradient descent on a loss surface");
  const [surface, curve] = [drawing(drawings), drawing(drawings)];
  let { correlation, fraction, steps } = first;

  function redraw() {
    const now = descent(correlation, fraction);
    const whole = path(now, start, minimum, max_steps);
    const all = whole.map((w) => excess(now, minimum, w));
    const [points, losses] = [whole, all].map((values) => values.slice(0, steps + 1));
    const [loss, said] = [losses.at(-1).toPrecision(3), verdict(now.factors)];
    const [curvatures, factors] = [now.curvatures, now.factors].map((pair) => pair.map((value) => value.toFixed(2)));
    surface(`Contours of the loss with curvatures ${curvatures.join(" and ")}; gradient descent ${said}`, (svg) =>
      drawSurface(svg, { now, minimum, levels, points }));
    curve(`Loss above its minimum against the step: ${loss} after ${steps} steps`, (svg) =>
      drawLoss(svg, { losses, all }));
    tell(numbers, {
      "curvatures": curvatures.join(" and "),
      "condition number": now.condition.toFixed(1),
      "largest stable learning rate": now.bound.toFixed(3),
      "learning rate": now.lr.toFixed(3),
      "factors per step": factors.join(" and "),
      "loss above minimum": loss,
      "descent": said,
    });
  }

  const range = Array.from({ length: max_steps + 1 }, (_, k) => k);
  const rate = (value) => ((fraction = value), redraw());
  slider(controls, { label: "learning rate / largest stable", values: fractions, start: fraction, moved: rate });
  slider(controls, { label: "steps", values: range, start: steps, moved: (value) => ((steps = value), redraw()) });
  const bend = (value) => ((correlation = value), redraw());
  slider(controls, { label: "correlation of features", values: correlations, start: correlation, moved: bend });
  redraw();
}

export default { render };
