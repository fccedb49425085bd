"""Split a file into its documents: a notice, and the documents that it issues or attaches."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.document import Fact, Span
from pipeline.law import name_key
from pipeline.parse.attachments import HEADING, issued_titles
from pipeline.parse.closing import IMPRINT, Signature, find_signature
from pipeline.parse.genres import ENDS
from pipeline.parse.head import Head, read_head
from pipeline.parse.lines import Line

_OPENING = 1500


@dataclass(frozen=True, slots=True)
class Extent:
    """The lines of one document, its parsed head, and the lines of the documents attached to it.

    `issued` holds the titles that the document issues (印发). `read` counts the lines that were read;
    the lines after them repeat the same text.
    """

    lines: Sequence[Line]
    head: Head
    signature: Signature | None
    issued: tuple[str, ...]
    attached: tuple[Sequence[Line], ...]
    read: int


def read_extent(lines: Sequence[Line], *, is_outer: bool = True) -> Extent:
    """Find the outer document of `lines` and split off the documents attached to it.

    `is_outer` is False for lines that are themselves an attached document.
    """
    lines = _without_repetition(lines) if is_outer else lines
    head = read_head(lines)
    opening = "".join(line.text for line in lines[head.body : head.body + 12])[:_OPENING]
    notice = is_outer or head.recipients or head.number
    issued = issued_titles(head.title.value if head.title else "", opening) if notice else ()
    signature = find_signature(lines, head.body)
    at = _attached_at(lines, head, signature, issued)
    if signature and at is not None and signature.first >= at:
        signature = None
    outer = lines if at is None else lines[:at]
    segments = () if at is None else tuple(_segments(lines[at:]))
    return Extent(outer, head, signature, issued, segments, len(lines))


def _without_repetition(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines up to where the whole text begins again (web pages that contain a text twice)."""
    first: dict[str, int] = {}
    for index, line in enumerate(lines):
        if len(line.text) > 30:
            first.setdefault(line.text, index)
    for index, line in enumerate(lines):
        if index > 3 and len(line.text) > 30 and first[line.text] < min(index, 4):
            rest = [later for later in lines[index:] if len(later.text) > 30]
            if len(rest) > 1 and all(first[later.text] < index for later in rest):
                return lines[:index]
    return lines


def _attached_at(lines: Sequence[Line], head: Head, signature: Signature | None, issued: Sequence[str]) -> int | None:
    """The index of the first line that belongs to an attached document, None if there is none."""
    candidates = [
        _after_signature(lines, signature),
        _issued_at(lines, head.body, issued),
        _heading_at(lines, head.body),
    ]
    found = [at for at in candidates if at is not None and at < len(lines)]
    return min(found) if found else None


def _after_signature(lines: Sequence[Line], signature: Signature | None) -> int | None:
    if signature is None:
        return None
    at = signature.last + 1
    while at < len(lines) and (IMPRINT.match(lines[at].text) or lines[at].text.startswith("（")):
        at += 1
    if at >= len(lines) or all(_imprint(line) for line in lines[at:]):
        return None
    following = lines[at:]
    if HEADING.match(following[0].text) or read_head(following).title is not None:
        return at
    return at if len(following) > 2 and len(following[0].text) < 60 and "。" not in following[0].text else None


def _imprint(line: Line) -> bool:
    return bool(IMPRINT.match(line.text)) or line.text.rstrip("。").endswith("印发") or len(line.text) < 4


def _issued_at(lines: Sequence[Line], body: int, issued: Sequence[str]) -> int | None:
    keys = {name_key(title) for title in issued}
    if not keys:
        return None
    for index in range(max(body, 1), len(lines)):
        if len(lines[index].text) <= 90 and joined_title(lines[index : index + 3], keys):
            return index
    return None


def joined_title(lines: Sequence[Line], keys: set[str]) -> int:
    """How many of the first lines joined give one of the titles (by `name_key`), 0 if none does."""
    text = ""
    for count, line in enumerate(lines, 1):
        text += line.packed
        if name_key(text.strip("《》")) in keys:
            return count
    return 0


def _heading_at(lines: Sequence[Line], body: int) -> int | None:
    for index in range(body + 1, len(lines) - 1):
        if _is_heading(lines, index):
            return index
    return None


def _is_heading(lines: Sequence[Line], index: int) -> bool:
    """Whether the line is a heading above an attached document (附件1), not above a list of names (附件：)."""
    text = lines[index].text
    if text[0] != "附" or len(text) > 9 or not HEADING.match(text) or index + 1 >= len(lines):
        return False
    following = lines[index + 1].text
    return not following[:2].rstrip(".．、 ").isdigit() and not HEADING.match(following)


def _segments(lines: Sequence[Line]) -> list[Sequence[Line]]:
    """The lines of each attached document; a heading without a text is kept with the next one, so no line is lost."""
    cuts = [index for index in range(1, len(lines)) if _is_heading(lines, index)]
    if cuts and all(HEADING.match(line.text) for line in lines[: cuts[0]]):
        cuts = cuts[1:]
    return [lines[a:b] for a, b in pairwise([0, *cuts, len(lines)])]


def attached_title(lines: Sequence[Line], head: Head, issued: Sequence[str]) -> Fact[str] | None:
    """The title of an attached document: one that the notice issues, that of its head, or the line below 附件.

    None if there is none.
    """
    body = [line for line in lines[:6] if not HEADING.match(line.text)]
    count = joined_title(body[:3], {name_key(title) for title in issued})
    if count:
        title = "".join(line.packed for line in body[:count])
        return Fact(title, Span(body[0].start, body[count - 1].end), "所印发文件的标题行")
    if head.title is not None:
        return _with_line_before(lines, head.title)
    if HEADING.match(lines[0].text) and body and len(body[0].text) < 60 and "。" not in body[0].text:
        return _captioned(body)
    return None


def _captioned(body: Sequence[Line]) -> Fact[str]:
    """The line below 附件, with a second line in parentheses if there is one."""
    first, second = body[0], body[1] if len(body) > 1 else None
    if second is not None and second.packed.startswith("（") and second.packed.endswith("）") and len(second.text) < 40:
        return Fact(first.packed + second.packed, Span(first.start, second.end), "附件标题行")
    return Fact(first.packed, first.span, "附件标题行")


def _with_line_before(lines: Sequence[Line], title: Fact[str]) -> Fact[str]:
    """A title completed by the line above it, where it began there: 虹口区…隐患 / 举报奖励实施办法."""
    before = [line for line in lines if line.end <= title.span.start and not HEADING.match(line.text)]
    if len(before) != 1 or "关于" in title.value or ENDS.search(before[0].packed):
        return title
    line = before[0]
    if len(line.text) > 40 or any(mark in line.text for mark in "。；：，") or title.span.start - line.end > 2:
        return title
    return Fact(line.packed + title.value, Span(line.start, title.span.end), title.origin)
