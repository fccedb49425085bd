"""Confidence of text recognition (OCR): mark findings and facts whose text was recognised with low confidence."""

from dataclasses import fields, replace
from typing import Any

from pipeline.document import Assessment, Document, Fact, Finding, Masthead, SourceText

# confidence below which the finding or fact is marked
MENTIONED_BELOW = 0.9


def mark_uncertain_findings(source: SourceText, assessment: Assessment) -> Assessment:
    """Set the recognition confidence of each finding's text; a low one adds a reason to compare with the original.

    A source without recognised text is returned unchanged.
    """
    if not source.prints:
        return assessment
    return replace(assessment, findings=tuple(_with_confidence(source, finding) for finding in assessment.findings))


def _with_confidence(source: SourceText, finding: Finding) -> Finding:
    confidence = source.confidence(finding.evidence)
    if confidence is None:
        return finding
    uncertain = confidence < MENTIONED_BELOW
    doubt = (f"原文由程序从图像识别，把握{confidence:.0%}，请先对照原件",) if uncertain else ()
    return replace(finding, sure=confidence, reasons=(*finding.reasons, *doubt))


def mark_uncertain_facts(source: SourceText, document: Document) -> Document:
    """Add a remark to the origin of each fact of the masthead that was recognised with low confidence."""
    if not source.prints:
        return document
    masthead = document.masthead
    marked = {field.name: _with_doubt(source, getattr(masthead, field.name)) for field in fields(Masthead)}
    return replace(document, masthead=replace(masthead, **marked))


def _with_doubt(source: SourceText, value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_with_doubt(source, part) for part in value)
    if not isinstance(value, Fact):
        return value
    confidence = source.confidence(value.span)
    if confidence is None or confidence >= MENTIONED_BELOW:
        return value
    return replace(value, origin=f"{value.origin}，图像识别，把握{confidence:.0%}，请对照原件")
