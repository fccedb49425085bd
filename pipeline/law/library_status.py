"""What the law library holds and lacks on a day: sources, laws that the rules cite and it does not have, and doubts."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from pipeline.law.cited_bases import cited_bases
from pipeline.law.dated_texts import CURRENT
from pipeline.law.law_texts import STATE, Doubt, LawText, standing
from pipeline.law.library import Library
from pipeline.law.statutes import statute_key


@dataclass(frozen=True, slots=True)
class Source:
    """Where texts come from: a package with its version ("" for what people loaded), how many, and the last day of publication."""

    name: str
    texts: int
    day: date | None


@dataclass(frozen=True, slots=True)
class Gap:
    """A law that the rules cite: `articles` are those cited; `whole` if the library has no text of it that is in force on the day."""

    law: str
    articles: tuple[str, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class TextDoubt:
    """A doubt about a text of a law, which took effect on `since` (None: not known)."""

    law: str
    since: date | None
    doubt: Doubt


@dataclass(frozen=True, slots=True)
class LibraryStatus:
    """`laws`, `articles` and `texts` in the library, `in_force` of them on the day; `cited` laws the rules name; gaps and doubts."""

    day: date
    sources: tuple[Source, ...]
    laws: int
    articles: int
    texts: int
    in_force: int
    cited: int
    gaps: tuple[Gap, ...]
    doubts: tuple[TextDoubt, ...]


def status_of(library: Library, day: date) -> LibraryStatus:
    """The status of a library on a day; of one that does not exist everything the rules cite is a gap."""
    texts = library.texts() if library.exists() else ()
    laws, articles = library.count() if library.exists() else (0, 0)
    in_force = standing(texts, day)
    cited = cited_bases(day)
    return LibraryStatus(
        day=day,
        sources=_sources(texts),
        laws=laws,
        articles=articles,
        texts=len(texts),
        in_force=len(in_force),
        cited=len({statute_key(law) for law, _ in cited}),
        gaps=_gaps(library, cited, {text.key for text in in_force}, day),
        doubts=(
            *_marked_early(texts, day),
            *(TextDoubt(text.law, text.since, one) for text in texts for one in text.doubts),
        ),
    )


def _sources(texts: tuple[LawText, ...]) -> tuple[Source, ...]:
    number = Counter(text.source for text in texts)
    last = {
        name: max((text.promulgated for text in texts if text.source == name and text.promulgated), default=None)
        for name in number
    }
    return tuple(Source(name, count, last[name]) for name, count in sorted(number.items(), reverse=True))


def _gaps(library: Library, cited: tuple[tuple[str, str], ...], there: set[str], day: date) -> tuple[Gap, ...]:
    named = [(law, article) for law, article in cited if article.startswith("第") and "条" in article]
    words = library.words_of([one for one in named if statute_key(one[0]) in there], day)
    missing: dict[str, dict[str, str]] = {}
    for law, article in cited:
        key = statute_key(law)
        if key not in there or words.get((law, article)) == ():
            missing.setdefault(key, {"": law})[article] = law
    return tuple(
        Gap(found[""], tuple(article for article in found if article), key not in there)
        for key, found in missing.items()
    )


def _marked_early(texts: tuple[LawText, ...], day: date) -> tuple[TextDoubt, ...]:
    """Texts that their package marks as in force although they take effect after the day of its data, and after the day."""
    data = max((text.promulgated for text in texts if text.source and text.promulgated), default=day)
    day = max(day, data)
    says = "数据包标为现行有效，{}才施行，此前不作为现行条文显示"
    return tuple(
        TextDoubt(text.law, text.since, Doubt(STATE, says.format(text.since)))
        for text in texts
        if text.state == CURRENT and text.since and text.since > day
    )
