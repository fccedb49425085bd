"""公平竞争 (公平竞争审查条例第八条至第十一条): whether a document excludes or restrains competition."""

from collections.abc import Iterator

from pipeline.assess.argument import Case, argue
from pipeline.document import Finding


def assess_competition(case: Case) -> Iterator[Finding]:
    """Findings on 公平竞争, in reading order."""
    yield from argue(case, "competition")
