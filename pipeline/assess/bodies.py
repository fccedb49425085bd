"""Bodies (机构): bodies named in a text that were abolished or renamed before the day of assessment."""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import cache, lru_cache
from itertools import chain

import ahocorasick_rs

from pipeline.assess.argument import Case
from pipeline.assess.mentions import only_made_cited_rule, relies_on
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
# 乌兹别克斯坦共和国农业部, and where such a body was named also 乌兹别克斯坦农业部
_FOREIGN = re.compile(
    r"(?<!中华人民)(?:共和国|王国|联邦|合众国|公国|酋长国|独立国)(?!.*中华人民共和国)[^，。；\n]{0,16}$"
)
_OF_STATE = re.compile("[\u4e00-\u9fff、](?<![由和与及经向会])")
_OURS = "中华人民共和国"
_LONGEST_FOREIGN = 24
# 平台建设部署, 农业部门: the name is a part of another word
_GOES_ON = frozenset("门队长省规际署")
# 食品安全监管部门, 煤矿安全监管部门: departments for another kind of safety than safety at work, by whatever name
_OTHER_SAFETY = re.compile(
    "(?:食品|药品|矿|矿山|网络|数据|信息|质量|设备|产品|消防|粮食|燃气|交通|铁路|民航|水利|建设|工程|核|辐射|资金|基金)$"
)
_SAFETY = "安全"


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
        if body.until is None or body.until > day or text[end : end + 1] in _GOES_ON or _is_foreign(text, start, end):
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


def _is_foreign(text: str, start: int, end: int) -> bool:
    """Whether a name belongs to a body of another state: behind the name of the state, or where the text speaks of such a body."""
    if _FOREIGN.search(text, max(0, start - _LONGEST_FOREIGN), start):
        return True
    if text.endswith(_OURS, 0, start):
        return False
    return text[start:end] in _foreign_names(text) and _OF_STATE.search(text[max(0, start - 1) : start]) is not None


@lru_cache(maxsize=1)
def _foreign_names(text: str) -> frozenset[str]:
    """The names that bodies of other states have in a text: 农业部 of 南非共和国农业部."""
    names, _, matcher = _names()
    found = matcher.find_matches_as_indexes(text)
    return frozenset(names[index] for index, at, _ in found if _FOREIGN.search(text, max(0, at - _LONGEST_FOREIGN), at))


def _as_written(text: str, name: str, body: Body, start: int) -> str:
    """The name as written, with its place (区法制办, 深圳市中心支行); "" if the text does not name such a body."""
    before = text[max(0, start - 8) : start]
    place = _OF_PLACE.search(before)
    if body.level == "国家":
        return "" if re.search(r"[市区县]$", before) else place_before(text, start) + name
    if name.endswith(_GENERIC):
        return "" if name.startswith(_SAFETY) and _OTHER_SAFETY.search(before) else name
    known = place_before(text, start)
    if known:
        bank = _BANK if text.endswith(_BANK, 0, start - len(known)) else ""
        return bank + known + name
    if place is None:
        return "" if len(name) < 4 else name
    return "" if before.endswith("城市") else place[0] + name


# how a body is mentioned, the weaker first, with what is told of it
_NAMED, _AUTHOR, _RELIED = range(3)
_MENTIONED = (
    "只出现在主送、署名、引文或者沿革中",
    "只作为所引规定的制定机关出现，请核对所引规定是否有效",
    "正文仍由该机构承担职责",
)


def assess_bodies(case: Case) -> Iterator[Finding]:
    """Findings on abolished or renamed bodies (CL-14), one per body.

    The first mention in a provision that relies on the body is preferred, then one as the authority of a cited rule
    (both of severity low); otherwise the first mention is used (severity info).
    """
    best: dict[str, tuple[str, Body, Span, int]] = {}
    own = _own_places(case)
    passive: list[Span] | None = None
    for name, body, span in chain(old_bodies(case.text, case.as_of), _by_field(case.text, case.as_of)):
        name, span = _with_place(case.text, name, span, own)
        key = _key(name, best)
        if key in best and best[key][3] == _RELIED:
            continue
        passive = _passive(case) if passive is None else passive
        mentioned = _mentioned(case, span, passive)
        if key not in best or mentioned > best[key][3]:
            first = best[key][0] if key in best else name
            best[key] = (first, body, span, mentioned)
    for name, body, span, mentioned in best.values():
        yield _finding(case, name, body, span, mentioned)


def _mentioned(case: Case, span: Span, passive: Sequence[Span]) -> int:
    """How the text mentions the body at a span: as one with a task, as the authority of a cited rule, or by name only."""
    if relies_on(case, span, passive):
        return _RELIED
    return _AUTHOR if only_made_cited_rule(case, span, passive) else _NAMED


def sentences_with_tasks(case: Case, most: int) -> int:
    """The number of sentences that give a body which is gone a task, counted up to `most`."""
    found: set[int] = set()
    passive = _passive(case)
    for _, _, span in chain(old_bodies(case.text, case.as_of), _by_field(case.text, case.as_of)):
        start = span.sentence(case.text).start
        if start not in found and relies_on(case, span, passive):
            found.add(start)
            if len(found) == most:
                break
    return len(found)


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


def _finding(case: Case, name: str, body: Body, span: Span, mentioned: int) -> Finding:
    mark = "" if body.confirmed else "（待核实）"
    return Finding(
        type=OLD_BODY,
        name="机构已经撤并或者更名",
        severity=Severity.INFO if mentioned == _NAMED else Severity.LOW,
        evidence=span,
        path=case.document.path_at(span.start),
        bases=(),
        reasons=(
            f"{name}已于{body.until}前后撤并或者更名，承继机构：{body.successor}{mark}",
            _MENTIONED[mentioned],
            *((body.note,) if body.note else ()),
        ),
        advice="更新机构名称；职责由承继机关履行，不因更名而废止文件",
        rule=OLD_BODY,
        subject=name,
    )
