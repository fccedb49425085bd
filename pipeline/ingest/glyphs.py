"""The characters of a page as arrays: what they are, where they stand, in which direction and ink they were drawn."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.ingest.places import Box

Array = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Glyph(NamedTuple):
    """A character on the page as shown: its advance box and the box of its ink, in points from the lower left corner.

    `angle` is in degrees counterclockwise, 0 to 360. `style` is an index given by the reader: characters of one style were
    drawn in the same ink. `blank` is True for what has no ink, such as a space or the end of a line.
    """

    char: str
    loose: Box
    tight: Box
    angle: float = 0.0
    style: int = 0
    blank: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Glyphs:
    """Characters in drawing order; the fields are those of `Glyph`, boxes one a row. Of blank ones only `chars` and `loose` count."""

    chars: Sequence[str]
    loose: Array
    tight: Array
    angle: Array
    style: Numbers
    blank: Flags

    def __len__(self) -> int:
        return len(self.chars)

    def __iter__(self) -> Iterator[Glyph]:
        rows = (self.loose.tolist(), self.tight.tolist(), self.angle.tolist(), self.style.tolist(), self.blank.tolist())
        for char, loose, tight, angle, style, blank in zip(self.chars, *rows, strict=True):
            yield Glyph(char, tuple(loose), tuple(tight), angle, style, blank)

    def kept(self, which: Flags) -> "Glyphs":
        """The characters of which `which` is True."""
        if which.all():
            return self
        chars = list(compress(self.chars, which.tolist()))
        return Glyphs(
            chars, self.loose[which], self.tight[which], self.angle[which], self.style[which], self.blank[which]
        )

    def codes(self) -> npt.NDArray[np.uint32]:
        """The code points of the characters, each of which is a single one."""
        return codes_of("".join(self.chars))

    def words(self, places: Iterable[int]) -> str:
        """The characters at some places."""
        return "".join([self.chars[at] for at in places])


def codes_of(text: str) -> npt.NDArray[np.uint32]:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", errors="surrogatepass"), np.uint32)


def glyphs_of(rows: Iterable[Glyph]) -> Glyphs:
    """Characters given one by one, as arrays."""
    held = list(rows)
    return Glyphs(
        [row.char for row in held],
        np.array([row.loose for row in held], np.float64).reshape(-1, 4),
        np.array([row.tight for row in held], np.float64).reshape(-1, 4),
        np.array([row.angle for row in held], np.float64),
        np.array([row.style for row in held], np.int64),
        np.array([row.blank for row in held], np.bool_),
    )


def unions(boxes: Array, starts: Numbers) -> Array:
    """The smallest boxes around boxes that follow each other, from each start to before the next; the first start is 0."""
    low = np.minimum.reduceat(boxes[:, :2], starts)
    high = np.maximum.reduceat(boxes[:, 2:], starts)
    return np.hstack((low, high))
