"""Discretion benchmarks are recognised as a whole: their tiers are no penalties of the document's own."""

from pipeline.document import Severity
from tests.builders import dossier

ROW = "（二）违法情节较重的，责令限期改正，处五千元以上一万元以下罚款。"


def alarms(*lines: str) -> list[str]:
    found = dossier(*lines).assessment.findings
    return [f.type for f in found if not f.softened and f.severity in (Severity.HIGH, Severity.CRITICAL)]


def test_rows_of_a_document_named_a_benchmark_are_noted() -> None:
    lines = (
        "临溪县城市管理局关于印发《临溪县城市管理行政处罚裁量基准》的通知",
        "各中队：",
        "一、占道经营",
        ROW,
        "临溪县城市管理局",
        "2024年5月6日",
    )
    assert alarms(*lines) == []


def test_the_same_row_in_another_document_is_raised() -> None:
    lines = (
        "临溪县城市管理局关于整治占道经营的通知",
        "各中队：",
        "一、占道经营",
        ROW,
        "临溪县城市管理局",
        "2024年5月6日",
    )
    assert "PEN-01" in alarms(*lines)


def test_only_the_chapter_under_the_heading_is_a_benchmark() -> None:
    lines = (
        "临溪县集市管理办法",
        "第一章 处罚裁量基准",
        "第一条 违法情节较重的，处五千元以上一万元以下罚款。",
        "第二章 其他",
        "第二条 不按时清扫的，由镇政府处二百元罚款。",
    )
    found = [f for f in dossier(*lines).assessment.findings if f.type == "PEN-01"]
    assert [f.softened for f in found] == [True, False]


def test_fees_and_duties_within_a_benchmark_are_still_raised() -> None:
    lines = (
        "临溪县城市管理局关于印发《临溪县城市管理行政处罚裁量基准》的通知",
        "各中队：",
        "一、占道摊点须向中队每月缴纳卫生管理费三十元。",
        "临溪县城市管理局",
        "2024年5月6日",
    )
    assert "FEE-01" in alarms(*lines)
