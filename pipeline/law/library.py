"""The user's law library: loaded articles of laws, and the search for those most similar to a clause (上位法比对).

It is one SQLite file in the home folder. Articles are indexed by character bigrams: similarity is that of the wording
only; whether two texts mean the same is for a person to decide.
"""

import difflib
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.home import private_file, private_folder
from pipeline.law.amounts import amounts
from pipeline.law.statutes import repealed_on, statute_key

FILE = "laws.sqlite"
_ARTICLE = re.compile(
    r"^[\s*#-]*(第[零〇一二三四五六七八九十百千0-9]{1,9}条(?:之[一二三四五六七八九十])?)[*\s　]*", re.MULTILINE
)
_TITLE = re.compile(r"^(?:title|linkTitle)\s*[:：]\s*['\"]?(.+?)['\"]?\s*$", re.MULTILINE | re.IGNORECASE)
_DAY = re.compile(r"^effective_date\s*[:：]\s*['\"]?(\d{4}-\d{2}-\d{2})", re.MULTILINE)
HEADING = re.compile(
    r"^#*\s*(?!第.{1,6}[编章节])([^#\s].{2,60}?(?:法|法典|条例|规定|办法|细则|决定|解释|规则))\s*$", re.MULTILINE
)
_NOISE = re.compile(r"[\s*#>|]|&emsp;|<[^>]{1,40}>")
_WORDS = re.compile(r"[一-龥0-9]+")
_MAX_PAIRS = 80
# similarity from which a clause repeats an article, and from which both have the same subject
SAME, ALIKE = 0.9, 0.7
# below this similarity an article shares only everyday words with a clause
LEAST = 0.4
REPEATED, CONFLICT = "重复上位法", "幅度与上位法不一致"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An article similar to a clause.

    `likeness` is 0 to 1; `verdict` is `REPEATED`, `CONFLICT` or ""; `marked` is the sentence of the article with the
    text that the clause lacks in 【】 and the text that only the clause has in ｛｝.
    """

    law: str
    article: str
    since: date | None
    text: str
    likeness: float
    verdict: str
    marked: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """The result of loading: number of laws and articles, and messages on texts without articles."""

    laws: int
    articles: int
    refused: tuple[str, ...]


class Library:
    """The law library in a home folder. Methods raise `UsageError` if its file cannot be opened."""

    least = LEAST

    def __init__(self, home: Path) -> None:
        self._path = home / FILE

    def exists(self) -> bool:
        """Whether laws have been loaded, that is, whether the file exists."""
        return self._path.exists()

    def add(self, texts: Iterable[tuple[str, str]]) -> Loaded:
        """Load laws given as (name, text); a law of the same name and effective date is replaced."""
        articles = 0
        taken: set[tuple[str, str | None]] = set()
        refused: list[str] = []
        with self._open() as connection:
            for name, text in texts:
                law, since, found = read_law(name, text)
                if not found:
                    refused.append(f"{name}：没有找到“第…条”")
                    continue
                if (law, since) not in taken:
                    connection.execute("DELETE FROM articles WHERE law = ? AND since IS ?", (law, since))
                    taken.add((law, since))
                connection.executemany(
                    "INSERT INTO articles (law, article, since, body, pairs) VALUES (?, ?, ?, ?, ?)",
                    [(law, number, since, body, " ".join(pairs(body))) for number, body in found],
                )
                articles += len(found)
        return Loaded(len(taken), articles, tuple(refused))

    def count(self) -> tuple[int, int]:
        """The number of laws and of articles in the library."""
        with self._open() as connection:
            row = connection.execute("SELECT count(DISTINCT law), count(*) FROM articles").fetchone()
        return int(row[0]), int(row[1])

    def names(self) -> tuple[str, ...]:
        """The names of the laws in the library."""
        with self._open() as connection:
            return tuple(str(row[0]) for row in connection.execute("SELECT DISTINCT law FROM articles ORDER BY law"))

    def stamp(self) -> str:
        """The version of the library in Chinese: number of laws and articles, and the day of its last change."""
        laws, articles = self.count()
        return f"{laws}部{articles}条，{date.fromtimestamp(self._path.stat().st_mtime)}"

    def nearest(self, clause: str, as_of: date, limit: int = 3) -> list[Neighbour]:
        """The articles in force on a day that are most similar to a clause, most similar first, at most `limit`."""
        wanted = list(dict.fromkeys(pairs(clause)))[:_MAX_PAIRS]
        if not wanted:
            return []
        query = " OR ".join(f'"{pair}"' for pair in wanted)
        with self._open() as connection:
            rows = connection.execute(
                "SELECT law, article, since, body FROM articles WHERE articles MATCH ? "
                "AND (since IS NULL OR since <= ?) ORDER BY bm25(articles) LIMIT ?",
                (query, as_of.isoformat(), limit * 8),
            ).fetchall()
        found = [_compare(clause, *row) for row in _in_force(rows, as_of)]
        return sorted(found, key=lambda neighbour: -neighbour.likeness)[:limit]

    def _open(self) -> sqlite3.Connection:
        try:
            private_file(private_folder(self._path.parent) / FILE)
            connection = sqlite3.connect(self._path)
            connection.execute(
                "CREATE VIRTUAL TABLE IF NOT EXISTS articles USING fts5("
                "law UNINDEXED, article UNINDEXED, since UNINDEXED, body UNINDEXED, pairs, detail=none)"
            )
        except (OSError, sqlite3.Error) as error:
            raise UsageError(
                f"法律库{self._path}不能打开（{error}）", remedy="请检查文件夹权限，或者删除该文件后重新加载"
            ) from error
        return connection


def names_law(text: str) -> bool:
    """Whether a text has the title of a law in its front matter or as a heading in its first 3,000 characters."""
    return bool(_TITLE.search(text) or HEADING.search(text[:3000]))


def read_law(name: str, text: str) -> tuple[str, str | None, list[tuple[str, str]]]:
    """Name, effective date (ISO, None if not stated) and articles (number, text) of a law's text.

    The file name `name` is used where the text has no title; the list is empty where it has no articles.
    """
    head = text[:3000]
    title = _TITLE.search(head) or HEADING.search(head)
    law = title[1].strip() if title else Path(name).stem
    day = _DAY.search(head)
    marks = list(_ARTICLE.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)][: len(marks)]
    found = [(mark[1], _NOISE.sub("", text[mark.end() : end])) for mark, end in zip(marks, ends, strict=True)]
    return law, day[1] if day else None, [(number, body) for number, body in found if body]


def pairs(text: str) -> list[str]:
    """The bigrams of neighbouring Chinese characters and digits, in order, with repetitions."""
    return [run[at : at + 2] for run in _WORDS.findall(text) for at in range(len(run) - 1)]


def _in_force(rows: Iterable[tuple[str, str, str | None, str]], as_of: date) -> list[tuple[str, str, str | None, str]]:
    """The rows of the newest version of each law; laws repealed by the day are left out."""
    newest: dict[str, str] = {}
    kept = [row for row in rows if repealed_on(row[0], as_of) is None]
    for law, _, since, _ in kept:
        key = statute_key(law)
        newest[key] = max(newest.get(key, ""), since or "")
    first: dict[tuple[str, str], tuple[str, str, str | None, str]] = {}
    for row in kept:
        if (row[2] or "") == newest[statute_key(row[0])]:
            first.setdefault((statute_key(row[0]), row[1]), row)
    return list(first.values())


def _compare(clause: str, law: str, article: str, since: str | None, body: str) -> Neighbour:
    part = _closest_part(clause, body)
    ours, theirs = set(pairs(clause)), set(pairs(part))
    likeness = len(ours & theirs) / max(len(ours), 1)
    matcher = difflib.SequenceMatcher(None, part, clause, autojunk=False)
    verdict = ""
    if likeness >= ALIKE and amounts(clause) and amounts(part) and amounts(clause) != amounts(part):
        verdict = CONFLICT
    elif likeness >= SAME and matcher.ratio() >= SAME:
        verdict = REPEATED
    day = date.fromisoformat(since) if since else None
    return Neighbour(law, article, day, body, round(likeness, 2), verdict, _mark(part, clause, matcher))


def _closest_part(clause: str, body: str) -> str:
    """The sentence of an article that shares most bigrams with a clause."""
    wanted = set(pairs(clause))
    parts = [part for part in re.split(r"(?<=[。；])", body) if part]
    return max(parts, key=lambda part: len(wanted & set(pairs(part))), default=body)


def _mark(part: str, clause: str, matcher: "difflib.SequenceMatcher[str]") -> str:
    marked = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            marked.append(part[a:b])
            continue
        marked.append(f"【{part[a:b]}】" if b > a else "")
        marked.append(f"｛{clause[c:d]}｝" if d > c else "")
    return "".join(marked)
