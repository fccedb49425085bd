"""强制 (行政强制法): whether a document sets coercive measures or their enforcement."""

from collections.abc import Iterator

from pipeline.assess.argument import Case, argue
from pipeline.document import Finding


def assess_compulsion(case: Case) -> Iterator[Finding]:
    """Findings on 强制, in reading order."""
    yield from argue(case, "compulsion")
