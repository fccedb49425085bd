"""公平竞争审查表: each of the four standards with its result and the clauses concerned."""

from collections.abc import Sequence

from pipeline.review.models import Kind, MaterialKind
from pipeline.review.output.case import Case, CaseFinding, Stamp
from pipeline.review.output.official_docx import OfficialDocument
from pipeline.review.output.paragraphs import (
    OPEN,
    author_of,
    basis_text,
    paper_of,
    write_draft_reasons,
    write_end,
    write_notes,
)

_FAMILY = "FCR"
# the kinds of case in which whose the paper is, is who drafted it or handed it in
_OF_DRAFTER = (Kind.DRAFT, Kind.MAJOR, Kind.CONTRACT)
# 公平竞争审查条例第八条至第十一条: the four standards, and the types that belong to each
_STANDARDS = (
    ("限制或者变相限制市场准入和退出（第八条）", ("FCR-01", "FCR-02", "FCR-03")),
    ("限制商品、要素自由流动（第九条）", ("FCR-04", "FCR-05", "FCR-06", "FCR-07")),
    ("没有法定依据影响生产经营成本（第十条）", ("FCR-08", "FCR-09", "FCR-10")),
    ("影响生产经营行为（第十一条）", ("FCR-11",)),
)


def competition(case: Case, stamp: Stamp) -> OfficialDocument:
    """公平竞争审查表: the measure, the four standards with what people upheld, the conclusion and the exception, which are left open."""
    paper = paper_of(case)
    paper.title("公平竞争审查表")
    write_draft_reasons(paper, case, stamp)
    nature = f"{case.norm_level}（{case.genre}）" if case.norm_level and case.genre else case.norm_level or case.genre
    rows = [
        ("政策措施名称", case.title),
        ("是否涉及经营者经济活动", "涉及（见下）" if _found(case.upheld) else OPEN),
        ("性质", nature or OPEN),
        (
            "起草（送审）单位" if case.kind in _OF_DRAFTER else "起草单位",
            (case.handed_in if case.kind in _OF_DRAFTER else "") or OPEN,
        ),
        ("征求意见情况（利害关系人、社会公众）", _consultation(case)),
        *((name, _standard(case, kinds)) for name, kinds in _STANDARDS),
        ("审查结论", _conclusion(case)),
        ("适用例外规定（条例第十二条）：类型、没有更小影响的替代方案的理由、实施期限", f"不适用的，写“无”：{OPEN}"),
        ("审查人、负责人签字", ""),
    ]
    paper.table(("事项", "内容"), rows, (55, 100))
    write_notes(paper, case, "说明")
    write_end(paper, case)
    return paper


def _found(findings: Sequence[CaseFinding]) -> list[CaseFinding]:
    """The findings on fair competition."""
    return [finding for finding in findings if finding.type.startswith(_FAMILY)]


def _consultation(case: Case) -> str:
    names = [made.name for made in case.materials if made.kind == MaterialKind.CONSULTATION and not made.internal]
    return f"材料：{'、'.join(names)}。情况：{OPEN}" if names else OPEN


def _standard(case: Case, kinds: Sequence[str]) -> str:
    upheld = [finding for finding in case.upheld if finding.type in kinds]
    waiting = sum(finding.type in kinds for finding in case.open_alarms)
    parts = [_clause(case, finding) for finding in upheld]
    if waiting:
        parts.append(f"还有{waiting}处警示没有审定。")
    return ("违反。" if upheld else "") + "".join(parts) if parts else f"没有审定违反的内容，请核定：{OPEN}"


def _clause(case: Case, finding: CaseFinding) -> str:
    made = finding.decision
    verdict = (
        f"{made.verdict}{finding.words and '，'}{finding.words.rstrip('。')}{author_of(case, made)}。" if made else ""
    )
    return f"{finding.place}：“{finding.quote}”。{basis_text(finding)}{verdict}"


def _conclusion(case: Case) -> str:
    """What was decided on fair competition; the conclusion itself is a person's."""
    waiting, upheld = len(_found(case.open_alarms)), len(_found(case.upheld))
    if waiting:
        return f"还有{waiting}处警示没有审定，不能下结论。"
    return f"审定具有排除、限制竞争效果的内容{upheld}处（见上）。结论：{OPEN}" if upheld else OPEN
