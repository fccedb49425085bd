"""How well the facts of the masthead survive a damaged layout: annotated documents read once clean and once under each noise."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.document import Masthead, SourceText
from pipeline.errors import GoldError
from pipeline.evaluation.crawls import read_crawls
from pipeline.evaluation.gold import HELD, WHOLE, find_text, rows_of, squeeze
from pipeline.evaluation.noises import CLEAN, NOISES, Paper, damaged, paper_of
from pipeline.evaluation.scores import Miss
from pipeline.ingest import Upload, read, read_text
from pipeline.parse import parse

FACTS = ("number", "title", "issuers", "made")


@dataclass(slots=True)
class NoiseScore:
    """The documents that a noise changes (`total`), for how many of them each fact is known, and for how many it is right."""

    total: int = 0
    known: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FACTS, 0))
    right: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FACTS, 0))

    def share(self, fact: str) -> float:
        """The share of the documents for which a fact is right among those for which it is known, 1.0 if there are none."""
        return self.right[fact] / self.known[fact] if self.known[fact] else 1.0


@dataclass(slots=True)
class NoiseScores:
    """Scores by noise, the clean text first; `misses` name the noise and the fact in their field."""

    noises: dict[str, NoiseScore] = field(default_factory=lambda: {name: NoiseScore() for name in (CLEAN, *NOISES)})
    misses: list[Miss] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """By noise: the number of documents, and for each fact how many are right."""
        return {name: {"total": score.total, **score.right} for name, score in self.noises.items()}


def measure_noise(gold: Path, texts: Sequence[Path], *, part: str = WHOLE) -> NoiseScores:
    """Score the masthead on the documents of a gold folder under every noise, or on one half of them.

    `part` is `WHOLE`, or `OPEN` or `HELD` for the halves (see `is_closed`). Raises `GoldError` if there is no
    documents.jsonl or a text is missing.
    """
    path = gold / "documents.jsonl"
    if not path.exists():
        raise GoldError(f"{gold}里没有documents.jsonl，不能测量", remedy="请用--gold指明标注文件所在的文件夹")
    rows = _in_part(rows_of(path, WHOLE), part)
    folders = [gold / "texts", *texts]
    return score_rows((row, _read(find_text(row["id"], folders))) for row in rows)


def measure_crawls(table: Path, folder: Path, *, part: str = WHOLE) -> NoiseScores:
    """Score the masthead on crawled papers of which a table of readings tells the facts; their texts lie below `folder`.

    Raises `GoldError` if the table cannot be read or a text is missing.
    """
    return score_rows((row, _read(_text_below(folder, row["file"]))) for row in _in_part(read_crawls(table), part))


def _text_below(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise GoldError(f"{folder}里没有{name}", remedy="请用--texts指明正文所在的文件夹")
    return path


def _in_part(rows: Iterable[dict[str, Any]], part: str) -> list[dict[str, Any]]:
    return [row for row in rows if part == WHOLE or is_closed(row["id"]) == (part == HELD)]


def _read(path: Path) -> SourceText:
    return read(Upload(str(path), path.read_bytes()))


def score_rows(rows: Iterable[tuple[Mapping[str, Any], SourceText]]) -> NoiseScores:
    """Score rows of gold, each with its source; the noises damage the text as it was read."""
    scores = NoiseScores()
    for row, source in rows:
        paper = paper_of(row["id"], source.text, row.get("title"), row.get("made"))
        _score(scores, CLEAN, row, source)
        for name, noisy in _noisy(paper):
            _score(scores, name, row, read_text(row["id"], noisy))
    return scores


def is_closed(row_id: str) -> bool:
    """Whether a document belongs to the half that nobody looks at while reading under noise is improved."""
    return int(hashlib.sha256(f"noise:{row_id}".encode()).hexdigest(), 16) % 2 == 0


def _noisy(paper: Paper) -> Iterator[tuple[str, str]]:
    for name in NOISES:
        text = damaged(paper, name)
        if text is not None:
            yield name, text


def _score(scores: NoiseScores, name: str, row: Mapping[str, Any], source: SourceText) -> None:
    got = _facts(parse(source).masthead)
    score = scores.noises[name]
    score.total += 1
    for fact in FACTS:
        if fact not in row:
            continue
        score.known[fact] += 1
        value = row[fact]
        wanted = squeeze(("|".join(value) or None) if isinstance(value, list) else value)
        if squeeze(got[fact]) == wanted:
            score.right[fact] += 1
        else:
            scores.misses.append(Miss(row["id"], f"{name} {fact}", str(got[fact]), str(wanted)))


def _facts(masthead: Masthead) -> dict[str, str | None]:
    return {
        "number": masthead.number.value if masthead.number else None,
        "title": masthead.title.value if masthead.title else None,
        "issuers": "|".join(issuer.value for issuer in masthead.issuers) or None,
        "made": masthead.made.value.isoformat() if masthead.made else None,
    }
