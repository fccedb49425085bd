"""Characters of a PDF page that are drawn together, and those that are drawn again in the same place, as for false bold type."""

from collections.abc import Callable, Iterator, Sequence

from pipeline.ingest.directions import Glyph
from pipeline.ingest.places import Box, union

# shares of the height and of the width of a character by which it may be displaced when it is drawn again; pdfium itself
# leaves out the second one of most characters, not of small ones
_DISPLACED, _ACROSS = 0.3, 0.45
# share of its box by which a run with the same words covers another one
_COVERS = 0.5

Run = tuple[int, ...]


def runs_of(glyphs: Sequence[Glyph]) -> Iterator[Run]:
    """The indices of characters that follow each other closely in one direction and ink."""
    return _split(glyphs, _goes_on)


def _split(glyphs: Sequence[Glyph], goes_on: Callable[[Glyph, Glyph], bool]) -> Iterator[Run]:
    held: list[int] = []
    for at, glyph in enumerate(glyphs):
        if not glyph.blank:
            if held and not goes_on(glyphs[held[-1]], glyph):
                yield tuple(held)
                held = []
            held.append(at)
    if held:
        yield tuple(held)


def _goes_on(before: Glyph, glyph: Glyph) -> bool:
    """Whether a character is drawn in the ink and direction of the one before, and not far from it."""
    if before.style != glyph.style or abs(before.angle - glyph.angle) > 1:
        return False
    size = 1.5 * max(before.loose[3] - before.loose[1], glyph.loose[3] - glyph.loose[1])
    return abs(before.loose[0] - glyph.loose[0]) < size and abs(before.loose[1] - glyph.loose[1]) < size


def _sweeps_on(before: Glyph, glyph: Glyph) -> bool:
    """Whether a character stands on the line of the one before and right of its beginning, however far."""
    if before.angle or glyph.angle:
        return _goes_on(before, glyph)
    reach = _DISPLACED * (glyph.loose[3] - glyph.loose[1])
    return abs(before.loose[1] - glyph.loose[1]) <= reach and glyph.loose[0] >= before.loose[0] - reach


def without_doubles(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The characters without those that are drawn again in the same place."""
    alike: dict[str, list[tuple[float, float, int]]] = {}
    for at, glyph in enumerate(glyphs):
        if not glyph.blank:
            alike.setdefault(glyph.char, []).append((glyph.loose[0], glyph.loose[1], at))
    doubles = dict[int, int]()
    for places in alike.values():
        if len(places) > 1:
            places.sort()
            doubles.update(_repeated(places, glyphs))
    if not doubles:
        return list(glyphs)
    dropped = set(_drawn_again(list(_split(glyphs, _sweeps_on)), doubles, glyphs))
    return [glyph for at, glyph in enumerate(glyphs) if at not in dropped]


def _repeated(places: Sequence[tuple[float, float, int]], glyphs: Sequence[Glyph]) -> Iterator[tuple[int, int]]:
    """The indices of characters with that of an earlier one below them; places are sorted from left to right."""
    for index, (x, y, at) in enumerate(places):
        box = glyphs[at].loose
        for other_x, other_y, other in places[index + 1 :]:
            if other_x - x > _ACROSS * (box[2] - box[0]):
                break
            if abs(other_y - y) <= _DISPLACED * (box[3] - box[1]):
                yield max(at, other), min(at, other)


def _drawn_again(runs: Sequence[Run], doubles: dict[int, int], glyphs: Sequence[Glyph]) -> Iterator[int]:
    """The indices of the characters to leave out: whole runs that repeat another, else those that lie on others."""
    run_of = {at: run for run in runs for at in run}
    for run in runs:
        again = [at for at in run if at in doubles]
        if not again:
            continue
        below = run_of[doubles[again[0]]]
        if below != run and _words(run, glyphs) == _words(below, glyphs) and _covers(run, below, glyphs):
            yield from run
        else:
            yield from again


def _words(run: Run, glyphs: Sequence[Glyph]) -> str:
    return "".join(glyphs[at].char for at in run)


def _covers(run: Run, other: Run, glyphs: Sequence[Glyph]) -> bool:
    a, b = box_of(run, glyphs), box_of(other, glyphs)
    shared = max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    return shared > _COVERS * (a[2] - a[0]) * (a[3] - a[1])


def box_of(run: Run, glyphs: Sequence[Glyph]) -> Box:
    """The box of the characters of a run, in points."""
    return union([glyphs[at].loose for at in run])
