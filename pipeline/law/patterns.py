"""Regular expressions that are compiled when they are first looked for: of thousands, one document needs a few dozen."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Pattern:
    """The text of a regular expression. `search` and `finditer` compile it once, and are the compiled methods from then on."""

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
    """A pattern that was compiled at once. Raises `re.error` where it is broken."""
    made = Pattern(pattern)
    _ = made.compiled
    return made
