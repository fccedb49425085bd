"""Findings of a version in the database: those of the program, those that people raised, and what people changed about them."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from pipeline.document import Dossier
from pipeline.document import Finding as MachineFinding
from pipeline.review.decisions.agreement import effective_in, effective_verdicts
from pipeline.review.models import Amendment, Decision, Finding, Item, Verdict, Version
from pipeline.review.queue.dossiers import with_attached_texts
from pipeline.review.queue.validity import LAPSED, validity_of

ALARMS = ("严重", "高")
# how the parts of the risk call the findings of a severity, and the end of the term
_NAMES = {"严重": "严重问题", "高": "高风险问题", "中": "中等问题", "低": "轻微问题"}
_COUNTED = re.compile(f"(?:{'|'.join(_NAMES.values())})[0-9]+处$")
_LAPSED_PART = "有效期已届满"
# the fields of a finding that stand in columns of their own; the others of an amendment stand in its content
_COLUMNS = ("type", "severity", "softened")


def write_findings(version: Version, dossier: Dossier) -> None:
    """Writes the findings of the program for a version, with the changes that people made to them."""
    text = dossier.source.text
    Finding.objects.bulk_create(
        Finding(
            version=version,
            key=finding_key(finding, text),
            type=finding.type,
            severity=finding.severity.value,
            softened=finding.softened,
            start=finding.evidence.start,
            end=finding.evidence.end,
            content={**plain(finding), "text": finding.evidence.cut(text)},
        )
        for finding in dossier.assessment.findings
    )
    apply_amendments(version)


def replace_findings(version: Version, dossier: Dossier) -> None:
    """Replaces the findings of the program in a version after a new analysis.

    Those that people raised stay. So does one that people decided on or changed and the new analysis does not raise any more, with
    "dropped" in its content: no act of a person loses what it was about.
    """
    touched = {
        key
        for model in (Decision, Amendment)
        for key in model._default_manager.filter(item=version.item_id).values_list("finding_key", flat=True)
    }
    kept = list(version.findings.filter(raised_by="", key__in=touched))
    version.findings.filter(raised_by="").delete()
    write_findings(version, dossier)
    present = set(version.findings.values_list("key", flat=True))
    for finding in kept:
        if finding.key not in present:
            finding.pk, finding.content = None, {**finding.content, "dropped": True}
            finding.save(force_insert=True)
    _locate(version.findings.exclude(raised_by=""), version)
    _locate(version.findings.filter(content__dropped=True), version)


def finding_key(finding: MachineFinding, text: str) -> str:
    """A stable key of a finding: 32 hexadecimal digits of a hash over type, clause path and evidence, the same in every analysis."""
    return key_of(finding.type, finding.path, finding.evidence.cut(text))


def key_of(kind: str, path: str, evidence: str) -> str:
    """The key of a finding of a type in a clause with an evidence."""
    return hashlib.sha256(f"{kind}|{path}|{evidence}".encode()).hexdigest()[:32]


def apply_amendments(version: Version) -> None:
    """Applies the latest amendment of each finding to the findings of a version, from the values of the program."""
    latest = {made.finding_key: made for made in Amendment.objects.filter(item=version.item_id).order_by("id")}
    for finding in version.findings.filter(key__in=list(latest)) if latest else ():
        # a finding that was taken back and raised again has nothing to do with what was changed before
        if finding.raised_at is None or latest[finding.key].made >= finding.raised_at:
            amend(finding, latest[finding.key])


def amend(finding: Finding, made: Amendment) -> None:
    """Applies one amendment to a finding; what the program said stays under "machine" in its content.

    The advice of the type that the program named does not fit another type, and falls away with it.
    """
    content = dict(finding.content)
    machine = content.pop("machine", None) or {
        name: getattr(finding, name) if name in _COLUMNS else content.get(name)
        for name in ("type", "severity", "softened", "name", "bases", "advice")
    }
    other_type = made.values.get("type", machine["type"]) != machine["type"]
    values = {**machine, **({"advice": ""} if other_type else {}), **made.values}
    for name in _COLUMNS:
        setattr(finding, name, values[name])
    for name in ("name", "bases", "advice"):
        content[name] = values[name]
    content |= {
        "machine": machine,
        "amended_by": made.reviewer,
        "amended_because": made.reason,
        **{name: values[name] for name in _COLUMNS},
    }
    finding.content = content
    finding.save()


def carry_raised(findings: Iterable[Finding], to: Version) -> int:
    """Takes findings that people raised over into a later version or analysis, at the same words; returns how many.

    A finding whose words are no longer in the text is left behind: the comparison of versions tells it as gone.
    """
    carried = 0
    present = set(to.findings.values_list("key", flat=True))
    for finding in findings:
        start = _nearest(to.text, finding.content["text"], finding.start)
        if start is None or finding.key in present:
            continue
        finding.pk, finding.version = None, to
        finding.start, finding.end = start, start + len(finding.content["text"])
        finding.content = {**finding.content, "path": clause_path(to, start), "unplaced": False}
        finding.save(force_insert=True)
        carried += 1
    return carried


def _locate(findings: "QuerySet[Finding]", version: Version) -> None:
    """Moves findings to their words after the text was read anew; where the words are gone, offsets are 0 to 0 and "unplaced" is set."""
    for finding in findings:
        words = finding.content["text"]
        start = _nearest(version.text, words, finding.start)
        finding.start, finding.end = (start, start + len(words)) if start is not None else (0, 0)
        path = finding.content["path"] if start is None else clause_path(version, start)
        finding.content = {**finding.content, "path": path, "unplaced": start is None}
        finding.save(update_fields=["start", "end", "content"])


def clause_path(version: Version, start: int) -> str:
    """The path of the clause at an offset of a version's text (第二章/第五条 …), as findings of the program give it; "" outside of clauses."""
    best: tuple[int, str] = (len(version.text) + 1, "")
    texts = with_attached_texts(version.dossier.get("document", {}))
    for clause in (clause for text in texts for clause in text.get("clauses", ())):
        span = clause.get("span") or {}
        low, high = span.get("start", 0), span.get("end", 0)
        if low <= start < high and high - low < best[0]:
            best = (high - low, str(clause.get("path") or clause.get("label") or ""))
    return best[1]


def _nearest(text: str, words: str, near: int) -> int | None:
    """The offset of the occurrence of `words` closest to `near`; None where there is none."""
    found, at = [], text.find(words)
    while at >= 0 and words:
        found.append(at)
        at = text.find(words, at + 1)
    return min(found, key=lambda start: abs(start - near)) if found else None


def count_alarms(item: Item) -> None:
    """Sets what a list tells of the findings of an item, without saving: number and groups of its alarms, and the parts of its risk.

    Counted are the findings of the current version that stand: raised by the program or a person, with the severity that counts, and
    not decided 不成立. The score (`risk`) is that of the program and stays.
    """
    if item.current is None:
        return
    rejected = {key for key, made in _verdicts(item).items() if made.verdict == Verdict.FALLS}
    shown = list(item.current.findings.filter(softened=False).values_list("key", "type", "severity"))
    standing = [(kind, severity) for key, kind, severity in shown if key not in rejected]
    alarms = [kind for kind, severity in standing if severity in ALARMS]
    item.alarms, item.groups = len(alarms), " ".join(sorted({kind[:3] for kind in alarms}))
    item.risk_parts = _parts(item, [severity for _, severity in standing], len(shown) - len(standing))


def _verdicts(item: Item) -> dict[str, Decision]:
    return effective_verdicts(effective_in(item))


def _parts(item: Item, severities: Sequence[str], rejected: int) -> list[list[Any]]:
    """The parts of the risk as they stand, name and points; a part that the program did not count has no points (0)."""
    machine: list[list[Any]] = item.current.dossier["assessment"]["risk"]["parts"] if item.current else []
    lapsed = validity_of(item) == LAPSED
    kept = [part for part in machine if not _COUNTED.match(part[0]) and (part[0] != _LAPSED_PART or lapsed)]
    if lapsed and not any(part[0] == _LAPSED_PART for part in kept):
        kept.append([_LAPSED_PART, 0])
    if not _acted(item):
        return [part for part in machine if _COUNTED.match(part[0])] + kept
    counted = [[f"{name}{count}处", 0] for severity, name in _NAMES.items() if (count := severities.count(severity))]
    points = dict(machine)
    told = [[name, points.get(name, 0)] for name, _ in counted]
    return [*told, *kept, *([[f"审定不成立{rejected}处", 0]] if rejected else [])]


def _acted(item: Item) -> bool:
    """Whether people decided on, changed or raised findings of an item: until then the program tells how many provisions it found."""
    raised = item.current is not None and item.current.findings.exclude(raised_by="").exists()
    return raised or bool(effective_in(item)) or item.amendments.exists()


def plain(value: object) -> Any:
    """A value as JSON types: dataclasses as dictionaries, tuples as lists, dates as ISO strings."""
    if is_dataclass(value) and not isinstance(value, type):
        return {key: plain(part) for key, part in asdict(value).items()}
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value
