"""What a part of a web page shows, as lines and table cells."""

from dataclasses import dataclass
from typing import NamedTuple

from pipeline.table_cells import CellPlace


class Line(NamedTuple):
    """A line of a page, or the words of a table cell with its place (`cell`; then with line breaks, "" if it is empty).

    `linked` is how many of its characters are links; `aside` says that it stands in an element beside the content, such as
    navigation. `lead` is what the first element in the line holds, "" if that is all of the line.
    """

    text: str
    linked: int = 0
    aside: bool = False
    cell: CellPlace | None = None
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a part of a page shows: its lines in order, the texts of elements that are not shown, and those struck through, which are
    left out.
    """

    lines: tuple[Line, ...]
    hidden: tuple[str, ...] = ()
    struck: tuple[str, ...] = ()
