"""Numbers of Windows and labels of mails lead to a codec that reads what programs write under them."""

import pytest

from pipeline.ingest.codepages import codec_of_label, codec_of_number, name_in, strictly, text_in

DAY = "二〇二四年，朱镕基、李喆、張堃"


@pytest.mark.parametrize("number", [936, 20936, 54936, 51936, 10008])
def test_simplified_chinese_is_read_as_gb18030(number: int) -> None:
    codec = codec_of_number(number)
    assert codec and strictly(DAY.encode("gb18030"), codec) == DAY


@pytest.mark.parametrize(
    "label", ["gb2312", "GBK", "x-gbk", "GB_2312-80", "csGB2312", "cp936", "windows-936", "chinese"]
)
def test_labels_of_simplified_chinese_are_read_as_gb18030(label: str) -> None:
    assert codec_of_label(label) == "gb18030"


def test_shifted_forms_are_read() -> None:
    euc = bytes(byte & 0x7F for byte in "关于".encode("gb2312"))
    codec = codec_of_number(50227)
    assert codec and strictly(b"A\x1b$)A\x0e" + euc + b"\x0fB", codec) == "A关于B"
    assert codec_of_number(52936) == "hz" and strictly("关于".encode("hz"), "hz") == "关于"


@pytest.mark.parametrize(
    ("number", "text"), [(950, "關於"), (10002, "關於"), (932, "日本"), (949, "한국"), (65001, DAY), (28591, "é")]
)
def test_other_code_pages_have_their_codec(number: int, text: str) -> None:
    codec = codec_of_number(number)
    assert codec and strictly(text.encode(codec), codec) == text


def test_what_nobody_knows_is_none_and_the_bytes_are_asked() -> None:
    assert codec_of_number(50936) is codec_of_number(0) is codec_of_number(None) is codec_of_label("x-未知") is None
    assert codec_of_label(None) is codec_of_label("") is None
    assert text_in(DAY.encode("gb18030"), [None, "cp1252", "iso8859-1"]) is None


def test_names_are_read_by_their_page_else_by_their_bytes() -> None:
    for codec in ("utf-8", "gb18030"):
        assert name_in("关于印发办法的通知.txt".encode(codec)) == "关于印发办法的通知.txt"
        assert name_in("通知.txt".encode(codec)) == "通知.txt"
    # two bytes of GBK that are one character of UTF-8, of another script
    assert name_in("通.txt".encode("gbk")) == "通.txt"
    assert name_in("關於.txt".encode("big5"), ["big5hkscs"]) == "關於.txt"
    assert name_in(b"\xff\xff.txt", ["iso-2022-cn"]) and name_in(b"", [None]) == ""
