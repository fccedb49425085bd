"""One spelling for the texts that are searched and for the words that are asked, and patterns that find such words in a text.

Simplified characters, half-width letters and digits, small letters, one kind of brackets, quotation marks and dashes; no blanks
or line ends but between two Latin letters or digits. Texts are stored as they were read: they are folded for the index only,
and a word is found in them by a pattern that matches every spelling of it.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

# blanks as they occur in stored texts; listed, because PostgreSQL takes \s by the locale of the database
_BLANKS = "[ \t\n\r\u00a0\u3000]"
# a blank that is not between two Latin letters or digits; begins with the blank itself, which is fastest
_IDLE_BLANK = re.compile(" (?:(?![a-z0-9])|(?<![a-z0-9] ))")
_INVISIBLE = (0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF)
# letters, signs and radicals of which some are other forms of one character; ends are exclusive
_RANGES = (
    (0x41, 0x250),
    (0x370, 0x530),
    (0x2000, 0x2070),
    (0x2E80, 0x2FE0),
    (0x3000, 0x3001),
    (0xF900, 0xFB00),
    (0xFE30, 0xFFEF),
)
_CHINESE = ((0x3400, 0x4DC0), (0x4E00, 0xA000))
# the usual sign, then its other forms
_SIGNS = (
    "(（[［【〔﹝﹙〖｛{", ")）]］】〕﹞﹚〗｝}", "《〈«", "》〉»", "\"“”„‟〝〞＂「」『』", "'‘’‚＇", "-‐‑‒–—―－−﹣", "·•・‧∙･", ".．", "~～〜∼", "〇○◯",
)  # fmt: skip


@cache
def _table() -> dict[int, str | None]:
    """Code point → its usual spelling, for all characters that have another one; None for invisible ones."""
    simple = dict(_simplified())
    table: dict[int, str | None] = {ord(odd): usual for odd, usual in simple.items()}
    for code in (code for start, end in _RANGES for code in range(start, end)):
        usual = _usual(chr(code))
        usual = simple.get(usual, usual)
        if usual != chr(code):
            table[code] = usual
    signs = {sign: others[0] for others in _SIGNS for sign in others[1:]}
    table = {code: signs.get(usual or "", usual) for code, usual in table.items()}
    table |= {ord(sign): usual for sign, usual in signs.items()}
    return table | dict.fromkeys(_INVISIBLE, None)


def _usual(character: str) -> str:
    """The compatible small letter or sign of a character, itself where that is no single character; ² and ① are no digits."""
    if character.isnumeric() and not character.isdecimal():
        return character
    usual = unicodedata.normalize("NFKC", character).lower()
    return usual if len(usual) == 1 else character


def _simplified() -> Iterator[tuple[str, str]]:
    """Yields traditional characters with their simplified form, each by itself: question and text are then folded alike."""
    from opencc import OpenCC  # imported late: only searching and indexing need it

    characters = [chr(code) for start, end in _CHINESE for code in range(start, end)]
    simplified = str(OpenCC("t2s").convert("\n".join(characters))).split("\n")
    return ((odd, usual) for odd, usual in zip(characters, simplified, strict=True) if odd != usual and len(usual) == 1)


@cache
def _odd() -> re.Pattern[str]:
    """Matches every character that has another spelling; most texts have few of them."""
    return re.compile("[" + "".join(re.escape(chr(code)) for code in sorted(_table())) + "]")


def _replace(match: re.Match[str]) -> str:
    return _table()[ord(match[0])] or ""


@cache
def _forms() -> dict[str, str]:
    """Usual character → it and all characters that are spelt like it."""
    forms: dict[str, str] = {}
    for code, usual in sorted(_table().items()):
        if usual is not None:
            forms[usual] = forms.get(usual, usual) + chr(code)
    return forms


def fold(text: str) -> str:
    """A text in the one spelling that is searched: 青建發 [２０２４] 17 號 → 青建发(2024)17号."""
    return _IDLE_BLANK.sub("", " ".join(_odd().sub(_replace, text).split()))


@lru_cache(maxsize=256)
def pattern_of(word: str) -> str:
    """A regular expression, for Python and PostgreSQL alike, that finds every spelling of a word; `word` is folded.

    It also finds a word that a blank or a line end breaks, unless the break is between two Latin letters or digits.
    """
    pieces = []
    for before, character in zip(" " + word, word, strict=False):
        if character == " ":
            pieces.append(f"{_BLANKS}+")
            continue
        latin = _is_latin(before) and _is_latin(character)
        pieces.append(("" if latin or before == " " else f"{_BLANKS}*") + _any_form(character))
    return "".join(pieces)


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _any_form(character: str) -> str:
    forms = "".join(re.escape(form) for form in _forms().get(character, character))
    return f"[{forms}]" if len(forms) > 1 else forms
