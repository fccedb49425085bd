"""接口: the HTTP API of the desk, with the same permissions and the same audit as the pages.

A program authenticates with `Authorization: Bearer 令牌` and has the permissions of the account of the token. `openapi.json`
describes every path. Within version 1 fields are added, never removed.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from ninja import File, NinjaAPI, Query, Schema
from ninja.errors import HttpError
from ninja.files import UploadedFile
from ninja.security import HttpBearer

from pipeline.errors import UsageError
from pipeline.home import home_folder
from pipeline.review.accounts import Action, Role, may, role_of, user_of_token, visible
from pipeline.review.audit.chain import note
from pipeline.review.decisions import agreement, checklists, workflow
from pipeline.review.decisions.public_facts import (
    Force,
    PublicFacts,
    edition_of,
    force,
    matching,
    public_facts,
    published_documents,
    validity_words,
)
from pipeline.review.decisions.publication import find_public, withdrawal_words
from pipeline.review.models import Conclusion, Decision, Item, Job, JobState, Kind, Paper
from pipeline.review.output import exports
from pipeline.review.output.public_text import plain_text
from pipeline.review.queue import filters, issuer_view, saved_views
from pipeline.review.queue.uploads import Purpose, resolve_duplicate, submit
from pipeline.web.api_errors import explain_errors
from pipeline.web.api_issuer import item_for_issuer, summary_for_issuer
from pipeline.web.permissions import download
from pipeline.web.public import address
from pipeline.web.transfers import LARGEST

PAGE = 100


class ByToken(HttpBearer):
    """Authentication by bearer token; sets `request.user` to the account of the token."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        user = user_of_token(token)
        if user is not None:
            request.user = user
        return user


api = NinjaAPI(
    title="清规审查台接口", version="1", description="与网页同样的权限和审计。令牌在网页“接口令牌”中新建。", auth=ByToken(),
    docs_url=None, urls_namespace="api",
)  # fmt: skip


explain_errors(api)


def needs(action: Action) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: the call requires an action; answers with status 403 otherwise."""

    def wrap(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **named: Any) -> Any:
            if not may(request.user, action):
                raise HttpError(403, f"这个账号不能{action.value}")
            return view(request, *args, **named)

        return guarded

    return wrap


class ItemSummary(Schema):
    """The fields of an item that the queue shows."""

    id: int
    name: str
    title: str
    number: str
    issuers: str
    place: str
    kind: str
    genre: str
    status: str
    risk: int
    alarms: int
    validity: str
    expires: date | None
    due: date | None


class ItemPage(Schema):
    """A page of items; `count` is the number of items on all pages, `page` starts at 1."""

    count: int
    page: int
    items: list[ItemSummary]


class ItemQuery(Schema):
    """The filter of the queue, with the parameters of the queue page."""

    q: str = ""
    whole: str = ""
    status: str = ""
    kind: str = ""
    genre: str = ""
    year: str = ""
    issuer: str = ""
    place: str = ""
    band: str = ""
    group: str = ""
    mark: str = ""
    reviewer: str = ""
    sort: str = "risk"
    page: int = 1


class DecisionIn(Schema):
    """A decision on a finding: finding key, verdict (成立, 不成立, 需修改 or 转办), comment, for 转办 the addressee; `final` is a ruling (裁定)."""

    key: str
    verdict: str
    comment: str = ""
    addressee: str = ""
    final: bool = False


class CorrectionIn(Schema):
    """A correction: `field` is title, number, issuers, made or expires."""

    field: str
    value: str


class ConclusionIn(Schema):
    """A conclusion on a case; `outcome` is one of those that its kind allows."""

    outcome: str
    reason: str = ""


class ReturnIn(Schema):
    """The reason for returning an item to the first review."""

    reason: str


class ChoiceIn(Schema):
    """What to do with documents whose bytes are in the queue already: 关联, 另立 or 不收; `paper` is one of them, else all that wait."""

    choice: str
    paper: int | None = None


class UploadQuery(Schema):
    """What an upload is for: kind of case, place; `case` with or without `material` for a case that is there already."""

    kind: str = Kind.FILED.value
    place: str = ""
    case: int | None = None
    material: str = ""


class PaperOut(Schema):
    """One document of an uploaded file: its state, its item (`item_id`), and the item with the same bytes about which a choice waits."""

    id: int
    name: str
    state: str
    message: str
    item_id: int | None
    rival_id: int | None


class JobOut(Schema):
    """An uploaded file and the state of its processing, with the documents in it."""

    id: int
    name: str
    state: str
    message: str
    papers: list[PaperOut]

    @staticmethod
    def resolve_papers(job: Job) -> list[Paper]:
        """The documents in the order of the file."""
        return list(job.papers.order_by("position"))


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise HttpError(401, "没有令牌")
    return request.user


def _item(request: HttpRequest, item_id: int) -> Item:
    return get_object_or_404(visible(request.user).select_related("current"), pk=item_id)


@api.get("/items", response=ItemPage, summary="审查队列")
def items(request: HttpRequest, query: Query[ItemQuery]) -> dict[str, Any]:
    if not (may(request.user, Action.SEE) or may(request.user, Action.READ)):
        raise HttpError(403, "这个账号不能查看队列")
    chosen, outside = filters.Filter.of(query.dict()), role_of(request.user) is Role.ISSUER
    chosen = issuer_view.open_to_issuers(chosen) if outside else chosen
    found = chosen.ordered(chosen.apply(visible(request.user), _user(request)))
    at = (max(query.page, 1) - 1) * PAGE
    rows = found[at : at + PAGE]
    return {
        "count": found.count(),
        "page": query.page,
        "items": [summary_for_issuer(row) if outside else row for row in rows],
    }


@api.get("/facets", response=dict[str, list[tuple[str, int]]], summary="队列的分项计数")
@needs(Action.SEE)
def facets(request: HttpRequest, query: Query[ItemQuery]) -> dict[str, list[tuple[str, int]]]:
    return filters.facets(visible(request.user), filters.Filter.of(query.dict()), _user(request))


@api.get("/items/{item_id}", response=dict[str, Any], summary="一件文件：要素、发现、决定、结论")
@needs(Action.READ)
def item(request: HttpRequest, item_id: int) -> dict[str, Any]:
    found = _item(request, item_id)
    note(_user(request).username, "查看", found.pk, "接口")
    if role_of(request.user) is Role.ISSUER:
        return item_for_issuer(found)
    version, decided = found.current, workflow.decisions_of(found)
    conclusion = found.conclusions.order_by("-id").first()
    return {
        **ItemSummary.from_orm(found).dict(),
        "text": version.text if version else "",
        "dossier": version.dossier if version else None,
        "engine": version.engine if version else "",
        "original": version.original_id if version else "",
        "conclusion": _conclusion(conclusion),
        "findings": [
            {
                "key": f.key, "type": f.type, "severity": f.severity, "softened": f.softened, "start": f.start, "end": f.end,
                **f.content, "neighbours": version.neighbours.get(f.key, []), "decision": _decision(decided.get(f.key)),
            }
            for f in version.findings.order_by("start", "id")
        ]
        if version
        else [],
    }  # fmt: skip


def _decision(made: Decision | None) -> dict[str, str] | None:
    return {"verdict": made.verdict, "comment": made.comment, "reviewer": made.reviewer} if made else None


def _conclusion(made: Conclusion | None) -> dict[str, str] | None:
    return {"outcome": made.outcome, "reason": made.reason, "reviewer": made.reviewer} if made else None


@api.post("/items/{item_id}/decisions", response=dict[str, Any], summary="对一条发现作出决定")
@needs(Action.DECIDE)
def decide(request: HttpRequest, item_id: int, decision: DecisionIn) -> dict[str, Any]:
    if decision.final and not may(request.user, Action.ADJUDICATE):
        raise HttpError(403, "这个账号不能裁定")
    found = _item(request, item_id)
    statement = workflow.Statement(decision.verdict, decision.comment[:2000], decision.addressee[:128])
    made = workflow.decide(found, decision.key, statement, _user(request), final=decision.final)
    return {"id": made.pk, "open": workflow.open_alarms(found).count(), "disputed": len(agreement.disputed(found))}


@api.post("/items/{item_id}/corrections", response=dict[str, str], summary="更正题名、文号、日期等")
@needs(Action.DECIDE)
def correct(request: HttpRequest, item_id: int, correction: CorrectionIn) -> dict[str, str]:
    found = _item(request, item_id)
    workflow.check_may_correct(found, _user(request))
    made = workflow.correct(found, correction.field, correction.value, _user(request))
    return {"field": made.field, "machine": made.machine, "value": made.value}


@api.post("/items/{item_id}/conclusion", response=dict[str, str], summary="写下审查结论")
@needs(Action.DECIDE)
def conclude(request: HttpRequest, item_id: int, conclusion: ConclusionIn) -> dict[str, str]:
    found = _item(request, item_id)
    workflow.check_open(found, _user(request))
    made = checklists.conclude(found, conclusion.outcome, conclusion.reason[:1000], _user(request))
    return {"outcome": made.outcome, "reason": made.reason}


@api.post("/items/{item_id}/claim", response=dict[str, str], summary="领取")
@needs(Action.DECIDE)
def claim(request: HttpRequest, item_id: int) -> dict[str, str]:
    workflow.claim(_item(request, item_id), _user(request))
    return {"assignee": _user(request).username}


@api.post("/items/{item_id}/finish", response=dict[str, str], summary="办结或者送复核")
@needs(Action.FINISH)
def finish(request: HttpRequest, item_id: int) -> dict[str, str]:
    return {"status": workflow.finish(_item(request, item_id), _user(request))}


@api.post("/items/{item_id}/return", response=dict[str, str], summary="退回初审")
@needs(Action.FINISH)
def send_back(request: HttpRequest, item_id: int, body: ReturnIn) -> dict[str, str]:
    found = _item(request, item_id)
    if found.status == "已办" and not may(request.user, Action.ADJUDICATE):
        raise HttpError(403, "这个账号不能重新打开")
    workflow.send_back(found, _user(request), body.reason)
    return {"status": found.status}


@api.get(
    "/items/{item_id}/papers/{form}.docx",
    summary="文书：opinion、filing、objection、competition、correction、annotated",
)
@needs(Action.EXPORT)
def paper(request: HttpRequest, item_id: int, form: str) -> HttpResponse:
    return download(exports.export_document(_item(request, item_id), form, _user(request)))


@api.get("/export.{kind}", summary="导出队列：xlsx、csv、json、docx（清理目录）")
@needs(Action.EXPORT)
def export(request: HttpRequest, kind: str, query: Query[ItemQuery]) -> HttpResponse:
    chosen = filters.Filter.of(query.dict())
    found = chosen.ordered(chosen.apply(visible(request.user), _user(request)).select_related("current", "assignee"))
    return download(exports.export_queue(found, kind, _user(request)))


@api.post("/uploads", response=list[JobOut], summary="提交文件，由处理进程读取；case为已有案件编号，material为材料种类")
@needs(Action.UPLOAD)
def upload(request: HttpRequest, files: File[list[UploadedFile]], query: Query[UploadQuery]) -> list[Job]:
    large = [file.name for file in files if (file.size or 0) > LARGEST]
    if large:
        raise HttpError(413, f"{'、'.join(map(str, large))}超过200兆字节")
    item = _item(request, query.case) if query.case is not None else None
    purpose = Purpose(item.kind if item else query.kind, query.place[:32], item, query.material)
    return [submit(home_folder(), file.name or "未命名", file.read(), _user(request), purpose) for file in files]


@api.get("/uploads", response=list[JobOut], summary="自己提交的文件的处理情况")
@needs(Action.UPLOAD)
def uploads(request: HttpRequest) -> list[Job]:
    return list(Job.objects.filter(by=_user(request)).order_by("-id")[:PAGE])


@api.post("/uploads/{job_id}/choice", response=JobOut, summary="重复文件怎么处理")
@needs(Action.UPLOAD)
def choice(request: HttpRequest, job_id: int, body: ChoiceIn) -> Job:
    job = get_object_or_404(Job, pk=job_id, by=_user(request))
    waiting = job.papers.filter(state=JobState.CHOICE)
    papers = list(job.papers.filter(pk=body.paper) if body.paper is not None else waiting)
    if not papers:
        raise UsageError(f"{job.name}没有等待选择的文件", remedy="请用GET /uploads查看状态")
    for paper in papers:
        resolve_duplicate(paper, body.choice, _user(request))
    job.refresh_from_db()
    return job


class SavedViewSchema(Schema):
    """A saved view: name, filter as the query string of the queue page, and the number of new items since it was opened (`fresh`)."""

    name: str
    query: str
    fresh: int = 0


@api.get("/views", response=list[SavedViewSchema], summary="保存的视图和各自的新增件数")
@needs(Action.SEE)
def views(request: HttpRequest) -> Any:
    return saved_views.views_of(_user(request), visible(request.user))


@api.post("/views", response=SavedViewSchema, summary="保存视图，同名的替换；现有的文件不算新增")
@needs(Action.SEE)
def keep_view(request: HttpRequest, view: SavedViewSchema) -> SavedViewSchema:
    saved_views.save_view(_user(request), view.name, view.query)
    return SavedViewSchema(name=view.name, query=view.query)


@api.get("/board", response=dict[str, Any], summary="统计：件数、复核一致性、机器警示被认可的比例、漏检率")
@needs(Action.BOARD)
def board(request: HttpRequest) -> dict[str, Any]:
    shares = {"machine": agreement.with_machine(), "missed": agreement.miss_rate()}
    kappa = agreement.agreement()
    return {
        "items": visible(request.user).count(),
        "agreement": {"pairs": kappa.pairs, "same": kappa.same, "kappa": kappa.kappa},
        **{
            name: {"count": share.count, "total": share.total, "low": share.low, "high": share.high}
            for name, share in shares.items()
        },
    }


class AuditEntryOut(Schema):
    """An entry of the audit."""

    id: int
    at: datetime
    who: str
    what: str
    item: int | None
    detail: str
    digest: str


@api.get("/audit", response=list[AuditEntryOut], summary="审计记录，新的在前")
@needs(Action.AUDIT)
def audit(request: HttpRequest, before: int | None = None) -> Any:
    from pipeline.review.models import AuditEntry

    note(_user(request).username, "查看审计", None, "接口")
    found = AuditEntry.objects.order_by("-id")
    return list((found.filter(pk__lt=before) if before else found)[:PAGE])


class PublicSummary(ItemSummary):
    """A published document as the public sees it; `validity` and `validity_words` are those of today.

    What `ItemSummary` tells about the review is empty here: name, kind, status, risk, alarms, due.
    """

    version: int
    made: date | None
    published: date | None
    effective: date | None
    validity_words: str
    link: str


class PublicPage(Schema):
    """A page of published documents; `count` is the number on all pages, `page` starts at 1."""

    count: int
    page: int
    items: list[PublicSummary]


class PublicText(PublicSummary):
    """A published document with the text of the published version."""

    text: str


# the states of validity in the words of the items, which clients of version 1 know
_STATES = {Force.IN_FORCE: "有效", Force.LAPSED: "已届满", Force.NOT_YET: "尚未施行", Force.OPEN: "未知"}


def _public(request: HttpRequest, facts: PublicFacts) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "id": facts.item, "name": "", "title": facts.title, "number": facts.number, "issuers": facts.issuers,
        "place": facts.place, "kind": "", "genre": facts.genre, "status": "", "risk": 0, "alarms": 0,
        "validity": _STATES[force(facts, today)], "expires": facts.expires, "due": None, "version": facts.version,
        "made": facts.made, "published": facts.published, "effective": facts.effective,
        "validity_words": validity_words(facts, today),
        "link": f"{address(request)}{reverse('public_item', args=[facts.item])}",
    }  # fmt: skip


@api.get("/public", response=PublicPage, auth=None, summary="公开的规范性文件：按词检索题名、文号、制定机关和全文")
def public(request: HttpRequest, q: str = "", page: int = 1) -> dict[str, Any]:
    found = matching(published_documents(), q[:200])
    at = (max(page, 1) - 1) * PAGE
    return {"count": len(found), "page": page, "items": [_public(request, facts) for facts in found[at : at + PAGE]]}


@api.get("/public/{item_id}", response=PublicText, auth=None, summary="一件公开的文件和它的正文；撤回公开的答复410")
def public_item(request: HttpRequest, item_id: int) -> Any:
    found = find_public(item_id)
    if found is None:
        raise Http404
    edition = edition_of(found)
    if edition is None or found.public_version is None:
        said = {"message": withdrawal_words(found), "remedy": "请删除已取得的副本"}
        return api.create_response(request, said, status=410)
    return {**_public(request, public_facts(edition)), "text": plain_text(found.public_version)}
