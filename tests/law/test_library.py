"""The law library: loading, the most similar articles, and the verdict on differences."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.ingest.laws import load_laws
from pipeline.law.library import CONFLICT, FILE, REPEATED, Library, read_law
from pipeline.law.library_status import status_of

DAY = date(2026, 11, 22)
LAW = """---
title: 临溪水库管理法
effective_date: '{day}'
---
**第一条** 为了保护水库，制定本法。

**第二条** 在水库炸鱼、毒鱼的，由水行政主管部门处{fine}罚款。
"""


@pytest.fixture
def library(tmp_path: Path) -> Library:
    (tmp_path / "old.md").write_text(LAW.format(day="2010-01-01", fine="十元以上五十元以下"), encoding="utf-8")
    (tmp_path / "new.md").write_text(LAW.format(day="2020-01-01", fine="二百元以上五百元以下"), encoding="utf-8")
    (tmp_path / "later.md").write_text(LAW.format(day="2030-01-01", fine="一万元以下"), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("没有条文的说明", encoding="utf-8")
    library = Library(tmp_path / "home")
    loaded = load_laws(library, [tmp_path / name for name in ("old.md", "new.md", "later.md", "notes.txt")])
    assert (loaded.laws, loaded.articles, len(loaded.refused)) == (3, 6, 1)
    return library


def test_the_version_in_force_on_the_day_is_compared(library: Library) -> None:
    (found, *_) = library.nearest("在水库炸鱼、毒鱼的，由水行政主管部门处二百元以上五百元以下罚款。", DAY)
    assert (found.article, found.since, found.verdict) == ("第二条", date(2020, 1, 1), REPEATED)


def test_another_range_is_a_conflict_and_is_marked(library: Library) -> None:
    (found, *_) = library.nearest("在水库炸鱼、毒鱼的，由水行政主管部门处二百元以上八百元以下罚款。", DAY)
    assert found.verdict == CONFLICT and "【五】｛八｝" in found.marked


@pytest.mark.parametrize("heading", ["第二章 罚款", "（二）行政主管部门", "二、处罚", "第三节 水行政主管"])
def test_headings_have_no_neighbours(library: Library, heading: str) -> None:
    assert library.nearest(heading, DAY) == []


def test_loading_again_replaces(library: Library, tmp_path: Path) -> None:
    load_laws(library, [tmp_path / "new.md"])
    assert library.count() == (1, 6)


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="找不到"):
        load_laws(Library(tmp_path), [tmp_path / "无"])


def test_a_text_without_articles_is_no_law() -> None:
    assert read_law("说明.txt", "关于水库的说明") == ("说明", None, [])


def test_a_law_without_a_readable_day_is_told_and_one_with_an_impossible_day_is_refused_alone(tmp_path: Path) -> None:
    body = "第一条 为了保护水库，制定本法。\n第二条 在水库炸鱼的，责令改正。\n"
    library = Library(tmp_path / "home")
    loaded = library.add(
        [
            ("甲.txt", f"临溪水库管理法\n{body}"),
            ("乙.txt", f"title: 临溪堤防管理法\neffective_date: 2030-13-45\n{body}"),
            ("丙.txt", f"title: 临溪渡口管理法\neffective_date: 2031年1月1日\n{body}"),
        ]
    )
    assert (loaded.laws, loaded.articles) == (2, 4)
    assert loaded.refused == ("乙.txt：effective_date“2030-13-45”不是日期，请写成2020-01-01这样",)
    words = library.words_of([("临溪水库管理法", "第二条"), ("临溪渡口管理法", "第二条")], DAY)
    (undated,) = words["临溪水库管理法", "第二条"]
    assert "没有写明施行日" in undated.doubts[0] and words["临溪渡口管理法", "第二条"] == ()
    assert [one.doubt.says for one in status_of(library, DAY).doubts] == list(undated.doubts)


def test_a_text_that_amendments_followed_says_so_and_amendments_are_no_neighbours(tmp_path: Path) -> None:
    library = Library(tmp_path / "home")
    library.add(
        [
            ("一.txt", "title: 临溪根本法\neffective_date: 1982-12-04\n第十五条 水库由县统一经营。"),
            (
                "二.txt",
                "title: 临溪根本法修正案\neffective_date: 1993-03-29\n第七条 第十五条“水库由县统一经营。”修改为：“水库可以承包。”",
            ),
        ]
    )
    cited = ("临溪根本法", "第十五条")
    (before,), (after,) = (library.words_of([cited], day)[cited] for day in (date(1990, 1, 1), date(2015, 1, 1)))
    assert before.doubts == () and "1993-03-29" in after.doubts[0]
    assert [found.law for found in library.nearest("水库由县统一经营。", date(2015, 1, 1))] == ["临溪根本法"]


def test_a_library_that_is_damaged_within_is_told_with_the_way_out(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "home" / FILE
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    file.write_bytes(bytes(content))
    with pytest.raises(UsageError, match=r"损坏|不能打开"):
        library.nearest("在水库炸鱼、毒鱼的，处罚款。", DAY)
    with pytest.raises(UsageError, match=r"损坏|不能打开"):
        library.texts()
