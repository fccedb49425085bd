"""Characters of a PDF page that are drawn together, and those that are drawn again in the same place, as for false bold type."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from pipeline.ingest.glyphs import Array, Flags, Glyphs, Numbers, unions
from pipeline.ingest.places import Box, union

# shares of the height and of the width of a character by which it may be displaced when it is drawn again; pdfium itself
# leaves out the second one of most characters, not of small ones
_DISPLACED, _ACROSS = 0.3, 0.45
# share of its box by which a run with the same words covers another one
_COVERS = 0.5

# points from the corner of a page up to which places are compared as whole numbers, their parts of a point, and their bits
_FARTHEST, _PARTS, _BITS = 10_000, 16, 20

Run = tuple[int, ...]


def runs_of(glyphs: Glyphs) -> list[Run]:
    """The indices of characters that follow each other closely in one direction and ink."""
    at = np.flatnonzero(~glyphs.blank)
    return _split(at, _go_on(glyphs, at))


def _split(at: Numbers, go_on: Flags) -> list[Run]:
    """Indices in runs; `go_on` says of each but the first whether it goes on with the run of the one before."""
    places, cuts = at.tolist(), [0, *(np.flatnonzero(~go_on) + 1).tolist(), at.size]
    return [tuple(places[start:end]) for start, end in pairwise(cuts) if end > start]


def _go_on(glyphs: Glyphs, at: Numbers) -> Flags:
    """Whether each character but the first is drawn in the ink and direction of the one before, and not far from it."""
    loose, angle, style = glyphs.loose[at], glyphs.angle[at], glyphs.style[at]
    tall = loose[:, 3] - loose[:, 1]
    size = 1.5 * np.maximum(tall[:-1], tall[1:])
    near = (np.abs(loose[:-1, 0] - loose[1:, 0]) < size) & (np.abs(loose[:-1, 1] - loose[1:, 1]) < size)
    alike: Flags = (style[:-1] == style[1:]) & (np.abs(angle[:-1] - angle[1:]) <= 1)
    return alike & near


def _sweep_on(glyphs: Glyphs, at: Numbers) -> Flags:
    """Whether each character but the first stands on the line of the one before and right of its beginning, however far."""
    loose, angle = glyphs.loose[at], glyphs.angle[at]
    reach = _DISPLACED * (loose[1:, 3] - loose[1:, 1])
    on_line = (np.abs(loose[:-1, 1] - loose[1:, 1]) <= reach) & (loose[1:, 0] >= loose[:-1, 0] - reach)
    turned = (angle[:-1] != 0) | (angle[1:] != 0)
    return np.where(turned, _go_on(glyphs, at), on_line)


def without_doubles(glyphs: Glyphs) -> Glyphs:
    """The characters without those that are drawn again in the same place."""
    doubles = dict[int, int]()
    for places in _close_places(glyphs):
        doubles.update(_repeated(places, glyphs.loose))
    if not doubles:
        return glyphs
    at = np.flatnonzero(~glyphs.blank)
    kept = np.ones(len(glyphs), np.bool_)
    kept[list(_drawn_again(_split(at, _sweep_on(glyphs, at)), doubles, glyphs))] = False
    return glyphs.kept(kept)


def _close_places(glyphs: Glyphs) -> Iterator[list[tuple[float, float, int]]]:
    """The places of each character of which some are so close to each other that they may be drawn again, from left to right."""
    at = np.flatnonzero(~glyphs.blank)
    if at.size < 2:
        return
    boxes, codes = glyphs.loose[at], glyphs.codes()[at].astype(np.int64)
    reach = (boxes[:, 2:] - boxes[:, :2]) * (_ACROSS * _PARTS, _DISPLACED * _PARTS) + 1
    # whole numbers are sorted fastest; places beyond the farthest fall together and are told from each other later
    across, up = ((np.fmin(np.fmax(boxes[:, :2], -_FARTHEST), _FARTHEST) + _FARTHEST).T * _PARTS).astype(np.int64)
    # those on one line first, then those beside each other on it
    order = np.argsort(codes << 2 * _BITS | up << _BITS | across)
    rows = (codes << _BITS | up)[order]
    lines = np.cumsum(np.append(0, rows[1:] - rows[:-1] > reach[:, 1].max()))
    columns = lines << _BITS | across[order]
    inner = np.argsort(columns)
    columns, order = columns[inner], order[inner]
    near = columns[1:] - columns[:-1] <= reach[order[:-1], 0]
    for code in dict.fromkeys(codes[order[1:][near]].tolist()):
        places = np.flatnonzero(codes == code)
        yield sorted(zip(boxes[places, 0].tolist(), boxes[places, 1].tolist(), at[places].tolist(), strict=True))


def _repeated(places: Sequence[tuple[float, float, int]], loose: Array) -> Iterator[tuple[int, int]]:
    """The indices of characters with that of an earlier one below them; places are sorted from left to right."""
    sizes = [(box[2] - box[0], box[3] - box[1]) for box in loose[[at for _, _, at in places]].tolist()]
    for index, (x, y, at) in enumerate(places):
        width, height = sizes[index]
        for other_x, other_y, other in places[index + 1 :]:
            if other_x - x > _ACROSS * width:
                break
            if abs(other_y - y) <= _DISPLACED * height:
                yield max(at, other), min(at, other)


def _drawn_again(runs: Sequence[Run], doubles: dict[int, int], glyphs: Glyphs) -> Iterator[int]:
    """The indices of the characters to leave out: whole runs that repeat another, else those that lie on others."""
    run_of = {at: run for run in runs for at in run}
    for run in runs:
        again = [at for at in run if at in doubles]
        if not again:
            continue
        below = run_of[doubles[again[0]]]
        if below != run and glyphs.words(run) == glyphs.words(below) and _covers(run, below, glyphs):
            yield from run
        else:
            yield from again


def _covers(run: Run, other: Run, glyphs: Glyphs) -> bool:
    a, b = box_of(run, glyphs), box_of(other, glyphs)
    shared = max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    return shared > _COVERS * (a[2] - a[0]) * (a[3] - a[1])


def box_of(run: Run, glyphs: Glyphs) -> Box:
    """The box of the characters of a run, in points."""
    return union(glyphs.loose[list(run)].tolist())


def boxes_of(runs: Sequence[Run], glyphs: Glyphs) -> list[Box]:
    """The boxes of runs that together hold all characters with ink, in points."""
    starts = np.cumsum([0, *map(len, runs[:-1])])
    return [(x0, y0, x1, y1) for x0, y0, x1, y1 in unions(glyphs.loose[~glyphs.blank], starts).tolist()]
