"""Readings of crawled papers: how the table is read, and how many facts the program finds in the papers it tells of."""

from pathlib import Path

import pytest

from pipeline.errors import GoldError
from pipeline.evaluation.crawls import read_crawls
from pipeline.evaluation.noise_scores import FACTS, measure_crawls
from pipeline.evaluation.noises import CLEAN

ROOT = Path(__file__).parents[2]
CRAWLS = ROOT / "corpora" / "gold" / "crawls.tsv"
CORPORA = ROOT.parent / "shared" / "corpora"
HEAD = "file\ttitle\tissuers\tmade\tnumber\n"
LINES = (
    "临政发〔2025〕1号",
    "临溪县财政局关于规范票据管理的通知",
    "各乡镇：",
    "请认真执行。",
    "临溪县财政局",
    "2025年3月6日",
)


def table(folder: Path, *rows: str) -> Path:
    path = folder / "读数.tsv"
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_an_empty_field_says_not_stated_and_a_question_mark_leaves_the_fact_out(tmp_path: Path) -> None:
    (row,) = read_crawls(table(tmp_path, "甲/乙.txt\t\t临溪县财政局|临溪县审计局\t?\t"))
    assert row == {
        "id": "乙",
        "file": "甲/乙.txt",
        "title": None,
        "issuers": ["临溪县财政局", "临溪县审计局"],
        "number": None,
    }


def test_facts_in_doubt_count_neither_as_right_nor_as_wrong(tmp_path: Path) -> None:
    (tmp_path / "甲.txt").write_text("\n".join(LINES), encoding="utf-8")
    readings = table(tmp_path, "甲.txt\t另一个题名\t?\t2025-03-06\t临政发〔2025〕1号")
    clean = measure_crawls(readings, tmp_path).noises[CLEAN]
    assert clean.known == {"number": 1, "title": 1, "issuers": 0, "made": 1}
    assert (clean.share("title"), clean.share("issuers"), clean.share("made")) == (0.0, 1.0, 1.0)


@pytest.mark.parametrize("written", ["file\ttitle\n", "\xff"])
def test_a_table_that_is_none_is_refused(tmp_path: Path, written: str) -> None:
    path = tmp_path / "读数.tsv"
    path.write_bytes(written.encode("latin-1"))
    with pytest.raises(GoldError):
        list(read_crawls(path))


def test_a_missing_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match=r"没有.*不在\.txt"):
        measure_crawls(table(tmp_path, "不在.txt\t\t\t\t"), tmp_path)


def test_of_the_facts_that_people_read_in_crawled_papers_most_are_found() -> None:
    if not CORPORA.is_dir():
        pytest.skip("the folder ../shared is not here")
    scores = measure_crawls(CRAWLS, CORPORA)
    for noise, least in ((CLEAN, 0.95), ("换行丢失", 0.91)):
        assert min(scores.noises[noise].share(fact) for fact in FACTS) >= least
