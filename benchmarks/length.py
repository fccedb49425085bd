"""Measures time per document by length, from 1 KB to 2 MB; time per character should be constant.

Documents are built from a sample document by repeating its articles with new numbers. Usage: python benchmarks/length.py
"""

import os
from datetime import date
from timeit import default_timer

from corpora import papers
from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.ingest import Upload
from pipeline.numerals import write_number

SIZES = (1, 4, 16, 64, 256, 1024, 2048)  # kilobytes of UTF-8


def document_of(kilobytes: int) -> bytes:
    """A notice with an attached 办法, of about `kilobytes` KB."""
    lines, articles = (
        list(papers.FARMHOUSE[:12]),
        [line for line in papers.FARMHOUSE if line.startswith("第") and "条 " in line],
    )
    size, number = sum(len(line.encode()) + 1 for line in lines), 2
    while size < kilobytes * 1024:
        text = articles[number % len(articles)].split(" ", 1)[1]
        line = f"第{write_number(min(number, 9999))}条 {text}"
        lines.append(line)
        size, number = size + len(line.encode()) + 1, number + 1
    return "\n".join(lines).encode()


def main() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0})
    legal_context = LegalContext(date(2026, 11, 22))
    analyze_upload(Upload("warm", document_of(4)), legal_context)
    print(f"{'KB':>6} {'characters':>11} {'seconds':>9} {'µs/character':>13}")
    for size in SIZES:
        upload = Upload(f"{size}.txt", document_of(size))
        characters = len(upload.data.decode())
        rounds = max(1, 64 // size)
        begin = default_timer()
        for _ in range(rounds):
            analyze_upload(upload, legal_context)
        seconds = (default_timer() - begin) / rounds
        print(f"{size:>6} {characters:>11,} {seconds:>9.4f} {seconds / characters * 1e6:>13.2f}")


if __name__ == "__main__":
    main()
