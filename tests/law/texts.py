"""The texts of laws in `../shared/corpora`, by name and edition, and how well words fit the article that they are put under."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path

from pipeline.law.editions import editions
from pipeline.law.library import pairs
from pipeline.law.statutes import statute_key
from pipeline.numerals import read_number

FOLDERS = ("laws", "laws_current", "local_regulations")
# the day of `laws_current`, a list of the laws in force: its texts hold from the last edition known before that day
CURRENT = date(2026, 6, 26)
_N = "[零〇一二三四五六七八九十百千0-9]+"
_TITLE = re.compile(r"^title\s*[:：]\s*['\"]?(.+?)['\"]?\s*$", re.MULTILINE)
_HEADING = re.compile(r"^# \s*(.+?)\s*$", re.MULTILINE)
# what stands around a name: (2021-01-22), 国发〔2008〕17号
_AROUND_NAME = re.compile(
    r"[(（]\d{4}-\d\d-\d\d[)）]|[*\s]|^国办?发〔\d{4}〕\d+号|[（(][^（）()]{0,12}[〔令0-9][^（）]*[）)]$"
)
_DAY = r"^{}\s*[:：]\s*['\"]?(\d{{4}}-\d\d-\d\d)"
_VERSION = re.compile(r"\d{4}-\d\d-\d\d")
# an article; where there are none, a part of a decision of the State Council （十三） or a row of its annex | 109 |
_ARTICLES = re.compile(rf"^[\s*#-]*第({_N})条(之[一二三四五六七八九十])?[*\s　]*", re.MULTILINE)
_OTHERS = (re.compile(rf"^[\s*#-]*（({_N})）()", re.MULTILINE), re.compile(r"^\| *([0-9]+) *\|()", re.MULTILINE))
_ITEM = re.compile(rf"[（(]({_N})[）)]")
_NOISE = re.compile(r"[\s*#>|-]|&emsp;|<[^>]{1,40}>")
_ARTICLE = re.compile(f"第({_N})条(之[一二三四五六七八九十])?")
_RANGE = re.compile(f"第({_N})条至第({_N})条")
_PARAGRAPH = re.compile(f"第({_N})款")
_OF_ITEM = re.compile(f"第[（(]?({_N})[）)]?项")
# words of law that say nothing about the matter of an article
_EVERYDAY = frozenset(
    pair
    for words in (
        "不得、应当、规定、法律、法规、依据、没有、有关、其他、以外、可以、或者、国务院、决定、依法、行政、政府",
        "规范性文件、按照、违反、除外、另有规、以及、进行、予以、变相、律法、违法、机关、人民",
    )
    for pair in pairs(words)
)


@dataclass(frozen=True)
class Edition:
    """One edition of a law: its files and the day from which it holds (None: not stated there)."""

    files: tuple[Path, ...]
    since: date | None

    @cached_property
    def articles(self) -> dict[str, str]:
        """The text of each article, with its lines, by its number (16, 120之一, （13） for a part of a decision)."""
        found: dict[str, str] = {}
        for file in self.files:
            text = file.read_text(encoding="utf-8", errors="replace")
            for kind, marks in (("", _ARTICLES), ("（）", _OTHERS[0]), ("附件", _OTHERS[1])):
                if not found or not kind:
                    found.update(_parts(kind, list(marks.finditer(text)), text, found))
        return found

    @cached_property
    def contents(self) -> dict[str, frozenset[str]]:
        """The pairs of characters of each article."""
        return {key: content(body) for key, body in self.articles.items()}


def _parts(kind: str, marks: list[re.Match[str]], text: str, known: dict[str, str]) -> dict[str, str]:
    ends = [*(mark.start() for mark in marks[1:]), len(text)][: len(marks)]
    parts: dict[str, str] = {}
    for mark, end in zip(marks, ends, strict=True):
        key = f"{kind}{read_number(mark[1])}{mark[2] or ''}"
        if key not in known:
            parts.setdefault(key, text[mark.end() : end])
    return parts


def article_keys(cited: str) -> tuple[str, ...]:
    """The numbers of the articles that a citation names: 第九条、第十条第二款 is 9 and 10, 第八条至第十条 is 8, 9, 10."""
    keys = [
        str(number)
        for first, last in _RANGE.findall(cited)
        for number in range(read_number(first) or 0, (read_number(last) or 0) + 1)
    ]
    keys += [f"{read_number(number)}{part}" for number, part in _ARTICLE.findall(cited)]
    if not keys:
        kind = "附件" if cited.startswith("附件") else "（）"
        keys = [f"{kind}{read_number(number)}" for number in _OF_ITEM.findall(cited)]
    return tuple(dict.fromkeys(keys))


def _day(head: str, field: str) -> date | None:
    match = re.search(_DAY.format(field), head, re.MULTILINE)
    return date.fromisoformat(match[1]) if match else None


def _since(file: Path, head: str, name: str) -> date | None:
    if "laws_current" in file.parts:
        version = _VERSION.fullmatch(file.parent.name)
        known = editions(name, CURRENT) or editions(name, date.max)
        return date.fromisoformat(version[0]) if version else known[-1].since if known else CURRENT
    if "行政执法合规" in file.parts:
        return None
    return _day(head, "effective_date") or _day(head, "publication_date")


@cache
def load_texts(corpora: Path) -> dict[str, tuple[Edition, ...]]:
    """All editions by the key of the law's name, oldest first; those without a date come first."""
    found: dict[str, list[Edition]] = {}
    for folder in FOLDERS:
        for file in sorted((corpora / folder).rglob("*.md")):
            with file.open(encoding="utf-8", errors="replace") as stream:
                head = stream.read(3000)
            current = folder == "laws_current"
            title = (_HEADING if current else _TITLE).search(head)
            if title is None or (current and file.name != "README.md"):
                continue
            name = law_key(title[1])
            files = tuple(sorted(file.parent.glob("*.md"))) if current else (file,)
            found.setdefault(name, []).append(Edition(files, _since(file, head, name)))
    return {name: tuple(sorted(items, key=lambda item: item.since or date.min)) for name, items in found.items()}


def law_key(name: str) -> str:
    """The key of a law's name without number and date: （国发〔2008〕17号）, （2007）, (2021-01-22)."""
    return statute_key(_AROUND_NAME.sub("", name))


def edition_on(known: tuple[Edition, ...], day: date) -> Edition | None:
    """The newest edition of a law in force on a day that has articles, None if there is none."""
    return next((one for one in reversed(known) if (one.since or date.min) <= day and one.articles), None)


def part_of(article: str, cited: str) -> str | None:
    """The paragraphs and items of an article that a citation names, the whole article if none, None if they do not exist."""
    lines = [line for line in article.split("\n") if _NOISE.sub("", line)]
    paragraphs = [line for line in lines if not _ITEM.match(_NOISE.sub("", line))]
    wanted = [read_number(number) or 0 for number in _PARAGRAPH.findall(cited)]
    if wanted and max(wanted) > len(paragraphs):
        return None
    if wanted:
        return "\n".join(paragraphs[number - 1] for number in wanted)
    marks = list(_ITEM.finditer(article))
    ends = [*(mark.start() for mark in marks[1:]), len(article)][: len(marks)]
    items = {read_number(mark[1]): article[mark.end() : end] for mark, end in zip(marks, ends, strict=True)}
    named = [read_number(number) for number in _OF_ITEM.findall(cited)]
    if any(number not in items for number in named):
        return None
    lead = article[: marks[0].start()] if marks else ""
    return "\n".join((lead, *(items[number] for number in named))) if named else article


def content(text: str) -> frozenset[str]:
    """The pairs of characters that say what a text is about, without everyday words of law."""
    return frozenset(pairs(_NOISE.sub("", text))) - _EVERYDAY


@dataclass(frozen=True)
class Fit:
    """How well words fit an article: the share of their pairs found there, and the best rank of it among all articles."""

    share: float
    rank: int


def fit(says: str, cited: str, edition: Edition) -> Fit | None:
    """The fit of `says` to the cited part of an edition, None if that part does not exist."""
    keys, wanted = article_keys(cited), content(says)
    if not keys or not wanted or any(key not in edition.articles for key in keys):
        return None
    single = len(keys) == 1 and keys[0][0].isdigit()
    parts = [part_of(edition.articles[key], cited if single else "") for key in keys]
    if any(part is None for part in parts):
        return None
    found = frozenset().union(*(content(part or "") for part in parts)) & wanted
    known = {key: body & wanted for key, body in edition.contents.items()}
    often = Counter(pair for seen in known.values() for pair in seen)
    weight = {key: sum(1 / often[pair] for pair in seen) for key, seen in known.items()}
    best = max(weight[key] for key in keys)
    return Fit(len(found) / len(wanted), 1 + sum(value > best for value in weight.values()))
