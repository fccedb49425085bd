"""Rows of a shard table: the result of each file and the card of its document, in the Parquet schema `SCHEMA`."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from pipeline.document import Cleanup, Dossier, Indicator, Problem, Span
from pipeline.register import Card, Catalogue, Entry, card_of
from pipeline.register.cards import Reference

# of a proof sentence, in code points
_MAX_LENGTH = 300
DONE, WAITING, FAILED = "完成", "待识别", "问题"

_REFERENCE = pa.struct([
    ("title", pa.string()), ("number", pa.string()), ("kind", pa.string()), ("until", pa.date32()), ("years", pa.float64()),
    ("anew", pa.bool_()), ("part", pa.string()), ("since", pa.date32()),
])  # fmt: skip
SCHEMA = pa.schema([
    ("name", pa.string()), ("digest", pa.string()), ("status", pa.string()), ("stage", pa.string()),
    ("reason", pa.string()), ("seconds", pa.float32()), ("title", pa.string()), ("number", pa.string()),
    ("registration", pa.string()), ("issuers", pa.list_(pa.string())), ("place", pa.string()), ("made", pa.date32()),
    ("effective", pa.date32()), ("level", pa.string()), ("genre", pa.string()), ("is_normative", pa.bool_()),
    ("state", pa.string()), ("expires", pa.date32()), ("stated", pa.bool_()), ("outcome", pa.string()),
    ("cleanup", pa.string()), ("proof", pa.string()), ("references", pa.list_(_REFERENCE)),
    ("attached", pa.list_(pa.string())), ("catalogue", pa.string()), ("alarms", pa.int32()), ("risk", pa.int16()),
    ("characters", pa.int32()), ("sketch", pa.list_(pa.uint32())),
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileResult:
    """The result of one file: `status` (DONE, WAITING, FAILED), the stage reached, the reason in Chinese, and seconds."""

    name: str
    digest: str
    status: str
    stage: str
    reason: str
    seconds: float


def problem_row(problem: Problem, seconds: float, stage: str = "读取") -> dict[str, Any]:
    """The row of a file without a dossier; its status is WAITING if it waits for text recognition, else FAILED."""
    status = WAITING if problem.waiting else FAILED
    result = FileResult(
        problem.name, problem.digest or "", status, stage, f"{problem.message}。{problem.remedy}", seconds
    )
    return {**dict.fromkeys(SCHEMA.names), **asdict(result)}


def card_row(dossier: Dossier, seconds: float) -> dict[str, Any]:
    """The row of a dossier: its card, and as proof the sentences behind its cleanup indicators and alarms."""
    card = card_of(dossier, sketched=True)
    row = {name: getattr(card, name) for name in SCHEMA.names if hasattr(card, name)}
    result = FileResult(card.name, card.digest, DONE, "判断", "", seconds)
    return {
        **asdict(result),
        **row,
        "issuers": list(card.issuers),
        "outcome": card.cleanup.outcome,
        "cleanup": json.dumps(_plain(card.cleanup), ensure_ascii=False, default=_plain),
        "proof": json.dumps(_proof(dossier), ensure_ascii=False),
        "references": [_plain(reference) for reference in card.references],
        "attached": list(card.attached),
        "catalogue": json.dumps(_plain(card.catalogue), ensure_ascii=False, default=_plain) if card.catalogue else None,
        "sketch": list(card.sketch),
    }


def _plain(value: object) -> object:
    """What JSON makes of a dataclass or a day; `asdict` would copy all that is in it first."""
    fields = getattr(value, "__dataclass_fields__", None)
    return str(value) if fields is None else {name: getattr(value, name) for name in fields}


def _proof(dossier: Dossier) -> list[dict[str, str]]:
    """Name, clause path and sentence of each indicator with a span and of each critical or high finding.

    Entries of findings also hold `basis` and `advice`.
    """
    text, found = dossier.source.text, []
    for indicator in dossier.assessment.cleanup.indicators:
        if indicator.span:
            path = dossier.document.path_at(indicator.span.start)
            found.append(
                {"what": f"{indicator.id} {indicator.name}", "path": path, "text": _sentence(text, indicator.span)}
            )
    for finding in dossier.assessment.findings:
        if not finding.softened and finding.severity.name in ("CRITICAL", "HIGH"):
            basis = "；".join(f"《{b.law}》{b.article}" for b in finding.bases)
            cut = _sentence(text, finding.evidence)
            found.append(
                {"what": finding.name, "path": finding.path, "text": cut, "basis": basis, "advice": finding.advice}
            )
    return found


def _sentence(text: str, span: Span) -> str:
    """The sentence around a span; for a longer sentence than `_MAX_LENGTH` the start of the span itself."""
    sentence = span.sentence(text).cut(text).strip()
    return sentence if len(sentence) <= _MAX_LENGTH else span.cut(text)[:_MAX_LENGTH]


def cards(rows: Iterable[Mapping[str, Any]]) -> Iterator[Card]:
    """The cards of the rows with status DONE."""
    for row in rows:
        if row["status"] == DONE:
            yield _card(row)


def _card(row: Mapping[str, Any]) -> Card:
    plain = {name: row[name] for name in Card.__dataclass_fields__ if name in row}
    return Card(
        **{
            **plain,
            "issuers": tuple(row["issuers"] or ()),
            "cleanup": read_cleanup(row["cleanup"]),
            "references": tuple(Reference(**reference) for reference in row["references"] or ()),
            "attached": tuple(row["attached"] or ()),
            "catalogue": _catalogue(row["catalogue"]),
            "sketch": tuple(row["sketch"] or ()),
        }
    )


def read_cleanup(text: str) -> Cleanup:
    """A cleanup from its JSON. The spans of its indicators are None, since the text is not stored with it."""
    content = json.loads(text)
    indicators = tuple(
        Indicator(**{**indicator, "reasons": tuple(indicator["reasons"]), "span": None})
        for indicator in content["indicators"]
    )
    return Cleanup(
        content["outcome"],
        indicators,
        tuple(content["reasons"]),
        content["confidence"],
        tuple(content["conflicts"]),
    )


def _catalogue(text: str | None) -> Catalogue | None:
    if not text:
        return None
    content = json.loads(text)
    entries = tuple(Entry(**{**entry, "until": _day(entry["until"])}) for entry in content["entries"])
    return Catalogue(entries, content["residual"], _day(content["cutoff"]), _day(content["deadline"]))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
