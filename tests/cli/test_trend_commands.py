"""The commands `trends` and `reuse`, on the tables of a folder and of the queue."""

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pandas")
pytest.importorskip("scipy")

from corpora import papers
from pipeline.analysis import frames
from pipeline.cli.trends import reuse, trends
from pipeline.errors import UsageError
from pipeline.home import home_folder
from pipeline.review.queue.store import QueueWriter
from tests.builders import examined


@pytest.fixture
def tables(queue_home: Path, tmp_path: Path) -> Path:
    """The tables of two documents, of which the second takes sentences of the first over."""
    writer = QueueWriter(queue_home, "test")
    taken = [line.replace("临溪县", "长河县") for line in papers.FARMHOUSE]
    for name, lines in {"a.txt": papers.FARMHOUSE, "b.txt": taken}.items():
        data = "\n".join(lines).encode()
        writer.put(examined(data, name), data, None)
    frames.write(tmp_path / "out")
    return tmp_path / "out"


def test_reuse_prints_pairs_passages_and_sums_and_writes_csv(tables: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reuse(tables)
    printed = capsys.readouterr().out
    assert printed.startswith("1对文件有30字以上相同的段落") and "整篇" in printed
    reuse(tables, as_csv=True)
    head, row = capsys.readouterr().out.lstrip("\ufeff").strip().split("\n", 1)
    assert head.startswith("a,b,title_a") and "长河县" in row
    reuse(tables, passages=True, as_csv=True)
    assert "text_a,text_b" in capsys.readouterr().out
    reuse(tables, between="level")
    assert "在先" in capsys.readouterr().out
    with pytest.raises(UsageError, match="不能按color合计"):
        reuse(tables, between="color")


def test_reuse_is_told_between_the_units_that_differ(tables: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trends(tables, only="reuse")
    printed = capsys.readouterr().out
    assert "最多的是临溪县（在先）与长河县之间" in printed or "最多的是长河县（在先）与临溪县之间" in printed


def test_an_empty_queue_has_answers_that_say_so(queue_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trends()
    printed = capsys.readouterr().out
    assert "还没有看得出年份的文件" in printed and "没有警示" in printed
    reuse()
    assert capsys.readouterr().out.startswith("0对文件")
    trends(keep=True)
    assert "已做好0件文件" in capsys.readouterr().out


def test_trends_prints_every_answer_or_one_as_csv_or_json(tables: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trends(tables)
    printed = capsys.readouterr().out
    assert all(
        question in printed
        for question in ("各年警示", "各类警示", "各地警示", "文件的存续", "负担指数", "文件之间的沿用")
    )
    trends(tables, only="alarms-by-type", as_csv=True)
    assert "类型,名称,法律问题,警示,文件" in capsys.readouterr().out
    trends(tables, as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert len(found) == 8 and {"key", "title", "bars"} <= set(found[0])


def test_what_is_asked_wrongly_is_told(tables: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="没有“天气”这个问题"):
        trends(tables, only="天气")
    with pytest.raises(UsageError, match="--csv一次只写一张表"):
        trends(tables, as_csv=True)
    with pytest.raises(UsageError, match="里没有数据表"):
        reuse(tmp_path / "nothing")


def test_without_a_folder_the_queue_is_asked(tables: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reuse(None)
    assert "对文件有30字以上相同的段落" in capsys.readouterr().out
    assert (home_folder() / "tables" / "frames" / frames.MANIFEST).exists()


@pytest.mark.parametrize("also", [{"only": "reuse"}, {"as_of": "2026-11-01"}, {"as_csv": True}, {"as_json": True}])
def test_keep_makes_everything_and_refuses_what_would_narrow_it(also: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="--keep做好全部问题的数据，不能同时写--only"):
        trends(keep=True, **also)
