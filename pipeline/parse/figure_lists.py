"""Figures of regions and bodies that a sentence lists, with what the sentence counts: 新收案件205件，其中青州市120件、临江市85件."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.document import Span
from pipeline.parse.figure_captions import caption_before, counted_in
from pipeline.parse.figure_subjects import is_subject
from pipeline.parse.figures import Figure

# 收案较多的有青州市, 收案最多的是临江市
_LED = re.compile(r"(?P<lead>.*(?:有|是|为|：))(?P<who>[^有是为：]+)")
_AMONG = re.compile("^(?:其中|包括|含)")
# 青州市、临江市分别办理案件120件、85件; 办理案件205件，青州市、临江市分别为120件、85件
_RESPECTIVELY = re.compile(r"(?P<who>[^、和]+(?:[、和][^、和]+)+?)分别(?P<what>.*)")
_LEAST = 2


def with_subjects(text: str, figures: Sequence[Figure]) -> list[Figure]:
    """The figures of a running text in order; those of two or more listed regions or bodies get their subject, and as item what is counted.

    A list of which neither its sentence nor a caption above says what is counted stays as it was.
    """
    found: list[Figure] = []
    for run, who in _runs(text, figures):
        listed = _respective(text, run, found) or (_listed(text, run, who, found) if len(run) >= _LEAST else None)
        found += listed or run
    return found


def _runs(text: str, figures: Sequence[Figure]) -> Iterator[tuple[list[Figure], list[str]]]:
    """The figures, those that may be one list together with their subjects: a subject each, or the words of 分别."""
    run: list[Figure] = []
    whom: list[str] = []
    for figure in figures:
        who = _who(figure)
        if run and not _continues(text, run, whom, figure, who):
            yield run, whom
            run, whom = [], []
        run, whom = [*run, figure], [*whom, who]
    if run:
        yield run, whom


def _who(figure: Figure) -> str:
    """The region or body that stands before a number, "" for other words."""
    match = _LED.fullmatch(figure.item)
    who = match["who"] if match else _AMONG.sub("", figure.item)
    return who if is_subject(who) else ""


def _continues(text: str, run: Sequence[Figure], whom: Sequence[str], figure: Figure, who: str) -> bool:
    between = text[run[-1].span.end : figure.span.start]
    if figure.unit != run[-1].unit or len(between) > 40:
        return False
    if who:
        return bool(whom[0]) and who not in whom and "。" not in between
    return not whom[0] and figure.item == run[0].item and bool(_RESPECTIVELY.fullmatch(figure.item))


def _listed(text: str, run: Sequence[Figure], who: Sequence[str], before: Sequence[Figure]) -> list[Figure] | None:
    """The figures of a list with their subjects; None where nothing says what is counted."""
    if not all(who):
        return None
    first = run[0]
    sentence = _sentence_before(text, first)
    total = _total(before, sentence, first.unit)
    if total and not _LED.fullmatch(first.item):
        return [
            replace(figure, item=total, subject=name, context=sentence) for figure, name in zip(run, who, strict=True)
        ]
    words = text[sentence.start : max(text.rfind(who[0], sentence.start, first.span.start), sentence.start)]
    counted, context = counted_in(words), sentence
    if not counted or any(map(str.isdigit, counted)):
        caption = caption_before(text, sentence.start, strict=True)
        if not caption.counted or caption.span is None:
            return None
        counted, context = caption.counted, caption.span
    return [replace(figure, item=counted, subject=name, context=context) for figure, name in zip(run, who, strict=True)]


def _respective(text: str, run: Sequence[Figure], before: Sequence[Figure]) -> list[Figure] | None:
    """The figures of 分别, each with its region or body; None where there are not as many of both."""
    match = _RESPECTIVELY.fullmatch(run[0].item)
    names = re.split("[、和]", match["who"]) if match else []
    if not match or len(names) != len(run) or not all(map(is_subject, names)):
        return None
    sentence = _sentence_before(text, run[0])
    item = match["what"] or _total(before, sentence, run[0].unit)
    if not item:
        return None
    return [replace(figure, item=item, subject=name, context=sentence) for figure, name in zip(run, names, strict=True)]


def _total(before: Sequence[Figure], sentence: Span, unit: str) -> str:
    """What the figure of a total before a list counts: in the same sentence, in the same unit, and not itself that of a region or body."""
    if not before or before[-1].span.start < sentence.start or before[-1].unit != unit or before[-1].subject:
        return ""
    item = before[-1].item
    return "" if any(is_subject(item[:end]) for end in range(2, len(item))) else item


def _sentence_before(text: str, figure: Figure) -> Span:
    """The sentence in which a figure stands, up to its number."""
    start = max(text.rfind("。", 0, figure.span.start), text.rfind("\n", 0, figure.span.start)) + 1
    return Span(start, figure.span.start)
