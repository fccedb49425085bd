/* An act loads the page of an item anew, or parts of it: words that were typed in other boxes and not sent yet are put back into them. */
"use strict";

(() => {
  const KEY = "kept";
  const PANES = "#text, .side";
  const fields = () => [...document.querySelectorAll("main form[method=post] textarea, main form[hx-post] textarea, main form[hx-post] input:not([type])")]
    .filter((field) => !field.readOnly);

  // what a field is about: the address of its form, what that form names (a finding, a point of the checklist), the field
  const nameOf = (field) => {
    const form = field.form;
    const about = [...form.querySelectorAll("input[type=hidden]")].filter((one) => !["csrfmiddlewaretoken", "from"].includes(one.name));
    return [form.getAttribute("hx-post") ?? form.getAttribute("action"), ...about.map((one) => `${one.name}=${one.value}`), field.name].join(" ");
  };
  // an explanation is for a state that any act may change: its words stay with what it is about
  const aboutOf = (field) => field.form.dataset.about ?? "";

  const typed = (sent) => fields().filter((field) => field.form !== sent && field.value !== field.defaultValue)
    .map((field) => ({ name: nameOf(field), about: aboutOf(field), value: field.value }));

  const putBack = (words) => {
    for (const { name, about, value } of words) {
      const all = fields();
      const alike = all.filter((one) => about && aboutOf(one) === about);
      const field = all.find((one) => nameOf(one) === name) ?? (alike.length === 1 ? alike[0] : null);
      if (!field || field.value !== field.defaultValue) continue;
      field.value = value;
      for (let part = field.closest("details:not(.menu)"); part; part = part.parentElement.closest("details:not(.menu)")) part.open = true;
    }
  };

  let sent = null;
  let words = [];
  document.addEventListener("htmx:beforeRequest", (event) => { sent = event.detail.elt.closest("form"); });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    words = typed(sent);
    const again = event.detail.xhr.getResponseHeader("HX-Refresh");
    const address = again ? window.location.href : event.detail.xhr.getResponseHeader("HX-Redirect");
    if (!address || new URL(address, window.location.href).pathname !== window.location.pathname) return;
    // the text and the findings scroll by themselves: a page that is loaded again shows the place that was looked at
    const places = [...document.querySelectorAll(PANES)].map((pane) => pane.scrollTop);
    sessionStorage.setItem(KEY, JSON.stringify({ path: window.location.pathname, words, places }));
  });
  document.addEventListener("htmx:afterSettle", () => putBack(words));

  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  sessionStorage.removeItem(KEY);
  if (kept && kept.path === window.location.pathname) {
    putBack(kept.words);
    document.querySelectorAll(PANES).forEach((pane, at) => { pane.scrollTop = kept.places?.[at] ?? 0; });
  }
})();
