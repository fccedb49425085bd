"""A register of papers whose fates are known by construction: `python -m corpora.fates FOLDER` writes it.

Offices of invented counties issue papers, repeal them whole or in part, prolong them, make them formal, list them in
catalogues, and so on. Each story gives one to five papers and the outcome that a signing officer would write for each. The
same seed gives the same papers. `qinggui evaluate --register FOLDER` runs the register over them.
"""

import json
import random
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from corpora import fate_stories
from corpora.fate_papers import Fate, Scene

AS_OF = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class Register:
    """Papers in order of their stories, with the day as of which their fates are true."""

    as_of: date
    papers: tuple[Fate, ...]


def register(count: int = 300, seed: int = 20261122) -> Register:
    """The register of at least `count` papers of a seed: all stories in turn, the last one whole."""
    scene = Scene(random.Random(seed), AS_OF)
    found: list[Fate] = []
    turns = _in_turn(scene)
    while len(found) < count:
        found.extend(next(turns))
    return Register(AS_OF, tuple(found))


def _in_turn(scene: Scene) -> Iterator[tuple[Fate, ...]]:
    turn = scene.rng.randrange(1000)  # other seeds begin with other wordings
    while True:
        for story in fate_stories.STORIES:
            yield tuple(story(scene, turn))
        turn += 1


def written(folder: Path, count: int = 300, seed: int = 20261122) -> Path:
    """Write each paper as a text file and the fates as `fates.jsonl` into a folder; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    made = register(count, seed)
    rows = []
    for at, paper in enumerate(made.papers, 1):
        name = f"{at:03d}.txt"
        (folder / name).write_text(paper.text, encoding="utf-8")
        row = {"name": name, **asdict(paper), "outcomes": list(paper.outcomes)}
        del row["text"]
        rows.append(json.dumps(row, ensure_ascii=False))
    (folder / "fates.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


if __name__ == "__main__":
    written(Path(sys.argv[1]), *map(int, sys.argv[2:4]))
