"""What is read from the database once while a page is made, however many parts of the page ask for it."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")
_found: ContextVar[dict[Hashable, object] | None] = ContextVar("found", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """A time in which nothing is written: what functions that are marked `once` find is kept until its end, and never longer."""
    before = _found.set({})
    try:
        yield
    finally:
        _found.reset(before)


def is_reading() -> bool:
    """Whether a page is being made, inside `reading`."""
    return _found.get() is not None


def once(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Decorator of a function that only reads: inside `reading` it reads once for the same arguments; elsewhere each time.

    Its arguments are hashable, and what it returns is not changed by its callers.
    """

    @wraps(function)
    def kept(*args: _P.args, **named: _P.kwargs) -> _R:
        found = _found.get()
        if found is None:
            return function(*args, **named)
        key = (function, args, tuple(sorted(named.items())))
        if key not in found:
            found[key] = function(*args, **named)
        return found[key]  # type: ignore[return-value]

    return kept
