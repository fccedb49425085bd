"""Compare cleanup proposals with official decisions, by title, number, issuer and date of the documents only."""

import csv
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipeline.analyzer import LegalContext, analyze_source, load_judge
from pipeline.document import Dossier
from pipeline.errors import GoldError
from pipeline.ingest import read_text

AGREED, OTHER, UNDECIDABLE = "一致", "不一致", "仅凭题名不能判断"
_OUTCOMES = {"保留": "keep", "失效文件": "lapse", "失效规章": "lapse", "废止文件": "repeal", "废止规章": "repeal"}
_GOES = ("lapse", "repeal")
_YEAR = re.compile("((?:19|20)[0-9]{2})")


@dataclass(slots=True)
class Agreement:
    """Counts of agreed, different and undecidable items, and the differences.

    A difference is title, official result, proposed outcome, and reasons of the proposal.
    """

    counts: Counter[str] = field(default_factory=Counter[str])
    differences: list[tuple[str, str, str, str]] = field(default_factory=list)


def compare_decisions(path: Path) -> Agreement:
    """Compare proposals with official decisions (TSV: catalogue, item_title, doc_number_or_date, issuer_date, result).

    Each item is analysed as a text of title, number, issuer and date only, as of the end of the catalogue's year.
    Repeal and lapse both end the force of a document and count as agreed. Rows with another result or a catalogue
    without year are skipped. Raises `GoldError` if a required column is missing.
    """
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if rows and not {"catalogue", "item_title", "result"} <= set(rows[0]):
        raise GoldError(f"{path}没有catalogue、item_title、result三列", remedy="请检查表头")
    agreement, judge = Agreement(), load_judge()
    for number, row in enumerate(rows, 2):
        if None in (row["catalogue"], row["item_title"], row["result"]):
            raise GoldError(f"{path}第{number}行的列数不够", remedy="请补全或者删去这一行（最后一行可能没有写完整）")
        wanted, year = _OUTCOMES.get(row["result"]), _YEAR.search(row["catalogue"])
        if wanted is None or year is None:
            continue
        text = "\n".join(part for part in (row["item_title"], *_rest(row)) if part)
        dossier = analyze_source(
            read_text(row["item_title"], text), LegalContext(date(int(year[1]), 12, 31)), judge=judge
        )
        _compare(agreement, row, wanted, dossier)
    return agreement


def _rest(row: dict[str, str]) -> tuple[str, str]:
    return row.get("doc_number_or_date") or "", row.get("issuer_date") or ""


def _compare(agreement: Agreement, row: dict[str, str], wanted: str, dossier: Dossier) -> None:
    cleanup = dossier.assessment.cleanup
    if all(indicator.strength == "info" for indicator in cleanup.indicators):
        agreement.counts[UNDECIDABLE] += 1
    elif cleanup.outcome == wanted or {cleanup.outcome, wanted} <= set(_GOES):
        agreement.counts[AGREED] += 1
    else:
        agreement.counts[OTHER] += 1
        agreement.differences.append((row["item_title"], row["result"], cleanup.outcome, "；".join(cleanup.reasons)))
