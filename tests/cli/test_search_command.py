"""The command `search` from the outside: its line, its tables on stdout, its remarks on stderr."""

import csv
import io
import json
from pathlib import Path

import pytest

from corpora.make_samples import SAMPLES
from tests.cli.test_commands import run


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("queue")
    papers = [str(SAMPLES / name) for name in ("01农家乐管理办法.txt", "02停车秩序规定.docx")]
    assert run(folder, "triage", *papers, "--as-of", "2026-11-22", "--place", "湖南").returncode == 0
    return folder


def test_words_that_begin_with_a_dash_exclude(home: Path) -> None:
    both = json.loads(run(home, "search", "停车|农家乐", "--json").stdout)
    one = run(home, "search", "停车|农家乐", "-题名:农家乐", "机关:城市管理局", "--json")
    assert one.returncode == 0 and one.stderr == "" and both["count"] == 2
    assert [row["title"] for row in json.loads(one.stdout)["items"]] == [
        "临溪县城市管理局关于印发《城区停车秩序管理规定》的通知"
    ]


def test_a_table_stands_on_stdout(home: Path) -> None:
    done = run(home, "search", "停车", "OR", "农家乐")
    assert "找到2件" in done.stdout and "停车秩序管理规定" in done.stdout and done.stderr == ""


def test_what_a_line_asks_in_vain_is_told_on_stderr(home: Path) -> None:
    done = run(home, "search", "停车", "主题:收费", "--json")
    assert "“主题:”不是可以限定的位置" in done.stderr and json.loads(done.stdout)["count"] == 0


def test_key_words_stand_in_context_with_their_place(home: Path) -> None:
    done = run(home, "search", "罚款", "--context", "--width", "6", "--json")
    places = json.loads(done.stdout)["places"]
    assert places and all(
        place["word"] == "罚款" and len(place["before"]) <= 6 >= len(place["behind"]) for place in places
    )
    assert "罚款" in run(home, "search", "罚款", "--context").stdout


def test_results_come_as_csv_with_headings(home: Path) -> None:
    text = run(home, "search", "停车|农家乐", "--csv").stdout
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == 2 and rows[0]["风险"] and "农家乐" in rows[0]["文件"] and text.startswith("\ufeff")
    places = list(
        csv.DictReader(io.StringIO(run(home, "search", "停车", "--csv", "--context").stdout.removeprefix("\ufeff")))
    )
    assert {row["词"] for row in places} == {"停车"}
    assert run(home, "search", "停车", "--csv", "--json").returncode == 2
