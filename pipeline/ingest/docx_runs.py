"""The words of a Word paragraph: runs without hidden text and field codes, with symbols, form fields and formulas; what is drawn in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from pipeline.document import light_dataclass
from pipeline.ingest.docx_formulas import has_structure, is_formula, on_one_line
from pipeline.ingest.docx_markup import W, as_number, child_of, children, is_on, value_of
from pipeline.ingest.docx_remarks import Remarks
from pipeline.ingest.docx_styles import Styles
from pipeline.ingest.docx_symbols import is_symbol_font, symbol, written_in

_RUN, _TEXT, _SYMBOL, _FIELD = W + "r", W + "t", W + "sym", W + "fldChar"
_PARAGRAPH_PROPERTIES, _RUN_PROPERTIES = W + "pPr", W + "rPr"
_DRAWN = frozenset({W + "drawing", W + "pict", W + "object"})
# names of runs and of what stands in them, as characters; "" for what is not shown
_CHARACTERS = {
    W + "tab": " ", W + "ptab": " ", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-", W + "instrText": "",
    W + "delText": "", W + "delInstrText": "", W + "rPr": "", W + "pPr": "", W + "rt": "", W + "rubyPr": "",
}  # fmt: skip
_TICKED, _UNTICKED = "☑", "□"


@light_dataclass
class _Piece:
    """A stretch of words, or the mark of a field (begin, separate, end) with the words that a form field shows."""

    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a paragraph, and the drawings, pictures and objects in it that are not hidden."""

    text: str
    drawn: tuple[etree._Element, ...]


class RunReader:
    """Reads the runs of one document with its styles; what is not read is told to the remarks."""

    def __init__(self, styles: Styles, remarks: Remarks) -> None:
        self.styles = styles
        self.remarks = remarks

    def words(self, paragraph: etree._Element) -> Words:
        """The words and drawings of a paragraph."""
        style = value_of(child_of(paragraph, _PARAGRAPH_PROPERTIES), "pStyle")
        drawn: list[etree._Element] = []
        pieces = list(self._pieces(paragraph, style, drawn))
        shown = _shown(pieces) if any(piece.field for piece in pieces) else (piece.text for piece in pieces)
        return Words("".join(shown), tuple(drawn))

    def is_hidden(self, properties: etree._Element | None, paragraph_style: str | None) -> bool:
        """Whether properties of a run or of the mark of a paragraph (w:rPr) make it hidden, by themselves or by style."""
        if properties is None:
            return self.styles.hides(paragraph_style, None)
        own = is_on(properties, "vanish")
        return self.styles.hides(paragraph_style, value_of(properties, "rStyle")) if own is None else own

    def _pieces(self, parent: etree._Element, style: str | None, drawn: list[etree._Element]) -> Iterator[_Piece]:
        for element in children(parent):
            tag = element.tag
            if tag == _RUN:
                yield from self._run(element, style, drawn)
            elif is_formula(element):
                self.remarks.formulas += has_structure(element)
                yield _Piece(on_one_line(element))
            elif tag != _PARAGRAPH_PROPERTIES:
                yield from self._pieces(element, style, drawn)

    def _run(self, run: etree._Element, style: str | None, drawn: list[etree._Element]) -> Iterator[_Piece]:
        properties = child_of(run, _RUN_PROPERTIES)
        hidden = self.is_hidden(properties, style)
        found: list[etree._Element] = []
        pieces = list(self._contents(run, _font(properties), found))
        if not hidden:
            drawn += found
            yield from pieces
            return
        self.remarks.hidden += [words] if (words := "".join(piece.text for piece in pieces)) else []
        yield from (piece for piece in pieces if piece.field)

    def _contents(self, parent: etree._Element, font: str, drawn: list[etree._Element]) -> Iterator[_Piece]:
        """What stands in a run, or in an element within it such as the base of a ruby."""
        for element in children(parent):
            tag = element.tag
            if tag == _TEXT:
                yield _Piece(self._text(element.text or "", font))
            elif tag in _CHARACTERS:
                yield _Piece(_CHARACTERS[tag])
            elif tag == _SYMBOL:
                yield _Piece(self._symbol(element))
            elif tag == _FIELD:
                yield _Piece(_form_field(element), element.get(W + "fldCharType", ""))
            elif tag in _DRAWN:
                drawn.append(element)
            else:
                yield from self._contents(element, font, drawn)

    def _text(self, text: str, font: str) -> str:
        if not font:
            return text
        written, unknown = written_in(font, text)
        self.remarks.symbols += unknown
        return written

    def _symbol(self, element: etree._Element) -> str:
        code = element.get(W + "char", "")
        known = len(code) <= 6 and all(character in "0123456789abcdefABCDEF" for character in code) and code
        found = symbol(element.get(W + "font", ""), int(code, 16)) if known else ""
        self.remarks.symbols += not found
        return found


def _font(properties: etree._Element | None) -> str:
    """The symbol font that a run states for its letters; "" for other fonts."""
    fonts = child_of(properties, W + "rFonts") if properties is not None else None
    font = "" if fonts is None else fonts.get(W + "ascii") or fonts.get(W + "hAnsi") or ""
    return font if font and is_symbol_font(font) else ""


def _form_field(mark: etree._Element) -> str:
    """What a form field shows by itself: a ticked or empty box, the chosen entry of a list; "" for other fields."""
    data = mark.find(W + "ffData")
    box = data.find(W + "checkBox") if data is not None else None
    entries = data.find(W + "ddList") if data is not None else None
    if box is not None:
        ticked = is_on(box, "checked")
        return _TICKED if (is_on(box, "default") if ticked is None else ticked) else _UNTICKED
    if entries is None:
        return ""
    texts = [entry.get(W + "val", "") for entry in entries.findall(W + "listEntry")]
    chosen = as_number(value_of(entries, "result") or value_of(entries, "default") or "0") or 0
    return texts[chosen] if 0 <= chosen < len(texts) else ""


def _shown(pieces: Sequence[_Piece]) -> Iterator[str]:
    """Yields the words that are shown: results of fields without their codes; a form field without result shows its own."""
    codes, results = _field_ranges(pieces)
    in_code = {index for begin, end in codes for index in range(begin + 1, end)}
    with_result = {
        begin for begin, (start, end) in results.items() if any(pieces[index].text for index in range(start, end))
    }
    for index, piece in enumerate(pieces):
        if index not in in_code and not (piece.field and index in with_result):
            yield piece.text


def _field_ranges(pieces: Sequence[_Piece]) -> tuple[list[tuple[int, int]], dict[int, tuple[int, int]]]:
    """The ranges of the codes of the fields that begin and end among the pieces, and of their results by begin."""
    codes, results = [], {}
    begun: list[tuple[int, int | None]] = []
    for index, piece in enumerate(pieces):
        if piece.field == "begin":
            begun.append((index, None))
        elif piece.field == "separate" and begun and begun[-1][1] is None:
            begun[-1] = begun[-1][0], index
        elif piece.field == "end" and begun:
            begin, separate = begun.pop()
            codes.append((begin, index if separate is None else separate))
            if separate is not None:
                results[begin] = separate + 1, index
    # a field that goes on in the next paragraph: its code has ended here
    codes += [(begin, separate) for begin, separate in begun if separate is not None]
    return codes, results
