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
from pipeline.errors import UsageError
from pipeline.review.models import Version
from pipeline.review.originals import where

_LAID_OUT = frozenset({"docx", "doc", "wps", "rtf", "odt", "ole", "txt", "html"})
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
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if kind not in _LAID_OUT or not office:
        raise UsageError(
            "这种文件在本机不能显示版面", remedy="请下载原件对照；安装LibreOffice后可以显示Word等文件的版面"
        )
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"source.{kind if kind != 'ole' else 'doc'}"
        source.write_bytes(original.read_bytes())
        words = (office, "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "pdf", str(source))  # fmt: skip
        try:
            run_apart(words, Path(folder), Bounds(90, 0))
        except StoppedError as error:
            raise UsageError(f"版面没有生成：{error}", remedy="请下载原件对照") from error
        made = source.with_suffix(".pdf")
        if not made.exists():
            raise UsageError("版面没有生成：文件不能排版", remedy="请下载原件对照")
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, kept)
    return kept


def views_of(home: Path, version: Version, findings: Sequence[tuple[int, str, float]]) -> list[PageView]:
    """The pages with the marks of findings (`findings`: number, text, where in the text from 0 to 1). Raises `UsageError`."""
    layout = layout_of(home, version)
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "asked.json"
        asked.write_text(json.dumps(findings, ensure_ascii=False), encoding="utf-8")
        told = _drawn(("marks", str(layout), str(asked)), Path(folder))
    rows: list[dict[str, Any]] = json.loads(told)
    return [
        PageView(row["number"], row["width"], row["height"], tuple(Mark(key, tuple(box)) for key, box in row["marks"]))
        for row in rows
    ]


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
