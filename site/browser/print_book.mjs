// node print_book.mjs ADDRESS PDF   prints one document with bookmarks, tags for screen readers and page numbers
import { withBrowser } from "./chromium.mjs";

const [address, path] = process.argv.slice(2);
const footer = `<p style="width: 100%; font: 8pt sans-serif; text-align: center"><span class="pageNumber"></span></p>`;

await withBrowser(async (browser) => {
  const page = await browser.newPage();
  await page.goto(address, { timeout: 0 }); // a whole course takes minutes on a busy machine
  await page.evaluate(() => document.fonts.ready);
  await page.pdf({
    path,
    format: "A4",
    margin: { top: "18mm", bottom: "20mm", left: "20mm", right: "20mm" },
    printBackground: true,
    displayHeaderFooter: true,
    headerTemplate: "<p></p>",
    footerTemplate: footer,
    outline: true,
    tagged: true,
  });
});
