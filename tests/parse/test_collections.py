"""Several papers in one file: collections, gazettes, and what is only a part of a paper."""

from collections.abc import Sequence
from datetime import date

import pytest

from pipeline.assess.validity import stated_expiry
from pipeline.document import Document
from tests.builders import document, dossier

DOGS = (
    "长河县人民政府关于加强苗木调运的通告", "长政告〔2023〕2号", "为规范苗木调运，现通告如下：", "一、调运苗木应当检疫。",
    "二、本通告自2023年3月1日起施行，有效期两年。", "长河县人民政府", "2023年2月6日",
)  # fmt: skip
SCHOOLS = (
    "长河县人民政府办公室关于印发《长河县苗圃利用办法》的通知", "长政办发〔2023〕14号", "各乡镇人民政府：", "《长河县苗圃利用办法》已经县政府同意，现印发给你们，请遵照执行。",
    "长河县人民政府办公室", "2023年5月10日", "长河县苗圃利用办法", "第一条　为盘活苗圃，制定本办法。", "第二条　本办法自2023年6月10日起施行，有效期5年。",
)  # fmt: skip
SAND = (
    "长河县林业局关于采种现场管理的通知", "长林发〔2023〕9号", "各采种企业：", "一、采种企业应当按照批准的范围采种。", "二、对超范围采种的，处以二万元罚款。",
    "三、本通知自2023年8月1日起施行。", "长河县林业局", "2023年7月4日",
)  # fmt: skip
CATALOGUE = (
    "附件", "延长有效期的规范性文件目录", "关于印发《长河县苗圃利用办法》的通知", "长政办发〔2018〕14号", "2028年6月9日", "关于印发《长河县采种办法》的通知",
    "长政办发〔2018〕15号", "2028年7月9日", "关于印发《长河县渔业办法》的通知", "长政办发〔2018〕16号", "2028年8月9日",
)  # fmt: skip
NUMBERS = ["长政告〔2023〕2号", "长政办发〔2023〕14号", "长林发〔2023〕9号"]


def numbers(found: Document) -> list[str | None]:
    return [paper.masthead.number.value if paper.masthead.number else None for paper in found.attached]


@pytest.mark.parametrize(
    "cover",
    [
        ("长河县规范性文件汇编", "（2023年度）", "目　录", "1.长河县人民政府关于加强苗木调运的通告（长政告〔2023〕2号）"),
        ("长河县人民政府公报", "2023年第3期"), ("长河县行政规范性文件选编",), ("目 录", "规范性文件"), (),
    ],
    ids=["collection", "gazette", "selection", "contents", "no cover"],
)  # fmt: skip
def test_papers_of_a_collection_are_documents_of_their_own(cover: Sequence[str]) -> None:
    found = document(*cover, *DOGS, *SCHOOLS, *SAND)
    assert found.is_collection and numbers(found) == NUMBERS
    assert [paper.masthead.made.value if paper.masthead.made else None for paper in found.attached] == [
        date(2023, 2, 6), date(2023, 5, 10), date(2023, 7, 4),
    ]  # fmt: skip
    assert [stated_expiry(paper)[0] for paper in found.attached] == [date(2025, 2, 28), date(2028, 6, 9), None]
    assert [paper.masthead.title.value if paper.masthead.title else "" for paper in found.attached[1].attached] == [
        "长河县苗圃利用办法"
    ]


def test_numbers_above_the_titles_begin_papers_too() -> None:
    papers = [(lines[1], lines[0], *lines[2:]) for lines in (DOGS, SCHOOLS, SAND)]
    assert numbers(document("长河县文件汇编", *(line for lines in papers for line in lines))) == NUMBERS


def test_a_finding_is_under_the_number_of_its_paper() -> None:
    found = dossier("长河县规范性文件汇编", *DOGS, *SCHOOLS, *SAND).assessment
    assert "长林发〔2023〕9号 二、" in [finding.path for finding in found.findings]
    assert found.validity.expires is None and found.cleanup.outcome == "not_applicable"
    assert any("长政告〔2023〕2号有效期至2025-02-28" in reason for reason in found.validity.reasons)


@pytest.mark.parametrize(
    "lines",
    [
        ("长河县林业局关于转发《长河县人民政府关于加强苗木调运的通告》的通知", "长林发〔2023〕3号", "各乡镇：", "现转发给你们。", "长河县林业局", "2023年3月1日", *DOGS),
        (*DOGS, "附件1", *SAND), DOGS, SCHOOLS, (*DOGS, *SAND), (*SAND, *CATALOGUE),
    ],
    ids=["forwarded", "attached", "one notice", "one issued regulation", "two without a cover", "catalogue"],
)  # fmt: skip
def test_what_a_paper_forwards_or_attaches_is_a_part_of_it(lines: tuple[str, ...]) -> None:
    assert not document(*lines).is_collection
