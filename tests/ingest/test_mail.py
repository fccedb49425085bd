"""Mails, spreadsheets and packages: every document in them is read, and nothing is dropped without a message."""

import base64
import importlib
import io
import quopri
import random
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest

from corpora import compound, papers, writers
from pipeline.analyzer import LegalContext, analyze_source
from pipeline.document import BlockKind, Problem
from pipeline.errors import UnreadableFile
from pipeline.guard import REPORT, UNFORESEEN
from pipeline.ingest import Upload, read, uploads
from pipeline.ingest.archive import _entry_name
from pipeline.ingest.mail import is_mail, parts_of
from pipeline.ingest.mail_types import Mail
from pipeline.register import audit, card_of, read_catalogue
from tests.conftest import AS_OF


class UnforeseenError(Exception):
    """An exception that no reader handles."""


DOCX = writers.as_docx(papers.WATER)


def uploaded(folder: Path, name: str, data: bytes) -> dict[str, bytes]:
    path = folder / name
    path.write_bytes(data)
    found = list(uploads(path))
    assert all(isinstance(one, Upload) for one in found), found
    return {one.name.removeprefix(f"{path}"): one.data for one in found if isinstance(one, Upload)}


def test_the_documents_of_a_mail_are_read_one_by_one(tmp_path: Path) -> None:
    inner = writers.as_zip({"通知.txt": writers.as_txt(papers.FARMHOUSE)})
    data = writers.as_eml("报送", "请审查附件。", {"采砂通知.docx": DOCX, "打包.zip": inner})
    assert uploaded(tmp_path, "a.eml", data) == {
        "/采砂通知.docx": DOCX,
        "/打包.zip/通知.txt": writers.as_txt(papers.FARMHOUSE),
    }


def test_a_mail_body_that_is_a_document_is_kept(tmp_path: Path) -> None:
    body = "\n".join(papers.FARMHOUSE)
    (name,) = uploaded(tmp_path, "a.eml", writers.as_eml("通知", body, {}))
    assert name == "/邮件正文.txt"
    names = set(uploaded(tmp_path, "b.eml", writers.as_eml("通知", body, {"附.docx": DOCX})))
    assert names == {"/邮件正文.txt", "/附.docx"}


def test_a_mail_in_a_mail_is_opened_and_a_path_in_a_name_is_not_followed(tmp_path: Path) -> None:
    inner = writers.as_eml("内", "见附件。", {"../../x.docx": DOCX})
    found = uploaded(tmp_path, "a.eml", writers.as_eml("外", "见附件。", {"转发.eml": inner}))
    assert list(found) == ["/转发.eml/.._.._x.docx"]


def test_deeply_nested_mails_stop_at_a_limit(tmp_path: Path) -> None:
    data = writers.as_eml("0", "见附件。", {"a.docx": DOCX})
    for number in range(6):
        data = writers.as_eml(str(number), "见附件。", {"a.eml": data})
    (tmp_path / "a.eml").write_bytes(data)
    (problem,) = uploads(tmp_path / "a.eml")
    assert isinstance(problem, Problem) and problem.kind == "too_deep"


def test_an_ordinary_text_is_not_a_mail() -> None:
    assert not is_mail(writers.as_txt(papers.FARMHOUSE)) and not is_mail("标题：通知\n文号：一号\n".encode())
    assert not is_mail(b"Title: a\nNumber: b\nDate: c\n\ntext")


def test_a_damaged_msg_raises_with_a_reason() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "__substg1.0_".encode("utf-16-le") + bytes(2000)
    assert is_mail(data)
    with pytest.raises(UnreadableFile) as caught:
        list(parts_of(data))
    assert caught.value.kind == "truncated" and "邮件" in caught.value.message


def test_documents_attached_to_an_ofd_are_read_and_others_reported(tmp_path: Path) -> None:
    data = writers.as_ofd(papers.LAYOUT, attached={"细则.docx": DOCX, "图.png": b"x"})
    found = uploaded(tmp_path, "a.ofd", data)
    assert list(found) == ["", "/细则.docx"] and found["/细则.docx"] == DOCX
    assert any("细则.docx、图.png" in note.message for note in read(Upload("a.ofd", data)).notes)


def test_the_digests_of_a_seal_are_compared_with_the_parts_it_protects() -> None:
    whole = writers.as_ofd(papers.LAYOUT, signed=True)
    messages = [note.message for note in read(Upload("a.ofd", whole)).notes if note.kind == "signed"]
    assert len(messages) == 1 and "与签章时一致" in messages[0] and "2025-07-15" in messages[0]
    changed = writers.changed_zip(
        whole, "Doc_0/Pages/Page_0/Content.xml", lambda data: data.replace("县".encode(), "市".encode())
    )
    messages = [note.message for note in read(Upload("a.ofd", changed)).notes if note.kind == "signed"]
    assert len(messages) == 1 and "不一致" in messages[0] and "Page_0" in messages[0]


ROWS = (
    ("临溪县现行规范性文件台账",),
    ("序号", "文件名称", "文号", "发文单位", "成文日期", "备注"),
    (1, "临溪县公园绿化管理办法", "临政发〔2024〕5号", "县政府", date(2024, 3, 1), ""),
    (2, "《临溪县码头管理办法》", "临政发【2023】2号", "县政府", date(2023, 2, 1), "含附件"),
)


def test_a_spreadsheet_of_documents_is_read_by_rows() -> None:
    source = read(Upload("台账.xlsx", writers.as_xlsx(ROWS)))
    assert source.format == "xlsx" and source.blocks[0].kind is BlockKind.PARAGRAPH
    assert "1｜临溪县公园绿化管理办法｜临政发〔2024〕5号｜县政府｜2024年3月1日" in source.text.splitlines()
    catalogue = read_catalogue(analyze_source(source, LegalContext(AS_OF)))
    assert catalogue and [(entry.title, entry.number, entry.result) for entry in catalogue.entries] == [
        ("临溪县公园绿化管理办法", "临政发〔2024〕5号", "listed"),
        ("临溪县码头管理办法", "临政发〔2023〕2号", "listed"),
    ]


def test_a_list_with_results_is_a_catalogue() -> None:
    rows = (
        ("标题", "文号", "清理结果", "有效期至"),
        ("临溪县夜市管理办法", "临政发〔2020〕9号", "继续有效", date(2027, 5, 1)),
        ("临溪县公墓管理办法", "", "废止", ""),
    )
    catalogue = read_catalogue(analyze_source(read(Upload("结果.xlsx", writers.as_xlsx(rows))), LegalContext(AS_OF)))
    assert catalogue and [(entry.result, entry.until) for entry in catalogue.entries] == [
        ("keep", date(2027, 5, 1)),
        ("repeal", None),
    ]


def test_a_list_is_compared_with_the_documents_on_file() -> None:
    content = "\n".join(papers.WATER)
    cards = [
        card_of(analyze_source(read(upload), LegalContext(AS_OF)))
        for upload in (Upload("a.txt", content.encode()), Upload("台账.xlsx", writers.as_xlsx(ROWS)))
    ]
    found = audit(cards)
    assert {(entry, result) for _, entry, result in found.unheld} == {
        ("临政发〔2024〕5号", "在册，未注明结果"), ("临政发〔2023〕2号", "在册，未注明结果"),
    }  # fmt: skip
    assert found.unlisted == (0,)


def test_a_damaged_spreadsheet_raises_with_a_reason() -> None:
    whole = writers.as_xlsx(ROWS)
    with pytest.raises(UnreadableFile) as caught:
        read(
            Upload(
                "a.xlsx", writers.changed_zip(whole, "xl/worksheets/sheet1.xml", lambda data: data[: len(data) // 2])
            )
        )
    assert caught.value.kind == "truncated" and caught.value.remedy


DOCUMENT = writers.as_txt(papers.WATER)
DAY = "二〇二四年五月一日"
LONG = "\n".join((*papers.FARMHOUSE, DAY))


def msg(folder: Path, tree: compound.Tree) -> tuple[dict[str, str], dict[str, Problem]]:
    """The texts in an Outlook mail by name, and the problems of its other parts by name."""
    (folder / "a.msg").write_bytes(compound.as_compound(tree))
    return texts_and_problems(folder / "a.msg")


def texts_and_problems(path: Path) -> tuple[dict[str, str], dict[str, Problem]]:
    found = list(uploads(path))
    texts = {one.name.removeprefix(f"{path}/"): read(one).text for one in found if isinstance(one, Upload)}
    return texts, {one.name.removeprefix(f"{path}/"): one for one in found if isinstance(one, Problem)}


@pytest.mark.parametrize("page", [936, 20936, 10008, 50227, 50936, 54936, 52936, 99999])
@pytest.mark.parametrize("form", ["1000001F", "1000001E", "10130102"])
def test_an_outlook_mail_of_any_code_page_is_read(page: int, form: str, tmp_path: Path) -> None:
    body = f"<html><meta charset='gb2312'><body><p>{LONG}</p></body></html>" if form == "10130102" else LONG
    data = body.encode("utf-16-le" if form == "1000001F" else "gb18030")
    kept = compound.mail({form: data}, {"a": compound.attachment(DOCUMENT, "通知.txt")}, internet=page)
    texts, problems = msg(tmp_path, kept)
    suffix = "html" if form == "10130102" else "txt"
    assert set(texts) == {f"邮件正文.{suffix}", "通知.txt"} and not problems
    assert DAY in texts[f"邮件正文.{suffix}"] and "\ufffd" not in texts[f"邮件正文.{suffix}"]


@pytest.mark.parametrize("pages", [{"message": 936}, {"internet": 20936}, {"internet": 28591, "message": 936}, {}])
def test_names_in_bytes_are_read_by_the_code_page_of_the_mail(pages: dict[str, int], tmp_path: Path) -> None:
    named = compound.attachment(DOCUMENT, "二〇二四年通知.txt".encode("gbk"))
    texts, problems = msg(tmp_path, compound.mail({}, {"a": named}, **pages))
    assert list(texts) == ["二〇二四年通知.txt"] and not problems


def test_traditional_names_and_texts_of_an_outlook_mail_are_read(tmp_path: Path) -> None:
    named = compound.attachment(DOCUMENT, "關於印發辦法的通知.txt".encode("big5"))
    texts, _ = msg(tmp_path, compound.mail({"1000001E": "請查收附件".encode("big5")}, {"a": named}, internet=950))
    assert list(texts) == ["關於印發辦法的通知.txt"]


def test_a_body_that_is_only_rtf_is_reported_and_the_attachments_are_read(tmp_path: Path) -> None:
    _, problems = msg(tmp_path, compound.mail({"10090102": b"x" * 200}))
    assert "RTF" in problems["邮件正文"].message and problems["邮件正文"].remedy
    texts, problems = msg(
        tmp_path, compound.mail({"10090102": b"x" * 200}, {"a": compound.attachment(DOCUMENT, "通知.txt")})
    )
    assert list(texts) == ["通知.txt"] and list(problems) == ["邮件正文"]


def test_a_mail_within_an_outlook_mail_is_opened(tmp_path: Path) -> None:
    inner = compound.mail(
        {"1000001F": "转".encode("utf-16-le")}, {"a": compound.attachment(DOCUMENT, "内.txt")}, header=24
    )
    outer = compound.mail({}, {"a": compound.attachment(inner, "转发：报送"), "b": compound.attachment(DOCUMENT)})
    texts, problems = msg(tmp_path, outer)
    assert set(texts) == {"转发：报送/内.txt", "附件2"} and not problems


def test_an_attachment_that_is_a_link_is_reported(tmp_path: Path) -> None:
    link = {"__properties_version1.0": bytes(8), "__substg1.0_3707001F": "云盘.docx".encode("utf-16-le")}
    texts, problems = msg(tmp_path, compound.mail({}, {"a": link, "b": compound.attachment(DOCUMENT, "通知.txt")}))
    assert list(texts) == ["通知.txt"] and "链接" in problems["云盘.docx"].message


def test_a_truncated_stream_of_an_outlook_mail_affects_only_its_part(tmp_path: Path) -> None:
    whole = bytearray(
        compound.as_compound(
            compound.mail(
                {}, {"a": compound.attachment(b"x" * 9000, "坏.txt"), "b": compound.attachment(DOCUMENT, "好.txt")}
            )
        )
    )
    # the fifth sector of the long stream, in the table at the end of the file
    whole[-compound.SECTOR + 16 : -compound.SECTOR + 20] = b"\xf0\xff\xff\x00"
    (tmp_path / "a.msg").write_bytes(bytes(whole))
    texts, problems = texts_and_problems(tmp_path / "a.msg")
    assert list(texts) == ["好.txt"] and "不完整或已损坏" in problems["坏.txt"].message


def eml(*parts: bytes) -> bytes:
    """A mail with the given serialised parts, each including its headers."""
    head = b'From: a@b.cn\r\nTo: c@d.cn\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="B"\r\n\r\n'
    return head + b"".join(b"--B\r\n" + part + b"\r\n" for part in parts) + b"--B--\r\n"


def part(kind: str, data: bytes, more: bytes = b"") -> bytes:
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n".encode()
    return head + more + b"\r\n" + base64.encodebytes(data)


@pytest.mark.parametrize(
    "label", ["gb2312", "x-gbk", "GB_2312-80", "us-ascii", "iso-8859-1", "utf-8", "x-nobody-knows"]
)
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_a_mail_in_gbk_is_read_whatever_its_label_says(label: str, kind: str, tmp_path: Path) -> None:
    body = f'<html><meta charset="gb2312"><body><p>{LONG}</p></body></html>' if kind == "html" else LONG
    attached = part("text/plain; charset=x-none", DOCUMENT, b'Content-Disposition: attachment; filename="a.txt"\r\n')
    path = tmp_path / "a.eml"
    path.write_bytes(eml(part(f'text/{kind}; charset="{label}"', body.encode("gbk")), attached))
    texts, problems = texts_and_problems(path)
    suffix = "html" if kind == "html" else "txt"
    assert set(texts) == {f"邮件正文.{suffix}", "a.txt"} and not problems and DAY in texts[f"邮件正文.{suffix}"]


def test_an_html_body_in_utf8_that_declares_gb2312_is_read_as_the_mail_declares(tmp_path: Path) -> None:
    body = f'<html><meta charset="gb2312"><body><p>{LONG}</p></body></html>'
    (tmp_path / "a.eml").write_bytes(eml(part('text/html; charset="utf-8"', body.encode())))
    texts, _ = texts_and_problems(tmp_path / "a.eml")
    assert DAY in texts["邮件正文.html"]


@pytest.mark.parametrize(
    "named",
    [
        b'filename="=?gb2312?B?' + base64.b64encode("二〇二四年通知.txt".encode("gbk")) + b'?="',
        b'filename="=?x-gbk?Q?' + quopri.encodestring("二〇二四年通知.txt".encode("gbk")).strip() + b'?="',
        b'filename="' + "二〇二四年通知.txt".encode("gbk") + b'"',
        b'filename="' + "二〇二四年通知.txt".encode() + b'"',
        b"filename*=gb2312''" + quote("二〇二四年通知.txt".encode("gbk")).encode(),
        b"filename*0*=GBK''" + quote("二〇二四年".encode("gbk")).encode() + b";\r\n filename*1*=" + quote("通知.txt".encode("gbk")).encode(),
    ],
)  # fmt: skip
def test_names_of_attachments_are_read_in_every_encoding(named: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(eml(part("application/octet-stream", DOCUMENT, b"Content-Disposition: attachment; " + named + b"\r\n")))  # fmt: skip
    texts, problems = texts_and_problems(tmp_path / "a.eml")
    assert list(texts) == ["二〇二四年通知.txt"] and not problems


def test_a_mail_that_consists_of_one_file_yields_the_file(tmp_path: Path) -> None:
    head = b"From: a@b.cn\r\nTo: c@d.cn\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    (tmp_path / "a.eml").write_bytes(head + part("application/octet-stream; name=scan.txt", DOCUMENT))
    texts, _ = texts_and_problems(tmp_path / "a.eml")
    assert list(texts) == ["scan.txt"]


def test_alternative_forms_and_inline_pictures_are_not_documents(tmp_path: Path) -> None:
    forms = b'Content-Type: multipart/alternative; boundary="C"\r\n\r\n'
    page = b'Content-Type: multipart/related; boundary="D"\r\n\r\n'
    page += b"".join(
        b"--D\r\n" + one + b"\r\n" for one in (part("text/html", b"<p>x</p>"), part("image/png; name=logo.png", b"x"))
    )
    forms += b"".join(b"--C\r\n" + one + b"\r\n" for one in (part("text/plain", LONG.encode()), page + b"--D--"))
    (tmp_path / "a.eml").write_bytes(eml(forms + b"--C--", part("text/plain; name=a.txt", DOCUMENT)))
    texts, problems = texts_and_problems(tmp_path / "a.eml")
    assert set(texts) == {"邮件正文.txt", "a.txt"} and not problems


@pytest.mark.parametrize("module", ["eml", "outlook"])
@pytest.mark.parametrize("what", ["body", "name", "content"])
def test_a_part_of_a_mail_that_raises_affects_only_itself(
    module: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = importlib.import_module(f"pipeline.ingest.{module}").mail_of

    def fail() -> None:
        raise UnforeseenError("坏了")

    def broken(data: bytes) -> Mail:
        found = whole(data)
        first, *rest = found.attachments
        return (
            replace(found, body=fail)
            if what == "body"
            else replace(found, attachments=(replace(first, **{what: fail}), *rest))
        )

    monkeypatch.setattr(f"pipeline.ingest.{module}.mail_of", broken)
    attached = {"甲.txt": DOCUMENT, "乙.txt": DOCUMENT + b"\n"}
    data = writers.as_eml("报送", "请审查附件。", attached)
    if module == "outlook":
        data = compound.as_compound(
            compound.mail({}, {name: compound.attachment(content, name) for name, content in attached.items()})
        )
    (tmp_path / "a.eml").write_bytes(data)
    texts, problems = texts_and_problems(tmp_path / "a.eml")
    assert "乙.txt" in texts and len(texts) + len(problems) == 2 + (what == "body")
    if what == "name":
        assert "附件1" in texts
    else:
        (problem,) = problems.values()
        assert problem.kind == UNFORESEEN and REPORT.search(problem.message)


def test_an_entry_of_an_archive_that_raises_affects_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = zipfile.ZipFile.open

    def sometimes(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *arguments: object) -> object:
        if entry.filename == "坏.txt":
            raise UnforeseenError("坏了")
        return real(archive, entry, *arguments)  # type: ignore[arg-type]

    (tmp_path / "a.zip").write_bytes(writers.as_zip({"先.txt": DOCUMENT, "坏.txt": DOCUMENT, "后.txt": DOCUMENT}))
    monkeypatch.setattr(zipfile.ZipFile, "open", sometimes)
    texts, problems = texts_and_problems(tmp_path / "a.zip")
    assert set(texts) == {"先.txt", "后.txt"} and problems["坏.txt"].kind == UNFORESEEN
    number = REPORT.search(problems["坏.txt"].message)
    assert number and number[0] in caplog.text and "UnforeseenError: 坏了" in caplog.text


def test_a_damaged_entry_of_any_compression_method_is_reported(tmp_path: Path) -> None:
    for method in (zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", method) as archive:
            archive.writestr("坏.txt", random.Random(1).randbytes(3000))
            archive.writestr("好.txt", DOCUMENT)
        data = bytearray(stream.getvalue())
        data[100:400] = bytes(300)
        (tmp_path / "a.zip").write_bytes(bytes(data))
        texts, problems = texts_and_problems(tmp_path / "a.zip")
        assert list(texts) == ["好.txt"] and problems["坏.txt"].kind == "broken"


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_names_in_an_archive_without_utf8_flag_are_detected(codec: str) -> None:
    for name in ("关于印发办法的通知.txt", "通知.txt"):
        entry = zipfile.ZipInfo(name.encode(codec).decode("cp437"))
        entry.flag_bits = 0
        assert _entry_name(entry) == name


@pytest.mark.parametrize("codec", ["utf-8", "gbk"])
def test_names_in_percent_signs_are_decoded_and_others_kept(codec: str, tmp_path: Path) -> None:
    names = {quote("〇八年渡口通知.txt".encode(codec)): "〇八年渡口通知.txt", "100%25.txt": "100%25.txt"}
    parts = [
        part("text/plain", DOCUMENT, f'Content-Disposition: attachment; filename="{name}"\r\n'.encode())
        for name in names
    ]
    (tmp_path / "a.eml").write_bytes(eml(*parts))
    assert set(texts_and_problems(tmp_path / "a.eml")[0]) == set(names.values())


def test_the_mails_in_the_shared_folder_are_read(shared: Path) -> None:
    for path in (
        path
        for folder in ("d02", "d07", "d08", "d15", "d23")
        for path in (shared / "faults").glob(f"{folder}*/*.*[lgtp]")
    ):
        if path.suffix in (".eml", ".msg", ".mht", ".zip"):
            texts, problems = texts_and_problems(path)
            assert texts and not problems and all(DAY in text for text in texts.values())
