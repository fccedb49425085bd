"""The law library: loading, the most similar articles, and the verdict on differences."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.ingest.laws import load_laws
from pipeline.law.library import CONFLICT, REPEATED, Library, read_law

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


def test_loading_again_replaces(library: Library, tmp_path: Path) -> None:
    load_laws(library, [tmp_path / "new.md"])
    assert library.count() == (1, 6)


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="找不到"):
        load_laws(Library(tmp_path), [tmp_path / "无"])


def test_a_text_without_articles_is_no_law() -> None:
    assert read_law("说明.txt", "关于水库的说明") == ("说明", None, [])
