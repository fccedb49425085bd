"""The law that a document is judged by."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class LegalContext:
    """The law to apply: as of which day, and with the regional rules of which place (湖南; None: no regional rules).

    With `draft` a paper is judged as what it is to become: 征求意见稿 and the like in its title does not make it no document.
    """

    as_of: date
    place: str | None = None
    draft: bool = False
