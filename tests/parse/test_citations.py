"""Citations: titles, numbers, articles; short forms resolved; forms and contracts left out."""

import pytest

from tests.builders import document


def cited(*lines: str) -> list[tuple[str, str | None, str | None]]:
    found = document("关于加强管理的通知", "各单位：", *lines)
    return [(c.title, c.number, c.article) for c in found.citations if c.target == "他件"]


def test_title_number_and_article_are_read() -> None:
    assert cited("按照《关于推进改革的意见》（国发〔2017〕35号）和《中华人民共和国水法》第三十九条的规定执行。") == [
        ("关于推进改革的意见", "国发〔2017〕35号", None),
        ("中华人民共和国水法", None, "第三十九条"),
    ]


def test_titles_within_titles_stay_whole() -> None:
    assert (
        cited("根据《关于印发〈临溪县绿化办法〉的通知》（临政发〔2020〕8号）。")[0][0]
        == "关于印发〈临溪县绿化办法〉的通知"
    )
    assert (
        cited("根据《关于印发《临溪县绿化办法》的通知》（临政发〔2020〕8号）。")[0][0]
        == "关于印发《临溪县绿化办法》的通知"
    )


def test_short_forms_are_resolved() -> None:
    found = cited(
        "根据《临溪县城市绿化管理办法》（临政发〔2020〕8号，以下简称《办法》）。",
        "《办法》第三条所列区域。",
    )
    assert {title for title, _, _ in found} == {"临溪县城市绿化管理办法"}
    assert found[1][2] == "第三条"


def test_orders_and_standards_are_numbers() -> None:
    assert cited("依照《公共租赁住房管理办法》（住房和城乡建设部令第11号）。")[0][1] == "住房和城乡建设部令第11号"
    assert cited("符合《重大火灾隐患判定方法》（GB35181）的要求。")[0][1] == "GB35181"


def test_a_law_without_marks_is_found() -> None:
    assert ("政府采购法", None, None) in cited("不得违反政府采购法的规定。")
    assert cited("政府采购法制处负责。") == []


@pytest.mark.parametrize("name", ["项目任务书", "营业执照", "不动产权证书", "租赁合同", "申请表", "人民日报", "证明"])
def test_forms_contracts_and_newspapers_are_no_instruments(name: str) -> None:
    assert cited(f"申请人应当提交《{name}》。") == []


def test_a_missing_closing_mark_does_not_swallow_the_text() -> None:
    assert cited("对照《临溪县设施农用地标准，做好清理。")[0][0] == "临溪县设施农用地标准"


def test_the_document_itself_is_no_basis() -> None:
    found = document(
        "关于印发《临溪县绿化办法》的通知",
        "各单位：",
        "现将《临溪县绿化办法》印发给你们。",
        "本办法第三条适用于县城。",
    )
    assert {c.target for c in found.citations} == {"本件"}
    assert any(c.role == "内部引用" and c.article == "第三条" for c in found.citations)
