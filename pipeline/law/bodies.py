"""Bodies (机构): national bodies with their short names, and dated reforms that abolished or renamed bodies."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from pipeline.law.files import read_tsv


@dataclass(frozen=True, slots=True)
class Body:
    """A body: full and short names, level, the day it ceased to exist (None while it exists), and its successor.

    `tag` is the reliability of the fact (V, M-H, …), `note` a remark in Chinese or "".
    """

    names: tuple[str, ...]
    level: str
    until: date | None
    successor: str
    tag: str
    note: str

    @property
    def confirmed(self) -> bool:
        """Whether the fact was verified in a text or is known with high confidence (tags V, M-H)."""
        return self.tag in ("V", "M-H")


@cache
def load_bodies() -> tuple[Body, ...]:
    """All bodies of `rules/bodies.tsv`."""
    return tuple(
        Body(
            tuple(row["names"].split("|")),
            row["level"],
            date.fromisoformat(row["until"]) if row["until"] else None,
            row["successor"],
            row["tag"],
            row["note"],
        )
        for row in read_tsv("bodies.tsv")
    )


@cache
def national_names() -> frozenset[str]:
    """Names and short names of national bodies, past and present."""
    return frozenset(name for body in load_bodies() for name in body.names if body.level == "国家")
