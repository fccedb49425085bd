"""清单交回: a list that people filled in, checked row by row against the campaign, and what recording it would change.

A list is taken whole or not at all. Each row names its document by number (编号), title and, where the column is there, issuer, so that a
number that slipped does not put the opinion on one document onto another.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.campaign.decisions import DECIDED, OPINION, Decision, Decisions, entry, read_outcome
from pipeline.campaign.proposals import Row
from pipeline.errors import UsageError
from pipeline.law import OUTCOMES
from pipeline.review.output.workbooks import read_numbered_table

# errors that a message names one by one
_MOST_NAMED = 20
_ISSUER_COLUMNS = ("责任单位", "制定机关")
_NOT_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Change:
    """What a row of a list changes: its line in the file, the document, the kind of entry, and the outcome before and after in Chinese."""

    line: int
    row: Row
    kind: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"第{self.line}行 编号{self.row.id} {self.kind}：{self.before} → {self.after}  {self.row.display_title}"


@dataclass(frozen=True, slots=True)
class Returned:
    """A checked list: entries to record with their changes, how many of its rows are recorded already or decided otherwise (kept)."""

    entries: tuple[Decision, ...]
    changes: tuple[Change, ...]
    repeated: int
    kept: int


@dataclass(slots=True)
class _Reading:
    """The state of reading a list; `errors` are in the order of its rows."""

    known: Mapping[str, Row]
    final: Mapping[str, Decision]
    opinions: Mapping[str, Decision]
    by: str
    unit: str
    entries: list[Decision] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    repeated: int = 0
    kept: int = 0


def read_returned(file: Path, rows: Sequence[Row], decisions: Decisions, by: str) -> Returned:
    """Reads a returned list (xlsx, csv) with opinions (单位意见, 单位理由) and decisions (决定, 理由) of `by`.

    Rows without either are skipped. An opinion is that of `by`, else of the unit after which the file is named. Raises `UsageError`
    that names every row that is wrong: number unknown or given twice, title or issuer of another document, unknown outcome, no name, a
    decision other than the proposal without a reason.
    """
    known = {str(row.id): row for row in rows}
    reading = _Reading(known, decisions.final(), decisions.opinions(), by.strip(), by.strip() or file.stem)
    for line, cells in read_numbered_table(file, ("编号", "文件名称")):
        _read_row(reading, line, cells)
    if reading.errors:
        named = "；".join(reading.errors[:_MOST_NAMED])
        more = f"；等{len(reading.errors)}处" if len(reading.errors) > _MOST_NAMED else ""
        raise UsageError(
            f"{file}有{len(reading.errors)}处不对，整份清单没有记录：{named}{more}", remedy="请改正后再次导入"
        )
    return Returned(tuple(reading.entries), tuple(reading.changes), reading.repeated, reading.kept)


def _read_row(reading: _Reading, line: int, cells: Mapping[str, str]) -> None:
    # the overview tells opinions that were recorded before, in one cell and without a column for their reasons
    opinion = cells.get("单位意见", "") if "单位理由" in cells else ""
    decision = cells.get("决定", "")
    if not opinion and not decision:
        return
    number = cells["编号"]
    row = reading.known.get(number)
    wrong = list(_mistakes(reading, number, row, cells))
    reading.lines.setdefault(number, line)
    if row is None or wrong:
        reading.errors += [f"第{line}行：{says}" for says in wrong]
        return
    try:
        if opinion:
            _add_opinion(reading, line, row, (opinion, cells["单位理由"]))
        if decision:
            _add_decision(reading, line, row, (decision, cells.get("决定理由") or cells.get("理由", "")))
    except UsageError as error:
        reading.errors.append(f"第{line}行（编号{number}）：{error.message}，{error.remedy}")


def _mistakes(reading: _Reading, number: str, row: Row | None, cells: Mapping[str, str]) -> Iterator[str]:
    """What does not fit between a row of the list and the document of its number."""
    if row is None:
        yield f"编号“{number}”不在本次清理中"
        return
    if number in reading.lines:
        yield f"编号{number}在第{reading.lines[number]}行已经有了"
    title = cells["文件名称"]
    if _packed(title) != _packed(row.display_title):
        yield (
            f"编号{number}是《{row.display_title}》，清单写的是《{title}》" if title else f"编号{number}没有写文件名称"
        )
    for column in _ISSUER_COLUMNS:
        named = cells.get(column, "")
        if named and not _same_issuer(named, row):
            yield f"编号{number}的制定机关是{'、'.join(row.issuers) or '（不明）'}，清单写的是{named}"


def _packed(text: str) -> str:
    """A title without blanks, punctuation and differences of width."""
    return _NOT_WORDS.sub("", unicodedata.normalize("NFKC", text))


def _same_issuer(named: str, row: Row) -> bool:
    """Whether a cell names an issuer of a document; of one without issuers, whatever it names."""
    packed = _packed(named)
    return not row.issuers or any(_packed(issuer) in packed or packed in _packed(issuer) for issuer in row.issuers)


def _add_opinion(reading: _Reading, line: int, row: Row, said: tuple[str, str]) -> None:
    made = entry(row, OPINION, said[0], reason=said[1], by=reading.unit)
    before = reading.opinions.get(row.key)
    if before and (before.outcome, before.reason, before.by) == (made.outcome, made.reason, made.by):
        reading.repeated += 1
        return
    _add(reading, made, Change(line, row, OPINION, _outcome(before) or "没有意见", OUTCOMES[made.outcome]))


def _add_decision(reading: _Reading, line: int, row: Row, said: tuple[str, str]) -> None:
    before = reading.final.get(row.key)
    if before is not None:
        same = before.outcome == read_outcome(said[0])
        reading.repeated += same
        reading.kept += not same
        return
    made = decision_on(row, said[0], said[1], reading.by)
    _add(reading, made, Change(line, row, DECIDED, f"建议{OUTCOMES[row.outcome]}", OUTCOMES[made.outcome]))


def _add(reading: _Reading, made: Decision, change: Change) -> None:
    reading.entries.append(made)
    reading.changes.append(change)


def _outcome(made: Decision | None) -> str:
    return OUTCOMES[made.outcome] if made else ""


def decision_on(row: Row, outcome: str, reason: str, by: str) -> Decision:
    """A decision on a document, made now and not recorded; where it follows the proposal, the reasons of that are its own.

    Raises `UsageError` for an unknown outcome, a blank `by`, and a decision other than the proposal without a reason.
    """
    to = read_outcome(outcome)
    proposed = "；".join(row.cleanup.reasons)
    if to != row.outcome and (not reason.strip() or reason.strip() == proposed):
        raise UsageError(
            f"决定{OUTCOMES[to]}与建议{OUTCOMES[row.outcome]}不同，没有写明自己的理由",
            remedy="请写明理由；建议的理由不能用来支持相反的决定",
        )
    return entry(row, DECIDED, to, reason=reason.strip() or proposed, by=by)
