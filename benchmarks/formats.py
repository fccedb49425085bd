"""Compares the text read from every format of the same document: the share of equal characters.

    python -m benchmarks.formats [--twins FOLDER] [--samples FOLDER]

Documents of `corpora.papers` are written as txt, md, html, docx, pdf, ofd, rtf and odt, and converted to doc by LibreOffice.
Files with the same name and different suffixes in a folder are versions (twins) of one document. All versions are compared
with the docx, without page furniture. OFD samples are counted as read or refused, with the reason.
"""

import argparse
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.scans import distance, packed
from corpora import papers, writers
from pipeline.converter import convert, office_program
from pipeline.document import BlockKind, Problem
from pipeline.errors import UnreadableFile
from pipeline.ingest import Upload, read, uploads
from pipeline.sandbox import Bounds

PAPERS = (papers.FARMHOUSE, papers.WATER, papers.LAYOUT)
WRITERS = {
    "txt": writers.as_txt, "md": writers.as_md, "html": partial(writers.as_html, meta={}), "docx": writers.as_docx, "pdf": writers.as_pdf,
    "ofd": writers.as_ofd, "rtf": writers.as_rtf, "odt": writers.as_odt,
}  # fmt: skip


def own(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """Document name, format and bytes of the generated versions."""
    for number, paper in enumerate(PAPERS):
        for kind, write in WRITERS.items():
            yield f"paper{number}", kind, write(paper)
        office = office_program()
        if office:
            source = folder / f"{number}" / "source.docx"
            source.parent.mkdir()
            source.write_bytes(writers.as_docx(paper))
            yield f"paper{number}", "doc", convert(office, source, "doc", Bounds(60, 0)).read_bytes()


def found(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """Document name, format and bytes of the versions in a folder."""
    by_name: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            by_name[path.stem].append(path)
    for name, paths in by_name.items():
        for path in paths if len(paths) > 1 else ():
            yield name, path.suffix[1:], path.read_bytes()


def body(data: bytes, name: str) -> str:
    """The normalised text without page furniture and whitespace."""
    source = read(Upload(name, data))
    return packed("".join(b.span.cut(source.text) for b in source.blocks if b.kind is not BlockKind.FURNITURE))


def number(text: str) -> str:
    """The first 发文字号 in a text, "" if there is none."""
    match = re.search(r"[\u4e00-\u9fff]{2,8}发〔\d{4}〕\d+号", text)
    return match[0] if match else ""


def score(files: Iterator[tuple[str, str, bytes]]) -> bool:
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    for name, kind, data in files:
        try:
            texts[name][kind] = body(data, f"{name}.{kind}")
        except UnreadableFile as error:
            print(f"  {name}.{kind}: {error.message}")
    fine = True
    for name, kinds in texts.items():
        meant = kinds["docx"]
        others = [kind for kind, text in kinds.items() if number(text) != number(meant)]
        for kind in others:
            print(f"  {name}.{kind} is another paper: {number(kinds.pop(kind))}, the docx {number(meant)}")
        shares = {kind: 1 - distance(meant, text) / max(len(meant), 1) for kind, text in kinds.items()}
        fine &= all(share >= 0.99 for share in shares.values())
        print(
            f"  {name} ({len(meant)} characters): " + ", ".join(f"{kind} {share:.4f}" for kind, share in shares.items())
        )
    return fine


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--twins", type=Path, default=Path("../shared/corpora/formats/format_twins"))
    options.add_argument("--samples", type=Path, default=Path("../shared/corpora/formats/ofd_samples"))
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print("our own papers:")
        fine = score(own(Path(folder)))
    if asked.twins.exists():
        print(f"twins in {asked.twins.name}:")
        fine &= score(found(asked.twins))
    counts: Counter[str] = Counter()
    for upload in uploads(asked.samples) if asked.samples.exists() else ():
        try:
            counts["read" if not isinstance(upload, Problem) and read(upload) else "refused"] += 1
        except UnreadableFile as error:
            counts[f"refused: {error.message}"] += 1
    print("OFD samples:", dict(counts))
    print("all at least 0.99" if fine else "some below 0.99")
    return 0


if __name__ == "__main__":
    sys.exit(main())
