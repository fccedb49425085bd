"""Background jobs of the desk.

Analyses uploaded files and puts them into the queue; while no upload is waiting, compares the findings of open items with the law
library of the user (上位法比对), mails new items of saved views to their owners and has the tables of the trend page made. With nothing else to do it looks after the home
folder: the anchor of the day, the check of the night.
"""

import logging
import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import PurePath

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import timezone

from pipeline.analyzer import LegalContext, is_secret
from pipeline.confinement import Analysis, Confined, Unconfined
from pipeline.document import Dossier, Problem, Span
from pipeline.errors import PipelineError, RuleError, UnreadableFile
from pipeline.guard import as_problem, guarded, of_file
from pipeline.home import home_folder
from pipeline.ingest import Upload
from pipeline.law.library import Library
from pipeline.leftovers import temporary_folder
from pipeline.review.accounts import Action, display_name, may, visible
from pipeline.review.audit.anchors import anchor_daily
from pipeline.review.decisions.notices import tell_of_material
from pipeline.review.decisions.workflow import correct
from pipeline.review.inspection import nightly
from pipeline.review.models import (
    Choice,
    Item,
    Job,
    JobState,
    Kind,
    Material,
    Occurrence,
    Original,
    Paper,
    Status,
    Version,
)
from pipeline.review.queue.alerts import send
from pipeline.review.queue.findings import plain
from pipeline.review.queue.heartbeat import beat
from pipeline.review.queue.originals import original_path, store_original
from pipeline.review.queue.store import Outcome, QueueWriter
from pipeline.review.queue.table_making import ask_daily, make_if_asked
from pipeline.review.queue.uploads import another_waits, make_way, same_bytes, state_of, take_job
from pipeline.review.queue.versions import hand_in, keep_separate
from pipeline.review.queue.workdays import due_day
from pipeline.version import engine

log = logging.getLogger(__name__)
# findings on form and cleanup are not compared with the law library
_NOT_COMPARED = ("FRM", "CL-")


# seconds between two polls of the queue of uploads, and the longest pause after an error
_IDLE, _LONGEST_PAUSE = 1.0, 60.0
# seconds after which an upload makes way for one of another person
_TURN = 20.0
# seconds until the queue is searched again for items to compare, after none was found
_COMPARE_INTERVAL = 30.0
# seconds between two checks of saved views for new items
_NOTIFY_INTERVAL = 600.0
# seconds between two looks whether the audit has an anchor of today, and whether it was mailed
_ANCHOR_INTERVAL = 1800.0


class _NextRuns:
    """The earliest times (of the monotonic clock, in seconds) of the next comparison, notification and anchor."""

    comparison = 0.0
    notification = 0.0
    anchor = 0.0


_next_runs = _NextRuns()


def process_job(job: Job, analysis: Analysis | None = None) -> None:
    """Processes an upload: puts every document of its file that is not finished into the queue, and saves the result of each.

    After `_TURN` seconds it makes way where an upload of another person waits, and waits for its next turn. Files are opened
    and analysed in this process if `analysis` is omitted. Raises `RuleError` where rules or model of the installation cannot be used:
    the upload then waits on, and says why.
    """
    failure = ""
    try:
        with guarded(step="处理"):
            if not _process_papers(job, analysis or Unconfined()):
                make_way(job)
                return
    except RuleError as error:
        _wait_on(job, f"处理暂停，文件排着队，没有丢失：{error}。修好以后会自己继续，请告知管理员")
        raise
    except PipelineError as error:
        failure = str(error)
        job.papers.filter(state=JobState.WORKING).update(state=JobState.FAILED, message=failure[:2000])
    _delete_refused(job)
    counts = Counter(paper.state for paper in job.papers.all())
    summary = "，".join(f"{state}{count}件" for state, count in counts.items())
    told = [
        f"{PurePath(paper.name).name}：{paper.message}" for paper in job.papers.all() if paper.state != JobState.DONE
    ]
    job.state = JobState.FAILED if failure else state_of(job)
    job.message = "；".join(part for part in (failure, summary, *told) if part)[:2000]
    job.save(update_fields=["state", "message"])


def _wait_on(job: Job, why: str) -> None:
    """Puts an upload with the documents that were in work back among those that wait, and keeps why."""
    job.papers.filter(state=JobState.WORKING).update(state=JobState.WAITING, message=why)
    make_way(job)
    Job.objects.filter(pk=job.pk).update(message=why)


def _process_papers(job: Job, analysis: Analysis) -> bool:
    """Processes the documents of an upload; False where it is to make way before the last of them."""
    end = time.monotonic() + _TURN
    for done, (paper, upload) in enumerate(_open_papers(job, analysis)):
        if done and time.monotonic() > end and another_waits(job):
            return False
        beat(home_folder())
        Job.objects.filter(pk=job.pk).update(taken=timezone.now())
        _process_paper(paper, upload, analysis)
    return True


def _open_papers(job: Job, analysis: Analysis) -> Iterator[tuple[Paper, Upload | Problem]]:
    """Yields the documents of an upload that wait for processing, each with its bytes; the file is opened anew where it is still there."""
    container = original_path(home_folder(), job.original_id)
    if not container.exists():
        yield from _stored_papers(job)
        return
    with temporary_folder() as folder:
        # the name that people gave may be too long for a file system
        path = folder / f"upload{PurePath(job.name).suffix[:16]}"
        path.write_bytes(container.read_bytes())
        for position, found in enumerate(analysis.documents(path)):
            name = PurePath(job.name).name + found.name[len(str(path)) :]
            paper, _ = Paper.objects.get_or_create(job=job, position=position, defaults={"name": name})
            if _take(paper):
                yield paper, replace(found, name=f"{job.by.username}/{name}")


def _stored_papers(job: Job) -> Iterator[tuple[Paper, Upload | Problem]]:
    """The waiting documents of an upload whose file was deleted, because one document in it was classified, from their own originals."""
    for paper in filter(_take, job.papers.filter(state=JobState.WAITING)):
        own = original_path(home_folder(), paper.digest) if paper.digest else None
        name = f"{job.by.username}/{paper.name}"
        if own is not None and own.exists():
            yield paper, Upload(name, own.read_bytes())
        else:
            gone = "所在的压缩包含有涉密文件，已经整包删除"
            yield paper, Problem(name, None, "deleted", gone, "请把这个文件单独重新提交")


def _take(paper: Paper) -> bool:
    """Takes a waiting document for this worker; False where it is finished, waits for a choice, or another worker has it."""
    return Paper.objects.filter(pk=paper.pk, state=JobState.WAITING).update(state=JobState.WORKING) == 1


def _process_paper(paper: Paper, upload: Upload | Problem, analysis: Analysis) -> None:
    """Processes one document; an unexpected exception becomes an entry of the problem list and does not affect other documents."""
    writer = QueueWriter(home_folder(), engine())
    try:
        if isinstance(upload, Problem):
            writer.put_problem(upload, None)
            paper.state, paper.message = JobState.FAILED, f"{upload.message}。{upload.remedy}"
        else:
            with of_file(upload.name, upload.data, "处理"):
                _store_paper(writer, paper, upload, analysis)
    except UnreadableFile as error:
        writer.put_problem(
            as_problem(upload.name, upload.digest, error), upload.data if isinstance(upload, Upload) else None
        )
        paper.state, paper.message = JobState.FAILED, f"{error.message}。{error.remedy}"
    paper.save(update_fields=["state", "message", "digest", "choice", "item", "rival"])


def _store_paper(writer: QueueWriter, paper: Paper, upload: Upload, analysis: Analysis) -> None:
    """Analyses a document and puts it into the queue, unless it is classified, is material of a case, or waits for a choice."""
    job = paper.job
    result = analysis.analyze(upload, LegalContext(date.today(), job.place or None, draft=job.kind == Kind.DRAFT))
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
    waiting = Item.objects.filter(pk=entry.item or 0).exclude(rival=paper.job.case_id).first()
    if waiting is not None:
        _hand_in(waiting, paper.job)
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
    with transaction.atomic():
        entry = writer.put(dossier, upload.data, job.place or None, separate=True, submitted_by=display_name(job.by))
        _describe(entry.item, job)
        item = Item.objects.get(pk=entry.item or 0)
        separated = paper.choice == Choice.SEPARATE and item.rival is not None
        if separated:
            keep_separate(item, job.by)
        if entry.outcome is not Outcome.UNCHANGED:
            _hand_in(item, job)
    # an issuer does not learn what else is in the queue
    told = may(job.by, Action.SEE) and not separated
    outcome = Outcome.NEW if entry.outcome is Outcome.PROPOSED and not told else entry.outcome
    paper.item, paper.message = item, outcome.value


def _hand_in(item: Item, job: Job) -> None:
    """Proposes an item as the next version of the case that its upload was for, also one that waits to be read."""
    if job.case is not None and job.case_id != item.pk:
        hand_in(item, job.case, job.by)


def _keep_material(paper: Paper, result: Dossier | Problem, upload: Upload) -> None:
    """Keeps a document as material of the case of its upload, with its text where one could be read."""
    job = paper.job
    original, _ = Original.objects.get_or_create(
        digest=upload.digest, defaults={"size": len(upload.data), "first_name": upload.name}
    )
    text = result.source.text if isinstance(result, Dossier) else ""
    unread = f"{result.message}。{result.remedy}" if isinstance(result, Problem) else ""
    if job.case is not None:
        material, _ = Material.objects.get_or_create(
            item=job.case, kind=job.material, name=paper.name, original=original, account=job.by.username,
            defaults={"text": text, "message": unread, "by": display_name(job.by), "organ": job.by_organ},
        )  # fmt: skip
        paper.item = job.case
        tell_of_material(material)
    paper.state, paper.message = (
        JobState.DONE,
        f"已作为材料（{job.get_material_display()}）收下{unread and '；' + unread}",
    )


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
    """Sets kind, owner, due day and 送审单位 of an item without an owner from the job that added it."""
    if item_id is None:
        return
    due = due_day(job.kind, timezone.localdate(job.created))
    unowned = Item.objects.filter(pk=item_id, owner=None)
    if unowned.update(kind=job.kind, owner=job.by, due=due, updated=timezone.now()) and job.organ:
        correct(Item.objects.get(pk=item_id), "issuers", job.organ, job.by)


def work(*, once: bool = False, with_server: bool = False) -> None:
    """Processes uploads until it is stopped; `once` ends when none waits, `with_server` when the server that started this process is gone.

    A database or folder that is away for a while does not end it: it waits, longer each time up to a minute, and goes on. A beat in the
    home folder (`queue.heartbeat`) tells the pages that a worker is there.
    """
    parent, pause = os.getppid(), _IDLE
    analysis = Confined(alive=lambda: beat(home_folder()))
    while not (with_server and os.getppid() != parent):
        try:
            beat(home_folder())
            busy = _work_once(analysis)
            pause = _IDLE
        except (DatabaseError, PipelineError, OSError) as error:
            pause = min(pause * 2, _LONGEST_PAUSE)
            log.warning("处理进程暂时不能工作，%.0f秒后再试：%s", pause, error)
            close_old_connections()
            connection.close()
            busy = False
        if not busy:
            if once:
                return
            look_after()
            time.sleep(pause)


def _work_once(analysis: Analysis) -> bool:
    """Does one piece of work: an upload, else alerts, the tables of the trend page and one comparison; False where there is none."""
    job = take_job()
    send_due_alerts()
    if job is not None:
        process_job(job, analysis)
        return True
    home = home_folder()
    return make_if_asked(home, lambda: beat(home)) or compare_next_item()


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


def look_after() -> None:
    """While nothing else is to be done: takes the anchor of the day and goes on with the check of the night, a little at a time."""
    home = home_folder()
    try:
        with guarded(step="自检"):
            if time.monotonic() >= _next_runs.anchor:
                _next_runs.anchor = time.monotonic() + _ANCHOR_INTERVAL
                anchor_daily(home, settings.QINGGUI_AUDIT_MAIL)
                ask_daily(home)
            nightly.go_on(home)
    except PipelineError as error:
        log.error("%s", error)
        nightly.give_up(home)


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
