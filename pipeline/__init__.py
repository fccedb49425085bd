"""Qinggui 清规 reads Chinese administrative normative documents and puts them before a reviewer.

A document passes through the stages in one direction:

    ingest    file → SourceText            text is changed here and never again
    parse     SourceText → Document        title, issuers, numbers, dates, clauses, citations
    classify  Document → Labels            kind of document, norm level, provisions that rules or the model point out
    assess    Labels + law → Assessment    findings as arguments, validity, cleanup, risk
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

    `source`: a path, or the bytes of a file of any format that can be read; a mail or an archive holds several documents
    and is refused. `name`: what messages and the dossier call it, the file name if left out. `as_of`: the day by which laws, bodies
    and terms of validity are judged, today if left out. `place`: the region of the issuer (湖南), whose rules decide the default
    term of validity.

    Offsets in the result are code points of `dossier.source.text`, half-open. Raises `UnreadableFile` for a file from which no text
    can be taken, with a message and a way out in Chinese, and `UsageError` for a path that does not exist.
    """
    from pipeline.analyzer import analyze_one

    return analyze_one(source, name=name, as_of=as_of, place=place)
