"""The vocabulary of the project: frozen dataclasses and nothing else.

A `Span` is half-open and counts code points of `SourceText.text`; the text it cuts out is the evidence
that a reviewer sees. `None` always means "the document does not say".
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar, dataclass_transform

T = TypeVar("T")
# formats that are spreadsheets, and what parts the cells of their rows in the text
SHEETS, BAR = ("xlsx", "xls", "ods"), "｜"
# what a cleanup can come to, as reviewers say it
OUTCOMES = {"keep": "继续有效", "amend": "修改", "repeal": "废止", "lapse": "宣布失效", "not_applicable": "不适用"}


@dataclass_transform(frozen_default=True)
def light_dataclass(cls: type[T]) -> type[T]:
    """A frozen dataclass to the type checker; at run time assignment is not prevented, which halves the cost of making one."""
    return dataclass(slots=True, unsafe_hash=True)(cls)


@light_dataclass
class Span:
    """A stretch of text, half-open, in code points."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end

    def cut(self, text: str) -> str:
        return text[self.start : self.end]

    def sentence(self, text: str) -> "Span":
        """The stretch from the end of the sentence before to the end of this one (。；or a new line)."""
        start = max(text.rfind(mark, 0, self.start) for mark in "。；\n") + 1
        ends = [at for mark in "。；\n" if (at := text.find(mark, self.end)) >= 0]
        return Span(start, min(ends, default=len(text)))


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """A value with its evidence and the way it was found (`origin`, e.g. "署名")."""

    value: T
    span: Span
    origin: str


class BlockKind(StrEnum):
    """What a block of the source is; only `FURNITURE` is left out of the document's own text."""

    PARAGRAPH = "正文"
    CELL = "表格单元"
    FOOTNOTE = "脚注"
    TEXT_BOX = "文本框"
    META = "网页信息表"
    FURNITURE = "页面附着物"


@light_dataclass
class Block:
    """A paragraph, table cell or line of furniture; `page` counts from 1, `box` is x0, y0, x1, y1 in
    points from the lower left corner of the page; both are None where the format has no pages."""

    span: Span
    kind: BlockKind
    page: int | None = None
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Print:
    """A printed line that was placed by the file (OFD) or recognised on a picture: `span` in the text, and where it stands.

    `box` as in `Block`; `edges` are the left edges of its characters and the right edge of the last, in points;
    `confidence` is 0 to 1 for recognised print, None for print that was text.
    """

    span: Span
    page: int
    box: tuple[float, float, float, float]
    edges: tuple[float, ...]
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A page that stands askew in the file and was set upright for reading: by how many degrees, clockwise."""

    page: int
    degrees: float


@dataclass(frozen=True, slots=True)
class Note:
    """Something about the reading that the reviewer should know (`kind` is stable, `message` is Chinese)."""

    kind: str
    message: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text of one file after the only normalisation it ever gets."""

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
        """How sure the least sure recognised line under a stretch is, 0 to 1; None where it was text."""
        return min(
            (p.confidence for p in self.prints if p.confidence is not None and p.span.overlaps(span)), default=None
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that gives no text (yet). `waiting` is True for 待识别: kept, to be read later."""

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
class Citation:
    """Another instrument (or this document itself) that the text names.

    `title` is without 《》; `number` is its 发文字号 where given; `article` reads 第四十六条 or
    第八条第一款. `target` is "本件" for a reference to the document itself.
    """

    title: str
    number: str | None
    article: str | None
    span: Span
    target: str
    role: str


@dataclass(frozen=True, slots=True)
class Repeal:
    """废止 declared by this document: title (or description) and number of what ends, and the day."""

    title: str
    number: str | None
    span: Span
    day: date | None


@dataclass(frozen=True, slots=True)
class Amendment:
    """修改 or 延长 declared by this document; `until` is the new last day of a prolonged document."""

    kind: str
    title: str
    number: str | None
    span: Span
    until: date | None


@dataclass(frozen=True, slots=True)
class Task:
    """A 任务 with its 责任单位 and 时限, each as written."""

    what: Span
    units: tuple[str, ...]
    deadline: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Effective:
    """施行日期: a fixed `day`, or `on_publication` (自公布之日起), or `delay_days` after publication."""

    day: date | None
    on_publication: bool
    delay_days: int | None
    span: Span


@dataclass(frozen=True, slots=True)
class Term:
    """有效期: stated length in years and/or stated last day; `provisional` for 暂行/试行."""

    years: float | None
    last_day: date | None
    provisional: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Masthead:
    """What stands around the text: title, issuers, numbers, dates, addressees.

    `adopted` is the 题注 below the title of legislation (……第三次会议通过, ……令第23号公布).
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


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a family. The outer document carries what was attached in `attached`."""

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

    def family(self) -> "Iterator[Document]":
        """This document and all attached to it, in reading order."""
        yield self
        for attached in self.attached:
            yield from attached.family()

    def path_at(self, offset: int) -> str:
        """How a lawyer cites the place of an offset: 第三条第二款第（一）项; "" outside of numbering."""
        for member in self.family():
            clauses = member.clauses
            if clauses and clauses[0].span.start <= offset < clauses[-1].span.end:
                at = bisect_right(clauses, offset, key=lambda clause: clause.span.start) - 1
                return clauses[at].path
        return ""


class NormLevel(StrEnum):
    """效力层级, from the constitution-given order of norms; 其他 is what is no official paper."""

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
    """Why a hit was softened or hardened: rule id, effect, Chinese reason, and where it stands."""

    rule: str
    effect: str
    says: str
    span: Span


@dataclass(frozen=True, slots=True)
class Hit:
    """A sentence that a clause rule touched or the model pointed out, before the law is asked.

    `chance` is the model's probability that a reviewer should look, None where it was not asked.
    """

    type: str
    rule: str
    sentence: Span
    evidence: Span
    contexts: tuple[Context, ...]
    chance: float | None = None

    @property
    def effect(self) -> str:
        """The strongest context: "drop", "note", "soften" or "keep"."""
        effects = {context.effect for context in self.contexts}
        return next((e for e in ("drop", "note", "soften") if e in effects), "keep")

    @property
    def loud(self) -> bool:
        """Whether the hit still speaks: nothing dropped it or made it a mere note."""
        return self.effect in ("keep", "soften")


@dataclass(frozen=True, slots=True)
class Labels:
    """What kind of paper this is, and which clause rules it touches."""

    genre: str
    norm_level: NormLevel
    is_normative: bool
    reasons: tuple[str, ...]
    hits: tuple[Hit, ...]


class Severity(StrEnum):
    """How soon a reviewer should look."""

    CRITICAL = "严重"
    HIGH = "高"
    MEDIUM = "中"
    LOW = "低"
    INFO = "提示"


@dataclass(frozen=True, slots=True)
class Basis:
    """A legal basis as of the assessment date; `confirmed` is False where the source was not read."""

    law: str
    article: str
    says: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One argument: what, where, on which law, why so severe, what to do.

    `subject` is what the finding speaks of where that is a name: the stale law, the old body. `sure` is how well its
    text was recognised, 0 to 1, None where it was text.
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


@dataclass(frozen=True, slots=True)
class Validity:
    """有效性 on the assessment date, with the sentence and the rule that decided."""

    state: str
    expires: date | None
    rule: str
    reasons: tuple[str, ...]
    span: Span | None


@dataclass(frozen=True, slots=True)
class Indicator:
    """清理指标 that speaks for an outcome: id (CL-01 …), name, what it proposes, why, and the sentence.

    `strength` is high, medium, low or info; `confirmed` is False where a fact behind it is 待核实.
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
    """清理建议 (keep, amend, repeal, lapse, not_applicable) with its proof.

    `indicators` stand in their order of precedence; `conflicts` names those that propose something else;
    `confidence` is 高, 中 or 低.
    """

    outcome: str
    indicators: tuple[Indicator, ...]
    reasons: tuple[str, ...]
    confidence: str
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Risk:
    """The score that orders the queue, 0 to 100, and the parts that make it up."""

    score: int
    parts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything the law says about a document on the date `as_of`."""

    as_of: date
    findings: tuple[Finding, ...]
    validity: Validity
    cleanup: Cleanup
    stale_bases: tuple[str, ...]
    old_bodies: tuple[str, ...]
    risk: Risk


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything known of one file after its walk through the house."""

    source: SourceText
    document: Document
    labels: Labels
    assessment: Assessment
