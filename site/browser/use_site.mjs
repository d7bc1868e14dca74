// node use_site.mjs BASE WORD NOTEBOOK_PAGE...   uses the site as a reader does and prints what happened, as JSON
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { withBrowser } from "./chromium.mjs";

const [base, word, ...notebookPages] = process.argv.slice(2);
const here = (page) => page.url().slice(base.length);

async function go(page, link) {
  const from = page.url();
  await link.click();
  await page.waitForURL((url) => url.href !== from, { waitUntil: "domcontentloaded" });
}

async function search(page) {
  await page.goto(base);
  await page.locator(".sidebar-search").fill(word);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/search.html?*");
  await go(page, page.locator("ul.search li a").first());
  const text = await page.locator("article").innerText();
  return { landed: here(page), holdsWord: text.toLowerCase().includes(word) };
}

// Goes from page to page by "next" to the end; tells where each page's "previous" leads and what its notebook holds.
async function walk(page) {
  const seen = { next: [], previous: [], downloads: [], answered: [] };
  const next = page.locator("a.next-page");
  await page.goto(base);
  while ((await next.count()) && seen.next.length < 1000) {
    await go(page, next);
    const address = here(page);
    seen.next.push(address);
    const links = await page.locator("a.prev-page").evaluateAll((found) => found.map(({ href }) => href));
    seen.previous.push(links.map((link) => link.slice(base.length)).join());
    if (!notebookPages.includes(address)) continue;
    seen.downloads.push(await download(page, address));
    seen.answered.push(await answer(page, address));
  }
  return seen;
}

async function copyFirstCell(page) {
  await page.goto(base + notebookPages[0]);
  await page.locator(".cell_input").first().hover();
  await page.locator(".cell_input button.copybtn").first().click();
  return {
    text: await page.evaluate(() => navigator.clipboard.readText()),
    onOutputs: await page.locator(".cell_output button.copybtn").count(),
  };
}

async function download(page, address) {
  const [file] = await Promise.all([page.waitForEvent("download"), page.locator(".notebook-link a").click()]);
  const digest = createHash("sha256").update(await readFile(await file.path())).digest("hex");
  return { page: address, name: file.suggestedFilename(), digest };
}

// Opens every choice of the quick questions with the keyboard; tells what could be read before, and the verdicts after.
async function answer(page, address) {
  const choices = page.locator("#five-quick-questions details");
  const readable = (choice) => choice.locator("p").first().isVisible();
  const seen = { page: address, readableBefore: 0, verdicts: [], colours: new Set() };
  for (const choice of await choices.all()) {
    if (await readable(choice)) seen.readableBefore++;
    await choice.locator("summary").focus();
    await page.keyboard.press("Enter");
    const verdict = await choice.locator("p").first().innerText();
    seen.verdicts.push(verdict.split(" ")[0]);
    const colour = await choice.evaluate((element) => getComputedStyle(element).borderLeftColor);
    seen.colours.add(`${verdict.split(" ")[0]} ${colour}`);
  }
  return { ...seen, colours: [...seen.colours].sort() };
}

async function changeTheme(page) {
  await page.goto(base);
  const look = () =>
    page.evaluate(() => `${document.body.dataset.theme} ${getComputedStyle(document.body).backgroundColor}`);
  const seen = [await look()];
  for (let press = 0; press < 3; press++) {
    await page.locator(".content-icon-container .theme-toggle").click();
    seen.push(await look());
    if (press === 0) await page.reload(); // the choice outlasts the page
    if (press === 0) seen.push(await look());
  }
  return seen;
}

async function openMenu(browser) {
  const page = await browser.newPage({ viewport: { width: 375, height: 812 } });
  await page.goto(base);
  const link = page.locator(".sidebar-tree a").first();
  const boxBefore = await link.boundingBox();
  await page.locator(".nav-overlay-icon").click();
  await page.waitForTimeout(500); // the drawer slides in
  await go(page, link);
  return { hiddenBefore: boxBefore.x < 0, landed: here(page) };
}

const report = await withBrowser(async (browser) => {
  const context = await browser.newContext({ acceptDownloads: true, colorScheme: "light" });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  const found = await search(page);
  return {
    search: found,
    ...(await walk(page)),
    copied: await copyFirstCell(page),
    themes: await changeTheme(page),
    menu: await openMenu(browser),
  };
});
console.log(JSON.stringify(report, null, 1));
