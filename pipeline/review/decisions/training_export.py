"""Export of decisions on clauses and of corrections as training data, in the format of the gold standard."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F

from pipeline.document import Span
from pipeline.review.decisions.agreement import effective_decisions
from pipeline.review.decisions.finding_types import OF_PEOPLE
from pipeline.review.models import Amendment, Correction, Finding, Verdict

# correctable field → its name in the gold standard
_GOLD = {
    "title": "title",
    "number": "number",
    "issuers": "issuers",
    "made": "made",
    "effective": "effective",
    "expires": "expires",
    "genre": "genre",
}


def decided_sentences() -> Iterator[dict[str, Any]]:
    """Yields the decided sentences as records of the gold format: id, frame, sentence, types, verdict.

    The verdict is "flag" for 成立 and 需修改, "exempt" for 不成立; 转办 is left out. The decision that counts on a finding is a
    ruling (裁定), else the latest; each pair of sentence and type is exported once. A finding that a person raised, or took up from
    the hits that the program does not raise, is "flag" as long as nobody decided otherwise; a changed type counts as changed.
    """
    records: dict[tuple[str, str], dict[str, Any]] = {}
    for finding in _raised():
        _add(records, finding, "flag")
    last = {
        (d.version_id, d.finding_key): d
        for d in effective_decisions().select_related("version").order_by("final", "id")
    }
    for (version_id, key), decision in last.items():
        decided = Finding.objects.select_related("version").filter(version_id=version_id, key=key).first()
        if decided is not None and decision.verdict != Verdict.REFER:
            _add(records, decided, "flag" if decision.verdict in (Verdict.STANDS, Verdict.AMEND) else "exempt")
    yield from records.values()


def _raised() -> Iterator[Finding]:
    """The findings of people, and hits that people took up, in the current versions."""
    findings = Finding.objects.select_related("version").filter(version__item__current=F("version"), softened=False)
    yield from findings.exclude(raised_by="")
    taken_up = Amendment.objects.filter(values__softened=False).values_list("item_id", "finding_key")
    for item, key in taken_up:
        yield from findings.filter(version__item=item, key=key, raised_by="")


def _add(records: dict[tuple[str, str], dict[str, Any]], finding: Finding, verdict: str) -> None:
    # types that only people raise are none that the judge learns
    if not finding.type[:3].isalpha() or finding.type in OF_PEOPLE or finding.start == finding.end:
        return
    text = finding.version.text
    sentence = Span(finding.start, finding.end).sentence(text).cut(text).strip() + "。"
    records[sentence, finding.type] = {
        "id": f"desk-{finding.key[:12]}",
        "frame": f"desk-{finding.version.item_id}",
        "sentence": sentence,
        "types": [finding.type],
        "verdict": verdict,
    }


def corrected() -> Iterator[tuple[dict[str, Any], str]]:
    """Yields each document with corrections: a gold record of the corrected fields only, and the text of the current version."""
    records: dict[int, tuple[dict[str, Any], str]] = {}
    for made in Correction.objects.select_related("item__current").order_by("id"):
        version = made.item.current
        if version is None:
            continue
        record, _ = records.setdefault(made.item_id, ({"id": f"desk-{made.item_id}"}, version.text))
        value = made.value.split("、") if made.field == "issuers" else made.value
        record[_GOLD[made.field]] = value
    yield from records.values()
