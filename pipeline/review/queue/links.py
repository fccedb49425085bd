"""引用与被引: the documents that an item cites, the items that cite it, and items with a similar text."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from pipeline.law import name_key
from pipeline.review.models import Item
from pipeline.review.queue.dossiers import with_attached_texts
from pipeline.review.queue.rivals import title_key
from pipeline.review.queue.validity import validity_of
from pipeline.review.search.index import with_words

_MAX_LINKS = 30
# shorter document numbers would match everywhere (code points)
_MIN_NUMBER_LENGTH = 6
# parts of titles that say nothing about the subject of a document
_BOILERPLATE = re.compile(
    r"[\u4e00-\u9fff]{2,20}?(?:人民政府办公室|人民政府|委员会|办公室|[厅局委])(?=关于)|关于|印发|转发|修订|进一步|加强|做好|规范|调整|公布"
    r"|[的和与]|通知|意见|公告|决定|通告|管理|暂行|试行|实施|工作|有关|事项|办法|规定|细则|方案|[《》〈〉（）()\s]"
)
_PLACE = re.compile(r"^[\u4e00-\u9fff]{2,7}?(?:自治区|自治州|[省市县区州])")
_MAX_CANDIDATES, _MAX_CODE_POINTS, _LEAST_SIMILARITY = 300, 3000, 0.15


@dataclass(frozen=True, slots=True)
class Link:
    """A cited document: title, number ("" where none is given), role of the citation or what is done to it (废止, 修改第七条), and its item, None where the queue has none."""

    title: str
    number: str
    role: str
    item: Item | None

    @property
    def validity(self) -> str:
        """The validity of its item, "" where the queue has none."""
        return validity_of(self.item) if self.item else ""


def cited_by(item: Item, among: "QuerySet[Item]") -> list[Item]:
    """Items of `among` whose text contains the number of `item`, or, where it has none, its title in 《》; newest first, 30 at most."""
    wanted = item.number if len(item.number) >= _MIN_NUMBER_LENGTH else f"《{item.title}》" if item.title else ""
    if not wanted or '"' in wanted:
        return []
    found = with_words(among.exclude(pk=item.pk), f'正文:"{wanted}"', whole=True).select_related("current")
    return [other for other in found.order_by("-pk")[: 2 * _MAX_LINKS] if _is_other(other, item)][:_MAX_LINKS]


def _is_other(other: Item, item: Item) -> bool:
    """Whether an item whose text contains the number or title of another one names that one: a copy of the same paper names only itself."""
    same = other.number == item.number if item.number else name_key(other.title) == name_key(item.title)
    return not same or any(_means(named, item, other) for named in _named_in(other))


def effect_on(other: Item, item: Item) -> str:
    """What one item declares of another that it names, in Chinese: 废止第七条, 修改第七条; "" where it only cites it."""
    return _effects(named for named in _named_in(other) if _means(named, item, other))


def _named_in(item: Item) -> Iterator[Mapping[str, Any]]:
    """What the current version of an item cites, repeals or changes, without itself; what it does stands under "effect"."""
    for member in with_attached_texts(item.current.dossier["document"]) if item.current else ():
        yield from (citation for citation in member.get("citations", ()) if citation["target"] != "本件")
        yield from ({**repeal, "effect": "废止"} for repeal in member.get("repeals", ()))
        yield from ({**amendment, "effect": amendment["kind"]} for amendment in member.get("amendments", ()))


def _means(named: Mapping[str, Any], item: Item, by: Item) -> bool:
    """Whether what `by` names is an item: by its number, else by its title where one of the two numbers is not known."""
    number, title = named.get("number"), named.get("title")
    if number and item.number:
        return bool(number == item.number)
    if not title:
        return False
    return (not number and title == item.title) or (title_key(title) in _titles(item) and _may_know(by, item))


def _titles(item: Item) -> set[str]:
    """The keys of the title of an item, and of what it issues: 《犬类管理办法》 is the notice that issues it."""
    members = with_attached_texts(item.current.dossier["document"]) if item.current else ()
    attached = (member["masthead"]["title"] for member in list(members)[1:])
    return {key for title in (item.title, *(each["value"] for each in attached if each)) if (key := title_key(title))}


def _may_know(by: Item, item: Item) -> bool:
    """Whether a paper can mean another by its title: they have an issuer or the place in common, or the issuers of one are not known."""
    ours, theirs = set(by.issuers.split("、")), set(item.issuers.split("、"))
    return not (by.issuers and item.issuers) or bool(ours & theirs) or bool(by.place and by.place == item.place)


def _effects(every: Iterable[Mapping[str, Any]]) -> str:
    """What is declared, each effect with its part, once."""
    return "、".join(
        dict.fromkeys(f"{named['effect']}{named.get('part') or ''}" for named in every if named.get("effect"))
    )


def cites(item: Item, among: "QuerySet[Item]") -> list[Link]:
    """The documents that `item` cites, each once, with the item of `among` that is meant; 60 at most."""
    version = item.current
    cited: dict[tuple[str, str], str] = {}
    done: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for named in _named_in(item) if version else ():
        key = (named["title"] or "", named["number"] or "")
        if named.get("effect"):
            done[key].append(named)
        cited.setdefault(key, named.get("role", ""))
    for key, effects in done.items():
        # a text names a document once with its number and then without: what is done to it holds for both
        for other in (other for other in cited if other == key or (other[0] == key[0] and "" in (other[1], key[1]))):
            cited[other] = _effects(effects)
    known = list(cited.items())[: 2 * _MAX_LINKS]
    found = _items_of([key for key, _ in known], item, among)
    return [Link(title, number, role, found.get((title, number))) for (title, number), role in known]


def _items_of(
    cited: Sequence[tuple[str, str]], item: Item, among: "QuerySet[Item]"
) -> dict[tuple[str, str], Item | None]:
    """The item of each document that an item cites by title and number: of that number, else the only one of that title that may be meant."""
    others = among.exclude(pk=item.pk)
    by_number = {found.number: found for found in others.filter(number__in=[number for _, number in cited if number])}
    titled: dict[str, list[Item]] = defaultdict(list)
    for found in others.filter(title__in=[title for title, _ in cited if title]):
        titled[found.title].append(found)
    return {
        (title, number): by_number.get(number) or _of_title(titled[title], item, number=number)
        for title, number in cited
    }


def _of_title(titled: Sequence[Item], item: Item, *, number: str) -> Item | None:
    """The item of a title that a paper means; where the paper gives a number, the only one without a number whose issuers agree."""
    if not number:
        return titled[-1] if titled else None
    meant = [found for found in titled if not found.number and _may_know(item, found)]
    return meant[0] if len(meant) == 1 else None


def similar_items(item: Item, among: "QuerySet[Item]", count: int = 8) -> list[tuple[float, Item]]:
    """Items of `among` on the same subject, each with its similarity (0 to 1), most similar first.

    Candidates share three characters of the subject of the title; similarity is the Jaccard index of the character bigrams of
    the first 3000 code points of both texts, and at least 0.15.
    """
    runs = [_PLACE.sub("", run) for run in _BOILERPLATE.split(item.title)]
    pieces = dict.fromkeys(run[at : at + 3] for run in runs if len(run) > 1 for at in range(max(len(run) - 2, 1)))
    if not pieces or item.current is None:
        return []
    query = "题名:" + "|".join(piece for piece in pieces if "|" not in piece)
    candidates = with_words(among.exclude(pk=item.pk).exclude(current=None), query, whole=False)
    own = _pairs(item.current.text)
    scored = [
        (round(len(own & other) / len(own | other), 3), found)
        for found in candidates.select_related("current").order_by("-pk")[:_MAX_CANDIDATES]
        if found.current is not None and (other := _pairs(found.current.text))
    ]
    return sorted((pair for pair in scored if pair[0] >= _LEAST_SIMILARITY), key=lambda pair: (-pair[0], pair[1].pk))[
        :count
    ]


def _pairs(text: str) -> frozenset[str]:
    packed = "".join(text[:_MAX_CODE_POINTS].split())
    return frozenset(packed[at : at + 2] for at in range(len(packed) - 1))
