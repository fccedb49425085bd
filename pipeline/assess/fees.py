"""收费与财产 (优化营商环境条例、民法典): whether a document levies fees, deposits or property."""

from collections.abc import Iterator

from pipeline.assess.argument import Case, argue
from pipeline.document import Finding


def assess_fees(case: Case) -> Iterator[Finding]:
    """Findings on 收费与财产, in reading order."""
    yield from argue(case, "fees")
