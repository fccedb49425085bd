/* An act loads the page of an item anew: words that were typed in its other boxes and not sent yet are put back into them. */
"use strict";

(() => {
  const KEY = "kept";
  const fields = () => [...document.querySelectorAll("main form[method=post] textarea, main form[hx-post] textarea, main form[hx-post] input:not([type])")]
    .filter((field) => !field.readOnly);

  // what a field is about: the address of its form, what that form names (a finding, a point of the checklist), the field
  const nameOf = (field) => {
    const form = field.form;
    const about = [...form.querySelectorAll("input[type=hidden]")].filter((one) => !["csrfmiddlewaretoken", "from"].includes(one.name));
    return [form.getAttribute("hx-post") ?? form.getAttribute("action"), ...about.map((one) => `${one.name}=${one.value}`), field.name].join(" ");
  };

  let sent = null;
  document.addEventListener("htmx:beforeRequest", (event) => { sent = event.detail.elt.closest("form"); });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const again = event.detail.xhr.getResponseHeader("HX-Refresh");
    const address = again ? window.location.href : event.detail.xhr.getResponseHeader("HX-Redirect");
    if (!address || new URL(address, window.location.href).pathname !== window.location.pathname) return;
    const typed = fields().filter((field) => field.form !== sent && field.value !== field.defaultValue);
    const words = typed.map((field) => [nameOf(field), field.value]);
    sessionStorage.setItem(KEY, JSON.stringify({ path: window.location.pathname, words }));
  });

  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  sessionStorage.removeItem(KEY);
  if (!kept || kept.path !== window.location.pathname) return;
  for (const [name, value] of kept.words) {
    const field = fields().find((one) => nameOf(one) === name);
    if (!field) continue;
    field.value = value;
    for (let part = field.closest("details:not(.menu)"); part; part = part.parentElement.closest("details:not(.menu)")) part.open = true;
  }
})();
