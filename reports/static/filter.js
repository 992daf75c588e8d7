/* Narrows the list of findings. The page reads without it; the form stays hidden where scripts do not run. */
(() => {
  "use strict";
  const form = document.getElementById("filter");
  if (!form) return;
  const said = document.getElementById("filter-said");
  const selects = [...form.querySelectorAll("select")];
  const findings = [...document.querySelectorAll("article.finding")];
  const groups = [...document.querySelectorAll("section.severity")];

  const apply = () => {
    let shown = 0;
    for (const finding of findings) {
      const fits = selects.every((select) => !select.value || finding.dataset[select.name] === select.value);
      finding.hidden = !fits;
      if (fits) shown += 1;
    }
    for (const group of groups) {
      group.hidden = !group.querySelector("article.finding:not([hidden])");
    }
    const narrowed = selects.some((select) => select.value);
    said.textContent = narrowed ? `Showing ${shown} of ${findings.length} findings.` : "";
    form.classList.toggle("narrowed", narrowed);
  };

  const clear = () => {
    for (const select of selects) select.value = "";
    apply();
  };

  /* A link into the list must find its finding, whatever is hidden. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && document.getElementById(link.hash.slice(1))?.closest("[hidden]")) clear();
  });

  form.addEventListener("change", apply);
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    clear();
  });
  form.hidden = false;
})();
