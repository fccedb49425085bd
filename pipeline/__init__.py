"""Qinggui 清规 reads Chinese administrative normative documents and puts them before a reviewer.

A file walks through the house in one direction:

    ingest    file → SourceText            text is changed here and never again
    parse     SourceText → Document        title, organs, numbers, dates, clauses, citations
    classify  Document → Labels            kind of paper, norm level, clauses that rules touch
    assess    labels + law → Assessment    findings as arguments, validity, cleanup, risk
    review    Dossier → queue              a person decides

`run.py` is the corridor that knows all rooms; `law` is the shelf of rules that lawyers edit.
"""

__version__ = "0.8.0"
