"""The calls of the HTTP API on one case: what it says, decisions, findings of people, conclusion, versions, release, answers."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from ninja.errors import HttpError

from pipeline.clause_places import place_in_words
from pipeline.document import Span
from pipeline.errors import UsageError
from pipeline.review.accounts import Action, Role, may, role_of
from pipeline.review.audit.chain import note
from pipeline.review.decisions import agreement, checklists, finding_types, raising, recipients, releases, workflow
from pipeline.review.decisions.contradictions import contradictions, explain
from pipeline.review.decisions.raising import Ground
from pipeline.review.models import Conclusion, Decision, Item, Release, Version
from pipeline.review.output import exports
from pipeline.review.output.program_words import told
from pipeline.review.queue.basis_words import Words, as_data, words_beside, words_of_bases
from pipeline.review.queue.cleanup_cases import same_file
from pipeline.review.queue.validity import told_dossier
from pipeline.web.api_access import ItemSummary, for_issuer, item_of_call, needs, user_of_call
from pipeline.web.permissions import download

router = Router()


class DecisionIn(Schema):
    """A decision on a finding: finding key, verdict (成立, 不成立, 需修改 or 转办), comment, for 转办 the addressee; `final` is a ruling (裁定).

    With the `fingerprint` of the finding that was read, a decision is refused once the finding was changed.
    """

    key: str
    verdict: str
    comment: str = ""
    addressee: str = ""
    final: bool = False
    fingerprint: str = ""


class CorrectionIn(Schema):
    """A correction: `field` is title, number, issuers, genre, made, effective or expires."""

    field: str
    value: str


class ConclusionIn(Schema):
    """A conclusion on a case; `outcome` is one of those that its kind allows."""

    outcome: str
    reason: str = ""


class ReturnIn(Schema):
    """The reason for returning an item to the first review."""

    reason: str


class FindingIn(Schema):
    """A finding of a person: `start` and `end` in code points of the text of the version with the number `version`; type, severity, reason.

    `basis` names articles (《…法》第…条), "" for those of the type.
    """

    version: int
    start: int
    end: int
    type: str
    severity: str
    reason: str
    basis: str = ""
    advice: str = ""


class AmendmentIn(Schema):
    """A change of a finding; fields that are left out stay. `softened` False takes up a hit that is not raised; `fingerprint` as for decisions."""

    reason: str
    type: str = ""
    severity: str = ""
    basis: str = ""
    advice: str = ""
    softened: bool | None = None
    fingerprint: str = ""


class CheckIn(Schema):
    """The answer to a point of the checklist: 是, 否 or 不适用."""

    point: str
    answer: str
    comment: str = ""


class BesideIn(Schema):
    """What a document tells beside each finding: words (of the articles it rests on), cases (similar official ones)."""

    beside: tuple[str, ...] = ()


class ExplanationIn(Schema):
    """A person's words on the contradiction with a `key`; they are printed."""

    key: str
    words: str


@router.get(
    "/items/{item_id}",
    response=dict[str, Any],
    summary="一件文件：要素、发现、决定、结论、版本；制定机关只看到送达的意见",
)
@needs(Action.READ)
def item(request: HttpRequest, item_id: int) -> dict[str, Any]:
    found = item_of_call(request, item_id)
    note(user_of_call(request).username, "查看", found.pk, "接口")
    if role_of(request.user) is Role.ISSUER:
        return {
            **for_issuer(found, user_of_call(request)),
            "text": found.current.text if found.current else "",
            "release": _release(recipients.release_for(found, user_of_call(request))),
            "findings": [],
        }
    version = found.current
    return {
        **ItemSummary.from_orm(found).dict(),
        "marks": found.marks.split(),
        "rival": found.rival_id,
        "proposal": found.proposal,
        "same_file": [{"id": one.pk, "kind": one.kind, "status": one.status} for one in same_file(found)],
        "text": version.text if version else "",
        "dossier": told_dossier(found) if version else None,
        "engine": version.engine if version else "",
        "original": version.original_id if version else "",
        "version": version.sequence if version else 0,
        "conclusion": _conclusion(found.conclusions.order_by("-id").first()),
        "contradictions": _contradictions(found) if version else [],
        "release": _release(recipients.current_release(found)),
        "releases": [_release(made) for made in recipients.current_releases(found)],
        "not_told": list(recipients.not_told(found)) if found.releases.exists() else [],
        "findings": _findings(found, version, workflow.decisions_of(found)) if version else [],
    }


def _findings(item: Item, version: Version, decided: Mapping[str, Decision]) -> list[dict[str, Any]]:
    found = list(version.findings.order_by("start", "id"))
    words = words_of_bases((basis for f in found for basis in f.content["bases"]), version.as_of)
    return [
        {
            "key": f.key, "start": f.start, "end": f.end, **_with_words(told(f, item), words), "place": place_in_words(f.content["path"]),
            "type": f.type, "severity": f.severity, "softened": f.softened,
            "fingerprint": f.fingerprint, "raised_by": f.raised_by, "neighbours": version.neighbours.get(f.key, []), "decision": _decision(decided.get(f.key)),
        }
        for f in found
    ]  # fmt: skip


def _with_words(content: dict[str, Any], words: Words) -> dict[str, Any]:
    """The content of a finding, each of its bases with the words of its articles."""
    bases = [{**basis, "words": as_data(words_beside(basis, words))} for basis in content["bases"]]
    return {**content, "bases": bases}


def _decision(made: Decision | None) -> dict[str, str] | None:
    if made is None:
        return None
    return {
        "verdict": made.verdict, "comment": made.comment, "reviewer": made.reviewer, "addressee": made.addressee, "made": made.made.isoformat(),
    }  # fmt: skip


def _conclusion(made: Conclusion | None) -> dict[str, str] | None:
    return {"outcome": made.outcome, "reason": made.reason, "reviewer": made.reviewer} if made else None


def _contradictions(found: Item) -> list[dict[str, Any]]:
    return [
        {
            "key": one.key, "says": one.says, "way_out": one.way_out, "explainable": one.explainable,
            "explanation": one.explanation.words if one.explanation else "",
        }
        for one in contradictions(found)
    ]  # fmt: skip


def _release(made: Release | None) -> dict[str, Any] | None:
    if made is None:
        return None
    replies = releases.replies_of(made)
    return {
        "id": made.pk, "organs": list(recipients.organs_told(made)), "offline": made.offline,
        "version": made.version.sequence, "outcome": made.outcome, "words": made.words, "findings": made.findings,
        "replies": {key: {"stance": reply.stance, "words": reply.words, "by": reply.by} for key, reply in replies.items()},
    }  # fmt: skip


@router.post("/items/{item_id}/decisions", response=dict[str, Any], summary="对一条发现作出决定")
@needs(Action.DECIDE)
def decide(request: HttpRequest, item_id: int, decision: DecisionIn) -> dict[str, Any]:
    if decision.final and not may(request.user, Action.ADJUDICATE):
        raise HttpError(403, "这个账号不能裁定")
    found = item_of_call(request, item_id)
    statement = workflow.Statement(
        decision.verdict, decision.comment[:2000], decision.addressee[:128], fingerprint=decision.fingerprint
    )
    made = workflow.decide(found, decision.key, statement, user_of_call(request), final=decision.final)
    return {"id": made.pk, "open": len(workflow.open_alarms(found)), "disputed": len(agreement.disputed(found))}


@router.post("/items/{item_id}/corrections", response=dict[str, str], summary="更正题名、文号、日期等")
@needs(Action.DECIDE)
def correct(request: HttpRequest, item_id: int, correction: CorrectionIn) -> dict[str, str]:
    found, user = item_of_call(request, item_id), user_of_call(request)
    made = workflow.correct(found, correction.field, correction.value, user)
    return {"field": made.field, "machine": made.machine, "value": made.value}


@router.post("/items/{item_id}/conclusion", response=dict[str, str], summary="写下审查结论")
@needs(Action.DECIDE)
def conclude(request: HttpRequest, item_id: int, conclusion: ConclusionIn) -> dict[str, str]:
    found, user = item_of_call(request, item_id), user_of_call(request)
    made = checklists.conclude(found, conclusion.outcome, conclusion.reason[:1000], user)
    return {"outcome": made.outcome, "reason": made.reason}


@router.post("/items/{item_id}/decisions/{key}/withdraw", response=dict[str, int], summary="撤回自己的决定")
@needs(Action.DECIDE)
def withdraw(request: HttpRequest, item_id: int, key: str) -> dict[str, int]:
    found = item_of_call(request, item_id)
    workflow.withdraw(found, key, user_of_call(request))
    return {"open": len(workflow.open_alarms(found))}


@router.post("/items/{item_id}/findings", response=dict[str, str], summary="对正文中的一段文字提出发现")
@needs(Action.DECIDE)
def raise_finding(request: HttpRequest, item_id: int, body: FindingIn) -> dict[str, str]:
    found, user = item_of_call(request, item_id), user_of_call(request)
    if found.current is None or found.current.sequence != body.version:
        raise UsageError("这不是当前版本", remedy="请取得当前版本的正文，再按它的位置提出")
    ground = Ground(body.type, finding_types.name_of(body.type), body.severity, body.basis, body.reason, body.advice)
    span = Span(max(body.start, 0), max(body.end, 0))
    made = raising.raise_finding(found, span, ground, raising.named_bases(found, ground, span), user)
    return {"key": made.key}


@router.post(
    "/items/{item_id}/findings/{key}",
    response=dict[str, Any],
    summary="改动一条发现的类型、依据、严重程度，或者列为发现",
)
@needs(Action.DECIDE)
def change_finding(request: HttpRequest, item_id: int, key: str, body: AmendmentIn) -> dict[str, Any]:
    found, user = item_of_call(request, item_id), user_of_call(request)
    name = finding_types.name_of(body.type) if body.type else ""
    ground = Ground(body.type, name, body.severity, body.basis, body.reason, body.advice)
    values = raising.values_of(found, key, ground, softened=body.softened)
    made = raising.change_finding(found, key, raising.Change(values, body.reason, body.fingerprint), user)
    return {"key": key, "values": made.values}


@router.post("/items/{item_id}/findings/{key}/take-back", response=dict[str, str], summary="收回自己提出的发现")
@needs(Action.DECIDE)
def take_back_finding(request: HttpRequest, item_id: int, key: str) -> dict[str, str]:
    raising.take_back(item_of_call(request, item_id), key, user_of_call(request))
    return {"key": key}


@router.post("/items/{item_id}/checks", response=dict[str, str], summary="回答一项核对要点")
@needs(Action.DECIDE)
def check(request: HttpRequest, item_id: int, body: CheckIn) -> dict[str, str]:
    found, user = item_of_call(request, item_id), user_of_call(request)
    made = checklists.answer(found, body.point, checklists.Given(body.answer, body.comment[:500]), user)
    return {"point": made.point, "answer": made.answer}


@router.post("/items/{item_id}/explanations", response=dict[str, str], summary="对一处矛盾作出说明，印在文书上")
@needs(Action.DECIDE)
def explanation(request: HttpRequest, item_id: int, body: ExplanationIn) -> dict[str, str]:
    found, user = item_of_call(request, item_id), user_of_call(request)
    made = explain(found, body.key, body.words[:2000], user)
    return {"says": made.says, "words": made.words}


@router.post("/items/{item_id}/claim", response=dict[str, str], summary="领取")
@needs(Action.DECIDE)
def claim(request: HttpRequest, item_id: int) -> dict[str, str]:
    workflow.claim(item_of_call(request, item_id), user_of_call(request))
    return {"assignee": user_of_call(request).username}


@router.post("/items/{item_id}/finish", response=dict[str, str], summary="办结或者送复核")
@needs(Action.FINISH)
def finish(request: HttpRequest, item_id: int) -> dict[str, str]:
    return {"status": workflow.finish(item_of_call(request, item_id), user_of_call(request))}


@router.post("/items/{item_id}/return", response=dict[str, str], summary="退回初审")
@needs(Action.FINISH)
def send_back(request: HttpRequest, item_id: int, body: ReturnIn) -> dict[str, str]:
    found = item_of_call(request, item_id)
    workflow.send_back(found, user_of_call(request), body.reason)
    found.refresh_from_db(fields=["status"])
    return {"status": found.status}


@router.get(
    "/items/{item_id}/papers/{form}.docx",
    summary="文书：opinion、filing、objection、competition、correction、annotated；beside写words附条文，写cases附类似案例",
)
@needs(Action.EXPORT)
def paper(request: HttpRequest, item_id: int, form: str, beside: Query[BesideIn]) -> HttpResponse:
    return download(exports.export_document(item_of_call(request, item_id), form, user_of_call(request), beside.beside))
