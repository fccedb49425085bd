"""What reviewers teach: their decisions on clauses and their corrections, in the format of the gold."""

from collections.abc import Iterator
from typing import Any

from pipeline.document import Span
from pipeline.review.decisions.agreement import standing
from pipeline.review.models import Correction, Finding, Verdict

# the names that the gold has for what can be corrected
_GOLD = {"title": "title", "number": "number", "issuers": "issuers", "made": "made", "expires": "expires"}


def decided_sentences() -> Iterator[dict[str, Any]]:
    """What reviewers decided on clauses, as lines of the gold format: the sentence, its type, flag or exempt.

    成立 and 需修改 say that the alarm was right, 不成立 that it was not; 转办 says neither. The last word counts,
    and the same sentence is told once.
    """
    told: dict[tuple[str, str], dict[str, Any]] = {}
    last = {
        (d.version_id, d.finding_key): d for d in standing().select_related("version").order_by("final", "made", "id")
    }
    for (version_id, key), decision in last.items():
        finding = Finding.objects.filter(version_id=version_id, key=key).first()
        if finding is None or decision.verdict == Verdict.REFER or not finding.type[:3].isalpha():
            continue
        text = decision.version.text
        sentence = Span(finding.start, finding.end).sentence(text).cut(text).strip() + "。"
        verdict = "flag" if decision.verdict in (Verdict.STANDS, Verdict.AMEND) else "exempt"
        line = {
            "id": f"desk-{key[:12]}",
            "frame": f"desk-{decision.item_id}",
            "sentence": sentence,
            "types": [finding.type],
            "verdict": verdict,
        }
        told[sentence, finding.type] = line
    yield from told.values()


def corrected() -> Iterator[tuple[dict[str, Any], str]]:
    """Documents on which a person set a fact right: a gold line with the corrected fields only, and the text."""
    lines: dict[int, tuple[dict[str, Any], str]] = {}
    for made in Correction.objects.select_related("item__current").order_by("id"):
        version = made.item.current
        if version is None:
            continue
        line, _ = lines.setdefault(made.item_id, ({"id": f"desk-{made.item_id}"}, version.text))
        value = made.value.split("、") if made.field == "issuers" else made.value
        line[_GOLD[made.field]] = value
    yield from lines.values()
