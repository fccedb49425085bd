"""What the public is told about a published document: the facts of the published version as they were when it was published.

A later version, and what people corrected or concluded later, is not part of it until the document is published again.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import Exists, F, OuterRef

from pipeline.review.decisions.checklists import CONTINUED
from pipeline.review.models import Conclusion, Correction, Item, Version
from pipeline.review.queue.store import place_of
from pipeline.review.queue.validity import commencement_of, expiry_by_commencement, expiry_by_day_made
from pipeline.review.search.index import with_words
from pipeline.review.search.terms import YEAR, Term, parts_of, regex_of, terms_of, years_of

# conclusions by which a document may be published
ALLOWING = ("准予备案", CONTINUED)
_CHUNK = 500


class Force(StrEnum):
    """Whether a published document is in force on a day, in the words of the public pages."""

    IN_FORCE = "现行有效"
    LAPSED = "已失效"
    NOT_YET = "尚未施行"
    OPEN = "有效性待确认"


@dataclass(frozen=True, slots=True)
class Edition:
    """A version of an item at a moment: what people corrected and concluded after `until` does not count."""

    item: int
    version: int
    until: datetime


@dataclass(frozen=True, slots=True)
class PublicFacts:
    """The facts of an edition that the public sees; None and "" where the document does not state them.

    `version` is the number of the version (第几版), `outcome` the conclusion at that moment, which is not shown but decides
    what may be said about validity. `expires` is the last day in force.
    """

    item: int
    version: int
    title: str
    number: str
    issuers: str
    place: str
    genre: str
    made: date | None
    published: date | None
    effective: date | None
    expires: date | None
    outcome: str
    released: datetime

    @property
    def issuer(self) -> str:
        """The first of the issuers."""
        return self.issuers.split("、")[0]

    @property
    def day(self) -> date | None:
        """The day by which documents are sorted and put into years: 成文日期, else 公布日期."""
        return self.made or self.published


def in_chinese(day: date) -> str:
    """2027-03-01 as 2027年3月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def force(facts: PublicFacts, today: date) -> Force:
    """Whether a document is in force on a day, by its stored dates and never by a state that was stored on another day."""
    if facts.effective and facts.effective > today:
        return Force.NOT_YET
    if facts.expires:
        return Force.LAPSED if facts.expires < today else Force.IN_FORCE
    return Force.IN_FORCE if facts.outcome in ALLOWING else Force.OPEN


def validity_words(facts: PublicFacts, today: date) -> str:
    """The validity of a document on a day as a Chinese phrase: 现行有效，有效期至2027年3月1日."""
    found = force(facts, today)
    if found is Force.NOT_YET and facts.effective:
        return f"尚未施行，自{in_chinese(facts.effective)}起施行"
    if found is Force.LAPSED and facts.expires:
        return f"已于{in_chinese(facts.expires)}届满失效"
    if found is Force.OPEN:
        return "没有载明有效期，有效性待确认"
    if facts.expires:
        return f"现行有效，有效期至{in_chinese(facts.expires)}"
    return "现行有效" if facts.outcome == CONTINUED else "现行有效（没有载明有效期）"


def edition_of(item: Item) -> Edition | None:
    """The published edition of an item; None where it is not published."""
    if not item.public or item.public_version_id is None or item.published_at is None:
        return None
    return Edition(item.pk, item.public_version_id, item.published_at)


def public_facts(edition: Edition) -> PublicFacts:
    """The facts of one edition. Raises `KeyError` where its version does not exist."""
    return facts_of([edition])[edition]


def facts_of(editions: Iterable[Edition]) -> dict[Edition, PublicFacts]:
    """The facts of many editions; those whose version no longer exists are missing."""
    wanted = list(editions)
    found: dict[Edition, PublicFacts] = {}
    for at in range(0, len(wanted), _CHUNK):
        found.update(_load(wanted[at : at + _CHUNK]))
    return found


def _load(editions: Sequence[Edition]) -> Iterator[tuple[Edition, PublicFacts]]:
    items = [edition.item for edition in editions]
    columns = ("masthead", "effective", "term")
    rows = Version.objects.filter(pk__in=[edition.version for edition in editions]).values(
        "pk", "sequence", "place", "dossier__labels__genre", "dossier__assessment__validity",
        *(f"dossier__document__{name}" for name in columns),
    )  # fmt: skip
    versions = {row["pk"]: row for row in rows}
    corrections = _by_item(Correction.objects.filter(item__in=items).order_by("id"))
    conclusions = _by_item(Conclusion.objects.filter(item__in=items).order_by("id"))
    for edition in editions:
        row = versions.get(edition.version)
        if row is None:
            continue
        corrected = {made.field: made.value for made in corrections.get(edition.item, ()) if made.made <= edition.until}
        outcomes = [made.outcome for made in conclusions.get(edition.item, ()) if made.made <= edition.until]
        yield edition, _facts(edition, row, corrected, outcomes[-1] if outcomes else "")


def _by_item(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.item_id, []).append(row)
    return found


def _facts(edition: Edition, row: Mapping[str, Any], corrected: Mapping[str, str], outcome: str) -> PublicFacts:
    masthead = row["dossier__document__masthead"]
    issuers = corrected.get("issuers") or "、".join(issuer["value"] for issuer in masthead["issuers"])
    made = _day(corrected.get("made") or _value(masthead["made"]))
    published = _day(_value(masthead["published"]))
    return PublicFacts(
        item=edition.item,
        version=row["sequence"],
        title=_printable(corrected.get("title") or _value(masthead["title"])),
        number=_printable(corrected.get("number") or _value(masthead["number"])),
        issuers=_printable(issuers),
        place=place_of(issuers, row["place"] or None),
        genre=corrected.get("genre") or row["dossier__labels__genre"],
        made=made,
        published=published,
        effective=_day(corrected.get("effective") or "")
        or commencement_of(row["dossier__document__effective"], published or made),
        expires=_expires(row, corrected),
        outcome=outcome,
        released=edition.until,
    )


def _expires(row: Mapping[str, Any], corrected: Mapping[str, str]) -> date | None:
    """The last day in force: a person's word on it, else what follows from a corrected 施行日期 or 成文日期, else what the program computed."""
    if corrected.get("expires"):
        return _day(corrected["expires"])
    validity = row["dossier__assessment__validity"]
    document = {name: row[f"dossier__document__{name}"] for name in ("masthead", "effective", "term")}
    made, began = _day(corrected.get("made") or ""), _day(corrected.get("effective") or "")
    if began:
        return expiry_by_commencement(document, validity, began) or _day(validity["expires"] or "")
    return (expiry_by_day_made(document, validity, made) if made else None) or _day(validity["expires"] or "")


def _value(fact: Mapping[str, Any] | None) -> str:
    return str(fact["value"]) if fact else ""


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _printable(text: str) -> str:
    """A text without line breaks and without characters that XML does not allow."""
    return "".join(char for char in text if char.isprintable())


# facts by edition and analysis: they change only when a version is analysed anew
_known: dict[tuple[Edition, str, date], PublicFacts] = {}


def published_documents() -> list[PublicFacts]:
    """The facts of all published documents, newest first.

    They are kept in memory, since reading the dossiers of thousands of documents takes seconds.
    """
    rows = Item.objects.filter(public=True, public_version__isnull=False, published_at__isnull=False).values_list(
        "pk", "public_version_id", "published_at", "public_version__engine", "public_version__as_of"
    )
    keys = [(Edition(pk, version, at), engine, day) for pk, version, at, engine, day in rows if version and at]
    missing = {key[0]: key for key in keys if key not in _known}
    for edition, facts in facts_of(missing).items():
        _known[missing[edition]] = facts
    for old in set(_known).difference(keys):
        _known.pop(old, None)
    return newest_first(found for key in keys if (found := _known.get(key)))


def newest_first(found: Iterable[PublicFacts]) -> list[PublicFacts]:
    """Documents by 成文日期 (else 公布日期), the newest first; those without a date last."""
    return sorted(found, key=lambda facts: (facts.day or date.min, facts.item), reverse=True)


def matching(found: Sequence[PublicFacts], query: str) -> list[PublicFacts]:
    """The documents of `found` that match a search line (`terms_of`) in what the public sees.

    The search index holds the current versions and facts, so documents with a later version or correction are compared with
    their published text instead.
    """
    terms = terms_of(query)
    if not terms:
        return list(found)
    later = Correction.objects.filter(item=OuterRef("pk"), made__gt=OuterRef("published_at"))
    unchanged = Item.objects.filter(public=True, public_version=F("current")).exclude(Exists(later))
    indexed = set(unchanged.values_list("pk", flat=True))
    hits = set(with_words(unchanged, query, whole=True).values_list("pk", flat=True))
    changed = [facts.item for facts in found if facts.item not in indexed]
    texts = dict(Item.objects.filter(pk__in=changed, public=True).values_list("pk", "public_version__text"))
    return [
        facts
        for facts in found
        if facts.item in hits
        or (facts.item in texts and all(_matches(term, facts, texts[facts.item] or "") for term in terms))
    ]


def _matches(term: Term, facts: PublicFacts, text: str) -> bool:
    if term.field == YEAR:
        spans = [years for years in map(years_of, term.words) if years]
        return term.without != any(facts.day and first <= facts.day.year <= last for first, last in spans)
    fields = {
        "title": facts.title,
        "number": facts.number,
        "issuers": facts.issuers,
        "place": facts.place,
        "genre": facts.genre,
        "text": text,
    }
    searched = [fields[term.field]] if term.field else [facts.title, facts.number, facts.issuers, text]
    words = [regex_of(parts) for parts in map(parts_of, term.words) if parts]
    return not words or term.without != any(re.search(word, field) for word in words for field in searched)
