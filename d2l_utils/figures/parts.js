// What the figures share: elements, the card they stand on, sliders, axes. A figure's module gets this file's text in
// place of its import of it, since a widget has no folder to import from (see d2l_utils/figures/_modules.py).

export const COLORS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7"]; // as in d2l_utils/plotting.py
export const DASHES = ["", "6 3", "6 2 1 2", "1 2"];
export const GREY = "#767676";

// Drawn on white and in dark letters, whatever the theme around it is.
const STYLE = `
.d2l-figure { color-scheme: light; color: #222; background: #fff; border: 1px solid #ccc; border-radius: 0.4rem;
  box-sizing: border-box; max-width: 48rem; margin: 0.5rem auto; padding: 0.75rem; font: 14px/1.4 sans-serif; }
.d2l-figure > div { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; align-items: end; margin-bottom: 0.5rem; }
.d2l-figure label { flex: 1 1 14rem; }
.d2l-figure input { display: block; width: 100%; height: 1.75rem; margin: 0; accent-color: #0072b2; }
.d2l-figure :is(button, select) { font: inherit; color: inherit; padding: 0.3rem 0.75rem; cursor: pointer; }
.d2l-figure select { display: block; width: 100%; padding: 0.2rem; }
.d2l-figure :is(input, button, select):focus-visible { outline: 2px solid #0072b2; outline-offset: 2px; }
.d2l-figure svg { flex: 1 1 17rem; min-width: 0; max-width: 22rem; margin: 0 auto; font: 12px sans-serif; }
.d2l-figure b { font-variant-numeric: tabular-nums; }
`;

export function add(parent, name, attributes = {}, text = "") {
  const namespace = name === "svg" ? "http://www.w3.org/2000/svg" : parent.namespaceURI;
  const element = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  parent.append(element);
  return element;
}

// Gives the rows of a figure: one for what can be moved, one for the numbers, one for the drawings.
export function card(el, name) {
  const root = add(el, "div", { class: "d2l-figure", role: "group", "aria-label": name });
  root.addEventListener("keydown", (event) => event.stopPropagation()); // JupyterLab would move to another cell
  add(root, "style", {}, STYLE);
  const controls = add(root, "div");
  return { controls, numbers: add(root, "div", { role: "status" }), drawings: add(root, "div") };
}

// A slider over a list of values; `moved` hears of every move.
export function slider(row, { label, values, start, moved }) {
  const box = add(row, "label", {}, `${label} = `);
  const shown = add(box, "b");
  const input = add(box, "input", { type: "range", min: 0, max: values.length - 1, value: values.indexOf(start) });
  const update = () => {
    shown.textContent = values[input.value];
    input.setAttribute("aria-valuetext", values[input.value]);
  };
  update();
  input.addEventListener("input", () => {
    update();
    moved(values[input.value]);
  });
}

// A list of names, one of which is chosen; `moved` hears of every choice.
export function chooser(row, { label, values, start, moved }) {
  const box = add(row, "label", {}, label);
  const select = add(box, "select");
  for (const value of values) add(select, "option", { value }, value);
  select.value = start;
  select.addEventListener("input", () => moved(select.value));
}

// Shows {name: value} in a row.
export function tell(row, values) {
  row.replaceChildren();
  for (const [name, value] of Object.entries(values)) add(add(row, "span", {}, `${name} `), "b", {}, value);
}

// A drawing of 340 by 240 units in words for those who do not see it; `draw` fills it anew.
export function drawing(row) {
  const svg = add(row, "svg", { viewBox: "0 0 340 240", role: "img" });
  return (words, draw) => {
    svg.setAttribute("aria-label", words);
    svg.replaceChildren();
    draw(svg);
  };
}

export function line(svg, points, attributes = {}) {
  const path = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
  return add(svg, "polyline", { points: path, fill: "none", "stroke-width": 1.5, ...attributes });
}

// Axes with three ticks each; gives the scales {x, y} from values to places in the drawing.
export function axes(svg, { xLabel, yLabel, xRange, yRange, xDigits = 0, yDigits = 2 }) {
  const scale = ([low, high], from, to) => (value) => from + ((value - low) / (high - low)) * (to - from);
  const x = scale(xRange, 54, 330);
  const y = scale(yRange, 196, 34);
  line(svg, [[54, 34], [54, 196], [330, 196]], { stroke: GREY, "stroke-width": 1 });
  const ticks = ([low, high]) => [low, (low + high) / 2, high];
  for (const value of ticks(xRange)) {
    add(svg, "text", { x: x(value), y: 212, "text-anchor": "middle" }, value.toFixed(xDigits));
  }
  for (const value of ticks(yRange)) {
    add(svg, "text", { x: 50, y: y(value) + 4, "text-anchor": "end" }, value.toFixed(yDigits));
  }
  add(svg, "text", { x: 192, y: 232, "text-anchor": "middle" }, xLabel);
  add(svg, "text", { x: -115, y: 12, transform: "rotate(-90)", "text-anchor": "middle" }, yLabel);
  return { x, y };
}
