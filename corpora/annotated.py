"""Annotated documents: `python -m corpora.annotated FOLDER` writes them as gold data.

In `corpora/annotated_documents/*.txt` text that a normative document may not contain is marked as 【TYPE|text】; marks may be
nested. The sentences of these documents train the model. Those of `corpora/annotated_documents/held` are held out: they are
not used for training or for writing rules, and measure the performance on unseen documents.
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "annotated_documents"
HELD = FOLDER / "held"
_MARK = re.compile(r"【([A-Z]{3}-[0-9]{2})\||】")
_SENTENCE = re.compile(r"[^。；\n]+[。；]?")
# minimum length in characters: headings, names and dates are skipped
_MIN_LENGTH = 8
_PUNCTUATION = re.compile("[，。；：]")


@dataclass(frozen=True, slots=True)
class Flag:
    """A marked passage: finding type, and half-open offsets into the text without marks."""

    type: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Marked:
    """An annotated document: its name, its text without marks, and the marked passages sorted by start."""

    name: str
    text: str
    flags: tuple[Flag, ...]


def unmark(name: str, source: str) -> Marked:
    """Parse a text with marks."""
    parts, flags, opened = [], [], []
    at = length = 0
    for mark in _MARK.finditer(source):
        parts.append(source[at : mark.start()])
        length += mark.start() - at
        at = mark.end()
        if mark[1]:
            opened.append((mark[1], length))
        else:
            kind, start = opened.pop()
            flags.append(Flag(kind, start, length))
    return Marked(name, "".join([*parts, source[at:]]), tuple(sorted(flags, key=lambda flag: flag.start)))


def papers(folder: Path = FOLDER) -> list[Marked]:
    """The annotated documents of a folder, sorted by name."""
    return [unmark(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.txt"))]


def sentences(paper: Marked) -> Iterator[tuple[str, Sequence[str]]]:
    """The sentences of a document that contain a provision, each with the types marked in it."""
    for match in _SENTENCE.finditer(paper.text):
        sentence = match[0].strip()
        if len(sentence) < _MIN_LENGTH or not _PUNCTUATION.search(sentence):
            continue
        kinds = [flag.type for flag in paper.flags if flag.start < match.end() and match.start() < flag.end]
        yield sentence, list(dict.fromkeys(kinds))


def write_gold(folder: Path, source: Path = FOLDER) -> None:
    """Write a folder for `qinggui evaluate --gold`: documents.jsonl with the flags only, and the texts."""
    (folder / "texts").mkdir(parents=True, exist_ok=True)
    lines = []
    for paper in papers(source):
        (folder / "texts" / f"{paper.name}.txt").write_text(paper.text, encoding="utf-8")
        flags = [{"type": flag.type, "quote": paper.text[flag.start : flag.end]} for flag in paper.flags]
        lines.append(json.dumps({"id": paper.name, "flags": flags}, ensure_ascii=False))
    (folder / "documents.jsonl").write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    write_gold(Path(sys.argv[1]) / "open")
    write_gold(Path(sys.argv[1]) / "held", HELD)
