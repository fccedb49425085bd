"""What was read off a picture is said to be: how sure the recognition was goes with each finding and each fact."""

from dataclasses import fields, replace
from typing import Any

from pipeline.document import Assessment, Document, Fact, Finding, Masthead, SourceText

# a reading less sure than this is told beside the finding or the fact
TOLD = 0.9


def tell_findings(source: SourceText, assessment: Assessment) -> Assessment:
    """The assessment with the sureness of its findings' text."""
    if not source.prints:
        return assessment
    return replace(assessment, findings=tuple(_told(source, finding) for finding in assessment.findings))


def _told(source: SourceText, finding: Finding) -> Finding:
    sure = source.sureness(finding.evidence)
    if sure is None:
        return finding
    doubt = (f"原文由程序从图像识别，把握{sure:.0%}，请先对照原件",) if sure < TOLD else ()
    return replace(finding, sure=sure, reasons=(*finding.reasons, *doubt))


def tell_facts(source: SourceText, document: Document) -> Document:
    """The document with doubts about its masthead where the print was hard to read."""
    if not source.prints:
        return document
    masthead = document.masthead
    told = {field.name: _doubted(source, getattr(masthead, field.name)) for field in fields(Masthead)}
    return replace(document, masthead=replace(masthead, **told))


def _doubted(source: SourceText, held: Any) -> Any:
    if isinstance(held, tuple):
        return tuple(_doubted(source, part) for part in held)
    if not isinstance(held, Fact):
        return held
    sure = source.sureness(held.span)
    if sure is None or sure >= TOLD:
        return held
    return replace(held, origin=f"{held.origin}，图像识别，把握{sure:.0%}，请对照原件")
