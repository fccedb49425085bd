"""Compares reading PDF files with a text layer with what pypdfium2 needs to extract their text alone.

    python -m benchmarks.pdf_text FOLDER… [--rounds 3] [--pages 60]

Every PDF below the folders whose pages have text is parted into its pages without and those with tables, as the program reads
them. Both parts are read by the program, without recognition of pictures, and by pypdfium2 (`get_text_range` of every page), in
turns; printed are processor time of both in milliseconds a page, their ratio, and for pages with tables how many
milliseconds a page takes beyond twice the time of pypdfium2.
"""

import argparse
import io
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from time import process_time

import pypdfium2 as pdfium

from pipeline.ingest import Upload, ocr, read

_LEAST_CHARACTERS = 200


def texts_of(folder: Path, most: int) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each PDF with text and at most so many pages."""
    for path in sorted(folder.rglob("*.pdf")):
        data = path.read_bytes()
        try:
            with pdfium.PdfDocument(data) as document:
                pages = len(document)
        except pdfium.PdfiumError:
            continue
        if pages <= most and len(extract(data)) >= _LEAST_CHARACTERS * pages:
            yield path.name, data


def parted(data: bytes) -> tuple[tuple[bytes, int], tuple[bytes, int]]:
    """The pages without and those with tables, each as a file of its own, and their numbers."""
    source = read(Upload("a.pdf", data))
    tables = {block.page for block in source.blocks if block.cells}
    with pdfium.PdfDocument(data) as document:
        numbers = range(len(document))
        plain = [number for number in numbers if number + 1 not in tables]
        held = [number for number in numbers if number + 1 in tables]
        return (_with_pages(document, plain), len(plain)), (_with_pages(document, held), len(held))


def _with_pages(document: pdfium.PdfDocument, numbers: Sequence[int]) -> bytes:
    made, stream = pdfium.PdfDocument.new(), io.BytesIO()
    if numbers:
        made.import_pages(document, list(numbers))
        made.save(stream)
    made.close()
    return stream.getvalue()


def extract(data: bytes) -> str:
    """The text as pypdfium2 gives it."""
    with pdfium.PdfDocument(data) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def spent(work: Callable[[], object]) -> float:
    """Processor time of a piece of work, in seconds."""
    start = process_time()
    work()
    return process_time() - start


def compared(data: bytes, rounds: int) -> tuple[float, float]:
    """Processor time of the program and of pypdfium2 for a file, in milliseconds; the median of rounds in turns."""
    times = [(spent(lambda: read(Upload("a.pdf", data))), spent(lambda: extract(data))) for _ in range(rounds)]
    ours, theirs = (1000 * median(column) for column in zip(*times, strict=True))
    return ours, theirs


def main() -> None:
    """Measure and print one line a file and kind of page, and the ratios over all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=60)
    options = parser.parse_args()
    ocr.available = lambda: False
    kinds = ("without tables", "with tables")
    sums = {kind: [0.0, 0.0, 0] for kind in kinds}
    for name, data in (found for folder in options.folders for found in texts_of(folder, options.pages)):
        for kind, (part, pages) in zip(kinds, parted(data), strict=True):
            if pages:
                ours, theirs = compared(part, options.rounds)
                sums[kind] = [a + b for a, b in zip(sums[kind], (ours, theirs, pages), strict=True)]
                sys.stdout.write(f"{name}: {_told(kind, ours, theirs, pages)}\n")
    for kind, (ours, theirs, pages) in sums.items():
        if pages:
            sys.stdout.write(f"all: {_told(kind, ours, theirs, int(pages))}\n")


def _told(kind: str, ours: float, theirs: float, pages: int) -> str:
    beyond = f", {(ours - 2 * theirs) / pages:.1f} ms a page beyond twice" if kind == "with tables" else ""
    return (
        f"{pages} pages {kind}: {ours / pages:.1f} : {theirs / pages:.1f} ms a page, {ours / theirs:.2f} times{beyond}"
    )


if __name__ == "__main__":
    main()
