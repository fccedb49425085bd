"""Ranges of a text, and the light dataclass of which there are very many."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def light_dataclass(cls: type[T]) -> type[T]:
    """Make a dataclass that is frozen to type checkers only; without the run-time check an instance costs half as much."""
    return dataclass(slots=True, unsafe_hash=True)(cls)


@light_dataclass
class Span:
    """A half-open range of a text, in code points."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end

    def cut(self, text: str) -> str:
        return text[self.start : self.end]

    def sentence(self, text: str) -> "Span":
        """The span of the enclosing sentence, bounded by 。, ； or line breaks; the closing mark is not included."""
        start = max(text.rfind(mark, 0, self.start) for mark in "。；\n") + 1
        ends = [at for mark in "。；\n" if (at := text.find(mark, self.end)) >= 0]
        return Span(start, min(ends, default=len(text)))
