"""Bodies (机构): bodies named in a text that were abolished or renamed before the day of assessment."""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import cache
from itertools import chain

import ahocorasick_rs

from pipeline.assess.argument import Case
from pipeline.document import Finding, Severity, Span
from pipeline.law import Body, load_bodies, place_before

OLD_BODY = "CL-14"
_OF_PLACE = re.compile(r"[省市区县州](?:人民政府|政府)?$")
_GENERIC = "部门"
# 发展改革、工商、公安消防等部门: text allowed between the last field and 部门
_DEPARTMENTS = re.compile("(?:等(?:相关|有关|各)?(?:行政)?(?:管理|主管|执法)?|(?:行政)?(?:管理|主管))$")
_DEPARTMENT = "部门"
_BEFORE_LIST = re.compile("[。；，：\n]")
_LONGEST_LIST, _SHORTEST_LIST = 160, 3
_FIELD = "部门简称"
_BANK = "中国人民银行"
_PLACE = re.compile("(?<=[省市])([\u4e00-\u9fff]{2,3})(?=[区县])")
# 区人民政府法制办公室 and 区法制办 are the same body
_SHORTENED = re.compile("人民政府|政府|公室$")
# lines that only distribute the document, and mentions of a former body
_PASSED_ON = re.compile(r"转发|抄送|抄报|主送|印发给")
_FORMER = re.compile(
    r"原[\u4e00-\u9fff、]{0,16}$|(?:曾经?|过去|此前|以前|原先)(?:由|是|属|归|为|经)?[\u4e00-\u9fff、]{0,8}$"
)
# 县物价局2015年公布的目录, 市环境保护局此前核发的许可证: what the body did while it existed
_DONE_THEN = re.compile(
    r"^(?:(?:于|在)?[12][0-9]{3}年[^，。；]{0,8}?|已经?|此前|以前|之前|原|当时)(?:联合|会同[^，。；]{1,20})?(?:公布|印发|发布|颁布|制定|制发|核发|颁发|发放|批准|登记|核定|作出|出具)"
    r"|^(?:联合)?(?:公布|印发|发布|颁布|制定|制发)(?:了|的)"
)


@cache
def _names() -> tuple[tuple[str, ...], tuple[Body, ...], ahocorasick_rs.AhoCorasick]:
    pairs = {name: body for body in load_bodies() if body.level != _FIELD for name in body.names}
    names = tuple(pairs)
    matcher = ahocorasick_rs.AhoCorasick(
        names,
        matchkind=ahocorasick_rs.MatchKind.LeftmostLongest,
        implementation=ahocorasick_rs.Implementation.DFA,
    )
    return names, tuple(pairs.values()), matcher


def old_bodies(text: str, day: date) -> Iterator[tuple[str, Body, Span]]:
    """Yield every mention in a text of a body that had ceased to exist by a day: name as written, body, span."""
    names, bodies, matcher = _names()
    for index, start, end in matcher.find_matches_as_indexes(text):
        body = bodies[index]
        if body.until is None or body.until > day or text[end : end + 1] in ("门", "队", "长", "省", "规", "际"):
            continue
        name = _as_written(text, names[index], body, start)
        if name:
            yield name, body, Span(end - len(name), end)


@cache
def _fields() -> dict[str, Body]:
    return {name: body for body in load_bodies() if body.level == _FIELD for name in body.names}


def _by_field(text: str, day: date) -> Iterator[tuple[str, Body, Span]]:
    """Mentions in lists of departments by a field that no department is named after any more (工商、公安消防等部门)."""
    fields = _fields()
    at = text.find(_DEPARTMENT)
    while at >= 0:
        match = _DEPARTMENTS.search(text, max(0, at - 8), at)
        end, at = match.start() if match else at, text.find(_DEPARTMENT, at + 1)
        start = max(0, end - _LONGEST_LIST)
        if match is None or text.rfind("、", start, end) < 0:
            continue
        breaks = [cut.end() for cut in _BEFORE_LIST.finditer(text, start, end)]
        start = breaks[-1] if breaks else start
        items = text[start:end].split("、")
        if len(items) < _SHORTEST_LIST:
            continue
        for item in items:
            body = fields.get(item)
            if body and body.until and body.until <= day:
                yield item, body, Span(start, start + len(item))
            start += len(item) + 1


def _as_written(text: str, name: str, body: Body, start: int) -> str:
    """The name as written, with its place (区法制办, 深圳市中心支行); "" if the text does not name such a body."""
    before = text[max(0, start - 8) : start]
    place = _OF_PLACE.search(before)
    if body.level == "国家":
        return "" if re.search(r"[市区县]$", before) else place_before(text, start) + name
    if name.endswith(_GENERIC):
        return name
    known = place_before(text, start)
    if known:
        bank = _BANK if text.endswith(_BANK, 0, start - len(known)) else ""
        return bank + known + name
    if place is None:
        return "" if len(name) < 4 else name
    return "" if before.endswith("城市") else place[0] + name


def assess_bodies(case: Case) -> Iterator[Finding]:
    """Findings on abolished or renamed bodies (CL-14), one per body.

    The first mention in a provision that relies on the body is preferred (severity low); otherwise the first mention
    is used (severity info).
    """
    best: dict[str, tuple[str, Body, Span, bool]] = {}
    own = _own_places(case)
    passive: list[Span] | None = None
    for name, body, span in chain(old_bodies(case.text, case.as_of), _by_field(case.text, case.as_of)):
        name, span = _with_place(case.text, name, span, own)
        key = _key(name, best)
        if key in best and best[key][3]:
            continue
        passive = _passive(case) if passive is None else passive
        relied = _relied_on(case, span, passive)
        if key not in best or (relied and not best[key][3]):
            first = best[key][0] if key in best else name
            best[key] = (first, body, span, relied)
    for name, body, span, relied in best.values():
        yield _finding(case, name, body, span, relied=relied)


def _key(name: str, known: Collection[str]) -> str:
    """The key of a body among those of one document: 物价局 and 区物价局 are the same body."""
    short = _SHORTENED.sub("", name)
    bare = _OF_PLACE.sub("", short[:1]) + short[1:]
    return next((key for key in known if key in (short, bare) or (short == bare and key[1:] == short)), short)


def _own_places(case: Case) -> str:
    """The places named in the masthead, as alternatives of a pattern: 奉化 for a body called 奉化银监办."""
    masthead = case.document.masthead
    names = [fact.value for fact in (*masthead.issuers, masthead.title) if fact]
    return "|".join({place for name in names for place in _PLACE.findall(name)})


def _with_place(text: str, name: str, span: Span, own: str) -> tuple[str, Span]:
    """Name and span extended by a place of the masthead (`own`) that stands directly before the name."""
    before = re.search(f"(?:{own})$", text[max(0, span.start - 4) : span.start]) if own else None
    if before is None or not before[0]:
        return name, span
    return before[0] + name, Span(span.start - len(before[0]), span.end)


def _passive(case: Case) -> list[Span]:
    """Spans in which a body is only named: addressees, signatures, titles, citations."""
    spans: list[Span] = []
    for member in case.document.family():
        masthead = member.masthead
        facts = (masthead.recipients, masthead.copies, masthead.title, *masthead.issuers, *masthead.signers)
        spans += [fact.span for fact in facts if fact]
        spans += [citation.span for citation in member.citations]
    return spans


def _relied_on(case: Case, span: Span, passive: Sequence[Span]) -> bool:
    """Whether a provision assigns a task to the body, rather than naming it in a `passive` span or as a former body."""
    if any(other.start < span.end and span.start < other.end for other in passive):
        return False
    line = case.text.rfind("\n", 0, span.start) + 1
    end = case.text.find("\n", span.end)
    paragraph = case.text[line : end if end >= 0 else len(case.text)]
    if _PASSED_ON.search(paragraph) and len(paragraph) < 200:
        return False
    if _DONE_THEN.match(case.text[span.end : span.end + 40]):
        return False
    return not _FORMER.search(case.text[max(line, span.start - 18) : span.start])


def _finding(case: Case, name: str, body: Body, span: Span, *, relied: bool) -> Finding:
    mark = "" if body.confirmed else "（待核实）"
    where = "正文仍由该机构承担职责" if relied else "只出现在主送、署名、引文或者沿革中"
    return Finding(
        type=OLD_BODY,
        name="机构已经撤并或者更名",
        severity=Severity.LOW if relied else Severity.INFO,
        evidence=span,
        path=case.document.path_at(span.start),
        bases=(),
        reasons=(
            f"{name}已于{body.until}前后撤并或者更名，承继机构：{body.successor}{mark}",
            where,
            *((body.note,) if body.note else ()),
        ),
        advice="更新机构名称；职责由承继机关履行，不因更名而废止文件",
        rule=OLD_BODY,
        subject=name,
    )
