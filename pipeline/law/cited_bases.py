"""The legal bases that the rules can name on a day: those of types and authorities, on fair competition, on form, of licences and fees."""

from collections.abc import Iterator
from datetime import date

from pipeline.law.forms import load_form_bases
from pipeline.law.prepared import load_rulebook
from pipeline.law.rulebook import LegalBasis
from pipeline.law.statutory import load_competition_bases, load_statutory


def cited_bases(day: date) -> tuple[tuple[str, str], ...]:
    """Law and article of every basis in force on a day, each once, in the order of the rules; the article may be ""."""
    return tuple(dict.fromkeys(_cited(day)))


def _cited(day: date) -> Iterator[tuple[str, str]]:
    yield from ((basis.law, basis.article) for basis in _dated() if basis.in_force(day))
    for matter in load_statutory():
        # in fees.tsv law and article are one name
        law, mark, article = matter.law.partition("第")
        if matter.since is None or matter.since <= day:
            yield (law.strip("《》"), mark + article) if mark else (law.strip("《》"), matter.article)


def _dated() -> Iterator[LegalBasis]:
    book = load_rulebook()
    for kind in book.types.values():
        yield from kind.bases
    for authority in book.authorities.values():
        yield from authority.bases
    yield from (basis for _, basis in load_competition_bases())
    yield from (row.basis for row in load_form_bases())
