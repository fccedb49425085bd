"""Collects what of a Word document does not become plain text, and says it to the reviewer in notes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from pipeline.document import Note
from pipeline.ingest.docx_markup import W

# places named in a note
_MOST_NAMED = 5


@dataclass(slots=True)
class Remarks:
    """What was met: hidden words, numbers of empty paragraphs, formulas on one line, and how often each thing was not read."""

    hidden: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    formulas: int = 0
    equations: int = 0
    symbols: int = 0
    charts: int = 0
    embedded: list[str] = field(default_factory=list)
    more: list[Note] = field(default_factory=list)

    def notes(self) -> Iterator[Note]:
        """Yields the notes for the reviewer."""
        hidden = [words for words in self.hidden if words.strip()]
        if hidden:
            shown = _listed([f"“{words.strip()[:30]}”" for words in hidden])
            yield Note(
                "hidden", f"文档有隐藏文字{len(hidden)}处（{shown}），Word不显示也不打印，没有作为正文读入，请核对"
            )
        if self.empty:
            yield Note("empty_numbers", f"自动编号的段落没有文字，但占用了编号：{_listed(self.empty)}，请对照原件")
        if self.formulas:
            yield Note("formula", f"公式{self.formulas}处写成一行读入，请对照原件")
        for count, kind, what in (
            (self.equations, "formula", "公式{}处（公式编辑器的对象）"),
            (self.symbols, "symbol", "特殊符号{}处"),
            (self.charts, "chart", "图表{}处"),
        ):
            if count:
                yield Note(kind, f"{what.format(count)}没有读出，请对照原件")
        if self.embedded:
            yield Note("attached", f"Word文档内附有文件：{_listed(self.embedded)}，请另行核对")
        yield from self.more


def _listed(names: Sequence[str]) -> str:
    return "、".join(names[:_MOST_NAMED]) + (f"等{len(names)}处" if len(names) > _MOST_NAMED else "")


def revision_notes(parts: Sequence[etree._Element]) -> Iterator[Note]:
    """Yields the note on tracked changes in the parts of a document, which are read as if all had been accepted."""
    counts = dict.fromkeys(("ins", "del", "moveTo", "moveFrom", "cellIns", "cellDel"), 0)
    for part in parts:
        for tag in counts:
            counts[tag] += sum(1 for one in part.iter(W + tag) if _is_change(one))
    inserted, deleted = counts["ins"] + counts["cellIns"], counts["del"] + counts["cellDel"]
    moved = max(counts["moveTo"], counts["moveFrom"])
    if inserted or deleted or moved:
        move = f"、移动{moved}处" if moved else ""
        yield Note("tracked", f"文档带修订痕迹（插入{inserted}处、删除{deleted}处{move}），已按接受修订后的文本阅读")


def _is_change(element: etree._Element) -> bool:
    """Whether a change is one of its own: the mark of a paragraph that was moved belongs to the words that were moved."""
    parent = element.getparent()
    return not (element.tag in (W + "moveTo", W + "moveFrom") and parent is not None and parent.tag == W + "rPr")
