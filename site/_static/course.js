// What a keyboard or a screen reader needs and the theme leaves out.
document.addEventListener("DOMContentLoaded", () => {
  const scrollers =
    "article .highlight pre, article div.math, article .table-wrapper, article .output.text_html, " +
    "article .cell_output:has(> img.wide)";
  const names = { PRE: "Code or output", DIV: "Formula, table or figure" };
  const markScrollers = () =>
    document.querySelectorAll(scrollers).forEach((element) => {
      // Only what can be scrolled should stop the Tab key.
      if (element.scrollWidth > element.clientWidth) {
        element.tabIndex = 0;
        element.setAttribute("role", "group");
        element.setAttribute("aria-label", names[element.tagName]);
      }
    });
  document.querySelectorAll("[role=heading]:not([aria-level])").forEach((caption) => (caption.ariaLevel = "2"));
  markScrollers();
  window.addEventListener("resize", markScrollers);
  document.addEventListener("toggle", markScrollers, true); // what a <details> hid had no width
});
