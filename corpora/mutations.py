"""Damages files reproducibly from a seed: bytes changed, cut, duplicated or zeroed; in archives also the entries."""

import io
import random
import zipfile
from collections.abc import Callable, Mapping
from functools import cache

from corpora import papers, writers

Rng = random.Random
_NASTY = (
    b"&#0;",
    b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>",
    b"]]>",
    b"\xff\xfe",
    b"<" * 400,
    b"99999999999",
    b"NaN",
    b"-1",
)


def mutated(data: bytes, seed: str) -> bytes:
    """Damage a file; the same seed gives the same result."""
    rng = random.Random(seed)
    if data.startswith(b"PK\x03\x04") and rng.random() < 0.7:
        return _damaged_archive(data, rng)
    return _damaged(data, rng)


def _damaged(data: bytes, rng: Rng) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        if changed:
            rng.choice(_DAMAGES)(changed, rng)
    return bytes(changed)


def _damaged_archive(data: bytes, rng: Rng) -> bytes:
    """A valid archive whose entries are damaged, dropped or given unusual names."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    for name in rng.sample(sorted(parts), min(len(parts), rng.choice((1, 1, 2)))):
        draw = rng.random()
        if draw < 0.1:
            del parts[name]
        elif draw < 0.15:
            parts[rng.choice(("../", "/", "a/" * 90, "con:")) + name] = parts.pop(name)
        else:
            parts[name] = _damaged(parts[name], rng)
    return writers.as_zip(parts)


def _flip(data: bytearray, rng: Rng) -> None:
    for _ in range(rng.randrange(1, 30)):
        data[rng.randrange(len(data))] = rng.randrange(256)


def _cut(data: bytearray, rng: Rng) -> None:
    del data[rng.randrange(len(data)) :]


def _drop(data: bytearray, rng: Rng) -> None:
    start = rng.randrange(len(data))
    del data[start : start + rng.randrange(1, 200)]


def _duplicate(data: bytearray, rng: Rng) -> None:
    start = rng.randrange(len(data))
    data[start:start] = data[start : start + rng.randrange(1, 2000)] * rng.choice((1, 2, 50))


def _zero(data: bytearray, rng: Rng) -> None:
    start = rng.randrange(len(data))
    end = min(start + rng.randrange(1, 500), len(data))
    data[start:end] = bytes(end - start)


def _insert(data: bytearray, rng: Rng) -> None:
    at = rng.randrange(len(data))
    data[at:at] = rng.choice(_NASTY)


_DAMAGES: tuple[Callable[[bytearray, Rng], None], ...] = (_flip, _flip, _cut, _drop, _duplicate, _zero, _insert)


@cache
def intact_files() -> Mapping[str, bytes]:
    """An undamaged file of each format that is read without LibreOffice or OCR, by suffix."""
    docx = writers.as_docx(papers.WATER)
    return {
        "txt": writers.as_txt(papers.FARMHOUSE), "md": writers.as_md(papers.WATER), "html": writers.as_html(papers.WATER, {"索引号": "1"}),
        "docx": docx, "pdf": writers.as_pdf(papers.WATER), "ofd": writers.as_ofd(papers.LAYOUT, signed=True, attached={"a.docx": docx}),
        "zip": writers.as_zip({"通知.txt": writers.as_txt(papers.WATER), "b.docx": docx}, gbk_names=True),
        "eml": writers.as_eml("报送", "请审查。", {"通知.docx": docx}), "xlsx": writers.as_xlsx((("标题", "文号"), ("临溪县夜市管理办法", "临政发〔2020〕9号"))),
    }  # fmt: skip
