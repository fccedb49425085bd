"""What a check yields."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong, in Chinese with the way out; a `hint` should be known and is no fault."""

    words: str
    hint: bool = False


# the number of things that a portion looked at, or a fault
Step = int | Fault


@dataclass(frozen=True, slots=True)
class Check:
    """A check: its name in Chinese, and a generator over the steps on a home folder."""

    name: str
    steps: Callable[[Path], Iterator[Step]]
