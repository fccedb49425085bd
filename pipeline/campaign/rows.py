"""Rows of a shard: what became of a file, and the card of its document, as Parquet holds them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from pipeline.document import Cleanup, Dossier, Indicator, Problem, Span
from pipeline.register import Card, Catalogue, Entry, card_of
from pipeline.register.cards import Reference

_LONGEST = 300
DONE, WAITING, FAILED = "完成", "待识别", "问题"

_REFERENCE = pa.struct([("title", pa.string()), ("number", pa.string()), ("kind", pa.string()), ("until", pa.date32())])
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
class Outcome:
    """What became of one file: `status`, the `stage` that it reached, the reason, and the seconds it took."""

    name: str
    digest: str
    status: str
    stage: str
    reason: str
    seconds: float


def problem_row(problem: Problem, seconds: float, stage: str = "读取") -> dict[str, Any]:
    """The row of a file that gave no dossier."""
    status = WAITING if problem.waiting else FAILED
    told = Outcome(problem.name, problem.digest or "", status, stage, f"{problem.message}。{problem.remedy}", seconds)
    return {**dict.fromkeys(SCHEMA.names), **asdict(told)}


def card_row(dossier: Dossier, seconds: float) -> dict[str, Any]:
    """The row of a dossier: its card, and its proof with the sentences that the indicators rest on."""
    card = card_of(dossier, sketched=True)
    row = {name: getattr(card, name) for name in SCHEMA.names if hasattr(card, name)}
    told = Outcome(card.name, card.digest, DONE, "判断", "", seconds)
    return {
        **asdict(told),
        **row,
        "issuers": list(card.issuers),
        "outcome": card.cleanup.outcome,
        "cleanup": json.dumps(asdict(card.cleanup), ensure_ascii=False),
        "proof": json.dumps(_proof(dossier), ensure_ascii=False),
        "references": [asdict(reference) for reference in card.references],
        "attached": list(card.attached),
        "catalogue": json.dumps(asdict(card.catalogue), ensure_ascii=False, default=str) if card.catalogue else None,
        "sketch": list(card.sketch),
    }


def _proof(dossier: Dossier) -> list[dict[str, str]]:
    """Sentence and place of each indicator and alarm, for who must check it."""
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
    """The sentence around a span, or what fits of it."""
    sentence = span.sentence(text).cut(text).strip()
    return sentence if len(sentence) <= _LONGEST else span.cut(text)[:_LONGEST]


def cards(rows: Iterable[Mapping[str, Any]]) -> Iterator[Card]:
    """The cards of rows that are done."""
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
    """A cleanup from its JSON; spans lead into a text that is not here and are left out."""
    told = json.loads(text)
    indicators = tuple(
        Indicator(**{**indicator, "reasons": tuple(indicator["reasons"]), "span": None})
        for indicator in told["indicators"]
    )
    return Cleanup(told["outcome"], indicators, tuple(told["reasons"]), told["confidence"], tuple(told["conflicts"]))


def _catalogue(text: str | None) -> Catalogue | None:
    if not text:
        return None
    told = json.loads(text)
    entries = tuple(Entry(**{**entry, "until": _day(entry["until"])}) for entry in told["entries"])
    return Catalogue(entries, told["residual"], _day(told["cutoff"]), _day(told["deadline"]))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
