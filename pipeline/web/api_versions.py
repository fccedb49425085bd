"""The calls of the HTTP API on what happens around a case: versions, who has it, release to the issuer and answers, notices."""

from typing import Any

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from ninja.errors import HttpError

from pipeline.errors import UsageError
from pipeline.review.accounts import Action, Role, role_of, visible
from pipeline.review.decisions import notices, releases, workflow
from pipeline.review.models import Item, Release
from pipeline.review.queue import comparison, versions
from pipeline.web.api_access import item_of_call, needs, user_of_call

router = Router()


class VersionChoiceIn(Schema):
    """What an item is to another: 接收 (taken up as its new version), 独立, or 指明 (proposed as a version of the item `of`)."""

    choice: str
    reason: str = ""
    of: int = 0


class SplitIn(Schema):
    """Why a version is split off, and the numbers of the material that goes with it."""

    words: str = ""
    materials: tuple[int, ...] = ()


class WordsIn(Schema):
    """A person's words: a reason, or what is sent along."""

    words: str = ""


class AssignIn(Schema):
    """The account name of the person who is to handle an item."""

    to: str


class ReplyIn(Schema):
    """An issuer's answer to one finding of a release: 采纳, 部分采纳 or 不采纳, with words for the last two."""

    key: str
    stance: str
    words: str = ""


@router.get("/items/{item_id}/versions", response=list[dict[str, Any]], summary="一件的各个版本，新的在前")
@needs(Action.SEE)
def versions_of(request: HttpRequest, item_id: int) -> list[dict[str, Any]]:
    found = item_of_call(request, item_id)
    return [
        {
            "version": one.sequence, "name": one.name, "submitted_by": one.submitted_by, "original": one.original_id,
            "current": one.pk == found.current_id, "created": one.created.isoformat(),
        }
        for one in found.versions.order_by("-sequence")
    ]  # fmt: skip


@router.get("/items/{item_id}/comparison", response=dict[str, Any], summary="比较两个版本：段落、字词、发现")
@needs(Action.SEE)
def compare(request: HttpRequest, item_id: int, old: int, new: int) -> dict[str, Any]:
    found = item_of_call(request, item_id)
    one, other = (get_object_or_404(found.versions, sequence=number) for number in (old, new))
    made = comparison.compare(one, other)
    rows = [
        {"kind": row.kind, "old": row.old, "new": row.new, "words": [[words.change, words.text] for words in row.words]}
        for row in made.rows
    ]
    keys = {name: [finding.key for finding in findings] for name, findings in made.changes}
    return {"rows": rows, "findings": keys}


@router.post("/items/{item_id}/version", response=dict[str, int], summary="是不是另一件的新版本：接收、独立、指明")
@needs(Action.DECIDE)
def choose_version(request: HttpRequest, item_id: int, body: VersionChoiceIn) -> dict[str, int]:
    found, user = item_of_call(request, item_id), user_of_call(request)
    if body.choice == "接收":
        return {"item": versions.take_up(found, user, body.reason[:500]).pk}
    if body.choice == "独立":
        versions.keep_separate(found, user)
    elif body.choice == "指明" and visible(user).filter(pk=body.of).exists():
        versions.propose(found, body.of, user)
    else:
        raise UsageError("没有写明怎样处理", remedy="choice写接收、独立，或者指明并以of写已有文件的编号")
    return {"item": found.pk}


@router.post("/items/{item_id}/split", response=dict[str, int], summary="把当前版本拆出，另立一件")
@needs(Action.DECIDE)
def split(request: HttpRequest, item_id: int, body: SplitIn) -> dict[str, int]:
    found, user = item_of_call(request, item_id), user_of_call(request)
    return {"item": versions.split_off(found, user, body.words[:500], materials=body.materials).pk}


@router.post("/items/{item_id}/give-back", response=dict[str, str], summary="放回自己承办的一件")
@needs(Action.DECIDE)
def give_back(request: HttpRequest, item_id: int) -> dict[str, str]:
    workflow.give_back(item_of_call(request, item_id), user_of_call(request))
    return {"assignee": ""}


@router.post("/items/{item_id}/assign", response=dict[str, str], summary="指派给一名审查人员")
@needs(Action.ASSIGN)
def assign(request: HttpRequest, item_id: int, body: AssignIn) -> dict[str, str]:
    to = User.objects.filter(username=body.to, is_active=True).first()
    if to is None:
        raise UsageError(f"没有账号“{body.to}”", remedy="请写审查人员的账号名")
    workflow.assign(item_of_call(request, item_id), to, by=user_of_call(request))
    return {"assignee": to.username}


@router.post("/items/{item_id}/release", response=dict[str, int], summary="把办结的审查意见送达制定机关")
@needs(Action.FINISH)
def release(request: HttpRequest, item_id: int, body: WordsIn) -> dict[str, int]:
    return {"id": releases.release(item_of_call(request, item_id), user_of_call(request), body.words).pk}


@router.post("/items/{item_id}/release/{release_id}/take-back", response=dict[str, int], summary="收回送达的审查意见")
@needs(Action.FINISH)
def take_back(request: HttpRequest, item_id: int, release_id: int, body: WordsIn) -> dict[str, int]:
    made = _release(item_of_call(request, item_id), release_id)
    releases.take_back(made, user_of_call(request), body.words[:500])
    return {"id": made.pk}


@router.post("/items/{item_id}/release/{release_id}/replies", response=dict[str, str], summary="制定机关答复一条意见")
@needs(Action.READ)
def reply(request: HttpRequest, item_id: int, release_id: int, body: ReplyIn) -> dict[str, str]:
    if role_of(request.user) is not Role.ISSUER:
        raise HttpError(403, "只有制定机关的账号可以答复")
    made = _release(item_of_call(request, item_id), release_id)
    if made.withdrawn is not None:
        raise Http404
    found = releases.reply(made, releases.Answered(body.key, body.stance, body.words), user_of_call(request))
    return {"key": found.finding_key, "stance": found.stance}


def _release(item: Item, release_id: int) -> Release:
    return get_object_or_404(Release.objects.select_related("item"), pk=release_id, item=item)


@router.get("/notices", response=list[dict[str, Any]], summary="自己的通知，没看过的在前")
@needs(Action.READ)
def notices_of_account(request: HttpRequest) -> list[dict[str, Any]]:
    found = notices.latest(user_of_call(request))
    return [
        {
            "id": one.pk,
            "item": one.item_id,
            "words": one.words,
            "made": one.made.isoformat(),
            "seen": one.seen is not None,
        }
        for one in found
    ]


@router.post("/notices/seen", response=dict[str, int], summary="把通知全部标为已读")
@needs(Action.READ)
def notices_seen(request: HttpRequest) -> dict[str, int]:
    notices.mark_seen(user_of_call(request))
    return {"unseen": 0}
