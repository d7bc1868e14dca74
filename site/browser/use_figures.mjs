// node use_figures.mjs ADDRESS   plays with the figures of a page, by keyboard alone, and prints what was seen, as JSON
import { withBrowser } from "./chromium.mjs";

const [address] = process.argv.slice(2);
const modes = [
  { name: "desktop light", width: 1280, colorScheme: "light" },
  { name: "desktop dark", width: 1280, colorScheme: "dark" },
  { name: "phone light", width: 375, colorScheme: "light" },
  { name: "phone dark", width: 375, colorScheme: "dark" },
];

// What a figure shows: {name: number} as told, each slider's words, and what is drawn.
const look = (figure) =>
  figure.evaluate((element) => ({
    told: Object.fromEntries(
      [...element.querySelectorAll("[role=status] span")].map((span) => {
        const value = span.querySelector("b").textContent;
        return [span.textContent.slice(0, -value.length).trim(), value];
      }),
    ),
    sliders: [...element.querySelectorAll("input")].map((input) => input.getAttribute("aria-valuetext")),
    labels: [...element.querySelectorAll("input")].map((input) => input.labels[0].textContent),
    choices: [...element.querySelectorAll("select")].map((select) => select.value),
    words: [...element.querySelectorAll("svg")].map((svg) => svg.getAttribute("aria-label")),
    texts: [...element.querySelectorAll("svg text")].map((text) => text.textContent),
    drawn: [...element.querySelectorAll("svg")].map((svg) => svg.innerHTML),
    background: getComputedStyle(element).backgroundColor,
    overflows: [...element.querySelectorAll("*")].some(
      (child) => child.getBoundingClientRect().right > element.getBoundingClientRect().right,
    ),
  }));

// Goes through the controls of a figure with the Tab key and uses each; gives how the figure looked after every step.
async function play(page, figure) {
  const steps = [await look(figure)];
  const controls = await figure.locator("input, select, button").all();
  await controls[0].focus();
  for (const control of controls) {
    const isSlider = (await control.getAttribute("type")) === "range";
    const isList = await control.evaluate((element) => element.tagName === "SELECT");
    for (const key of isSlider ? ["Home", "End", "ArrowLeft"] : isList ? ["End", "Home", "ArrowDown"] : ["Enter", "Space"]) {
      await page.keyboard.press(key);
      steps.push(await look(figure));
    }
    await page.keyboard.press("Tab");
  }
  return steps;
}

const seen = (page) =>
  page.evaluate(() => ({
    figures: [...document.querySelectorAll(".d2l-figure")].filter((element) => element.checkVisibility()).length,
    pictures: [...document.querySelectorAll(".cell_output img")].filter((image) => image.checkVisibility()).length,
  }));

async function open(browser, options) {
  const page = await browser.newPage(options);
  const problems = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(address, { waitUntil: "networkidle" });
  return { page, problems };
}

async function visit(browser, { width, colorScheme, name }) {
  const { page, problems } = await open(browser, { viewport: { width, height: 812 }, colorScheme });
  const plays = [];
  for (const figure of await page.locator("div.d2l-figure").all()) plays.push(await play(page, figure));
  const onScreen = await seen(page);
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true });
  await page.emulateMedia({ media: "print" });
  const result = { onScreen, onPaper: await seen(page), problems, plays };
  await page.close();
  return result;
}

const report = await withBrowser(async (browser) => {
  const result = {};
  for (const mode of modes) result[mode.name] = await visit(browser, mode);
  const { page } = await open(browser, { javaScriptEnabled: false });
  // Nothing can be evaluated where no script runs; playwright asks the browser itself.
  const visible = async (selector) => (await page.locator(`${selector}:visible`).all()).length;
  result["no script"] = { figures: await visible(".d2l-figure"), pictures: await visible(".cell_output img") };
  return result;
});
console.log(JSON.stringify(report, null, 1));
