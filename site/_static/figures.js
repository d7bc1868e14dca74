// Puts the figures to play with in the place of their pictures, which stay where this does not run and on paper.
// A page holds its figures' modules itself: so they work from a disk, too, where a browser loads no module from a file.
document.addEventListener("DOMContentLoaded", () => {
  const mounted = [...document.querySelectorAll("script.d2l-figure")].map(async (script) => {
    const { module, data } = JSON.parse(script.textContent);
    const { default: figure } = await import(URL.createObjectURL(new Blob([module], { type: "text/javascript" })));
    const el = document.createElement("div");
    figure.render({ model: { get: () => data }, el });
    script.replaceWith(el);
    el.closest(".cell_output").classList.add("plays");
  });
  // The page has grown: go once more to the place that the address names.
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && mounted.length) Promise.all(mounted).then(() => target.scrollIntoView());
});
