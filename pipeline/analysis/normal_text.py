"""Texts as they are compared for reuse: without punctuation, with places, numbers and days all alike, each character with its origin."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from pipeline.law.places import known_places

_PLACE, _NUMBER = ord("域"), ord("数")
_LEVELS = [ord(sign) for sign in "省市县区州旗"]
_WHOLE = [ord(sign) for sign in "全本我"]
_NUMERALS = [ord(sign) for sign in "0123456789０１２３４５６７８９〇零○一二三四五六七八九十百千万亿两"]
_SENTENCE = re.compile(r"[^。；！？\n]+")
# sentences that every paper of a kind has: commencement and term, printing and forwarding,
# purpose, interpretation, recipients and units, political preamble
_FORMULA = re.compile(
    r"自.{0,20}起.{0,6}(?:施行|实施|执行|生效|废止)|有效期(?:限)?[为至]?.{0,8}[年日]|同时废止|"
    r"(?:现将|现予|现).{0,80}(?:印发|转发|公布|通知如下|通告如下|公告如下)|[印转]发给你们|请.{0,20}(?:贯彻|遵照|参照|认真).{0,6}(?:执行|落实|实施)|"
    r"制定(?:本|如下|以下)[^。]{0,8}$|由.{2,40}负责解释|特此(?:通知|公告|通告|函达)|^\s*各.{2,80}(?:政府|部门|单位|机构|厅|局|委|办公室|企业)[：:]?\s*$|"
    r"(?:各[^。；各]{2,24}[，、；][^。；各]{0,6}){2}|(?:内部发送|抄送|主送|责任单位|牵头单位|责任部门|公开程序)[：:]|以习近平(?:同志为核心|新时代)"
)
Codes = npt.NDArray[np.uint32]
Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class NormalText:
    """A text as it is compared: `codes` of its characters, `offsets` of these in the original, and which are part of a formula.

    `sentences` are the offsets of the original sentences, half-open.
    """

    codes: Codes
    offsets: Offsets
    formula: npt.NDArray[np.bool_]
    sentences: tuple[tuple[int, int], ...]


def normal_text(text: str, own_places: Collection[str] = ()) -> NormalText:
    """The text with blanks and punctuation left out, and with one sign each for any place and for any number.

    Places are those of `pipeline.law.places`, those that are given (临溪县), and words of level alone (全市, 本县).
    """
    codes = np.frombuffer(text.encode("utf-32-le"), dtype="<u4").astype(np.uint32)
    keep = ((codes >= 0x3400) & (codes <= 0x9FFF)) | (codes == 0x3007) | np.isin(codes, _NUMERALS) | _letters(codes)
    for match in _places(frozenset(own_places)).finditer(text):
        codes[match.start()] = _PLACE
        keep[match.start() + 1 : match.end()] = False
    codes[np.isin(codes, _LEVELS)] = _PLACE
    codes[np.isin(codes, _NUMERALS)] = _NUMBER
    formula = np.zeros(len(codes), dtype=bool)
    sentences = tuple(match.span() for match in _SENTENCE.finditer(text))
    for start, end in sentences:
        if _FORMULA.search(text, start, end):
            formula[start:end] = True
    offsets = np.flatnonzero(keep)
    offsets = offsets[~_repeated(codes[offsets])]
    return NormalText(codes[offsets], offsets, formula[offsets], sentences)


def _letters(codes: Codes) -> npt.NDArray[np.bool_]:
    return ((codes >= ord("A")) & (codes <= ord("Z"))) | ((codes >= ord("a")) & (codes <= ord("z")))


def _repeated(codes: Codes) -> npt.NDArray[np.bool_]:
    """Which signs of place and number only continue the one before, and which words (全, 本) only stand before a place."""
    same = np.zeros(len(codes), dtype=bool)
    if len(codes):
        same[1:] = (codes[1:] == codes[:-1]) & np.isin(codes[1:], (_PLACE, _NUMBER))
        same[:-1] |= np.isin(codes[:-1], _WHOLE) & (codes[1:] == _PLACE)
    return same


@cache
def _places(own: frozenset[str]) -> re.Pattern[str]:
    stems = {name[:-1] for name in own if len(name) > 2 and name[-1] in "省市县区州旗"}
    names = sorted({*known_places(), *own, *stems}, key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(map(re.escape, names))})[省市区县州]?")
