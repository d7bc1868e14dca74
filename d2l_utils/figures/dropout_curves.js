// Training curves at one drop rate of a grid, against those at the first rate; all were computed in advance.
import { add, axes, card, COLORS, DASHES, drawing, GREY, line, slider, tell } from "./parts.js";

// The tenths between which all curves of a quantity lie, whatever the rate, so that the axes stay where they are.
export function range(curves) {
  const values = Object.values(curves).flat(2);
  return [Math.floor(Math.min(...values) * 10) / 10, Math.ceil(Math.max(...values) * 10) / 10];
}

function drawKey(svg, names) {
  names.forEach(([name, look], k) => {
    const x = 54 + 94 * k;
    line(svg, [[x, 10], [x + 22, 10]], look);
    add(svg, "text", { x: x + 26, y: 14 }, name);
  });
}

function drawCurves(svg, { quantity, curves, rates, chosen, epochs, now }) {
  const series = Object.entries(curves);
  const xRange = [0, epochs.at(-1)];
  const { x, y } = axes(svg, { xLabel: "epoch", yLabel: quantity, xRange, yRange: range(curves) });
  const draw = (values, look) => line(svg, values.map((value, i) => [x(epochs[i]), y(value)]), look);
  const looks = series.map((_, k) => ({ stroke: COLORS[k], "stroke-dasharray": DASHES[k], "stroke-width": 2 }));
  const faint = { stroke: "#a6a6a6", "stroke-width": 1.5 };

  line(svg, [[x(epochs[now]), 34], [x(epochs[now]), 196]], { stroke: GREY, "stroke-dasharray": "2 2", "stroke-width": 1 });
  series.forEach(([, grid], k) => draw(grid[0], { ...faint, "stroke-dasharray": DASHES[k] }));
  series.forEach(([, grid], k) => {
    draw(grid[chosen], looks[k]);
    add(svg, "circle", { cx: x(epochs[now]), cy: y(grid[chosen][now]), r: 4, fill: COLORS[k] });
  });
  drawKey(svg, [...series.map(([name], k) => [name, looks[k]]), [`drop_prob ${rates[0]}`, faint]]);
}

function render({ model, el }) {
  const { drop_probs: rates, drop_prob, epochs, panels } = model.get("data");
  const { controls, numbers, drawings } = card(el, "Figure to play with: training curves at several drop rates");
  const drawn = Object.entries(panels).map(([quantity, curves]) => ({ quantity, curves, show: drawing(drawings) }));
  let [chosen, now] = [rates.indexOf(drop_prob), epochs.length - 1];

  function redraw() {
    const told = {};
    for (const { quantity, curves, show } of drawn) {
      for (const [name, grid] of Object.entries(curves)) {
        const [here, first] = [grid[chosen], grid[0]].map((values) => values[now].toFixed(3));
        told[`${name} ${quantity}`] = `${here} (at ${rates[0]}: ${first})`;
      }
      const words = `${quantity} against epoch at drop_prob ${rates[chosen]}, beside drop_prob ${rates[0]} in grey`;
      show(words, (svg) => drawCurves(svg, { quantity, curves, rates, chosen, epochs, now }));
    }
    tell(numbers, told);
  }

  const choose = (rate) => ((chosen = rates.indexOf(rate)), redraw());
  slider(controls, { label: "drop_prob", values: rates, start: drop_prob, moved: choose });
  const go = (epoch) => ((now = epochs.indexOf(epoch)), redraw());
  slider(controls, { label: "epoch", values: epochs, start: epochs[now], moved: go });
  redraw();
}

export default { render };
