"""What one file may take, over all levels of archives, and that what was cut off is told."""

import time
from pathlib import Path

import pytest

from corpora import papers, writers
from pipeline import budget
from pipeline.budget import Budget, file_budget, is_late, timed
from pipeline.document import Problem
from pipeline.errors import UnreadableFile, UsageError
from pipeline.ingest import Limits, Upload, ofd_pages, read, uploads


def text(size: int) -> bytes:
    return ("关于印发油茶管理办法的通知\n" + "各乡镇。" * (size // 12)).encode()[:size]


def found(path: Path, data: bytes, limits: Limits) -> tuple[list[str], list[Problem]]:
    path.write_bytes(data)
    results = list(uploads(path, limits))
    names = [one.name.removeprefix(f"{path}/") for one in results if isinstance(one, Upload)]
    return names, [one for one in results if isinstance(one, Problem)]


def test_archives_in_archives_share_one_limit_of_bytes_and_what_is_left_out_is_told(tmp_path: Path) -> None:
    inner = [writers.as_zip({"甲.txt": text(4000), "乙.txt": text(4000)}) for _ in range(4)]
    outer = writers.as_zip({f"包{number}.zip": data for number, data in enumerate(inner)})
    names, problems = found(tmp_path / "a.zip", outer, Limits(archive_bytes=16_000))
    assert names[:2] == ["包0.zip/甲.txt", "包0.zip/乙.txt"] and len(names) < 8
    assert problems and all(problem.kind == "zip_bomb" and problem.remedy for problem in problems)
    assert found(tmp_path / "b.zip", outer, Limits(archive_bytes=60_000))[1] == []


def test_archives_in_archives_share_one_limit_of_entries(tmp_path: Path) -> None:
    inner = writers.as_zip({f"{number}.txt": text(300) for number in range(5)})
    names, problems = found(tmp_path / "a.zip", writers.as_zip({"一.zip": inner, "二.zip": inner}), Limits(entries=9))
    assert len(names) == 5 and len(problems) == 1 and "最多9个文件" in problems[0].message


def test_each_file_of_a_folder_has_a_limit_of_its_own(tmp_path: Path) -> None:
    for name in ("甲.zip", "乙.zip"):
        (tmp_path / name).write_bytes(writers.as_zip({"a.txt": text(6000)}))
    results = list(uploads(tmp_path, Limits(archive_bytes=8000)))
    assert [type(one).__name__ for one in results] == ["Upload", "Upload"]


def test_parts_of_a_mail_within_an_archive_are_counted(tmp_path: Path) -> None:
    mail = (
        b"From: a@example.cn\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        + text(9000)
    )
    outer = writers.as_zip({f"{number}.eml": mail for number in range(4)})
    names, problems = found(tmp_path / "a.zip", outer, Limits(archive_bytes=50_000))
    assert len(names) < 4 and problems


def test_the_environment_sets_what_may_be_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QINGGUI_FILE_UNPACKED", "1")
    (tmp_path / "a.zip").write_bytes(writers.as_zip({f"{n}.txt": text(400_000) for n in range(3)}))
    (problem,) = uploads(tmp_path / "a.zip")
    assert isinstance(problem, Problem) and problem.kind == "zip_bomb" and "1MB" in problem.message


@pytest.mark.parametrize(
    "data",
    [text(30_000), writers.as_docx(papers.WATER * 8), writers.as_pdf(papers.WATER * 8), writers.as_ofd(papers.WATER * 8),
     b"<html><body><p>" + text(30_000) + b"</p></body></html>"],
    ids=["txt", "docx", "pdf", "ofd", "html"],
)  # fmt: skip
def test_a_text_over_the_limit_is_cut_off_and_says_so(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read(Upload("a", data))
    monkeypatch.setenv("QINGGUI_FILE_CHARACTERS", "900")
    cut = read(Upload("a", data))
    assert 300 < len(cut.text) < 1400 < len(whole.text)
    assert [note for note in cut.notes if note.kind == "limit" and "没有读" in note.message]
    assert not [note for note in whole.notes if note.kind == "limit"]
    assert all(block.span.end <= len(cut.text) for block in cut.blocks)


@pytest.mark.parametrize("write", [writers.as_pdf, writers.as_ofd], ids=["pdf", "ofd"])
def test_more_pages_than_allowed_are_refused_with_the_number(write: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QINGGUI_FILE_PAGES", "2")
    with pytest.raises(UnreadableFile) as caught:
        read(Upload("a", write(papers.FARMHOUSE * 5)))  # type: ignore[operator]
    assert caught.value.kind == "limit" and "2页" in caught.value.message


def repeated_page(times: int) -> bytes:
    """An OFD whose list of pages names one page many times."""
    data = writers.as_ofd(papers.WATER)

    def repeat(markup: bytes) -> bytes:
        start, end = markup.index(b"<ofd:Page "), markup.index(b"</ofd:Pages>")
        return markup[:end] + markup[start:end] * times + markup[end:]

    return writers.changed_zip(data, "Doc_0/Document.xml", repeat)


def test_a_page_that_is_repeated_many_times_stops_at_the_limit_of_all_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read(Upload("a.ofd", repeated_page(20)))
    monkeypatch.setattr(ofd_pages._Remaining, "__init__", lambda self: (setattr(self, "objects", 3000), setattr(self, "markup", 10**9), None)[2])  # fmt: skip
    started = time.process_time()
    cut = read(Upload("a.ofd", repeated_page(400)))
    assert time.process_time() - started < 20
    assert whole.text.startswith(cut.text[:50]) and len(cut.text) < len(whole.text)
    assert any(note.kind == "limit" and "没有读" in note.message for note in cut.notes)


def test_a_reader_of_pages_stops_when_its_time_is_over_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = iter([False, False, *[True] * 500])
    monkeypatch.setattr("pipeline.ingest.pdf.is_late", lambda: next(seen))
    source = read(Upload("a.pdf", writers.as_pdf(papers.FARMHOUSE * 8)))
    (note,) = (note for note in source.notes if note.kind == "limit")
    assert "从第3页起" in note.message and "时间" in note.message and source.pages and source.pages > 3
    assert not any(note.kind == "blank_pages" for note in source.notes)


def test_time_counts_only_within_its_context(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_late()
    with timed(0.0):
        time.sleep(0.01)
        assert is_late()
    with timed(1000):
        assert not is_late()
    assert not is_late()


def test_limits_that_are_no_numbers_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert file_budget() == Budget()
    for words in ("-1", "0", "many", "１０", "1.5"):
        monkeypatch.setenv("QINGGUI_FILE_SECONDS", words)
        with pytest.raises(UsageError, match="QINGGUI_FILE_SECONDS"):
            file_budget()
    monkeypatch.setenv("QINGGUI_FILE_SECONDS", " 30 ")
    assert budget.file_budget().seconds == 30
