"""Attachments (附件): the list below the text and the titles of issued documents."""

import re
from collections.abc import Iterator, Sequence

from pipeline.document import Fact, Span
from pipeline.law import national_names
from pipeline.parse.genres import ENDS
from pipeline.parse.lines import Line

HEADING = re.compile(r"^附 ?件 ?(?:[0-9一二三四五六七八九十]{0,3}(?:[-—][0-9]{1,2})?) ?[：:]?$|^附 ?[：:]?$")
_LIST = re.compile(r"^附 ?件(?:列表|清单)? ?[：:]\s*(.*)$|^附[：:]\s*(.+)$|^附 ?件 ?[0-9]{1,2}[：:.．、 ]\s*(.+)$")
_ITEM = re.compile(r"^(?:附件)?\s*(?:[0-9]{1,2}(?:[-—][0-9]{1,2})?|[一二三四五六七八九十]{1,2})\s*[.．、：:]\s*(.+)$")
_SPLIT = re.compile(
    r"(?<=[\u4e00-\u9fff）》；。c])(?=[0-9]{1,2}[.．、]\s*(?:[\u4e00-\u9fff《“（]|[0-9]{4}[\u4e00-\u9fff年]))"
)
_SUFFIX = re.compile(r"\.(?:docx?|pdf|xlsx?|wps|zip|rar|ofd|jpg)", re.IGNORECASE)
_REVISED = re.compile(r"^(?:修改|修订|调整)后的")
# 印发《…》的通知（文号） inside a text refers to another document
_OF_OTHERS = re.compile(r"^的?(?:通知|决定|公告)[》（(]")
# 将《…》第八条删去, 将《…》有效期延长: another document is changed, not issued
_CHANGED = re.compile(
    r"^(?:[（(][^）)]{0,60}[）)])?的?(?:第|中的?|附件|附表|有效期|(?:执行|施行|实施|试行|适用)期|延长|延期|修改|修订|修正|废止|删|部分|有关|相关|调整|转为|继续)"
)
# 现将《…》印发给你们; 《…》已经…同意，现予印发
_IN_TITLE = re.compile(r"(?:印发|发布|公布|下发|颁布|转发|批转)$")
_IN_TEXT = re.compile(r"(?:现将|(?<![0-9])将|制定了|编制了|修订了|起草的|制定的|现(?:印发|发布|公布))$")
_ISSUED_AFTER = re.compile(
    r"^(?:[（(][^）)]{0,60}[）)])?(?:[^。《》，]{0,10}(?:印发|发布|公布|下发|转发)(?:给|，|。|你们|施行|实施)|[^。《》，]{0,30}(?:已经|业经|经|已)[^。《》]{0,40}(?:同意|通过|批准|审定)[，。])"
)


def clean_name(name: str) -> str:
    """The name of an attachment as it would be cited: without 修改后的, blanks, enclosing 《》 and file suffix."""
    name = _SUFFIX.split(name.strip())[0].rstrip("；;。，、 ")
    name = _REVISED.sub("", name).replace(" ", "")
    match = re.fullmatch(r"《((?:[^《》]|《[^《》]*》)+)》", name)
    return match[1] if match else name


def listed_attachments(lines: Sequence[Line]) -> Iterator[Fact[str]]:
    """Yield the names in the list below the text (附件：1.… 2.…), cleaned, with their spans."""
    index = 0
    while index < len(lines):
        match = _LIST.match(lines[index].text) if lines[index].text[0] == "附" else None
        if not match:
            index += 1
            continue
        yield from _names_of(lines[index], next(group for group in match.groups() if group is not None))
        index += 1
        while index < len(lines) and (item := _ITEM.match(lines[index].text)) and len(lines[index].text) < 120:
            yield _fact(lines[index], item[1])
            index += 1


def _names_of(line: Line, text: str) -> Iterator[Fact[str]]:
    for part in _SPLIT.split(text):
        item = _ITEM.match(part)
        name = item[1] if item else part
        if name.strip():
            yield _fact(line, _without_body(name))


def _without_body(name: str) -> str:
    """Remove the name of a national body that a converter joined to the end of an attachment's name."""
    body = max((n for n in national_names() if len(n) > 6 and name.endswith(n)), key=len, default="")
    return name[: -len(body)] if body and ENDS.search(name[: -len(body)]) else name


def _fact(line: Line, name: str) -> Fact[str]:
    at = max(line.text.find(name.strip()), 0)
    return Fact(clean_name(name), Span(line.start + at, line.end), "附件列表")


def issued_titles(title: str, opening: str) -> tuple[str, ...]:
    """The titles of the documents that a notice issues (印发), without blanks and duplicates.

    `title` is the title of the notice, `opening` the beginning of its text.
    """
    found = []
    for text, lead in ((title, _IN_TITLE), (opening, _IN_TEXT)):
        for match in re.finditer(r"《((?:[^《》]|《[^《》]*》)+)》", text):
            before, after = (
                text[max(0, match.start() - 14) : match.start()],
                text[match.end() : match.end() + 140],
            )
            changed = lead is _IN_TEXT and _CHANGED.match(after)
            if (lead.search(before) and not changed and not _OF_OTHERS.search(after)) or _ISSUED_AFTER.match(after):
                found.append(match[1].replace(" ", ""))
    bare = re.search(r"关于(?:印发|发布|公布|下发)([^《》]{6,80}?)的(?:通知|公告|决定)$", title)
    if bare:
        found.append(bare[1])
    return tuple(dict.fromkeys(found))
