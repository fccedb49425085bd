"""What DuckDB and pandas do with Chinese text, as docs/analysis.md tells it: a test that fails means that a library changed and the page too."""

from typing import Any

import pytest

duckdb = pytest.importorskip("duckdb")
pd = pytest.importorskip("pandas")

CITIES = ["长沙", "重庆", "安徽", "厦门", "北京"]


def asked(question: str) -> Any:
    """The single value that a SELECT gives."""
    ((value,),) = duckdb.sql(question).fetchall()
    return value


def ordered(by: str, words: list[str]) -> list[str]:
    rows = ", ".join(f"('{word}')" for word in words)
    return [word for (word,) in duckdb.sql(f"select w from (values {rows}) t(w) order by {by}").fetchall()]


# DuckDB


@pytest.mark.parametrize(
    ("pattern", "text"), [(r"\w", "行政许可"), (r"\d", "１２"), (r"\s", "　"), (r"\b许", "许可"), (r"\d", "三十")]
)
def test_duckdb_classes_of_patterns_know_ascii_alone(pattern: str, text: str) -> None:
    assert asked(f"select regexp_matches('{text}', '{pattern}')") is False


def test_duckdb_patterns_name_chinese_characters_by_script_or_by_themselves() -> None:
    for pattern in (r"\p{Han}+", "[一-鿿]+", r"[\x{4e00}-\x{9fff}]+"):
        assert asked(f"select regexp_extract('〔2025〕行政许可12号', '{pattern}')") == "行政许可"
    assert asked(r"select regexp_extract('第１２条', '\p{Nd}+')") == "１２"
    with pytest.raises(duckdb.InvalidInputException, match="invalid escape"):
        asked(r"select regexp_matches('许可', '[\u4e00-\u9fff]')")


def test_duckdb_sorts_by_code_point_and_by_pinyin_where_asked() -> None:
    assert ordered("w", CITIES) == sorted(CITIES) == ["北京", "厦门", "安徽", "重庆", "长沙"]
    # 长 is read zhǎng
    assert ordered("w collate zh", CITIES) == ["安徽", "北京", "重庆", "厦门", "长沙"]
    assert ordered("w collate zh", ["常德", "长沙", "张家界"]) == ["常德", "张家界", "长沙"]


def test_duckdb_collations_need_no_extension_from_the_network() -> None:
    assert asked("select installed and loaded from duckdb_extensions() where extension_name = 'icu'") is True
    assert asked("select count(*) from pragma_collations() where collname in ('zh', 'zh_cn', 'zh_tw')") == 3


def test_duckdb_orders_numerals_by_sound_or_code_not_by_value() -> None:
    assert ordered("w", ["一", "二", "三", "十"]) == ["一", "三", "二", "十"]
    assert ordered("w collate zh", ["一", "二", "三", "十"]) == ["二", "三", "十", "一"]


def test_duckdb_collation_zh_makes_no_different_characters_equal() -> None:
    for one, other in (("Ａ", "A"), ("（试行）", "(试行)"), ("臨", "临"), ("⺠", "民")):
        assert asked(f"select '{one}' collate zh = '{other}'") is False
    assert asked("select 'Ａ' collate nocase = 'ａ'") is True and asked("select nfc_normalize('⺠') = '民'") is False


@pytest.mark.parametrize("text", ["１２", "三十", "1,200"])
def test_duckdb_casts_no_full_width_chinese_or_grouped_number(text: str) -> None:
    assert asked(f"select try_cast('{text}' as integer)") is None
    with pytest.raises(duckdb.ConversionException):
        asked(f"select cast('{text}' as integer)")


@pytest.mark.parametrize("function", ["levenshtein", "damerau_levenshtein", "hamming"])
def test_duckdb_distances_count_bytes_of_which_a_character_has_three(function: str) -> None:
    assert asked(f"select {function}('行政许', '行政可')") == 3
    assert asked("select length('行政许')") == 3 and asked("select strlen('行政许')") == 9


def test_duckdb_trim_takes_ideographic_blanks_that_patterns_leave() -> None:
    assert asked("select trim('　题名　')") == "题名"
    assert asked(r"select regexp_replace('题　名', '\s', '')") == "题　名"
    assert asked(r"select regexp_replace('题　名', '[\s\p{Z}]', '')") == "题名"


def test_duckdb_reads_days_as_documents_write_them() -> None:
    assert str(asked("select strptime('2025年3月6日', '%Y年%m月%d日')::date")) == "2025-03-06"


def test_duckdb_gives_pandas_texts_days_and_missing_numbers_as_they_are() -> None:
    rows = duckdb.sql("select * from (values ('甲', date '2025-03-06', 1), (null, null, null)) t(a, d, n)").df()
    assert [str(kind) for kind in rows.dtypes] == ["str", "datetime64[us]", "Int32"]
    frame = pd.DataFrame({"题名": ["甲", None]})
    assert duckdb.query_df(frame, "frame", "select count(题名) from frame").fetchall() == [(1,)]


def test_duckdb_relations_have_no_fetchone() -> None:
    relation = duckdb.sql("select 1")
    with pytest.raises(AttributeError, match="no longer have fetchone"):
        relation.fetchone()
    assert relation.fetchall()[0][0] == 1


# pandas


def test_pandas_knows_the_script_in_some_methods_and_refuses_it_in_others() -> None:
    words = pd.Series(["行政许可", "abc"])
    assert words.str.contains(r"\p{Han}").tolist() == [True, False]
    assert words.str.match(r"\p{Han}").tolist() == words.str.fullmatch(r"\p{Han}+").tolist() == [True, False]
    assert words.str.count(r"\p{Han}").tolist() == [4, 0]
    assert words.str.replace(r"\p{Han}", "", regex=True).tolist() == ["", "abc"]
    for refused in (words.str.extract, words.str.findall, words.str.extractall):
        with pytest.raises(Exception, match=r"bad escape \\p"):
            refused(r"(\p{Han})")
    with pytest.raises(Exception, match=r"bad escape \\p"):
        words.astype(object).str.contains(r"\p{Han}")


def test_pandas_classes_of_patterns_lose_chinese_beside_the_script() -> None:
    words = pd.Series(["行政许可"])
    assert words.str.contains(r"许\w").tolist() == [True]
    assert words.str.contains(r"\p{Han}\w").tolist() == [False]


def test_pandas_range_of_characters_works_everywhere() -> None:
    words = pd.Series(["第三条许可", "abc"])
    assert words.str.contains("[一-鿿]").tolist() == [True, False]
    assert words.str.extract("第([一-鿿])条")[0].tolist()[0] == "三"
    assert words.str.findall("[一-鿿]{2}").tolist() == [["第三", "条许"], []]


def test_pandas_counts_other_characters_as_numbers_than_python() -> None:
    numerals = ["三", "３", "½", "㈠"]
    assert [word.isnumeric() for word in numerals] == [True, True, True, True]
    assert pd.Series(numerals, dtype=object).str.isnumeric().tolist() == [True, True, True, True]
    assert pd.Series(numerals).str.isnumeric().tolist() == [False, True, True, True]
    assert [word.isdigit() for word in numerals] == [False, True, False, False]
    assert pd.Series(numerals).str.isdigit().tolist() == [False, True, True, True]
    assert pd.Series(numerals).str.isdecimal().tolist() == [word.isdecimal() for word in numerals]


def test_pandas_reads_full_width_numbers_in_one_way_and_not_in_the_other() -> None:
    assert pd.to_numeric(pd.Series(["１２"]), errors="coerce").isna().all()
    assert pd.Series(["１２"]).astype(int).tolist() == [12]
    with pytest.raises(ValueError, match="三"):
        pd.Series(["三"]).astype(int)


def test_pandas_missing_texts_are_nan_and_count_as_not_containing() -> None:
    words = pd.Series(["长沙", None])
    assert words.dtype == "str" and words.dtype != object and isinstance(words[1], float)
    assert words.str.contains("长").tolist() == [True, False] and (~words.str.contains("长")).tolist() == [False, True]
    assert (words != "长沙").tolist() == [False, True]
    assert words.astype(object).str.contains("长").isna().tolist() == [False, True]
    with pytest.raises(TypeError):
        "、".join(words)
    assert words.str.cat(sep="、") == "长沙" and len(words.groupby(words)) == 1


def test_pandas_sorts_by_code_point_and_takes_a_key_for_another_order() -> None:
    assert pd.Series(CITIES).sort_values().tolist() == sorted(CITIES)
    rows = pd.Series(["第10条", "第9条"])
    assert rows.sort_values().tolist() == ["第10条", "第9条"]
    by_number = rows.sort_values(key=lambda column: column.str.extract("([0-9]+)")[0].astype(int))
    assert by_number.tolist() == ["第9条", "第10条"]


def test_pandas_reads_days_as_documents_write_them_only_with_their_format() -> None:
    days = pd.Series(["2025年3月6日"])
    assert str(pd.to_datetime(days, format="%Y年%m月%d日")[0].date()) == "2025-03-06"
    with pytest.raises(ValueError, match="Unknown datetime string format"):
        pd.to_datetime(days)


def test_pandas_lengths_and_places_count_characters() -> None:
    words = pd.Series(["𠮷野家"])
    assert words.str.len().tolist() == [3] and words.str[1].tolist() == ["野"]


def test_numbers_in_chinese_notation_are_read_by_this_program() -> None:
    """What neither library reads, and docs/analysis.md names instead."""
    from pipeline.numerals import read_number, read_quantity

    assert read_number("三十") == 30 and read_quantity("1,200") == 1200 and read_quantity("3.5万") == 35_000
