/* The queue page: ticking all files of the page, and how many are ticked. Ticking and acting on ticked files also work without it. */
"use strict";

(() => {
  const all = document.getElementById("tick-all");
  const form = document.getElementById("selection");
  if (!all || !form) return;
  const boxes = [...document.querySelectorAll("input[type=checkbox][form=selection]")];
  const shown = document.getElementById("ticked");
  const actions = form.querySelectorAll("button");

  const count = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
    shown.textContent = `${ticked}件`;
    for (const action of actions) action.disabled = ticked === 0;
    for (const box of boxes) box.closest("tr").classList.toggle("ticked", box.checked);
  };

  all.hidden = boxes.length === 0;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    count();
  });
  for (const box of boxes) box.addEventListener("change", count);
  // a browser that goes back ticks the boxes again, after the page was loaded
  window.addEventListener("pageshow", count);
  count();
})();
