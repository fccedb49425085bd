"""Reads thousands of damaged files: each must give a dossier or a problem with a remedy, without a crash or hang.

    python -m benchmarks.mutations [--count 10000] [--office 150] [--pictures 150] [--seconds 0]

Files are damaged from seeds (`corpora.mutations`). Formats converted by LibreOffice and scans take seconds each and have
separate counts. With --seconds the run stops after that time and prints its progress.
"""

import argparse
import io
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from corpora import papers, writers
from corpora.mutations import intact_files, mutated
from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.converter import convert, office_program
from pipeline.document import Dossier, Problem
from pipeline.ingest import ocr, uploads
from pipeline.sandbox import Bounds

AS_OF = LegalContext(date(2026, 11, 22))


def office(folder: Path) -> Iterator[tuple[str, bytes]]:
    program = office_program()
    if program:
        source = folder / "source.docx"
        source.write_bytes(writers.as_docx(papers.WATER))
        yield "doc", convert(program, source, "doc", Bounds(60, 0)).read_bytes()
        yield "rtf", writers.as_rtf(papers.WATER)
        yield "odt", writers.as_odt(papers.WATER)


def pictures() -> Iterator[tuple[str, bytes]]:
    if ocr.available():
        pages = writers.as_scan(papers.WATER)
        yield "pdf", writers.as_picture_pdf(pages)
        for suffix, kind in (("png", "PNG"), ("jpg", "JPEG"), ("tif", "TIFF")):
            stream = io.BytesIO()
            pages[0].save(stream, kind)
            yield suffix, stream.getvalue()


def shares(folder: Path, asked: argparse.Namespace) -> Iterator[tuple[str, str, bytes]]:
    """Suffix, seed and damaged bytes, alternating between the formats of each group."""
    groups = (
        (list(intact_files().items()), asked.count),
        (list(office(folder)), asked.office),
        (list(pictures()), asked.pictures),
    )
    for files, count in groups:
        for number in range(count if files else 0):
            suffix, data = files[number % len(files)]
            yield suffix, f"{suffix}{number}", mutated(data, f"{suffix}{number}")


@dataclass
class Tally:
    """Counts of the results so far."""

    done: int = 0
    ends: Counter[str] = field(default_factory=Counter[str])
    slowest: dict[str, tuple[float, str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def take(self, path: Path, seed: str) -> None:
        """Read and analyse one file, and record the result."""
        start = time.monotonic()
        try:
            found = [one if isinstance(one, Problem) else analyze_upload(one, AS_OF) for one in uploads(path)]
        except Exception as error:  # noqa: BLE001  (any exception is a failure of the test)
            self.faults.append(f"{seed}: {type(error).__name__}: {error}")
        else:
            self._count(found, seed)
        spent = time.monotonic() - start
        suffix = path.suffix[1:]
        self.slowest[suffix] = max(self.slowest.get(suffix, (0.0, "")), (spent, seed))
        self.done += 1

    def _count(self, found: Sequence[Dossier | Problem], seed: str) -> None:
        if not found:
            self.faults.append(f"{seed}: no result")
        for one in found:
            self.ends["read" if isinstance(one, Dossier) else one.kind] += 1
            if isinstance(one, Problem) and not one.remedy:
                self.faults.append(f"{seed}: no remedy")


def run(asked: argparse.Namespace, folder: Path) -> Tally:
    """Damage and read files until the counts are reached or the time is over."""
    tally, began = Tally(), time.monotonic()
    (folder / "office").mkdir()
    for suffix, seed, data in shares(folder / "office", asked):
        if asked.seconds and time.monotonic() - began > asked.seconds:
            print(f"stopped after {asked.seconds} s")
            break
        path = folder / f"a.{suffix}"
        path.write_bytes(data)
        tally.take(path, seed)
    return tally


def main() -> int:
    options = argparse.ArgumentParser()
    for name, usual in (("count", 10_000), ("office", 150), ("pictures", 150), ("seconds", 0)):
        options.add_argument(f"--{name}", type=int, default=usual)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        tally = run(options.parse_args(), Path(folder))
    print(f"{tally.done} files in {time.monotonic() - began:.0f} s: {dict(tally.ends.most_common())}")
    print("slowest:", {suffix: f"{spent:.1f} s ({seed})" for suffix, (spent, seed) in tally.slowest.items()})
    print(f"faults: {len(tally.faults)}", *tally.faults[:20], sep="\n  ")
    return bool(tally.faults)


if __name__ == "__main__":
    sys.exit(main())
