"""原件版面: the pages of a file as pictures, with the place of each finding on them.

PDF is drawn as it is; other formats that an installed LibreOffice can lay out become PDF first. Both run apart, with
limits, and what they made is kept beside the queue, so that each page is drawn once.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.apart import Bounds, StoppedError, run_apart
from pipeline.converter import convert, office_program
from pipeline.errors import UsageError
from pipeline.review.models import Finding, Version
from pipeline.review.originals import where

_LAID_OUT = frozenset({"docx", "doc", "rtf", "odt", "txt", "html"})
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """A box on a page: x, y, width, height in points from the upper left, and the finding it belongs to."""

    finding: int
    box: Box


@dataclass(frozen=True, slots=True)
class PageView:
    """A page: its number from 1, size in points, and the marks on it."""

    number: int
    width: float
    height: float
    marks: tuple[Mark, ...]


def layout_of(home: Path, version: Version) -> Path:
    """The PDF of a version's file, made first where the file is none. Raises `UsageError`."""
    original = where(home, version.original_id)
    kind = version.dossier["source"]["format"]
    if kind == "pdf":
        return original
    kept = _folder(home, version) / "layout.pdf"
    if kept.exists():
        return kept
    if kind == "image":
        return _image_as_pdf(original, kept)
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
        _drawn(("bind", str(original), str(made)), Path(folder))
        made.replace(kept)
    return kept


def views_of(home: Path, version: Version, findings: Sequence[Finding]) -> list[PageView]:
    """The pages with the marks of findings: around their characters, on a scan around their paragraph.

    Raises `UsageError` where the file cannot be laid out.
    """
    layout, length = layout_of(home, version), max(len(version.text), 1)
    asked = [(finding.pk, finding.content["text"], finding.start / length) for finding in findings]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "asked.json"
        file.write_text(json.dumps(asked, ensure_ascii=False), encoding="utf-8")
        rows: list[dict[str, Any]] = json.loads(_drawn(("marks", str(layout), str(file)), Path(folder)))
    marked = {key for row in rows for key, _ in row["marks"]}
    for finding in findings:
        if finding.pk not in marked:
            _mark_blocks(rows, version, finding)
    return [
        PageView(row["number"], row["width"], row["height"], tuple(Mark(key, tuple(box)) for key, box in row["marks"]))
        for row in rows
    ]


def _mark_blocks(rows: list[dict[str, Any]], version: Version, finding: Finding) -> None:
    """Marks the paragraphs that a finding stands in, where its characters have no places of their own."""
    for block in version.dossier["source"]["blocks"]:
        span, page, box = block["span"], block["page"], block["box"]
        if box and page and page <= len(rows) and span["start"] < finding.end and finding.start < span["end"]:
            x0, y0, x1, y1 = box
            row = rows[page - 1]
            row["marks"].append((finding.pk, (x0, row["height"] - y1, x1 - x0, y1 - y0)))


def picture_of(home: Path, version: Version, number: int) -> bytes:
    """A page as PNG. Raises `UsageError` where there is no such page."""
    kept = _folder(home, version) / f"{number}.png"
    if not kept.exists():
        layout = layout_of(home, version)
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            made = Path(folder) / "page.png"
            _drawn(("picture", str(layout), str(number), str(made)), Path(folder))
            made.replace(kept)
    return kept.read_bytes()


def _folder(home: Path, version: Version) -> Path:
    return home / "pages" / version.original_id[:2] / version.original_id


def _drawn(words: tuple[str, ...], folder: Path) -> str:
    try:
        return run_apart((sys.executable, "-m", "pipeline.review.drawing", *words), folder, Bounds(60))
    except StoppedError as error:
        raise UsageError(f"版面没有生成：{error}", remedy="请下载原件对照") from error
