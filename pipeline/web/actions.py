"""What people do on the page of an item: each view records one act of one person, with the check of permissions before it.

Forms are sent by htmx where scripts run: an error then shows beside the form, which keeps what was typed.
"""

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from pipeline.document import Span
from pipeline.errors import UsageError
from pipeline.review.accounts import Action, display_name, may, visible
from pipeline.review.decisions import (
    agreement,
    bulk,
    checklists,
    history,
    notices,
    raising,
    recipients,
    releases,
    workflow,
)
from pipeline.review.decisions.access import clean
from pipeline.review.decisions.contradictions import contradictions, explain
from pipeline.review.decisions.finding_types import name_of
from pipeline.review.models import Answer, Decision, Finding, Item, Passage, Release, Status, Verdict
from pipeline.review.queue import versions
from pipeline.web import finding_groups
from pipeline.web.items import TEMPLATES, finding_context
from pipeline.web.permissions import allowed, done, item_of, number_of, user_of

# findings that the preview of a decision on many lists
_LISTED = 40


def _text(request: HttpRequest, name: str, longest: int = 2000) -> str:
    return clean(request.POST.get(name, ""))[:longest]


def _seen(request: HttpRequest) -> str:
    """The key of the version that the page of a form showed; "" where the form names none."""
    return _text(request, "version", 20)


def _last(request: HttpRequest) -> int | None:
    """The number of the answer or conclusion that the page of a form showed as the one that counts, 0 for none; None where it names none."""
    return number_of(_text(request, "last", 20))


def _here(request: HttpRequest, item_id: int, said: str = "", level: int = messages.SUCCESS) -> HttpResponseBase:
    """Back to the page of an item, in the list that the user walks."""
    if said:
        messages.add_message(request, level, said)
    query = request.POST.get("from", "")
    address = reverse("item", args=[item_id])
    return done(request, f"{address}?from={query}" if query else address)


def _back_with_error(request: HttpRequest, item_id: int, said: str) -> HttpResponseBase:
    """Back to the page of an item with what was wrong: the address stays one that can be opened again."""
    return _here(request, item_id, said, messages.ERROR)


def _finding_again(request: HttpRequest, found: Item, key: str) -> HttpResponse:
    """The finding rendered again, with the count of open alarms and the contradictions of the case."""
    version = found.current
    finding = Finding.objects.filter(version=version, key=key).first()
    if version is None or finding is None:
        raise UsageError("这条发现已不在当前版本中", remedy="请刷新后查看")
    shown = list(version.findings.filter(softened=False).order_by("start", "id"))
    groups = finding_groups.grouped(finding_groups.rows_of(user_of(request), found, version, shown))
    group = next((group for group in groups if group.about(finding)), None)
    row = (
        next(row for row in group.rows if row.get("finding") == finding)
        if group
        else finding_groups.row_of(found, version, finding)
    )
    context = {
        "item": found, "version": version, "row": row, "group": group, "is_current": True, "swapped": True, "contradictions": contradictions(found),
        "undecided_types": finding_groups.undecided_types(groups), "history": history.of(found), **finding_context(request, found),
    }  # fmt: skip
    return render(request, "part_finding.html", context)


def _statement(request: HttpRequest) -> workflow.Statement:
    """What the form of a decision says."""
    verdict, comment = _text(request, "verdict", 8), _text(request, "comment")
    addressee, fingerprint = _text(request, "addressee", 128), _text(request, "fingerprint", 12)
    return workflow.Statement(verdict, comment, addressee, _seen(request), fingerprint)


@require_POST
@allowed(Action.DECIDE)
def decide(request: HttpRequest, item_id: int) -> HttpResponse:
    """Records a decision on a finding and renders the finding again; `final` marks a ruling (裁定) on a dispute."""
    found, key, final = item_of(request, item_id), _text(request, "key"), request.POST.get("final") == "1"
    if final and not may(request.user, Action.ADJUDICATE):
        raise PermissionDenied
    statement = _statement(request)
    workflow.decide(found, key, statement, user_of(request), final=final)
    return _finding_again(request, found, key)


@require_POST
@allowed(Action.DECIDE)
def withdraw(request: HttpRequest, item_id: int) -> HttpResponse:
    """Withdraws the user's own latest decision on a finding and renders the finding again."""
    found, key = item_of(request, item_id), _text(request, "key")
    workflow.withdraw(found, key, user_of(request), decision=number_of(_text(request, "decision", 20)))
    return _finding_again(request, found, key)


@require_http_methods(["GET", "POST"])
@allowed(Action.DECIDE)
def group(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """Shows chosen findings of an item with one form for all, and records that decision on `sure`; GET leads back to the item.

    Chosen are the undecided findings with the keys `key`, or all of a `type`; what is recorded is on those of `keys`, separated by
    blanks, each with the fingerprint of the finding that was shown (key:fingerprint).
    """
    found = item_of(request, item_id)
    if request.method == "GET":
        return redirect("item", item_id)
    if request.POST.get("sure") == "1":
        shown = (word.partition(":") for word in request.POST.get("keys", "").split())
        return _decide_group(request, found, {key: fingerprint for key, _, fingerprint in shown})
    keys = request.POST.getlist("key")
    findings = bulk.undecided_in(Item.objects.filter(pk=found.pk)).order_by("start", "id")
    kind = _text(request, "type", 16)
    chosen = list(findings.filter(type=kind) if kind else findings.filter(key__in=keys))
    if not chosen:
        return _back_with_error(request, item_id, "没有选中还没决定的发现。请勾选至少一处，或者选一类还没有决定的发现")
    context = {
        "item": found,
        "findings": chosen,
        "shown": chosen[:_LISTED],
        "kind": chosen[0].content["name"] if kind else "",
        "verdicts": Verdict.values,
        "templates": TEMPLATES,
        "from": _text(request, "from", 500),
    }
    return render(request, "group.html", context)


def _decide_group(request: HttpRequest, found: Item, seen: dict[str, str]) -> HttpResponseBase:
    """Records one decision on those findings of `seen` that have none, and says how many of them had one meanwhile."""
    statement = _statement(request)
    made = bulk.decide_group(found, seen, statement, by=user_of(request))
    count = made.decisions.count()
    left = f"；其余{len(seen) - count}处已有决定，没有改动" if len(seen) > count else ""
    return _here(request, found.pk, f"已对{count}处作出“{statement.verdict}”的决定，可以逐处撤回{left}")


@require_POST
@allowed(Action.DECIDE)
def raise_finding(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """Makes a finding of the user on marked words."""
    found = item_of(request, item_id)
    start, end = (number_of(_text(request, name, 12)) or 0 for name in ("start", "end"))
    span = Span(start, end) if start < end else Span(0, 0)
    ground = _ground(request)
    made = raising.raise_finding(found, span, ground, raising.named_bases(found, ground, span), user_of(request))
    return _here(request, item_id, f"已提出一处发现：{made.content['name']}")


def _ground(request: HttpRequest) -> raising.Ground:
    kind = _text(request, "type", 16)
    severity, basis, reason = _text(request, "severity", 4), _text(request, "basis", 300), _text(request, "reason")
    return raising.Ground(
        kind, name_of(kind) if kind else "", severity, basis, reason, _text(request, "advice"), _seen(request),
        _text(request, "fingerprint", 12),
    )  # fmt: skip


@require_POST
@allowed(Action.DECIDE)
def take_back_finding(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """Removes a finding that the user raised."""
    raising.take_back(item_of(request, item_id), _text(request, "key"), user_of(request))
    return _here(request, item_id, "已收回您提出的发现")


@require_http_methods(["GET", "POST"])
@allowed(Action.DECIDE)
def change_finding(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """GET gives the form for a change of a finding; POST changes type, severity or basis of a finding, or takes up a softened hit (`softened` "0") or takes an alarm off ("1")."""
    found = item_of(request, item_id)
    if request.method == "GET":
        finding = get_object_or_404(Finding, version=found.current, key=request.GET.get("key", ""))
        context = {"item": found, "version": found.current, "finding": finding, **finding_context(request, found)}
        return render(request, "part_change.html", context)
    ground = _ground(request)
    chosen = {"0": False, "1": True}.get(request.POST.get("softened", ""))
    values = raising.values_of(found, _text(request, "key"), ground, softened=chosen)
    change = raising.Change(values, ground.reason, ground.fingerprint)
    made = raising.change_finding(found, _text(request, "key"), change, user_of(request))
    outdated = Decision.objects.filter(item=found, finding_key=made.finding_key, set_aside__gte=made.made)
    return _here(
        request, item_id, f"已改动，机器原来的结果保留在旁边{_set_aside_words(list(outdated), user_of(request))}"
    )


def _set_aside_words(outdated: list[Decision], user: User) -> str:
    """What a change of a finding set aside, and who was told of it; "" where nothing was."""
    if not outdated:
        return ""
    own = all(made.account == user.username for made in outdated)
    told = "、".join(sorted(map(display_name, notices.authors_told(outdated, user))))
    return f"；{'您' if own else ''}此前的{len(outdated)}个决定不再作数，{f'已通知{told}，' if told else ''}须重新决定"


@require_POST
@allowed(Action.DECIDE)
def judge(request: HttpRequest, item_id: int) -> HttpResponse:
    """Records the judgement of a passage of the blind sample and renders it again."""
    found = item_of(request, item_id)
    passage = get_object_or_404(Passage, pk=number_of(_text(request, "passage", 20)), version__item=found)
    missed = request.POST.get("missed")
    if missed not in ("0", "1"):
        raise UsageError("没有选择", remedy="请选有问题或者没有问题")
    agreement.judge_passage(passage, user_of(request), missed=missed == "1", comment=_text(request, "comment"))
    version = passage.version
    row = {"passage": passage, "text": version.text[passage.start : passage.end]}
    return render(request, "part_passage.html", {"item": found, "row": row})


@require_POST
@allowed(Action.DECIDE)
def check(request: HttpRequest, item_id: int) -> HttpResponse:
    """Records the answer to a point of the checklist and renders this point again: what was typed under others stays."""
    found, user = item_of(request, item_id), user_of(request)
    given = checklists.Given(
        _text(request, "answer", 8), _text(request, "comment", 500), _seen(request), _last(request)
    )
    answered = checklists.answer(found, _text(request, "point", 16), given, user)
    point = next(point for point in checklists.points_of(found.kind) if point.key == answered.point)
    context = {
        "item": found, "version": found.current, "point": point, "made": answered, "answers": Answer.values, "swapped": True,
        "contradictions": contradictions(found), "history": history.of(found), **finding_context(request, found),
    }  # fmt: skip
    return render(request, "part_checked.html", context)


@require_POST
@allowed(Action.DECIDE)
def carry_points(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """Gives the answers of the version before to the points of the checklist again, as the user's own, on the current version."""
    count = checklists.carry_over(item_of(request, item_id), user_of(request), version=_seen(request))
    return _here(request, item_id, f"已就现在的版本沿用{count}项回答，记在您名下")


@require_POST
@allowed(Action.DECIDE)
def conclude(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """Records the conclusion on a case."""
    found, user = item_of(request, item_id), user_of(request)
    outcome, reason = _text(request, "outcome", 16), _text(request, "reason", 1000)
    seen = checklists.Seen(_seen(request), _last(request))
    checklists.conclude(found, outcome, reason, user, seen=seen)
    return _here(request, item_id, "已记下审查结论")


@require_POST
@allowed(Action.DECIDE)
def explain_contradiction(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """Records the user's words on a contradiction; they are printed."""
    found, user = item_of(request, item_id), user_of(request)
    explain(found, _text(request, "key", 64), _text(request, "words"), user)
    return _here(request, item_id, "已记下说明，将印在文书中")


@require_POST
@allowed(Action.FINISH)
def finish(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """Finishes the first or the second review of an item."""
    status = workflow.finish(item_of(request, item_id), user_of(request))
    return _here(request, item_id, "已办结" if status == Status.DONE else "已送复核，请由另一名审查人员复核")


@require_POST
@allowed(Action.FINISH)
def send_back(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """Returns an item to the first review; reopening a finished item takes the permission to adjudicate."""
    action = workflow.send_back(item_of(request, item_id), user_of(request), _text(request, "reason", 500))
    return _here(request, item_id, "已重新打开" if action == workflow.REOPENED else "已退回初审")


@require_POST
@allowed(Action.DECIDE)
def claim(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """Claims an item that nobody has."""
    workflow.claim(item_of(request, item_id), user_of(request))
    return _here(request, item_id)


@require_POST
@allowed(Action.DECIDE)
def give_back(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """Gives an item back that the user has."""
    workflow.give_back(item_of(request, item_id), user_of(request))
    return _here(request, item_id, "已放回，其他人可以领取")


@require_POST
@allowed(Action.ASSIGN)
def assign(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """Assigns an item to a person."""
    number = number_of(_text(request, "to", 20))
    if number is None:
        raise UsageError("没有选择承办人", remedy="请选择一名审查人员")
    to = get_object_or_404(User, pk=number, is_active=True)
    workflow.assign(item_of(request, item_id), to, by=user_of(request))
    return _here(request, item_id, f"已指派给{display_name(to)}")


@require_POST
@allowed(Action.DECIDE)
def correct(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """Corrects a fact of the masthead, or kind of case and place (`field` "kind")."""
    found, user, field = item_of(request, item_id), user_of(request), _text(request, "field", 16)
    if field == "kind":
        workflow.reclassify(found, _text(request, "kind", 8), _text(request, "place", 32), user)
        return _here(request, item_id, "已更正类别和地区，期限随类别改动")
    if not field:
        raise UsageError("没有选择更正哪一项", remedy=f"可以更正{'、'.join(workflow.CORRECTABLE.values())}")
    workflow.correct(found, field, _text(request, "value"), user, seen=request.POST.get(f"seen_{field}"))
    return _here(request, item_id, "已更正，机器原来的结果保留在旁边")


@require_POST
@allowed(Action.DECIDE)
def version_choice(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """What an item is to another: taken up as its new version, kept separate, or proposed as one by number (`of`)."""
    found, user, choice = item_of(request, item_id), user_of(request), _text(request, "choice", 8)
    if choice == "接收":
        kept = versions.take_up(found, user, _text(request, "reason", 500))
        return _here(request, kept.pk, f"已作为第{kept.current.sequence if kept.current else ''}版接收，请重新审查")
    if choice == "独立":
        versions.keep_separate(found, user)
        return _here(request, item_id, "已各自独立")
    number = number_of(_text(request, "of", 20))
    if choice != "指明" or number is None or not visible(user).filter(pk=number).exists():
        raise UsageError("没有写明是哪一件的新版本", remedy="请填写已有文件的编号")
    versions.propose(found, number, user)
    return _here(request, item_id, f"已标为可能是编号{number}的新版本，请比较后选择")


@require_POST
@allowed(Action.DECIDE)
def split_off(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """Makes the current version of an item an item of its own again."""
    found, user = item_of(request, item_id), user_of(request)
    chosen = [number for text in request.POST.getlist("material") if (number := number_of(text)) is not None]
    separate = versions.split_off(found, user, _text(request, "reason", 500), materials=chosen)
    now = Item.objects.get(pk=item_id)
    return _here(request, item_id, f"已拆出为编号{separate.pk}，前一版恢复为当前版本，本件{now.status}")


@require_POST
@allowed(Action.FINISH)
def release(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """Sends the finished review to the issuer."""
    offline = request.POST.get("offline") == "1"
    found, organs = item_of(request, item_id), request.POST.getlist("organ")
    releases.release(found, user_of(request), _text(request, "words"), offline=offline, organs=organs)
    said = "已记下线下送达；意见书请另行送交" if offline else "已送达，对方可以查看意见书并逐条答复"
    if left := "、".join(recipients.not_told(found)):
        said += f"。{left}没有账号，还没有送达：另行送交以后，请记下线下送达"
    return _here(request, item_id, said)


@require_POST
@allowed(Action.FINISH)
def enter_reply(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """Records an answer that an issuer without account gave on paper to a finding of an offline release."""
    made = get_object_or_404(Release, item=item_of(request, item_id), pk=number_of(_text(request, "release", 20)))
    answered = releases.Answered(
        _text(request, "key", 32), _text(request, "stance", 8), _text(request, "words"), on_paper=True
    )
    releases.reply(made, answered, user_of(request))
    return _here(request, item_id, "已代录书面答复")


@require_POST
@allowed(Action.FINISH)
def take_back_release(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """Takes the review back that was sent to the issuer."""
    made = get_object_or_404(Release, item=item_of(request, item_id), pk=number_of(_text(request, "release", 20)))
    releases.take_back(made, user_of(request), _text(request, "reason", 500))
    return _here(request, item_id, "已收回，对方不再能看到")
