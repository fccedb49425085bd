"""许可与职权 (行政许可法、优化营商环境条例): whether a document sets or burdens licences, or widens powers."""

from collections.abc import Iterator

from pipeline.assess.argument import Case, argue
from pipeline.document import Finding


def assess_licensing(case: Case) -> Iterator[Finding]:
    """Findings on 许可与职权, in reading order."""
    yield from argue(case, "licensing")
