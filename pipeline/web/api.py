"""接口: the HTTP API of the desk, with the same permissions and the same audit as the pages.

A program authenticates with `Authorization: Bearer 令牌` and has the permissions of the account of the token. `openapi.json`
describes every path. Within version 1 fields are added, never removed.
"""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import File, NinjaAPI, Query, Schema
from ninja.errors import HttpError
from ninja.files import UploadedFile

from pipeline.errors import UsageError
from pipeline.home import home_folder
from pipeline.review.accounts import Action, Role, may, role_of, visible
from pipeline.review.audit.chain import note
from pipeline.review.decisions import agreement
from pipeline.review.decisions.access import clean
from pipeline.review.decisions.finding_types import bases_of, finding_types
from pipeline.review.models import Job, JobState, Kind, Paper
from pipeline.review.output import exports
from pipeline.review.queue import filters, saved_views
from pipeline.review.queue.findings import plain
from pipeline.review.queue.issuer_view import open_to_issuers
from pipeline.review.queue.uploads import Purpose, resolve_duplicate, result_of, submit
from pipeline.web.api_access import ByToken, ItemSummary, for_issuer, item_of_call, needs, user_of_call
from pipeline.web.api_case import router as case_router
from pipeline.web.api_errors import explain_errors
from pipeline.web.api_public import router as public_router
from pipeline.web.api_tables import router as tables_router
from pipeline.web.api_versions import router as versions_router
from pipeline.web.permissions import download
from pipeline.web.transfers import LARGEST

PAGE = 100


api = NinjaAPI(
    title="清规审查台接口", version="1", description="与网页同样的权限和审计。令牌在网页“接口令牌”中新建。", auth=ByToken(),
    docs_url=None, urls_namespace="api",
)  # fmt: skip


explain_errors(api)


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


class ChoiceIn(Schema):
    """What to do with documents whose bytes are in the queue already: 关联, 另立 or 不收; `paper` is one of them, else all that wait."""

    choice: str
    paper: int | None = None


class UploadQuery(Schema):
    """What an upload is for: kind of case, place; `case` with or without `material` for a case that is there already.

    `organ` is the 送审单位 of a contract, as a reviewer says it.
    """

    kind: str = Kind.FILED.value
    place: str = ""
    case: int | None = None
    material: str = ""
    organ: str = ""


class PaperOut(Schema):
    """One document of an uploaded file: its state, its item (`item_id`), and the item with the same bytes about which a choice waits."""

    id: int
    name: str
    state: str
    message: str
    item_id: int | None
    rival_id: int | None

    @staticmethod
    def resolve_message(paper: Paper) -> str:
        """What became of it, of a next draft the case and version that it is now."""
        return result_of(paper)


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


@api.get("/items", response=ItemPage, summary="审查队列")
def items(request: HttpRequest, query: Query[ItemQuery]) -> dict[str, Any]:
    if not (may(request.user, Action.SEE) or may(request.user, Action.READ)):
        raise HttpError(403, "这个账号不能查看队列")
    chosen = filters.Filter.of(query.dict())
    issuer = role_of(request.user) is Role.ISSUER
    chosen = open_to_issuers(chosen) if issuer else chosen
    found = chosen.ordered(chosen.apply(visible(request.user), user_of_call(request)))
    at = (max(query.page, 1) - 1) * PAGE
    rows = found[at : at + PAGE]
    return {
        "count": found.count(),
        "page": query.page,
        "items": [for_issuer(row, user_of_call(request)) for row in rows] if issuer else list(rows),
    }


@api.get("/types", response=list[dict[str, Any]], summary="可以提出的问题类型，按法律问题分组，带现行依据")
@needs(Action.SEE)
def types(request: HttpRequest) -> list[dict[str, Any]]:
    day = timezone.localdate()
    return [
        {"group": group, "type": code, "name": name, "bases": [plain(basis) for basis in bases_of(code, day)]}
        for group, kinds in finding_types()
        for code, name in kinds
    ]


@api.get("/facets", response=dict[str, list[tuple[str, int]]], summary="队列的分项计数")
@needs(Action.SEE)
def facets(request: HttpRequest, query: Query[ItemQuery]) -> dict[str, list[tuple[str, int]]]:
    return filters.facets(visible(request.user), filters.Filter.of(query.dict()), user_of_call(request))


@api.get("/export.{kind}", summary="导出队列：xlsx、csv、json、docx（清理目录）")
@needs(Action.EXPORT)
def export(request: HttpRequest, kind: str, query: Query[ItemQuery]) -> HttpResponse:
    chosen = filters.Filter.of(query.dict())
    found = chosen.ordered(
        chosen.apply(visible(request.user), user_of_call(request)).select_related("current", "assignee")
    )
    return download(exports.export_queue(found, kind, user_of_call(request)))


@api.post("/uploads", response=list[JobOut], summary="提交文件，由处理进程读取；case为已有案件编号，material为材料种类")
@needs(Action.UPLOAD)
def upload(request: HttpRequest, files: File[list[UploadedFile]], query: Query[UploadQuery]) -> list[Job]:
    large = [file.name for file in files if (file.size or 0) > LARGEST]
    if large:
        raise HttpError(413, f"{'、'.join(map(str, large))}超过200兆字节")
    item = item_of_call(request, query.case) if query.case is not None else None
    organ = clean(query.organ) if may(user_of_call(request), Action.DECIDE) else ""
    purpose = Purpose(item.kind if item else query.kind, query.place[:32], item, query.material, organ)
    return [submit(home_folder(), file.name or "未命名", file.read(), user_of_call(request), purpose) for file in files]


@api.get("/uploads", response=list[JobOut], summary="自己提交的文件的处理情况")
@needs(Action.UPLOAD)
def uploads(request: HttpRequest) -> list[Job]:
    return list(Job.objects.filter(by=user_of_call(request)).order_by("-id")[:PAGE])


@api.post("/uploads/{job_id}/choice", response=JobOut, summary="重复文件怎么处理")
@needs(Action.UPLOAD)
def choice(request: HttpRequest, job_id: int, body: ChoiceIn) -> Job:
    job = get_object_or_404(Job, pk=job_id, by=user_of_call(request))
    waiting = job.papers.filter(state=JobState.CHOICE)
    papers = list(job.papers.filter(pk=body.paper) if body.paper is not None else waiting)
    if not papers:
        raise UsageError(f"{job.name}没有等待选择的文件", remedy="请用GET /uploads查看状态")
    for paper in papers:
        resolve_duplicate(paper, body.choice, user_of_call(request))
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
    return saved_views.views_of(user_of_call(request), visible(request.user))


@api.post("/views", response=SavedViewSchema, summary="保存视图，同名的替换；现有的文件不算新增")
@needs(Action.SEE)
def keep_view(request: HttpRequest, view: SavedViewSchema) -> SavedViewSchema:
    saved_views.save_view(user_of_call(request), view.name, view.query)
    return SavedViewSchema(name=view.name, query=view.query)


@api.get("/board", response=dict[str, Any], summary="统计：件数、复核一致性、机器发现被认可的比例、漏检率")
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

    note(user_of_call(request).username, "查看审计", None, "接口")
    found = AuditEntry.objects.order_by("-id")
    return list((found.filter(pk__lt=before) if before else found)[:PAGE])


api.add_router("", case_router)
api.add_router("", versions_router)
api.add_router("", tables_router)
api.add_router("", public_router)
