"""Records are written whole, and a torn or odd line hides no other."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import StorageError
from pipeline.records import Journal, line_of
from tests.conftest import ROOT

ODD = (
    "分行\n的",
    "行\u2028分隔",
    "段\u2029分隔",
    "\x85下一行",
    "回车\r\n",
    "\x0b\x0c\x1c\x1d\x1e",
    '引号"和\\',
    "𠮷",
    "",
)


def text_of(content: Any) -> str:
    if not isinstance(content, dict):
        raise TypeError(content)
    return str(content["text"])


@pytest.fixture
def journal(tmp_path: Path) -> Journal[str]:
    return Journal(tmp_path / "记录.jsonl", text_of)


def put(journal: Journal[str], *texts: str) -> int:
    return journal.append([{"text": text} for text in texts])


def test_any_text_comes_back_as_it_was(journal: Journal[str]) -> None:
    assert put(journal, *ODD) == len(ODD)
    assert journal.read().records == ODD and not journal.read().faults
    assert len(journal.file.read_text(encoding="utf-8").splitlines()) == len(ODD)  # for other programs, too


def test_separators_that_an_earlier_version_wrote_are_read(journal: Journal[str]) -> None:
    journal.file.write_text('{"text": "甲\u2028乙"}\n{"text": "丙\x85丁"}\n', encoding="utf-8")
    assert journal.read().records == ("甲\u2028乙", "丙\x85丁")


@pytest.mark.parametrize("length", range(1, 26))
def test_a_line_torn_anywhere_is_set_aside_and_told(journal: Journal[str], length: int) -> None:
    put(journal, "甲", "乙")
    torn = line_of({"text": "没写完"}).encode()[:length]
    with journal.file.open("ab") as stream:
        stream.write(torn)
    found = journal.read()
    if torn.rstrip().endswith(b"}"):  # complete, without the end of line
        assert found.records == ("甲", "乙", "没写完")
    else:
        (fault,) = found.faults
        assert found.records == ("甲", "乙") and fault.moved == journal.rejected
        assert str(journal.file) in str(fault) and "第3行" in str(fault)
        assert journal.rejected.read_bytes() == torn + b"\n"
    put(journal, "丙")
    assert journal.read().records[-1] == "丙" and not journal.read().faults


def test_a_bad_line_in_the_middle_is_told_and_stops_no_other(journal: Journal[str]) -> None:
    put(journal, "甲")
    with journal.file.open("ab") as stream:
        stream.write(b'\xff\xfe\n[1]\n{"text": \n{"other": 1}\n\0\0\0\n')
    put(journal, "乙")
    found = journal.read()
    assert found.records == ("甲", "乙")
    # the last of them was the end of the file when the next record was written
    assert [fault.number for fault in found.faults] == [2, 3, 4, 5] and journal.rejected.read_bytes() == b"\0\0\0\n"


def test_a_record_after_an_unended_line_stands_on_a_line_of_its_own(journal: Journal[str]) -> None:
    journal.file.write_bytes('﻿{"text": "手改"}'.encode())
    put(journal, "甲")
    assert journal.read().records == ("手改", "甲")


def test_a_full_disk_records_nothing_and_says_so(journal: Journal[str], monkeypatch: pytest.MonkeyPatch) -> None:
    put(journal, "甲")
    before = journal.file.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="2条都没有记录"):
        put(journal, "乙", "丙")
    assert journal.file.read_bytes() == before


def test_processes_that_write_at_once_lose_nothing(journal: Journal[str]) -> None:
    code = (
        "import sys; from pathlib import Path; from pipeline.records import Journal\n"
        "journal = Journal(Path(sys.argv[1]), dict)\n"
        "for number in range(40): journal.append([{'text': f'{sys.argv[2]}{number}' + '长' * 3000}])\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(journal.file), name], cwd=ROOT) for name in ("甲", "乙", "丙")
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    found = journal.read()
    assert len(set(found.records)) == 120 and not found.faults
