// A network of k hidden units on a sine: hinges through points of the curve, or steps; all of it is computed here.
import { add, axes, card, COLORS, DASHES, drawing, GREY, line, slider, tell } from "./parts.js";

const END = 2 * Math.PI;
const GRID = Array.from({ length: 1010 }, (_, i) => (i * END) / 1009); // a prime: no step falls on it

// The hidden units {at, weight} and the output's bias: k relus make k straight pieces through k + 1 points of the
// curve; k steps make k + 1 level pieces, each at the height of the curve in its middle.
export function network(k, activation) {
  const isRelu = activation === "relu";
  const width = END / (isRelu ? k : k + 1);
  const heights = Array.from({ length: k + 1 }, (_, j) => Math.sin((isRelu ? j : j + 0.5) * width));
  const rises = heights.slice(1).map((height, j) => height - heights[j]);
  const weights = isRelu ? rises.map((rise, j) => (rise - (j && rises[j - 1])) / width) : rises;
  const units = weights.map((weight, j) => ({ at: (isRelu ? j : j + 1) * width, weight }));
  return { units, bias: heights[0], bound: isRelu ? width ** 2 / 8 : width / 2 };
}

// What a unit gives to the sum at x.
export function bend(x, { at, weight }, activation) {
  return x < at ? 0 : weight * (activation === "relu" ? x - at : 1);
}

export const output = (x, { units, bias }, activation) =>
  units.reduce((sum, unit) => sum + bend(x, unit, activation), bias);

function drawKey(svg, names) {
  names.forEach(([name, look], i) => {
    line(svg, [[58 + 104 * i, 10], [80 + 104 * i, 10]], look);
    add(svg, "text", { x: 84 + 104 * i, y: 14 }, name);
  });
}

function drawCurve(svg, values) {
  const { x, y } = axes(svg, { xLabel: "x", yLabel: "y", xRange: [0, END], yRange: [-1.5, 1.5], xDigits: 2, yDigits: 1 });
  const looks = [
    { stroke: GREY, "stroke-dasharray": DASHES[1], "stroke-width": 1.5 },
    { stroke: COLORS[0], "stroke-width": 2 },
  ];
  line(svg, GRID.map((at) => [x(at), y(Math.sin(at))]), looks[0]);
  line(svg, GRID.map((at, i) => [x(at), y(values[i])]), looks[1]);
  drawKey(svg, [["curve", looks[0]], ["network", looks[1]]]);
}

function drawUnits(svg, { units }, activation) {
  const yLabel = "weight × activation";
  const { x, y } = axes(svg, { xLabel: "x", yLabel, xRange: [0, END], yRange: [-7, 7], xDigits: 2, yDigits: 0 });
  const look = { stroke: "#8c8c8c", "stroke-width": 1.5 };
  for (const unit of units) {
    const last = bend(END, unit, activation);
    const first = activation === "relu" ? 0 : last;
    line(svg, [[x(0), y(0)], [x(unit.at), y(0)], [x(unit.at), y(first)], [x(END), y(last)]], look);
  }
  drawKey(svg, [[`the ${units.length} hidden unit${units.length > 1 ? "s" : ""}, each by itself`, look]]);
}

function render({ model, el }) {
  const { ks, k: start, activations, activation: first } = model.get("data");
  const { controls, numbers, drawings } = card(el, "Figure to play with: a curve out of hidden units");
  const [curve, hinges] = [drawing(drawings), drawing(drawings)];
  let [k, activation] = [start, first];

  function redraw() {
    const net = network(k, activation);
    const values = GRID.map((x) => output(x, net, activation));
    const error = Math.max(...values.map((value, i) => Math.abs(value - Math.sin(GRID[i])))).toFixed(3);
    const words = `${k} hidden unit${k > 1 ? "s" : ""} with ${activation}`;
    curve(`A sine and the network of ${words}; largest error ${error}`, (svg) => drawCurve(svg, values));
    hinges(`What each of ${words} gives to the sum`, (svg) => drawUnits(svg, net, activation));
    tell(numbers, {
      "largest error": error,
      [activation === "relu" ? "bound d²/8" : "bound d/2"]: net.bound.toFixed(3),
    });
  }

  slider(controls, { label: "hidden units k", values: ks, start: k, moved: (value) => ((k = value), redraw()) });
  const choose = (value) => ((activation = value), redraw());
  slider(controls, { label: "activation", values: activations, start: first, moved: choose });
  redraw();
}

export default { render };
