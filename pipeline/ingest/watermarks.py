"""Tells watermarks from the text of a page: by their angle, by pale ink in large or repeated characters."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median
from typing import NamedTuple

from pipeline.document import Note
from pipeline.ingest.places import Box

# times the size of the other characters of a page from which pale characters are a watermark
_LARGE = 1.4
# times that pale words stand on a page, and words of any ink across other text, before they are a watermark
_OFTEN, _OFTEN_ACROSS = 3, 3
_MAX_NAMED, _MAX_SHOWN = 5, 40


class Run(NamedTuple):
    """Characters drawn together: text, box on the page, size in points, and how they were drawn."""

    text: str
    box: Box
    size: float
    slanting: bool = False
    pale: bool = False


def watermarks_of(runs: Sequence[Run]) -> list[bool]:
    """Whether each run of a page is a watermark. Slanting runs are not if all runs slant."""
    upright = [run for run in runs if not run.slanting]
    sizes = [run.size for run in upright if not run.pale for _ in run.text]
    usual = median(sizes) if sizes else 0.0
    times = Counter("".join(run.text.split()) for run in runs if len(run.text) > 1)
    others = [run.box for run in upright if not run.pale]
    return [(run.slanting and bool(upright)) or _is_watermark(run, usual, times, others) for run in runs]


def are_repeated(words: Iterable[str]) -> bool:
    """Whether some words stand on a page so often that they may be a watermark, whatever their ink."""
    counts = Counter(text for text in words if len(text) > 1)
    return max(counts.values(), default=0) >= _OFTEN_ACROSS


def _is_watermark(run: Run, usual: float, times: Mapping[str, int], others: Sequence[Box]) -> bool:
    often = times.get("".join(run.text.split()), 0)
    if run.pale and usual:
        return run.size > _LARGE * usual or often >= _OFTEN or _lies_across(run.box, others)
    return often >= _OFTEN_ACROSS and _lies_across(run.box, [box for box in others if box is not run.box])


def _lies_across(box: Box, others: Iterable[Box]) -> bool:
    """Whether a box covers a good part of another one, or is covered."""
    return any(_shared(box, other) > 0.25 * min(_area(box), _area(other)) > 0 for other in others)


def _shared(a: Box, b: Box) -> float:
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def left_out_notes(left_out: Mapping[str, Mapping[str, Sequence[int]]]) -> Iterator[Note]:
    """Notes on words that were left out, for each reason in Chinese (有水印文字) the words with the pages they stand on."""
    for reason, words in left_out.items():
        for text, pages in list(words.items())[:_MAX_NAMED]:
            shown = text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"
            yield Note("left_out", f"{_on(pages)}{reason}“{shown}”，没有读入正文，请对照原件")
        if len(words) > _MAX_NAMED:
            yield Note("left_out", f"另有{len(words) - _MAX_NAMED}处{reason}，没有读入正文，请对照原件")


def _on(pages: Sequence[int]) -> str:
    numbers = list(dict.fromkeys(pages))
    return f"第{'、'.join(map(str, numbers[:3]))}页{'等' if len(numbers) > 3 else ''}"
