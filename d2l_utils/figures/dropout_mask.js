// A layer's activations under a dropout mask, beside the distribution of the number dropped.
import { add, axes, card, COLORS, drawing, GREY, line, slider, tell } from "./parts.js";

// The same uniform numbers in every browser, and in Python: Park and Miller's generator, whole numbers below 2 ** 31.
export function uniforms(count) {
  let state = 1;
  return Array.from({ length: count }, () => (state = (state * 48271) % 2147483647) / 2147483647);
}

// Each activation h becomes h / (1 - p) where its number is below 1 - p, and 0 elsewhere.
export function dropout(activations, numbers, p) {
  const kept = numbers.map((number) => number < 1 - p);
  const values = activations.map((h, i) => (kept[i] ? h / (1 - p) : 0));
  return { kept, values, dropped: kept.filter((keep) => !keep).length };
}

// The probabilities that 0, 1, ..., n of n are dropped. In logarithms: 0.05 ** 256 is no number any more.
export function binomial(n, p) {
  const log = (count, chance) => (count === 0 ? 0 : count * Math.log(chance));
  const pmf = [];
  for (let k = 0, choose = 0; k <= n; choose += Math.log((n - k) / ++k)) {
    pmf.push(Math.exp(choose + log(k, p) + log(n - k, 1 - p)));
  }
  return pmf;
}

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

// White to dark blue; twice the largest activation, and what is above it, is darkest.
function shade(value, largest) {
  const part = Math.min(1, value / (2 * largest));
  return `rgb(${[230, 240, 248].map((light, i) => Math.round(light + part * ([0, 45, 80][i] - light)))})`;
}

function drawLayer(svg, { kept, values }, largest) {
  const columns = Math.ceil(Math.sqrt(values.length));
  const side = 212 / columns;
  const crosses = [];
  values.forEach((value, i) => {
    const [x, y] = [64 + side * (i % columns), 4 + side * Math.floor(i / columns)];
    const fill = kept[i] ? shade(value, largest) : "#fff";
    add(svg, "rect", { x, y, width: side - 1, height: side - 1, fill });
    const [a, b] = [side * 0.2, side * 0.8 - 1];
    if (!kept[i]) crosses.push(`M${x + a},${y + a}L${x + b},${y + b}M${x + b},${y + a}L${x + a},${y + b}`);
  });
  add(svg, "path", { d: crosses.join(""), stroke: COLORS[1], fill: "none" });
  add(svg, "text", { x: 170, y: 232, "text-anchor": "middle" }, "activations: darker = larger, × = dropped");
}

function drawDistribution(svg, p, counts) {
  const n = counts.size;
  const pmf = binomial(n, p);
  const xLabel = `number dropped, of ${n}` + (counts.earlier.length ? " (ticks: earlier masks)" : "");
  const yRange = [0, Math.max(...pmf)];
  const { x, y } = axes(svg, { xLabel, yLabel: "probability", xRange: [0, n], yRange, yDigits: 3 });
  const steps = pmf.flatMap((chance, k) => [[x(k - 0.5), y(chance)], [x(k + 0.5), y(chance)]]);
  line(svg, [[x(-0.5), y(0)], ...steps, [x(n + 0.5), y(0)]], { stroke: COLORS[0], fill: "#cfe3f1", "stroke-width": 1 });
  line(svg, [[x(n * p), 196], [x(n * p), 34]], { stroke: GREY, "stroke-dasharray": "4 3" });
  counts.earlier.forEach((count) => line(svg, [[x(count), 196], [x(count), 188]], { stroke: COLORS[1] }));
  const now = x(counts.now);
  line(svg, [[now, 196], [now, 34]], { stroke: COLORS[1], "stroke-width": 2 });
  add(svg, "path", { d: `M${now},36l-5,-8h10z`, fill: COLORS[1] });
  add(svg, "text", { x: 54, y: 14, fill: "#595959" }, `┆ mean np = ${(n * p).toFixed(1)}`);
  add(svg, "text", { x: 330, y: 14, fill: "#a84300", "text-anchor": "end" }, `▼ dropped: ${counts.now}`);
}

function render({ model, el }) {
  const { activations, drop_prob } = model.get("data");
  const n = activations.length;
  const largest = Math.max(...activations);
  const { controls, numbers, drawings } = card(el, "Figure to play with: a dropout mask");
  const [layer, distribution] = [drawing(drawings), drawing(drawings)];
  const rates = Array.from({ length: 21 }, (_, i) => i / 20);
  let [p, masks] = [drop_prob, 1];

  function redraw() {
    const all = uniforms(n * masks);
    const draws = Array.from({ length: masks }, (_, i) => dropout(activations, all.slice(i * n, i * n + n), p));
    const current = draws.pop();
    const counts = { size: n, now: current.dropped, earlier: draws.map(({ dropped }) => dropped) };
    const sd = Math.sqrt(n * p * (1 - p)).toFixed(1);
    const words = `${current.dropped} of ${n} activations are dropped`;
    layer(`${words}, the others divided by ${(1 - p).toFixed(2)}`, (svg) => drawLayer(svg, current, largest));
    distribution(`Binomial distribution with mean ${(n * p).toFixed(1)} and standard deviation ${sd}; ${words}`, (svg) =>
      drawDistribution(svg, p, counts));
    tell(numbers, {
      "dropped": `${current.dropped} of ${n}`,
      "mean np": (n * p).toFixed(1),
      "sd √(np(1−p))": sd,
      "mean activation before": mean(activations).toFixed(3),
      "after": mean(current.values).toFixed(3),
    });
  }

  slider(controls, { label: "drop_prob p", values: rates, start: p, moved: (value) => ((p = value), redraw()) });
  const button = add(controls, "button", { type: "button" }, "Draw a new mask");
  button.addEventListener("click", () => (masks++, redraw()));
  redraw();
}

export default { render };
