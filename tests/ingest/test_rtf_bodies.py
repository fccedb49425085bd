"""Outlook mails whose only body is compressed RTF are read through LibreOffice; names of zip entries in Unicode fields."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from corpora import compound, papers, writers
from pipeline.converter import office_program
from pipeline.document import Problem
from pipeline.ingest import Upload, read, uploads
from pipeline.ingest.archive import _entry_name
from pipeline.ingest.compressed_rtf import characters_in, decompress

LINES = ("临溪县人民政府关于加强渡口管理的通知", "各乡镇人民政府：", "一、渡船应当配备救生设备。", "二〇二四年五月一日")
BODY = b"".join("".join(f"\\'{byte:02x}" for byte in line.encode("gbk")).encode() + b"\\par\r\n" for line in LINES)
RTF = rb"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}" + BODY + b"}"


def packed(rtf: bytes, *, kind: bytes = b"LZFu") -> bytes:
    """A body as Outlook stores it: as it is, or compressed without a reference but the one that ends it."""
    content = rtf
    if kind == b"LZFu":
        runs = [rtf[at : at + 8] for at in range(0, len(rtf), 8)]
        runs, last = (runs[:-1], runs[-1]) if len(runs[-1]) < 8 else (runs, b"")
        end = ((207 + len(rtf)) % 4096) << 4
        content = b"".join(b"\0" + run for run in runs) + bytes([1 << len(last)]) + last + end.to_bytes(2, "big")
    return struct.pack("<II4sI", len(content) + 12, len(rtf), kind, 0) + content


def found(folder: Path, tree: compound.Tree) -> dict[str, Upload | Problem]:
    path = folder / "a.msg"
    path.write_bytes(compound.as_compound(tree))
    return {one.name.removeprefix(f"{path}/"): one for one in uploads(path)}


@pytest.mark.parametrize("kind", [b"LZFu", b"MELA"])
def test_compressed_and_plain_bodies_give_the_rtf(kind: bytes) -> None:
    assert decompress(packed(RTF, kind=kind)) == RTF


def test_references_repeat_what_stands_in_the_window() -> None:
    # the first six bytes of the preloaded words, seven bytes as they are; ten bytes from the three last ones on, "}", the end
    first = b"\x01" + (0 << 4 | 4).to_bytes(2, "big") + b" 12 abc"
    at = 207 + 6 + 4
    second = b"\x05" + (at << 4 | 8).to_bytes(2, "big") + b"}" + ((207 + 6 + 7 + 10 + 1) << 4).to_bytes(2, "big")
    text = rb"{\rtf1 12 abcabcabcabca}"
    assert decompress(struct.pack("<II4sI", len(first + second) + 12, len(text), b"LZFu", 0) + first + second) == text


def test_a_body_in_rtf_is_a_document_of_the_mail(tmp_path: Path) -> None:
    parts = found(tmp_path, compound.mail({"10090102": packed(RTF)}))
    (upload,) = parts.values()
    assert list(parts) == ["邮件正文.rtf"] and isinstance(upload, Upload)
    if office_program():
        assert read(upload).text.split("\n") == list(LINES)


def test_a_short_body_in_rtf_beside_attachments_is_a_covering_note(tmp_path: Path) -> None:
    attached = {"a": compound.attachment(writers.as_txt(papers.WATER), "通知.txt")}
    assert list(found(tmp_path, compound.mail({"10090102": packed(RTF)}, attached))) == ["通知.txt"]
    long = RTF.replace(BODY, BODY * 9)
    assert list(found(tmp_path, compound.mail({"10090102": packed(long)}, attached))) == ["邮件正文.rtf", "通知.txt"]


def test_other_forms_of_the_text_come_before_rtf(tmp_path: Path) -> None:
    mail = compound.mail({"1000001F": "见附件，请审查。".encode("utf-16-le"), "10090102": packed(RTF)})
    assert list(found(tmp_path, mail)) == ["邮件正文.txt"]


@pytest.mark.parametrize("data", [b"", b"x" * 200, packed(RTF)[:10], struct.pack("<II4sI", 40, 10**9, b"LZFu", 0)])
def test_a_damaged_body_in_rtf_is_told_and_the_attachments_are_read(data: bytes, tmp_path: Path) -> None:
    attached = {"a": compound.attachment(writers.as_txt(papers.WATER), "通知.txt")}
    parts = found(tmp_path, compound.mail({"10090102": data}, attached))
    assert isinstance(parts.pop("通知.txt"), Upload)
    assert all(isinstance(part, Problem) and "RTF" in part.message for part in parts.values())


def test_the_characters_of_rtf_are_counted_without_its_words() -> None:
    assert characters_in(RTF) == sum(map(len, LINES))
    assert characters_in(rb"{\rtf1\ansi{\colortbl;\red0\green0\blue0;}\u20020?\u30331? ab\par}") == 4


def entry(name: str, codec: str, field: bytes) -> zipfile.ZipInfo:
    raw = name.encode(codec)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        info = zipfile.ZipInfo("x" * len(raw))
        info.extra = field
        archive.writestr(info, b"x")
    data = stream.getvalue().replace(b"x" * len(raw), raw)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.infolist()[0]


def unicode_path(raw: bytes, name: str, *, version: int = 1, checksum: int | None = None) -> bytes:
    content = struct.pack("<BI", version, zlib.crc32(raw) if checksum is None else checksum) + name.encode()
    return struct.pack("<HH", 0x5455, 1) + b"\1" + struct.pack("<HH", 0x7075, len(content)) + content


def test_the_name_in_the_unicode_field_of_an_entry_is_its_name() -> None:
    raw = "临溪县.txt".encode("big5", "replace")
    assert (
        _entry_name(entry("临溪县.txt", "gbk", unicode_path("临溪县.txt".encode("gbk"), "临溪县渡口〇号.txt")))
        == "临溪县渡口〇号.txt"
    )
    assert raw != "临溪县.txt".encode("gbk")


@pytest.mark.parametrize("wrong", [{"checksum": 1}, {"version": 2}])
def test_a_unicode_field_of_another_name_is_not_believed(wrong: dict[str, int]) -> None:
    raw = "临溪县.txt".encode("gbk")
    assert _entry_name(entry("临溪县.txt", "gbk", unicode_path(raw, "别的.txt", **wrong))) == "临溪县.txt"
    assert _entry_name(entry("临溪县.txt", "gbk", b"\x75\x70\xff")) == "临溪县.txt"
