// node check_pages.mjs BASE PAGE...   prints what is wrong with the pages, as JSON: [{page, mode, problem}, ...]
import { createRequire } from "node:module";
import { withBrowser } from "./chromium.mjs";

const axePath = createRequire(import.meta.url).resolve("axe-core");
const [base, ...pages] = process.argv.slice(2);
const desktop = { width: 1280, height: 812 };
const phone = { width: 375, height: 812 };
const widths = [320, 375, 768, 1100, 1330, 1450, 1920]; // where the theme's columns come and go
const themes = [
  { name: "light", system: "light", chosen: "auto" },
  { name: "dark", system: "dark", chosen: "auto" },
  { name: "dark by choice", system: "light", chosen: "dark" },
];

// Runs in the page: what a reader would see there in any theme, as sentences.
function inspect() {
  const problems = [];
  document.querySelectorAll("details").forEach((element) => (element.open = true));

  for (const image of document.images) {
    const alt = image.getAttribute("alt") ?? "";
    if (alt.length < 40 || alt.length > 300) problems.push(`alt text of ${alt.length} characters: ${image.src}`);
    else if (!alt.includes(" ")) problems.push(`alt text is a path: ${alt}`);
    if (!image.naturalWidth) problems.push(`image is not shown: ${image.src}`);
  }

  const prose = (document.querySelector("article") ?? document.body).cloneNode(true);
  prose.querySelectorAll("pre, code, script, style, .katex").forEach((element) => element.remove());
  const raw = prose.textContent.match(/\$[^$\n]+\$|\\\(|\\\[|\\begin\{/);
  if (raw) problems.push(`formula is not rendered: ${raw[0]}`);
  if (document.querySelector(".katex-error")) problems.push("formula is not rendered: KaTeX reports an error");
  return { problems, formulas: document.querySelectorAll(".katex").length };
}

// Runs in the page: of the thousands of coloured words of code one of each kind stays an element, since axe takes
// seconds for them all; the text and its place stay as they are.
function thinOutCode() {
  const kept = new Set();
  for (const word of document.querySelectorAll("pre span")) {
    const look = [word.className, word.style.cssText, word.closest("div[class]")?.className].join("|");
    if (kept.has(look) && !word.id && !word.childElementCount) word.replaceWith(...word.childNodes);
    kept.add(look);
  }
  document.querySelectorAll("pre").forEach((block) => block.normalize());
}

// Runs in the page: the same for formulas, of hundreds of elements each. What replaces them has another width.
function thinOutFormulas() {
  const kept = new Set();
  for (const formula of document.querySelectorAll(".katex")) {
    const place = [];
    for (let element = formula; element; element = element.parentElement) place.push(element.className);
    if (kept.has(place.join("|"))) formula.replaceWith(formula.querySelector("annotation").textContent);
    kept.add(place.join("|"));
  }
}

// Runs in the page: puts it in a theme and gives the colours of all words and pictures there. Two themes in which they
// are the same are inspected once.
function coloursIn(theme) {
  document.body.dataset.theme = theme; // as the theme's button does
  return [...document.querySelectorAll("body *")]
    .filter(({ tagName, childNodes }) => tagName === "IMG" || [...childNodes].some((node) => node.data?.trim()))
    .map((element) => getComputedStyle(element))
    .map(({ color, backgroundColor }) => `${color} ${backgroundColor}`)
    .join();
}

// Runs in the page: what depends on the theme. The rest of axe is the same in all of them and runs in the first.
async function inspectTheme({ exclude, rules }) {
  const problems = [...document.querySelectorAll(".cell_output img")]
    .filter((image) => getComputedStyle(image).backgroundColor !== "rgb(255, 255, 255)")
    .map((image) => `figure is not on white: ${image.src}`);
  const { violations } = await axe.run({ exclude }, { resultTypes: ["violations"], ...rules });
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return problems.concat(grave.map(({ id, nodes }) => `axe ${id}: ${nodes.map(({ target }) => target).join(", ")}`));
}

async function findScrolling(page, report) {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 812 });
    const content = await page.evaluate(() => document.documentElement.scrollWidth);
    if (content > width) report(`${width} px`, [`scrolls sideways: ${content} px on ${width} px`]);
  }
}

// Hears what goes wrong while a page loads and is used.
function listen(page) {
  const problems = [];
  page.on("console", (message) => message.type() === "error" && problems.push(`console error: ${message.text()}`));
  page.on("pageerror", (error) => problems.push(`script error: ${error.message}`));
  page.on("requestfailed", (request) => problems.push(`failed request: ${request.url()}`));
  page.on("response", (reply) => reply.status() >= 400 && problems.push(`failed request: ${reply.url()}`));
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== "data:" && origin !== new URL(base).origin) problems.push(`other host: ${request.url()}`);
  });
  return problems;
}

// Runs in the page: ends when it has been drawn anew.
const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));

async function visit(page, address) {
  const found = [];
  const report = (mode, problems) => problems.forEach((problem) => found.push({ page: address, mode, problem }));
  const heard = listen(page);
  const reply = await page.goto(new URL(address, base).href);
  const seen = await page.evaluate(inspect);
  const written = (await reply.text()).split('class="katex"').length - 1;
  if (written !== seen.formulas) heard.push(`formulas need a script: ${written} written, ${seen.formulas} seen`);

  await page.evaluate(thinOutCode);
  await findScrolling(page, report);
  await page.addScriptTag({ path: axePath });
  await page.addStyleTag({ content: "* { transition: none !important }" }); // axe must not see a colour on its way
  // The theme's menu is the same on every page, and so are the bars that a phone shows in place of columns: one page
  // shows them. What scrolls on a phone alone is on any page, such as long lines of code, and keys must reach it.
  const isFirst = address === pages[0];
  const exclude = isFirst ? [] : [[".sidebar-drawer"]];
  const look = async (size, inThemes, rulesFor) => {
    await page.setViewportSize(size);
    await page.evaluate(drawn); // until then the page has not heard of its new width
    const problems = {}; // by rules and colours
    for (const theme of inThemes) {
      await page.emulateMedia({ colorScheme: theme.system });
      const rules = rulesFor(theme);
      const key = JSON.stringify(rules) + (await page.evaluate(coloursIn, theme.chosen));
      problems[key] ??= await page.evaluate(inspectTheme, { exclude, rules });
      report(`${size.width} px, ${theme.name}`, problems[key]);
    }
  };
  const rulesFor = ({ name }) => (name === "light" ? {} : { runOnly: ["color-contrast"] });
  if (isFirst) await look(phone, themes, rulesFor);
  else await look(phone, [themes[0]], () => ({ runOnly: ["scrollable-region-focusable"] }));
  await page.evaluate(thinOutFormulas);
  await look(desktop, themes, rulesFor);
  report("load", [...heard, ...seen.problems]);
  return found;
}

const findings = await withBrowser(async (browser) => {
  const found = [];
  const left = [...pages];
  const work = async () => {
    const page = await browser.newPage(); // one for many addresses, so that what they share is loaded once
    for (let address = left.shift(); address; address = left.shift()) {
      await page.setViewportSize(desktop);
      found.push(...(await visit(page, address)));
      page.removeAllListeners();
    }
  };
  await Promise.all([work(), work()]); // two pages at a time
  return found;
});
console.log(JSON.stringify(findings, null, 1));
