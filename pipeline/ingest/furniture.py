"""Tells page furniture (headers, footers, page numbers, binding lines) from the text of a document.

A line at the edge of a page is furniture if it is a page number, or if it repeats from page to page; a heading that stands
first on its page does not repeat, even if another page begins with the same heading of another number.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

from pipeline.ingest.paragraphs import is_furniture
from pipeline.ingest.places import Line

FEW_CHARACTERS = 4
# a page number, also as OCR may misread it: -4一
_PAGE_NUMBER = re.compile(r"[-—–－一_~·.\s]*\d{1,4}[-—–－一_~·.\s]*$")
_DIGITS = re.compile(r"\d+")
# 第3页, 共12页, 3/12, — 3 —
_COUNTS_PAGES = re.compile(r"页|/|[-—–－]\s*\d+\s*[-—–－]|^\d+$|\s\d+$|^\d+\s")
_NUMERAL = "[一二三四五六七八九十百零〇0-9]{1,5}"
_HEADING = re.compile(
    rf"(?:第{_NUMERAL}[编章节条部分篇]|{_NUMERAL}[、.．]|[（(]{_NUMERAL}[）)]|附[件表录图则]|[图表]\s?[0-9A-Z一二三四五六七八九十]|样[式表张]|格式)"
)
# 临政发〔2026〕3号, 第3号
_ENDS_IN_NUMBER = re.compile(r"\d号[）)]?$")


def furniture_of(pages: Sequence[Sequence[Line]]) -> set[Line]:
    """The lines that are page furniture."""
    edges = [line for lines in pages for line in lines if line.cell is None and _at_edge(line)]
    found = {line for lines in pages for line in lines if line.aside or _is_vertical(line)}
    found.update(line for lines in pages for line in _in_margin(lines))
    found.update(line for line in edges if is_furniture(line.text) or _PAGE_NUMBER.match(line.text))
    groups: dict[str, list[Line]] = {}
    for line in edges:
        groups.setdefault(_DIGITS.sub("#", line.text), []).append(line)
    body = _body_size(pages)
    for group in groups.values():
        found.update(_repeated(group, len(pages), body))
    return found


def _repeated(group: Sequence[Line], pages: int, body: float) -> Iterator[Line]:
    """The lines of a group that differ in digits only, if they are a header or footer; of a repeated heading not the first."""
    on = {line.page for line in group}
    if len(on) < max(2, pages // 2) or _ENDS_IN_NUMBER.search(group[0].text):
        return
    if len({line.text for line in group}) > 1 and not _counts(group):
        for text, count in Counter(line.text for line in group).items():
            same = [line for line in group if line.text == text]
            yield from _repeated(same, pages, body) if count >= max(2, pages // 2) else ()
        return
    if _HEADING.match(group[0].text):
        yield from group[1:] if len(on) > 2 and _is_same(group) else ()
        return
    if median(line.size for line in group) <= 1.3 * body or _counts(group):
        yield from group


def _is_same(group: Sequence[Line]) -> bool:
    return len({line.text for line in group}) == 1


def _counts(group: Sequence[Line]) -> bool:
    """Whether the digits of the lines are page numbers: one of them grows as the pages do."""
    if not all(_COUNTS_PAGES.search(line.text) for line in group):
        return False
    numbers = [(line.page, [int(number) for number in _DIGITS.findall(line.text)]) for line in group]
    return any(
        len({found[at] - page for page, found in numbers}) == 1 for at in range(min(len(found) for _, found in numbers))
    )


def _body_size(pages: Sequence[Sequence[Line]]) -> float:
    """The mean width of a character in most lines of the running text."""
    sizes = [line.size for lines in pages for line in lines if line.cell is None and len(line.text) > FEW_CHARACTERS]
    return median(sizes) if sizes else float("inf")


def _in_margin(lines: Sequence[Line]) -> list[Line]:
    """One or two characters outside the margins of the running text, such as those of a binding line (装订线)."""
    long = [line for line in lines if len(line.text) > FEW_CHARACTERS and not line.aside]
    if not long:
        return []
    left, right = min(line.box[0] for line in long), max(line.box[2] for line in long)
    few = [line for line in lines if len(line.text) <= 2 and line.cell is None]
    return [line for line in few if line.box[2] < left - line.size or line.box[0] > right + line.size]


def _is_vertical(line: Line) -> bool:
    """Whether a line is set vertically, as text at a binding edge is."""
    x0, y0, x1, y1 = line.box
    return line.cell is None and len(line.text) > 1 and y1 - y0 > 2.2 * (x1 - x0)


def _at_edge(line: Line) -> bool:
    return line.box[1] < line.page_height * 0.1 or line.box[3] > line.page_height * 0.92
