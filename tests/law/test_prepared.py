"""Cached rules: read without the rule files, written again when damaged, never an error, absent without a home folder."""

import os
import pickle
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from pipeline import version
from pipeline.errors import RuleError
from pipeline.evaluation import rule_impact
from pipeline.law import load_rulebook, prepared, read_rulebook
from pipeline.law.patterns import Pattern, checked
from tests.conftest import ROOT

BOOK = load_rulebook()
UNIT = """
rules:
  - id: LINXI-01
    type: FEE-01
    says: 收取占道押金
    pattern: "占道押金"
    match: ["沿街商户应当交纳占道押金。"]
    skip: ["退还押金。"]
"""
LOAD = (
    "from pipeline.law import load_rulebook; book = load_rulebook(); print(len(book.rules), sum(book.bits) % 1000003)"
)


def load() -> object:
    """The rulebook as a new process would load it."""
    return load_rulebook.__wrapped__()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("QINGGUI_HOME", str(folder))
    monkeypatch.delenv("QINGGUI_PREPARED", raising=False)
    monkeypatch.delenv("QINGGUI_RULES", raising=False)
    return folder


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """One entry for each time the rule files were read; the rulebook is shared by all tests, which saves seconds."""
    times: list[int] = []

    def read() -> object:
        times.append(1)
        return BOOK

    monkeypatch.setattr(prepared, "read_rulebook", read)
    yield times


def cache_file(home: Path) -> Path:
    (found,) = (home / "prepared").iterdir()
    return found


def test_a_second_start_reads_no_yaml_and_parses_compiles_and_checks_no_pattern(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a start with cached rules must not call this")

    first = load()
    monkeypatch.setattr(prepared, "read_rulebook", refuse)
    monkeypatch.setattr(yaml, "load", refuse)
    monkeypatch.setattr("pipeline.law.anchors.parser.parse", refuse)
    monkeypatch.setattr(re, "compile", refuse)
    again = load()
    assert again == first == BOOK and again is not first
    assert again.matcher and again.contexts_of == BOOK.contexts_of and again.rules == BOOK.rules  # type: ignore[attr-defined]


def test_cached_rules_find_the_same_as_rules_read_from_their_files(home: Path, reads: list[int]) -> None:
    load()
    book = load()
    assert reads == [1]
    for rule in book.rules:  # type: ignore[attr-defined]
        assert all(rule.raises(sentence) for sentence in rule.match)
        assert not any(rule.raises(sentence) for sentence in rule.skip)


def _flip(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: b"\n",
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1],
        lambda data: data + b" ",
        _flip,
        lambda data: b"[]\n[]",
        lambda data: b"null\n" + data.partition(b"\n")[2],
        lambda data: b"[" * 100_000,
        lambda data: pickle.dumps({"rules": 1}),
        lambda data: "规则".encode("gb18030"),
        lambda data: data.partition(b"\n")[2],
    ],
    ids=["empty", "line", "half", "cut", "longer", "bit", "lists", "null", "nested", "pickle", "gb18030", "headless"],
)
def test_a_damaged_file_is_written_again(home: Path, reads: list[int], damage: object) -> None:
    load()
    whole = cache_file(home).read_bytes()
    cache_file(home).write_bytes(damage(whole))  # type: ignore[operator]
    assert load() == BOOK and reads == [1, 1]
    assert cache_file(home).read_bytes() == whole
    assert load() == BOOK and reads == [1, 1]


def test_a_file_of_other_rules_under_the_same_name_is_written_again(
    home: Path, reads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    load()
    whole = cache_file(home).read_bytes()
    ours = version.rules_fingerprint()
    monkeypatch.setattr(prepared, "rules_fingerprint", lambda: "0" * 24)
    cache_file(home).rename(home / "prepared" / f"rules-{'0' * 24}.jsonl")
    load()
    assert reads == [1, 1] and cache_file(home).read_bytes() != whole and ours != "0" * 24


def test_incomplete_content_with_a_valid_checksum_is_written_again(home: Path, reads: list[int]) -> None:
    load()
    fingerprint = version.rules_fingerprint()
    for content in (b"{}", b'{"types": 5}', b'{"types": [{"id": "X"}]}', b"[1]"):
        head = str(prepared._head(fingerprint, content)).replace("'", '"').encode()
        cache_file(home).write_bytes(head + b"\n" + content)
        assert load() == BOOK
    assert len(reads) == 5


@pytest.mark.parametrize("kind", ["rules/fees.yaml", "rules/frequency.tsv", "anchors.py"])
def test_a_changed_rule_file_or_its_code_has_another_fingerprint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    package = tmp_path / "pipeline"
    shutil.copytree(ROOT / "pipeline" / "law", package / "law")
    shutil.copy(ROOT / "pipeline" / "document.py", package)
    monkeypatch.setattr(version, "_PACKAGE", package)
    before = version.rules_fingerprint()
    file = package / "law" / kind
    file.write_bytes(file.read_bytes() + b"\n")
    changed = version.rules_fingerprint()
    (package / "law" / "rules" / "notes.txt").write_text("no rule")
    assert changed != before and version.rules_fingerprint() == changed


def test_rules_of_the_unit_are_cached_and_a_change_is_noticed(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "本单位.yaml").write_text(UNIT, encoding="utf-8")
    monkeypatch.setenv("QINGGUI_RULES", str(rules))
    names = [{rule.id for rule in load().rules} - {rule.id for rule in BOOK.rules} for _ in range(2)]  # type: ignore[attr-defined]
    assert names == [{"LINXI-01"}, {"LINXI-01"}]
    (rules / "本单位.yaml").write_text(UNIT.replace("LINXI-01", "LINXI-02"), encoding="utf-8")
    assert {rule.id for rule in load().rules} - {rule.id for rule in BOOK.rules} == {"LINXI-02"}  # type: ignore[attr-defined]
    assert len(list((home / "prepared").iterdir())) == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [(('"占道押金"', '"占道(押金"'), "pattern有误"), (("沿街商户应当交纳占道押金", "没有"), "与例子不符")],
)
def test_a_broken_rule_of_the_unit_is_rejected_and_nothing_is_cached(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: tuple[str, str], message: str
) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "本单位.yaml").write_text(UNIT.replace(*change), encoding="utf-8")
    monkeypatch.setenv("QINGGUI_RULES", str(rules))
    with pytest.raises(RuleError, match=message):
        load()
    assert not (home / "prepared").exists()


def test_without_a_home_folder_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reads: list[int]
) -> None:
    monkeypatch.delenv("QINGGUI_PREPARED", raising=False)
    monkeypatch.setenv("QINGGUI_HOME", str(tmp_path / "none"))
    assert load() == BOOK and not (tmp_path / "none").exists()


def test_a_home_folder_that_cannot_be_written_is_no_error(
    home: Path, monkeypatch: pytest.MonkeyPatch, reads: list[int]
) -> None:
    (home / "prepared").write_text("a file where the folder should be")
    assert load() == BOOK
    (home / "prepared").unlink()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        assert load() == BOOK
    assert list((home / "prepared").iterdir()) == []
    (home / "prepared" / f"rules-{version.rules_fingerprint()}.jsonl").mkdir()
    assert load() == BOOK and len(reads) == 3


def test_rules_changed_while_they_were_read_are_not_cached_under_the_old_fingerprint(
    home: Path, monkeypatch: pytest.MonkeyPatch, reads: list[int]
) -> None:
    fingerprints = iter(["1" * 24, "2" * 24])
    monkeypatch.setattr(prepared, "rules_fingerprint", lambda: next(fingerprints))
    assert load() == BOOK and not (home / "prepared").exists()


def test_three_files_are_kept_and_old_temporary_files_are_removed(home: Path, reads: list[int]) -> None:
    folder = home / "prepared"
    folder.mkdir()
    for age in range(5):
        (folder / f"rules-{age:024}.jsonl").write_text("old")
        os.utime(folder / f"rules-{age:024}.jsonl", (time.time() - 60 * (age + 1),) * 2)
    (folder / "rules-a.jsonl.1.tmp").write_text("another process writes")
    (folder / "rules-a.jsonl.2.tmp").write_text("another process was stopped")
    os.utime(folder / "rules-a.jsonl.2.tmp", (time.time() - 7200,) * 2)
    load()
    names = {path.name for path in folder.iterdir()}
    kept = f"rules-{version.rules_fingerprint()}.jsonl"
    assert names == {kept, f"rules-{0:024}.jsonl", f"rules-{1:024}.jsonl", "rules-a.jsonl.1.tmp"}


def test_two_processes_at_once_write_the_same_cache(home: Path) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", LOAD], cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    printed = {process.communicate()[0] for process in started}
    assert printed == {f"{len(BOOK.rules)} {sum(BOOK.bits) % 1000003}\n"}
    assert cache_file(home).suffix == ".jsonl" and load() == BOOK


def test_checking_the_rules_reads_them_from_their_files(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    monkeypatch.setattr(rule_impact, "read_rulebook", lambda: read.append(1) or BOOK)
    assert rule_impact.check_rules([]).rules == len(BOOK.rules) and read == [1]
    assert read_rulebook is not load_rulebook


def test_a_pattern_is_compiled_at_its_first_search_and_once() -> None:
    pattern = Pattern("罚款[0-9]{1,4}元")
    assert "compiled" not in vars(pattern)
    assert pattern.search("处罚款50元") and pattern.compiled is pattern.compiled
    assert pattern.search is pattern.search and [m[0] for m in pattern.finditer("罚款1元，罚款2元")] == [
        "罚款1元",
        "罚款2元",
    ]
    assert pattern == Pattern("罚款[0-9]{1,4}元") and pattern != Pattern("罚款")
    with pytest.raises(re.error):
        checked("罚款(")


def test_a_named_folder_serves_several_homes(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reads: list[int]
) -> None:
    monkeypatch.setenv("QINGGUI_PREPARED", str(tmp_path / "shared"))
    first = load()
    monkeypatch.setenv("QINGGUI_HOME", str(tmp_path / "another"))
    assert load() == first and len(reads) == 1
    assert list((tmp_path / "shared").glob("rules-*.jsonl")) and not (home / "prepared").exists()
