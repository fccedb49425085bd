"""The queue of uploads for the worker: files, the documents in them (`Paper`), and what to do with a document that is in the queue already.

Each document of a zip or mail has its own state, its own choice and its own retry; none of them depends on another.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from pipeline.budget import file_budget
from pipeline.errors import UsageError
from pipeline.review.accounts import Role, role_of
from pipeline.review.audit.chain import note
from pipeline.review.models import (
    LONGEST_VALUE,
    WITHOUT_DRAFTS,
    Choice,
    Item,
    Job,
    JobState,
    Kind,
    Original,
    Paper,
    Version,
    material_kinds,
)
from pipeline.review.queue.organs import organ_of
from pipeline.review.queue.originals import store_original

# seconds beyond the time of a file after which its worker must have died
_MARGIN = 30


@dataclass(frozen=True, slots=True)
class Purpose:
    """What an upload is for: kind of case and place; with `case` the next version of its document, or its material (a `MaterialKind`).

    `organ` is the organ that hands a contract in for review (送审单位), as a reviewer says it.
    """

    kind: str
    place: str = ""
    case: Item | None = None
    material: str = ""
    organ: str = ""

    def check(self) -> None:
        """Raises `UsageError` for an unknown kind of case or of material, a draft of a case that has none, and a 送审单位 of another kind."""
        if self.kind not in Kind.values:
            raise UsageError(
                f"没有“{self.kind}”这类案件" if self.kind else "没有选择案件类别",
                remedy=f"请选{'、'.join(Kind.values)}之一",
            )
        if self.case is not None and not self.material and self.kind in WITHOUT_DRAFTS:
            raise UsageError(
                f"编号{self.case.pk}是{Kind(self.kind).label}，审查的是已有的文件，没有下一稿",
                remedy="请选择提交的是哪一种材料；文件另有新文本的，请单独提交",
            )
        if self.organ and (self.kind != Kind.CONTRACT or self.case is not None):
            raise UsageError(
                f"填写了送审单位“{self.organ[:40]}”，但提交的不是新的合同",
                remedy="制定机关由程序从文件读取，读错的请在案件页更正；送审单位请留空",
            )
        if len(self.organ) > LONGEST_VALUE:
            raise UsageError(f"送审单位有{len(self.organ)}字，太长", remedy=f"请填写{LONGEST_VALUE}字以内的名称")
        possible = [value for value, _ in material_kinds(self.kind)]
        if self.material and self.material not in possible:
            raise UsageError(f"这类案件没有“{self.material}”这种材料", remedy=f"请选{'、'.join(possible)}之一")


def submit(home: Path, name: str, data: bytes, user: User, purpose: Purpose) -> Job:
    """Stores an uploaded file and queues it for the worker. Raises `UsageError` for an unknown kind of case or of material."""
    purpose.check()
    digest = hashlib.sha256(data).hexdigest()
    store_original(home, digest, data)
    original, _ = Original.objects.get_or_create(digest=digest, defaults={"size": len(data), "first_name": name})
    job = Job.objects.create(
        name=name, original=original, kind=purpose.kind, place=purpose.place, by=user, case=purpose.case, material=purpose.material,
        organ=purpose.organ, by_organ=organ_of(user) if role_of(user) is Role.ISSUER else "",
    )  # fmt: skip
    told = f"{purpose.material}：{name[:300]}" if purpose.material else name[:300]
    note(user.username, "提交", purpose.case.pk if purpose.case else None, told)
    return job


def result_of(paper: Paper) -> str:
    """What became of an uploaded document, in words; of a next draft the case and the version that it is now."""
    job, item = paper.job, paper.item
    if job.case_id is None or job.material or item is None or paper.state != JobState.DONE or item.current_id is None:
        return paper.message
    if item.pk != job.case_id:
        waits = item.rival_id == job.case_id
        return (
            f"编号{job.case_id}的下一稿，等待审查人员选择是否接收"
            if waits
            else f"没有作为编号{job.case_id}的下一稿接收，单独成件"
        )
    version = item.versions.filter(original_id=paper.digest).order_by("sequence").first()
    if version is None:
        return paper.message
    known = version.created < job.created
    return f"与编号{item.pk}的第{version.sequence}版内容相同" if known else f"编号{item.pk}的第{version.sequence}版"


def take_job() -> Job | None:
    """Takes the next job for a worker, None where there is none: people take turns, whoever waited longest since the last turn first.

    A job with a document that has been processed for longer than one may take is taken again, since its worker must have died; after three attempts
    it is marked as failed instead.
    """
    now, stale = timezone.now(), timedelta(seconds=file_budget().seconds + _MARGIN)
    with transaction.atomic():
        open_jobs = Q(state=JobState.WAITING) | Q(state=JobState.WORKING, taken__lt=now - stale)
        waiting = Job.objects.select_for_update(of=("self",)).filter(open_jobs).annotate(turn=_last_turn())
        job = waiting.order_by(F("turn").asc(nulls_first=True), "id").first()
        if job is None:
            return None
        # what a worker that died had taken waits again
        job.papers.filter(state=JobState.WORKING).update(state=JobState.WAITING)
        job.attempts += 1
        job.taken = now
        job.state = JobState.WORKING if job.attempts <= 3 else JobState.FAILED
        if job.state == JobState.FAILED:
            job.message = "处理三次都没有完成，已停止。请检查该文件后重新提交"
        job.save(update_fields=["attempts", "taken", "state", "message"])
    return job if job.state == JobState.WORKING else take_job()


def _last_turn() -> Subquery:
    """When a job of the person who submitted a job was last taken."""
    taken = Job.objects.filter(by=OuterRef("by")).exclude(taken=None).order_by("-taken")
    return Subquery(taken.values("taken")[:1])


def another_waits(job: Job) -> bool:
    """Whether an upload of another person waits."""
    return Job.objects.filter(state=JobState.WAITING).exclude(by=job.by_id).exists()


def make_way(job: Job) -> None:
    """Puts a job that is being processed back among those that wait; its documents that are finished stay so."""
    Job.objects.filter(pk=job.pk).update(state=JobState.WAITING, attempts=0, taken=timezone.now())


def same_bytes(digest: str) -> Item | None:
    """The item that has a version with these bytes; None where there is none."""
    found = Version.objects.filter(original_id=digest).select_related("item").order_by("pk").first()
    return found.item if found else None


def resolve_duplicate(paper: Paper, choice: str, user: User) -> None:
    """Records what to do with a document whose bytes are in the queue already, and queues it for the worker again unless it is rejected.

    Raises `UsageError` for an unknown choice, or for a document that does not wait for one.
    """
    if choice not in Choice.values:
        raise UsageError(f"没有“{choice}”这种处理", remedy=f"请选{'、'.join(Choice.labels)}之一")
    with transaction.atomic():
        paper = Paper.objects.select_for_update().select_related("job").get(pk=paper.pk)
        if paper.state != JobState.CHOICE:
            raise UsageError(f"{paper.name}不在等待选择", remedy="请刷新后查看")
        paper.choice = choice
        paper.state = JobState.DONE if choice == Choice.REJECT else JobState.WAITING
        paper.message = "没有收：已有同一文件" if choice == Choice.REJECT else ""
        paper.save()
        _queue_again(paper.job)
        note(user.username, "重复处理", paper.rival_id, f"{paper.name[:200]}：{choice}")


def retry(job: Job, paper: Paper | None, user: User) -> None:
    """Queues the failed documents of an upload again, or one of them. Raises `UsageError` where none has failed."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        failed = job.papers.filter(state=JobState.FAILED).exclude(choice=Choice.REJECT)
        failed = failed.filter(pk=paper.pk) if paper else failed
        if not failed.exists() and job.state != JobState.FAILED:
            raise UsageError(f"{job.name}没有可以重试的文件", remedy="请刷新后查看")
        names = list(failed.values_list("name", flat=True)[:20])
        failed.update(state=JobState.WAITING, message="")
        Job.objects.filter(pk=job.pk).update(state=JobState.WAITING, attempts=0, message="")
        note(user.username, "重试", None, f"{job.name}：{'、'.join(names)}"[:500])


def _queue_again(job: Job) -> None:
    """Queues an upload for the worker where a document of it waits, else brings its state up to date."""
    # a worker that has the job brings its state up to date when it is done
    Job.objects.filter(pk=job.pk).exclude(state=JobState.WORKING).update(state=state_of(job), attempts=0)


def state_of(job: Job) -> JobState:
    """The state of an upload from its documents: waiting, waiting for a choice, failed where all of them failed, else done."""
    states = set(job.papers.values_list("state", flat=True))
    if JobState.WAITING in states:
        return JobState.WAITING
    if JobState.CHOICE in states:
        return JobState.CHOICE
    return JobState.FAILED if states <= {JobState.FAILED} else JobState.DONE
