"""How long documents stay in force: their lives by the relations of the register, and the Kaplan–Meier estimate over them."""

import warnings
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from pipeline.analysis import frames
from pipeline.analysis.resolution import card_of_row, records, reference_of, targets_of
from pipeline.register.cards import Card
from pipeline.register.last_days import begins, prolonged
from pipeline.register.relations import Relation

DAYS_PER_YEAR = 365.25
IN_FORCE, REPEALED, DECLARED, LAPSED, UNKNOWN = "仍有效", "废止", "失效", "届满", "不明"
_BY_PAGE = {"已废止": REPEALED, "已失效": DECLARED}
_COLUMNS = ["item", "title", "number", "issuer", "began", "end", "years", "ended", "how", "basis"]
# an end: day (None where it is not known), how, basis
_End = tuple[date | None, str, str]


def lives(tables: frames.Frames, as_of: date) -> pd.DataFrame:
    """One row per normative document that began by `as_of`: when it began and ended, `how`, and on what `basis` (Chinese).

    `how` is 废止, 失效 (declared in a catalogue or by its page), 届满, 仍有效 or 不明. A document begins on its effective day, else on
    the day it was made. It ends on the day before its repeal takes effect or on its last day as later documents prolonged it,
    whichever is earlier. `ended` is missing for 不明: neither a term nor an end is known. `years` is missing where it is not known.
    """
    documents = records(tables.documents)
    cards = [card_of_row(document) for document in documents]
    relations = relations_of(tables, documents)
    states = {row["item"]: row["state"] for row in records(tables.validity)} if hasattr(tables, "validity") else {}
    terms, ends = _terms(cards, relations, as_of), _repeals(cards, relations, as_of)
    rows = []
    for at, (document, card) in enumerate(zip(documents, cards, strict=True)):
        if document["is_normative"] and card.since and card.since <= as_of and document.get("validity"):
            state = states.get(document["item"], card.state)
            rows.append(_life(document, card, _end(state, card, terms.get(at), ends.get(at, [])), as_of))
    table = pd.DataFrame(rows, columns=_COLUMNS).astype({"ended": "boolean", "years": float})
    return table.assign(began=pd.to_datetime(table.began), end=pd.to_datetime(table.end))


def relations_of(tables: frames.Frames, documents: list[dict[str, Any]]) -> list[Relation]:
    """The relations of the tables between items that are held, as the register knows them; indexes are rows of `documents`."""
    places = {document["item"]: at for at, document in enumerate(documents)}
    rows = records(tables.relations)
    return [
        Relation(row["kind"], places[row["item"]], places[target], "", reference_of(row))
        for row, targets in zip(rows, targets_of(documents, rows), strict=True)
        for target in targets
    ]


def _terms(cards: list[Card], relations: list[Relation], as_of: date) -> dict[int, tuple[date | None, str]]:
    """The last days that documents got by prolongation, with the document that gave it, by index."""
    found: dict[int, tuple[date | None, str]] = {}
    for relation, last in prolonged(cards, relations, as_of):
        to = f"至{last}" if last else ""
        found[relation.target] = (last, f"{_name(cards[relation.source])}延长{to}")
    return found


def _repeals(cards: list[Card], relations: list[Relation], as_of: date) -> dict[int, list[_End]]:
    """The ends that other documents declared by `as_of`, by index; those of a part only are none."""
    found: dict[int, list[_End]] = {}
    for relation in relations:
        whole = relation.disposition is None or relation.disposition.part is None
        first = begins(relation, cards)
        if relation.kind in (REPEALED, DECLARED) and whole and (first is None or first <= as_of):
            last = first - timedelta(days=1) if first else None
            by = "宣布失效" if relation.kind == DECLARED else "废止"
            found.setdefault(relation.target, []).append((last, relation.kind, f"{_name(cards[relation.source])}{by}"))
    return found


def _end(state: str, card: Card, term: tuple[date | None, str] | None, declared: list[_End]) -> list[_End]:
    """The ends that are known of a document, its term among them; the term is an end also where it lies in the future."""
    found = list(declared)
    if state in _BY_PAGE:
        found.append((card.expires, _BY_PAGE[state], f"网页信息表写明{state}"))
    elif term:
        found.append((term[0] or date.max, LAPSED, term[1]))
    elif card.expires:
        found.append((card.expires, LAPSED, f"有效期至{card.expires}"))
    elif state == "有效":
        found.append((date.max, LAPSED, "有效"))
    return found


def _life(document: dict[str, Any], card: Card, ends: list[_End], as_of: date) -> tuple[Any, ...]:
    head = (document["item"], document["title"], document.get("number"), document.get("issuer"))
    began = card.since or as_of
    if not ends:
        return (*head, began, None, None, None, UNKNOWN, "没有写明有效期，也没有找到废止它的文件")
    past = [(end[0], *end[1:]) for end in ends if end[0] is not None and end[0] < as_of]
    undated = [end for end in ends if end[0] is None]
    if not past and not undated:
        basis = min(ends, key=lambda end: end[0] or date.max)[2]
        return (*head, began, None, (as_of - began).days / DAYS_PER_YEAR, False, IN_FORCE, basis)
    last, how, basis = min(past, key=lambda end: end[0]) if past else undated[0]
    years = max((last - began).days + 1, 0) / DAYS_PER_YEAR if last else None
    return (*head, began, last, years, True, how, basis)


def _name(card: Card) -> str:
    return f"《{card.title}》" + (f"（{card.number}）" if card.number else "")


def survival(lifetimes: pd.DataFrame) -> pd.DataFrame:
    """The Kaplan–Meier estimate for a table with `years` and `ended`; rows where either is missing do not count.

    Columns: `years`, from 0; `standing`, the share still in force after so many years, which is 1 at 0; its 95 % confidence
    bounds `low` and `high` (log-log), both 1 before the first end and missing once the share is 0; `at_risk`, the documents
    observed until just before; `ended`, those that ended then.
    """
    from scipy import stats

    known = lifetimes[lifetimes.years.notna() & lifetimes.ended.notna()]
    years, ended = known.years.to_numpy(float), known.ended.to_numpy(bool)
    table = pd.DataFrame(
        {"years": [0.0], "standing": [1.0], "low": [1.0], "high": [1.0], "at_risk": [len(years)], "ended": [0]}
    )
    if not len(years):
        return table
    curve = stats.ecdf(stats.CensoredData(uncensored=years[ended], right=years[~ended])).sf
    times, standing = curve.quantiles, curve.probabilities
    with warnings.catch_warnings():
        # bounds are not defined where all or none are left
        warnings.simplefilter("ignore", RuntimeWarning)
        bounds = curve.confidence_interval(0.95, method="log-log")
    low, high = np.array(bounds.low.probabilities), np.array(bounds.high.probabilities)
    low[standing == 1.0] = high[standing == 1.0] = 1.0
    at_risk = [int((years >= time).sum()) for time in times]
    events = [int((ended & (years == time)).sum()) for time in times]
    steps = {"years": times, "standing": standing, "low": low, "high": high, "at_risk": at_risk, "ended": events}
    return pd.concat([table, pd.DataFrame(steps)], ignore_index=True)


def hazard(lifetimes: pd.DataFrame, most: int = 12) -> pd.DataFrame:
    """For each `age` in whole years below `most`: documents `at_risk`, documents that `ended`, and the `rate` of these.

    `rate` is missing where no document was at risk; rows without `years` or `ended` do not count.
    """
    known = lifetimes[lifetimes.years.notna() & lifetimes.ended.notna()]
    ended = known.ended.astype(bool)
    rows = []
    for age in range(most):
        at_risk = int((known.years > age).sum())
        gone = int((ended & (known.years > age) & (known.years <= age + 1)).sum())
        rows.append((age, at_risk, gone, gone / at_risk if at_risk else None))
    return pd.DataFrame(rows, columns=["age", "at_risk", "ended", "rate"])


def silently_lapsed(tables: frames.Frames, as_of: date) -> pd.DataFrame:
    """Normative documents whose last day is before `as_of` and which no document of the set repeals, amends or prolongs."""
    documents = tables.documents
    lapsed = documents[(pd.to_datetime(documents.expires) < pd.Timestamp(as_of)) & documents.is_normative]
    rows = records(tables.relations)
    mentioned = {item for targets in targets_of(records(documents), rows) for item in targets}
    silent = ~lapsed["item"].isin(mentioned)
    return lapsed.loc[silent, ["item", "title", "number", "issuer", "expires"]].sort_values("expires")
