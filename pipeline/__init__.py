"""Qinggui 清规 analyses Chinese administrative normative documents (行政规范性文件) and queues findings for legal review.

A document passes through the stages in one direction:

    ingest    file → SourceText            text is normalised here and nowhere else
    parse     SourceText → Document        title, issuers, numbers, dates, clauses, citations
    classify  Document → Labels            kind of document, norm level, provisions flagged by rules or the model
    assess    Labels + law → Assessment    findings, validity, cleanup, risk
    review    Dossier → queue              a person decides

`analyzer` is the only module that knows all stages; `law` holds the rules and tables that lawyers edit.

    >>> from pipeline import analyze
    >>> dossier = analyze("通知.docx", place="湖南")
    >>> [finding.name for finding in dossier.assessment.findings if not finding.softened]
"""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.version import VERSION

if TYPE_CHECKING:
    from pipeline.document import Dossier

__all__ = ["__version__", "analyze"]
__version__ = VERSION


def analyze(
    source: str | Path | bytes, *, name: str = "", as_of: date | None = None, place: str | None = None
) -> "Dossier":
    """The dossier of one file: its text, facts, labels, findings, validity and proposed cleanup outcome.

    `source`: a path, or the bytes of a file in any supported format. Mails and archives may hold several documents and are
    refused. `name`: the name used in messages and in the dossier; by default the path. `as_of`: the day as of which laws, bodies
    and terms of validity are assessed; by default today. `place`: the region of the issuer (湖南), whose rules determine the
    default term of validity.

    Spans in the result are half-open and count code points of `dossier.source.text`. Raises `UnreadableFile`, with a message and
    a remedy in Chinese, for a file from which no text can be taken, and `UsageError` for a path that cannot be read.
    """
    from pipeline.analyzer import analyze_one

    return analyze_one(source, name=name, as_of=as_of, place=place)
