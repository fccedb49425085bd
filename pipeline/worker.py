"""What the worker does behind the window: files handed in at the desk are read, judged and put into the queue, and in
quiet minutes the alarms of open items are held against the laws that the user has loaded (上位法比对) and people are told
what is new in the views they saved."""

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
from pipeline.review.queue.originals import where
from pipeline.review.queue.store import QueueWriter, Stored, plain
from pipeline.review.queue.uploads import rival_of
from pipeline.review.queue.workdays import due_day
from pipeline.version import engine

_PROBLEM, _CHOICE = "问题", "待选择"
# what concerns form or cleanup has no article of an upper law beside it
_NOT_COMPARED = ("FRM", "CL-")


# seconds until the queue is gone over again for what is to be compared
_LOOK_AGAIN = 30.0
# seconds until saved views are gone over again for news
_TELL_AGAIN = 600.0


class _Asleep:
    """Until when nothing is to be compared (a monotonic clock)."""

    until = 0.0
    # until when nobody is told of news
    told = 0.0


_asleep = _Asleep()


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """What became of a document of a job: the outcome, and its number in the queue or what is wrong."""

    outcome: str
    says: str


def work_on(job: Job) -> None:
    """Runs one job: every document of the file into the queue; what went wrong stands in the job."""
    counts: Counter[str] = Counter()
    notes: list[str] = []
    try:
        with guarded(step="处理"):
            for told in _walk(job):
                counts[told.outcome] += 1
                notes.append(told.says)
        job.state = _state(counts)
        done = "，".join(f"{name}{count}件" for name, count in counts.items())
        job.message = "；".join([done, *notes])[:2000]
    except PipelineError as error:
        job.state, job.message = JobState.FAILED, str(error)
    job.save()


def _state(counts: Counter[str]) -> str:
    if counts[_CHOICE]:
        return JobState.CHOICE
    return JobState.FAILED if counts[_PROBLEM] and counts[_PROBLEM] == counts.total() else JobState.DONE


def _walk(job: Job) -> Iterator[DocumentResult]:
    """What became of each document of a job."""
    desk = QueueWriter(home_folder(), engine())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / PurePath(job.name).name
        path.write_bytes(where(home_folder(), job.original_id).read_bytes())
        for found in uploads(path):
            name = f"{job.by.username}/{Path(found.name).relative_to(folder)}"
            if isinstance(found, Problem):
                yield DocumentResult(_PROBLEM, f"{name}：{found.message}。{found.remedy}")
                continue
            yield _one(desk, job, Upload(name, found.data))


def _one(desk: QueueWriter, job: Job, upload: Upload) -> DocumentResult:
    """What became of a document; a fault that nobody foresaw costs this one only."""
    try:
        with of_file(upload.name, upload.data, "处理"):
            return _put(desk, job, upload)
    except UnreadableFile as error:
        desk.put_problem(as_problem(upload.name, upload.digest, error), upload.data)
        return DocumentResult(_PROBLEM, f"{PurePath(upload.name).name}：{error.message}。{error.remedy}")


def _put(desk: QueueWriter, job: Job, upload: Upload) -> DocumentResult:
    legal_context = LegalContext(date.today(), job.place or None)
    result, short = analyze_upload(upload, legal_context), PurePath(upload.name).name
    if isinstance(result, Problem):
        entry = desk.put_problem(result, upload.data)
        _describe(entry.item, job)
        return DocumentResult("待识别" if result.waiting else _PROBLEM, f"{short}：{result.message}。{result.remedy}")
    if _is_secret(result):
        _forget(job)
        return DocumentResult(_PROBLEM, "文件标有密级，已拒收并删除。涉密文件请在涉密设备上处理，不得提交到本系统")
    rival = _rival(result, job)
    if rival is not None and not job.choice:
        job.rival = rival
        same = "内容相同" if rival.current and rival.current.original_id == upload.digest else "题名和文号相同"
        return DocumentResult(_CHOICE, f"{short}与队列中编号{rival.pk}《{rival.title}》{same}，请选择怎样处理")
    if rival is not None and job.choice == Choice.LINK:
        desk.link(result.source, upload.data, rival)
        return DocumentResult("关联", f"{short}已与编号{rival.pk}关联")
    entry = _enter(desk, result, upload, (rival, job))
    _describe(entry.item, job)
    return DocumentResult(entry.outcome.value, f"编号{entry.item}：{short}")


def _enter(desk: QueueWriter, dossier: Dossier, upload: Upload, how: tuple[Item | None, Job]) -> Stored:
    """Into the queue: as a version of the rival where that was chosen, else as an item of its own."""
    rival, job = how
    if rival is not None and job.choice == Choice.VERSION:
        dossier = replace(dossier, source=replace(dossier.source, name=rival.name))
    return desk.put(dossier, upload.data, job.place or None, separate=True)


def _rival(dossier: Dossier, job: Job) -> Item | None:
    """The item that a file may be the same as, if whoever handed it in may see that item; not one of the same name."""
    masthead = dossier.document.masthead
    title = masthead.title.value if masthead.title else ""
    number = masthead.number.value if masthead.number else ""
    rival = rival_of(dossier.source.digest, title, number)
    if rival is None or rival.name == dossier.source.name or not visible(job.by).filter(pk=rival.pk).exists():
        return None
    return (
        None if Occurrence.objects.filter(name=dossier.source.name, item=rival).exists() and not job.choice else rival
    )


def _is_secret(dossier: Dossier) -> bool:
    secrecy = dossier.document.masthead.secrecy
    return secrecy is not None and any(word in secrecy.value for word in ("秘密", "机密", "绝密"))


def _forget(job: Job) -> None:
    """Removes a classified file: no original stays, the job keeps its name only."""
    where(home_folder(), job.original_id).unlink(missing_ok=True)


def _describe(item_id: int | None, job: Job) -> None:
    """Kind, owner and due day of what a job brought."""
    if item_id is not None:
        due = due_day(job.kind, job.created.date())
        Item.objects.filter(pk=item_id, owner=None).update(kind=job.kind, owner=job.by, due=due, updated=timezone.now())


def compare_next() -> bool:
    """Holds the riskiest open item that was not yet compared against the laws; False where nothing is left.

    Where nothing was left, it is asked again only after a while: the legal_context goes over the whole queue.
    """
    library = Library(home_folder())
    if time.monotonic() < _asleep.until or not library.exists():
        return False
    stamp = library.stamp()
    open_items = Item.objects.exclude(status=Status.DONE).exclude(current=None).exclude(current__library=stamp)
    item = open_items.select_related("current").order_by("-risk", "id").first()
    if item is None or item.current is None:
        _asleep.until = time.monotonic() + _LOOK_AGAIN
        return False
    compare(item.current, library, stamp)
    return True


def tell_next() -> None:
    """Mails what is new in saved views, every ten minutes, where a mail server is named."""
    if not settings.EMAIL_HOST or time.monotonic() < _asleep.told:
        return
    _asleep.told = time.monotonic() + _TELL_AGAIN
    send()


def compare(version: Version, library: Library, stamp: str) -> None:
    """Writes the closest articles of the library beside each alarm of a version."""
    near = {}
    for finding in version.findings.filter(softened=False):
        if not finding.type.startswith(_NOT_COMPARED):
            clause = Span(finding.start, finding.end).sentence(version.text).cut(version.text)
            found = library.nearest(clause.strip(), version.as_of)
            near[finding.key] = [plain(neighbour) for neighbour in found if neighbour.likeness >= library.least]
    Version.objects.filter(pk=version.pk).update(
        neighbours={key: rows for key, rows in near.items() if rows}, library=stamp
    )
