/* The desk's keyboard, the link between text and findings, and dropping files. Everything works without it, only slower. */
"use strict";

(() => {
  const findings = () => [...document.querySelectorAll(".finding")];
  let current = -1;

  const show = (index) => {
    const all = findings();
    if (!all.length) return;
    current = Math.max(0, Math.min(index, all.length - 1));
    document.querySelectorAll(".now").forEach((old) => old.classList.remove("now"));
    const finding = all[current];
    finding.classList.add("now");
    finding.scrollIntoView({ block: "nearest" });
    const mark = document.getElementById(finding.dataset.mark);
    if (mark) {
      mark.classList.add("now");
      mark.scrollIntoView({ block: "center" });
    }
  };

  const press = (key) => {
    const finding = findings()[current];
    const button = finding && finding.querySelector(`button[data-key="${key}"]`);
    if (button) button.click();
  };

  const help = () => {
    const dialog = document.getElementById("help");
    if (dialog) dialog.open ? dialog.close() : dialog.showModal();
  };

  const keys = {
    j: () => show(current + 1),
    k: () => show(current - 1),
    n: () => document.getElementById("next")?.click(),
    s: () => document.querySelectorAll(".softened").forEach((part) => { part.open = !part.open; }),
    c: () => findings()[current]?.querySelector(".say")?.focus(),
    "?": help,
  };

  document.addEventListener("keydown", (event) => {
    const writing = event.target.matches("input, select, textarea");
    if (writing && event.key === "Escape") event.target.blur();
    if (writing || event.ctrlKey || event.altKey || event.metaKey) return;
    if ("1234".includes(event.key)) press(event.key);
    else if (keys[event.key]) keys[event.key]();
    else return;
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const mark = event.target.closest("mark[data-finding]");
    if (mark) show(findings().findIndex((finding) => finding.id === mark.dataset.finding));
    const finding = event.target.closest(".finding");
    if (finding && !event.target.closest("form")) show(findings().indexOf(finding));
  });

  // after a decision the next finding that is still open comes up
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!event.detail.target.classList.contains("finding")) return;
    const all = findings();
    const next = all.findIndex((finding, index) => index > current && !finding.classList.contains("decided"));
    show(next >= 0 ? next : current);
  });

  const drop = document.getElementById("drop");
  if (drop) {
    const zone = drop.querySelector(".zone");
    const field = drop.querySelector("input[type=file]");
    const chosen = document.getElementById("chosen");
    const tell = () => { chosen.textContent = field.files.length ? `已选择${field.files.length}个文件` : ""; };
    field.addEventListener("change", tell);
    for (const name of ["dragover", "dragleave", "drop"]) {
      zone.addEventListener(name, (event) => {
        event.preventDefault();
        zone.classList.toggle("over", name === "dragover");
        if (name === "drop") {
          field.files = event.dataTransfer.files;
          tell();
        }
      });
    }
  }
})();
