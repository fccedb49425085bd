"""Windows code pages and charset labels map to codecs that decode what programs write under them."""

import pytest

from pipeline.ingest.codepages import codec_of_label, codec_of_number, decode_first, decode_name, decode_strictly

DAY = "二〇二四年，朱镕基、李喆、張堃"


@pytest.mark.parametrize("number", [936, 20936, 54936, 51936, 10008])
def test_simplified_chinese_is_read_as_gb18030(number: int) -> None:
    codec = codec_of_number(number)
    assert codec and decode_strictly(DAY.encode("gb18030"), codec) == DAY


@pytest.mark.parametrize(
    "label", ["gb2312", "GBK", "x-gbk", "GB_2312-80", "csGB2312", "cp936", "windows-936", "chinese"]
)
def test_labels_of_simplified_chinese_are_read_as_gb18030(label: str) -> None:
    assert codec_of_label(label) == "gb18030"


def test_shifted_forms_are_read() -> None:
    euc = bytes(byte & 0x7F for byte in "关于".encode("gb2312"))
    codec = codec_of_number(50227)
    assert codec and decode_strictly(b"A\x1b$)A\x0e" + euc + b"\x0fB", codec) == "A关于B"
    assert codec_of_number(52936) == "hz" and decode_strictly("关于".encode("hz"), "hz") == "关于"


@pytest.mark.parametrize(
    ("number", "text"), [(950, "關於"), (10002, "關於"), (932, "日本"), (949, "한국"), (65001, DAY), (28591, "é")]
)
def test_other_code_pages_have_their_codec(number: int, text: str) -> None:
    codec = codec_of_number(number)
    assert codec and decode_strictly(text.encode(codec), codec) == text


def test_an_unknown_code_page_is_none_and_leaves_the_encoding_to_detection() -> None:
    assert codec_of_number(50936) is codec_of_number(0) is codec_of_number(None) is codec_of_label("x-未知") is None
    assert codec_of_label(None) is codec_of_label("") is None
    assert decode_first(DAY.encode("gb18030"), [None, "cp1252", "iso8859-1"]) is None


def test_names_are_decoded_by_their_code_page_else_detected() -> None:
    for codec in ("utf-8", "gb18030"):
        assert decode_name("关于印发办法的通知.txt".encode(codec)) == "关于印发办法的通知.txt"
        assert decode_name("通知.txt".encode(codec)) == "通知.txt"
    # two bytes of GBK that are also valid UTF-8, for a character of another script
    assert decode_name("通.txt".encode("gbk")) == "通.txt"
    assert decode_name("關於.txt".encode("big5"), ["big5hkscs"]) == "關於.txt"
    assert decode_name(b"\xff\xff.txt", ["iso-2022-cn"]) and decode_name(b"", [None]) == ""
