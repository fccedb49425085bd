"""原件版面: the pages of a file as pictures, with the place of each finding on them.

PDF is drawn as it is; other formats that an installed LibreOffice can lay out become PDF first. Both run apart, with
limits, and what they made is kept beside the queue, so that each page is drawn once.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.converter import convert, office_program
from pipeline.document import SHEETS
from pipeline.errors import UsageError
from pipeline.review import fonts
from pipeline.review.models import Finding, Version
from pipeline.review.output.page_drawing import quarters_of
from pipeline.review.queue.originals import where
from pipeline.sandbox import Bounds, StoppedError, run_sandboxed

_LAID_OUT = frozenset({"docx", "doc", "rtf", "odt", "txt", "html"})
# the programs that draw pages, run apart by their names; suffix and media type of what comes out
_OF_PDF, _OF_OFD = "pipeline.review.output.page_drawing", "pipeline.ingest.ofd_svg"
_SHEET, _PICTURE = (_OF_OFD, "svg", "image/svg+xml"), (_OF_PDF, "png", "image/png")
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """A box on a page: x, y, width, height in points from the upper left, and the finding it belongs to."""

    finding: int
    box: Box


@dataclass(frozen=True, slots=True)
class PageView:
    """A page: its number from 1, size in points, the marks on it, and whether this machine lacks the font to draw it."""

    number: int
    width: float
    height: float
    marks: tuple[Mark, ...]
    fontless: bool = False


def layout_of(home: Path, version: Version) -> Path:
    """The PDF of a version's file, made first where the file is none; of an OFD the file itself. Raises `UsageError`."""
    original = where(home, version.original_id)
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
    if kind not in _LAID_OUT or not office:
        raise UsageError(
            "这种文件在本机不能显示版面", remedy="请下载原件对照；安装LibreOffice后可以显示Word等文件的版面"
        )
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"source.{kind}"
        source.write_bytes(original.read_bytes())
        try:
            made = convert(office, source, "pdf", Bounds(90, 0))
        except StoppedError as error:
            raise UsageError(f"版面没有生成：{error}", remedy="请下载原件对照") from error
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, kept)
    return kept


def _image_as_pdf(original: Path, kept: Path) -> Path:
    """The frames of an image as pages of the size that they were read at."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        made = Path(folder) / "layout.pdf"
        _drawn(_OF_PDF, ("bind", str(original), str(made)), Path(folder))
        made.replace(kept)
    return kept


def views_of(home: Path, version: Version, findings: Sequence[Finding]) -> list[PageView]:
    """The pages, upright, with the marks of findings around their characters.

    Print that the reading placed (scans, OFD) is marked there, other text where the laid out page has it, what has no
    place of its own around its paragraph. Raises `UsageError` where the file cannot be laid out.
    """
    layout, source = layout_of(home, version), version.dossier["source"]
    placed = {finding.pk: list(_in_print(source, finding)) for finding in findings}
    rows = _pages(layout, source["format"], [finding for finding in findings if not placed[finding.pk]], version)
    for turn in source.get("turns", ()):
        _stand_up(rows, turn)
    for finding in findings:
        for number, (x0, y0, x1, y1) in placed[finding.pk]:
            if number <= len(rows):
                row = rows[number - 1]
                row["marks"].append((finding.pk, (x0, row["height"] - y1, x1 - x0, y1 - y0)))
    marked = {key for row in rows for key, _ in row["marks"]}
    for finding in findings:
        if finding.pk not in marked:
            _mark_blocks(rows, version, finding)
    fontless = _fontless(source["format"])
    return [
        PageView(
            row["number"], row["width"], row["height"], tuple(Mark(key, tuple(box)) for key, box in row["marks"]),
            fontless and (row["fontless"] or source["format"] in _LAID_OUT),
        )
        for row in rows
    ]  # fmt: skip


def _fontless(kind: str) -> bool:
    """Whether the program that draws files of a kind here finds no Chinese font; images and OFD need none of this machine."""
    return (kind == "pdf" and not fonts.pdf_font()) or (kind in _LAID_OUT and not fonts.office_font())


def font_note(version: Version, views: Sequence[PageView]) -> str:
    """What to say above pages that this machine could not draw for want of a Chinese font; empty where none is missing."""
    numbers = [str(view.number) for view in views if view.fontless]
    if not numbers:
        return ""
    pages = f"第{'、'.join(numbers)}页" if len(numbers) < len(views) else "各页"
    if version.dossier["source"]["format"] == "pdf":
        seen = f"{pages}的汉字显示为方框：原件没有嵌入字体，服务器上也没有中文字体。"
    else:
        seen = "服务器上没有中文字体：各页的汉字显示为方框，分页也可能与原件不同。"
    return f"{seen}请对照正文，或者下载原件；请管理员{fonts.INSTALL}，然后重新打开版面。"


def _pages(layout: Path, kind: str, findings: Sequence[Finding], version: Version) -> list[dict[str, Any]]:
    """The pages of a layout, with what could be found of the findings by their text."""
    length = max(len(version.text), 1)
    asked = [(finding.pk, finding.content["text"], finding.start / length) for finding in findings]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "asked.json"
        file.write_text(json.dumps(asked, ensure_ascii=False), encoding="utf-8")
        program, words = (
            (_OF_OFD, ("sizes", str(layout))) if kind == "ofd" else (_OF_PDF, ("marks", str(layout), str(file)))
        )
        rows: list[dict[str, Any]] = json.loads(_drawn(program, words, Path(folder)))
    return rows


def _in_print(source: dict[str, Any], finding: Finding) -> Iterator[tuple[int, Box]]:
    """Page and box of the characters of a finding, a line each, in points from the lower left."""
    for line in source.get("prints", ()):
        start, end, edges = line["span"]["start"], line["span"]["end"], line["edges"]
        if start < finding.end and finding.start < end and len(edges) == end - start + 1:
            left, right = edges[max(finding.start, start) - start], edges[min(finding.end, end) - start]
            yield line["page"], (left, line["box"][1], right, line["box"][3])


def _stand_up(rows: list[dict[str, Any]], turn: dict[str, Any]) -> None:
    if turn["page"] <= len(rows) and quarters_of(turn["degrees"])[0] % 2:
        row = rows[turn["page"] - 1]
        row["width"], row["height"] = row["height"], row["width"]


def _mark_blocks(rows: list[dict[str, Any]], version: Version, finding: Finding) -> None:
    """Marks the paragraphs that a finding stands in, where its characters have no places of their own."""
    for block in version.dossier["source"]["blocks"]:
        span, page, box = block["span"], block["page"], block["box"]
        if box and page and page <= len(rows) and span["start"] < finding.end and finding.start < span["end"]:
            x0, y0, x1, y1 = box
            row = rows[page - 1]
            row["marks"].append((finding.pk, (x0, row["height"] - y1, x1 - x0, y1 - y0)))


def picture_of(home: Path, version: Version, number: int) -> tuple[bytes, str]:
    """A page as PNG, of an OFD as SVG, and its media type. Raises `UsageError` where there is no such page."""
    source = version.dossier["source"]
    degrees = next((turn["degrees"] for turn in source.get("turns", ()) if turn["page"] == number), 0.0)
    program, suffix, media = _SHEET if source["format"] == "ofd" else _PICTURE
    kept = _folder(home, version) / f"{number}-{degrees:g}.{suffix}"
    if not kept.exists():
        layout = layout_of(home, version)
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            made = Path(folder) / kept.name
            _drawn(program, ("draw", str(layout), str(number), str(degrees), str(made)), Path(folder))
            made.replace(kept)
    return kept.read_bytes(), media


def _folder(home: Path, version: Version) -> Path:
    """Where the pages of a file are kept; those drawn without a Chinese font lie in a folder of their own, not to be shown later."""
    folder = home / "pages" / version.original_id[:2] / version.original_id
    return folder / "fontless" if _fontless(version.dossier["source"]["format"]) else folder


def _drawn(program: str, words: tuple[str, ...], folder: Path) -> str:
    try:
        return run_sandboxed((sys.executable, "-m", program, *words), folder, Bounds(60))
    except StoppedError as error:
        raise UsageError(f"版面没有生成：{error}", remedy="请下载原件对照") from error
