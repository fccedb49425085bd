"""The user's law library: loaded articles of laws, and the search for those most similar to a clause (上位法比对).

It is one SQLite file in the home folder. Articles are indexed by character bigrams: similarity is that of the wording
only; whether two texts mean the same is for a person to decide.
"""

import difflib
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.dates import read_date
from pipeline.errors import UsageError
from pipeline.home import private_file, private_folder
from pipeline.law import library_file
from pipeline.law.amounts import amounts
from pipeline.law.article_numbers import cited_articles
from pipeline.law.law_texts import STATE, Doubt, LawText, standing
from pipeline.law.statutes import statute_key

FILE = "laws.sqlite"
_ARTICLE = re.compile(
    r"^[\s*#-]*(第[零〇一二三四五六七八九十百千0-9]{1,9}条(?:之[一二三四五六七八九十])?)[*\s　]*", re.MULTILINE
)
_TITLE = re.compile(r"^(?:title|linkTitle)\s*[:：]\s*['\"]?(.+?)['\"]?\s*$", re.MULTILINE | re.IGNORECASE)
_DAY = re.compile(r"^effective_date[ \t]*[:：][ \t]*['\"]?([^'\"\n]*)", re.MULTILINE)
_UNDATED = (
    "加载的文本没有写明施行日，按一直有效显示，请核对；在文首另起一行写effective_date: 2020-01-01这样的日期后重新加载"
)
_AMENDING = "修正案"
HEADING = re.compile(
    r"^#*\s*(?!第.{1,6}[编章节])([^#\s].{2,60}?(?:法|法典|条例|规定|办法|细则|决定|解释|规则))\s*$", re.MULTILINE
)
# the heading of the next part of the law, below the last article of the one before it
_NEXT_PART = re.compile(r"(?:\n[\s#*]*第[零〇一二三四五六七八九十百0-9]{1,5}(?:编|分编|章|节)[^\n。；]{0,40})+\s*$")
_NOISE = re.compile(r"[\s*#>|]|&emsp;|<[^>]{1,40}>")
_WORDS = re.compile(r"[一-龥0-9]+")
_MAX_PAIRS, _LEAST_PAIRS = 80, 6
# the number of a heading, a provision or an item
_NUMBER = re.compile(
    r"^\s*(?:第[零〇一二三四五六七八九十百0-9]{1,5}[编章节条款项]|[（(]?[一二三四五六七八九十0-9]{1,3}[）)、.．])\s*"
)
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


@dataclass(frozen=True, slots=True)
class ArticleWords:
    """The words of an article as of a day: law, number as printed, the text it stands in, and what speaks against its being in force."""

    law: str
    article: str
    since: date | None
    until: date | None
    text: str
    source: str
    doubts: tuple[str, ...]

    @property
    def in_line(self) -> str:
        """The article in one line: law, number, day of effect, words without their paragraphs, doubts."""
        since = f"（{self.since}起施行）" if self.since else ""
        doubts = f"（存疑：{'；'.join(self.doubts)}）" if self.doubts else ""
        return f"《{self.law}》{self.article}{since}：{''.join(self.text.split())}{doubts}"


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
                day = read_date(since) if since is not None else None
                if since is not None and day is None:
                    refused.append(f"{name}：effective_date“{since}”不是日期，请写成2020-01-01这样")
                    continue
                since = day.isoformat() if day else None
                if (law, since) not in taken:
                    library_file.delete(connection, law, since)
                    taken.add((law, since))
                doubts = () if day else (Doubt(STATE, _UNDATED),)
                library_file.insert(connection, LawText(law, day, doubts=doubts), found, pairs)
                articles += len(found)
        return Loaded(len(taken), articles, tuple(refused))

    def replace_source(self, name: str, texts: Iterable[tuple[LawText, Sequence[tuple[str, str]]]]) -> int:
        """Put the texts of a data package in the place of what an earlier edition of it brought; returns how many were left out.

        `name` is the name of the package, with which its sources begin. A text that a person loaded is not replaced: of the
        package that of the same law and day is left out.
        """
        left_out = 0
        with self._open() as connection:
            library_file.delete_source(connection, name)
            own = {(text.key, text.since) for text in library_file.texts(connection).values() if not text.source}
            for text, articles in texts:
                if (text.key, text.since) in own:
                    left_out += 1
                    continue
                library_file.insert(connection, text, articles, pairs)
        return left_out

    def count(self) -> tuple[int, int]:
        """The number of laws and of articles in the library."""
        with self._open() as connection:
            row = connection.execute("SELECT (SELECT count(DISTINCT law) FROM texts), count(*) FROM places").fetchone()
        return int(row[0]), int(row[1])

    def names(self) -> tuple[str, ...]:
        """The names of the laws in the library."""
        with self._open() as connection:
            return tuple(str(row[0]) for row in connection.execute("SELECT DISTINCT law FROM texts ORDER BY law"))

    def texts(self) -> tuple[LawText, ...]:
        """All texts with their dates, sources and doubts, in the order in which they were loaded."""
        with self._open() as connection:
            return tuple(library_file.texts(connection).values())

    def stamp(self) -> str:
        """The version of the library in Chinese: number of laws and articles, and the day of its last change."""
        laws, articles = self.count()
        return f"{laws}部{articles}条，{date.fromtimestamp(self._path.stat().st_mtime)}"

    def words_of(
        self, cited: Iterable[tuple[str, str]], as_of: date
    ) -> dict[tuple[str, str], tuple[ArticleWords, ...]]:
        """The words of cited articles, given as law and article (第十四条至第十七条), as of a day.

        () for a citation that names no article, and where the library has no text of the law that was in force on that
        day, or one without that article.
        """
        if not self.exists():
            return dict.fromkeys(cited, ())
        with self._open() as connection:
            return {(law, article): self._words(connection, law, article, as_of) for law, article in cited}

    def _words(self, connection: sqlite3.Connection, law: str, article: str, as_of: date) -> tuple[ArticleWords, ...]:
        found = library_file.texts(connection, statute_key(law))
        numbers = {text: at for at, text in found.items()}
        return tuple(
            ArticleWords(text.law, label, text.since, text.until, body, text.source, doubts)
            for text in standing(found.values(), as_of)
            for doubts in [(*text.doubts_of_state(), *_amended(connection, text, as_of))]
            for number in cited_articles(article)
            for label, body in library_file.article(connection, numbers[text], number)
        )

    def nearest(self, clause: str, as_of: date, limit: int = 3) -> list[Neighbour]:
        """The articles in force on a day that are most similar to a clause, most similar first, at most `limit`.

        None for a clause with fewer than six pairs of characters besides its number, as headings are: any law has such words.
        """
        wanted = list(dict.fromkeys(pairs(_NUMBER.sub("", clause))))[:_MAX_PAIRS]
        if len(wanted) < _LEAST_PAIRS:
            return []
        query = " OR ".join(f'"{pair}"' for pair in wanted)
        with self._open() as connection:
            found = library_file.texts(connection)
            # an amendment quotes the words that it replaces
            in_force = {text for text in standing(found.values(), as_of) if _AMENDING not in text.law}
            ids = [at for at, text in found.items() if text in in_force]
            rows = library_file.matches(connection, query, ids, limit * 8)
        neighbours = [_compare(clause, *row) for row in rows]
        return sorted(neighbours, key=lambda neighbour: -neighbour.likeness)[:limit]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are kept if nothing is raised."""
        try:
            private_file(private_folder(self._path.parent) / FILE)
            connection = sqlite3.connect(self._path)
            library_file.prepare(connection)
        except (OSError, sqlite3.Error) as error:
            raise UsageError(
                f"法律库{self._path}不能打开（{error}）", remedy="请检查文件夹权限，或者删除该文件后重新加载"
            ) from error
        try:
            with closing(connection), connection:
                yield connection
        except sqlite3.DatabaseError as error:
            raise UsageError(
                f"法律库{self._path}已经损坏（{error}）",
                remedy="请删除该文件，运行qinggui laws update，自行加载的重新加载",
            ) from error


def _amended(connection: sqlite3.Connection, text: LawText, as_of: date) -> tuple[str, ...]:
    """A doubt where amendments (…修正案) took effect after a text that a person loaded and by the day: its words may be those before them.

    Texts of the data package have such doubts since they were dated (`dated_texts`).
    """
    if text.source or text.since is None:
        return ()
    later = [day for day in library_file.amendments(connection, text.law) if text.since < day <= as_of]
    return (f"此后有{len(later)}件修正案施行，最近的是{max(later)}，条文可能已经改变",) if later else ()


def names_law(text: str) -> bool:
    """Whether a text has the title of a law in its front matter or as a heading in its first 3,000 characters."""
    return bool(_TITLE.search(text) or HEADING.search(text[:3000]))


def read_law(name: str, text: str) -> tuple[str, str | None, list[tuple[str, str]]]:
    """Name, effective date (as written, None if not stated) and articles (number, text) of a law's text.

    The file name `name` is used where the text has no title; the list is empty where it has no articles.
    """
    head = text[:3000]
    title = _TITLE.search(head) or HEADING.search(head)
    law = title[1].strip() if title else Path(name).stem
    day = _DAY.search(head)
    marks = list(_ARTICLE.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)][: len(marks)]
    found = [
        (mark[1], _NOISE.sub("", _NEXT_PART.sub("", text[mark.end() : end])))
        for mark, end in zip(marks, ends, strict=True)
    ]
    return law, day[1].strip() if day else None, [(number, body) for number, body in found if body]


def without_next_part(words: str) -> str:
    """The words of an article without the heading of the next part of the law that was taken for their end."""
    return _NEXT_PART.sub("", words).strip()


def pairs(text: str) -> list[str]:
    """The bigrams of neighbouring Chinese characters and digits, in order, with repetitions."""
    return [run[at : at + 2] for run in _WORDS.findall(text) for at in range(len(run) - 1)]


def _compare(clause: str, law: str, article: str, since: str | None, body: str) -> Neighbour:
    body = "".join(body.split())
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
