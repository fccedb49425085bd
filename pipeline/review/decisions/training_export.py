"""Export of decisions on clauses and of corrections as training data, in the format of the gold standard."""

from collections.abc import Iterator
from typing import Any

from pipeline.document import Span
from pipeline.review.decisions.agreement import effective_decisions
from pipeline.review.models import Correction, Finding, Verdict

# correctable field → its name in the gold standard
_GOLD = {"title": "title", "number": "number", "issuers": "issuers", "made": "made", "expires": "expires"}


def decided_sentences() -> Iterator[dict[str, Any]]:
    """Yields the decided sentences as records of the gold format: id, frame, sentence, types, verdict.

    The verdict is "flag" for 成立 and 需修改, "exempt" for 不成立; 转办 is left out. The decision that counts on a finding is a
    ruling (裁定), else the latest; each pair of sentence and type is exported once.
    """
    records: dict[tuple[str, str], dict[str, Any]] = {}
    last = {
        (d.version_id, d.finding_key): d
        for d in effective_decisions().select_related("version").order_by("final", "made", "id")
    }
    for (version_id, key), decision in last.items():
        finding = Finding.objects.filter(version_id=version_id, key=key).first()
        if finding is None or decision.verdict == Verdict.REFER or not finding.type[:3].isalpha():
            continue
        text = decision.version.text
        sentence = Span(finding.start, finding.end).sentence(text).cut(text).strip() + "。"
        verdict = "flag" if decision.verdict in (Verdict.STANDS, Verdict.AMEND) else "exempt"
        record = {
            "id": f"desk-{key[:12]}",
            "frame": f"desk-{decision.item_id}",
            "sentence": sentence,
            "types": [finding.type],
            "verdict": verdict,
        }
        records[sentence, finding.type] = record
    yield from records.values()


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
