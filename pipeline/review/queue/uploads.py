"""The queue of uploads for the worker, and what to do with an upload that is in the review queue already."""

import hashlib
from datetime import timedelta
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from pipeline.errors import UsageError
from pipeline.review.audit.chain import note
from pipeline.review.models import Choice, Item, Job, JobState, Kind, Original, Version
from pipeline.review.queue.originals import store_original


def submit(home: Path, name: str, data: bytes, user: User, kind_and_place: tuple[str, str]) -> Job:
    """Stores an uploaded file and queues it for the worker. Raises `UsageError` for an unknown kind of case."""
    kind, place = kind_and_place
    if kind not in Kind.values:
        raise UsageError(f"没有“{kind}”这类案件", remedy=f"请选{'、'.join(Kind.values)}之一")
    digest = hashlib.sha256(data).hexdigest()
    store_original(home, digest, data)
    original, _ = Original.objects.get_or_create(digest=digest, defaults={"size": len(data), "first_name": name})
    job = Job.objects.create(name=name, original=original, kind=kind, place=place, by=user)
    note(user.username, "提交", None, name[:300])
    return job


def take_job(stale: timedelta = timedelta(minutes=10)) -> Job | None:
    """Takes the next job for a worker, None where there is none.

    A job that has been processed for longer than `stale` is taken again, since its worker must have died; after three attempts
    it is marked as failed instead.
    """
    now = timezone.now()
    with transaction.atomic():
        open_jobs = Q(state=JobState.WAITING) | Q(state=JobState.WORKING, taken__lt=now - stale)
        job = Job.objects.select_for_update().filter(open_jobs).order_by("id").first()
        if job is None:
            return None
        job.attempts += 1
        job.taken = now
        job.state = JobState.WORKING if job.attempts <= 3 else JobState.FAILED
        if job.state == JobState.FAILED:
            job.message = "处理三次都没有完成，已停止。请检查该文件后重新提交"
        job.save()
    return job if job.state == JobState.WORKING else take_job(stale)


def possible_duplicate_of(digest: str, title: str, number: str) -> Item | None:
    """The item that a new file may duplicate: one with the same bytes, else one with the same title and number; None if none."""
    same = Version.objects.filter(original_id=digest).select_related("item").first()
    if same is not None:
        return same.item
    return Item.objects.filter(title=title, number=number).first() if title and number else None


def resolve_duplicate(job: Job, choice: str, user: User) -> None:
    """Records what to do with an upload that may be a duplicate and queues it for the worker again, unless it is rejected.

    Raises `UsageError` for an unknown choice, or for a job that does not wait for one.
    """
    if choice not in Choice.values:
        raise UsageError(f"没有“{choice}”这种处理", remedy=f"请选{'、'.join(Choice.labels)}之一")
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if job.state != JobState.CHOICE:
            raise UsageError("这个文件不在等待选择", remedy="请刷新后查看")
        job.choice, job.attempts = choice, 0
        job.state = JobState.DONE if choice == Choice.REJECT else JobState.WAITING
        job.message = "没有收：已有同一文件" if choice == Choice.REJECT else ""
        job.save()
        note(user.username, "重复处理", job.rival_id, f"{job.name[:200]}：{choice}")
