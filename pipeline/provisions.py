"""What a document says of itself and of others: citations, repeals, amendments, tasks, commencement and term."""

from dataclasses import dataclass
from datetime import date

from pipeline.spans import Span


@dataclass(frozen=True, slots=True)
class Citation:
    """A reference in the text to another instrument, or to this document itself.

    `title` is without 《》; `number` is its 发文字号 where given; `article` reads 第四十六条 or
    第八条第一款. `target` is "本件" for a reference to the document itself.
    """

    title: str
    number: str | None
    article: str | None
    span: Span
    target: str
    role: str


@dataclass(frozen=True, slots=True)
class Repeal:
    """废止 declared by this document: title (or description) and number of what ends, and the day; a title or a number is given."""

    title: str | None
    number: str | None
    span: Span
    day: date | None


@dataclass(frozen=True, slots=True)
class Amendment:
    """修改 or 延长 declared by this document, of another that it names by title or number.

    `part` is what is changed or ends (第十二条), None for the whole; `since` the first day where stated. `until` is the new
    last day of a prolonged document, `years` the length by which its last day is moved, or with `anew` the length from this disposition.
    """

    kind: str
    title: str | None
    number: str | None
    span: Span
    until: date | None
    part: str | None = None
    since: date | None = None
    years: float | None = None
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """A 任务 with its 责任单位 and 时限, each in the wording of the document."""

    what: Span
    units: tuple[str, ...]
    deadline: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Effective:
    """施行日期: a fixed `day`, or `on_publication` (自公布之日起), or a delay after publication in days, months or working days."""

    day: date | None
    on_publication: bool
    delay_days: int | None
    span: Span
    delay_months: int | None = None
    delay_working_days: int | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """有效期: stated length in years (1.5 is a year and six months) or days, and stated first and last day.

    `provisional` for 暂行/试行; None where not stated.
    """

    years: float | None
    last_day: date | None
    provisional: bool
    span: Span
    days: int | None = None
    first_day: date | None = None
