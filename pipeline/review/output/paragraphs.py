"""Paragraphs that several documents on a case have in common: why it is a draft, the document, points, findings, conclusion, end."""

from collections.abc import Callable, Iterable

from pipeline.review.decisions.checklists import UNFAVOURABLE
from pipeline.review.decisions.contradictions import ContradictionKind
from pipeline.review.models import Answer, Kind, MaterialKind, recipient_called
from pipeline.review.output.case import Act, Answered, Case, CaseFinding, CasePoint, Judgement, Stamp, in_words
from pipeline.review.output.official_docx import OfficialDocument
from pipeline.review.output.titles import in_marks

OPEN = "（待填写）"
# what whoever handed a document in did with it, and what its issuer is to do, by kind of case
_HANDED_IN = {Kind.DRAFT: "送审", Kind.MAJOR: "提出", Kind.CONTRACT: "提交"}
_IS_TO = {Kind.DRAFT: "制定", Kind.MAJOR: "作出"}


def paper_of(case: Case) -> OfficialDocument:
    """An empty document, marked 草稿 where the case is a draft."""
    return OfficialDocument(draft=case.draft)


def named(case: Case) -> str:
    """The title of the document in title marks."""
    return in_marks(case.title)


def closed(text: str) -> str:
    """A text that ends with a full stop."""
    text = text.strip()
    return text if text.endswith(("。", "！", "？")) else f"{text.rstrip('；，;,.')}。"


def write_draft_reasons(paper: OfficialDocument, case: Case, stamp: Stamp) -> None:
    """Says at the top of a draft why it is one, and who exported it when."""
    if case.draft:
        reasons = "".join(f"（{at}）{closed(says)}" for at, says in enumerate(case.draft_reasons, 1))
        paper.text(f"本件为草稿，不得作为正式文书使用。{reasons}")
        paper.text(f"本草稿由{stamp.by}于{in_words(stamp.at.isoformat())}{stamp.at:%H:%M}导出。")


def write_about(paper: OfficialDocument, case: Case) -> None:
    """Writes title, issuer, number and genre of the document, the version reviewed, and the material handed in with it."""
    facts = (
        f"文号{case.number}" if case.number else "",
        f"文种{case.genre}" if case.genre else "",
        f"效力层级{case.norm_level}" if case.norm_level else "",
    )
    known = "".join(f"，{fact}" for fact in facts if fact)
    by = _by(case)
    paper.text(f"{named(case)}{by}{known}。" if by or known else f"送审的是{named(case)}。")
    if case.version:
        paper.text(f"本次审查的是第{case.version.sequence}版，文件名为“{case.version.name}”。")
    # an objection comes from outside, and its material from whoever sent it
    _write_material(paper, case, "案中的材料" if case.kind == Kind.OBJECTION else "随文提交的材料", internal=False)


def _by(case: Case) -> str:
    """Who issued a document; of one that is not issued yet who handed it in and, where another, who is to issue it."""
    kind = Kind(case.kind)
    if kind not in _HANDED_IN:
        return f"由{case.issuers or '（制定机关待核）'}制定"
    if (
        kind == Kind.CONTRACT
    ):  # who submits it is known where it was handed in or a person named the organ; it need not be a party
        return f"由{case.issuers}{_HANDED_IN[kind]}" if case.issuers else ""
    named = case.issuers if case.issuers != case.handed_in else ""
    said = (
        f"由{case.handed_in}{_HANDED_IN[kind]}" if case.handed_in else "",
        f"拟由{named}{_IS_TO[kind]}" if named else "",
    )
    return "，".join(filter(None, said))


def write_internal_material(paper: OfficialDocument, case: Case) -> None:
    """Writes the material that the reviewing office added, which no document names that goes out."""
    _write_material(paper, case, "审查机关补充的材料", internal=True)


def _write_material(paper: OfficialDocument, case: Case, lead: str, *, internal: bool) -> None:
    named = [f"{_material(made.kind)}（{made.name}）" for made in case.materials if made.internal == internal]
    if named:
        paper.text(f"{lead}：{'；'.join(named)}。")


def _material(kind: str) -> str:
    """What a kind of material is called in full."""
    return str(MaterialKind(kind).label) if kind in MaterialKind.values else kind


def write_checked(
    paper: OfficialDocument, case: Case, parts: Iterable[str], belongs: Callable[[CaseFinding], bool] | None
) -> None:
    """Writes the answered points of some parts of the checklist, then the findings that belong here.

    `belongs` chooses the findings; None where findings have no place here.
    """
    wanted = frozenset(parts)
    points = [point for point in case.points if point.part in wanted]
    answered = [point for point in points if point.answer]
    for point in answered:
        paper.text(point_text(case, point))
    if points and not answered:
        paper.text("这部分的核对要点没有回答。")
    if belongs is None:
        return
    _write_found(paper, case, belongs)
    nothing = not any(map(belongs, (*case.upheld, *case.open_alarms, *case.referred, *case.disputed)))
    if nothing and not any(point.answer == Answer.NO for point in points):
        elsewhere = "，其他部分的意见见各该部分" if case.upheld else ""
        paper.text(f"这部分没有审定需要修改的内容{elsewhere}。")


def _write_found(paper: OfficialDocument, case: Case, belongs: Callable[[CaseFinding], bool]) -> None:
    """Writes the findings that belong here: upheld, referred, disputed, and how many nobody has decided on."""
    _write_findings(paper, case, filter(belongs, case.upheld))
    referred = "".join(map(_referral, filter(belongs, case.referred)))
    disputed = (f"{one.place}“{one.name}”意见分歧，没有裁定。" for one in case.disputed if belongs(one))
    waiting = sum(map(belongs, case.open_alarms))
    for text in (referred, "".join(disputed), f"这部分还有{waiting}处发现没有审定。" if waiting else ""):
        if text:
            paper.text(text)


def point_text(case: Case, point: CasePoint) -> str:
    """A point with its answer, the words and the person of that answer, and the version where that is an earlier one."""
    words = f"，{point.words.rstrip('。')}" if point.words else ""
    earlier = case.version and point.sequence and point.sequence != case.version.sequence
    version = f"（就第{point.sequence}版回答）" if earlier else ""
    return f"{point.says.rstrip('。')}：{point.answer}{version}{words}（{point.by}）。"


def _referral(finding: CaseFinding) -> str:
    made = finding.decision
    if made is None:
        return ""
    words = f"，{made.words.rstrip('。')}" if made.words else ""
    return f"{finding.place}“{finding.name}”已转{made.addressee or '有关单位'}办理{words}（{made.by}）。"


def _write_findings(paper: OfficialDocument, case: Case, findings: Iterable[CaseFinding]) -> None:
    """Writes upheld findings: clause, what is wrong, wording, bases, and the decision that counts with its words, person and time."""
    for count, finding in enumerate(findings, 1):
        # whoever raises a finding decides on it with the same words
        told = finding.decision is not None and finding.decision.raising
        ground = f"，理由：{finding.ground}" if finding.ground and not told else ""
        raised = f"（审查人员提出：{finding.raised_by}{ground}）" if finding.raised_by else ""
        paper.text(f"{numbered(count, finding)}{raised}。原文“{finding.quote}”。{basis_text(finding)}")
        for text in _beside(finding):
            paper.text(text)
        if finding.decision:
            paper.text(judgement_text(case, finding.decision) + _advice(finding))
        for reply in finding.replies:
            paper.text(reply_text(case, reply))


def _beside(finding: CaseFinding) -> Iterable[str]:
    """The words of the articles and the similar cases that were chosen for the document."""
    yield from (f"条文：{words}" for words in finding.articles)
    yield from (f"类似案例（概括，引用前请查原文）：{case.rstrip('。')}。" for case in finding.cases)


def numbered(count: int, finding: CaseFinding) -> str:
    """A finding with its number in the document, its clause in words and its name."""
    return f"{count}.{finding.place}：{finding.name}"


def basis_text(finding: CaseFinding) -> str:
    """依据 with the bases of a finding that somebody has checked, "" where there is none."""
    return f"依据：{'；'.join(finding.checked_bases)}。" if finding.checked_bases else ""


def judgement_text(case: Case, made: Judgement) -> str:
    """A decision with its words, person and time; a ruling says so."""
    words = f"，{made.words.strip().rstrip('。')}" if made.words.strip() else ""
    to = f"给{made.addressee}" if made.addressee else ""
    return f"{'裁定' if made.final else '审查意见'}：{made.verdict}{to}{words}{author_of(case, made)}。"


def reply_text(case: Case, reply: Answered) -> str:
    """The answer of an issuer with its words, organ, person and time, and the version where it is about an earlier one."""
    words = f"，{reply.words.rstrip('。')}" if reply.words else ""
    organ = f"{reply.organ}，" if reply.organ and not reply.by.person.startswith(reply.organ) else ""
    return f"{recipient_called(case.kind)}答复：{reply.stance}{words}（{organ}{reply.by}{_on_version(case, reply.sequence, '答复')}）。"


def author_of(case: Case, made: Judgement) -> str:
    """Person and time of a decision in brackets, with the version where that is an earlier one."""
    return f"（{made.by}{_on_version(case, made.sequence, '作出')}）"


def _on_version(case: Case, sequence: int, did: str) -> str:
    """The version that something is about, where it is not the current one (0: not known)."""
    return f"，就第{sequence}版{did}" if case.version and sequence not in (0, case.version.sequence) else ""


def _advice(finding: CaseFinding) -> str:
    """The advice of a person on a finding, where the words of the decision do not say it."""
    told = not finding.advice or finding.advice.rstrip("。") in finding.words
    return "" if told else f"修改建议：{closed(finding.advice)}"


def conclusion_text(case: Case) -> str:
    """The conclusion with its reason, person and time, never one that nobody has drawn."""
    made = case.conclusion
    if made is None:
        return "尚未作出审查结论。"
    reason = f"理由：{closed(made.reason)}" if made.reason.strip() else ""
    outdated = any(found.kind == ContradictionKind.OUTDATED for found in case.contradictions)
    return f"{made.outcome}。{reason}（{made.by}）{'此后情况有变，须重新作出结论。' if outdated else ''}"


def concluded_unfavourably(case: Case) -> bool:
    """Whether the conclusion asks for a change."""
    return case.conclusion is not None and case.conclusion.outcome in UNFAVOURABLE


def write_notes(paper: OfficialDocument, case: Case, heading: str) -> None:
    """说明: the contradictions that people explained, with their words, person and time."""
    lines = []
    for found in case.contradictions:
        if found.by:
            unanswered = found.kind == ContradictionKind.UNANSWERED
            says = _all_unanswered(case) if unanswered else found.says
            lines.append(f"{says}。说明：{found.words.rstrip('。')}（{found.by}）。")
    if lines:
        paper.heading(heading)
        for count, line in enumerate(lines, 1):
            paper.text(f"{count}.{line}" if len(lines) > 1 else line)


def _all_unanswered(case: Case) -> str:
    points = "；".join(f"“{point.says}”" for point in case.unanswered)
    return f"核对要点有{len(case.unanswered)}项没有回答：{points}"


def write_end(paper: OfficialDocument, case: Case) -> None:
    """Writes the basis of the document in one line, who handled it as they acted, and the lines for signature and date."""
    version = case.version
    if version:
        library = f"；比对所用法律库：{version.library}" if version.library else ""
        paper.text(
            f"本件依据{in_words(version.as_of)}的法律状态作出。原件SHA-256：{version.digest}；规则版本：{version.engine}{library}。"
        )
    paper.text(_roles(case))
    paper.signature("（审查机关）", None)


def subheading(paper: OfficialDocument, text: str) -> None:
    """二级标题, on the page of the paragraph after it."""
    paper.text(text)
    paper.document.paragraphs[-1].paragraph_format.keep_with_next = True


def _roles(case: Case) -> str:
    parts = [f"承办人：{_signed(case, case.handled) if case.handled else OPEN}。"]
    if case.second:
        parts.append(f"复核人：{_signed(case, case.second)}。")
    if case.rulings:
        parts.append(f"裁定人：{'、'.join(_signed(case, act) for act in case.rulings)}。")
    if case.others:
        parts.append(f"参加审查：{'、'.join(case.others)}。")
    return "".join(parts)


def _signed(case: Case, act: Act) -> str:
    return f"{case.called(act)}（{act.day}）" if act.at else case.called(act)
