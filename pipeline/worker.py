"""Background jobs of the desk.

Analyses uploaded files and puts them into the queue; while no upload is waiting, compares the findings of open items with the law
library of the user (上位法比对) and mails new items of saved views to their owners.
"""

import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePath

from django.conf import settings
from django.utils import timezone

from pipeline.analyzer import LegalContext, analyze_upload, is_secret
from pipeline.document import Dossier, Problem, Span
from pipeline.errors import PipelineError, UnreadableFile
from pipeline.guard import as_problem, guarded, of_file
from pipeline.home import home_folder
from pipeline.ingest import Upload, uploads
from pipeline.law.library import Library
from pipeline.review.accounts import display_name, visible
from pipeline.review.models import Choice, Item, Job, JobState, Material, Occurrence, Original, Paper, Status, Version
from pipeline.review.queue.alerts import send
from pipeline.review.queue.findings import plain
from pipeline.review.queue.originals import original_path, store_original
from pipeline.review.queue.store import Outcome, QueueWriter
from pipeline.review.queue.uploads import same_bytes, state_of
from pipeline.review.queue.versions import hand_in
from pipeline.review.queue.workdays import due_day
from pipeline.version import engine

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


def process_job(job: Job) -> None:
    """Processes an upload: puts every document of its file that is not finished into the queue, and saves the result of each."""
    failure = ""
    try:
        with guarded(step="处理"):
            for paper, upload in _open_papers(job):
                _process_paper(paper, upload)
    except PipelineError as error:
        failure = str(error)
    _delete_refused(job)
    counts = Counter(paper.state for paper in job.papers.all())
    summary = "，".join(f"{state}{count}件" for state, count in counts.items())
    told = [
        f"{PurePath(paper.name).name}：{paper.message}" for paper in job.papers.all() if paper.state != JobState.DONE
    ]
    job.state = JobState.FAILED if failure else state_of(job)
    job.message = "；".join(part for part in (failure, summary, *told) if part)[:2000]
    job.save()


def _open_papers(job: Job) -> Iterator[tuple[Paper, Upload | Problem]]:
    """Yields the documents of an upload that wait for processing, each with its bytes; the file is opened anew where it is still there."""
    container = original_path(home_folder(), job.original_id)
    if not container.exists():
        yield from _stored_papers(job)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / PurePath(job.name).name
        path.write_bytes(container.read_bytes())
        for position, found in enumerate(uploads(path)):
            name = str(Path(found.name).relative_to(folder))
            paper, _ = Paper.objects.get_or_create(job=job, position=position, defaults={"name": name})
            if paper.state in (JobState.WAITING, JobState.WORKING):
                yield paper, replace(found, name=f"{job.by.username}/{name}")


def _stored_papers(job: Job) -> Iterator[tuple[Paper, Upload | Problem]]:
    """The waiting documents of an upload whose file was deleted, because one document in it was classified, from their own originals."""
    for paper in job.papers.filter(state=JobState.WAITING):
        own = original_path(home_folder(), paper.digest) if paper.digest else None
        name = f"{job.by.username}/{paper.name}"
        if own is not None and own.exists():
            yield paper, Upload(name, own.read_bytes())
        else:
            gone = "所在的压缩包含有涉密文件，已经整包删除"
            yield paper, Problem(name, None, "deleted", gone, "请把这个文件单独重新提交")


def _process_paper(paper: Paper, upload: Upload | Problem) -> None:
    """Processes one document; an unexpected exception becomes an entry of the problem list and does not affect other documents."""
    writer = QueueWriter(home_folder(), engine())
    try:
        if isinstance(upload, Problem):
            writer.put_problem(upload, None)
            paper.state, paper.message = JobState.FAILED, f"{upload.message}。{upload.remedy}"
        else:
            with of_file(upload.name, upload.data, "处理"):
                _store_paper(writer, paper, upload)
    except UnreadableFile as error:
        writer.put_problem(
            as_problem(upload.name, upload.digest, error), upload.data if isinstance(upload, Upload) else None
        )
        paper.state, paper.message = JobState.FAILED, f"{error.message}。{error.remedy}"
    paper.save()


def _store_paper(writer: QueueWriter, paper: Paper, upload: Upload) -> None:
    """Analyses a document and puts it into the queue, unless it is classified, is material of a case, or waits for a choice."""
    job = paper.job
    result = analyze_upload(upload, LegalContext(date.today(), job.place or None))
    if isinstance(result, Dossier) and _is_secret(result):
        paper.state, paper.choice, paper.digest = JobState.FAILED, Choice.REJECT, ""
        paper.message = "文件标有密级，已拒收并删除。涉密文件请在涉密设备上处理，不得提交到本系统"
        return
    paper.digest = upload.digest
    store_original(home_folder(), upload.digest, upload.data)
    if job.case is not None and job.material:
        _keep_material(paper, result, upload)
    elif isinstance(result, Problem):
        _put_problem(writer, paper, result, upload)
    else:
        _put_dossier(writer, paper, result, upload)


def _put_problem(writer: QueueWriter, paper: Paper, problem: Problem, upload: Upload) -> None:
    entry = writer.put_problem(problem, upload.data)
    _describe(entry.item, paper.job)
    paper.item_id = entry.item
    paper.state = JobState.DONE if problem.waiting else JobState.FAILED
    paper.message = f"{'待识别：' if problem.waiting else ''}{problem.message}。{problem.remedy}"


def _put_dossier(writer: QueueWriter, paper: Paper, dossier: Dossier, upload: Upload) -> None:
    """Puts a dossier into the queue; the same bytes under another name wait for a choice, if the uploader may see that item."""
    job = paper.job
    rival = _same_bytes(dossier, paper)
    if rival is not None and not paper.choice:
        paper.state, paper.rival = JobState.CHOICE, rival
        paper.message = f"与队列中编号{rival.pk}《{rival.title}》内容相同，请选择怎样处理"
        return
    paper.state = JobState.DONE
    if rival is not None and paper.choice == Choice.LINK:
        writer.link(dossier.source, upload.data, rival)
        paper.item, paper.message = rival, f"已与编号{rival.pk}关联"
        return
    entry = writer.put(dossier, upload.data, job.place or None, separate=True, submitted_by=display_name(job.by))
    _describe(entry.item, job)
    item = Item.objects.get(pk=entry.item or 0)
    if job.case is not None and job.case_id != item.pk and entry.outcome is not Outcome.UNCHANGED:
        hand_in(item, job.case, job.by)
    paper.item, paper.message = item, entry.outcome.value


def _keep_material(paper: Paper, result: Dossier | Problem, upload: Upload) -> None:
    """Keeps a document as material of the case of its upload, with its text where one could be read."""
    job = paper.job
    original, _ = Original.objects.get_or_create(
        digest=upload.digest, defaults={"size": len(upload.data), "first_name": upload.name}
    )
    text = result.source.text if isinstance(result, Dossier) else ""
    told = f"{result.message}。{result.remedy}" if isinstance(result, Problem) else ""
    if job.case is not None:
        Material.objects.create(
            item=job.case, kind=job.material, name=paper.name, original=original, text=text, message=told, by=display_name(job.by)
        )  # fmt: skip
        paper.item = job.case
    paper.state, paper.message = JobState.DONE, f"已作为材料（{job.material}）收下{told and '；' + told}"


def _same_bytes(dossier: Dossier, paper: Paper) -> Item | None:
    """The item under another name with the same bytes, if the uploader may see it and has not linked it already."""
    rival = same_bytes(dossier.source.digest)
    if rival is None or rival.name == dossier.source.name or not visible(paper.job.by).filter(pk=rival.pk).exists():
        return None
    linked = Occurrence.objects.filter(name=dossier.source.name, item=rival).exists()
    return None if linked and not paper.choice else rival


def _is_secret(dossier: Dossier) -> bool:
    return is_secret(dossier)


def _delete_refused(job: Job) -> None:
    """Deletes the stored file of an upload that has a classified document in it; the other documents have originals of their own."""
    if job.papers.filter(choice=Choice.REJECT, digest="").exists():
        original_path(home_folder(), job.original_id).unlink(missing_ok=True)


def _describe(item_id: int | None, job: Job) -> None:
    """Sets kind, owner and due day of an item without an owner from the job that added it."""
    if item_id is not None:
        due = due_day(job.kind, timezone.localdate(job.created))
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
