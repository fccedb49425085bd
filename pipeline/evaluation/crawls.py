"""Readings of crawled papers: which title, issuers, day and number a person read in a file that is kept elsewhere.

A table of tab-separated values: `file` below a folder with texts, `title`, `issuers` in order with | between them, `made` and
`number`. An empty field says that the paper does not state the fact; `?` that the reader was in doubt, so that it is not scored.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import GoldError

_DOUBT = "?"
_FIELDS = ("title", "issuers", "made", "number")


def read_crawls(path: Path) -> Iterator[dict[str, Any]]:
    """Yield a row of gold for each reading: `id` (the name of the file without its suffix), `file` and the facts without doubt.

    Raises `GoldError` if the table cannot be read or lacks a column.
    """
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            table = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
            missing = [name for name in ("file", *_FIELDS) if name not in (table.fieldnames or ())]
            rows = list(table)
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"{path}读不出来：{error}", remedy="请用--gold指明标注文件") from error
    if missing:
        raise GoldError(f"{path}缺少列{'、'.join(missing)}", remedy="列名是file、title、issuers、made、number")
    for row in rows:
        facts: dict[str, Any] = {name: row[name] or None for name in _FIELDS if row[name] != _DOUBT}
        if facts.get("issuers"):
            facts["issuers"] = row["issuers"].split("|")
        yield {"id": Path(row["file"]).stem, "file": row["file"], **facts}
