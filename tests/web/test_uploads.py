"""Each document of an upload has its own state, choice and retry; nothing that is handed in is lost silently."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import count
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from corpora import papers, writers
from pipeline import worker
from pipeline.analyzer import LegalContext
from pipeline.confinement import Confined, Unconfined
from pipeline.document import Dossier, Problem
from pipeline.errors import RuleError, StorageError, UsageError
from pipeline.home import home_folder
from pipeline.ingest import Upload
from pipeline.review.accounts import make_token
from pipeline.review.decisions import workflow
from pipeline.review.models import AuditEntry, Item, Job, JobState, Material, Notice, Paper, Status, Version
from pipeline.review.output.case_building import case_of
from pipeline.review.queue import versions
from pipeline.review.queue.originals import original_path
from pipeline.review.queue.uploads import Purpose, submit, take_job
from pipeline.worker import process_job
from tests.web.conftest import client

SERIAL = count(5001)
SECRET = "\n".join(
    (
        "机密★5年", "临溪县人民政府文件", "临政发〔2025〕78号", "关于加强管理的通知", "各乡镇人民政府：", "请加强管理。", "临溪县人民政府",
        "2025年3月1日",
    )
).encode()  # fmt: skip


@pytest.fixture
def reviewer(people: dict[str, User]) -> User:
    return people["审查员"]


def text() -> bytes:
    """A document with a title and number of its own."""
    serial = next(SERIAL)
    lines = [line.replace("油茶低改", f"第{serial}批油茶低改") for line in papers.SUBSIDY]
    return "\n".join(lines).replace("15号", f"{serial}号").encode()


@cache
def _scanned() -> bytes:
    return writers.scanned_pdf()


def contract() -> bytes:
    """A contract of its own that names no organ as 送审单位."""
    return f"第{next(SERIAL)}号油茶收购合同\n甲方：临溪县林业局\n乙方：某公司\n第一条 甲方向乙方购买油茶。".encode()


def scan(serial: int) -> bytes:
    """A PDF without a text layer; each number gives other bytes."""
    return _scanned() + f"\n%{serial}\n".encode()


def post(user: User, name: str, data: bytes, **fields: object) -> HttpResponse:
    browser = client({"x": user}, "x")
    answer: HttpResponse = browser.post("/upload", {"kind": "草案", **fields, "files": SimpleUploadedFile(name, data)})
    return answer


def upload(user: User, name: str, data: bytes, **fields: object) -> Job:
    """The job of an upload that was processed."""
    assert post(user, name, data, **fields).status_code == 302
    return processed(Job.objects.filter(name=name).latest("id"))


def processed(job: Job) -> Job:
    process_job(job)
    return Job.objects.get(pk=job.pk)


def papers_of(job: Job) -> dict[str, Paper]:
    return {paper.name.rsplit("/", 1)[-1]: paper for paper in job.papers.select_related("item")}


def choose(user: User, paper: Paper, choice: str) -> Job:
    answer = client({"x": user}, "x").post(f"/papers/{paper.pk}/choose", {"choice": choice})
    assert answer.status_code == 302, answer.content.decode()
    job = Job.objects.get(pk=paper.job_id)
    return processed(job) if job.state == JobState.WAITING else job


def retry(user: User, job: Job, paper: Paper | None = None) -> Job:
    fields = {"paper": paper.pk} if paper else {}
    assert client({"x": user}, "x").post(f"/jobs/{job.pk}/retry", fields).status_code == 302
    return processed(Job.objects.get(pk=job.pk))


@pytest.fixture
def mixed(reviewer: User) -> Job:
    """A zip with a classified document, one that can be read, an empty one, and one that is in the queue under another name."""
    known = text()
    upload(reviewer, f"先有{next(SERIAL)}.txt", known)
    entries = {"甲.txt": text(), "机密.txt": SECRET, "空.txt": b"", "重.txt": known}
    return upload(reviewer, f"混合{next(SERIAL)}.zip", writers.as_zip(entries))


def test_a_classified_document_in_a_zip_is_refused_by_name_and_the_zip_is_deleted(mixed: Job) -> None:
    refused = papers_of(mixed)["机密.txt"]
    assert (refused.state, refused.digest) == (JobState.FAILED, "") and "密级" in refused.message
    assert "机密.txt：文件标有密级" in mixed.message
    assert not original_path(home_folder(), mixed.original_id).exists()
    assert not Item.objects.filter(name__endswith="机密.txt").exists()


def test_the_other_documents_of_that_zip_have_originals_of_their_own(mixed: Job, reviewer: User) -> None:
    kept = papers_of(mixed)["甲.txt"]
    assert kept.state == JobState.DONE and kept.item is not None
    answer = client({"x": reviewer}, "x").get(f"/items/{kept.item.pk}/original")
    assert answer.status_code == 200 and "油茶" in b"".join(answer).decode()  # type: ignore[call-overload]


@pytest.mark.parametrize("choice", ["关联", "另立", "不收"])
def test_a_choice_on_a_document_of_a_deleted_zip_is_carried_out(mixed: Job, reviewer: User, choice: str) -> None:
    waiting = papers_of(mixed)["重.txt"]
    assert mixed.state == JobState.CHOICE and waiting.state == JobState.CHOICE
    job = choose(reviewer, waiting, choice)
    chosen = papers_of(job)["重.txt"]
    assert chosen.state == JobState.DONE and job.state == JobState.DONE
    assert (chosen.item_id == waiting.rival_id) is (choice == "关联")
    assert (chosen.item_id is None) is (choice == "不收")


def test_a_refused_document_cannot_be_tried_again(mixed: Job, reviewer: User) -> None:
    answer = client({"x": reviewer}, "x").post(f"/jobs/{mixed.pk}/retry", {"paper": papers_of(mixed)["机密.txt"].pk})
    assert answer.status_code == 400 and "没有可以重试" in answer.content.decode()


def test_a_retry_after_the_zip_is_gone_works_from_the_own_original_or_tells_the_way_out(
    mixed: Job, reviewer: User
) -> None:
    failed = papers_of(mixed)["空.txt"]
    again = papers_of(retry(reviewer, mixed, failed))["空.txt"]
    assert again.state == JobState.FAILED and again.message == failed.message
    Paper.objects.filter(pk=failed.pk).update(digest="")
    gone = papers_of(retry(reviewer, mixed, failed))["空.txt"]
    assert gone.state == JobState.FAILED and "已经整包删除" in gone.message and "单独重新提交" in gone.message


def test_one_failed_document_is_tried_again_and_the_others_are_not_touched(
    reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = worker._put_dossier

    def fail(writer: object, paper: Paper, dossier: object, found: object) -> None:
        if "坏" in paper.name:
            raise LookupError("坏了")
        real(writer, paper, dossier, found)  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "_put_dossier", fail)
    entries = {"坏一.txt": text(), "坏二.txt": text(), "好.txt": text()}
    job = upload(reviewer, f"重试{next(SERIAL)}.zip", writers.as_zip(entries))
    found = papers_of(job)
    assert [found[name].state for name in entries] == [JobState.FAILED, JobState.FAILED, JobState.DONE]
    monkeypatch.setattr(worker, "_put_dossier", real)
    again = papers_of(retry(reviewer, job, found["坏一.txt"]))
    assert [again[name].state for name in entries] == [JobState.DONE, JobState.FAILED, JobState.DONE]
    assert again["好.txt"].item_id == found["好.txt"].item_id


def test_each_duplicate_of_a_zip_has_its_own_choice(reviewer: User) -> None:
    known = {"一.txt": text(), "二.txt": text()}
    for data in known.values():
        upload(reviewer, f"原有{next(SERIAL)}.txt", data)
    job = upload(reviewer, f"重复{next(SERIAL)}.zip", writers.as_zip({**known, "新.txt": text()}))
    assert [paper.state for paper in job.papers.order_by("position")] == [
        JobState.CHOICE,
        JobState.CHOICE,
        JobState.DONE,
    ]
    job = choose(reviewer, papers_of(job)["一.txt"], "关联")
    assert job.state == JobState.CHOICE
    job = choose(reviewer, papers_of(job)["二.txt"], "另立")
    found = papers_of(job)
    assert job.state == JobState.DONE
    assert found["一.txt"].item_id == found["一.txt"].rival_id and found["二.txt"].item_id != found["二.txt"].rival_id


def test_a_choice_that_there_is_not_or_that_nobody_asked_for_is_refused(mixed: Job, reviewer: User) -> None:
    browser, found = client({"x": reviewer}, "x"), papers_of(mixed)
    for name, choice, told in (
        ("重.txt", "随便", "没有“随便”"),
        ("重.txt", "", "没有“”"),
        ("甲.txt", "关联", "不在等待"),
    ):
        answer = browser.post(f"/papers/{found[name].pk}/choose", {"choice": choice})
        assert answer.status_code == 400 and told in answer.content.decode()


def test_nobody_chooses_or_retries_for_another(mixed: Job, people: dict[str, User]) -> None:
    browser = client(people, "主审")
    assert browser.post(f"/papers/{papers_of(mixed)['重.txt'].pk}/choose", {"choice": "关联"}).status_code == 404
    assert browser.post(f"/jobs/{mixed.pk}/retry").status_code == 404


def test_a_zip_in_a_zip_is_opened(reviewer: User) -> None:
    inner = writers.as_zip({"里.txt": text()})
    job = upload(reviewer, f"套{next(SERIAL)}.zip", writers.as_zip({"内.zip": inner, "外.txt": text()}))
    found = papers_of(job)
    assert {name: paper.state for name, paper in found.items()} == {"里.txt": "完成", "外.txt": "完成"}
    assert found["里.txt"].name.endswith("内.zip/里.txt")


def test_a_mail_is_opened_with_its_attachments(reviewer: User) -> None:
    mail = writers.as_eml("报送备案", "请予备案。", {"办法.txt": text(), "说明.txt": text()})
    job = upload(reviewer, f"报送{next(SERIAL)}.eml", mail)
    found = papers_of(job)
    assert found["办法.txt"].state == found["说明.txt"].state == JobState.DONE
    assert found["办法.txt"].item_id != found["说明.txt"].item_id


def test_what_a_killed_worker_had_finished_is_not_processed_twice(
    reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    Job.objects.filter(state__in=(JobState.WAITING, JobState.WORKING)).update(state=JobState.DONE)
    real, seen = worker._store_paper, []

    class Killed(BaseException):
        """A worker that ends in the middle."""

    def store(writer: object, paper: Paper, *found: object) -> None:
        if len(seen) == 1:
            seen.append("killed")
            raise Killed
        seen.append(paper.name)
        real(writer, paper, *found)  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "_store_paper", store)
    entries = {"一.txt": text(), "二.txt": text(), "三.txt": text()}
    post(reviewer, "中断.zip", writers.as_zip(entries))
    job = take_job()
    assert job is not None and job.name == "中断.zip"
    with pytest.raises(Killed):
        process_job(job)
    assert take_job() is None
    Job.objects.filter(pk=job.pk).update(taken=timezone.now() - timedelta(minutes=11))
    again = take_job()
    assert again is not None and again.pk == job.pk
    before = Version.objects.count()
    assert processed(again).state == JobState.DONE
    assert [name.rsplit("/")[-1] for name in seen] == ["一.txt", "killed", "二.txt", "三.txt"]
    assert Version.objects.count() == before + 2 and job.papers.count() == 3


def test_a_job_that_kills_its_worker_three_times_is_stopped_and_says_so(reviewer: User) -> None:
    Job.objects.filter(state__in=(JobState.WAITING, JobState.WORKING)).update(state=JobState.DONE)
    post(reviewer, "总是中断.txt", text())
    for _ in range(3):
        job = take_job()
        assert job is not None
        Job.objects.filter(pk=job.pk).update(taken=timezone.now() - timedelta(minutes=11))
    assert take_job() is None
    stopped = Job.objects.get(pk=job.pk)
    assert stopped.state == JobState.FAILED and "处理三次都没有完成" in stopped.message
    assert retry(reviewer, stopped).state == JobState.DONE


def test_no_kind_chosen_is_refused_with_the_kinds_that_there_are(reviewer: User) -> None:
    for kind, told in (("", "没有选择案件类别"), ("小说", "没有“小说”这类案件")):
        answer = post(reviewer, "没有类别.txt", text(), kind=kind)
        assert answer.status_code == 400 and told in answer.content.decode() and "草案、备案" in answer.content.decode()
    assert not Job.objects.filter(name="没有类别.txt").exists()


def test_no_file_chosen_is_refused(reviewer: User) -> None:
    answer = client({"x": reviewer}, "x").post("/upload", {"kind": "草案"})
    assert answer.status_code == 400 and "没有选择文件" in answer.content.decode()


def test_material_is_kept_with_its_text(item: Item, reviewer: User) -> None:
    job = upload(reviewer, "起草说明.txt", text(), case=item.pk, material="起草说明")
    kept = Material.objects.get(item=item)
    assert (kept.kind, kept.name, kept.by, kept.message) == ("起草说明", "起草说明.txt", "wang先生", "")
    assert "油茶" in kept.text and job.state == JobState.DONE
    browser = client({"x": reviewer}, "x")
    assert "油茶" in browser.get(f"/items/{item.pk}/materials/{kept.pk}").content.decode()
    assert not Item.objects.filter(name__endswith="/起草说明.txt").exists()


@pytest.mark.parametrize("data", [scan(7), b"%PDF-1.4 broken", b""], ids=["scan", "broken", "empty"])
def test_material_that_cannot_be_read_is_kept_and_says_why(item: Item, reviewer: User, data: bytes) -> None:
    upload(reviewer, "记录.pdf", data, case=item.pk, material="集体讨论")
    kept = Material.objects.get(item=item)
    assert kept.message and not kept.text
    browser = client({"x": reviewer}, "x")
    assert b"".join(browser.get(f"/items/{item.pk}/materials/{kept.pk}?download=1")) == data  # type: ignore[call-overload]
    assert kept.message in browser.get(f"/items/{item.pk}/").content.decode()


def test_every_document_of_a_zip_is_material_of_its_own(item: Item, reviewer: User) -> None:
    upload(reviewer, "材料.zip", writers.as_zip({"甲.txt": text(), "乙.txt": b""}), case=item.pk, material="其他")
    assert set(item.materials.values_list("name", flat=True)) == {"材料.zip/甲.txt", "材料.zip/乙.txt"}


def test_classified_material_is_refused(item: Item, reviewer: User) -> None:
    job = upload(reviewer, "材料.txt", SECRET, case=item.pk, material="其他")
    assert job.state == JobState.FAILED and not item.materials.exists()
    assert not original_path(home_folder(), job.original_id).exists()


def test_an_unknown_kind_of_material_is_refused(item: Item, reviewer: User) -> None:
    answer = post(reviewer, "材料二.txt", text(), case=item.pk, material="诗歌")
    assert answer.status_code == 400 and "没有“诗歌”这种材料" in answer.content.decode()


def test_an_issuer_hands_in_nothing_for_the_case_of_another(item: Item, people: dict[str, User]) -> None:
    Item.objects.filter(pk=item.pk).update(issuers="长河县教育局")
    for fields in ({}, {"material": "其他"}):
        assert post(people["制定机关"], "别家.txt", text(), case=item.pk, **fields).status_code == 404
    assert client(people, "制定机关").get(f"/upload?case={item.pk}").status_code == 404
    assert not Job.objects.filter(name="别家.txt").exists()


def test_the_next_version_of_an_issuer_is_proposed_and_told_and_replaces_nothing(
    item: Item, people: dict[str, User]
) -> None:
    workflow.claim(item, people["审查员"])
    before = item.current_id
    job = upload(people["制定机关"], "下一稿.txt", text(), case=item.pk)
    newcomer = papers_of(job)["下一稿.txt"].item
    assert newcomer is not None and newcomer.rival_id == item.pk and newcomer.kind == item.kind
    item.refresh_from_db()
    assert item.current_id == before and item.marks == "有新版本" and item.versions.count() == 1
    assert Notice.objects.filter(user=people["审查员"], item=item, words__contains="提交了下一稿").count() == 1
    assert AuditEntry.objects.filter(what="提交下一稿", item=item.pk).exists()
    page = client(people, "制定机关")
    assert f"编号{item.pk}的下一稿，等待审查人员选择是否接收" in page.get("/jobs").content.decode()
    assert "等待审查机关接收" in page.get(f"/items/{item.pk}/").content.decode()
    versions.take_up(newcomer, people["审查员"], "确是同一件")
    told = page.get("/jobs").content.decode()
    assert f"编号{item.pk}的第2版" in told and "新增" not in told


def test_a_scan_as_next_version_is_proposed_and_is_taken_up_only_once_it_was_read(
    item: Item, people: dict[str, User]
) -> None:
    workflow.claim(item, people["审查员"])
    job = upload(people["制定机关"], "下一稿扫描.pdf", scan(next(SERIAL)), case=item.pk)
    newcomer = papers_of(job)["下一稿扫描.pdf"].item
    assert newcomer is not None and (newcomer.status, newcomer.rival_id) == (Status.WAITING, item.pk)
    assert Notice.objects.filter(user=people["审查员"], item=item, words__contains="提交了下一稿").count() == 1
    with pytest.raises(UsageError, match="还没有读出内容"):
        versions.take_up(newcomer, people["审查员"], "")
    item.refresh_from_db()
    assert item.current is not None and newcomer.versions.count() == 0
    assert "还没有读出内容" in take_up_page(client(people, "审查员"), newcomer)


def take_up_page(browser: Client, newcomer: Item) -> str:
    answer = browser.post(f"/items/{newcomer.pk}/version", {"choice": "接收"})
    assert answer.status_code == 400
    return str(answer.content.decode())


def test_two_scans_of_one_name_both_wait_in_the_queue(reviewer: User) -> None:
    found = {papers_of(upload(reviewer, "扫描.pdf", scan(number)))["扫描.pdf"].item_id for number in (1001, 1002)}
    assert len(found) == 2
    assert set(Item.objects.filter(pk__in=found).values_list("status", flat=True)) == {Status.WAITING}


def test_the_same_scan_twice_is_one_item(reviewer: User) -> None:
    found = {papers_of(upload(reviewer, "同一扫描.pdf", scan(1003)))["同一扫描.pdf"].item_id for _ in range(2)}
    assert len(found) == 1


def test_the_original_of_a_waiting_item_can_be_downloaded(reviewer: User) -> None:
    waiting = papers_of(upload(reviewer, "等待.pdf", scan(1004)))["等待.pdf"].item
    assert waiting is not None
    browser = client({"x": reviewer}, "x")
    assert b"".join(browser.get(f"/items/{waiting.pk}/original")) == scan(1004)  # type: ignore[call-overload]
    page = browser.get(f"/items/{waiting.pk}/").content.decode()
    assert f"/items/{waiting.pk}/original" in page and waiting.reason in page


def waiting(who: User, name: str) -> Job:
    return submit(home_folder(), name, text(), who, Purpose("备案"))


def test_people_take_turns_whoever_submitted_more(people: dict[str, User]) -> None:
    Job.objects.update(state=JobState.DONE, taken=None)
    many, few = people["审查员"], people["主审"]
    for number in range(3):
        waiting(many, f"多{number}.txt")
    for number in range(2):
        waiting(few, f"少{number}.txt")
    taken = []
    while job := take_job():
        taken.append(job.name)
        Job.objects.filter(pk=job.pk).update(state=JobState.DONE)
    assert taken == ["多0.txt", "少0.txt", "多1.txt", "少1.txt", "多2.txt"]


def test_a_long_archive_makes_way_for_another_person_and_goes_on_where_it_was(
    people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    Job.objects.update(state=JobState.DONE, taken=None)
    monkeypatch.setattr(worker, "_TURN", -1.0)
    long = submit(
        home_folder(),
        "长.zip",
        writers.as_zip({f"{n}.txt": text() for n in range(3)}),
        people["审查员"],
        Purpose("备案"),
    )
    short = waiting(people["主审"], "短.txt")
    first = take_job()
    assert first == long
    process_job(first)
    long.refresh_from_db()
    assert long.state == JobState.WAITING and long.papers.filter(state=JobState.DONE).count() == 1
    assert take_job() == short
    process_job(short)
    again = take_job()
    assert again == long
    process_job(again)
    long.refresh_from_db()
    assert long.state == JobState.DONE and long.papers.filter(state=JobState.DONE).count() == 3


@pytest.mark.parametrize("name", ["长" * 120 + ".txt", "长" * 200, "a." + "后" * 90])
def test_a_long_name_is_taken(reviewer: User, name: str) -> None:
    job = upload(reviewer, name, text())
    assert job.state == JobState.DONE and job.papers.get().item is not None


def test_the_same_name_twice_gives_two_items(reviewer: User) -> None:
    first, second = (upload(reviewer, "同名.txt", text()).papers.get().item for _ in range(2))
    assert first is not None and second is not None and first != second


def test_an_unread_document_is_not_finished_by_the_api(reviewer: User) -> None:
    unread = Item.objects.create(name="scan.png", title="扫描件", status=Status.WAITING)
    token = make_token(reviewer, "test")
    answer = Client().post(f"/api/v1/items/{unread.pk}/finish", headers={"authorization": f"Bearer {token}"})
    unread.refresh_from_db()
    assert answer.status_code == 400 and unread.status == Status.WAITING and "待识别" in answer.json()["message"]
    unread.delete()


class Unusable:
    """An analysis on an installation whose model cannot be used, until it is mended."""

    def __init__(self) -> None:
        self.broken = True

    def documents(self, path: Path) -> Iterator[Upload | Problem]:
        return Unconfined().documents(path)

    def analyze(self, upload: Upload, legal_context: LegalContext) -> Dossier | Problem:
        if self.broken:
            raise RuleError("审查模型文件judge.npz已损坏", remedy="请重新安装")
        return Unconfined().analyze(upload, legal_context)


def test_an_upload_waits_and_says_why_while_the_model_cannot_be_used(reviewer: User) -> None:
    assert post(reviewer, "等模型.txt", text()).status_code == 302
    job, analysis = Job.objects.filter(name="等模型.txt").latest("id"), Unusable()
    with pytest.raises(RuleError):
        process_job(job, analysis)
    page = client({"x": reviewer}, "x").get("/upload").content.decode()
    assert "处理暂停，文件排着队，没有丢失：审查模型文件judge.npz已损坏。请重新安装" in page
    assert {paper.state for paper in job.papers.all()} == {JobState.WAITING}
    taken = take_job()
    while taken is not None and taken.pk != job.pk:
        taken = take_job()
    analysis.broken = False
    assert taken is not None
    process_job(taken, analysis)
    (paper,) = Job.objects.get(pk=job.pk).papers.all()
    assert paper.state == JobState.DONE and "处理暂停" not in paper.message


def test_a_confined_analysis_tells_rules_that_cannot_be_used_from_a_bad_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("QINGGUI_RULES", str(tmp_path / "没有"))
    analysis = Confined()
    try:
        with pytest.raises(RuleError, match="本单位规则文件夹"):
            analysis.analyze(Upload("件.txt", text()), LegalContext(date(2026, 12, 1)))
    finally:
        analysis.close()


def test_what_keeps_an_upload_from_being_processed_leaves_no_document_in_work(
    reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageError("磁盘已满", remedy="请清理磁盘")

    monkeypatch.setattr(worker, "store_original", full)
    job = upload(reviewer, "满.txt", text())
    (paper,) = job.papers.all()
    assert job.state == paper.state == JobState.FAILED and "磁盘已满" in paper.message


def test_a_reviewer_says_which_organ_hands_in_a_contract(reviewer: User) -> None:
    job = upload(reviewer, f"合同{next(SERIAL)}.txt", contract(), kind="合同", organ=" 临溪县教育局 ")
    found = job.papers.get().item
    assert found is not None and (found.kind, found.issuers) == ("合同", "临溪县教育局")
    told = AuditEntry.objects.get(item=found.pk, what="更正")
    assert told.who == reviewer.username and told.detail == "送审单位:  → 临溪县教育局"
    assert case_of(found).issuers == "临溪县教育局"


@pytest.mark.parametrize(("kind", "organ"), [("备案", "临溪县教育局"), ("合同", "局" * 301)])
def test_an_organ_that_hands_in_no_contract_is_refused_with_the_way_out(reviewer: User, kind: str, organ: str) -> None:
    before = Job.objects.count()
    answer = post(reviewer, "合同.txt", contract(), kind=kind, organ=organ)
    assert answer.status_code == 400 and "送审单位" in answer.content.decode() and Job.objects.count() == before


def test_an_issuer_is_not_asked_which_organ_it_is(people: dict[str, User]) -> None:
    issuer = people["制定机关"]
    assert "送审单位" not in client(people, "制定机关").get("/upload").content.decode()
    assert upload(issuer, f"合同{next(SERIAL)}.txt", contract(), kind="合同", organ="别的机关").organ == ""
