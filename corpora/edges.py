"""Learns the weights of cues for edges between the parts of a paper, from papers whose line breaks show the edges.

    python -m corpora.edges ../shared/corpora

Each paper is read as it is and once more with its line breaks lost: the places where title and signature ended are the
edges, all others that the program would consider are none. Papers of the closed half (`is_closed`) are left out. Writes
`pipeline/parse/edge_cues.tsv` and prints how often the best place is right on papers that were not learnt from.
"""

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from pipeline.dates import read_date
from pipeline.document import Document, Fact, SourceText
from pipeline.errors import UnreadableFile
from pipeline.evaluation.noise_scores import is_closed
from pipeline.evaluation.noises import Paper, damaged, paper_of
from pipeline.ingest import Upload, read, read_text
from pipeline.parse import closing_days, parse, title_ends
from pipeline.parse.cues import BIAS, weights
from pipeline.parse.lines import Line, read_sheet

WEIGHTS = Path(__file__).parents[1] / "pipeline" / "parse" / "edge_cues.tsv"
# folders of papers, and of how many files one is taken
SHARES = (("normative", 1), ("district", 1), ("local_regulations", 2), ("laws/法律", 4), ("laws/行政法规", 8))
_FOLDS = 5
# the papers are read with the weights of the round before
_ROUNDS = 2
_LEAST_LINES = 2
_WELL_LAID = 10
_DAY_LINE = 20
# lines of a text, below its head, that are shown to hold no title
_LINES_OF_TEXT = 3
_NOISES_OF_DAYS = ("换行丢失", "两栏连成一行", "署名连在正文末行", "附件连在正文")
# what a page sets between a title and its repetition
_CAPTIONS = ("", "", "政策文件", "通知公告", "信息公开", "法规汇编")
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_READ_FROM_LINES = "标题行"
# 关于印发《…办法》的通知
_ISSUED = re.compile(r"《([^《》]{6,60})》")
# what titles without 关于 leave out
_ABOUT = re.compile("关于|的(?=[^的]{2,5}$)")
# weights below this change no decision
_LEAST_WEIGHT = 0.01


@dataclass(frozen=True, slots=True)
class Place:
    """A place that may be an edge: the paper, the line in it, what speaks for or against it, and whether it is one."""

    paper: str
    line: int
    cues: tuple[str, ...]
    is_edge: bool


def papers(corpora: Path) -> Iterator[tuple[str, SourceText]]:
    """The papers that may be looked at, by name."""
    for folder, share in SHARES:
        found = sorted(path for path in (corpora / folder).rglob("*.*") if path.suffix in (".txt", ".md"))
        for path in found[::share]:
            if is_closed(path.stem) or path.stem.startswith("_"):
                continue
            data = _FRONT_MATTER.sub("", path.read_text(encoding="utf-8", errors="replace"))
            try:
                yield path.stem, read(Upload(path.name, data.encode()))
            except UnreadableFile:
                continue


def joined_layouts(name: str, source: SourceText, document: Document) -> Iterator[tuple[SourceText, int]]:
    """A paper with its line breaks lost, and the length of its title: as it is, without its addressees, with its title once
    more behind itself, with the line below its title in a column beside it, and with the title that it
    issues, or one without 关于, as its own."""
    lines = paper_of(name, source.text, None, None).lines
    if len(lines) < _LEAST_LINES:
        return
    title, text = document.masthead.title, "".join(lines)
    if title is None or title.origin != _READ_FROM_LINES:
        yield read_text(name, text), 0
        return
    start = _offset(text, _depth(source.text, title.span.start))
    end = _offset(text, _depth(source.text, title.span.end))
    above, own, rest = text[:start], text[start:end], text[end:]
    addressees = document.masthead.recipients
    named = rest.find(addressees.value) if addressees else -1
    issued = _ISSUED.search(own)
    caption = _CAPTIONS[len(name + own) % len(_CAPTIONS)]
    versions = [(own, rest), (own, caption + own + rest), (own, f"  {rest}")]
    versions += [(own, rest[named + len(addressees.value) + 1 :])] if addressees and named == 0 else []
    versions += [(issued[1] if issued else _ABOUT.sub("", own), rest)] if issued or "关于" in own else []
    for called, following in versions:
        yield read_text(name, f"{above}{called}{following}"), len("".join(called.split()))


def title_places(name: str, source: SourceText, document: Document) -> Iterator[Place]:
    """The places in a paper at which a title may end."""
    title = document.masthead.title
    titled = title if title and title.origin == _READ_FROM_LINES else None
    layouts = list(joined_layouts(name, source, document))
    lines = read_sheet(source).lines
    if titled is None:
        untitled = (source, *(layout for layout, _ in layouts))
        for layout in untitled:
            yield from (place for line in read_sheet(layout).lines[:1] for place in _ends(name, line, layout.text, -1))
        return
    start = _depth(source.text, titled.span.start)
    for layout, length in layouts:
        for line in _title_lines(layout, start):
            yield from _ends(name, line, layout.text, start + length)
    body = [line for line in lines if line.start >= titled.span.end] if len(lines) >= _WELL_LAID else []
    for line in body[:_LINES_OF_TEXT]:
        yield from _ends(name, line, source.text, -1)


def _title_lines(layout: SourceText, start: int) -> Iterator[Line]:
    """The rest of the line in which a title begins, from the beginning of the title; `start` counts no blanks."""
    for line in read_sheet(layout).lines:
        first = _depth(layout.text, line.start)
        if first <= start < _depth(layout.text, line.end):
            yield rest_of(line, _offset(line.text, start - first))


def rest_of(line: Line, at: int) -> Line:
    """The rest of a line from an offset in it."""
    return line._replace(text=line.text[at:], start=line.start + at)


def _ends(name: str, line: Line, text: str, edge: int) -> Iterator[Place]:
    ends = [end for end in title_ends.title_ends(line.text) if line.text[end:].strip()]
    for end in ends:
        cues = title_ends.cues(line.text, end, ends)
        yield Place(name, line.start, tuple(cues), _depth(text, line.start + end) == edge)


def day_edges(name: str, source: SourceText, document: Document) -> Iterator[Place]:
    """The places in a paper at which the day of its signature may stand, up to that day."""
    made = document.masthead.made
    signed = made if made and made.origin == "署名下日期" else None
    day = signed.value if signed else None
    edge = _depth(source.text, signed.span.end) if signed else -1
    paper = paper_of(name, source.text, None, day.isoformat() if day else None)
    yield from _days(f"{name}:", source, day, edge)
    for at, (version, removed) in enumerate(_with_and_without_bodies(paper, signed)):
        for noise in _NOISES_OF_DAYS:
            text = damaged(version, noise)
            if text:
                yield from _days(f"{name}:{at}{noise}", read_text(name, text), day, edge - removed)


def _with_and_without_bodies(paper: Paper, signed: Fact[date] | None) -> Iterator[tuple[Paper, int]]:
    """A paper, and the same without the bodies above the day of its signature; with the number of characters left out."""
    yield paper, 0
    days = [
        at
        for at, line in enumerate(paper.lines)
        if signed and read_date(line) == signed.value and len(line) < _DAY_LINE
    ]
    if days and days[0] and closing_days.signs(paper.lines[days[0] - 1]):
        bodies = paper.lines[days[0] - 1]
        lines = (*paper.lines[: days[0] - 1], *paper.lines[days[0] :])
        yield replace(paper, lines=lines), len("".join(bodies.split()))


def _days(name: str, layout: SourceText, day: date | None, edge: int) -> Iterator[Place]:
    """The places up to the day of the signature; where no signature is known, those that may be one are left out."""
    above = ""
    for line in read_sheet(layout).lines:
        for place in closing_days.day_places(line.text, above=above):
            cues = closing_days.cues(place)
            may_sign = bool(place.bodies) and closing_days.GOES_ON not in cues
            is_edge = _depth(layout.text, line.start + place.end) == edge or (may_sign and read_date(place.day) == day)
            if is_edge or day is not None or not may_sign:
                yield Place(name, line.start, tuple(cues), is_edge)
            if is_edge:
                return
        if _depth(layout.text, line.end) == edge:
            return
        above = line.text


def _depth(text: str, offset: int) -> int:
    """How many characters that are no blanks stand before an offset."""
    return len("".join(text[:offset].split()))


def _offset(text: str, depth: int) -> int:
    """The offset before which as many characters stand that are no blanks."""
    seen = 0
    for offset, character in enumerate(text):
        if not character.isspace():
            if seen == depth:
                return offset
            seen += 1
    return len(text)


def learn(places: Sequence[Place]) -> dict[str, float]:
    """The weights of the cues, with that of `BIAS`."""
    vectors = DictVectorizer()
    matrix = vectors.fit_transform([dict.fromkeys(place.cues, 1.0) for place in places])
    model = LogisticRegression(C=10.0, max_iter=2000).fit(matrix, [place.is_edge for place in places])
    found = dict(zip(vectors.get_feature_names_out(), model.coef_[0], strict=True))
    return {BIAS: float(model.intercept_[0]), **{cue: float(weight) for cue, weight in found.items()}}


def right_lines(places: Sequence[Place], learnt: dict[str, float]) -> tuple[int, int]:
    """In how many lines the best place above 0 is the edge (or none is where there is none), and the number of lines."""
    lines: dict[tuple[str, int], list[Place]] = defaultdict(list)
    for place in places:
        lines[place.paper, place.line].append(place)
    right = 0
    for found in lines.values():
        scored = [(learnt[BIAS] + sum(learnt.get(cue, 0.0) for cue in place.cues), place.is_edge) for place in found]
        best = max(scored)
        right += best[1] if best[0] > 0 else not any(place.is_edge for place in found)
    return right, len(lines)


def cross_validated(places: Sequence[Place]) -> tuple[int, int]:
    """The sum of `right_lines` over folds of papers, each with weights that were learnt from the other folds."""
    names = sorted({place.paper.split(":")[0] for place in places})
    fold = {name: at % _FOLDS for at, name in enumerate(names)}
    right = total = 0
    for held in range(_FOLDS):
        learnt = learn([place for place in places if fold[place.paper.split(":")[0]] != held])
        found = right_lines([place for place in places if fold[place.paper.split(":")[0]] == held], learnt)
        right, total = right + found[0], total + found[1]
    return right, total


def learn_all(found: Sequence[tuple[str, SourceText]]) -> None:
    """Learn the weights of all edges from papers as the program reads them now, write them and tell how good they are."""
    read_papers = [(name, source, parse(source)) for name, source in found]
    rows = ["edge\tcue\tweight"]
    readers: dict[str, Callable[[str, SourceText, Document], Iterator[Place]]] = {
        title_ends.EDGE: title_places,
        closing_days.EDGE: day_edges,
    }
    for edge, places_of in readers.items():
        places = [place for paper in read_papers for place in places_of(*paper)]
        right, total = cross_validated(places)
        edges = sum(place.is_edge for place in places)
        sys.stdout.write(
            f"{edge}：{len(places)}处，其中{edges}处是；没有学过的文件里每行判断正确{right}/{total}={right / total:.3f}\n"
        )
        learnt = learn(places)
        rows += [
            f"{edge}\t{cue}\t{weight:.2f}" for cue, weight in sorted(learnt.items()) if abs(weight) >= _LEAST_WEIGHT
        ]
    WEIGHTS.write_text("\n".join(rows) + "\n", encoding="utf-8")
    weights.cache_clear()


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("corpora", type=Path)
    found = list(papers(options.parse_args().corpora))
    for _ in range(_ROUNDS):
        learn_all(found)


if __name__ == "__main__":
    main()
