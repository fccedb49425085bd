"""核对要点 and 审查结论: the checklist of each kind of case, and the conclusions that a case may end with.

The points are in `checklists.tsv`; one whose legal source has not been read in full is shown with 待核实.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from django.contrib.auth.models import User

from pipeline.errors import UsageError
from pipeline.review.accounts import Role, display_name, role_of
from pipeline.review.audit.chain import note
from pipeline.review.case_tables import rows_in
from pipeline.review.decisions.access import acting, check_open, clean
from pipeline.review.models import LARGE_OF_VERSION, Answer, Check, Conclusion, Item, Kind, MaterialKind, Status
from pipeline.review.read_once import once

_READ = {"V", "M-H"}
# possible conclusions by kind of case: 国办发〔2018〕115号 for drafts, 备案审查 and 行政复议法 for the others
OUTCOMES: dict[str, tuple[str, ...]] = {
    Kind.DRAFT: ("合法", "应当予以修改", "不合法", "建议不制定"),
    Kind.FILED: ("准予备案", "自行修改", "自行废止", "停止执行", "不予登记"),
    Kind.CLEANUP: ("继续有效", "修改", "废止", "宣布失效"),
    Kind.OBJECTION: ("条款合法", "停止执行并责令纠正", "转送有权机关", "不予受理"),
    Kind.MAJOR: ("合法", "应当予以修改", "不合法"),
    Kind.CONTRACT: ("可以签订", "修改后签订", "不得签订"),
}
# the conclusion of a cleanup that says itself that the document is in force
CONTINUED = "继续有效"
# conclusions that leave the document as it is
FAVOURABLE = frozenset(("合法", "准予备案", "继续有效", "条款合法", "可以签订"))
# conclusions that rest on other grounds than faults of the text: jurisdiction, or time and use in a cleanup
_OTHER_GROUNDS = frozenset(("转送有权机关", "不予受理", "废止", "宣布失效"))
UNFAVOURABLE = (
    frozenset(outcome for outcomes in OUTCOMES.values() for outcome in outcomes) - FAVOURABLE - _OTHER_GROUNDS
)
# types of findings on the substance, whole or by their first letters: what is against higher law whatever its field
_SUBSTANCE = ("LIC", "PEN", "FOR", "FEE", "EXP", "RGT", "CRT", "PWR", "OTH-90")
# points whose 是 is denied by an upheld finding: key of the point → types of findings, whole or by their first letters
DENIED_BY: dict[str, tuple[str, ...]] = {
    "D01": ("PWR", "FRM-02"),
    "D10": ("FRM-03",),
    "F03": ("PWR", "FRM-02"),
    "F04": ("LIC", "PEN", "FOR", "FEE", "EXP", "RGT", "CRT"),
    "F05": _SUBSTANCE,
    "O05": (*_SUBSTANCE, "FCR"),
    "M06": ("PWR",),
    "M07": (*_SUBSTANCE, "FCR"),
    "C06": ("FCR", "LIC"),
}


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a checklist; `confirmed` is False where its legal source (`basis`) has not been read.

    `material` are the kinds of material of the case that an answer rests on.
    """

    key: str
    kind: str
    part: str
    says: str
    basis: str
    confirmed: bool
    material: frozenset[str] = frozenset()


@cache
def _points() -> tuple[Point, ...]:
    lines = (files("pipeline.review.decisions") / "checklists.tsv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
    return tuple(
        Point(
            row["point"],
            row["kind"],
            row["part"],
            row["says"],
            row["basis"],
            row["tag"] in _READ,
            _kinds(row["material"]),
        )
        for row in rows
    )


def _kinds(told: str) -> frozenset[str]:
    """Kinds of material as the table names them; 全部 for all."""
    return frozenset(MaterialKind.values if told == "全部" else filter(None, told.split("、")))


def points_of(kind: str) -> tuple[Point, ...]:
    """The points of a kind of case, in order."""
    return tuple(point for point in _points() if point.kind == kind)


@once
def checks_in(item: Item) -> tuple[Check, ...]:
    """All answers to the checklist of an item in order of time; of their versions the number alone."""
    given = rows_in(Check, item).select_related("version").order_by("id")
    return tuple(given.defer(*LARGE_OF_VERSION))


def answered_points(item: Item) -> list[tuple[Point, Check | None]]:
    """The points of the checklist of an item, each with the answer that counts (the latest that was not set aside), or None."""
    answers = {check.point: check for check in checks_in(item) if check.set_aside is None}
    return [(point, answers.get(point.key)) for point in points_of(item.kind)]


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as a person gave it: 是, 否 or 不适用, words, and the key of the version that was seen ("" where it is not known).

    `last` is the number of the answer that the person saw as the one that counts, 0 for none, None where it is not known.
    """

    value: str
    comment: str = ""
    seen: str = ""
    last: int | None = None


def answer(item: Item, key: str, given: Given, user: User) -> Check:
    """Records a person's answer to a point on the current version, beside earlier ones, which are kept; the latest counts.

    Its words belong to this answer alone. The same answer twice is recorded once. Raises
    `UsageError` as `acting`, for a point of another kind of case, and for an answer that is missing or unknown.
    """
    point = next((point for point in points_of(item.kind) if point.key == key), None)
    if point is None:
        raise UsageError("这类案件没有这个核对要点", remedy="请刷新后重试")
    value, comment = given.value, clean(given.comment)
    if value not in Answer.values:
        raise UsageError(
            f"“{point.says}”没有“{value}”这种回答" if value else f"“{point.says}”没有选择回答",
            remedy=f"请选{'、'.join(Answer.values)}之一",
        )
    with acting(item, user, version=given.seen) as item:
        last = item.checks.filter(point=key, set_aside=None).order_by("id").last()
        same = (user.username, value, comment, item.current_id)
        if last and (last.account, last.answer, last.comment, last.version_id) == same:
            return last
        if given.last not in (None, last.pk if last else 0):
            who = f"由{last.reviewer}答“{last.answer}”" if last else "收回"
            raise UsageError(f"“{point.says}”已{who}，您看到的是以前的，没有记录", remedy="请刷新页面核对后再回答")
        made = Check.objects.create(
            item=item, version=item.current, point=key, answer=value, comment=comment, reviewer=display_name(user), account=user.username
        )  # fmt: skip
        note(user.username, "核对", item.pk, f"{key} {value} {comment}"[:500])
    return made


def check_may_conclude(item: Item, user: User) -> None:
    """Raises `UsageError` where a person may not draw the conclusion of a case now: in the second review only the 主审 does."""
    check_open(item, user)
    if item.status == Status.SECOND and role_of(user) is not Role.CHIEF:
        raise UsageError("复核中不改结论", remedy="请退回初审，由承办人重新作出结论；也可以请主审作出")


def carry_over(item: Item, user: User, *, version: str = "") -> int:
    """Records the answers that were given on an earlier version again, as a person's own on the current one; returns how many.

    `version` is the one that the person saw. Raises `UsageError` as `acting`, and where there are none.
    """
    with acting(item, user, version=version) as item:
        old = [made for _, made in answered_points(item) if made and made.version_id not in (None, item.current_id)]
        if not old:
            raise UsageError("没有前一版的回答可以沿用", remedy="请刷新后逐项回答")
        for made in old:
            Check.objects.create(
                item=item, version=item.current, point=made.point, answer=made.answer, comment=made.comment, reviewer=display_name(user), account=user.username
            )  # fmt: skip
            note(user.username, "核对", item.pk, f"{made.point} {made.answer} {made.comment}（沿用前一版的回答）"[:500])
        return len(old)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person saw who concludes: the key of the version, and the number of the conclusion that counted, 0 for none; "" and None where it is not known."""

    version: str = ""
    last: int | None = None


def conclude(item: Item, outcome: str, reason: str, user: User, *, seen: Seen = Seen()) -> Conclusion:
    """Records a person's conclusion on a case, drawn on its current version; earlier ones are kept.

    Raises `UsageError` as `acting`, for an outcome that is missing or that the kind of case does not allow, and where another
    conclusion was drawn since the person looked.
    """
    reason = clean(reason)
    with acting(item, user, check_may_conclude, version=seen.version) as item:
        last = item.conclusions.order_by("-id").first()
        if last is not None and seen.last not in (None, last.pk):
            raise UsageError(
                f"{last.reviewer}已作出结论“{last.outcome}”，您打开页面时还没有，没有记录",
                remedy="请刷新页面核对后再作结论",
            )
        possible = OUTCOMES[Kind(item.kind)]
        if outcome not in possible:
            raise UsageError(
                f"这类案件没有“{outcome}”这种结论" if outcome else "没有选择审查结论",
                remedy=f"请选{'、'.join(possible)}之一",
            )
        made = Conclusion.objects.create(
            item=item, version=item.current, outcome=outcome, reason=reason, reviewer=display_name(user), account=user.username
        )  # fmt: skip
        note(user.username, "结论", item.pk, f"{outcome} {reason}"[:500])
    return made
