"""The answers on trends: titles state what the data show, the rest and what is missing are named, small groups are not compared."""

import csv
import io
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pd = pytest.importorskip("pandas", reason="the extra analysis is not installed: make setup-dev")
pytest.importorskip("scipy", reason="the extra analysis is not installed: make setup-dev")

from python_calamine import CalamineWorkbook  # noqa: E402

from pipeline.analysis.answers import Answer, answers, day_of_tables  # noqa: E402
from pipeline.analysis.table_files import write_answer, write_csv  # noqa: E402

AS_OF = date(2026, 11, 22)


def tables_of(documents: list[dict[str, Any]], findings: list[dict[str, Any]] = ()) -> Any:  # type: ignore[assignment]
    usual = {
        "title": "停放办法", "number": None, "issuer": "某局", "issuers": "某局", "is_normative": True, "made": None, "published": None, "effective": None,
        "expires": None, "validity": "未知", "level": "县", "province": None, "city": None, "district": None, "genre": "办法", "norm_level": "",
        "burden": 1.0, "as_of": pd.Timestamp(AS_OF), "year": None, "name": "", "digest": "", "attached": None,
    }  # fmt: skip
    rows = pd.DataFrame([{"item": item, **usual, **document} for item, document in enumerate(documents, 1)])
    names = ["item", "type", "name", "group", "alarm"]
    return SimpleNamespace(
        documents=rows, findings=pd.DataFrame(findings, columns=names).astype({"alarm": bool}),
        clauses=pd.DataFrame(columns=["item", "start", "end", "text"]), relations=pd.DataFrame(columns=["item", "kind", "title", "number", "day"]),
        citations=pd.DataFrame(columns=["item", "title", "number", "role", "target"]),
    )  # fmt: skip


def answer(key: str, tables: Any) -> Answer:
    return next(found for found in answers(tables, AS_OF) if found.key == key)


def alarm(item: int, name: str = "设定罚款") -> dict[str, Any]:
    return {"item": item, "type": name, "name": name, "group": "处罚", "alarm": True}


def test_the_title_says_whether_the_share_of_documents_with_alarms_fell() -> None:
    years = [{"year": 2020}] * 12 + [{"year": 2025}] * 12
    fell = answer("alarms-by-year", tables_of(years, [alarm(item) for item in range(1, 11)]))
    assert fell.title == "2023—2025年的规范性文件0%（0/12件）有警示，此前三年83%（10/12件）：下降"
    assert "看不出变化" in answer("alarms-by-year", tables_of(years, [alarm(1), alarm(20)])).title
    assert [bar.label for bar in fell.bars] == ["2020", "2021", "2022", "2023", "2024", "2025"]
    assert [bar.words for bar in fell.bars][1:3] == ["没有文件", "没有文件"]


def test_documents_without_a_year_or_a_place_are_told_and_not_dropped() -> None:
    tables = tables_of([{"year": 2025, "province": "湖南省"}, {"year": 2025, "province": "江西省"}, {}])
    assert "另有1件看不出年份" in answer("alarms-by-year", tables).note
    assert "另有1件看不出年份" in answer("documents-by-year", tables).note
    assert [bar.label for bar in answer("alarms-by-place", tables).bars] == ["江西省", "湖南省", "不明"]


def test_more_than_fifteen_places_or_types_are_put_together() -> None:
    provinces = [{"province": f"第{at:02}省"} for at in range(20)]
    raised = [alarm(at + 1, f"类型{at:02}") for at in range(20)]
    tables = tables_of(provinces, raised)
    for key, rest in (("alarms-by-place", "其余5个"), ("alarms-by-type", "其余5类")):
        found = answer(key, tables)
        assert len(found.bars) == 16 and found.bars[-1].label == rest and len(found.table) == 20


def test_places_are_compared_by_the_largest_unit_that_differs() -> None:
    tables = tables_of([{"province": "湖南省", "city": city} for city in ("益阳市", "岳阳市")])
    assert [bar.label for bar in answer("alarms-by-place", tables).bars] == ["岳阳市", "益阳市"]


def test_levels_stand_in_their_order_and_small_groups_are_pale_and_not_compared() -> None:
    tables = tables_of(
        [{"level": "县"}] * 6 + [{"level": "国家"}] * 2 + [{"level": None}], [alarm(1), alarm(2), alarm(3)]
    )
    found = answer("alarms-by-level", tables)
    assert [(bar.label, bar.few) for bar in found.bars] == [("国家", True), ("县", False), ("不明", True)]
    assert found.title == "县级的规范性文件50%（3/6件）有警示；各层级中其他的不足5件，不作比较"


def test_a_term_of_five_years_has_ended_after_five_years() -> None:
    began = {"effective": date(2015, 3, 1), "expires": date(2020, 2, 29), "validity": "已届满"}
    found = answer("survival", tables_of([began, began, {"effective": date(2015, 3, 1)}]))
    assert found.title.startswith("施行满5年后仍有效的占0%，这一数字只看了2件，仅供参考；共2件，另有1件有效性不明")


def test_an_empty_queue_has_answers_that_say_so() -> None:
    tables = tables_of([{"is_normative": False}])
    assert all(found.title and found.note for found in answers(tables, AS_OF))
    assert day_of_tables(tables) == AS_OF


def test_the_data_of_an_answer_are_the_same_as_csv_xlsx_and_parquet(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "地区": ["=危险", None],
            "件": [3, 4],
            "占比": [0.25, float("nan")],
            "起": [pd.Timestamp("2020-01-02"), pd.NaT],
        }
    )
    write_answer(tmp_path, Answer("probe", "各地", "题", "注", "bars", "件", table))
    assert pd.read_parquet(tmp_path / "probe.parquet").equals(table)
    lines = list(csv.reader(io.StringIO((tmp_path / "probe.csv").read_text("utf-8-sig"))))
    assert lines == [["地区", "件", "占比", "起"], ["'=危险", "3", "0.25", "2020-01-02"], ["", "4", "", ""]]
    sheet = CalamineWorkbook.from_path(tmp_path / "probe.xlsx").get_sheet_by_index(0).to_python()
    assert sheet[1:] == [["地区", "件", "占比", "起"], ["=危险", 3, 0.25, date(2020, 1, 2)], ["", 4, "", ""]]
    stream = io.StringIO()
    write_csv(stream, table)
    assert stream.getvalue().startswith("\ufeff地区")


@pytest.mark.filterwarnings("ignore:Glyph")  # svg keeps text as text, no Chinese font is needed
def test_an_answer_is_drawn_with_its_title_and_labels_of_its_bars() -> None:
    pytest.importorskip("matplotlib", reason="the extra notebooks is not installed: make setup-dev").use("svg")
    from pipeline.analysis.charts import draw

    tables = tables_of([{"year": 1960 + at} for at in range(60)] + [{"level": None}], [alarm(1)])
    for found in answers(tables, AS_OF):
        axes = draw(found)
        assert axes.get_title(loc="left").replace("\n", "").replace(" ", "") == found.title.replace(" ", "")
        assert found.chart == "steps" or len(axes.get_xticks() if found.chart == "columns" else axes.get_yticks()) <= 16
