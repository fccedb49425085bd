/* Raising a finding: choose words of the text view with mouse or keyboard, or a line of the page pictures, and open the form. Offsets are code points of the text of the version. */
"use strict";

(() => {
  const view = () => document.querySelector("[data-text-view]");
  const paragraphs = () => [...(view()?.querySelectorAll("[data-start]") ?? [])];
  const codePoints = (text) => [...text].length;
  // the words chosen: {start, end, quote}, null while none are
  let chosen = null;
  let caret = null;

  // the offset of a place in a paragraph: its first offset plus the code points of its text before that place
  const offsetIn = (paragraph, container, offset) => {
    const before = document.createRange();
    before.setStart(paragraph, 0);
    before.setEnd(container, offset);
    return Number(paragraph.dataset.start) + codePoints(before.toString());
  };

  // the part of a range in one paragraph; null where it has none of its characters
  const partIn = (paragraph, range) => {
    if (!range.intersectsNode(paragraph)) return null;
    const start = paragraph.contains(range.startContainer)
      ? offsetIn(paragraph, range.startContainer, range.startOffset) : Number(paragraph.dataset.start);
    const end = paragraph.contains(range.endContainer)
      ? offsetIn(paragraph, range.endContainer, range.endOffset) : Number(paragraph.dataset.end);
    if (end <= start) return null;
    const first = Number(paragraph.dataset.start);
    return { start, end, quote: [...paragraph.textContent].slice(start - first, end - first).join("") };
  };

  const chosenBy = (selection) => {
    const parts = [];
    for (let index = 0; index < selection.rangeCount; index += 1) {
      const range = selection.getRangeAt(index);
      if (range.collapsed || !view() || !range.intersectsNode(view())) continue;
      parts.push(...paragraphs().map((paragraph) => partIn(paragraph, range)).filter(Boolean));
    }
    if (!parts.length) return null;
    parts.sort((one, other) => one.start - other.start);
    return { start: parts[0].start, end: Math.max(...parts.map((part) => part.end)), quote: parts.map((part) => part.quote).join("\n") };
  };

  const say = (text) => {
    const place = document.querySelector("[data-raise-said]");
    if (place) place.textContent = text;
  };

  const follow = () => {
    chosen = chosenBy(document.getSelection());
    const button = document.querySelector("[data-raise]");
    if (button) button.disabled = !chosen;
    say(chosen ? `已选${codePoints(chosen.quote.replaceAll("\n", ""))}字` : "");
    drawCaret();
  };

  const open = ({ start, end, quote }) => {
    const dialog = document.getElementById("raise-dialog");
    const form = document.getElementById("raise");
    if (!dialog || !form || dialog.open) return;
    form.reset();
    form.elements.start.value = start;
    form.elements.end.value = end;
    document.getElementById("raise-quote").value = quote;
    dialog.showModal();
    form.elements.type.focus();
  };

  const openChosen = () => {
    if (!document.getElementById("raise-dialog")) return;
    follow(); // the event of the last change may still be on its way
    if (chosen) open(chosen);
    else say("请先选中文字");
  };

  const openLine = (line) => open({
    start: Number(line.dataset.start), end: Number(line.dataset.end), quote: line.getAttribute("aria-label"),
  });

  // a text that cannot be edited shows no caret: one is drawn where Shift and the arrow keys start from
  const drawCaret = () => {
    const selection = document.getSelection();
    const range = selection.rangeCount ? selection.getRangeAt(0) : null;
    const shown = range?.collapsed && view()?.contains(range.startContainer) && view().parentElement.contains(document.activeElement);
    if (!shown) {
      caret?.remove();
      caret = null;
      return;
    }
    const box = range.getClientRects()[0];
    if (!box) return;
    if (!caret) {
      caret = document.createElement("span");
      caret.className = "caret";
      caret.setAttribute("aria-hidden", "true");
      document.body.append(caret);
    }
    Object.assign(caret.style, { left: `${box.left}px`, top: `${box.top}px`, height: `${box.height}px` });
  };

  const steps = {
    ArrowLeft: ["backward", "character"], ArrowRight: ["forward", "character"], ArrowUp: ["backward", "line"],
    ArrowDown: ["forward", "line"], Home: ["backward", "lineboundary"], End: ["forward", "lineboundary"],
  };

  // the offset of the moving end of the selection; null where it lies outside the paragraphs
  const focusOf = (selection) => {
    const paragraph = paragraphs().find((one) => one.contains(selection.focusNode));
    return paragraph ? offsetIn(paragraph, selection.focusNode, selection.focusOffset) : null;
  };

  // browsers can be held up by the cells of a table: a step by line that did not get further goes to the next paragraph or cell
  const leave = (selection, before, event) => {
    const forward = event.key === "ArrowDown";
    const after = focusOf(selection);
    if (before === null || (after !== null && (forward ? after > before : after < before))) return;
    const all = paragraphs();
    const next = forward ? all.find((one) => Number(one.dataset.start) > before) : all.findLast((one) => Number(one.dataset.end) < before);
    const target = next ?? (forward ? all.at(-1) : all[0]);
    const place = forward === Boolean(next) ? 0 : target.childNodes.length;
    if (event.shiftKey) selection.extend(target, place);
    else selection.collapse(target, place);
  };

  // moves the caret or, with Shift, the end of the selection; the first step puts the caret before the first paragraph or the focused mark
  const step = (event) => {
    const selection = document.getSelection();
    const inside = selection.focusNode && paragraphs().some((paragraph) => paragraph.contains(selection.focusNode));
    if (!inside) {
      if (!event.shiftKey && event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
      const first = event.target.closest("mark") ?? paragraphs()[0];
      if (!first) return;
      const place = document.createTreeWalker(first, NodeFilter.SHOW_TEXT).nextNode();
      selection.collapse(place ?? first, 0);
      if (!event.shiftKey) { event.preventDefault(); return; }
    }
    event.preventDefault();
    const before = focusOf(selection);
    selection.modify(event.shiftKey ? "extend" : "move", ...steps[event.key]);
    if (steps[event.key][1] === "line") leave(selection, before, event);
    selection.focusNode?.parentElement?.scrollIntoView({ block: "nearest" });
  };

  // the lines of a page are one stop of the Tab key; the arrow keys go from line to line
  const walk = (line, forward) => {
    const lines = [...line.parentElement.querySelectorAll(".line")];
    const next = lines[lines.indexOf(line) + (forward ? 1 : -1)];
    if (!next) return;
    line.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  };

  document.addEventListener("selectionchange", follow);
  document.addEventListener("focusin", drawCaret);
  document.addEventListener("scroll", drawCaret, true);
  window.addEventListener("resize", drawCaret);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input, select, textarea")) return;
    const line = event.target.closest("rect.line");
    if (line && ["Enter", " "].includes(event.key)) openLine(line);
    else if (line && ["ArrowUp", "ArrowDown"].includes(event.key)) walk(line, event.key === "ArrowDown");
    else if (event.key === "Enter" && event.target.matches("mark[data-findings]")) event.target.click();
    else if (event.key === "a" && !document.querySelector("dialog[open]")) openChosen();
    else {
      if (steps[event.key] && view()?.parentElement.contains(event.target)) step(event);
      return;
    }
    event.preventDefault();
  });

  // a press on the button would end the selection in some browsers
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest("[data-raise]")) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-raise]")) openChosen();
    if (event.target.closest("[data-raise-cancel]")) document.getElementById("raise-dialog").close();
    const line = event.target.closest("rect.line");
    if (line) openLine(line);
    const mark = event.target.closest("mark[data-findings]");
    if (mark) setTimeout(() => turn(mark));
  });

  // the next click on a mark of several findings shows the next one
  const turn = (mark) => {
    const all = mark.dataset.findings.split(" ");
    mark.dataset.finding = all[(all.indexOf(mark.dataset.finding) + 1) % all.length];
  };
  // the bases of the chosen type are written into the field, where the person sees and can change them
  document.addEventListener("change", (event) => {
    const type = event.target;
    if (!type.matches("#raise select[name=type]")) return;
    const basis = type.form.elements.basis;
    const known = JSON.parse(document.getElementById("type-bases")?.textContent || "{}");
    if (!basis.value || basis.value === basis.dataset.filled) basis.value = known[type.value] || "";
    basis.dataset.filled = basis.value;
  });
})();
