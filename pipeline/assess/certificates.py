"""证明与中介 (优化营商环境条例第四十三条、第四十四条): whether a document requires certificates or named intermediaries."""

from collections.abc import Iterator

from pipeline.assess.argument import Case, argue
from pipeline.document import Finding


def assess_certificates(case: Case) -> Iterator[Finding]:
    """Findings on 证明与中介, in reading order."""
    yield from argue(case, "certificates")
