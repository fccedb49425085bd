"""The trend page, its downloads and the tables by API: made by a worker, shown as charts with their data, refused in Chinese."""

import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from pipeline import worker
from pipeline.home import home_folder
from pipeline.review.models import AuditEntry, Item
from pipeline.review.output import kept_tables
from pipeline.review.queue.table_making import ask_daily, make_if_asked
from pipeline.web.trend_charts import trend_chart
from tests.web.conftest import client
from tests.web.test_api import call

pandas = pytest.importorskip("pandas", reason="the extra analysis is not installed: make setup-dev")
pytest.importorskip("scipy", reason="the extra analysis is not installed: make setup-dev")


@pytest.fixture
def nothing_kept() -> Iterator[Path]:
    folder = kept_tables.folder_of(home_folder())
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def made(item: Item, nothing_kept: Path) -> Path:
    """The home folder after the tables were made of a queue that holds `item`."""
    from pipeline.analysis.kept import keep

    keep(home_folder())
    return home_folder()


def bytes_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_before_the_first_time_the_page_says_so_and_the_button_asks_a_worker(
    people: dict[str, User], nothing_kept: Path
) -> None:
    browser = client(people, "分析员")
    assert "还没有数据，请按“更新数据”" in browser.get("/trends").content.decode()
    assert browser.post("/trends").status_code == 302 and kept_tables.is_asked(home_folder())
    page = browser.get("/trends").content.decode()
    assert "disabled" in page and "处理进程" in page
    refused = call(people["分析员"], "get", "/tables/documents.parquet")
    assert (
        refused.status_code == 400
        and "数据表还没有做出来" in refused.json()["message"]
        and "请过几分钟再试" in refused.json()["remedy"]
    )


def test_the_page_shows_every_answer_with_its_title_note_and_downloads(people: dict[str, User], made: Path) -> None:
    page = client(people, "主审").get("/trends").content.decode()
    kept = kept_tables.kept(made)
    assert len(kept.answers) == 8 and all(
        answer["title"] in page and answer["question"] in page for answer in kept.answers
    )
    assert page.count(".parquet") == len(kept.answers) + len(kept.tables) == page.count(".csv")
    assert "style=" not in page.split("<main")[1] and "<script" not in page.split("<main")[1]
    assert 'href="/trends"' in page and 'href="/trends"' not in client(people, "审查员").get("/").content.decode()


def test_a_download_is_what_was_made_and_stands_in_the_audit(people: dict[str, User], made: Path, item: Item) -> None:
    browser = client(people, "分析员")
    table = pandas.read_parquet(io.BytesIO(bytes_of(browser.get("/tables/documents.parquet"))))
    assert item.title in set(table.title) and len(table) == kept_tables.kept(made).items
    plain = bytes_of(browser.get("/tables/findings.csv")).decode("utf-8-sig")
    assert plain.startswith("item,key,type") and len(pandas.read_csv(io.StringIO(plain))) > 0
    answer = browser.get("/trends/alarms-by-type.xlsx")
    assert bytes_of(answer)[:2] == b"PK" and answer.headers["Content-Disposition"].endswith("alarms-by-type.xlsx")
    assert AuditEntry.objects.filter(what="导出", detail="数据表documents.parquet").exists()


def _torn(text: str) -> str:
    return text[: len(text) // 2]


def _of_no_index(text: str) -> str:
    return '["made"]'


def _without_bars(text: str) -> str:
    index = json.loads(text)
    del index["answers"][0]["bars"]
    return json.dumps(index)


def _with_other_entries(text: str) -> str:
    return json.dumps({**json.loads(text), "tables": [1], "answers": ["alarms"]})


@pytest.mark.parametrize("harm", [_torn, _of_no_index, _without_bars, _with_other_entries])
def test_a_damaged_index_counts_as_none(people: dict[str, User], made: Path, harm: Callable[[str], str]) -> None:
    index = kept_tables.folder_of(made) / "index.json"
    index.write_text(harm(index.read_text(encoding="utf-8")), encoding="utf-8")
    (index.parent / "failed").write_bytes("磁盘已满".encode()[:-1])
    page = client(people, "分析员").get("/trends")
    assert page.status_code == 200 and "还没有数据" in page.content.decode() and "磁盘已" in page.content.decode()
    assert call(people["分析员"], "get", "/tables").json()["tables"] == []
    assert call(people["分析员"], "get", "/trends").status_code == 400


@pytest.mark.parametrize("path", ["documents.xls", "nothing.csv", "index.csv", "..%2Findex.csv"])
def test_another_table_or_kind_is_refused_in_chinese(people: dict[str, User], made: Path, path: str) -> None:
    answer = call(people["分析员"], "get", f"/tables/{path}")
    assert answer.status_code in (400, 404) and (
        "没有" in answer.json()["message"] or "不能下载为" in answer.json()["message"]
    )


def test_the_api_describes_tables_and_answers_and_streams_them(people: dict[str, User], made: Path) -> None:
    user = people["分析员"]
    found = call(user, "get", "/tables").json()
    documents = next(table for table in found["tables"] if table["name"] == "documents")
    assert documents["rows"] == found["items"] and documents["columns"][0]["says"] and found["made"]
    answer = call(user, "get", "/tables/documents.parquet")
    assert answer.streaming and len(bytes_of(answer)) == documents["parquet"]
    assert answer.headers["Content-Type"] == "application/vnd.apache.parquet"
    answers = call(user, "get", "/trends").json()
    assert [one["key"] for one in answers][:2] == ["alarms-by-year", "documents-by-year"]
    schema = Client().get("/api/v1/openapi.json").json()["paths"]["/api/v1/tables/{name}.{kind}"]["get"]
    assert "application/vnd.apache.parquet" in schema["responses"]["200"]["content"] and "parquet" in schema["summary"]


def test_a_worker_makes_what_is_asked_for_once_and_keeps_why_it_failed(item: Item, nothing_kept: Path) -> None:
    home, lives = home_folder(), []
    assert not make_if_asked(home, lambda: lives.append(1))
    kept_tables.ask(home)
    fails = (sys.executable, "-c", "import sys, time; time.sleep(1); sys.exit('出错：组件没有安装。请安装')")
    assert make_if_asked(home, lambda: lives.append(1), fails) and lives
    assert kept_tables.kept(home).failed == "组件没有安装。请安装" and not kept_tables.is_asked(home)
    kept_tables.ask(home)
    (nothing_kept / "making").touch()
    assert not make_if_asked(home, lambda: None)  # another worker is at it
    (nothing_kept / "making").unlink()
    assert worker._work_once(worker.Unconfined())
    kept = kept_tables.kept(home)
    assert kept.items >= 1 and kept.failed == "" and not kept.asked


def test_tables_that_are_used_are_made_anew_each_day(made: Path) -> None:
    ask_daily(made)
    assert not kept_tables.is_asked(made)
    file = kept_tables.folder_of(made) / "index.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"made": "2026-01-01T00:00:00+00:00"}))
    ask_daily(made)
    assert kept_tables.is_asked(made)


def bar(label: str, value: float, low: float | None = None, high: float | None = None) -> dict[str, Any]:
    return {"label": label, "value": value, "low": low, "high": high, "words": "", "few": False}


def test_labels_of_years_do_not_overlap_however_many_there_are() -> None:
    bars = [bar(str(year), year % 7) for year in range(1950, 2027)]
    chart = trend_chart({"chart": "columns", "unit": "件", "bars": bars})
    places = [x for x, _ in chart.labels]
    assert len(chart.marks) == 77 and all(right - left > 40 for left, right in pairwise(places))
    assert max(mark.height for mark in chart.marks) <= chart.height and chart.ticks[0][1] == "0"


def test_the_band_of_a_curve_is_drawn_as_far_as_its_bounds_are_known() -> None:
    bars = [bar("0", 1, 1, 1), bar("2", 0.5, 0.2, 0.8), bar("9.5", 0)]
    chart = trend_chart({"chart": "steps", "unit": "%", "bars": bars})
    assert chart.curve.startswith("M52 10 L") and chart.band.endswith("Z") and "None" not in chart.band
    assert [label for _, label in chart.labels][-1] == "9年"
    assert trend_chart({"chart": "steps", "unit": "%", "bars": []}).rows == ()
