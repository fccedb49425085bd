"""Files broken on purpose, each from a seed: bytes changed, cut, doubled or zeroed, and inside archives the parts themselves."""

import io
import random
import zipfile
from collections.abc import Callable, Mapping
from functools import cache

from corpora import papers, writers

Dice = random.Random
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
    """The file as the seed breaks it; the same for the same seed."""
    dice = random.Random(seed)
    if data.startswith(b"PK\x03\x04") and dice.random() < 0.7:
        return _inside(data, dice)
    return _broken(data, dice)


def _broken(data: bytes, dice: Dice) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 3, 8))):
        if changed:
            dice.choice(_DEEDS)(changed, dice)
    return bytes(changed)


def _inside(data: bytes, dice: Dice) -> bytes:
    """An archive whose parts are broken, dropped or named oddly, and which is whole itself."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    for name in dice.sample(sorted(parts), min(len(parts), dice.choice((1, 1, 2)))):
        draw = dice.random()
        if draw < 0.1:
            del parts[name]
        elif draw < 0.15:
            parts[dice.choice(("../", "/", "a/" * 90, "con:")) + name] = parts.pop(name)
        else:
            parts[name] = _broken(parts[name], dice)
    return writers.as_zip(parts)


def _flip(data: bytearray, dice: Dice) -> None:
    for _ in range(dice.randrange(1, 30)):
        data[dice.randrange(len(data))] = dice.randrange(256)


def _cut(data: bytearray, dice: Dice) -> None:
    del data[dice.randrange(len(data)) :]


def _drop(data: bytearray, dice: Dice) -> None:
    start = dice.randrange(len(data))
    del data[start : start + dice.randrange(1, 200)]


def _double(data: bytearray, dice: Dice) -> None:
    start = dice.randrange(len(data))
    data[start:start] = data[start : start + dice.randrange(1, 2000)] * dice.choice((1, 2, 50))


def _zero(data: bytearray, dice: Dice) -> None:
    start = dice.randrange(len(data))
    end = min(start + dice.randrange(1, 500), len(data))
    data[start:end] = bytes(end - start)


def _insert(data: bytearray, dice: Dice) -> None:
    at = dice.randrange(len(data))
    data[at:at] = dice.choice(_NASTY)


_DEEDS: tuple[Callable[[bytearray, Dice], None], ...] = (_flip, _flip, _cut, _drop, _double, _zero, _insert)


@cache
def wholes() -> Mapping[str, bytes]:
    """A sound file of each format that is read in the process, by its suffix."""
    docx = writers.as_docx(papers.WATER)
    return {
        "txt": writers.as_txt(papers.FARMHOUSE), "md": writers.as_md(papers.WATER), "html": writers.as_html(papers.WATER, {"索引号": "1"}),
        "docx": docx, "pdf": writers.as_pdf(papers.WATER), "ofd": writers.as_ofd(papers.LAYOUT, signed=True, attached={"a.docx": docx}),
        "zip": writers.as_zip({"通知.txt": writers.as_txt(papers.WATER), "b.docx": docx}, gbk_names=True),
        "eml": writers.as_eml("报送", "请审查。", {"通知.docx": docx}), "xlsx": writers.as_xlsx((("标题", "文号"), ("临溪县夜市管理办法", "临政发〔2020〕9号"))),
    }  # fmt: skip
