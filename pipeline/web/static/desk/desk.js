/* Keyboard shortcuts of the desk, links between text and findings, error messages, drag-and-drop uploads. Reading, deciding and uploading also work without it. */
"use strict";

(() => {
  // what j and k walk: findings, and lists of a folded group that are not read yet
  const stops = () => [...document.querySelectorAll(".finding, .findings[data-unread]")];
  // the key of the finding that is shown, and what to show when the list of a group arrives: {list, pick, arrive}
  let current = "";
  let wanted = null;
  const now = () => document.getElementById(current);

  const show = (finding) => {
    if (!finding) return;
    current = finding.id;
    document.querySelectorAll(".now").forEach((old) => old.classList.remove("now"));
    const folded = finding.closest("details:not([open])");
    if (folded) folded.open = true;
    finding.classList.add("now");
    finding.scrollIntoView({ block: "nearest" });
    const mark = document.getElementById(finding.dataset.mark);
    if (mark) {
      mark.classList.add("now");
      mark.scrollIntoView({ block: "center" });
    }
    const boxes = finding.dataset.box ? document.querySelectorAll(`.${finding.dataset.box}`) : [];
    boxes.forEach((box) => box.classList.add("now"));
    if (boxes.length) boxes[0].scrollIntoView({ block: "center" });
  };

  // shows a finding and moves the focus to it, so that it is read aloud and Tab goes on within it; whoever is in a field stays there
  const reach = (finding) => {
    show(finding);
    if (!document.activeElement?.matches("input, select, textarea")) finding?.focus({ preventScroll: true });
  };

  // shows a finding; of a list that is not read yet the one that `pick` chooses, when it has arrived
  const go = (stop, pick, arrive = reach) => {
    if (!stop?.matches("[data-unread]")) return arrive(stop);
    wanted = { list: stop, pick, arrive };
    const group = stop.closest("details");
    if (group.open) stop.scrollIntoView({ block: "nearest" });
    else group.open = true;
  };

  const step = (by) => {
    const all = stops();
    const at = all.indexOf(now()) + by;
    go(all[Math.max(0, Math.min(at, all.length - 1))], (rows) => rows.at(by > 0 ? 0 : -1));
  };

  // the finding with a key, also where its group is not read yet
  const open = (key) => go(
    document.getElementById(key) ?? document.querySelector(`.findings[data-holds~="${CSS.escape(key)}"]`),
    () => document.getElementById(key),
    show,
  );

  document.addEventListener("htmx:afterSettle", (event) => {
    const list = event.detail.target;
    if (!list.matches?.(".findings[data-unread]")) return;
    list.removeAttribute("data-unread");
    if (wanted?.list !== list) return;
    wanted.arrive(wanted.pick([...list.querySelectorAll(".finding")]));
    wanted = null;
  });

  // the address of a finding (#f12), as a notice links it
  const follow = () => {
    const key = decodeURIComponent(location.hash.slice(1));
    if (/^f\d+$/.test(key)) open(key);
  };
  document.addEventListener("DOMContentLoaded", follow);
  window.addEventListener("hashchange", follow);

  // a number moves to the button of a verdict; only pressing that button records the decision
  const aim = (key) => {
    const button = now()?.querySelector(`button[data-key="${key}"]`);
    if (!button) return;
    if (button.hasAttribute("data-refer")) openRefer(button);
    else button.focus();
  };

  const openRefer = (button) => {
    const place = button.closest("form").querySelector(".refer");
    place.hidden = !place.hidden;
    button.setAttribute("aria-expanded", String(!place.hidden));
    if (!place.hidden) place.querySelector("input").focus();
  };

  // how many findings are ticked for one decision
  const countTicked = () => {
    const form = document.getElementById("group");
    if (!form) return;
    const ticked = document.querySelectorAll("input[form=group]:checked").length;
    form.querySelector("[data-group-count]").textContent = String(ticked);
    form.querySelector("[data-group]").disabled = !ticked;
  };

  // tabs for 正文 and 原件版面; page images are requested when their tab is first opened
  const tab = (id) => {
    const chosen = document.getElementById(id);
    if (!chosen) return;
    for (const one of document.querySelectorAll("[role=tab]")) {
      one.setAttribute("aria-selected", String(one === chosen));
      document.getElementById(one.getAttribute("aria-controls")).hidden = one !== chosen;
    }
    if (id === "tab-pages" && !chosen.dataset.requested) {
      chosen.dataset.requested = "1";
      htmx.trigger(chosen, "draw");
    }
    show(now());
  };

  const help = () => {
    const dialog = document.getElementById("help");
    if (dialog) dialog.open ? dialog.close() : dialog.showModal();
  };

  const keys = {
    j: () => step(1),
    k: () => step(-1),
    n: () => document.getElementById("next")?.click(),
    p: () => document.getElementById("previous")?.click(),
    o: () => tab(document.getElementById("pages")?.hidden ? "tab-pages" : "tab-text"),
    s: () => document.querySelectorAll(".softened").forEach((part) => { part.open = !part.open; }),
    c: () => now()?.querySelector(".say")?.focus(),
    "?": help,
  };

  document.addEventListener("keydown", (event) => {
    const writing = event.target.matches("input, select, textarea");
    if (writing && event.key === "Escape") event.target.blur();
    if (writing || event.ctrlKey || event.altKey || event.metaKey) return;
    // behind an open form nothing moves: the next item would take what was typed with it
    const dialog = document.querySelector("dialog[open]");
    if (dialog && (dialog.id !== "help" || event.key !== "?")) return;
    if ("1234".includes(event.key)) aim(event.key);
    else if (keys[event.key]) keys[event.key]();
    else return;
    event.preventDefault();
  });

  // the finding in which one types or tabs is the one that the keys are about
  document.addEventListener("focusin", (event) => {
    const finding = event.target.closest?.(".finding");
    if (!finding || finding.id === current) return;
    current = finding.id;
    document.querySelectorAll(".finding.now").forEach((old) => old.classList.remove("now"));
    finding.classList.add("now");
  });

  document.addEventListener("click", (event) => {
    const chosen = event.target.closest("[role=tab]");
    if (chosen) tab(chosen.id);
    const mark = event.target.closest("mark[data-finding], rect[data-finding]");
    if (mark) open(mark.dataset.finding);
    const finding = event.target.closest(".finding");
    if (finding && !event.target.closest("form, button, input, summary")) show(finding);
    const refer = event.target.closest("[data-refer]");
    if (refer) openRefer(refer);
    const words = event.target.closest("[data-words]");
    if (words) {
      const field = words.closest("form").querySelector("textarea");
      field.value = field.value ? `${field.value}；${words.dataset.words}` : words.dataset.words;
      field.focus();
    }
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) {
      event.target.closest("details").querySelectorAll("input[form=group]").forEach((box) => { box.checked = event.target.checked; });
    }
    if (event.target.matches("input[form=group], [data-all]")) countTicked();
    if (event.target.id === "only-changes") document.querySelector(".compare").classList.toggle("only", event.target.checked);
  });

  // after a decision, go to the next finding without one; one that was withdrawn stays shown (before it settles, it has the old class)
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!event.detail.target.classList.contains("finding")) return;
    countTicked();
    const finding = document.getElementById(event.detail.target.id);
    const all = stops();
    const left = all.slice(all.indexOf(finding) + 1).find((stop) => (
      stop.matches("[data-unread]") ? stop.dataset.waiting !== "0" : !stop.classList.contains("decided")));
    const undecided = (rows) => rows.find((one) => !one.classList.contains("decided")) ?? rows[0];
    if (left && finding?.classList.contains("decided")) go(left, undecided);
    else reach(finding);
  });

  // an OFD page is an SVG drawn with the fonts of this computer: without a Chinese font any two Chinese characters look alike
  const hasChinese = () => {
    const [one, other] = ["永", "国"].map((character) => {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = 40;
      const pen = canvas.getContext("2d");
      pen.font = "32px serif";
      pen.fillText(character, 2, 34);
      return canvas.toDataURL();
    });
    return one !== other;
  };
  document.addEventListener("htmx:afterSwap", (event) => {
    event.detail.target.querySelectorAll("[data-without-font]").forEach((note) => { note.hidden = hasChinese(); });
  });

  // what is sent once is recorded once: after an act that leads to another page, and while a form is on its way, nothing more is sent;
  // where the act loads this page anew, the words in its other boxes are kept (kept.js)
  let leaving = false;
  let keeping = false;
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const address = event.detail.xhr.getResponseHeader("HX-Redirect");
    const again = event.detail.xhr.getResponseHeader("HX-Refresh");
    if (!address && !again) return;
    leaving = true;
    keeping = Boolean(again) || new URL(address, window.location.href).pathname === window.location.pathname;
  });
  document.addEventListener("htmx:beforeRequest", (event) => { if (leaving) event.preventDefault(); });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    leaving = false;
    keeping = false;
    document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
  });

  // errors of htmx requests are shown in the open form, the tab of the pages or at the foot of the page; other content stays as it was
  let failed = "";
  const showError = (text, { target, requestConfig: { verb } = {} }) => {
    const open = document.querySelector("dialog[open] .said-here");
    const place = open ?? (target?.id === "pages" ? target : document.getElementById("said"));
    const line = document.createElement("p");
    line.className = "notice error";
    line.setAttribute("role", "alert");
    line.textContent = text;
    place.replaceChildren(line);
    failed = verb;
  };
  document.addEventListener("htmx:responseError", (event) => {
    const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    const message = answer.querySelector("[role=alert]")?.textContent;
    showError(message || `没有完成（${event.detail.xhr.status}）。请刷新后重试`, event.detail);
  });
  document.addEventListener("htmx:sendError", (event) => showError("连接不上服务器，刚才的操作没有保存。请检查网络后重试", event.detail));
  // the next success takes an old error away; what the page loads by itself does not, unless that had failed
  document.addEventListener("htmx:afterRequest", (event) => {
    const { successful, requestConfig: { verb } } = event.detail;
    if (successful && (verb !== "get" || failed === "get")) document.getElementById("said")?.replaceChildren();
  });

  // words that were typed and not sent: leaving the page asks before they are lost
  const sent = new WeakSet();
  const unsent = (field) => field.value.trim() && field.value !== field.defaultValue
    && !sent.has(field.form) && !field.closest("dialog:not([open])");
  window.addEventListener("beforeunload", (event) => {
    const fields = document.querySelectorAll("main textarea:not([readonly]), main input.say, main .refer input");
    if (!keeping && [...fields].some(unsent)) event.preventDefault();
  });
  document.addEventListener("submit", (event) => { if (!event.defaultPrevented) sent.add(event.target); });
  document.addEventListener("htmx:beforeRequest", (event) => { if (event.detail.elt.matches("form")) sent.add(event.detail.elt); });
  document.addEventListener("htmx:afterRequest", (event) => { if (!event.detail.successful) sent.delete(event.detail.elt); });
  document.addEventListener("input", (event) => { if (event.target.form) sent.delete(event.target.form); });

  // a panel that would leave the page at the right is moved to the left
  document.addEventListener("toggle", (event) => {
    const panel = event.target.matches?.(".menu[open]") && event.target.querySelector(":scope > .pop, :scope > div");
    if (!panel) return;
    panel.style.left = "0";
    const over = panel.getBoundingClientRect().right - document.documentElement.clientWidth + 8;
    if (over > 0) panel.style.left = `${-over}px`;
  }, true);

  const drop = document.getElementById("drop");
  if (drop) {
    const zone = drop.querySelector(".zone");
    const field = drop.querySelector("input[type=file]");
    const chosen = document.getElementById("chosen");
    const list = document.getElementById("sending");
    const showCount = () => { chosen.textContent = field.files.length ? `已选择${field.files.length}个文件` : ""; };
    field.addEventListener("change", showCount);
    const kind = drop.querySelector("select[name=kind]");
    const ofKind = drop.querySelector("[data-kind]");
    if (kind && ofKind) {
      const showFields = () => {
        ofKind.hidden = kind.value !== ofKind.dataset.kind;
        if (ofKind.hidden) ofKind.querySelector("input").value = "";
      };
      kind.addEventListener("change", showFields);
      showFields();
    }
    for (const name of ["dragover", "dragleave", "drop"]) {
      zone.addEventListener(name, (event) => {
        event.preventDefault();
        zone.classList.toggle("over", name === "dragover");
        if (name === "drop") {
          field.files = event.dataTransfer.files;
          showCount();
        }
      });
    }

    // one request per file, so that each has its own progress bar and a failure does not affect the others
    const send = (file) => new Promise((done) => {
      const line = document.createElement("li");
      const bar = document.createElement("progress");
      bar.max = file.size || 1;
      bar.value = 0;
      bar.setAttribute("aria-label", file.name);
      const status = document.createElement("span");
      line.append(`${file.name} `, bar, " ", status);
      list.append(line);
      const form = new FormData(drop);
      form.delete("files");
      form.append("files", file);
      const request = new XMLHttpRequest();
      request.upload.addEventListener("progress", (event) => { bar.value = event.loaded; });
      request.addEventListener("loadend", () => {
        const answer = new DOMParser().parseFromString(request.responseText, "text/html");
        const refusal = answer.querySelector(".notice.error")?.textContent;
        const fine = request.status === 200 && !refusal;
        if (fine) bar.value = bar.max;
        status.textContent = fine ? "已提交" : refusal || "没有提交成功，请检查网络和文件大小后重新选择";
        status.className = fine ? "hint" : "late";
        done();
      });
      request.open("POST", drop.action || window.location.href);
      request.send(form);
    });
    drop.addEventListener("submit", async (event) => {
      event.preventDefault();
      const files = [...field.files];
      list.replaceChildren();
      for (const file of files) await send(file);
      field.value = "";
      showCount();
      htmx.ajax("GET", "/jobs", "#jobs");
    });
  }
})();
