"""Compare cleanup proposals with official decisions, by title, number, issuer and date of the documents only."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.analyzer import Judge, LegalContext, analyze_source, load_judge
from pipeline.dates import find_dates
from pipeline.document import Cleanup
from pipeline.errors import GoldError
from pipeline.evaluation.calibration import NOTHING
from pipeline.evaluation.gold import WHOLE, in_part
from pipeline.ingest import read_text
from pipeline.law import load_bodies

AGREED, OTHER, UNDECIDABLE = "一致", "不一致", "仅凭题名不能判断"
_OUTCOMES = {"保留": "keep", "失效文件": "lapse", "失效规章": "lapse", "废止文件": "repeal", "废止规章": "repeal"}
_GOES = ("lapse", "repeal")
_LEFT_OUT = "not_applicable"
_YEAR = re.compile("((?:19|20)[0-9]{2})")
_NUMBER = re.compile(
    r"(?:[\u4e00-\u9fff]{0,14}[（(\[〔﹝][0-9]{2,4}[）)\]〕﹞][\u4e00-\u9fff]{0,12}(?:第?[0-9]+号)?|令第[0-9]+号)"
)
# why an official decision cannot be told from the text: what the authority gave as its ground, in order
_GROUNDS = (
    (re.compile("代替|替代|取代|统一适用|适用《|按照《|涵盖|已在.{0,20}体现|新的|修订"), "机关以另有规定为由，接续的规定不在文内，题名也不相同"),
    (re.compile("适用期|期满|任务.{0,6}完成|工作.{0,6}(?:完成|结束)|当年"), "机关以适用期已满、任务完成为由，题名没有写明期间"),
    (re.compile("不适应|不再适用|不符合|不一致|变化|简政放权|不再"), "机关以情势变化为由，属于裁量"),
    (re.compile("废止|取消"), "机关以依据或者制度终止为由，法律表中没有"),
)  # fmt: skip
_NO_GROUND = "机关没有说明理由，题名、文号、机关和日期也没有显示可见的理由"
_KEPT = "继续有效：仅凭题名没有可见的理由，正文未见"


@dataclass(frozen=True, slots=True)
class Compared:
    """An official decision beside the proposal: title, official result, proposed outcome with confidence, deciding indicator, reasons.

    `state` is `AGREED`, `OTHER` or `UNDECIDABLE`; `why` tells why it cannot be decided from what is known, "" where it can.
    """

    title: str
    official: str
    outcome: str
    confidence: str
    deciding: str
    reasons: str
    state: str
    why: str

    @property
    def is_right(self) -> bool:
        """Whether proposal and decision agree."""
        return self.state == AGREED


def compare_decisions(path: Path, part: str = WHOLE) -> list[Compared]:
    """Compare proposals with official decisions (TSV: catalogue, item_title, doc_number_or_date, issuer_date, result, reason).

    Each item is analysed as a paper of number, title, issuer and date only, as of the end of the catalogue's year. Repeal and lapse both
    end the force of a document and count as agreed. What can be decided is what has an indicator with an outcome: an observable ground in these
    facts or in the tables of law; of a document outside a cleanup the first outcome told as information is compared. Rows with another result or a
    catalogue without year are skipped. Raises `GoldError` if a required column is missing.
    """
    judge = load_judge()
    return [_compared(row, wanted, day, judge) for row, wanted, day in _rows(path) if in_part(row["item_title"], part)]


def _rows(path: Path) -> Iterator[tuple[dict[str, str], str, date]]:
    """The rows with a known result, with the outcome that it means and the day as of which it was decided."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if rows and not {"catalogue", "item_title", "result"} <= set(rows[0]):
        raise GoldError(f"{path}没有catalogue、item_title、result三列", remedy="请检查表头")
    for number, row in enumerate(rows, 2):
        if None in (row["catalogue"], row["item_title"], row["result"]):
            raise GoldError(f"{path}第{number}行的列数不够", remedy="请补全或者删去这一行（最后一行可能没有写完整）")
        wanted, year = _OUTCOMES.get(row["result"]), _YEAR.search(row["catalogue"])
        if wanted and year:
            yield row, wanted, date(int(year[1]), 12, 31)


def _compared(row: dict[str, str], wanted: str, day: date, judge: Judge) -> Compared:
    dossier = analyze_source(read_text(row["item_title"], _as_paper(row)), LegalContext(day), judge=judge)
    cleanup = dossier.assessment.cleanup
    deciding, outcome = _told(cleanup)
    ground = (row.get("reason") or "").strip()
    if not outcome:
        state, why = UNDECIDABLE, _why(wanted, ground)
    else:
        state, why = (AGREED if outcome == wanted or {outcome, wanted} <= set(_GOES) else OTHER), ""
    title, reasons = row["item_title"], "；".join(cleanup.reasons)
    return Compared(title, row["result"], outcome or cleanup.outcome, cleanup.confidence, deciding, reasons, state, why)


def _told(cleanup: Cleanup) -> tuple[str, str]:
    """The indicator that tells an outcome and the outcome; (`NOTHING`, "") where nothing tells one."""
    is_left_out = cleanup.outcome == _LEFT_OUT
    told = next((i for i in cleanup.indicators if is_left_out or i.strength != "info"), None)
    return (told.id, told.outcome) if told else (NOTHING, "")


def _why(wanted: str, ground: str) -> str:
    if wanted == "keep":
        return _KEPT
    return next((why for pattern, why in _GROUNDS if pattern.search(ground)), _NO_GROUND)


def _as_paper(row: dict[str, str]) -> str:
    """The row of a catalogue written as a paper: number, title, issuers and date, each on a line."""
    first, second = row.get("doc_number_or_date") or "", row.get("issuer_date") or ""
    rest = second if first and second.strip().startswith(first.strip()) else f"{first} {second}"
    found = next(find_dates(rest), None)
    day = rest[found.span.start : found.span.end] if found else ""
    number, issuers = _number_and_issuers(rest.replace(day, " ") if day else rest)
    return "\n".join(part for part in (number, row["item_title"], " ".join(issuers), day) if part)


def _number_and_issuers(rest: str) -> tuple[str, list[str]]:
    """The number ("" if none) and the issuers of a text that holds only these."""
    names = sorted({name for body in load_bodies() for name in body.names if len(name) > 2}, key=len, reverse=True)
    number, issuers, at = "", list[str](), 0
    while at < len(rest):
        name = next((name for name in names if rest.startswith(name, at)), "")
        match = None if name else _NUMBER.match(rest, at)
        if name:
            issuers.append(name)
        elif match and not number:
            number = match[0] if not match[0].startswith("令") else f"{issuers[0] if issuers else ''}{match[0]}"
        at += len(name) or (match.end() - at if match else 1)
    return number, issuers
