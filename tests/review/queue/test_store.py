"""Writing to the queue is idempotent and versioned and never changes a decision, on SQLite and PostgreSQL alike."""

from pathlib import Path

import pytest

from corpora import papers, writers
from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.document import Dossier, Problem
from pipeline.errors import StorageError, UsageError
from pipeline.ingest import Upload
from pipeline.review.models import Decision
from pipeline.review.queue import originals
from pipeline.review.queue.store import Outcome, QueueWriter, find_item, history, open_problems, queue
from tests.conftest import AS_OF


@pytest.fixture
def writer(queue_home: Path) -> QueueWriter:
    return QueueWriter(queue_home, "test+1")


def put(writer: QueueWriter, name: str, data: bytes, place: str | None = None) -> tuple[Outcome, int | None]:
    result = analyze_upload(Upload(name, data), LegalContext(AS_OF, place))
    entry = writer.put(result, data, place) if isinstance(result, Dossier) else writer.put_problem(result, data)
    return entry.outcome, entry.item


def test_the_same_file_twice_is_one_item(writer: QueueWriter) -> None:
    data = writers.as_txt(papers.FARMHOUSE)
    assert put(writer, "a.txt", data)[0] is Outcome.NEW
    before = [(item.pk, item.risk, item.updated) for item in queue()]
    assert put(writer, "a.txt", data)[0] is Outcome.UNCHANGED
    assert [(item.pk, item.risk, item.updated) for item in queue()] == before


def test_the_same_file_under_another_name_is_recorded_and_not_listed_again(writer: QueueWriter) -> None:
    data = writers.as_txt(papers.FARMHOUSE)
    _, first = put(writer, "a.txt", data)
    assert put(writer, "b.txt", data) == (Outcome.DUPLICATE, first)
    assert put(writer, "b.txt", data) == (Outcome.DUPLICATE, first)
    (item,) = queue()
    assert [occurrence.name for occurrence in item.occurrences.all()] == ["b.txt"]


def test_the_original_is_kept_untouched_by_its_hash(writer: QueueWriter) -> None:
    data = writers.as_docx(papers.REPORT)
    put(writer, "a.docx", data)
    digest = Upload("a.docx", data).digest
    assert (writer.home / "originals" / digest[:2] / digest).read_bytes() == data


def test_analysing_again_replaces_findings_and_never_a_decision(writer: QueueWriter) -> None:
    data = writers.as_txt(papers.FARMHOUSE)
    _, number = put(writer, "a.txt", data)
    assert number
    item = find_item(number)
    finding = item.current.findings.filter(softened=False).first()
    assert item.current
    Decision.objects.create(
        item=item,
        version=item.current,
        finding_key=finding.key,
        verdict="不成立",
        reviewer="王审",
        comment="有上位法依据",
    )
    newer = QueueWriter(writer.home, "test+2")
    assert put(newer, "a.txt", data)[0] is Outcome.REFRESHED
    item = find_item(number)
    (decision,) = item.decisions.all()
    assert (decision.verdict, decision.reviewer, decision.comment) == (
        "不成立",
        "王审",
        "有上位法依据",
    )
    assert item.current.findings.filter(key=decision.finding_key).count() == 1
    assert any("王审：不成立" in line for line in history(item))


def test_another_place_gives_another_analysis(writer: QueueWriter) -> None:
    data = writers.as_txt(papers.WATER)
    put(writer, "a.txt", data)
    assert put(writer, "a.txt", data, "湖南")[0] is Outcome.REFRESHED
    assert queue()[0].validity == "有效"


def test_what_cannot_be_read_yet_waits_in_the_queue_with_its_reason(writer: QueueWriter) -> None:
    assert put(writer, "a.pdf", writers.scanned_pdf())[0] is Outcome.WAITING
    (item,) = queue()
    assert item.status == "待识别" and "没有文字层" in item.reason
    outcome, number = put(writer, "a.pdf", writers.as_pdf(papers.WATER))
    assert (outcome, number) == (Outcome.NEW, item.pk)
    assert find_item(item.pk).status == "待审"


def test_problems_are_listed_once_and_close_when_the_file_is_read(writer: QueueWriter) -> None:
    for _ in range(2):
        assert put(writer, "a.txt", b"") == (Outcome.PROBLEM, None)
    (problem_entry,) = open_problems()
    assert problem_entry.kind == "empty" and problem_entry.remedy
    put(writer, "a.txt", writers.as_txt(papers.WATER))
    assert open_problems() == []


def test_a_file_without_bytes_is_listed_too(writer: QueueWriter) -> None:
    entry = writer.put_problem(Problem("x.zip/../y", None, "path_traversal", "已拒绝", "请核对"), None)
    assert entry.outcome is Outcome.PROBLEM and open_problems()[0].name == "x.zip/../y"


def test_the_riskiest_item_comes_first(writer: QueueWriter) -> None:
    for name, paper in (("a", papers.ELDERLY), ("b", papers.FARMHOUSE), ("c", papers.WATER)):
        put(writer, name, writers.as_txt(paper))
    assert [item.name for item in queue()] == ["b", "c", "a"]
    assert len(queue(limit=1)) == 1


def test_an_unknown_item_number_is_reported(writer: QueueWriter) -> None:
    with pytest.raises(UsageError, match="没有编号为999"):
        find_item(999)
    _, number = put(writer, "a.txt", writers.as_txt(papers.WATER))
    assert number


def test_an_original_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "originals").write_text("in the way")
    with pytest.raises(StorageError, match="原件无法保存"):
        originals.store_original(tmp_path, "ab" * 32, b"x")


@pytest.mark.parametrize(
    ("issuer", "place"),
    [
        ("青桥县人民政府", "青桥县"),
        ("中共青桥县委办公室", "青桥县"),
        ("中国共产党青桥县委员会", "青桥县"),
        ("共青团青桥县委员会", "青桥县"),
        ("政协青桥县委员会", "青桥县"),
        ("民盟青桥县委员会", "青桥县"),
        ("九三学社长沙市委员会", "长沙市"),
        ("中共湖南省委", "湖南省"),
        ("国家税务总局青桥县税务局", "青桥县"),
        ("中国人民银行青桥县支行", "青桥县"),
        ("中国人民银行石家庄中心支行", "河北"),
        ("中共中央办公厅", "国家"),
        ("国家税务总局", "国家"),
    ],
)
def test_the_place_of_an_issuer_is_told_without_the_organisation_before_it(issuer: str, place: str) -> None:
    from pipeline.review.queue.store import place_of

    assert place_of(issuer, None) == place
