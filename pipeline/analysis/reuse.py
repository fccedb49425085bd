"""Reuse: which documents of different issuers share sentences or passages, although places, numbers and days differ.

Texts are compared by shingles of ten characters of `normal_text`. An index of shingles finds the pairs; no text is compared with
all others. What stands in many papers (entry into force, organisational phrases) is no reuse, and what stands in few weighs most.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.analysis import frames
from pipeline.analysis.normal_text import NormalText, normal_text
from pipeline.analysis.resolution import day_of, records

SHINGLE = 10
LEAST = 30
COPY, WHOLE, PARTS = "同一文件", "整篇", "片段"
# a passage goes on behind a difference of so many characters
_GAP = 12
# a shingle that stands in more papers than this is usual, however many papers there are
_USUAL = 50
# a passage that weighs less is a phrase of many papers; thirty characters that only two papers share weigh 21
_LIGHT = 8
# shingles that a pair must have in common to be compared
_SEED = 8
_UNTITLED = "（无题名）"
_HEAD = ("title", "issuer", "level", "province", "city", "district")
_PAIRS = [
    "a", "b", *(f"{name}_{side}" for side in "ab" for name in _HEAD), "kind", "passages", "sentences", "characters",
    "share_a", "share_b", "weight", "longest",
]  # fmt: skip
_PASSAGES = [
    "a", "b", "start_a", "end_a", "start_b", "end_b", "characters", "sentences", "papers", "weight", "text_a", "text_b"
]  # fmt: skip
Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class _Text:
    """The text of an item as it is compared: its shingles, in the order of the text, and in how many papers each stands."""

    text: str
    normal: NormalText
    shingles: Array
    papers: Array
    counts: Array


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of shingles that two texts have in common: first and last shingle in either, and those that count in the first."""

    first: tuple[int, int]
    last: tuple[int, int]
    counted: Array


@dataclass(frozen=True, slots=True)
class Reuse:
    """What documents share: `pairs` of documents and the `passages` of each pair; `usual` is the number of papers above which a shingle does not count."""

    pairs: pd.DataFrame
    passages: pd.DataFrame
    usual: int


def reuse(tables: frames.Frames, least: int = LEAST, *, within: bool = False) -> Reuse:
    """The pairs of documents of different issuers that share a passage of at least `least` characters, those that weigh most first.

    `within` also pairs documents of one issuer. Of a pair, `a` is the earlier document where both days are known. Columns of `pairs`:
    `a` and `b` with title, issuer, level, province, city and district of both; `kind`: 同一文件 (nine tenths of both, under one title or number), 整篇 (at
    least half of either text) or 片段; numbers of `passages`, whole `sentences` and `characters`; the `share_a` and `share_b` of
    either text; `weight`, the sum over shared shingles of 1 / log2 of the papers in which each stands; the `longest` passage. Columns of `passages`:
    offsets in and words of both texts, `papers` in which half of the passage stands, `weight`.
    """
    documents = sorted(records(tables.documents), key=_age)
    usual = min(max(5, math.isqrt(len(documents))), _USUAL)
    texts = _counted(_texts(tables, documents), usual)
    pairs, passages = [], []
    for one, other in _candidates(texts, usual):
        a, b = documents[one], documents[other]
        if not within and a["issuer"] and a["issuer"] == b["issuer"]:
            continue
        rows, covered = _passages(texts[one], texts[other], least)
        if rows:
            passages += [{"a": a["item"], "b": b["item"], **row} for row in rows]
            pairs.append(
                _pair((a, b), rows, (covered / len(texts[one].shingles), covered / len(texts[other].shingles)))
            )
    found = pd.DataFrame(pairs, columns=_PAIRS).sort_values(["weight", "a", "b"], ascending=[False, True, True])
    table = pd.DataFrame(passages, columns=_PASSAGES).sort_values(["weight", "a", "b"], ascending=[False, True, True])
    return Reuse(found.reset_index(drop=True), table.reset_index(drop=True), usual)


def between(pairs: pd.DataFrame, by: str = "province") -> pd.DataFrame:
    """The reuse between places: for each pair of values of `by` (province, city, district, level, issuer), its `pairs`, `sentences` and `characters`.

    Copies do not count; a missing place is 不明. `source` has the earlier document of each pair.
    """
    rows = pairs[pairs.kind != COPY].assign(
        source=lambda table: table[f"{by}_a"].fillna("不明"), taker=lambda table: table[f"{by}_b"].fillna("不明")
    )
    table = rows.groupby(["source", "taker"], as_index=False).agg(
        pairs=("a", "size"), sentences=("sentences", "sum"), characters=("characters", "sum")
    )
    return table.sort_values(
        ["pairs", "characters", "source", "taker"], ascending=[False, False, True, True], ignore_index=True
    )


def _age(document: Mapping[str, Any]) -> tuple[bool, Any, int]:
    day = day_of(document.get("made")) or day_of(document.get("published"))
    return (day is None, day or 0, document["item"])


def _texts(tables: frames.Frames, documents: Sequence[Mapping[str, Any]]) -> list[tuple[str, NormalText]]:
    """The texts of documents, put together from their clauses at their places: what no clause holds is blank."""
    clauses = dict(iter(tables.clauses[["item", "start", "end", "text"]].groupby("item")))
    found = []
    for document in documents:
        rows = clauses.get(document["item"])
        signs = ["\n"] * (int(rows.end.max()) if rows is not None else 0)
        for start, end, text in zip(rows.start, rows.end, rows.text, strict=True) if rows is not None else ():
            signs[start:end] = text
        places = {document.get(name) for name in ("province", "city", "district")}
        text = "".join(signs)
        found.append((text, normal_text(text, frozenset(place for place in places if place))))
    return found


def _counted(texts: Sequence[tuple[str, NormalText]], usual: int) -> list[_Text]:
    """The texts with their shingles and the number of papers in which each stands; formulas and what is usual do not count."""
    shingles = [_shingles(normal.codes) for _, normal in texts]
    own = [np.unique(found) for found in shingles]
    known, numbers = np.unique(np.concatenate(own) if own else np.empty(0, np.uint64), return_counts=True)
    counted = []
    for (text, normal), found in zip(texts, shingles, strict=True):
        papers = numbers[np.searchsorted(known, found)] if len(found) else np.empty(0, np.int64)
        formula = np.convolve(normal.formula, np.ones(SHINGLE), "valid") > 0 if len(found) else np.empty(0, bool)
        counted.append(_Text(text, normal, found, papers, (papers > 1) & (papers <= usual) & ~formula))
    return counted


def _shingles(codes: Array) -> Array:
    """A 64-bit hash of every `SHINGLE` characters in a row, by place; empty for a shorter text."""
    if len(codes) < SHINGLE:
        return np.empty(0, np.uint64)
    wide, found = codes.astype(np.uint64), np.zeros(len(codes) - SHINGLE + 1, np.uint64)
    with np.errstate(over="ignore"):
        for at in range(SHINGLE):
            found = found * np.uint64(0x9E3779B97F4A7C15) + wide[at : at + len(found)]
            found ^= found >> np.uint64(29)
    return found


def _candidates(texts: Sequence[_Text], usual: int) -> Iterator[tuple[int, int]]:
    """The pairs of indexes of texts that have at least `_SEED` counted shingles in common, from an index of shingles."""
    own = [np.unique(text.shingles[text.counts]) for text in texts]
    if not own:
        return
    hashes = np.concatenate(own)
    owners = np.repeat(np.arange(len(own)), [len(found) for found in own])
    order = np.argsort(hashes, kind="stable")
    _, starts, sizes = np.unique(hashes[order], return_index=True, return_counts=True)
    owners, keys = owners[order], [np.empty(0, np.int64)]
    for size in range(2, usual + 1):
        at = starts[sizes == size]
        for one, other in combinations(range(size), 2) if len(at) else ():
            keys.append(owners[at + one] * len(texts) + owners[at + other])
    pairs, numbers = np.unique(np.concatenate(keys), return_counts=True)
    for key in pairs[numbers >= _SEED].tolist():
        yield divmod(key, len(texts))


def _passages(a: _Text, b: _Text, least: int) -> tuple[list[dict[str, Any]], int]:
    """The passages that two texts share, those that weigh most first, and the number of shingles that count in them."""
    rows, covered = [], 0
    for run in _joined(_runs(a, b)):
        start_a, end_a = _span(a, run.first[0], run.last[0])
        start_b, end_b = _span(b, run.first[1], run.last[1])
        if len(run.counted) + SHINGLE - 1 < least * 2 // 3 or end_a - start_a < least or end_b - start_b < least:
            continue
        papers = a.papers[run.counted]
        if (1 / np.log2(papers)).sum() < _LIGHT:
            continue
        covered += len(run.counted)
        rows.append({
            "start_a": start_a, "end_a": end_a, "start_b": start_b, "end_b": end_b, "characters": end_a - start_a,
            "sentences": sum(start_a <= start and end <= end_a and end - start >= SHINGLE for start, end in a.normal.sentences),
            "papers": int(np.median(papers)), "weight": round(float((1 / np.log2(papers)).sum()), 2),
            "text_a": _packed(a.text[start_a:end_a]), "text_b": _packed(b.text[start_b:end_b]),
        })  # fmt: skip
    return sorted(rows, key=lambda row: -row["weight"]), covered


def _runs(a: _Text, b: _Text) -> Iterator[_Run]:
    """The longest stretches of shingles in a row that both texts have, in the order of the first, from the first to the last that counts."""
    firsts = dict(zip(reversed(b.shingles.tolist()), range(len(b.shingles) - 1, -1, -1), strict=True))
    at, size_a, size_b = 0, len(a.shingles), len(b.shingles)
    shared = np.flatnonzero(np.isin(a.shingles, b.shingles)).tolist()
    for place in shared:
        if place < at:
            continue
        other, length = firsts[int(a.shingles[place])], 0
        most = min(size_a - place, size_b - other)
        same = a.shingles[place : place + most] == b.shingles[other : other + most]
        length = most if same.all() else int(same.argmin())
        at = place + length
        counted = place + np.flatnonzero(a.counts[place:at])
        if len(counted):
            first, last = int(counted[0]), int(counted[-1])
            yield _Run((first, first + other - place), (last, last + other - place), counted)


def _joined(runs: Iterator[_Run]) -> Iterator[_Run]:
    """The stretches, with those put together between which either text has only a few characters of its own."""
    held: _Run | None = None
    for run in runs:
        if held is None:
            held = run
            continue
        gaps = [run.first[side] - held.last[side] - SHINGLE for side in (0, 1)]
        if all(-SHINGLE < gap <= _GAP for gap in gaps):
            held = _Run(held.first, run.last, np.concatenate([held.counted, run.counted]))
        else:
            yield held
            held = run
    if held is not None:
        yield held


def _span(text: _Text, first: int, last: int) -> tuple[int, int]:
    offsets = text.normal.offsets
    return int(offsets[first]), int(offsets[last + SHINGLE - 1]) + 1


def _one_name(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    """Whether two documents may be one: the same title or number, or either without a title of its own."""
    titles, numbers = (a["title"] or "", b["title"] or ""), (a.get("number"), b.get("number"))
    untitled = any(not title or title.startswith(_UNTITLED) for title in titles)
    return untitled or titles[0] == titles[1] or (numbers[0] is not None and numbers[0] == numbers[1])


def _packed(words: str) -> str:
    return "\n".join(words.split())


def _pair(
    documents: tuple[Mapping[str, Any], Mapping[str, Any]],
    rows: Sequence[Mapping[str, Any]],
    shares: tuple[float, float],
) -> dict[str, Any]:
    a, b = documents
    heads = {
        f"{name}_{side}": document.get(name) for side, document in zip("ab", documents, strict=True) for name in _HEAD
    }
    kind = COPY if min(shares) >= 0.9 and _one_name(a, b) else WHOLE if max(shares) >= 0.5 else PARTS
    return {
        "a": a["item"], "b": b["item"], **heads, "kind": kind, "passages": len(rows), "sentences": sum(row["sentences"] for row in rows),
        "characters": sum(row["characters"] for row in rows), "share_a": round(shares[0], 3), "share_b": round(shares[1], 3),
        "weight": round(sum(row["weight"] for row in rows), 2), "longest": max((row["text_a"] for row in rows), key=len),
    }  # fmt: skip
