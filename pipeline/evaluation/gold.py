"""Gold: documents and sentences annotated by reading, as JSON lines and texts; how its values compare.

Values are equal after removing blanks and unifying full and half width.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.document import Span
from pipeline.errors import GoldError

WHOLE, OPEN, HELD = "whole", "open", "held"


def rows_of(path: Path, part: str) -> list[dict[str, Any]]:
    rows = list(read_rows(path))
    return rows if part == WHOLE else [row for row in rows if is_held(row["id"]) == (part == HELD)]


def is_held(row_id: str) -> bool:
    """Whether a line of gold belongs to the third that stays unread until the end."""
    return int(hashlib.sha256(row_id.encode()).hexdigest(), 16) % 3 == 0


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a gold file. Raises `GoldError` naming the line."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise GoldError(f"{path}第{number}行不是JSON", remedy="请改正该行") from error
        yield row


def find_text(document_id: str, folders: Sequence[Path]) -> Path:
    """The text of a gold document; ids seed0…seed4 are the files of a seeds folder in order of name."""
    seed = re.fullmatch(r"seed(\d)", document_id)
    for folder in folders:
        found = next(iter(sorted(folder.glob(f"{document_id}.*"))), None)
        if found:
            return found
        if seed and folder.name == "seeds":
            return sorted(folder.glob("*"))[int(seed[1])]
    raise GoldError(f"找不到标注文件{document_id}的正文", remedy="请用--texts指明正文所在的文件夹，可以写多次")


def squeeze(value: str | None) -> str | None:
    """A value without blanks and with one width."""
    return None if value is None else re.sub(r"\s", "", unicodedata.normalize("NFKC", value))


def name_key(title: str) -> str:
    """Law names without 中华人民共和国 and 《》, without blanks, in one width."""
    title = squeeze(title) or ""
    return re.sub("[《》〈〉<>]", "", title).removeprefix("中华人民共和国")


def find_quote(text: str, quote: str) -> Span | None:
    """Where a quotation stands in a text, blanks and widths aside."""
    wanted = re.sub(r"\s", "", _narrow(quote))
    match = re.search(r"\s*".join(map(re.escape, wanted)), _narrow(text)) if wanted else None
    return Span(*match.span()) if match else None


def _narrow(text: str) -> str:
    """A text of the same length with each character as wide as it is usually written."""
    return "".join(
        narrow if len(narrow := unicodedata.normalize("NFKC", character)) == 1 else character for character in text
    )
