"""Keys by which documents are compared: equal for one document, different for others."""

import pytest

from pipeline.register.keys import issuer_key, number_cited, number_in, number_key, stem, title_keys


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("临政发[2020]5号", "临政发〔2020〕5号"),
        ("临政发〔2020〕 第05 号", "临政发〔2020〕5号"),
        ("临溪海关公告2015年第34号", "临溪海关公告〔2015〕34号"),
        ("〔2020〕5号", None),
        (None, None),
    ],
)
def test_numbers_have_one_spelling(number: str | None, key: str | None) -> None:
    assert number_key(number) == key


def test_a_number_behind_the_title_is_a_number() -> None:
    assert number_in("关于加强绿化的通知（临政发〔2020〕5号）") == "临政发〔2020〕5号"


def test_the_issued_title_is_a_key_too() -> None:
    keys = title_keys("临溪县人民政府关于印发《临溪县绿化管理办法》的通知")
    assert "临溪县绿化管理办法" in keys
    assert set(keys) & set(title_keys("《关于印发<临溪县绿化管理办法>的通知》"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("关于印发《临溪县绿化管理办法（试行）》的通知", "临溪县人民政府关于印发《临溪县绿化管理办法》的通知"),
        ("关于印发《临溪县绿化管理暂行办法》的通知", "关于印发《临溪县绿化管理办法（2023年修订）》的通知"),
        ("临溪县关于加强扬尘治理的通知", "临溪县关于加强扬尘治理的意见"),
    ],
)
def test_versions_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other) != ""


@pytest.mark.parametrize(
    "title",
    [
        "临溪县人民政府公告",
        "关于修改《临溪县绿化管理办法》的决定",
        "关于延长《临溪县绿化管理办法》有效期的通知",
        "关于绿化的通知",
    ],
)
def test_titles_without_a_subject_have_no_stem(title: str) -> None:
    assert stem(title) == ""


def test_an_issuer_is_recognised_without_the_superior_place() -> None:
    assert issuer_key("上海市临溪区人民政府") == issuer_key("临溪区人民政府")
    assert issuer_key("临溪市人民政府") == "临溪市人民政府"


@pytest.mark.parametrize(
    "title",
    ["中国人民银行公告", "海关总署公告", "中华人民共和国海关总署令", "临溪县人民政府通告", "中国人民银行财政部公告"],
)
def test_a_title_of_issuer_and_genre_alone_finds_no_document(title: str) -> None:
    assert title_keys(title) == ()


@pytest.mark.parametrize("title", ["城市房屋拆迁管理决定", "关于禁渔的通告", "临溪县人民政府关于禁渔的公告"])
def test_a_title_with_a_subject_has_keys(title: str) -> None:
    assert title_keys(title)


def test_a_citation_of_an_announcement_has_the_code_of_its_number_in_the_title() -> None:
    assert number_cited("中国人民银行公告", "〔2013〕第8号") == "中国人民银行公告〔2013〕8号"
    assert number_cited("临溪县绿化管理办法", "〔2013〕第8号") is None
    assert number_cited("临溪县绿化管理办法", "临政发〔2013〕8号") == "临政发〔2013〕8号"
