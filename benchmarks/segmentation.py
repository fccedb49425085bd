"""Evaluates jieba with and without the legal user dictionary against sentences that were cut by hand.

    python -m benchmarks.segmentation [FILE] [--differences N]

Only boundaries between two characters that are no punctuation count, since every cutter separates punctuation. A word counts as found
when both its ends are found and nothing inside is cut; punctuation is no word. The standard by which words were marked is in corpora/README.md.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from pipeline.law.segmenter import legal_tokenizer, load_jieba

REFERENCE = Path(__file__).parents[1] / "corpora" / "segmentation.txt"
Cut = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts of what agrees, what was cut, and what should be cut."""

    right: int
    found: int
    wanted: int

    @property
    def precision(self) -> float:
        return self.right / self.found

    @property
    def recall(self) -> float:
        return self.right / self.wanted

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.wanted)


def sentences(file: Path = REFERENCE) -> list[list[str]]:
    """The words of each sentence of the reference."""
    return [line.split(" ") for line in file.read_text(encoding="utf-8").splitlines()]


def words_of(words: Iterable[str]) -> set[tuple[int, int]]:
    """Start and end of each word that is no punctuation."""
    spans, at = set(), 0
    for word in words:
        if word[0].isalnum():
            spans.add((at, at + len(word)))
        at += len(word)
    return spans


def boundaries_of(words: Sequence[str]) -> set[int]:
    """The offsets between two words, neither of which is punctuation."""
    found, at = set(), 0
    for word, following in pairwise(words):
        at += len(word)
        if word[-1].isalnum() and following[0].isalnum():
            found.add(at)
    return found


def agreement(cut: Cut, reference: Iterable[Sequence[str]]) -> tuple[Agreement, Agreement]:
    """The agreement of a cutter on boundaries and on words, over all sentences."""
    boundaries, words = [0, 0, 0], [0, 0, 0]
    for wanted in reference:
        found = cut("".join(wanted))
        for counts, one, other in (
            (boundaries, boundaries_of(found), boundaries_of(wanted)),
            (words, words_of(found), words_of(wanted)),
        ):
            for at, number in enumerate((len(one & other), len(one), len(other))):
                counts[at] += number
    return Agreement(*boundaries), Agreement(*words)


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("file", nargs="?", type=Path, default=REFERENCE)
    options.add_argument("--differences", type=int, default=0, help="print so many sentences that are cut otherwise")
    asked = options.parse_args()
    reference = sentences(asked.file)
    print(f"{len(reference)} sentences, {sum(len(words_of(words)) for words in reference)} words")
    cutters: dict[str, Cut] = {"jieba": load_jieba().lcut, "with the legal dictionary": legal_tokenizer().lcut}
    for name, cut in cutters.items():
        for what, figures in zip(("boundaries", "words"), agreement(cut, reference), strict=True):
            print(f"{name}: {what} precision {figures.precision:.3f}, recall {figures.recall:.3f}, F1 {figures.f1:.3f}")
    cut = cutters["with the legal dictionary"]
    others = [words for words in reference if cut("".join(words)) != words]
    for words in others[: asked.differences]:
        print(f"  marked {' '.join(words)}\n  cut    {' '.join(cut(''.join(words)))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
