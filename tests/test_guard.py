"""An unforeseen exception affects one file or one part of it, and can be found in the log by its report number."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from corpora import papers, writers
from corpora.mutations import intact_files
from pipeline import ingest, logs
from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.cli import app
from pipeline.document import Problem
from pipeline.errors import UnreadableFile, UsageError
from pipeline.guard import REPORT, UNFORESEEN, Losses, guarded, of_file
from pipeline.ingest import Upload
from tests.conftest import AS_OF, ROOT

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
GOOD = writers.as_txt(papers.WATER)


class UnforeseenError(Exception):
    """An exception that no reader handles."""


def fail(*_: object, **__: object) -> None:
    raise UnforeseenError("坏了")


def of_kind(kind: str) -> bytes:
    """A file that is detected as this kind."""
    ole = OLE + bytes(20) + b"\xfe\xff\x09" + bytes(2000)
    made = {
        "txt": b"\xe6\x9d\xa1\xe4\xbb\xb6",
        "image": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "ole": ole + "WordDocument".encode("utf-16-le"),
        "xls": ole + "Workbook".encode("utf-16-le"),
        "rtf": writers.as_rtf(papers.WATER),
        "odt": writers.as_odt(papers.WATER),
        "word_xml": b'<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"/>',
        "fodt": b'<o:document xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>',
        "uof": b'<u:UOF xmlns:u="http://schemas.uof.org/cn/2003/uof"/>',
        "ods": writers.as_zip({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}),
    }
    return made.get(kind) or intact_files()[kind]


def triage(*paths: Path) -> tuple[int, dict[str, Any]]:
    """The exit code and the JSON output of a triage."""
    result = CliRunner().invoke(app, ["triage", *map(str, paths), "--json", "--as-of", str(AS_OF)])
    return result.exit_code, json.loads(result.stdout)


@pytest.fixture
def log(tmp_path: Path, queue_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The log file of a temporary home folder; the previous log handlers are restored afterwards."""
    monkeypatch.setenv("QINGGUI_HOME", str(tmp_path / "home"))
    before = {name: logging.getLogger(name).handlers[:] for name in logs._LOGGERS}
    yield logs.log_file(tmp_path / "home")
    for name, handlers in before.items():
        logging.getLogger(name).handlers[:] = handlers


@pytest.mark.parametrize("kind", ingest._READERS)
def test_a_reader_that_raises_an_unforeseen_exception_affects_its_file_only(
    kind: str, tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / f"坏.{kind}").write_bytes(of_kind(kind))
    others = {"先.docx": writers.as_docx(papers.WATER)} if kind == "txt" else {"先.txt": GOOD, "后.txt": GOOD + b"\n"}
    for name, data in others.items():
        (tmp_path / "in" / name).write_bytes(data)
    monkeypatch.setitem(ingest._READERS, kind, fail)
    code, output = triage(tmp_path / "in")
    (problem,) = output["problems"]
    assert code == 3 and set(others) <= {Path(row["name"]).name for row in output["queue"]}
    number = REPORT.search(problem["message"])
    assert number and problem["message"].startswith("读取时程序出错") and str(log) in problem["remedy"]
    written = log.read_text(encoding="utf-8")
    assert (
        number[0] in written
        and "Traceback" in written
        and "UnforeseenError: 坏了" in written
        and f"坏.{kind}" in written
    )


@pytest.mark.parametrize("step", ["parse", "classify", "assess"])
def test_a_step_after_reading_that_raises_affects_its_file_only(step: str, log: Path, tmp_path: Path) -> None:
    for name in ("甲.txt", "乙.txt"):
        (tmp_path / name).write_bytes(GOOD + name.encode())
    real, calls = analyze_upload.__globals__[step], iter([fail])
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(analyze_upload.__globals__, step, lambda *words: next(calls, real)(*words))
        code, output = triage(tmp_path / "甲.txt", tmp_path / "乙.txt")
    (problem,) = output["problems"]
    assert code == 3 and problem["file"].endswith("甲.txt") and "分析时程序出错（报告编号QG-" in problem["message"]
    assert [Path(row["name"]).name for row in output["queue"]] == ["乙.txt"]
    assert "UnforeseenError: 坏了" in log.read_text(encoding="utf-8")


def test_a_file_whose_analysis_raised_is_in_the_problem_list_with_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(analyze_upload.__globals__, "assess", fail)
    problem = analyze_upload(Upload("a.txt", GOOD), LegalContext(AS_OF))
    assert isinstance(problem, Problem) and problem.kind == UNFORESEEN and not problem.waiting
    assert problem.digest == Upload("a.txt", GOOD).digest


def test_the_same_exception_on_the_same_file_has_the_same_number() -> None:
    def number(data: bytes, error: Exception) -> str:
        with pytest.raises(UnreadableFile) as caught, of_file("a", data):
            raise error
        found = REPORT.search(caught.value.message)
        assert found
        return found[0]

    first = number(b"1", UnforeseenError("x"))
    assert number(b"1", UnforeseenError("y")) == first
    assert len({first, number(b"2", UnforeseenError("x")), number(b"1", KeyError("x"))}) == 3


def test_errors_of_the_project_and_exits_pass_through() -> None:
    for error in (KeyboardInterrupt(), SystemExit(1), UsageError("x"), UnreadableFile("broken", "坏", remedy="")):
        with pytest.raises(type(error)) as caught, guarded():
            raise error
        assert caught.value is error
    for error in (RecursionError(), MemoryError()):
        with pytest.raises(UnreadableFile) as limit, guarded():
            raise error
        assert limit.value.kind == "limit"


def test_a_lost_part_is_reported_and_the_rest_is_kept() -> None:
    lost, found = Losses(), []
    for number in range(1, 4):
        with lost.part(f"第{number}页"):
            if number == 2:
                raise UnforeseenError("坏了")
            found.append(number)
    assert found == [1, 3]
    (note,) = lost.notes()
    assert note.kind == UNFORESEEN and note.message.startswith("第2页没有读出") and REPORT.search(note.message)
    lost.check(bool(found))
    with pytest.raises(UnreadableFile):
        lost.check(False)


def test_importing_the_readers_imports_no_format_library() -> None:
    heavy = "lxml docx pypdfium2 ofdkit python_calamine olefile PIL numpy opencc selectolax email.policy yaml"
    program = f"import sys, pipeline.ingest; print([name for name in {heavy.split()} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_every_kind_in_the_reader_table_has_an_existing_reader() -> None:
    for kind, reader in ingest._READERS.items():
        with suppress(UnreadableFile):
            assert reader(of_kind(kind)).format
