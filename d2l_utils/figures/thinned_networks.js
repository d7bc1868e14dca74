// All networks that dropout can leave of a small one, their average, and the one whose hidden layer is scaled.
import { add, axes, card, COLORS, drawing, GREY, line, slider, tell } from "./parts.js";

const UNITS = 6;
const FAINTEST = 0.06; // what is drawn of a network that hardly counts
const relu = (z) => Math.max(z, 0);
const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);

export const masks = Array.from({ length: 2 ** UNITS }, (_, code) =>
  Array.from({ length: UNITS }, (_, i) => ((code >> (UNITS - 1 - i)) & 1 ? 0 : 1)));

export function chances(p) {
  return masks.map((mask) => {
    const kept = dot(mask, mask);
    return p ** (UNITS - kept) * (1 - p) ** kept;
  });
}

// What the net computes at input x with its hidden layer multiplied by six factors.
export function output({ W1, b1, W2, b2, w3 }, x, factors, layer) {
  const hidden = W1.map((weight, i) => relu(weight * x + b1[i]) * factors[i]);
  const z = W2.map((row, j) => dot(row, hidden) + b2[j]);
  return dot(w3, layer === "relu" ? z.map(relu) : z);
}

// The average of the thinned networks, the scaled network, the distance of the two and the spread, for every input.
export function summary(net, inputs, p, layer) {
  const weights = chances(p);
  return inputs.map((x) => {
    const votes = masks.map((mask) => output(net, x, mask, layer));
    const average = dot(weights, votes);
    const scaled = output(net, x, Array(UNITS).fill(1 - p), layer);
    const spread = Math.sqrt(dot(weights, votes.map((vote) => (vote - average) ** 2)));
    return { x, average, scaled, gap: Math.abs(average - scaled), spread };
  });
}

// Where the two are farthest apart; the first such input if there are several, rounding aside.
export const widest = (rows) =>
  rows.reduce((best, row) => (row.gap > best.gap + 1e-9 ? row : best));

const OUT = [-5, 6];
const LAYERS = { linear: { color: COLORS[2], dash: "6 3" }, relu: { color: COLORS[3], dash: "" } };

function drawOutputs(svg, { net, inputs, p, layer, rows }) {
  const ranges = { xRange: [inputs[0], inputs.at(-1)], yRange: OUT };
  const { x, y } = axes(svg, { xLabel: "input", yLabel: "output", ...ranges, xDigits: 1, yDigits: 1 });
  const weights = chances(p);
  const most = Math.max(...weights);
  masks.forEach((mask, i) => {
    const points = inputs.map((value) => [x(value), y(output(net, value, mask, layer))]);
    const opacity = Math.max(FAINTEST, (0.4 * weights[i]) / most).toFixed(3);
    line(svg, points, { stroke: "#555", "stroke-width": 0.8, "stroke-opacity": opacity });
  });
  const series = [
    ["average of all 64", "average", COLORS[0], "#00507d", ""],
    ["scaled weights", "scaled", COLORS[1], "#a84300", "7 4"],
  ];
  series.forEach(([name, key, color, fill, dash], k) => {
    const look = { stroke: color, "stroke-width": 2.4, "stroke-dasharray": dash };
    line(svg, rows.map((row) => [x(row.x), y(row[key])]), look);
    line(svg, [[60 + 150 * k, 14], [84 + 150 * k, 14]], look);
    add(svg, "text", { x: 90 + 150 * k, y: 18, fill }, name);
  });
}

function drawGaps(svg, { rates, curves, p, layer }) {
  const { x, y } = axes(svg, {
    xLabel: "drop_prob", yLabel: "largest gap of the two", xRange: [0, 1], yRange: [0, 1.2], xDigits: 1, yDigits: 1,
  });
  line(svg, [[x(p), 34], [x(p), 196]], { stroke: GREY, "stroke-dasharray": "4 3" });
  Object.entries(LAYERS).forEach(([name, { color, dash }], k) => {
    const look = { stroke: color, "stroke-width": name === layer ? 2.4 : 1.2, "stroke-dasharray": dash };
    line(svg, rates.map((rate, i) => [x(rate), y(curves[name][i])]), look);
    line(svg, [[60 + 100 * k, 14], [84 + 100 * k, 14]], look);
    add(svg, "text", { x: 90 + 100 * k, y: 18 }, name);
  });
  const now = curves[layer][rates.indexOf(p)];
  add(svg, "circle", { cx: x(p).toFixed(1), cy: y(now).toFixed(1), r: 4.5, fill: LAYERS[layer].color, stroke: "#fff" });
}

function render({ model, el }) {
  const { net, inputs, rates, layers, ...first } = model.get("data");
  const { controls, numbers, drawings } = card(el, "Figure to play with: the thinned networks of a small one");
  const [outputs, gaps] = [drawing(drawings), drawing(drawings)];
  const gapsOf = (layer) => rates.map((rate) => widest(summary(net, inputs, rate, layer)).gap);
  const curves = Object.fromEntries(layers.map((layer) => [layer, gapsOf(layer)]));
  let [p, layer] = [first.drop_prob, first.layer];
  const told = (value) => value.toFixed(2).replace(/^-(0\.00)$/, "$1");

  function redraw() {
    const rows = summary(net, inputs, p, layer);
    const { x, average, scaled, gap, spread } = widest(rows);
    const words = `average ${told(average)}, scaled weights ${told(scaled)} at input ${x.toFixed(1)}`;
    outputs(`Outputs of 64 thinned networks against the input, drop_prob ${p}, ${layer} layer after it: ${words}`, (svg) =>
      drawOutputs(svg, { net, inputs, p, layer, rows }));
    gaps(`The largest gap between average and scaled weights against drop_prob, ${layer}: ${told(gap)} at ${p}`, (svg) =>
      drawGaps(svg, { rates, curves, p, layer }));
    tell(numbers, {
      "farthest apart at input": x.toFixed(1),
      "average": told(average),
      "scaled weights": told(scaled),
      "gap": told(gap),
      "sd of the 64 there": told(spread),
      "chance of the whole net": chances(p)[0].toFixed(3),
    });
  }

  slider(controls, { label: "drop_prob", values: rates, start: p, moved: (value) => ((p = value), redraw()) });
  slider(controls, { label: "layer after it", values: layers, start: layer, moved: (value) => ((layer = value), redraw()) });
  redraw();
}

export default { render };
