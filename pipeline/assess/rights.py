"""权益与义务 (立法法第九十三条、优化营商环境条例第六十四条): whether a document cuts rights, adds duties or bars remedies."""

from collections.abc import Iterator

from pipeline.assess.argument import Case, argue
from pipeline.document import Finding


def assess_rights(case: Case) -> Iterator[Finding]:
    """Findings on 减损权益与增加义务, in reading order."""
    yield from argue(case, "rights")
