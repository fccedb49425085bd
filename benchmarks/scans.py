"""Evaluates reading of scans: real texts rendered as pages, clean and degraded; and speed against rapidocr's defaults.

    python -m benchmarks.scans [--texts FOLDER] [--count 100] [--font FILE]

Each text becomes A4 pages at 200 dpi (28 characters a line, 22 lines a page). Degraded pages are blurred, noisy, skewed,
saved as low-quality JPEG, and have a red seal over some lines. The result for the pages is compared with that for the
text: document number, date (成文日期), characters (edit distance by length), and unreported gaps in the numbering.
"""

import argparse
import io
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from timeit import default_timer

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from corpora.fonts import PAGE_FONT
from pipeline.analyzer import LegalContext, analyze_source
from pipeline.document import SourceText
from pipeline.ingest import Upload, read

WIDTH, HEIGHT, SIZE = 1654, 2339, 44
LEFT, TOP, STEP, LINES, CHARS = 220, 290, 80, 22, 28
_HEAD = re.compile(
    r"^(?:（[一二三四五六七八九十]{1,3}）|[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十百]{1,5}条)",
    re.MULTILINE,
)
AS_OF = LegalContext(date(2026, 11, 22))


@dataclass
class Score:
    """Totals over all documents."""

    papers: int = 0
    numbers: int = 0
    dates: int = 0
    distance: int = 0
    characters: int = 0
    lost: int = 0
    seconds: float = 0.0
    pages: int = 0
    misses: list[str] = field(default_factory=list)


def drawn(text: str, font: ImageFont.FreeTypeFont) -> list[Image.Image]:
    """Render a text as pages: paragraphs indented by two characters, headings centred, signature and date to the right."""
    paragraphs = [line for line in (line.strip() for line in text.split("\n")) if line]
    lines: list[str] = []
    for at, paragraph in enumerate(paragraphs):
        short = len(paragraph) < CHARS - 4 and paragraph[-1] not in "。；：，"
        if short and at < 5:
            lines.append("　" * ((CHARS - len(paragraph)) // 2) + paragraph)
        elif short and at >= len(paragraphs) - 4:
            lines.append("　" * max(CHARS - 4 - len(paragraph), 0) + paragraph)
        else:
            rest = paragraph if paragraph.endswith("：") else "　　" + paragraph
            lines += wrapped(rest)
    pages = []
    for start in range(0, len(lines), LINES):
        page = Image.new("RGB", (WIDTH, HEIGHT), "white")
        pen = ImageDraw.Draw(page)
        for at, line in enumerate(lines[start : start + LINES]):
            pen.text((LEFT, TOP + at * STEP), line, font=font, fill=(20, 20, 20))
        pages.append(page)
    return pages


def wrapped(text: str) -> Iterator[str]:
    """Wrap a paragraph at the margin; ASCII characters take half a width."""
    line, available = "", float(CHARS)
    for char in text:
        width = 0.5 if char.isascii() else 1.0
        if width > available:
            yield line
            line, available = "", float(CHARS)
        line, available = line + char, available - width
    yield line


def degraded(page: Image.Image, rng: np.random.Generator, *, last: bool) -> Image.Image:
    """Degrade a page: blur, noise, skew, a seal on the last page, low-quality JPEG."""
    if last:
        pen = ImageDraw.Draw(page, "RGBA")
        y = int(TOP + STEP * rng.uniform(1, 18))
        for ring in range(10):
            pen.ellipse((900 + ring, y + ring, 1380 - ring, y + 480 - ring), outline=(215, 30, 35, 190))
        pen.text((1060, y + 160), "★", font=ImageFont.truetype(PAGE_FONT, 150), fill=(215, 30, 35, 190))
    page = page.rotate(rng.uniform(-1.2, 1.2), Image.Resampling.BICUBIC, fillcolor="white")
    page = page.filter(ImageFilter.GaussianBlur(rng.uniform(0.6, 1.1)))
    noisy = np.asarray(page, dtype=np.float32) + rng.normal(0, 12, (HEIGHT, WIDTH, 1))
    page = Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
    stream = io.BytesIO()
    page.save(stream, "JPEG", quality=45)
    return Image.open(stream).convert("RGB")


def as_pdf(pages: list[Image.Image]) -> bytes:
    stream = io.BytesIO()
    pages[0].save(stream, "PDF", save_all=True, append_images=pages[1:], resolution=200)
    return stream.getvalue()


def packed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def distance(a: str, b: str) -> int:
    """Edit distance, row by row in numpy."""
    other = np.frombuffer(b.encode("utf-32-le"), dtype=np.uint32)
    row = np.arange(len(b) + 1)
    for at, char in enumerate(a, 1):
        step = np.minimum(row[1:] + 1, row[:-1] + (other != ord(char)))
        ahead = np.concatenate(([at], step))
        row = np.minimum.accumulate(ahead - np.arange(len(b) + 1)) + np.arange(len(b) + 1)
    return int(row[-1])


def facts(source: SourceText) -> tuple[str, str]:
    masthead = analyze_source(source, AS_OF).document.masthead
    return (masthead.number.value if masthead.number else "", str(masthead.made.value) if masthead.made else "")


def add(score: Score, name: str, text: SourceText, data: bytes) -> None:
    start = default_timer()
    got = read(Upload(f"{name}.pdf", data))
    score.seconds += default_timer() - start
    score.pages += got.pages or 0
    score.papers += 1
    wanted, found = facts(text), facts(got)
    score.numbers += wanted[0] == found[0]
    score.dates += wanted[1] == found[1]
    if wanted != found:
        score.misses.append(f"{name} {wanted} {found}")
    a, b = packed(text.text), packed(got.text)
    score.distance += distance(a, b)
    score.characters += len(a)
    missing = len(set(_HEAD.findall(text.text)) - set(_HEAD.findall(got.text)))
    reported = sum(note.kind in ("gap", "unsure") for note in got.notes)
    score.lost += max(missing - reported, 0)


def texts(folder: Path, count: int) -> Iterator[tuple[str, SourceText]]:
    """Texts of up to four pages that have a number and a date."""
    for path in sorted(folder.glob("*.txt")):
        source = read(Upload(path.name, path.read_bytes()))
        if 200 < len(source.text) < 1800 and all(facts(source)):
            yield path.stem, source
            count -= 1
            if not count:
                return


def spent(pages: list[Image.Image], read_page: Callable[[Image.Image], object]) -> tuple[float, float]:
    """Mean seconds of wall-clock and of processor time per page, after one warm-up page."""
    read_page(pages[0])
    clock, cores = default_timer(), time.process_time()
    for page in pages:
        read_page(page)
    return (default_timer() - clock) / len(pages), (time.process_time() - cores) / len(pages)


def rate(pages: list[Image.Image]) -> None:
    """Print the times of rapidocr with default settings and of this program for the same pages."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "critical"})
    theirs = spent(pages, lambda page: engine(np.asarray(page)))
    ours = spent(pages, lambda page: read(Upload("page.pdf", as_pdf([page]))))
    print(
        f"the same {len(pages)} pages: rapidocr's defaults {theirs[0]:.2f} s of the clock and {theirs[1]:.2f} s of cores a page, "
        f"this program {ours[0]:.2f} and {ours[1]:.2f}: {theirs[1] / ours[1]:.1f} times the pages a core"
    )


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--texts", type=Path, default=Path("../shared/corpora/normative"))
    options.add_argument("--count", type=int, default=100)
    options.add_argument("--font", type=Path, default=PAGE_FONT)
    asked = options.parse_args()
    font = ImageFont.truetype(asked.font, SIZE)
    rng = np.random.default_rng(20261122)
    clean, rough = Score(), Score()
    for name, source in texts(asked.texts, asked.count):
        pages = drawn(source.text, font)
        add(clean, name, source, as_pdf(pages))
        last = len(pages) - 1
        add(rough, name, source, as_pdf([degraded(page, rng, last=at == last) for at, page in enumerate(pages)]))
    for title, score in (("clean", clean), ("degraded", rough)):
        print(
            f"{title}: {score.papers} papers, {score.pages} pages, number {score.numbers / score.papers:.3f}, made "
            f"{score.dates / score.papers:.3f}, character error {score.distance / score.characters:.4f}, numbering lost "
            f"unnoticed {score.lost}, {score.seconds / score.pages:.2f} s a page"
        )
        for miss in score.misses[:12]:
            print("  ", miss)
    if find_spec("onnxruntime") is None:
        print("rapidocr's defaults need onnxruntime, which is not installed: the speed comparison was skipped")
        return 0
    sample = [page for _, source in texts(asked.texts, 3) for page in drawn(source.text, font)]
    rate(sample)
    return 0


if __name__ == "__main__":
    sys.exit(main())
