"""Sentences written for the project, from frames: `python -m corpora.make_clauses` writes corpora/gold/clauses.jsonl.

A line of `corpora/clauses/*.txt` is a verdict, a type and a sentence in which {a|b} stands for either; up to
`PER_FRAME` sentences are drawn from a frame, always the same ones. Files of flags have no verdict column.
"""

import hashlib
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

from corpora.marked import papers
from corpora.marked import sentences as marked_sentences
from pipeline.classify.model import bare

HERE = Path(__file__).parent
TARGET = HERE / "gold" / "clauses.jsonl"
PER_FRAME = 4
_CHOICE = re.compile(r"\{([^{}]*)\}")


def sentences(frame: str) -> list[str]:
    """Up to `PER_FRAME` sentences of a frame, spread over its choices by a hash of each."""
    pieces = _CHOICE.split(frame)
    options = [piece.split("|") if at % 2 else [piece] for at, piece in enumerate(pieces)]
    drawn = ["".join(choice) for choice in itertools.product(*options)]
    return sorted(drawn, key=lambda text: hashlib.sha256(text.encode()).hexdigest())[:PER_FRAME]


def rows() -> Iterator[dict[str, object]]:
    """Annotated sentences in the gold format; `frame` tells which of them are kin."""
    number = 0
    for path in sorted((HERE / "clauses").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line or line.startswith("#"):
                continue
            number += 1
            verdict, types, text = (
                ("flag", *line.split(" ", 1)) if path.stem.startswith("flags") else line.split(" ", 2)
            )
            for at, sentence in enumerate(sentences(text)):
                yield {
                    "id": f"w{number:04d}{'abcd'[at]}",
                    "frame": number,
                    "sentence": sentence,
                    "types": [] if types == "-" else types.split(","),
                    "verdict": verdict,
                }
    for paper in papers():
        for at, (sentence, kinds) in enumerate(marked_sentences(paper)):
            yield {
                "id": f"{paper.name}{at:03d}",
                "frame": paper.name,
                "sentence": bare(sentence),
                "types": kinds,
                "verdict": "flag" if kinds else "none",
            }


def main() -> None:
    TARGET.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows()), encoding="utf-8")


if __name__ == "__main__":
    main()
