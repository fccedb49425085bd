"""A conversion sees no file of the machine and no network: pictures that a document names by address are not drawn."""

import http.server
import io
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from PIL import Image

from corpora import papers, writers
from pipeline import converter, isolation
from pipeline.converter import convert, office_program
from pipeline.isolation import Protection, isolated, protection
from pipeline.references import names_others
from pipeline.sandbox import Bounds, StoppedError, run_sandboxed

OFFICE = pytest.mark.skipif(office_program() is None, reason="no LibreOffice here: apt-get install libreoffice-writer")
# a colour that no page has by itself
PLANTED = (200, 30, 170)
KINDS = [kind for kind in Protection if isolation._works(kind)]
NONE_HERE = "neither bubblewrap nor user namespaces here"
shields = pytest.mark.parametrize(
    "kind", KINDS or [pytest.param(None, marks=pytest.mark.skip(reason=NONE_HERE))], ids=lambda kind: kind and kind.name
)


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A picture of the server that no document may show."""
    path = tmp_path / "server" / "planted.png"
    path.parent.mkdir()
    Image.new("RGB", (300, 300), PLANTED).save(path)
    return path


def as_rtf(address: str) -> bytes:
    field = r"{\field{\*\fldinst { INCLUDEPICTURE  \"ADDRESS\" \\d}}{\fldrslt {}}}".replace("ADDRESS", address)
    return (r"{\rtf1\ansi\deff0{\fonttbl{\f0 Arial;}}\pard Plan \par " + field + r"\par End\par}").encode()


def as_docx(address: str) -> bytes:
    """A Word document whose picture is a link."""
    stream, made = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(stream, "PNG")
    import docx

    document = docx.Document()
    document.add_paragraph("方案")
    document.add_picture(io.BytesIO(stream.getvalue()), width=docx.shared.Cm(5))
    document.save(made)
    out = io.BytesIO()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                data = data.replace(b"r:embed=", b"r:link=")
            if name == "word/_rels/document.xml.rels":
                data = data.replace(b'Target="media/image1.png"', f'Target="{address}" TargetMode="External"'.encode())
            target.writestr(name, data)
    return out.getvalue()


def as_odt(address: str) -> bytes:
    """An ODT whose picture is a link."""
    frame = (
        '<text:p><draw:frame xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" text:anchor-type="as-char"'
        ' xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" svg:width="5cm" svg:height="5cm">'
        f'<draw:image xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{address}" xlink:type="simple"/></draw:frame></text:p>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(writers.as_odt(papers.LAYOUT))) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "content.xml":
                data = data.replace(b"</office:text>", frame.encode() + b"</office:text>")
            target.writestr(name, data)
    return out.getvalue()


WRITERS = {"rtf": as_rtf, "docx": as_docx, "odt": as_odt}


def shows_planted(pdf: Path) -> bool:
    """Whether a page shows the colour of the planted picture."""
    document = pdfium.PdfDocument(pdf)
    colours = {colour for page in document for _, colour in page.render().to_pil().convert("RGB").getcolors(1 << 24)}
    return any(all(abs(a - b) < 12 for a, b in zip(colour, PLANTED, strict=True)) for colour in colours)


def drawn(folder: Path, kind: str, data: bytes) -> Path:
    folder.mkdir()
    source = folder / f"source.{kind}"
    source.write_bytes(data)
    return convert(str(office_program()), source, "pdf", Bounds(90, 0))


@pytest.fixture
def visited() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine: the address of a picture, and the paths that were asked for."""
    seen: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/picture.png", seen
    server.shutdown()
    server.server_close()


@OFFICE
@shields
@pytest.mark.parametrize("kind_of_file", WRITERS)
def test_a_picture_of_the_server_is_not_drawn(
    kind: Protection, kind_of_file: str, planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(converter, "protection", lambda: kind)
    made = drawn(tmp_path / "work", kind_of_file, WRITERS[kind_of_file](f"file://{planted}"))
    assert not shows_planted(made)


@OFFICE
def test_the_colour_would_be_found_if_the_picture_were_drawn(planted: Path, tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    document.add_picture(str(planted), width=docx.shared.Cm(5))
    stream = io.BytesIO()
    document.save(stream)
    assert shows_planted(drawn(tmp_path / "work", "docx", stream.getvalue()))


@OFFICE
@shields
@pytest.mark.parametrize("kind_of_file", WRITERS)
def test_no_address_is_visited(
    kind: Protection,
    kind_of_file: str,
    visited: tuple[str, list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address, seen = visited
    monkeypatch.setattr(converter, "protection", lambda: kind)
    drawn(tmp_path / "work", kind_of_file, WRITERS[kind_of_file](address))
    assert seen == []


@shields
def test_a_program_sees_its_folder_and_no_other_file(kind: Protection, planted: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "own.txt").write_text("own", encoding="utf-8")
    look = f"cat own.txt; cat {planted} && echo seen; ls {Path.home()} /etc/passwd && echo seen; echo more > made.txt"
    printed = run_sandboxed(isolated(("sh", "-c", look), work, kind), work, Bounds(20, 0))
    assert printed.startswith("own") and "seen" not in printed.splitlines()
    assert (work / "made.txt").read_text(encoding="utf-8") == "more\n"


@shields
def test_a_program_has_no_network(kind: Protection, tmp_path: Path) -> None:
    printed = run_sandboxed(isolated(("cat", "/proc/net/route"), tmp_path, kind), tmp_path, Bounds(20, 0))
    assert len(printed.splitlines()) <= 1


@shields
def test_a_limit_of_time_ends_the_program_in_its_own_root(kind: Protection, tmp_path: Path) -> None:
    with pytest.raises(StoppedError, match="1秒"):
        run_sandboxed(isolated(("sleep", "60"), tmp_path, kind), tmp_path, Bounds(1, 0))


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("address", ["file:///srv/plan.png", "https://files.example.cn/plan.png"])
def test_without_protection_a_document_that_names_a_picture_is_refused(
    kind: str, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(converter, "protection", lambda: None)
    source = tmp_path / f"source.{kind}"
    source.write_bytes(WRITERS[kind](address))
    with pytest.raises(StoppedError, match="bubblewrap"):
        convert("/nowhere/soffice", source, "pdf", Bounds(5, 0))


@pytest.mark.parametrize(
    "code",
    [
        rb"{\*\fldinst INCLUDEPICTURE \"/srv/a.png\"}",
        rb"{\*\fldinst {INCLUDE}{\b PICTURE} \"/srv/a.png\"}",
        rb"{\*\fldinst \'49NCLUDEPICTURE \"/srv/a.png\"}",
        rb"{\*\fldinst \u73?NCLUDETEXT \"/srv/a.txt\"}",
        b'{\\*\\fldinst INCLUDE\r\nTEXT \\"/srv/a.txt\\"}',
        rb"{\*\fldinst DDEAUTO a b c}",
        rb"{\*\template /srv/a.dot}",
        rb"{\object\objautlink{\*\objdata 00}}",
    ],
)
def test_a_field_of_rtf_that_fetches_is_found_however_it_is_divided(code: bytes) -> None:
    assert names_others(rb"{\rtf1\ansi " + code + b"}", "rtf")


def test_usual_documents_name_no_others(tmp_path: Path) -> None:
    page = rb"{\rtf1\ansi {\field{\*\fldinst PAGE }} {\field{\*\fldinst HYPERLINK \"http://www.example.cn\" }} a link to it}"
    assert not names_others(page, "rtf")
    assert not names_others(writers.as_rtf(papers.LAYOUT), "rtf")
    assert not names_others(writers.as_odt(papers.LAYOUT), "odt")
    assert not names_others(writers.as_docx(papers.LAYOUT), "docx")


@pytest.mark.parametrize("text", ["INCLUDEPICTURE \\\\gov\\a.png", "includetext c:\\a", "file:///srv/a.png"])
@pytest.mark.parametrize("codec", ["latin-1", "utf-16-le"])
def test_an_old_word_file_with_a_field_that_fetches_is_found(text: str, codec: str) -> None:
    assert names_others(b"\xd0\xcf\x11\xe0" + bytes(600) + text.encode(codec) + bytes(200), "doc")


def test_a_broken_package_counts_as_naming_others() -> None:
    assert names_others(b"PK\x03\x04 broken", "docx")


def test_the_protection_is_one_that_works() -> None:
    assert protection() == (KINDS[0] if KINDS else None)
