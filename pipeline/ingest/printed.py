"""What a page of a PDF or OFD shows: characters with their places and inks, pictures, grounds and rules."""

from dataclasses import dataclass
from typing import NamedTuple

from pipeline.ingest.glyphs import Glyphs
from pipeline.ingest.grids import Rule
from pipeline.ingest.places import Box

# brightness (0 to 1) and opacity (0 to 1) of ink that is hardly seen on paper
_WHITE, _CLEAR = 0.98, 0.02


class Ink(NamedTuple):
    """How characters are drawn: brightness (1 is white), opacity (0 to 1), without any ink."""

    brightness: float = 0.0
    opacity: float = 1.0
    inkless: bool = False

    @property
    def is_white(self) -> bool:
        return self.brightness >= _WHITE

    @property
    def is_unseen(self) -> bool:
        """Whether the characters cannot be seen on any ground."""
        return self.inkless or self.opacity <= _CLEAR

    @property
    def is_pale(self) -> bool:
        """Whether the ink is as pale as that of a watermark."""
        return 1 - (1 - self.brightness) * self.opacity > 0.55


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page as shown: its width and height in points, its characters in drawing order, their inks by style, and how many
    characters have no code in their font.

    `exact` says that the places of single characters are stored with the text (edges of lines), and every blank is kept.
    """

    width: float
    height: float
    glyphs: Glyphs
    inks: tuple[Ink, ...]
    unmapped: int = 0
    exact: bool = False


@dataclass(frozen=True, slots=True)
class PageObjects:
    """What a page has besides text: boxes of pictures, of grounds that are not white, its straight rules, number of paths."""

    pictures: tuple[Box, ...]
    grounds: tuple[Box, ...]
    rules: tuple[Rule, ...]
    paths: int

    @property
    def has_drawing(self) -> bool:
        """Whether the page has a picture, a shading or a path, which may be text converted to outlines."""
        return bool(self.pictures or self.grounds or self.paths)


def is_unmapped(char: str) -> bool:
    """Whether a character stands for one that has no code: a replacement or a character for private use."""
    return char == "\ufffd" or "\ue000" <= char <= "\uf8ff"
