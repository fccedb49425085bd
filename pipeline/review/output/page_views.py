"""原件版面: images of the pages of a file, with a box around each finding.

PDF pages are rendered directly; other formats are converted to PDF first, where LibreOffice is installed. Both run in a sandboxed
subprocess with limits on time and memory; results are cached in the home folder, so that each page is rendered once.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from pipeline.converter import convert, office_program
from pipeline.document import SHEETS
from pipeline.errors import UsageError
from pipeline.leftovers import temporary_folder
from pipeline.review import fonts
from pipeline.review.models import Finding, Version
from pipeline.review.output.page_drawing import quarters_of
from pipeline.review.queue.originals import original_path
from pipeline.sandbox import Bounds, StoppedError, run_sandboxed
from pipeline.word_package import usual_package

_CONVERTIBLE = frozenset({"docx", "doc", "rtf", "odt", "txt", "html"})
# modules that render pages, run as subprocesses; with suffix and media type of their output
_PDF_PROGRAM, _OFD_PROGRAM = "pipeline.review.output.page_drawing", "pipeline.ingest.ofd_svg"
_OFD_PAGE, _PDF_PAGE = (_OFD_PROGRAM, "svg", "image/svg+xml"), (_PDF_PROGRAM, "png", "image/png")
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """A box on a page (x, y, width, height in points from the upper left) and the key of its finding."""

    finding: int
    box: Box


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line or paragraph on a page: its box as in `Mark`, its range in code points of the text of the version, and its text."""

    box: Box
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class PageView:
    """A page: number from 1, size in points, marks; `fontless` if this machine has no font to render its Chinese with.

    `lines` are those a reviewer can choose; () where the reader recorded no places (`lines_of`).
    """

    number: int
    width: float
    height: float
    marks: tuple[Mark, ...]
    fontless: bool = False
    lines: tuple[PageLine, ...] = ()


def layout_of(home: Path, version: Version) -> Path:
    """Path of the file whose pages are rendered: the original where it is a PDF or OFD, else a cached conversion to PDF.

    Raises `UsageError` for spreadsheets, for formats that cannot be converted here, and where the conversion fails.
    """
    original = original_path(home, version.original_id)
    kind = version.dossier["source"]["format"]
    if kind in ("pdf", "ofd"):
        return original
    kept = _folder(home, version) / "layout.pdf"
    if kept.exists():
        return kept
    if kind == "image":
        return _image_as_pdf(original, kept)
    if kind in SHEETS:
        raise UsageError("电子表格没有固定的版面", remedy="请看正文，或者下载原件对照")
    office = office_program()
    if kind not in _CONVERTIBLE or not office:
        raise UsageError(
            "这种文件在本机不能显示版面", remedy="请下载原件对照；安装LibreOffice后可以显示Word等文件的版面"
        )
    with temporary_folder() as folder:
        source = folder / f"source.{kind}"
        data = original.read_bytes()
        source.write_bytes(usual_package(data) if kind == "docx" else data)
        try:
            made = convert(office, source, "pdf", Bounds(90, 0))
        except StoppedError as error:
            raise UsageError(f"版面没有生成：{error}", remedy="请下载原件对照") from error
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, kept)
    return kept


def _image_as_pdf(original: Path, kept: Path) -> Path:
    """Writes the frames of an image as a PDF to `kept`, with pages of the size that the reader assumed, and returns `kept`."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        made = Path(folder) / "layout.pdf"
        _run_program(_PDF_PROGRAM, ("bind", str(original), str(made)), Path(folder))
        made.replace(kept)
    return kept


def views_of(home: Path, version: Version, findings: Sequence[Finding]) -> list[PageView]:
    """The pages of a file, upright, with marks around the characters of each finding.

    The boxes come from the reader where it recorded the place of each character (scans, OFD), else from a search for the text on
    the rendered pages, else from the paragraph. Raises `UsageError` where the file has no layout (`layout_of`).
    """
    layout, source = layout_of(home, version), version.dossier["source"]
    placed = {finding.pk: list(_printed_boxes(source, finding)) for finding in findings}
    rows = _read_pages(layout, source["format"], [finding for finding in findings if not placed[finding.pk]], version)
    for turn in source.get("turns", ()):
        _swap_sides(rows, turn)
    for finding in findings:
        for number, (x0, y0, x1, y1) in placed[finding.pk]:
            if number <= len(rows):
                row = rows[number - 1]
                row["marks"].append((finding.pk, (x0, row["height"] - y1, x1 - x0, y1 - y0)))
    marked = {key for row in rows for key, _ in row["marks"]}
    for finding in findings:
        if finding.pk not in marked:
            _mark_blocks(rows, version, finding)
    fontless = _lacks_font(source["format"])
    lines = lines_of(version, [row["height"] for row in rows])
    return [
        PageView(
            row["number"], row["width"], row["height"], tuple(Mark(key, tuple(box)) for key, box in row["marks"]),
            fontless and (row["fontless"] or source["format"] in _CONVERTIBLE), of_page,
        )
        for row, of_page in zip(rows, lines, strict=True)
    ]  # fmt: skip


def lines_of(version: Version, heights: Sequence[float]) -> list[tuple[PageLine, ...]]:
    """The lines of each page in reading order, given the heights of the upright pages in points.

    Printed lines where the reader recorded them (scans, OFD), else paragraphs (PDF, their part on the first page); none for formats
    without pages, whose layout is only a conversion.
    """
    pages: list[list[PageLine]] = [[] for _ in heights]
    for page, (x0, y0, x1, y1), start, end in _places(version.dossier["source"]):
        if page <= len(heights) and version.text[start:end].strip():
            box = (x0, heights[page - 1] - y1, x1 - x0, y1 - y0)
            pages[page - 1].append(PageLine(box, start, end, version.text[start:end]))
    return [tuple(lines) for lines in pages]


def _places(source: dict[str, Any]) -> Iterator[tuple[int, Box, int, int]]:
    """Yields page, box (from the lower left), start and end of the printed lines, else of the paragraphs that have a box.

    Lines of the text that share the box of their paragraph are joined.
    """
    known = [one for one in source.get("prints") or source.get("blocks") or () if one.get("page") and one.get("box")]
    for (page, box), group in groupby(known, key=lambda one: (one["page"], tuple(one["box"]))):
        spans = [one["span"] for one in group]
        yield page, box, spans[0]["start"], spans[-1]["end"]


def _lacks_font(kind: str) -> bool:
    """Whether this machine has no Chinese font to render a format with; images and OFD need none here."""
    return (kind == "pdf" and not fonts.pdf_font()) or (kind in _CONVERTIBLE and not fonts.office_font())


def font_note(version: Version, views: Sequence[PageView]) -> str:
    """A Chinese notice naming the pages that cannot be rendered without a Chinese font; "" where there are none."""
    numbers = [str(view.number) for view in views if view.fontless]
    if not numbers:
        return ""
    pages = f"第{'、'.join(numbers)}页" if len(numbers) < len(views) else "各页"
    if version.dossier["source"]["format"] == "pdf":
        text = f"{pages}的汉字显示为方框：原件没有嵌入字体，服务器上也没有中文字体。"
    else:
        text = "服务器上没有中文字体：各页的汉字显示为方框，分页也可能与原件不同。"
    return f"{text}请对照正文，或者下载原件；请管理员{fonts.INSTALL}，然后重新打开版面。"


def _read_pages(layout: Path, kind: str, findings: Sequence[Finding], version: Version) -> list[dict[str, Any]]:
    """The pages of a layout as JSON rows, with marks for those of `findings` whose text was found (see `page_drawing.marks_on`)."""
    length = max(len(version.text), 1)
    searched = [(finding.pk, finding.content["text"], finding.start / length) for finding in findings]
    with temporary_folder() as folder:
        file = folder / "findings.json"
        file.write_text(json.dumps(searched, ensure_ascii=False), encoding="utf-8")
        program, arguments = (
            (_OFD_PROGRAM, ("sizes", str(layout)))
            if kind == "ofd"
            else (_PDF_PROGRAM, ("marks", str(layout), str(file)))
        )
        rows: list[dict[str, Any]] = json.loads(_run_program(program, arguments, folder))
    return rows


def _printed_boxes(source: dict[str, Any], finding: Finding) -> Iterator[tuple[int, Box]]:
    """Yields page number and box (x0, y0, x1, y1 in points from the lower left) of a finding, one per line of print."""
    for line in source.get("prints", ()):
        start, end, edges = line["span"]["start"], line["span"]["end"], line["edges"]
        if start < finding.end and finding.start < end and len(edges) == end - start + 1:
            left, right = edges[max(finding.start, start) - start], edges[min(finding.end, end) - start]
            yield line["page"], (left, line["box"][1], right, line["box"][3])


def _swap_sides(rows: list[dict[str, Any]], turn: dict[str, Any]) -> None:
    """Swaps width and height of a page that is shown rotated by 90 or 270 degrees."""
    if turn["page"] <= len(rows) and quarters_of(turn["degrees"])[0] % 2:
        row = rows[turn["page"] - 1]
        row["width"], row["height"] = row["height"], row["width"]


def _mark_blocks(rows: list[dict[str, Any]], version: Version, finding: Finding) -> None:
    """Marks the paragraphs of a finding, for want of boxes of its characters."""
    for block in version.dossier["source"]["blocks"]:
        span, page, box = block["span"], block["page"], block["box"]
        if box and page and page <= len(rows) and span["start"] < finding.end and finding.start < span["end"]:
            x0, y0, x1, y1 = box
            row = rows[page - 1]
            row["marks"].append((finding.pk, (x0, row["height"] - y1, x1 - x0, y1 - y0)))


def picture_of(home: Path, version: Version, number: int) -> tuple[bytes, str]:
    """A page as PNG, or as SVG for an OFD, with its media type. Raises `UsageError` where it cannot be rendered."""
    source = version.dossier["source"]
    degrees = next((turn["degrees"] for turn in source.get("turns", ()) if turn["page"] == number), 0.0)
    program, suffix, media = _OFD_PAGE if source["format"] == "ofd" else _PDF_PAGE
    kept = _folder(home, version) / f"{number}-{degrees:g}.{suffix}"
    if not kept.exists():
        layout = layout_of(home, version)
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            made = Path(folder) / kept.name
            _run_program(program, ("draw", str(layout), str(number), str(degrees), str(made)), Path(folder))
            made.replace(kept)
    return kept.read_bytes(), media


def _folder(home: Path, version: Version) -> Path:
    """The cache folder of the pages of a file; pages rendered without a Chinese font go to a separate one, not to be shown later."""
    folder = home / "pages" / version.original_id[:2] / version.original_id
    return folder / "fontless" if _lacks_font(version.dossier["source"]["format"]) else folder


def _run_program(program: str, arguments: tuple[str, ...], folder: Path) -> str:
    """The standard output of a rendering module, run in the sandbox for 60 seconds at most. Raises `UsageError`."""
    try:
        return run_sandboxed((sys.executable, "-m", program, *arguments), folder, Bounds(60))
    except StoppedError as error:
        raise UsageError(f"版面没有生成：{error}", remedy="请下载原件对照") from error
