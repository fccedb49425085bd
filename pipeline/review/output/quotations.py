"""What a document quotes of a text: the words that a person marked, or the one sentence of what the program found."""

import re

from pipeline.review.models import Finding

_MAX_SENTENCE = 200
_END = re.compile(r"[。；！？\n]")
# marks that are quoted with the sentence they end
_KEPT = frozenset("！？")


def quoted(finding: Finding) -> str:
    """The sentence that contains the evidence of a finding; the evidence alone where that is in more than one sentence or is long.

    Of a finding of a person the words that were marked, as they are.
    """
    text, evidence = finding.version.text, str(finding.content["text"])
    if finding.raised_by:
        return evidence
    inner = text[finding.start : finding.end].rstrip().rstrip("。；！？")
    if _END.search(inner):
        return _cut(evidence)
    sentence = _sentence(text, finding.start, finding.start + len(inner))
    return sentence if len(sentence) <= _MAX_SENTENCE else f"……{_cut(evidence)}"


def _cut(evidence: str) -> str:
    return evidence if len(evidence) <= _MAX_SENTENCE else f"{evidence[:_MAX_SENTENCE]}……"


def _sentence(text: str, start: int, end: int) -> str:
    """The sentence around a span that is within one: from the end of the one before it to its own."""
    first = max((mark.end() for mark in _END.finditer(text, 0, start)), default=0)
    mark = _END.search(text, end)
    last = len(text) if mark is None else mark.end() if mark[0] in _KEPT else mark.start()
    return text[first:last].strip()
