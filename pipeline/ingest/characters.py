"""Character normalisation: radicals, full-width letters, spaces, brackets, traditional forms.

Only this module and `paragraphs.py` change text.
"""

import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

HAN = "\u3400-\u9fff\uf900-\ufaff"

# each pattern begins with the mark itself, because scanning for a single character is fastest
_ASCII_COMMA = re.compile(rf",(?:(?<=[{HAN}》”）〕],)|(?=[{HAN}《“（]))")
_ASCII_SEMICOLON = re.compile(rf";(?:(?<=[{HAN}》”）〕];)|(?=[{HAN}《“（\n]))")
_ASCII_COLON = re.compile(rf":(?<=[{HAN}》”）〕]:)")
_OPEN_BRACKET = re.compile(rf"\((?:(?=[{HAN}0-9《“])|(?<=[{HAN}》”]\())")
_CLOSE_BRACKET = re.compile(rf"\)(?:(?<=[{HAN}0-9》”。]\))|(?=[{HAN}，。；]))")
# (guó); a syllable has a vowel, a unit as in 重量（kg） mostly has none
_PINYIN = re.compile(r"[(（](?![b-df-hj-np-tv-z]+[)）])[a-z\u00e0-\u00fc\u0101-\u01dc]{1,6}[)）]")
_FILLER = re.compile(rf"(?<=[{HAN}])[@?#*]{{1,2}}(?=[{HAN}])")
# 规 范 性 文 件: five or more single characters separated by single spaces
_SPACED_OUT = re.compile(rf"(?<![{HAN}])(?:[{HAN}《》，。、] ){{4,}}[{HAN}《》，。、](?![{HAN}])")
_SPACED = re.compile(f" [{HAN}] [{HAN}] [{HAN}] ")
_DIGIT_BLANK = re.compile(r" +(?:(?<=[0-9] )|(?<=[0-9]  ))(?=[年月日号条项款章元个岁%万亿版〕〔])")
_NUMERAL_BLANK = re.compile(r" +(?:(?<=[年月第〔〕] )|(?<=[年月第〔〕]  ))(?=[0-9])")
# a stray space within a sentence, except after 第一条 or another label
_STRAY_BLANK = re.compile(rf" (?:(?<=[{HAN}，；：、] )(?<![条章节篇编] )(?=[{HAN}《])|(?<=[{HAN}] )(?=[，。；：、]))")
# characters used only in traditional text, from common words of official documents
_TRADITIONAL = re.compile("[國規範應當審發為與關於條機執環經濟責劃區縣會議證書辦業產進實對個們說這]")


def _pairs(odd: str, usual: str) -> dict[int, str | None]:
    return {ord(a): b for a, b in zip(odd, usual, strict=True)}


@cache
def _table() -> dict[int, str | None]:
    table: dict[int, str | None] = dict.fromkeys((*range(9), *range(11, 32), 127))
    table |= dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFFFE), None)
    table |= dict.fromkeys((9, 0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F), " ")
    table |= {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xF900, 0xFAFF)}
    table |= {code: chr(code - 0xFEE0) for code in range(0xFF10, 0xFF1A)}
    table |= {code: chr(code - 0xFEE0) for code in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
    table |= {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2488, 0x249C)}
    table |= {0x3220 + i: f"（{c}）" for i, c in enumerate("一二三四五六七八九十")}
    table |= _pairs("﹝﹞﹙﹚﹐﹔﹕％＋－／＝〜～＂＃＆｡､｢｣", '〔〕（），；：%+-/=~~"#&。、「」')
    table |= {13: "\n", 0x2028: "\n", 0x2029: "\n", 0x0B: "\n", 0x0C: "\n"}
    rows = (files("pipeline.ingest") / "radicals.tsv").read_text(encoding="utf-8").splitlines()
    table |= {int(a, 16): chr(int(b, 16)) for a, b in (row.split("\t") for row in rows[1:])}
    return table


@cache
def _odd() -> re.Pattern[str]:
    """Matches every character that the table changes; most texts contain few of them."""
    return re.compile("[" + "".join(re.escape(chr(code)) for code in sorted(_table())) + "\ud800-\udfff]")


def _replace(match: re.Match[str]) -> str:
    # half of a surrogate pair, which no encoding can write, is shown as a character that could not be read
    spelling = _table().get(ord(match[0]), "\ufffd")
    return "" if spelling is None else spelling


@cache
def _simplifier() -> "OpenCC":
    from opencc import OpenCC  # imported late: few texts are in traditional characters

    return OpenCC("tw2s")


def is_traditional(text: str) -> bool:
    """Whether a text is written in traditional characters, as in converted web pages."""
    return len(_TRADITIONAL.findall(text)) * 60 > len(text)


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """Normalise characters and punctuation; returns the text and descriptions, in Chinese, of repairs to report to the reviewer."""
    repairs = []
    text = _odd().sub(_replace, text.replace("\r\n", "\n"))
    if is_traditional(text):
        text = str(_simplifier().convert(text))
        repairs.append("繁体字已转换为简体")
    if "(" in text or "（" in text:
        text, count = _without_pinyin(text)
        if count:
            repairs.append(f"删除字间注音{count}处")
    count = len(_FILLER.findall(text)) if any(c in text for c in "@?#") else 0
    if count * 50 > len(text):
        text = _FILLER.sub("", text)
        repairs.append(f"删除字间填充符{count}处")
    return _unify_punctuation(text), tuple(repairs)


def _without_pinyin(text: str) -> tuple[str, int]:
    """The text without pronunciations in parentheses after a character (國(guó)務院), and how many were removed."""
    found = [m for m in _PINYIN.finditer(text) if m.start() and "\u3400" <= text[m.start() - 1] <= "\u9fff"]
    for match in reversed(found):
        text = text[: match.start()] + text[match.end() :]
    return text, len(found)


def _unify_punctuation(text: str) -> str:
    for mark, pattern, full in (
        (",", _ASCII_COMMA, "，"),
        (";", _ASCII_SEMICOLON, "；"),
        (":", _ASCII_COLON, "："),
        ("(", _OPEN_BRACKET, "（"),
        (")", _CLOSE_BRACKET, "）"),
    ):
        if mark in text:
            text = pattern.sub(full, text)
    return _close_blanks(text) if " " in text else text


def _close_blanks(text: str) -> str:
    if _SPACED.search(text):
        text = _SPACED_OUT.sub(lambda match: match[0].replace(" ", ""), text)
    return _NUMERAL_BLANK.sub("", _DIGIT_BLANK.sub("", text))


def close_stray_blanks(line: str) -> str:
    """A line of running text without stray spaces; lines without 。 (headings, signatures) are returned unchanged."""
    return _STRAY_BLANK.sub("", line) if " " in line and "。" in line else line
