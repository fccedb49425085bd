"""What a page says of the life of its document."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Standing:
    """效力状态 as the information block of a page states it, in its `words`: 有效性：已废止（2025-12-20）.

    `ended` tells how the document has ended by them ("废止" or "失效"), "" if they say that it is in force; `since` is the
    first day on which it no longer applies, None if not stated.
    """

    words: str
    ended: str
    since: date | None
