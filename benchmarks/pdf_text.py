"""Compares reading PDF files with a text layer with what pypdfium2 needs to extract their text alone.

    python -m benchmarks.pdf_text FOLDER [--rounds 3] [--pages 60]

Every PDF below a folder whose pages have text is read by the program, without recognition of pictures, and by pypdfium2
(`get_text_range` of every page), in turns; printed are processor time of both in milliseconds a page and their ratio.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import process_time

import pypdfium2 as pdfium

from pipeline.ingest import Upload, ocr, read

_LEAST_CHARACTERS = 200


def texts_of(folder: Path, most: int) -> Iterator[tuple[str, bytes, int]]:
    """Name, bytes and number of pages of each PDF with text and at most so many pages."""
    for path in sorted(folder.rglob("*.pdf")):
        data = path.read_bytes()
        with pdfium.PdfDocument(data) as document:
            pages = len(document)
        if pages <= most and len(extract(data)) >= _LEAST_CHARACTERS * pages:
            yield path.name, data, pages


def extract(data: bytes) -> str:
    """The text as pypdfium2 gives it."""
    with pdfium.PdfDocument(data) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def spent(work: Callable[[], object]) -> float:
    """Processor time of a piece of work, in seconds."""
    start = process_time()
    work()
    return process_time() - start


def main() -> None:
    """Measure and print one line a file and the ratio over all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=60)
    options = parser.parse_args()
    ocr.available = lambda: False
    ours, theirs = 0.0, 0.0
    for name, data, pages in texts_of(options.folder, options.pages):
        times = [
            (spent(lambda data=data: read(Upload("a.pdf", data))), spent(lambda data=data: extract(data)))
            for _ in range(options.rounds)
        ]
        a, b = (median(column) for column in zip(*times, strict=True))
        ours, theirs = ours + a, theirs + b
        sys.stdout.write(f"{name}: {1000 * a / pages:.1f} : {1000 * b / pages:.1f} ms a page, {a / b:.2f} times\n")
    sys.stdout.write(f"all: {ours / theirs:.2f} times\n")


if __name__ == "__main__":
    main()
