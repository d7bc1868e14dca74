// A polynomial of a chosen degree through noisy examples, beside the training and validation error of every degree.
import { add, axes, card, COLORS, DASHES, drawing, GREY, line, slider, tell } from "./parts.js";

export const MAX_DEGREE = 12;
export const NUM_TRAIN = [20, 30, 50, 100, 200];
export const NUM_VALID = 100;
const LOWEST = -2; // powers of ten between which errors are drawn
const HIGHEST = 4;

// Uniform numbers between 0 and 1, the same in every browser and in Python: Park and Miller's generator.
export function uniforms(count) {
  let state = 1;
  return Array.from({ length: count }, () => (state = (state * 48271) % 2147483647) / 2147483647);
}

// The powers' sum w0 + w1 x + w2 x^2 + ...
export const power = (w, x) => w.reduceRight((sum, coefficient) => sum * x + coefficient, 0);

// Draw number `draw` (0, 1, ...): examples to learn from, then those for validation. Each takes one number for x and
// two for the noise (Box and Muller's method).
export function examples(w, noise, draw) {
  const count = NUM_TRAIN.at(-1) + NUM_VALID;
  const numbers = uniforms(3 * count * (draw + 1)).slice(3 * count * draw);
  const x = Array.from({ length: count }, (_, i) => 2 * numbers[3 * i] - 1);
  const y = x.map((value, i) => {
    const normal = Math.sqrt(-2 * Math.log(numbers[3 * i + 1])) * Math.cos(2 * Math.PI * numbers[3 * i + 2]);
    return power(w, value) + noise * normal;
  });
  return { x, y };
}

// Legendre's polynomials 0 to `degree` at x. They span what the powers span, and are far from parallel on [-1, 1].
export function legendre(x, degree) {
  const values = [1, x];
  for (let d = 1; d < degree; d++) values.push(((2 * d + 1) * x * values[d] - d * values[d - 1]) / (d + 1));
  return values.slice(0, degree + 1);
}

const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);

// Least squares of every degree at once, by orthogonalising column after column (modified Gram-Schmidt): the first
// d + 1 columns of R and entries of z give degree d.
export function fits(x, y) {
  const rows = x.map((value) => legendre(value, MAX_DEGREE));
  const columns = rows[0].map((_, j) => rows.map((row) => row[j]));
  const R = columns.map(() => []);
  const z = [];
  const rest = [...y];
  columns.forEach((column, j) => {
    R[j][j] = Math.sqrt(dot(column, column));
    const q = column.map((value) => value / R[j][j]);
    const clear = (other, part) => q.forEach((value, i) => (other[i] -= part * value));
    for (let k = j + 1; k < columns.length; k++) clear(columns[k], (R[j][k] = dot(q, columns[k])));
    clear(rest, (z[j] = dot(q, rest)));
  });
  return z.map((_, degree) => solve(R, z.slice(0, degree + 1)));
}

function solve(R, z) {
  const c = [];
  for (let j = z.length - 1; j >= 0; j--) {
    const known = z.reduce((sum, _, k) => (k > j ? sum + R[j][k] * c[k] : sum), 0);
    c[j] = (z[j] - known) / R[j][j];
  }
  return c;
}

export const predict = (c, x) => dot(c, legendre(x, c.length - 1));

export const error = (c, x, y) => x.reduce((sum, value, i) => sum + (predict(c, value) - y[i]) ** 2, 0) / x.length;

// Everything that is shown of a draw: the examples, the coefficients and the two errors of every degree.
export function study(w, noise, draw, count) {
  const { x, y } = examples(w, noise, draw);
  const [xs, ys] = [x.slice(0, count), y.slice(0, count)];
  const [xv, yv] = [x.slice(-NUM_VALID), y.slice(-NUM_VALID)];
  const coefficients = fits(xs, ys);
  const training = coefficients.map((c) => error(c, xs, ys));
  const validation = coefficients.map((c) => error(c, xv, yv));
  return { xs, ys, coefficients, training, validation, best: validation.indexOf(Math.min(...validation)) };
}

export function shown(value) {
  return value < 1000 ? value.toFixed(3) : value < 1e6 ? value.toFixed(0) : value.toExponential(1);
}

// The heights between which the curve and nearly all examples lie.
export function heights(w, noise) {
  const values = Array.from({ length: 101 }, (_, i) => power(w, i / 50 - 1));
  return [Math.floor(Math.min(...values) - 3 * noise), Math.ceil(Math.max(...values) + 3 * noise)];
}

function drawFit(svg, { w, noise, now, degree }) {
  const range = heights(w, noise);
  const { x, y } = axes(svg, { xLabel: "x", yLabel: "y", xRange: [-1, 1], yRange: range, yDigits: 0 });
  const grid = Array.from({ length: 201 }, (_, i) => i / 100 - 1);
  const draw = (f, look) => {
    let piece = []; // what leaves the drawing is not drawn, so a line may come in pieces
    for (const at of [...grid, NaN]) {
      const value = f(at);
      if (value >= range[0] && value <= range[1]) piece.push([x(at), y(value)]);
      else if (piece.length) piece = (line(svg, piece, look), []);
    }
  };
  draw((at) => power(w, at), { stroke: GREY, "stroke-dasharray": "4 3" });
  now.xs.forEach((at, i) => {
    if (now.ys[i] < range[0] || now.ys[i] > range[1]) return;
    add(svg, "circle", { cx: x(at), cy: y(now.ys[i]), r: 3, fill: COLORS[0] });
  });
  draw((at) => predict(now.coefficients[degree], at), { stroke: COLORS[1], "stroke-width": 2 });
  line(svg, [[54, 10], [76, 10]], { stroke: COLORS[1], "stroke-width": 2 });
  add(svg, "text", { x: 80, y: 14 }, `degree ${degree}`);
  line(svg, [[160, 10], [182, 10]], { stroke: GREY, "stroke-dasharray": "4 3" });
  add(svg, "text", { x: 186, y: 14 }, "without noise");
}

function drawErrors(svg, { noise, now, degree }) {
  const x = (value) => 60 + (264 * value) / MAX_DEGREE;
  const y = (value) => {
    const exponent = Math.min(HIGHEST, Math.max(LOWEST, Math.log10(value)));
    return 196 - (162 * (exponent - LOWEST)) / (HIGHEST - LOWEST);
  };
  line(svg, [[54, 34], [54, 196], [330, 196]], { stroke: GREY, "stroke-width": 1 });
  for (let d = 0; d <= MAX_DEGREE; d += 3) add(svg, "text", { x: x(d), y: 212, "text-anchor": "middle" }, d);
  for (const value of [0.01, 1, 100, 10000]) {
    add(svg, "text", { x: 50, y: y(value) + 4, "text-anchor": "end" }, value);
  }
  add(svg, "text", { x: 192, y: 232, "text-anchor": "middle" }, "degree (grey: variance of the noise)");
  add(svg, "text", { x: -115, y: 12, transform: "rotate(-90)", "text-anchor": "middle" }, "mean squared error");
  line(svg, [[54, y(noise ** 2)], [330, y(noise ** 2)]], { stroke: GREY, "stroke-dasharray": "4 3" });
  line(svg, [[x(degree), 34], [x(degree), 196]], { stroke: GREY, "stroke-dasharray": "2 2", "stroke-width": 1 });
  for (const [k, name] of ["training", "validation"].entries()) {
    const look = { stroke: COLORS[k], "stroke-dasharray": DASHES[k], "stroke-width": 2 };
    line(svg, now[name].map((value, d) => [x(d), y(value)]), look);
    add(svg, "circle", { cx: x(degree), cy: y(now[name][degree]), r: 5, fill: COLORS[k] });
    line(svg, [[54 + 110 * k, 10], [76 + 110 * k, 10]], look);
    add(svg, "text", { x: 80 + 110 * k, y: 14 }, name);
  }
}

function render({ model, el }) {
  const { coefficients: w, noise, degree: firstDegree, num_examples } = model.get("data");
  const { controls, numbers, drawings } = card(el, "Figure to play with: a polynomial of any degree");
  const [fit, errors] = [drawing(drawings), drawing(drawings)];
  let [degree, count, draw] = [firstDegree, num_examples, 0];
  let now;

  function redraw() {
    const [training, validation] = [now.training, now.validation].map((values) => shown(values[degree]));
    fit(`A polynomial of degree ${degree} through ${count} examples, beside the curve without noise`, (svg) =>
      drawFit(svg, { w, noise, now, degree }));
    const words = `at degree ${degree} training ${training}, validation ${validation}, lowest at degree ${now.best}`;
    errors(`Training and validation error against degree: ${words}`, (svg) => drawErrors(svg, { noise, now, degree }));
    tell(numbers, {
      "training error": training,
      "validation error": validation,
      "lowest validation error": `${shown(now.validation[now.best])} at degree ${now.best}`,
    });
  }
  const again = () => ((now = study(w, noise, draw, count)), redraw());

  const degrees = Array.from({ length: MAX_DEGREE + 1 }, (_, d) => d);
  slider(controls, { label: "degree", values: degrees, start: degree, moved: (value) => ((degree = value), redraw()) });
  const more = (value) => ((count = value), again());
  slider(controls, { label: "training examples", values: NUM_TRAIN, start: count, moved: more });
  const button = add(controls, "button", { type: "button" }, "Draw new examples");
  button.addEventListener("click", () => (draw++, again()));
  again();
}

export default { render };
