"""Regular expressions that are compiled at their first use: of thousands, a document needs only a few dozen."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Pattern:
    """A regular expression compiled at its first `search` or `finditer`, which are then the compiled methods."""

    pattern: str

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    @cached_property
    def search(self) -> Callable[..., re.Match[str] | None]:
        return self.compiled.search

    @cached_property
    def finditer(self) -> Callable[..., Iterator[re.Match[str]]]:
        return self.compiled.finditer


def checked(pattern: str) -> Pattern:
    """A pattern compiled at once to check it. Raises `re.error` if it is invalid."""
    made = Pattern(pattern)
    _ = made.compiled
    return made
