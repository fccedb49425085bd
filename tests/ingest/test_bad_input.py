"""Bad input: a message and a remedy in Chinese, and the other files are still read."""

import io
import os
import random
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from corpora import papers, writers
from corpora.make_samples import SAMPLES, samples
from corpora.mutations import intact_files, mutated
from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.document import Dossier, Problem
from pipeline.errors import UnreadableFile
from pipeline.guard import UNFORESEEN
from pipeline.ingest import WAITING, Limits, Upload, holds_several, ocr, read, uploads
from pipeline.ingest.archive import _entry_name
from tests.conftest import AS_OF

GARBLED = "".join(chr(0xE000 + i % 500) for i in range(900))
BAD = {
    "empty": (b"", "empty"),
    "blank": (b" \n\n ", "empty"),
    "zeros": (bytes(4096), "empty"),
    "noise": (random.Random(7).randbytes(5000), "binary"),
    "truncated_docx": (writers.as_docx(papers.WATER)[:9000], "truncated"),
    "truncated_pdf": (b"%PDF-1.7\n1 0 obj\n<</Type/Cat", "truncated"),
    "password_pdf": (writers.encrypted_pdf(writers.as_pdf(papers.WATER), "x"), "encrypted"),
    "password_docx": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + bytes(600),
        "encrypted",
    ),
    "scan": (writers.scanned_pdf(), "no_text_layer"),
    "rar": (b"Rar!\x1a\x07\x00" + bytes(100), "unsupported"),
    "xlsx": (
        writers.as_zip({"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"<a/>"}),
        "truncated",
    ),
    "slides": (
        writers.as_zip({"[Content_Types].xml": b"<a/>", "ppt/presentation.xml": b"<a/>"}),
        "unsupported",
    ),
    "not_word_xml": (
        writers.as_zip({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}),
        "broken",
    ),
    "page_of_scripts": (b"<html><body><script>var a=1</script></body></html>", "no_text"),
    "image": (b"\x89PNG\r\n\x1a\n" + bytes(100), "truncated" if ocr.available() else "image"),
    "doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "truncated"),
    "ofd": (writers.as_zip({"OFD.xml": b"<ofd/>"}), "truncated"),
    "ofd_without_text": (writers.as_ofd([" "]), "ofd"),
    "ofd_with_entities": (
        writers.as_zip({"OFD.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><ofd:OFD xmlns:ofd="x">&b;</ofd:OFD>'}),
        "limit",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_without_text_raises_with_kind_message_and_remedy(name: str) -> None:
    data, kind = BAD[name]
    with pytest.raises(UnreadableFile) as caught:
        read(Upload(name, data))
    assert caught.value.kind == kind
    assert caught.value.remedy and any("\u4e00" <= c <= "\u9fff" for c in caught.value.message)


def test_a_garbled_text_layer_is_detected() -> None:
    from pipeline.ingest.pdf import Line, _check_text

    with pytest.raises(UnreadableFile) as caught:
        _check_text([[Line(GARBLED, 1, (0, 0, 10, 10), 800)]])
    assert caught.value.kind in WAITING


def test_an_archive_yields_its_files_one_by_one_and_refuses_dangerous_entries(
    tmp_path: Path,
) -> None:
    inner = writers.as_zip({"通知.txt": writers.as_txt(papers.WATER)}, gbk_names=True)
    path = tmp_path / "a.zip"
    path.write_bytes(
        writers.as_zip(
            {
                "b.zip": inner,
                "../../etc/x.txt": b"x",
                "C:/x.txt": b"x",
                "炸弹.txt": bytes(40 * 1024 * 1024),
            }
        )
    )
    found = list(uploads(path))
    assert [f.name.removeprefix(str(path)) for f in found if isinstance(f, Upload)] == ["/b.zip/通知.txt"]
    assert sorted(f.kind for f in found if isinstance(f, Problem)) == [
        "path_traversal",
        "path_traversal",
        "zip_bomb",
    ]


def test_an_encrypted_damaged_or_deeply_nested_archive_is_a_problem(tmp_path: Path) -> None:
    locked = bytearray(writers.as_zip({"a.txt": b"abc"}))
    locked[6] |= 1
    locked[locked.find(b"PK\x01\x02") + 8] |= 1
    nested = b"x"
    for _ in range(7):
        nested = writers.as_zip({"n.zip" if nested != b"x" else "n.txt": nested})
    damaged = bytearray(writers.as_zip({"a.txt": writers.as_txt(papers.FARMHOUSE)}))
    damaged[60:90] = bytes(30)
    kinds = []
    for name, data in {"l.zip": bytes(locked), "n.zip": nested, "d.zip": bytes(damaged)}.items():
        (tmp_path / name).write_bytes(data)
        kinds += [f.kind for f in uploads(tmp_path / name) if isinstance(f, Problem)]
    assert kinds == ["encrypted", "too_deep", "broken"]


def test_a_huge_file_is_refused_by_its_size_alone(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as stream:
        stream.truncate(500 * 1024 * 1024)
    (problem,) = uploads(path)
    assert isinstance(problem, Problem) and problem.kind == "too_large" and "500MB" in problem.message


def test_a_file_that_cannot_be_opened_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "gone.txt")
    (tmp_path / "b.txt").write_bytes(writers.as_txt(papers.WATER))
    assert [type(f) for f in uploads(tmp_path)] == [Problem, Upload]


def test_links_are_reported_and_not_followed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "报送", tmp_path / "别处.txt"
    inside.mkdir()
    outside.write_bytes(writers.as_txt(papers.WATER))
    (inside / "链接.txt").symlink_to(outside)
    (inside / "回路").symlink_to(inside, target_is_directory=True)
    found = list(uploads(inside))
    assert [f.kind for f in found if isinstance(f, Problem)] == ["link", "link"] and len(found) == 2
    assert isinstance(next(uploads(inside / "链接.txt")), Upload)
    assert isinstance(next(uploads(inside / "链接.txt", named=False)), Problem)
    entry = zipfile.ZipInfo("链接.txt")
    entry.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(entry, "/etc/passwd")
    (problem,) = uploads(tmp_path / "a.zip")
    assert isinstance(problem, Problem) and problem.kind == "link"


def test_archives_beyond_the_limits_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    path.write_bytes(writers.as_zip({f"{i}.txt": b"x" for i in range(20)}))
    (problem,) = uploads(path, Limits(entries=10))
    assert isinstance(problem, Problem) and problem.kind == "zip_bomb"


def test_the_samples_equal_the_output_of_make_samples() -> None:
    assert {path.name for path in SAMPLES.iterdir()} == set(samples())
    kept = {name: (SAMPLES / name).read_bytes() for name in samples() if name.endswith((".txt", ".md", ".html"))}
    assert all(samples()[name] == data for name, data in kept.items())


@pytest.mark.parametrize("suffix", intact_files())
def test_mutated_files_give_a_dossier_or_a_problem_and_never_crash(suffix: str, tmp_path: Path) -> None:
    # python -m benchmarks.mutations runs many more
    for seed in range(int(os.environ.get("QINGGUI_FUZZ", "40"))):
        path = tmp_path / f"{seed}.{suffix}"
        path.write_bytes(mutated(intact_files()[suffix], f"{suffix}{seed}"))
        found = [one if isinstance(one, Problem) else analyze_upload(one, LegalContext(AS_OF)) for one in uploads(path)]
        assert found and all(isinstance(one, Dossier) or (one.remedy and one.kind != UNFORESEEN) for one in found)


@pytest.mark.parametrize("suffix", ["docx", "odt", "xlsx", "ofd"])
def test_a_document_that_is_a_zip_inside_is_not_unpacked(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(writers.as_odt(papers.WATER) if suffix == "odt" else intact_files()[suffix])
    assert next(f.name for f in uploads(path) if isinstance(f, Upload)) == str(path)


def test_an_archive_with_hidden_files_only_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(writers.as_zip({"__MACOSX/a.txt": b"x", ".DS_Store": b"x"}))
    (problem,) = uploads(tmp_path / "a.zip")
    assert isinstance(problem, Problem) and problem.kind == "empty"


def test_zip_names_in_gbk_are_read() -> None:
    data = writers.as_zip({"任免通知.txt": b"x"}, gbk_names=True)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert [_entry_name(entry) for entry in archive.infolist()] == ["任免通知.txt"]


def test_a_pipe_in_a_folder_is_named_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "管道.txt")
    (tmp_path / "通知.txt").write_text("关于采砂的通知", encoding="utf-8")
    found = list(uploads(tmp_path))
    assert [(Path(one.name).name, getattr(one, "kind", "")) for one in found] == [
        ("管道.txt", "special"),
        ("通知.txt", ""),
    ]


@pytest.mark.parametrize(
    ("data", "missing"),
    [(writers.as_ofd(papers.WATER), "OFD.xml"), (writers.as_docx(papers.WATER), "[Content_Types].xml")],
    ids=["ofd", "docx"],
)
def test_a_packed_document_without_its_list_of_contents_is_no_archive(data: bytes, missing: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as whole, zipfile.ZipFile(stream, "w") as part:
        for name in whole.namelist():
            if name != missing:
                part.writestr(name, whole.read(name))
    upload = Upload("文件", stream.getvalue())
    assert not holds_several(upload)
    with suppress(UnreadableFile):
        assert "河道采砂" in read(upload).text
