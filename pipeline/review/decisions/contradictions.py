"""矛盾: what in the decisions, checklist and conclusion of a case does not go together, until it is resolved or explained in words."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from pipeline.clause_places import place_in_words
from pipeline.errors import UsageError
from pipeline.review.accounts import display_name
from pipeline.review.audit.chain import note
from pipeline.review.case_tables import rows_in
from pipeline.review.decisions.access import acting, clean
from pipeline.review.decisions.agreement import (
    UPHELD,
    disputed,
    effective_in,
    effective_verdicts,
    standing_in,
)
from pipeline.review.decisions.checklists import (
    CONTINUED,
    DENIED_BY,
    FAVOURABLE,
    OUTCOMES,
    UNFAVOURABLE,
    Point,
    answered_points,
)
from pipeline.review.models import (
    LARGE_OF_VERSION,
    Amendment,
    Answer,
    Check,
    Conclusion,
    Decision,
    Explanation,
    Finding,
    Item,
    Status,
    Verdict,
    Version,
)
from pipeline.review.queue.findings import ALARMS
from pipeline.review.queue.rivals import UNTITLED
from pipeline.review.queue.splits import split_from, splits_into
from pipeline.review.queue.validity import OVER, expiry_of, validity_of
from pipeline.review.read_once import once

# items that one query names
_AT_ONCE = 500
# findings or points that a message names before it says only how many there are
_MOST_NAMED = 5


class ContradictionKind(StrEnum):
    """What does not go together in a case."""

    UNTITLED = "没有题名"
    NO_CONCLUSION = "没有结论"
    UNDECIDED = "警示没有决定"
    DISPUTED = "分歧没有裁定"
    OUTDATED = "结论在先"
    SOFTENED = "成立而不作警示"
    FAVOURABLE = "结论与发现不符"
    UNFAVOURABLE = "结论没有所指"
    POINT = "结论与核对要点不符"
    ANSWER = "核对要点与发现不符"
    UNANSWERED = "核对要点没有回答"
    OLD_ANSWERS = "核对要点在前一版回答"
    REFERRED = "转办没有结果"
    OVER = "结论与有效性不符"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A contradiction in a case: what it is (`says`), the way out, and the explanation that covers it, if any.

    `key` identifies it with the state that it was seen in: an explanation no longer covers it once that state has changed.
    """

    key: str
    kind: ContradictionKind
    says: str
    way_out: str
    explanation: Explanation | None
    explainable: bool


@dataclass(frozen=True, slots=True)
class _State:
    """What is compared: the findings of the current version, the decisions that count, the conclusion, the checklist."""

    item: Item
    findings: Mapping[str, Finding]
    decisions: Mapping[str, Decision]
    set_aside: frozenset[str]
    conclusion: Conclusion | None
    points: Sequence[tuple[Point, Check | None]]

    @classmethod
    def of(cls, item: Item) -> "_State":
        findings = {f.key: f for f in findings_in(item.current)} if item.current else {}
        set_aside = frozenset(made.finding_key for made in standing_in(item) if made.set_aside is not None)
        return cls(
            item,
            findings,
            effective_verdicts(effective_in(item)),
            set_aside,
            conclusion_of(item),
            answered_points(item),
        )

    def decided(self, verdicts: Iterable[str]) -> list[str]:
        """The keys of the raised findings whose decision is one of `verdicts`, in the order of the text."""
        return [key for key in self._with(verdicts) if not self.findings[key].softened]

    def softened(self, verdicts: Iterable[str]) -> list[str]:
        """The keys of the findings that are not raised and have one of `verdicts` all the same."""
        return [key for key in self._with(verdicts) if self.findings[key].softened]

    def _with(self, verdicts: Iterable[str]) -> list[str]:
        wanted = frozenset(verdicts)
        return [key for key in self.findings if key in self.decisions and self.decisions[key].verdict in wanted]

    def conclude_again(self, how: str) -> str:
        """The way out where the conclusion has to be drawn again; in the second review that is not for the second reader."""
        again = f"{how}重新作出结论"
        return f"请退回初审，由承办人{again}；也可以请主审作出" if self.item.status == Status.SECOND else f"请{again}"

    def name(self, keys: Iterable[str]) -> str:
        """The findings with these keys, by clause and name."""
        found = (self.findings[key] for key in keys)
        return _listed([f"{place_in_words(f.content['path'])}“{f.content['name']}”" for f in found], "处")


# kind, the state that was seen, says, way out; those of a kind that is not explainable have no state of their own
_Seen = tuple[ContradictionKind, object, str, str]
_EXPLAINABLE = frozenset(
    (
        ContradictionKind.FAVOURABLE,
        ContradictionKind.UNFAVOURABLE,
        ContradictionKind.POINT,
        ContradictionKind.ANSWER,
        ContradictionKind.UNANSWERED,
        ContradictionKind.OLD_ANSWERS,
        ContradictionKind.REFERRED,
        ContradictionKind.OVER,
    )
)
_EXPLAIN = "确实如此的，请写明理由，理由将印在文书上"


@once
def findings_of(item: int) -> tuple[Finding, ...]:
    """The findings of all versions of a case, named by its number, in order of time, also those that are not raised."""
    return tuple(Finding.objects.filter(version__item=item).order_by("id"))


def findings_in(version: Version) -> tuple[Finding, ...]:
    """The findings of a version in text order, also those that are not raised."""
    found = [finding for finding in findings_of(version.item_id) if finding.version_id == version.pk]
    for finding in found:
        finding.version = version
    return tuple(sorted(found, key=lambda finding: (finding.start, finding.pk)))


@once
def conclusions_in(item: Item) -> tuple[Conclusion, ...]:
    """The conclusions of a case in order of time; of their versions the number alone."""
    return tuple(rows_in(Conclusion, item).select_related("version").defer(*LARGE_OF_VERSION).order_by("id"))


def conclusion_of(item: Item) -> Conclusion | None:
    """The conclusion of a case that counts, the latest; None where none was drawn."""
    return next(reversed(conclusions_in(item)), None)


def conclusions_by_item(items: Iterable[Item]) -> dict[int, Conclusion]:
    """The conclusion that counts of each of some items that have one, by number of the item; some queries for all of them."""
    numbers, found = [item.pk for item in items], {}
    for start in range(0, len(numbers), _AT_ONCE):
        some = Conclusion.objects.filter(item__in=numbers[start : start + _AT_ONCE]).order_by("id")
        found.update({made.item_id: made for made in some})
    return found


@once
def explanations_in(item: Item) -> tuple[Explanation, ...]:
    """The explanations of contradictions of a case in order of time; of their versions the number alone."""
    return tuple(rows_in(Explanation, item).select_related("version").defer(*LARGE_OF_VERSION).order_by("id"))


@once
def contradictions(item: Item) -> list[Contradiction]:
    """All contradictions in a case, each with the explanation that covers it; those that cannot be explained come first."""
    state = _State.of(item)
    explanations = {made.key: made for made in explanations_in(item)}
    found = []
    for check in _CHECKS:
        for kind, seen, says, way_out in check(state):
            key = _key(kind, seen)
            explainable = kind in _EXPLAINABLE
            explanation = explanations.get(key) if explainable else None
            found.append(Contradiction(key, kind, says, way_out, explanation, explainable))
    return found


def blocking(item: Item) -> list[Contradiction]:
    """The contradictions without an explanation: with any of these, a case is not finished and its documents are drafts."""
    return [found for found in contradictions(item) if found.explanation is None]


def explain(item: Item, key: str, words: str, user: User) -> Explanation:
    """Records a person's words on a contradiction.

    Raises `UsageError` for blank words, for a finished item, and for a contradiction that no longer exists or must be resolved.
    """
    words = clean(words)
    if not words:
        raise UsageError("说明是空的", remedy="请写明理由，它将印在文书上")
    with acting(item, user) as item:
        found = next((found for found in contradictions(item) if found.key == key), None)
        if found is None:
            raise UsageError("这处矛盾已经不在，或者情况已有变化", remedy="请刷新后重新查看")
        if not found.explainable:
            raise UsageError(f"{found.says}，不能以说明代替", remedy=found.way_out)
        made = Explanation.objects.create(
            item=item, version=item.current, key=key, says=found.says, words=words, reviewer=display_name(user), account=user.username
        )  # fmt: skip
        note(user.username, "说明", item.pk, f"{found.says}：{words}"[:500])
    return made


def _key(kind: ContradictionKind, seen: object) -> str:
    content = json.dumps([kind.value, seen], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _listed(names: Sequence[str], unit: str) -> str:
    """The first names, and how many there are where not all are named."""
    shown = "、".join(names[:_MOST_NAMED])
    return shown if len(names) <= _MOST_NAMED else f"{shown}等{len(names)}{unit}"


def _undecided(state: _State) -> Iterator[_Seen]:
    open_ = [
        key
        for key, finding in state.findings.items()
        if key not in state.decisions
        and not finding.softened
        and (finding.severity in ALARMS or finding.raised_by or key in state.set_aside)
    ]
    again = [key for key in open_ if key in state.set_aside]
    if open_:
        says = f"还有{len(open_)}处警示没有决定：{state.name(open_)}"
        says += f"；其中类型或者依据改动后须重新决定的：{state.name(again)}" if again else ""
        yield ContradictionKind.UNDECIDED, open_, says, "请逐条作出决定"


def _disputed(state: _State) -> Iterator[_Seen]:
    open_ = [key for key in disputed(state.item) if key in state.findings]
    if open_:
        says = f"还有{len(open_)}处意见分歧没有裁定：{state.name(open_)}"
        yield ContradictionKind.DISPUTED, open_, says, "请主审裁定"


def _softened(state: _State) -> Iterator[_Seen]:
    """No document tells a finding that is not raised, so a person's 成立 on one would be lost."""
    lost = state.softened(UPHELD)
    if lost:
        says = f"有{len(lost)}处审定为成立或者需修改，却不作警示，不会写进文书：{state.name(lost)}"
        yield ContradictionKind.SOFTENED, lost, says, "请把它列为发现，或者改作不成立"


def _untitled(state: _State) -> Iterator[_Seen]:
    """No document can name what it is about by a title that the program put together of the first words."""
    if state.item.title.startswith(UNTITLED):
        yield ContradictionKind.UNTITLED, "", "没有读出题名，文书写不出审查的是哪一件", "请在“要素”中更正题名"


def _no_conclusion(state: _State) -> Iterator[_Seen]:
    if state.conclusion is None:
        way_out = "请选择结论并写明理由" if state.item.status != Status.SECOND else state.conclude_again("")
        yield ContradictionKind.NO_CONCLUSION, "", "尚未作出审查结论", way_out


def _outdated(state: _State) -> Iterator[_Seen]:
    """The conclusion rests on another kind of case, an earlier version, or other decisions than those that count now."""
    made, version = state.conclusion, state.item.current
    if made is None or version is None:
        return
    if made.outcome not in OUTCOMES[state.item.kind]:
        says = f"案件类别已更正为“{state.item.kind}”，这类案件没有“{made.outcome}”这种结论"
        yield ContradictionKind.OUTDATED, made.pk, says, state.conclude_again("")
        return
    # conclusions before 0.11.0 do not name their version
    earlier = made.version_id != version.pk if made.version_id else made.made < version.created
    if earlier:
        says = f"结论“{made.outcome}”是在文件的前一版本上作出的，现在是第{version.sequence}版"
        yield ContradictionKind.OUTDATED, made.pk, says, state.conclude_again("就现在的版本")
        return
    says = _drawn_before_split(state, made) or _changed_since(state, made, version)
    if says:
        yield ContradictionKind.OUTDATED, made.pk, says, state.conclude_again("按现在的决定")


def _drawn_before_split(state: _State, made: Conclusion) -> str:
    """Says that a conclusion rested on what was done on earlier versions in the case that its version left since; "" where nothing was."""
    separated = splits_into(state.item.pk).last()
    if separated is None or made.made.replace(microsecond=0) > separated.at:
        return ""
    stayed = {"item": split_from(separated), "made__lte": made.made}
    on_findings = [
        model._default_manager.filter(**stayed, finding_key__in=state.findings).exists()
        for model in (Decision, Amendment)
    ]
    left = [point.key for point, answer in state.points if answer is None]
    if not any(on_findings) and not Check.objects.filter(**stayed, point__in=left).exists():
        return ""
    return f"结论“{made.outcome}”是在本件拆出以前作出的，当时依据的以前各版的决定没有随同拆出"


def _changed_since(state: _State, made: Conclusion, version: Version) -> str:
    """What changed in which findings hold since a conclusion on a version was drawn, in words; "" for nothing."""
    at_that_time = _decisions_at(state.item, made.made).items()
    before = {
        key
        for key, decision in at_that_time
        if decision.verdict in UPHELD and (key in state.findings or decision.version_id == version.pk)
    }
    now = frozenset(state.decided(UPHELD))
    changed = [
        key for key, finding in state.findings.items() if not finding.softened and (key in before) != (key in now)
    ]
    if changed:
        return f"作出结论“{made.outcome}”之后，发现是否成立有了改变：{state.name(changed)}"
    gone = before - state.findings.keys()
    return f"作出结论“{made.outcome}”之后，有{len(gone)}处成立的发现被收回" if gone else ""


def _decisions_at(item: Item, moment: datetime) -> dict[str, Decision]:
    """The decisions that counted at a moment, also those that were withdrawn, undone or set aside since."""
    made: QuerySet[Decision] = Decision.objects.filter(item=item, made__lte=moment)
    kept = made.filter(Q(withdrawn=None) | Q(withdrawn__gt=moment), Q(set_aside=None) | Q(set_aside__gt=moment))
    return effective_verdicts(kept.filter(Q(batch=None) | Q(batch__undone=None) | Q(batch__undone__gt=moment)))


def _favourable(state: _State) -> Iterator[_Seen]:
    made, upheld = state.conclusion, state.decided(UPHELD)
    if made and made.outcome in FAVOURABLE and upheld:
        says = f"结论是“{made.outcome}”，但有{len(upheld)}处发现审定为成立或者需修改：{state.name(upheld)}"
        seen = [made.outcome, state.item.current_id, sorted(upheld)]
        yield ContradictionKind.FAVOURABLE, seen, says, f"请改结论，或者改决定；{_EXPLAIN}"


def _unfavourable(state: _State) -> Iterator[_Seen]:
    made = state.conclusion
    if made is None or made.outcome not in UNFAVOURABLE or state.decided(UPHELD) or _denied(state):
        return
    says = f"结论是“{made.outcome}”，但没有一处发现审定为成立或者需修改，核对要点也没有一项答“否”"
    way_out = f"请改结论，或者补上结论所指的问题；{_EXPLAIN}"
    yield ContradictionKind.UNFAVOURABLE, [made.outcome, state.item.current_id], says, way_out


def _denied(state: _State) -> list[Point]:
    return [point for point, made in state.points if made and made.answer == Answer.NO]


def _point(state: _State) -> Iterator[_Seen]:
    made, denied = state.conclusion, _denied(state)
    if made and made.outcome in FAVOURABLE and denied:
        named = _listed([f"“{point.says}”" for point in denied], "项")
        says = f"结论是“{made.outcome}”，但核对要点有{len(denied)}项答“否”：{named}"
        seen = [made.outcome, [point.key for point in denied]]
        yield ContradictionKind.POINT, seen, says, f"请改结论，或者改回答；{_EXPLAIN}"


def _answer(state: _State) -> Iterator[_Seen]:
    """Points that were answered 是 although upheld findings deny them, one by one."""
    upheld = state.decided(UPHELD)
    for point, made in state.points:
        if made is None or made.answer != Answer.YES:
            continue
        against = [key for key in upheld if state.findings[key].type.startswith(DENIED_BY.get(point.key, ()))]
        if against:
            says = f"核对要点“{point.says}”答“是”，但有{len(against)}处与此不符的发现审定为成立或者需修改：{state.name(against)}"
            seen = [point.key, state.item.current_id, sorted(against)]
            yield ContradictionKind.ANSWER, seen, says, f"请改回答，或者改决定；{_EXPLAIN}"


def _unanswered(state: _State) -> Iterator[_Seen]:
    missing = [point for point, made in state.points if made is None]
    if missing:
        named = _listed([f"“{point.says}”" for point in missing], "项")
        says = f"核对要点有{len(missing)}项没有回答：{named}"
        way_out = f"请逐项回答；{_EXPLAIN}"
        yield ContradictionKind.UNANSWERED, [point.key for point in missing], says, way_out


def _old_answers(state: _State) -> Iterator[_Seen]:
    """Points that were answered on an earlier version; answers before 0.11.0 do not name theirs."""
    current = state.item.current_id
    old = [point for point, made in state.points if made and made.version_id not in (None, current)]
    if old:
        named = _listed([f"“{point.says}”" for point in old], "项")
        says = f"核对要点有{len(old)}项是对前一版回答的：{named}"
        yield (
            ContradictionKind.OLD_ANSWERS,
            [current, [point.key for point in old]],
            says,
            f"请就现在的版本重新回答；{_EXPLAIN}",
        )


def _referred(state: _State) -> Iterator[_Seen]:
    waiting = state.decided((Verdict.REFER,))
    if waiting:
        to = "、".join(dict.fromkeys(name for key in waiting if (name := state.decisions[key].addressee)))
        says = f"有{len(waiting)}处发现转{to or '其他单位或者人员'}办理，还没有结果：{state.name(waiting)}"
        seen = [[key, state.decisions[key].pk] for key in waiting]
        yield ContradictionKind.REFERRED, seen, says, f"有结果的，请改作成立、不成立或者需修改；{_EXPLAIN}"


def _over(state: _State) -> Iterator[_Seen]:
    """A cleanup that keeps a document which is no longer in force by the days that count."""
    made, item = state.conclusion, state.item
    found = validity_of(item)
    if made and made.outcome == CONTINUED and found in OVER:
        last = expiry_of(item)
        since = f"（有效期至{last}）" if last else ""
        says = f"结论是“{made.outcome}”，但文件{found}{since}"
        yield (
            ContradictionKind.OVER,
            [made.outcome, found, str(last)],
            says,
            f"请改结论，或者更正“有效期至”；{_EXPLAIN}",
        )


_CHECKS: Sequence[Callable[[_State], Iterator[_Seen]]] = (
    _untitled, _undecided, _disputed, _softened, _no_conclusion, _outdated, _favourable, _unfavourable, _over, _point, _answer, _unanswered, _old_answers, _referred,
)  # fmt: skip
