"""引用与被引: what a paper names and where that is in the queue, and which papers of the queue name it."""

from dataclasses import dataclass

from django.db.models import QuerySet

from pipeline.review.dossiers import family_of
from pipeline.review.models import Item
from pipeline.review.search import with_words

_MOST = 30
# a number shorter than this is found everywhere
_LEAST = 6


@dataclass(frozen=True, slots=True)
class Link:
    """A paper that is named: title, number (""), role, and the item that it is, None where the queue has none."""

    title: str
    number: str
    role: str
    item: Item | None


def cited_by(item: Item, among: "QuerySet[Item]") -> list[Item]:
    """The papers of `among` whose text names the number of an item, where it has none its title in 《》."""
    wanted = item.number if len(item.number) >= _LEAST else f"《{item.title}》" if item.title else ""
    if not wanted or '"' in wanted:
        return []
    found = with_words(among.exclude(pk=item.pk), f'正文:"{wanted}"', whole=True)
    return list(found.order_by("-pk")[:_MOST])


def cites(item: Item, among: "QuerySet[Item]") -> list[Link]:
    """What an item cites, each paper once, with the item of `among` that has its number, else its title."""
    version = item.current
    named: dict[tuple[str, str], str] = {}
    family = family_of(version.dossier["document"]) if version else ()
    for told in (told for member in family for told in member.get("citations", ())):
        if told["target"] != "本件":
            named.setdefault((told["title"], told["number"] or ""), told["role"])
    numbers = [number for _, number in named if number]
    titles = [title for title, number in named if not number]
    by_number = {held.number: held for held in among.filter(number__in=numbers).exclude(pk=item.pk)}
    by_title = {held.title: held for held in among.filter(title__in=titles).exclude(pk=item.pk)}
    return [
        Link(title, number, role, by_number.get(number) if number else by_title.get(title))
        for (title, number), role in list(named.items())[: 2 * _MOST]
    ]
