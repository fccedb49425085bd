"""机构: organs named in a text that were abolished or renamed before the day of assessment."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

import ahocorasick_rs

from pipeline.assess.argument import Case
from pipeline.document import Finding, Severity, Span
from pipeline.law import Body, load_bodies

OLD_BODY = "CL-14"
_OF_PLACE = re.compile(r"[省市区县州](?:人民政府|政府)?$")


@cache
def _names() -> tuple[tuple[str, ...], tuple[Body, ...], ahocorasick_rs.AhoCorasick]:
    pairs = {name: body for body in load_bodies() for name in body.names}
    names = tuple(pairs)
    matcher = ahocorasick_rs.AhoCorasick(
        names,
        matchkind=ahocorasick_rs.MatchKind.LeftmostLongest,
        implementation=ahocorasick_rs.Implementation.DFA,
    )
    return names, tuple(pairs.values()), matcher


def old_bodies(text: str, day: date) -> Iterator[tuple[str, Body, Span]]:
    """Organs in a text that had ceased by a day: name as written, each name once."""
    names, bodies, matcher = _names()
    seen: set[str] = set()
    for index, start, end in matcher.find_matches_as_indexes(text):
        body = bodies[index]
        if body.until is None or body.until > day:
            continue
        if text[end : end + 1] in ("门", "队", "长", "省", "规"):
            continue
        name, start = _as_written(text, names[index], body, start)
        if name and name not in seen:
            seen.add(name)
            yield name, body, Span(start, end)


def _as_written(text: str, name: str, body: Body, start: int) -> tuple[str, int]:
    """The name with its place (区法制办); a local name needs one before it."""
    before = text[max(0, start - 8) : start]
    place = _OF_PLACE.search(before)
    if body.level == "国家":
        return ("", start) if re.search(r"[省市区县]$", before) else (name, start)
    if place is None:
        return ("", start) if len(name) < 4 else (name, start)
    return place[0] + name, start - len(place[0])


def assess_bodies(case: Case) -> Iterator[Finding]:
    """Findings on old bodies (CL-14), in reading order."""
    for name, body, span in old_bodies(case.text, case.as_of):
        mark = "" if body.confirmed else "（待核实）"
        yield Finding(
            type=OLD_BODY,
            name="机构已经撤并或者更名",
            severity=Severity.LOW,
            evidence=span,
            path=case.document.path_at(span.start),
            bases=(),
            reasons=(
                f"{name}已于{body.until}前后撤并或者更名，承继机构：{body.successor}{mark}",
                *((body.note,) if body.note else ()),
            ),
            advice="更新机构名称；职责由承继机关履行，不因更名而废止文件",
            rule=OLD_BODY,
            subject=name,
        )
