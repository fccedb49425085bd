"""Data types passed between the stages: frozen dataclasses and enums, no processing.

A `Span` is half-open and counts code points of `SourceText.text`; the text it cuts out is the evidence
shown to the reviewer. `None` always means that the document does not state the value.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pipeline.provisions import Amendment as Amendment
from pipeline.provisions import Citation as Citation
from pipeline.provisions import Effective as Effective
from pipeline.provisions import Repeal as Repeal
from pipeline.provisions import Task as Task
from pipeline.provisions import Term as Term
from pipeline.spans import Fact as Fact
from pipeline.spans import Span as Span
from pipeline.spans import light_dataclass as light_dataclass
from pipeline.standing import Standing
from pipeline.table_cells import CellPlace

# the last words of the reason of a validity that rests on the place of an issuer, where that is not known
UNKNOWN_PLACE = "制定机关所在地的默认有效期未知"
# spreadsheet formats, and the separator between the cells of a row in the text
SHEETS, BAR = ("xlsx", "xls", "ods"), "｜"
# outcomes of a cleanup (清理) and their Chinese names
OUTCOMES = {"keep": "继续有效", "amend": "修改", "repeal": "废止", "lapse": "宣布失效", "not_applicable": "不适用"}


class BlockKind(StrEnum):
    """The role of a block in the source; `FURNITURE` (headers, footers, page numbers) is not part of the document."""

    PARAGRAPH = "正文"
    CELL = "表格单元"
    FOOTNOTE = "脚注"
    TEXT_BOX = "文本框"
    META = "网页信息表"
    FURNITURE = "页面附着物"


@light_dataclass
class Block:
    """A paragraph, table cell or line of page furniture.

    `page` counts from 1; `box` is x0, y0, x1, y1 in points from the lower left corner of the page. Both are None for
    formats without pages. `cells` are the table cells whose words it holds, in reading order, and empty ones around
    them: none outside of tables and where the place is not known, several with words where the file runs them together.
    """

    span: Span
    kind: BlockKind
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    cells: tuple[CellPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class Print:
    """A printed line with its position on the page, from a file that positions text (OFD) or from recognition (OCR).

    `span` is its range in the text, `box` as in `Block`. `edges` holds the x coordinates, in points, of the left edges of
    its characters and of the right edge of the last one. `confidence` is 0 to 1 for recognised lines, None for text.
    """

    span: Span
    page: int
    box: tuple[float, float, float, float]
    edges: tuple[float, ...]
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """The rotation, in degrees clockwise, that set a skewed or rotated page upright before it was read."""

    page: int
    degrees: float


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on reading for the reviewer: `kind` is a stable identifier, `message` is Chinese."""

    kind: str
    message: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text of one file after normalisation; no later stage changes it.

    `digest` is the SHA-256 of the file in hexadecimal, "" for text that did not come from a file; `pages` is the number of
    pages, None for formats without pages. Offsets elsewhere are code points of `text`.
    """

    name: str
    digest: str
    format: str
    text: str
    blocks: tuple[Block, ...]
    notes: tuple[Note, ...] = ()
    pages: int | None = None
    prints: tuple[Print, ...] = ()
    turns: tuple[Turn, ...] = ()

    def confidence(self, span: Span) -> float | None:
        """The lowest confidence (0 to 1) of the recognised lines that overlap a span; None if none of them was recognised."""
        return min(
            (p.confidence for p in self.prints if p.confidence is not None and p.span.overlaps(span)), default=None
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """A file from which no text was taken: Chinese message and remedy.

    `kind` is a stable identifier of the reason. `waiting` is True for 待识别: the original is kept and can be read later.
    """

    name: str
    digest: str | None
    kind: str
    message: str
    remedy: str
    waiting: bool = False


class ClauseKind(StrEnum):
    """Units of a document: 编章节条款项目, and the free numbering 一、（一）1.（1）."""

    BOOK = "编"
    CHAPTER = "章"
    SECTION = "节"
    ARTICLE = "条"
    PARAGRAPH = "款"
    ITEM = "项"
    SUBITEM = "目"
    HEAD1 = "一、"
    HEAD2 = "（一）"
    HEAD3 = "1."
    HEAD4 = "（1）"
    HEAD5 = "①"
    TEXT = "段"


@light_dataclass
class Clause:
    """A node of the clause tree in reading order.

    `span` is the node's own text without its children; `path` reads as a lawyer cites it
    (第三条第二款第（一）项); `parent` is an index into `Document.clauses`, None at the top.
    """

    kind: ClauseKind
    number: int | None
    label: str
    path: str
    span: Span
    parent: int | None


@dataclass(frozen=True, slots=True)
class Masthead:
    """The formal elements of a document: title, issuers, numbers, dates, addressees.

    `adopted` is the 题注 below the title of legislation (……第三次会议通过, ……令第23号公布). `parties` are the 当事人 of a contract,
    an agreement or a pledge, which has no issuers, each with its part (甲方, 承租方 …) as origin.
    """

    title: Fact[str] | None = None
    issuers: tuple[Fact[str], ...] = ()
    number: Fact[str] | None = None
    registration: Fact[str] | None = None
    made: Fact[date] | None = None
    published: Fact[date] | None = None
    recipients: Fact[str] | None = None
    copies: Fact[str] | None = None
    signers: tuple[Fact[str], ...] = ()
    openness: Fact[str] | None = None
    secrecy: Fact[str] | None = None
    adopted: Fact[str] | None = None
    parties: tuple[Fact[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed document; `attached` holds the documents attached to it, each parsed in the same way.

    `is_collection` tells that they are independent papers of a collection (汇编, 公报), whose cover this document is.
    """

    span: Span
    masthead: Masthead
    effective: Effective | None
    term: Term | None
    attachments: tuple[Fact[str], ...]
    clauses: tuple[Clause, ...]
    citations: tuple[Citation, ...]
    repeals: tuple[Repeal, ...]
    amendments: tuple[Amendment, ...]
    tasks: tuple[Task, ...]
    noise: tuple[Note, ...]
    attached: tuple["Document", ...] = ()
    standing: Fact[Standing] | None = None
    is_collection: bool = False

    def family(self) -> "Iterator[Document]":
        """This document and all attached to it, in reading order."""
        yield self
        for attached in self.attached:
            yield from attached.family()

    @property
    def name(self) -> str:
        """What the document is cited by: its number, else its title, else ""."""
        fact = self.masthead.number or self.masthead.title
        return fact.value if fact else ""

    def path_at(self, offset: int) -> str:
        """The citation of the clause at an offset (第三条第二款第（一）项); "" if the offset lies outside the numbered clauses.

        In a collection the number or title of the paper stands before it.
        """
        if self.is_collection:
            paper = next((one for one in self.attached if one.span.start <= offset < one.span.end), None)
            return f"{paper.name} {paper.path_at(offset)}".strip() if paper else ""
        for member in self.family():
            clauses = member.clauses
            if clauses and clauses[0].span.start <= offset < clauses[-1].span.end:
                at = bisect_right(clauses, offset, key=lambda clause: clause.span.start) - 1
                return clauses[at].path
        return ""


class NormLevel(StrEnum):
    """效力层级: the rank of a document in the hierarchy of norms; 其他 is for texts that are not official documents."""

    LAW = "法律"
    ADMINISTRATIVE_REGULATION = "行政法规"
    LOCAL_REGULATION = "地方性法规"
    DEPARTMENT_RULE = "部门规章"
    LOCAL_RULE = "地方政府规章"
    NORMATIVE = "规范性文件"
    JUDICIAL_INTERPRETATION = "司法解释"
    PARTY = "党内文件"
    OTHER = "其他"


@dataclass(frozen=True, slots=True)
class Context:
    """A context that changes the weight of a hit: rule id, effect ("drop", "note" or "soften"), Chinese reason, span."""

    rule: str
    effect: str
    says: str
    span: Span


@dataclass(frozen=True, slots=True)
class Hit:
    """A sentence that matched a clause rule or was raised by the judge, before any legal assessment.

    `chance` is the judge's probability (0 to 1) that the sentence needs review, None if it was not run; `others` are
    further types of the same sentence, likeliest first; `grounds` what spoke for and against, in Chinese.
    """

    type: str
    rule: str
    sentence: Span
    evidence: Span
    contexts: tuple[Context, ...]
    chance: float | None = None
    others: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()

    @property
    def effect(self) -> str:
        """The strongest context: "drop", "note", "soften" or "keep"."""
        effects = {context.effect for context in self.contexts}
        return next((e for e in ("drop", "note", "soften") if e in effects), "keep")

    @property
    def is_raised(self) -> bool:
        """Whether the hit still leads to a finding: no context dropped it or reduced it to a note."""
        return self.effect in ("keep", "soften")


@dataclass(frozen=True, slots=True)
class Labels:
    """The classification of a document (genre, norm level, normative or not, with reasons) and its `Hit`s.

    `in_doubt` says that a person has to confirm that it is not normative: what it provides burdens people outside the administration.
    """

    genre: str
    norm_level: NormLevel
    is_normative: bool
    reasons: tuple[str, ...]
    hits: tuple[Hit, ...]
    in_doubt: bool = False


class Severity(StrEnum):
    """The urgency of a finding for the reviewer."""

    CRITICAL = "严重"
    HIGH = "高"
    MEDIUM = "中"
    LOW = "低"
    INFO = "提示"


@dataclass(frozen=True, slots=True)
class Basis:
    """A legal basis as of the assessment date; `confirmed` is False if nobody checked the source (待核实)."""

    law: str
    article: str
    says: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One possible violation: type, severity, clause path, evidence, legal bases, reasons for and against, advice.

    `subject` is the name the finding is about, if it is about one (a stale law, a former body), else "". `sure` is the
    recognition confidence of the evidence, 0 to 1, None if it was not recognised from an image. `grounds`: what spoke
    for and against, as the judge saw it; `cases`: the most similar official cases, one line each; `chance`: the judge's
    probability, None if it was not run or the finding is not about a provision; `others`: further types of the same
    provision, likeliest first.
    """

    type: str
    name: str
    severity: Severity
    evidence: Span
    path: str
    bases: tuple[Basis, ...]
    reasons: tuple[str, ...]
    advice: str
    rule: str
    softened: bool = False
    subject: str = ""
    sure: float | None = None
    grounds: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    chance: float | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Validity:
    """有效性 on the assessment date, with the rule that decided and the span of its evidence."""

    state: str
    expires: date | None
    rule: str
    reasons: tuple[str, ...]
    span: Span | None


@dataclass(frozen=True, slots=True)
class Indicator:
    """A 清理指标 in favour of an outcome: id (CL-01 …), name, proposed outcome, reasons, and the span of its evidence.

    `strength` is high, medium, low or info; `confirmed` is False if a fact it rests on is 待核实.
    """

    id: str
    name: str
    outcome: str
    strength: str
    reasons: tuple[str, ...]
    span: Span | None = None
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Cleanup:
    """清理建议: a key of `OUTCOMES` with the indicators and reasons that support it.

    `indicators` are in order of precedence; `conflicts` names those that propose another outcome;
    `confidence` is 高, 中 or 低.
    """

    outcome: str
    indicators: tuple[Indicator, ...]
    reasons: tuple[str, ...]
    confidence: str
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Risk:
    """The score by which the queue is sorted, 0 to 100, and its components as (name, points)."""

    score: int
    parts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """The legal assessment of a document as of the day `as_of`: findings, validity, cleanup proposal, risk."""

    as_of: date
    findings: tuple[Finding, ...]
    validity: Validity
    cleanup: Cleanup
    stale_bases: tuple[str, ...]
    old_bodies: tuple[str, ...]
    risk: Risk


@dataclass(frozen=True, slots=True)
class Dossier:
    """The complete result for one file: its text, the parsed document, its labels and its assessment."""

    source: SourceText
    document: Document
    labels: Labels
    assessment: Assessment
