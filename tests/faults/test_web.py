"""Handed faults of web pages, mails, archives and sheets: each right value of expected.*."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pipeline import analyze
from pipeline.document import BlockKind, Dossier, SourceText
from pipeline.ingest import Upload, read, uploads
from pipeline.register.cards import card_of
from pipeline.register.catalogues import read_catalogue
from pipeline.register.relations import relate
from pipeline.register.settle import settle

Folder = Callable[[str], Path]


def texts(path: Path) -> dict[str, SourceText]:
    """The texts of the documents in a file by their names in it."""
    found = {}
    for upload in uploads(path):
        assert isinstance(upload, Upload), upload
        found[upload.name.removeprefix(f"{path}/")] = read(upload)
    return found


def paper(source: SourceText) -> list[str]:
    """The lines of the paper: without furniture and the information block of the page."""
    left_out = (BlockKind.FURNITURE, BlockKind.META)
    return [block.span.cut(source.text) for block in source.blocks if block.kind not in left_out]


def page(folder: Path, name: str = "page.html") -> Dossier:
    return analyze(folder / name, as_of=date(2026, 6, 1))


@pytest.mark.parametrize("name", ["Word另存的网页.html", "Word另存.mht"])
def test_d00_single_characters_stay(handed: Folder, name: str) -> None:
    (source,) = texts(handed("d00") / name).values()
    assert "第5条 本办法自2024年6月1日起施行。" in source.text and "第六条 不得收取费用。" in source.text
    dossier = analyze(source.text.encode(), name="a.txt")
    made, effective = dossier.document.masthead.made, dossier.document.effective
    assert made and made.value == date(2024, 5, 1)
    assert effective and effective.day == date(2024, 6, 1)


def test_d00_lists_and_cells_stay(handed: Folder) -> None:
    (source,) = texts(handed("d00") / "列表和表格.html").values()
    assert "未经批准擅自经营道路运输的；\n擅自收费的。" in source.text
    assert "停车\n是\n5元\n换证\n否\n无" in source.text


def test_d09_catalogue_in_the_container(handed: Folder) -> None:
    catalogue = read_catalogue(page(handed("d09"), "决定（UCAP）.html"))
    assert catalogue
    assert [(entry.title, entry.number, entry.result) for entry in catalogue.entries] == [
        ("某某县河道采砂管理办法", "某政发〔2010〕5号", "repeal"),
        ("某某县水库安全管理办法", "某政办发〔2011〕12号", "repeal"),
        ("关于加强农机管理的通知", "某政发〔2012〕8号", "repeal"),
    ]


def test_d24_hidden_text_numbers_and_raised_figures(handed: Folder) -> None:
    (source,) = texts(handed("d24") / "网页.html").values()
    lines = source.text.split("\n")
    assert "低价代办" not in source.text and any("低价代办" in note.message for note in source.notes)
    assert "3.符合条件的，发给证件；" in lines and "4.不符合条件的，书面告知。" in lines
    assert "104" not in source.text and "附则" in lines and "本办法自2024年1月1日起施行。" in lines


@pytest.mark.parametrize("name", ["地址标签", "字体标签", "没有标签", "链接"])
def test_e05_loose_text_is_a_line(handed: Folder, name: str) -> None:
    (source,) = texts(handed("e05") / f"{name}.html").values()
    lines = source.text.split("\n")
    assert "第三章 法律责任" in lines and "第九条 违反本办法规定的，由市公安机关责令限期改正。" in lines


def test_b01_the_page_says_repealed(handed: Folder) -> None:
    dossier = page(handed("b01"))
    head, validity = dossier.document.masthead, dossier.assessment.validity
    assert head.number and head.number.value == "青政告〔2024〕2号"
    assert head.made and head.made.value == date(2024, 1, 28)
    assert head.published and head.published.value == date(2024, 1, 30)
    assert (validity.state, validity.expires) == ("已废止", date(2025, 12, 19))
    assert validity.span and validity.span.cut(dossier.source.text) == "有效性：已废止（2025-12-20）"


def test_b02_information_as_a_list(handed: Folder) -> None:
    dossier = page(handed("b02"))
    head = dossier.document.masthead
    assert head.number and head.number.value == "青建规〔2024〕5号"
    assert head.made and head.made.value == date(2024, 5, 17)
    assert head.published and head.published.value == date(2024, 5, 20)
    assert [issuer.value for issuer in head.issuers] == ["青岭县住房和城乡建设局"]
    assert head.title and head.title.value == "关于进一步规范物业专项维修资金使用的通知"
    assert dossier.assessment.validity.expires == date(2029, 6, 30)


def test_b03_layout_tables(handed: Folder) -> None:
    head = page(handed("b03")).document.masthead
    assert head.title and head.title.value == "青岭县人民政府关于加强山塘水库安全管理的意见"
    assert head.number and head.number.value == "青政发〔2008〕31号"
    assert head.made and head.made.value == date(2008, 9, 8)
    assert [issuer.value for issuer in head.issuers] == ["青岭县人民政府"]
    assert head.recipients and head.recipients.value == "各乡镇人民政府，县直各单位"


def test_b04_numbers_of_lists(handed: Folder) -> None:
    dossier = page(handed("b04"))
    labels = [clause.label for clause in dossier.document.clauses if clause.label]
    assert labels == ["一、", "二、", "三、", "1.", "2."]


def test_b05_cells_are_separate(handed: Folder) -> None:
    (source,) = texts(handed("b05") / "page.html").values()
    assert "1\n城镇垃圾处理费\n县城市管理局\n每户每月6元" in source.text


@pytest.mark.parametrize(
    "name", ["短横", "全角横", "破折", "双横", "竖线", "前置", "前置横", "下划", "箭头", "点"]
)  # fmt: skip
def test_b37_title_without_the_site(handed: Folder, name: str) -> None:
    dossier = page(handed("b37"), f"{name}.html")
    title = dossier.document.masthead.title
    assert title and title.value == "青岭县人民政府办公室关于做好2024—2026年农村公路养护工作的通知"


def test_b38_furniture_in_the_container(handed: Folder) -> None:
    dossier = page(handed("b38"))
    head, text = dossier.document.masthead, dossier.source.text
    assert head.title and head.title.value == "青岭县人民政府办公室关于做好2024—2026年农村公路养护工作的通知"
    assert head.number and head.number.value == "青政办发〔2024〕10号"
    assert head.made and head.made.value == date(2024, 3, 8)
    assert "违者罚款一万元" not in text and "function s" not in text
    assert not dossier.document.citations
    assert paper(dossier.source)[-1] == "2024年3月8日"


def test_d02_codepage_without_a_codec(handed: Folder) -> None:
    assert "关于印发办法的通知.txt" in texts(handed("d02") / "报送材料.msg")


@pytest.mark.parametrize("name", ["正文.eml", "网页.mht"])
def test_d07_written_dates_of_gbk_under_the_label_gb2312(handed: Folder, name: str) -> None:
    (source,) = texts(handed("d07") / name).values()
    made = analyze(source.text.encode(), name="a.txt").document.masthead.made
    assert "二〇二四年五月一日" in source.text and made and made.value == date(2024, 5, 1)


def test_d07_names_of_gbk_under_the_label_gb2312(handed: Folder) -> None:
    assert list(texts(handed("d07") / "附件名.eml")) == ["二〇二四年通知.txt"]


@pytest.mark.parametrize("name", ["ansi.msg", "网页正文.msg"])
def test_d08_codepage_936(handed: Folder, name: str) -> None:
    assert "关于印发办法的通知.txt" in texts(handed("d08") / name)


def test_d15_names_in_utf8_without_the_flag(handed: Folder) -> None:
    names = set(texts(handed("d15") / "报送.zip"))
    assert "关于印发办法的通知.txt" in names


def test_d23_names_in_the_codepage_of_the_message(handed: Folder) -> None:
    assert list(texts(handed("d23") / "附件名.msg")) == ["关于印发办法的通知.txt"]


def test_d17_result_in_the_title_row(handed: Folder) -> None:
    catalogue = read_catalogue(analyze(handed("d17") / "废止目录.xlsx"))
    assert catalogue and [entry.result for entry in catalogue.entries] == ["repeal"] * 3


def test_d17_merged_cells(handed: Folder) -> None:
    (source,) = texts(handed("d17") / "合并单元格.xlsx").values()
    assert source.text.split("\n")[1:] == ["县水利局｜某某县河道采砂管理办法", "县水利局｜某某县水库安全管理办法"]
    assert [block.kind for block in source.blocks[1:]] == [BlockKind.CELL, BlockKind.CELL]


def test_d27_formats(handed: Folder) -> None:
    (source,) = texts(handed("d27") / "格式.xlsx").values()
    assert source.text.split("\n")[-1].endswith("｜2024年1月｜5%")


def test_b36_result_in_a_merged_cell(handed: Folder) -> None:
    papers = sorted(path for path in handed("b36").iterdir() if path.name.startswith("K") or path.suffix == ".xlsx")
    cards = [card_of(analyze(path, as_of=date(2026, 6, 1))) for path in papers]
    proposals = settle(cards, relate(cards), date(2026, 6, 1))
    found = {path.name: proposal.cleanup.outcome for path, proposal in zip(papers, proposals, strict=True)}
    assert {found[path.name] for path in papers if path.name.startswith("K")} == {"repeal"}
