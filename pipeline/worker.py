"""Background jobs of the desk.

Analyses uploaded files and puts them into the queue; while no upload is waiting, compares the findings of open items with the law
library of the user (上位法比对) and mails new items of saved views to their owners.
"""

import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePath

from django.conf import settings
from django.utils import timezone

from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.document import Dossier, Problem, Span
from pipeline.errors import PipelineError, UnreadableFile
from pipeline.guard import as_problem, guarded, of_file
from pipeline.home import home_folder
from pipeline.ingest import Upload, uploads
from pipeline.law.library import Library
from pipeline.review.accounts import visible
from pipeline.review.models import Choice, Item, Job, JobState, Occurrence, Status, Version
from pipeline.review.queue.alerts import send
from pipeline.review.queue.originals import original_path
from pipeline.review.queue.store import QueueWriter, StoredItem, plain
from pipeline.review.queue.uploads import possible_duplicate_of
from pipeline.review.queue.workdays import due_day
from pipeline.version import engine

_PROBLEM, _CHOICE = "问题", "待选择"
# findings on form and cleanup are not compared with the law library
_NOT_COMPARED = ("FRM", "CL-")


# seconds until the queue is searched again for items to compare, after none was found
_COMPARE_INTERVAL = 30.0
# seconds between two checks of saved views for new items
_NOTIFY_INTERVAL = 600.0


class _NextRuns:
    """The earliest times (of the monotonic clock, in seconds) of the next comparison and the next notification."""

    comparison = 0.0
    notification = 0.0


_next_runs = _NextRuns()


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """The result for one document of a job: the outcome, and a Chinese message with its item number or what is wrong."""

    outcome: str
    message: str


def process_job(job: Job) -> None:
    """Processes a job: puts every document of its file into the queue and saves the result, or what went wrong, in the job."""
    counts: Counter[str] = Counter()
    notes: list[str] = []
    try:
        with guarded(step="处理"):
            for result in _process_documents(job):
                counts[result.outcome] += 1
                notes.append(result.message)
        job.state = _state(counts)
        summary = "，".join(f"{name}{count}件" for name, count in counts.items())
        job.message = "；".join([summary, *notes])[:2000]
    except PipelineError as error:
        job.state, job.message = JobState.FAILED, str(error)
    job.save()


def _state(counts: Counter[str]) -> str:
    """The state of a job from its outcomes: waiting for a choice, failed where all documents failed, else done."""
    if counts[_CHOICE]:
        return JobState.CHOICE
    return JobState.FAILED if counts[_PROBLEM] and counts[_PROBLEM] == counts.total() else JobState.DONE


def _process_documents(job: Job) -> Iterator[DocumentResult]:
    """Yields the result for each document in the file of a job."""
    writer = QueueWriter(home_folder(), engine())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / PurePath(job.name).name
        path.write_bytes(original_path(home_folder(), job.original_id).read_bytes())
        for found in uploads(path):
            name = f"{job.by.username}/{Path(found.name).relative_to(folder)}"
            if isinstance(found, Problem):
                yield DocumentResult(_PROBLEM, f"{name}：{found.message}。{found.remedy}")
                continue
            yield _process_document(writer, job, Upload(name, found.data))


def _process_document(writer: QueueWriter, job: Job, upload: Upload) -> DocumentResult:
    """Processes one document; an unexpected exception becomes an entry of the problem list and does not affect other documents."""
    try:
        with of_file(upload.name, upload.data, "处理"):
            return _store_document(writer, job, upload)
    except UnreadableFile as error:
        writer.put_problem(as_problem(upload.name, upload.digest, error), upload.data)
        return DocumentResult(_PROBLEM, f"{PurePath(upload.name).name}：{error.message}。{error.remedy}")


def _store_document(writer: QueueWriter, job: Job, upload: Upload) -> DocumentResult:
    """Analyses a document and puts it into the queue, unless it is classified or waits for a choice as a possible duplicate."""
    legal_context = LegalContext(date.today(), job.place or None)
    result, short = analyze_upload(upload, legal_context), PurePath(upload.name).name
    if isinstance(result, Problem):
        entry = writer.put_problem(result, upload.data)
        _describe(entry.item, job)
        return DocumentResult("待识别" if result.waiting else _PROBLEM, f"{short}：{result.message}。{result.remedy}")
    if _is_secret(result):
        _delete_original(job)
        return DocumentResult(_PROBLEM, "文件标有密级，已拒收并删除。涉密文件请在涉密设备上处理，不得提交到本系统")
    rival = _possible_duplicate(result, job)
    if rival is not None and not job.choice:
        job.rival = rival
        same = "内容相同" if rival.current and rival.current.original_id == upload.digest else "题名和文号相同"
        return DocumentResult(_CHOICE, f"{short}与队列中编号{rival.pk}《{rival.title}》{same}，请选择怎样处理")
    if rival is not None and job.choice == Choice.LINK:
        writer.link(result.source, upload.data, rival)
        return DocumentResult("关联", f"{short}已与编号{rival.pk}关联")
    entry = _put_in_queue(writer, result, upload.data, rival, job)
    _describe(entry.item, job)
    return DocumentResult(entry.outcome.value, f"编号{entry.item}：{short}")


def _put_in_queue(writer: QueueWriter, dossier: Dossier, data: bytes, rival: Item | None, job: Job) -> StoredItem:
    """Puts a dossier into the queue as a new version of `rival` where that was chosen, else as an item of its own."""
    if rival is not None and job.choice == Choice.VERSION:
        dossier = replace(dossier, source=replace(dossier.source, name=rival.name))
    return writer.put(dossier, data, job.place or None, separate=True)


def _possible_duplicate(dossier: Dossier, job: Job) -> Item | None:
    """The item under another name that a document may duplicate, if the uploader may see it and has not linked it already."""
    masthead = dossier.document.masthead
    title = masthead.title.value if masthead.title else ""
    number = masthead.number.value if masthead.number else ""
    rival = possible_duplicate_of(dossier.source.digest, title, number)
    if rival is None or rival.name == dossier.source.name or not visible(job.by).filter(pk=rival.pk).exists():
        return None
    return (
        None if Occurrence.objects.filter(name=dossier.source.name, item=rival).exists() and not job.choice else rival
    )


def _is_secret(dossier: Dossier) -> bool:
    secrecy = dossier.document.masthead.secrecy
    return secrecy is not None and any(word in secrecy.value for word in ("秘密", "机密", "绝密"))


def _delete_original(job: Job) -> None:
    """Deletes the stored original of a classified file; the job keeps only its name."""
    original_path(home_folder(), job.original_id).unlink(missing_ok=True)


def _describe(item_id: int | None, job: Job) -> None:
    """Sets kind, owner and due day of an item without an owner from the job that added it."""
    if item_id is not None:
        due = due_day(job.kind, job.created.date())
        Item.objects.filter(pk=item_id, owner=None).update(kind=job.kind, owner=job.by, due=due, updated=timezone.now())


def compare_next_item() -> bool:
    """Compares the riskiest open item that has not been compared with the current law library; False where there is none.

    After there was none, the queue is searched again only after 30 seconds, since the query scans all of it.
    """
    library = Library(home_folder())
    if time.monotonic() < _next_runs.comparison or not library.exists():
        return False
    stamp = library.stamp()
    open_items = Item.objects.exclude(status=Status.DONE).exclude(current=None).exclude(current__library=stamp)
    item = open_items.select_related("current").order_by("-risk", "id").first()
    if item is None or item.current is None:
        _next_runs.comparison = time.monotonic() + _COMPARE_INTERVAL
        return False
    compare(item.current, library, stamp)
    return True


def send_due_alerts() -> None:
    """Mails new items of saved views, at most every ten minutes, where a mail server is configured."""
    if not settings.EMAIL_HOST or time.monotonic() < _next_runs.notification:
        return
    _next_runs.notification = time.monotonic() + _NOTIFY_INTERVAL
    send()


def compare(version: Version, library: Library, stamp: str) -> None:
    """Stores the most similar articles of the law library with each finding of a version that is not softened."""
    neighbours = {}
    for finding in version.findings.filter(softened=False):
        if not finding.type.startswith(_NOT_COMPARED):
            clause = Span(finding.start, finding.end).sentence(version.text).cut(version.text)
            found = library.nearest(clause.strip(), version.as_of)
            neighbours[finding.key] = [plain(neighbour) for neighbour in found if neighbour.likeness >= library.least]
    Version.objects.filter(pk=version.pk).update(
        neighbours={key: rows for key, rows in neighbours.items() if rows}, library=stamp
    )
