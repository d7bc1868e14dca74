// Validation accuracy and loss against the learning rate at one momentum of a grid; all were computed in advance.
import { add, axes, card, COLORS, DASHES, drawing, GREY, line, slider, tell } from "./parts.js";

// The tenths between which a quantity and its bands lie, whatever the momentum, so that the axes stay where they are.
export function range(runs) {
  const ends = Object.values(runs).flatMap(({ mean, sd }) =>
    mean.flatMap((row, i) => row.flatMap((value, k) => [value - sd[i][k], value + sd[i][k]])),
  );
  return [Math.floor(Math.min(...ends) * 10) / 10, Math.ceil(Math.max(...ends) * 10) / 10];
}

// Rounded to three digits, as what it is computed from.
export const effective = (lr, momentum) => Number((lr / (1 - momentum)).toPrecision(3));

function drawKey(svg, names) {
  names.forEach((name, k) => {
    const x = 54 + 130 * k;
    line(svg, [[x, 10], [x + 22, 10]], { stroke: COLORS[k], "stroke-dasharray": DASHES[k], "stroke-width": 2 });
    add(svg, "text", { x: x + 26, y: 14 }, name);
  });
}

function drawRuns(svg, { quantity, runs, lrs, at, now }) {
  const places = lrs.map(Math.log10);
  const xRange = [places[0], places.at(-1)];
  const xLabel = "log10 of the learning rate";
  const { x, y } = axes(svg, { xLabel, yLabel: `validation ${quantity}`, xRange, yRange: range(runs), xDigits: 1 });
  line(svg, [[x(places[now]), 34], [x(places[now]), 196]], { stroke: GREY, "stroke-dasharray": "2 2", "stroke-width": 1 });
  Object.values(runs).forEach(({ mean, sd }, k) => {
    const edge = (sign) => mean[at].map((value, i) => `${x(places[i]).toFixed(1)},${y(value + sign * sd[at][i]).toFixed(1)}`);
    const points = [...edge(1), ...edge(-1).reverse()].join(" ");
    add(svg, "polygon", { points, fill: COLORS[k], "fill-opacity": 0.2 });
  });
  Object.values(runs).forEach(({ mean }, k) => {
    const look = { stroke: COLORS[k], "stroke-dasharray": DASHES[k], "stroke-width": 2 };
    line(svg, mean[at].map((value, i) => [x(places[i]), y(value)]), look);
    add(svg, "circle", { cx: x(places[now]), cy: y(mean[at][now]), r: 4, fill: COLORS[k] });
  });
  drawKey(svg, Object.keys(runs));
}

function render({ model, el }) {
  const { lrs, lr, momenta, momentum, panels } = model.get("data");
  const { controls, numbers, drawings } = card(el, "Figure to play with: learning rate and momentum, with dropout and without");
  const drawn = Object.entries(panels).map(([quantity, runs]) => ({ quantity, runs, show: drawing(drawings) }));
  let [at, now] = [momenta.indexOf(momentum), lrs.indexOf(lr)];

  function redraw() {
    const told = { "effective learning rate": effective(lrs[now], momenta[at]) };
    for (const { quantity, runs, show } of drawn) {
      const values = Object.entries(runs).map(([name, { mean, sd }]) => {
        const value = `${mean[at][now].toFixed(3)} ± ${sd[at][now].toFixed(3)}`;
        told[`${quantity}, ${name}`] = value;
        return `${name} ${value}`;
      });
      const words = `validation ${quantity} against learning rate at momentum ${momenta[at]}; at ${lrs[now]}: ${values.join(", ")}`;
      show(words, (svg) => drawRuns(svg, { quantity, runs, lrs, at, now }));
    }
    tell(numbers, told);
  }

  const go = (rate) => ((now = lrs.indexOf(rate)), redraw());
  slider(controls, { label: "learning rate", values: lrs, start: lr, moved: go });
  const choose = (value) => ((at = momenta.indexOf(value)), redraw());
  slider(controls, { label: "momentum", values: momenta, start: momentum, moved: choose });
  redraw();
}

export default { render };
