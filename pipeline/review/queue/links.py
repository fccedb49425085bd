"""引用与被引: what a paper names and where that is in the queue, which papers of the queue name it, and which are like it."""

import re
from dataclasses import dataclass

from django.db.models import QuerySet

from pipeline.review.models import Item
from pipeline.review.queue.dossiers import family_of
from pipeline.review.search.index import with_words

_MOST = 30
# a number shorter than this is found everywhere
_LEAST = 6
# what titles of all papers consist of, besides what they are about
_USUAL = re.compile(
    r"[\u4e00-\u9fff]{2,20}?(?:人民政府办公室|人民政府|委员会|办公室|[厅局委])(?=关于)|关于|印发|转发|修订|进一步|加强|做好|规范|调整|公布"
    r"|[的和与]|通知|意见|公告|决定|通告|管理|暂行|试行|实施|工作|有关|事项|办法|规定|细则|方案|[《》〈〉（）()\s]"
)
_PLACE = re.compile(r"^[\u4e00-\u9fff]{2,7}?(?:自治区|自治州|[省市县区州])")
_CANDIDATES, _READ, _ALIKE = 300, 3000, 0.15


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


def like(item: Item, among: "QuerySet[Item]", count: int = 8) -> list[tuple[float, Item]]:
    """The papers of `among` on the same matter: some characters of the title in common, then by their texts' pairs of characters.

    Likeness is the share of pairs that both texts hold, 0 to 1, of those that either holds.
    """
    runs = [_PLACE.sub("", run) for run in _USUAL.split(item.title)]
    pieces = dict.fromkeys(run[at : at + 3] for run in runs if len(run) > 1 for at in range(max(len(run) - 2, 1)))
    if not pieces or item.current is None:
        return []
    asked = "题名:" + "|".join(piece for piece in pieces if "|" not in piece)
    held = with_words(among.exclude(pk=item.pk).exclude(current=None), asked, whole=False)
    own = _pairs(item.current.text)
    scored = [
        (round(len(own & other) / len(own | other), 3), found)
        for found in held.select_related("current").order_by("-pk")[:_CANDIDATES]
        if found.current is not None and (other := _pairs(found.current.text))
    ]
    return sorted((pair for pair in scored if pair[0] >= _ALIKE), key=lambda pair: (-pair[0], pair[1].pk))[:count]


def _pairs(text: str) -> frozenset[str]:
    packed = "".join(text[:_READ].split())
    return frozenset(packed[at : at + 2] for at in range(len(packed) - 1))
