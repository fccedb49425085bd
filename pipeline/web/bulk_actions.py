"""Actions on several items of the queue: those that were ticked on a page, or all that a filter finds; each returns to the list."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from pipeline.errors import UsageError
from pipeline.review.accounts import Action, display_name, may, visible
from pipeline.review.decisions import bulk, workflow
from pipeline.review.models import Item, Status, Verdict
from pipeline.review.queue.filters import Filter
from pipeline.web.permissions import allowed, user_of
from pipeline.web.views import reviewers

CLAIMED = "领取"
_NEEDED = {CLAIMED: (Action.DECIDE,), bulk.DECIDED: (Action.ASSIGN, Action.DECIDE)}
# titles that a preview lists
_LISTED = 20
_LIST_FIELDS = (*Filter.__dataclass_fields__, "page")
# what a form keeps besides the list it came from
_SELECTION_FIELDS = ("what", "selected")
# the fields of a decision on many items, with their longest values, and their names
_DECISION_FIELDS = {"type": 16, "verdict": 8, "addressee": 128, "comment": 1000}
_NAMES = {"type": "类别", "verdict": "决定", "addressee": "转给", "comment": "意见"}


@require_POST
@allowed(Action.SEE)
def bulk_action(request: HttpRequest) -> HttpResponse:
    """Claims, assigns or decides several items: the ticked ones (`item`, with `selected`), one (`claim`), or all of the filter.

    Assigning and deciding show a preview of what would change until they are confirmed (`sure`).
    """
    what = CLAIMED if "claim" in request.POST else request.POST.get("what", "")
    if not all(may(request.user, action) for action in _NEEDED.get(what, (Action.ASSIGN,))):
        raise PermissionDenied
    found = _items_of(request)
    if what != bulk.DECIDED and not found.exists():
        messages.error(request, "没有勾选文件。请先在列表左侧勾选，再选择怎样处理")
        return redirect(list_address(request))
    if what == CLAIMED:
        return _claim_many(request, found)
    return (_decide_many if what == bulk.DECIDED else _assign_many)(request, found)


def _items_of(request: HttpRequest) -> "QuerySet[Item]":
    """The items that an action is for, in the order of the list, as far as the user may see them."""
    chosen, items = Filter.of(request.POST), visible(request.user)
    if "claim" in request.POST or request.POST.get("selected") == "1":
        ticked = request.POST.getlist("claim") or request.POST.getlist("item")
        return chosen.ordered(items.filter(pk__in=[int(key) for key in ticked if key.isdecimal() and len(key) < 19]))
    return chosen.ordered(chosen.apply(items, user_of(request)))


def list_address(request: HttpRequest) -> str:
    """The address of the list that a form came from: its filter and its page."""
    kept = {name: request.POST.get(name, "") for name in _LIST_FIELDS}
    return f"/?{urlencode({name: value for name, value in kept.items() if value})}"


def _kept_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields that the form of a preview sends again: the list, the action, and the ticked items."""
    kept = [(name, request.POST.get(name, "")) for name in (*_LIST_FIELDS, *_SELECTION_FIELDS)]
    return [(name, value) for name, value in kept if value] + [("item", key) for key in request.POST.getlist("item")]


def _claim_many(request: HttpRequest, found: "QuerySet[Item]") -> HttpResponse:
    """Claims each item for the user, and says which ones were taken or finished already."""
    user, claimed, others = user_of(request), 0, []
    for item in found.select_related("assignee"):
        if item.status == Status.DONE:
            others.append(f"第{item.pk}号已经办结")
        elif item.assignee_id == user.pk:
            others.append(f"第{item.pk}号本来就由您承办")
        else:
            try:
                workflow.claim(item, user)
                claimed += 1
            except UsageError as error:
                others.append(f"第{item.pk}号{error.message}")
    if claimed:
        messages.success(request, f"已领取{claimed}件")
    if others:
        messages.warning(request, f"{'；'.join(others)}。这些没有改动")
    return redirect(list_address(request))


def _assign_many(request: HttpRequest, found: "QuerySet[Item]") -> HttpResponse:
    """Assigns those without a reviewer; shows the preview until a person is chosen and it is confirmed."""
    people = reviewers()
    to = next((person for person in people if str(person.pk) == request.POST.get("to")), None)
    if to and request.POST.get("sure") == "1":
        return _assign(request, found, to)
    free = found.filter(assignee=None)
    context = {
        "free": bulk.preview(free.order_by()), "selected": bulk.preview(found.order_by()), "titles": _titles(free), "assignee": to, "reviewers": people,
        "unclear": "" if to else "没有选择指派给谁。请选择一名审查人员",
    }  # fmt: skip
    return _preview(request, "bulk.html", context)


def _assign(request: HttpRequest, found: "QuerySet[Item]", to: User) -> HttpResponse:
    count = found.count()
    done = bulk.assign_all(found, to, by=user_of(request))
    left = f"{count - len(done.items)}件已有承办人，没有改动；" if count > len(done.items) else ""
    messages.success(request, f"已把{len(done.items)}件指派给{display_name(to)}；{left}可以在队列页撤销")
    return redirect(list_address(request))


def _decide_many(request: HttpRequest, found: "QuerySet[Item]") -> HttpResponse:
    """Records one decision on all findings of a type that have none; shows the preview until exactly what it showed is confirmed."""
    form = {name: request.POST.get(name, "").strip()[:longest] for name, longest in _DECISION_FIELDS.items()}
    kind, confirmed = form["type"], request.POST.get("sure") == "1"
    statement = workflow.Statement(form["verdict"], form["comment"], form["addressee"])
    unclear = _unclear(kind, statement, confirmed=confirmed) if "type" in request.POST else ""
    if confirmed and not unclear:
        try:
            return _decided(request, found, form, statement)
        except bulk.PreviewOutdatedError as error:
            unclear = str(error)
    findings = bulk.undecided(found, kind, user_of(request))
    touched = Item.objects.filter(pk__in=findings.values("version__item"))
    count = findings.count()
    context = {
        **form, "kind": kind, "unclear": unclear, "selected": bulk.preview(found.order_by()), "verdicts": Verdict.values, "count": count,
        "examples": list(findings.order_by("version_id", "start", "id")[:5]), "kinds": bulk.finding_types_in(found), "touched": touched.count(),
        "titles": _titles(touched.order_by("-risk", "id")), "complete": bool(count) and not _unclear(kind, statement, confirmed=True),
        "seen": [*((f"seen_{name}", value) for name, value in form.items()), ("seen_findings", bulk.stamp_of(findings))],
    }  # fmt: skip
    return _preview(request, "bulk_decide.html", context)


def _decided(
    request: HttpRequest, found: "QuerySet[Item]", form: dict[str, str], statement: workflow.Statement
) -> HttpResponse:
    """Records what was previewed. Raises `PreviewOutdatedError` where the form, or the findings, are not those of the preview."""
    changed = [name for name, value in form.items() if request.POST.get(f"seen_{name}") != value]
    if changed or not request.POST.get("seen_findings"):
        what = "、".join(_NAMES[name] for name in changed) or "发现"
        raise bulk.PreviewOutdatedError(
            f"确认的与预览的不同（{what}），没有作出决定", remedy="请核对新的预览，再确认一次"
        )
    seen = request.POST["seen_findings"]
    done = bulk.decide_all(found, form["type"], statement, by=user_of(request), seen=seen)
    name, count = bulk.type_name(form["type"]), done.decisions.count()
    said = f"已对{len(done.items)}件中的{count}处作出决定：{name} {statement.verdict}；已有决定的没有改动，可以在队列页撤销"
    messages.success(request, said)
    return redirect(list_address(request))


def _unclear(kind: str, statement: workflow.Statement, *, confirmed: bool) -> str:
    """What is missing in the form of a decision, "" for nothing; a preview needs no words yet."""
    if not kind:
        return "没有选择哪一类发现。请选择一类"
    try:
        statement.check()
    except UsageError as error:
        return str(error)
    return "" if statement.comment or not confirmed else "没有写明理由。请填写意见，它将记在每一条决定上"


def _preview(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page of a preview, with the status 400 where the form that led to it was not complete."""
    context |= {"kept": _kept_fields(request), "back": list_address(request)}
    return render(request, template, context, status=400 if context["unclear"] else 200)


def _titles(items: "QuerySet[Item]") -> Iterable[tuple[int, str]]:
    """Number and title (else the name of the file) of the first 20 items."""
    rows = items.values_list("pk", "title", "name")[:_LISTED]
    return [(key, title or name) for key, title, name in rows]
