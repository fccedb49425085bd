"""Contracts, agreements and pledges: their titles are read, and their parties are not taken as issuers."""

import pytest

from pipeline.document import Document
from tests.builders import document

CONCESSION = (
    "临溪县城乡供水特许经营协议（草案）",
    "甲方：临溪县水利局",
    "乙方：湖南清源水务有限公司",
    "第一条 甲方授予乙方特许经营权，期限二十年。",
    "甲方（盖章）：临溪县水利局",
    "乙方（盖章）：湖南清源水务有限公司",
    "2026年5月6日",
)
PURCHASE = (
    "政府采购合同",
    "合同编号：LX-2026-018",
    "采购人（甲方）：临溪县教育局",
    "供应商（乙方）：临溪县宏达商贸有限公司",
    "一、乙方向甲方供应食堂设备一批。",
    "甲方：临溪县教育局（章）            乙方：临溪县宏达商贸有限公司（章）",
    "2026年6月1日",
)
LEASE = (
    "国有资产租赁合同书",
    "出租方：临溪县机关事务管理局（以下简称甲方）",
    "承租方：李某某；",
    "第一条 租赁期限为五年。",
    "二〇二六年六月二十日",
)
PARTIES_FIRST = (
    "甲方：临溪县水利局",
    "乙方：临溪县水产公司",
    "水库承包经营权转让合同",
    "第一条 本合同自签订之日起生效。",
    "临溪县水利局",
    "2026年1月1日",
)
BLANK = (
    "关于共建临溪产业园的合作框架协议书",
    "甲方：临溪县人民政府",
    "地址：临溪县城关镇",
    "乙方：________",
    "第一条 双方另行协商。",
    "甲方：（盖章）        乙方：（盖章）",
)
PLEDGE = (
    "安全生产承诺书",
    "临溪县应急管理局：",
    "我公司严格遵守安全生产法律法规。",
    "承诺人：临溪县砂石有限公司",
    "2026年7月3日",
)


def parties_of(found: Document) -> list[tuple[str, str]]:
    return [(party.origin, party.value) for party in found.masthead.parties]


@pytest.mark.parametrize(
    ("lines", "title", "parties"),
    [
        (CONCESSION, CONCESSION[0], [("甲方", "临溪县水利局"), ("乙方", "湖南清源水务有限公司")]),
        (PURCHASE, "政府采购合同", [("采购人", "临溪县教育局"), ("供应商", "临溪县宏达商贸有限公司")]),
        (LEASE, "国有资产租赁合同书", [("出租方", "临溪县机关事务管理局"), ("承租方", "李某某")]),
        (PARTIES_FIRST, "水库承包经营权转让合同", [("甲方", "临溪县水利局"), ("乙方", "临溪县水产公司")]),
        (BLANK, BLANK[0], [("甲方", "临溪县人民政府")]),
        (PLEDGE, "安全生产承诺书", [("承诺人", "临溪县砂石有限公司")]),
    ],
)  # fmt: skip
def test_a_contract_has_a_title_and_parties_and_no_issuers(
    lines: tuple[str, ...], title: str, parties: list[tuple[str, str]]
) -> None:
    found, text = document(*lines), "\n".join(lines)
    assert found.masthead.title and found.masthead.title.value == title
    assert found.masthead.issuers == () and parties_of(found) == parties
    assert all(party.span.cut(text) == party.value for party in found.masthead.parties)


def test_a_contract_without_title_is_told_by_its_parties() -> None:
    found = document("甲方：临溪县水利局", "乙方：某公司", "第一条 乙方供水。", "临溪县水利局", "2026年1月1日")
    assert found.masthead.issuers == () and len(found.masthead.parties) == 2


@pytest.mark.parametrize(
    "title", ["临溪县教育局关于印发《校车租赁合同》的通知", "临溪县政府合同管理办法", "食堂设备采购公告"]
)
def test_a_document_on_contracts_or_purchases_keeps_its_issuer(title: str) -> None:
    lines = (title, "采购人：临溪县教育局", "供应商：不限", "第一条 有关事项如下。", "临溪县教育局", "2026年3月2日")
    masthead = document(*lines).masthead
    assert [issuer.value for issuer in masthead.issuers] == ["临溪县教育局"] and masthead.parties == ()


def test_a_title_goes_on_behind_the_word_contract() -> None:
    found = document("临溪县国有建设用地使用权出让合同", "履约监管办法", "第一条 制定本办法。").masthead.title
    assert found and found.value == "临溪县国有建设用地使用权出让合同履约监管办法"
