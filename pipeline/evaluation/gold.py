"""Gold: documents and sentences annotated by people, as JSON lines and texts, and the comparison of its values.

Values are compared without blanks and with full and half width unified.
"""

import csv
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from glob import escape
from pathlib import Path
from typing import Any

from pipeline.document import Span
from pipeline.errors import GoldError
from pipeline.training.sentences import FRAMES, OUR_GOLD, read_json_lines

WHOLE, OPEN, HELD = "whole", "open", "held"
# the halves of documents and of official decisions, drawn by a seed: rules are improved on what is read in the open one
OPEN_HALF, CLOSED_HALF = "open-half", "closed-half"
PARTS = (WHOLE, OPEN, HELD, OPEN_HALF, CLOSED_HALF)
_SEED = "23"
FLAG = "flag"
# annotations of the first day that the binding guide (gold/real/GUIDE.md) decides otherwise, by row
CORRECTIONS = OUR_GOLD / "corrections.tsv"
OUR_SENTENCES = OUR_GOLD / FRAMES


def rows_of(path: Path, part: str) -> list[dict[str, Any]]:
    """The rows of a gold file in one part (see `in_part`), as corrected."""
    changes = _corrections().get(path.name, {})
    rows = [_corrected(row, changes.get(row["id"], {})) for row in read_rows(path)]
    return [row for row in rows if in_part(row["id"], part)]


@cache
def _corrections() -> dict[str, dict[str, dict[str, str]]]:
    """By file and row id: the verdicts under the binding guide, by number of the flag ("" for a sentence)."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    if CORRECTIONS.exists():
        with CORRECTIONS.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream, delimiter="\t"):
                found.setdefault(row["set"], {}).setdefault(row["id"], {})[row["number"]] = row["verdict"]
    return found


def _corrected(row: dict[str, Any], changes: dict[str, str]) -> dict[str, Any]:
    """A row with the corrected verdict of its sentence, or without the flags that are none under the guide."""
    if "flags" in row:
        kept = [flag for at, flag in enumerate(row["flags"]) if changes.get(str(at), FLAG) == FLAG]
        return {**row, "flags": kept}
    return {**row, "verdict": changes[""]} if "" in changes else row


def in_part(row_id: str, part: str) -> bool:
    """Whether a row belongs to a part of the gold.

    `WHOLE` has all rows, `HELD` the third that is not looked at while rules are improved, `OPEN` the rest; `OPEN_HALF` and `CLOSED_HALF`
    are halves that a seed draws.
    """
    if part in (OPEN_HALF, CLOSED_HALF):
        drawn = int(hashlib.sha256(f"{_SEED}:{row_id}".encode()).hexdigest(), 16) % 2
        return (part == OPEN_HALF) == (drawn == 0)
    held = int(hashlib.sha256(row_id.encode()).hexdigest(), 16) % 3 == 0
    return part == WHOLE or held == (part == HELD)


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a gold file. Raises `GoldError` naming the lines that are no JSON objects, or a row without a field."""
    needed = ("id", "sentence", "types", "verdict") if path.name.startswith("clauses") else ("id",)
    for row in read_json_lines(path):
        missing = [name for name in needed if name not in row]
        if missing:
            raise GoldError(
                f"{path}里有一行（{row.get('id', '没有id')}）缺少{'、'.join(missing)}", remedy="请补全这一行"
            )
        yield row


def find_text(document_id: str, folders: Sequence[Path]) -> Path:
    """The path of the text of a gold document; seed0 to seed4 are the files of a folder named seeds, ordered by name.

    Raises `GoldError` if no folder has it.
    """
    seed = re.fullmatch(r"seed(\d)", document_id)
    for folder in folders:
        found = next(iter(sorted(folder.glob(f"{escape(document_id)}.*"))), None)
        if found:
            return found
        if seed and folder.name == "seeds":
            return sorted(folder.glob("*"))[int(seed[1])]
    raise GoldError(f"找不到标注文件{document_id}的正文", remedy="请用--texts指明正文所在的文件夹，可以写多次")


def squeeze(value: str | None) -> str | None:
    """A value without blanks and with unified width (NFKC)."""
    return None if value is None else re.sub(r"\s", "", unicodedata.normalize("NFKC", value))


def name_key(title: str) -> str:
    """The key of a law's name: without 中华人民共和国, 《》 and blanks, with unified width."""
    title = squeeze(title) or ""
    return re.sub("[《》〈〉<>]", "", title).removeprefix("中华人民共和国")


def find_quote(text: str, quote: str) -> Span | None:
    """The span of a quotation in a text, ignoring blanks and width; None if absent."""
    wanted = re.sub(r"\s", "", _narrow(quote))
    match = re.search(r"\s*".join(map(re.escape, wanted)), _narrow(text)) if wanted else None
    return Span(*match.span()) if match else None


def _narrow(text: str) -> str:
    """A text of the same length with each character normalised by NFKC where that gives one character."""
    return "".join(
        narrow if len(narrow := unicodedata.normalize("NFKC", character)) == 1 else character for character in text
    )
