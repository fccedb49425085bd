"""The rows of one item of the queue, by table; texts that are missing are None in every column."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pipeline.analysis.burden import burden
from pipeline.analysis.columns import TABLES
from pipeline.document import Block, BlockKind, SourceText, Span
from pipeline.law.levels import seat_of
from pipeline.law.places import province_of
from pipeline.parse.figure_tables import figures_in
from pipeline.parse.figures import change_of, is_report, topic_of, year_of
from pipeline.register.catalogues import Catalogue, Entry, catalogue_in, may_hold_catalogue
from pipeline.register.keys import number_in
from pipeline.review.queue.dossiers import with_attached_texts
from pipeline.review.queue.filters import GROUPS
from pipeline.review.queue.findings import ALARMS
from pipeline.table_cells import CellPlace

_YEAR_OF_NUMBER = re.compile(r"[〔\[（(]((?:19|20)[0-9]{2})[〕\]）)]|((?:19|20)[0-9]{2})年第")
# result of a catalogue → kind of relation
_ENDS = {"repeal": "废止", "lapse": "失效"}


# table → names of its columns, without that of the item
_WANTED = {table: [name for name, _, _ in columns if name != "item"] for table, columns in TABLES.items()}


def with_related(items: Any) -> Any:
    """A query of items that fetches with them what their rows need, in one query a kind instead of one an item."""
    return items.select_related("current").prefetch_related(
        "decisions__batch", "conclusions", "corrections", "current__findings"
    )


def rows_of(item: Any) -> dict[str, list[dict[str, Any]]]:
    """The rows of one item by table, each with all columns; its current version must be set."""
    return {
        table: [{"item": item.pk, **{name: _stated(row.get(name)) for name in _WANTED[table]}} for row in rows]
        for table, rows in parts_of(item).items()
    }


def parts_of(item: Any) -> dict[str, Iterable[Mapping[str, Any]]]:
    """What the rows of one item state, by table: without `item`, with further keys, and with missing columns and empty texts for None."""
    from pipeline.review.queue.validity import told_dossier

    version = item.current
    dossier, text = version.dossier, version.text
    documents, assessment = list(with_attached_texts(dossier["document"])), told_dossier(item)["assessment"]
    catalogue = _catalogue(version, documents)
    listed = catalogue.entries if catalogue else ()
    return {
        "documents": [_document(item)],
        "clauses": _clauses(documents, text),
        "findings": _findings(item),
        "citations": (_with_offsets(citation) for document in documents for citation in document["citations"]),
        "relations": [*_relations(documents, listed), *_of_catalogue(documents, listed)],
        "validity": _validity(item),
        "tasks": (
            {**_with_offsets(task), "units": "、".join(task["units"]), "text": _cut(task["span"], text)}
            for document in documents for task in document["tasks"]
        ),
        "indicators": ({**each, "reasons": "；".join(each["reasons"])} for each in assessment["cleanup"]["indicators"]),
        "figures": _figures(item.title, version),
        "decisions": (_decision(decision) for decision in item.decisions.all()),
    }  # fmt: skip


def _by_key(row: Any) -> int:
    key: int = row.pk
    return key


def _stated(value: Any) -> Any:
    """A value, None for an empty text: what is missing is missing in one way."""
    return None if value == "" else value


def _with_offsets(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of a dossier with its span as `start` and `end`, in code points of the text."""
    span = entry["span"]
    return {**entry, "start": span["start"], "end": span["end"]}


def _cut(span: Mapping[str, int], text: str) -> str:
    return text[span["start"] : span["end"]]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _document(item: Any) -> dict[str, Any]:
    from pipeline.review.queue.validity import expiry_of, told_dossier, validity_of, without_validity

    version = item.current
    made, published, began = _days_that_count(item)
    applied = began if began and began <= version.as_of and not without_validity(item) else None
    year, year_source = _year(made, published, applied, item.number)
    # the place that was stated with the file names the province where the issuer does not (临溪县水利局, 湖南)
    seat = seat_of(item.issuer, item.place if province_of(item.place) else version.place)
    attached = list(with_attached_texts(version.dossier["document"]))[1:]
    conclusions = sorted(item.conclusions.all(), key=_by_key)
    return {
        **{name: getattr(item, name) for name in ("name", "title", "number", "issuer", "issuers", "place", "genre", "norm_level")},
        **{name: getattr(item, name) for name in ("is_normative", "risk", "kind", "status", "due")},
        "alarms": sum(found.severity in ALARMS and not found.softened for found in version.findings.all()),
        "expires": expiry_of(item), "validity": validity_of(item, version.as_of),
        "digest": version.original_id, "format": version.dossier["source"]["format"], "made": made,
        "year": year, "year_source": year_source, "level": seat.level, "province": seat.province, "city": seat.city, "district": seat.district,
        "attached": [each["masthead"]["title"]["value"] for each in attached if each["masthead"]["title"]],
        "published": published, "effective": None if without_validity(item) else began, "cleanup": told_dossier(item)["assessment"]["cleanup"]["outcome"],
        "conclusion": conclusions[-1].outcome if conclusions else None, "received": item.created.date(), "as_of": version.as_of,
        "engine": version.engine, **burden(version.text),
    }  # fmt: skip


def _days_that_count(item: Any) -> tuple[date | None, date | None, date | None]:
    """The days of `_days` for an item, as people corrected them."""
    made, published, began = _days(item.current.dossier["document"])
    corrected = {correction.field: correction.value for correction in sorted(item.corrections.all(), key=_by_key)}
    return _day(corrected.get("made")) or made, published, _day(corrected.get("effective")) or began


def _days(document: Mapping[str, Any]) -> tuple[date | None, date | None, date | None]:
    """The days on which a document was made, published and took effect; None where unknown."""
    masthead, effective = document["masthead"], document["effective"]
    made, published = (_day(masthead[name]["value"]) if masthead[name] else None for name in ("made", "published"))
    if not effective:
        return made, published, None
    return made, published, _day(effective["day"]) or (published or made if effective["on_publication"] else None)


def _year(made: date | None, published: date | None, began: date | None, number: str) -> tuple[int | None, str | None]:
    """The year of a document, and what it was taken from; (None, None) where nothing tells it.

    That is the year in which it was made. `began` is the day from which it applies, None as long as it does not: the
    year in which a draft or a new paper will apply is not its year.
    """
    if made or published:
        return (made.year, "成文") if made else (published.year if published else None, "公布")
    match = _YEAR_OF_NUMBER.search(number)
    if match:
        return int(match[1] or match[2]), "文号"
    return (began.year, "施行") if began else (None, None)


def _validity(item: Any) -> Iterator[dict[str, Any]]:
    """The validity that counts today; none of what is not issued."""
    from pipeline.review.queue.validity import told_validity, without_validity

    if without_validity(item):
        return
    version = item.current
    validity = told_validity(item, version.dossier["assessment"]["validity"], version.as_of)
    span, expires = validity["span"], _day(validity["expires"])
    yield {
        "state": validity["state"], "rule": validity["rule"], "reasons": "；".join(validity["reasons"]), "expires": expires, "as_of": version.as_of,
        "began": _days_that_count(item)[2], "left": (expires - version.as_of).days if expires else None,
        **({"start": span["start"], "end": span["end"], "text": _cut(span, version.text)} if span else {}),
    }  # fmt: skip


def _clauses(documents: Sequence[Mapping[str, Any]], text: str) -> Iterator[dict[str, Any]]:
    order = 0
    for document in documents:
        first = order
        for order, clause in enumerate(document["clauses"], first):
            start, end = clause["span"]["start"], clause["span"]["end"]
            parent = None if clause["parent"] is None else first + clause["parent"]
            yield {**clause, "start": start, "end": end, "order": order, "parent": parent, "text": text[start:end]}
        order = first + len(document["clauses"])


def _findings(item: Any) -> Iterator[dict[str, Any]]:
    from pipeline.review.decisions.agreement import counts, effective_verdicts

    decisions = effective_verdicts(filter(counts, item.decisions.all()))
    for finding in sorted(item.current.findings.all(), key=lambda finding: (finding.start, finding.pk)):
        decision = decisions.get(finding.key)
        yield {
            **finding.content, "key": finding.key, "type": finding.type, "severity": finding.severity, "softened": finding.softened,
            "group": GROUPS.get(finding.type[:3]), "alarm": finding.severity in ALARMS and not finding.softened,
            "start": finding.start, "end": finding.end, "verdict": decision.verdict if decision else None,
            "reviewer": decision.reviewer if decision else None,
        }  # fmt: skip


def _figures(title: str, version: Any) -> Iterator[dict[str, Any]]:
    """The figures of an annual report; none for other documents."""
    if not is_report(title):
        return
    text = version.text
    year = year_of(title, text)
    for figure in figures_in(_source(version)):
        change_value, change_unit = change_of(figure.change)
        yield {
            "year": figure.year or year, "name": figure.item, "subject": figure.subject, "context": figure.context and figure.context.cut(text).strip(),
            "topic": topic_of(figure.item), "value": figure.value, "unit": figure.unit, "change": figure.change, "change_value": change_value,
            "change_unit": change_unit, "about": figure.about, "bound": figure.bound, "start": figure.span.start, "end": figure.span.end,
        }  # fmt: skip


def _relations(documents: Sequence[Mapping[str, Any]], listed: Sequence[Entry]) -> Iterator[dict[str, Any]]:
    """What a text says of other documents; those that its own catalogue (`listed`) declares lapsed are told so."""
    lapsed = [entry for entry in listed if entry.result == "lapse"]
    for repeal in (repeal for document in documents for repeal in document["repeals"]):
        kind = _ENDS["lapse" if any(_is_of(entry, repeal) for entry in lapsed) else "repeal"]
        yield {**_with_offsets(repeal), "kind": kind, "day": _day(repeal["day"])}
    for amendment in (amendment for document in documents for amendment in document["amendments"]):
        days = {"day": _day(amendment.get("since")), "until": _day(amendment["until"])}
        yield {**_with_offsets(amendment), **days, "years": amendment.get("years"), "anew": amendment.get("anew")}


def _of_catalogue(documents: Sequence[Mapping[str, Any]], listed: Sequence[Entry]) -> Iterator[dict[str, Any]]:
    """What a published catalogue repeals or declares lapsed, as relations without offsets; rows that a text states are left out."""
    known = [repeal for document in documents for repeal in document["repeals"]]
    for entry in listed:
        if entry.result in _ENDS and not any(_is_of(entry, repeal) for repeal in known):
            number = number_in(entry.title) or entry.number
            yield {"kind": _ENDS[entry.result], "title": entry.title, "number": number}


def _is_of(entry: Entry, repeal: Mapping[str, Any]) -> bool:
    """Whether an entry of a catalogue and a repeal that the text states are of one document."""
    number = number_in(entry.title) or entry.number
    return bool(number and number == repeal["number"]) or (
        bool(repeal["title"]) and entry.title.startswith(repeal["title"])
    )


def _catalogue(version: Any, documents: Sequence[Mapping[str, Any]]) -> Catalogue | None:
    """The catalogue that a text contains, None if it contains none."""
    stated = documents[0]["masthead"]["title"]
    title = stated["value"] if stated else None
    if not may_hold_catalogue(version.dossier["source"]["format"], title, version.text):
        return None
    return catalogue_in(_source(version), title)


def _source(version: Any) -> SourceText:
    """The text of a version with the places of its table cells."""
    stored = version.dossier["source"]
    blocks = tuple(
        Block(
            Span(**block["span"]), BlockKind(block["kind"]), block.get("page"), None,
            tuple(CellPlace(*cell) for cell in block.get("cells") or ()),
        )
        for block in stored["blocks"]
    )  # fmt: skip
    return SourceText(stored["name"], stored["digest"], stored["format"], version.text, blocks)


def _decision(decision: Any) -> dict[str, Any]:
    from pipeline.review.decisions.agreement import counts

    columns = {name: getattr(decision, name) for name in ("verdict", "comment", "reviewer", "final", "made")}
    return {**columns, "finding": decision.finding_key, "counts": counts(decision)}
