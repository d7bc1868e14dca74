// Histograms of activations by layer and their standard deviations; all were computed in advance.
import { add, axes, card, chooser, COLORS, drawing, GREY, line, slider, tell } from "./parts.js";

const FLOOR = -12; // a power of ten; what is smaller is drawn on the floor

export const digits = (value) =>
  value === 0 ? "0" : value < 0.01 || value >= 1000 ? value.toExponential(1) : value.toPrecision(2);

export const height = (std) => (std > 0 ? Math.max(FLOOR, Math.log10(std)) : FLOOR);

// The powers of ten between which all standard deviations of an activation lie, so that the axis stays where it is.
export function range(schemes, activation) {
  const heights = Object.values(schemes).flatMap((byActivation) => byActivation[activation].stds.map(height));
  const low = Math.floor(Math.min(...heights));
  return [low, Math.max(Math.ceil(Math.max(...heights)), low + 1)];
}

function drawHistograms(svg, { depths, shown, bounds, chosen, activation }) {
  const row = 182 / depths.length;
  depths.slice(0, shown).forEach((depth, k) => {
    const bars = chosen.bars[k];
    const [base, width] = [14 + row * (k + 1), 240 / bars.length];
    bars.forEach((bar, i) => {
      const tall = (bar / 1000) * (row - 4);
      if (bar > 0) add(svg, "rect", { x: (12 + i * width).toFixed(1), y: (base - tall).toFixed(1), width: width.toFixed(1), height: tall.toFixed(1), fill: COLORS[0] });
    });
    line(svg, [[12, base], [252, base]], { stroke: GREY, "stroke-width": 1 });
    add(svg, "text", { x: 258, y: base - 4 }, `${depth}: ${digits(chosen.stds[depth - 1])}`);
  });
  const [low, high] = bounds;
  [low, (low + high) / 2, high].forEach((value, k) =>
    add(svg, "text", { x: 12 + 120 * k, y: 212, "text-anchor": ["start", "middle", "end"][k] }, value.toFixed(1)),
  );
  add(svg, "text", { x: 132, y: 232, "text-anchor": "middle" }, `activation (${activation})`);
}

function drawStds(svg, { depth, last, stds, yRange }) {
  const yLabel = "log10 of the standard deviation";
  const { x, y } = axes(svg, { xLabel: "layer", yLabel, xRange: [1, last], yRange, yDigits: 1 });
  const points = stds.slice(0, depth).map((std, k) => [x(k + 1), y(height(std))]);
  line(svg, points, { stroke: COLORS[0], "stroke-width": 2 });
  const [cx, cy] = points.at(-1);
  add(svg, "circle", { cx, cy, r: 4, fill: COLORS[0] });
}

function render({ model, el }) {
  const { depths, ranges, schemes } = model.get("data");
  const { controls, numbers, drawings } = card(el, "Figure to play with: first weights and the activations of each layer");
  const names = Object.keys(schemes);
  let [scheme, activation, depth] = [names[0], Object.keys(ranges)[0], depths.at(-1)];
  const histograms = drawing(drawings);
  const deviations = drawing(drawings);

  function redraw() {
    const chosen = schemes[scheme][activation];
    const [shown, bounds] = [depths.indexOf(depth) + 1, ranges[activation]];
    const stds = depths.slice(0, shown).map((layer) => [`layer ${layer}`, digits(chosen.stds[layer - 1])]);
    tell(numbers, Object.fromEntries(stds));
    const told = stds.map(([layer, std]) => `${std} in ${layer}`).join(", ");
    const words = `histograms of activations (${activation}) from ${scheme}, standard deviation ${told}`;
    histograms(words, (svg) => drawHistograms(svg, { depths, shown, bounds, chosen, activation }));
    const end = `${stds.at(-1)[1]} in layer ${depth}`;
    const yRange = range(schemes, activation);
    deviations(`standard deviation against the layer, from ${stds[0][1]} in layer ${depths[0]} to ${end}`, (svg) =>
      drawStds(svg, { depth, last: depths.at(-1), stds: chosen.stds, yRange }),
    );
  }

  chooser(controls, { label: "first weights", values: names, start: scheme, moved: (name) => ((scheme = name), redraw()) });
  const activate = (name) => ((activation = name), redraw());
  chooser(controls, { label: "activation", values: Object.keys(ranges), start: activation, moved: activate });
  slider(controls, { label: "depth", values: depths, start: depth, moved: (value) => ((depth = value), redraw()) });
  redraw();
}

export default { render };
