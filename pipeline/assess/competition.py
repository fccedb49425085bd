"""公平竞争 (公平竞争审查条例第八条至第十二条): whether a document excludes or restrains competition."""

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.assess.argument import Case, argue
from pipeline.document import Finding
from pipeline.law import competition_bases

_REGULATION = "公平竞争审查条例"
# an exception claimed in the document itself
_CLAIMED = re.compile(r"公平竞争审查条例》?第十二条|适用(?:例外|除外)(?:规定|情形)")
_STATED = "文件援引了公平竞争审查条例第十二条的例外：核对是否写明了没有影响更小的替代方案，以及实施期限或者终止条件"
_UNSTATED = "主张适用公平竞争审查条例第十二条例外的，须在文件和审查结论里写明理由、没有影响更小的替代方案，以及实施期限或者终止条件；这里没有写"


def assess_competition(case: Case) -> Iterator[Finding]:
    """Findings on 公平竞争, in reading order; raised ones say what an exception (条例第十二条) would need in writing."""
    exception = _STATED if _CLAIMED.search(case.text) else _UNSTATED
    exempt = any(basis.law == _REGULATION for basis in competition_bases("FCR-*", "", case.as_of))
    for finding in argue(case, "competition"):
        shown = exempt and not finding.softened
        yield replace(finding, reasons=(*finding.reasons, exception)) if shown else finding
