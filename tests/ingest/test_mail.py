"""Mails, spreadsheets and packages: each paper in them is read, and nothing is dropped without a word."""

from datetime import date
from pathlib import Path

import pytest

from corpora import papers, writers
from pipeline.analyzer import LegalContext, analyze_source
from pipeline.document import BlockKind, Problem
from pipeline.errors import UnreadableFile
from pipeline.ingest import Upload, read, uploads
from pipeline.ingest.mail import is_mail, parts_of
from pipeline.register import audit, card_of, read_catalogue
from tests.conftest import AS_OF

DOCX = writers.as_docx(papers.WATER)


def taken(folder: Path, name: str, data: bytes) -> dict[str, bytes]:
    path = folder / name
    path.write_bytes(data)
    found = list(uploads(path))
    assert all(isinstance(one, Upload) for one in found), found
    return {one.name.removeprefix(f"{path}"): one.data for one in found if isinstance(one, Upload)}


def test_the_papers_of_a_mail_are_taken_one_by_one(tmp_path: Path) -> None:
    inner = writers.as_zip({"通知.txt": writers.as_txt(papers.FARMHOUSE)})
    data = writers.as_eml("报送", "请审查附件。", {"采砂通知.docx": DOCX, "打包.zip": inner})
    assert taken(tmp_path, "a.eml", data) == {
        "/采砂通知.docx": DOCX,
        "/打包.zip/通知.txt": writers.as_txt(papers.FARMHOUSE),
    }


def test_a_mail_that_is_itself_the_paper_is_kept(tmp_path: Path) -> None:
    body = "\n".join(papers.FARMHOUSE)
    (name,) = taken(tmp_path, "a.eml", writers.as_eml("通知", body, {}))
    assert name == "/邮件正文.txt"
    names = set(taken(tmp_path, "b.eml", writers.as_eml("通知", body, {"附.docx": DOCX})))
    assert names == {"/邮件正文.txt", "/附.docx"}


def test_a_mail_in_a_mail_is_opened_and_a_path_in_a_name_is_not_followed(tmp_path: Path) -> None:
    inner = writers.as_eml("内", "见附件。", {"../../x.docx": DOCX})
    found = taken(tmp_path, "a.eml", writers.as_eml("外", "见附件。", {"转发.eml": inner}))
    assert list(found) == ["/转发.eml/.._.._x.docx"]


def test_mails_nested_without_end_stop_at_a_limit(tmp_path: Path) -> None:
    data = writers.as_eml("0", "见附件。", {"a.docx": DOCX})
    for number in range(6):
        data = writers.as_eml(str(number), "见附件。", {"a.eml": data})
    (tmp_path / "a.eml").write_bytes(data)
    (problem,) = uploads(tmp_path / "a.eml")
    assert isinstance(problem, Problem) and problem.kind == "too_deep"


def test_an_ordinary_text_is_no_mail() -> None:
    assert not is_mail(writers.as_txt(papers.FARMHOUSE)) and not is_mail("标题：通知\n文号：一号\n".encode())
    assert not is_mail(b"Title: a\nNumber: b\nDate: c\n\ntext")


def test_a_damaged_msg_says_so() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "__substg1.0_".encode("utf-16-le") + bytes(2000)
    assert is_mail(data)
    with pytest.raises(UnreadableFile) as caught:
        list(parts_of(data))
    assert caught.value.kind == "truncated" and "邮件" in caught.value.message


def test_papers_attached_to_an_ofd_are_read_and_others_named(tmp_path: Path) -> None:
    data = writers.as_ofd(papers.LAYOUT, attached={"细则.docx": DOCX, "图.png": b"x"})
    found = taken(tmp_path, "a.ofd", data)
    assert list(found) == ["", "/细则.docx"] and found["/细则.docx"] == DOCX
    assert any("细则.docx、图.png" in note.message for note in read(Upload("a.ofd", data)).notes)


def test_a_seal_is_checked_against_what_it_protects() -> None:
    whole = writers.as_ofd(papers.LAYOUT, signed=True)
    told = [note.message for note in read(Upload("a.ofd", whole)).notes if note.kind == "signed"]
    assert len(told) == 1 and "与签章时一致" in told[0] and "2025-07-15" in told[0]
    changed = writers.changed_zip(
        whole, "Doc_0/Pages/Page_0/Content.xml", lambda data: data.replace("县".encode(), "市".encode())
    )
    told = [note.message for note in read(Upload("a.ofd", changed)).notes if note.kind == "signed"]
    assert len(told) == 1 and "不一致" in told[0] and "Page_0" in told[0]


ROWS = (
    ("临溪县现行规范性文件台账",),
    ("序号", "文件名称", "文号", "发文单位", "成文日期", "备注"),
    (1, "临溪县公园绿化管理办法", "临政发〔2024〕5号", "县政府", date(2024, 3, 1), ""),
    (2, "《临溪县码头管理办法》", "临政发【2023】2号", "县政府", date(2023, 2, 1), "含附件"),
)


def test_a_list_of_documents_is_read_by_rows() -> None:
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


def test_a_list_against_what_is_held() -> None:
    held = "\n".join(papers.WATER)
    cards = [
        card_of(analyze_source(read(upload), LegalContext(AS_OF)))
        for upload in (Upload("a.txt", held.encode()), Upload("台账.xlsx", writers.as_xlsx(ROWS)))
    ]
    found = audit(cards)
    assert {(entry, result) for _, entry, result in found.unheld} == {
        ("临政发〔2024〕5号", "在册，未注明结果"), ("临政发〔2023〕2号", "在册，未注明结果"),
    }  # fmt: skip
    assert found.unlisted == (0,)


def test_a_locked_or_broken_spreadsheet_says_so() -> None:
    whole = writers.as_xlsx(ROWS)
    with pytest.raises(UnreadableFile) as caught:
        read(
            Upload(
                "a.xlsx", writers.changed_zip(whole, "xl/worksheets/sheet1.xml", lambda data: data[: len(data) // 2])
            )
        )
    assert caught.value.kind == "truncated" and caught.value.remedy
