"""Search lines as people write them, parsed into terms; and what in a line does not mean what its author may think."""

import re
from dataclasses import dataclass

from pipeline.review.search.spelling import fold, pattern_of

TEXT, YEAR = "text", "year"
# name in a search line → field of `Item`, TEXT for the text of the current version
FIELDS = {
    "题名": "title", "标题": "title", "文号": "number", "字号": "number", "机关": "issuers", "机构": "issuers", "制定机关": "issuers", "发文机关": "issuers",
    "正文": TEXT, "全文": TEXT, "年份": YEAR, "年度": YEAR, "地区": "place", "文种": "genre",
}  # fmt: skip
# those that a message about an unknown one names
_USUAL = "题名、文号、机关、正文、年份、地区、文种"
_TERM = re.compile(
    rf'([-－]?)(?:({"|".join(sorted(FIELDS, key=len, reverse=True))})[:：]\s*)?((?:"[^"]+"|“[^”]+”|\S)+)'
)
# a word between |, in quotation marks or without
_WORD = re.compile(r'"([^"]+)"|“([^”]+)”|([^|｜]+)')
_OR = re.compile(r"\s+(?:OR|\|\||[|｜])\s+")
_AND = re.compile(r"(?:^|(?<=\s))(?:AND|&&)(?=\s|$)")
_NOT = re.compile(r"(?:^|(?<=\s))NOT\s+(?=\S)")
_QUOTED = re.compile(r'("[^"]*"|“[^”]*”)')
_LIKE_A_FIELD = re.compile(r"(?:^|(?<=\s))[-－]?([\u4e00-\u9fffA-Za-z]{2,6})[:：](?=[^\s/])")
_YEARS = re.compile(r"((?:19|20)[0-9]{2})(?:[-—–~至到]((?:19|20)[0-9]{2}))?年?")
# a document number without the brackets of its year: 清水发2024, 清水发2024-31号
_BARE_NUMBER = re.compile(r"([\u4e00-\u9fff]{2,12})((?:19|20)[0-9]{2})(?:[-第]?([0-9]{1,5})号?)?")
# what * stands for: some characters of the same sentence
_GAP = r"[^。；\n]{0,30}"


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a search: it matches a document whose `field` contains one of `words`.

    `field` is a value of FIELDS or "" for any; `without` negates the term. A `*` in a word stands for up to 30 characters of a sentence.
    """

    words: tuple[str, ...]
    field: str = ""
    without: bool = False


def terms_of(query: str) -> list[Term]:
    """Parses a search line into terms, which must all match.

    Blanks and AND separate terms; 甲|乙 and 甲 OR 乙 are either word, -甲 and NOT 甲 exclude, 题名:甲 searches one field (FIELDS),
    “甲 乙” in quotation marks is one phrase, 甲*乙 has some characters of the same sentence between. A document number is found
    without its brackets too.
    """
    found = []
    for without, field, body in _TERM.findall(_plain(query)):
        words = tuple(
            word for quoted, also, bare in _WORD.findall(body) for word in _with_brackets(quoted or also or bare)
        )
        if words:
            found.append(Term(words, FIELDS.get(field, ""), bool(without)))
    return found


def _with_brackets(word: str) -> tuple[str, ...]:
    """A word, and a document number also with the brackets of its year: 清水发2024 → 清水发2024, 清水发(2024)."""
    match = _BARE_NUMBER.fullmatch(fold(word))
    if match is None:
        return (word,)
    return word, f"{match[1]}({match[2]}){f'{match[3]}号' if match[3] else ''}"


def _plain(query: str) -> str:
    """A search line with the words AND, OR, NOT outside of quotation marks written as signs."""
    pieces = _QUOTED.split(query)
    for at in range(0, len(pieces), 2):
        pieces[at] = _NOT.sub("-", _AND.sub(" ", _OR.sub("|", pieces[at])))
    return "".join(pieces)


def remarks_on(query: str) -> list[str]:
    """What a search line asks that is not taken as its author may mean it, in Chinese: unknown fields, years that are none, lone signs."""
    outside = " ".join(_QUOTED.split(query)[::2])
    remarks = [
        f"“{name}:”不是可以限定的位置，按文字“{name}:…”查找；可以限定的有{_USUAL}"
        for name in dict.fromkeys(_LIKE_A_FIELD.findall(outside)) if name not in FIELDS
    ]  # fmt: skip
    for term in terms_of(query):
        remarks += [
            f"“{word}”不是年份，找不到文件；请写成年份:2024或者年份:2019-2024"
            for word in term.words if term.field == YEAR and years_of(word) is None
        ]  # fmt: skip
        remarks += ["“*”之外没有写明要找的词，这一项不起作用" for word in term.words if not parts_of(word)]
    if re.search(r"[()（）]", outside) and _OR.search(outside):
        remarks.append("括号不表示先后，按文字查找；任一的词请写成甲|乙")
    return remarks


def years_of(word: str) -> tuple[int, int] | None:
    """First and last year of 2024 or 2019-2024; None for any other word."""
    match = _YEARS.fullmatch(fold(word))
    return (int(match[1]), int(match[2] or match[1])) if match else None


def parts_of(word: str) -> list[str]:
    """The folded parts of a word between its `*`: 采砂*许可 → [采砂, 许可]; [] for a word of `*` alone."""
    return [part for part in map(fold, re.split("[*＊]+", word)) if part]


def regex_of(parts: list[str]) -> str:
    """A regular expression, for Python and PostgreSQL alike, of a word in parts (`parts_of`)."""
    return _GAP.join(map(pattern_of, parts))
