// node use_lab.mjs ADDRESS   opens a notebook in JupyterLab, runs it, and plays with its first figure by keyboard
import { withBrowser } from "./chromium.mjs";

const [address] = process.argv.slice(2);

async function run(page) {
  await page.getByText(/\| Idle$/).waitFor({ timeout: 40_000 }); // the kernel has started
  await page.getByRole("menuitem", { name: "Run", exact: true }).click();
  await page.getByRole("menuitem", { name: "Run All Cells", exact: true }).click();
  await page.locator("div.d2l-figure").first().waitFor({ timeout: 40_000 });
}

// What the figure tells, which cell is the active one, and how many there are.
const look = (page) =>
  page.evaluate(() => ({
    told: document.querySelector(".d2l-figure [role=status]").textContent,
    active: [...document.querySelectorAll(".jp-Cell")].findIndex((cell) => cell.matches(".jp-mod-active")),
    cells: document.querySelectorAll(".jp-Cell").length,
  }));

const report = await withBrowser(async (browser) => {
  const page = await browser.newPage({ viewport: { width: 1300, height: 1500 } });
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(address);
  await page.locator(".jp-OutputArea-output img").first().waitFor({ timeout: 40_000 });
  const stored = await page.locator("div.d2l-figure").count();
  await run(page);
  await page.locator(".d2l-figure input").first().click(); // in the middle of the slider
  const steps = [await look(page)];
  // JupyterLab gives most of these a meaning of its own: "b" makes a cell, an arrow moves to another one.
  for (const key of ["ArrowLeft", "ArrowUp", "b", "Home", "ArrowRight", "Tab", "Enter"]) {
    await page.keyboard.press(key);
    steps.push({ key, ...(await look(page)) });
  }
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/lab.png` });
  return { stored, steps, problems };
});
console.log(JSON.stringify(report, null, 1));
