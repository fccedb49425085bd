"""Whether a document is in force on the day of the analysis, where that is not decided by its term alone."""

from datetime import date

import pytest

from pipeline.analyzer import LegalContext, analyze_source
from pipeline.document import Dossier, NormLevel
from tests.builders import source

PAPER = (
    "临溪县人民政府关于加强夜市管理的通知{stage}", "临政发〔2026〕8号", "各乡镇人民政府：", "第一条 为了加强夜市管理，制定本通知。",
    "第二条 未经商务局批准，不得在夜市经营。", "第三条 本通知自2027年1月1日起施行，有效期至2031年12月31日。", "临溪县人民政府", "2026年11月20日",
)  # fmt: skip


def judged(as_of: date, stage: str = "", *, draft: bool = False) -> Dossier:
    """The paper with a stage of a draft behind its title, judged on a day."""
    return analyze_source(source(*(line.format(stage=stage) for line in PAPER)), LegalContext(as_of, draft=draft))


@pytest.mark.parametrize(("as_of", "state"), [
    (date(2026, 12, 31), "尚未施行"), (date(2027, 1, 1), "有效"), (date(2031, 12, 31), "有效"), (date(2032, 1, 1), "已届满"),
])  # fmt: skip
def test_a_document_with_a_last_day_is_in_force_from_its_first_day(as_of: date, state: str) -> None:
    validity = judged(as_of).assessment.validity
    assert (validity.state, validity.expires) == (state, date(2031, 12, 31))


@pytest.mark.parametrize("stage", ["（送审稿）", "（征求意见稿）", "（草案征求意见稿）", "（草案）", "征求意见稿"])
def test_a_draft_is_judged_as_what_it_is_to_become_where_a_person_says_that_it_is_one(stage: str) -> None:
    day = date(2026, 12, 1)
    issued, draft = judged(day), judged(day, stage, draft=True)
    assert issued.labels.norm_level is NormLevel.NORMATIVE
    assert (draft.labels.norm_level, draft.labels.is_normative, draft.assessment.risk.score) == (
        issued.labels.norm_level, issued.labels.is_normative, issued.assessment.risk.score,
    )  # fmt: skip
    title = draft.document.masthead.title
    assert title is not None and stage in title.value  # what was read stays


def test_without_such_a_word_of_a_person_a_draft_is_no_document_in_force() -> None:
    assert judged(date(2026, 12, 1), "（征求意见稿）").labels.norm_level is NormLevel.OTHER


def test_the_year_of_its_number_alone_does_not_say_that_a_document_is_not_yet_in_force() -> None:
    text = "临溪县教育局关于印发校服管理办法的通知\n临教发〔2026〕15号\n各中小学校：\n第一条 学生家长应当缴纳校服费。\n第二条 本办法自印发之日起施行。"
    found = analyze_source(source(text), LegalContext(date(2026, 11, 30), "湖南")).assessment.validity
    assert found.state == "未知" and "是否已经施行不能判断" in found.reasons[0]
    later = analyze_source(source(text), LegalContext(date(2027, 3, 1), "湖南")).assessment.validity
    assert later.state == "有效" and "从宽自2026-12-31起算" in later.reasons[0]


@pytest.mark.parametrize("issuer", ["水利部", "水利部办公厅", "水利部政策法规司"])
def test_a_paper_of_a_central_body_has_no_default_term_of_a_place(issuer: str) -> None:
    lines = (
        f"{issuer}关于做好水库运行维护工作的通知", "各有关单位：", "一、运行单位应当具有相应能力。", "二、运行单位不得擅自停止观测。",
        "本通知自印发之日起施行。", issuer, "2019年9月3日",
    )  # fmt: skip
    for place in (None, "湖南"):
        found = analyze_source(source(*lines), LegalContext(date(2026, 12, 1), place)).assessment.validity
        assert found.state == "未知" and found.expires is None
        assert "--" not in "".join(found.reasons)


def test_a_page_is_told_no_options_of_the_command_line() -> None:
    lines = (
        "临溪县水利局关于加强取水管理的通知", "各乡镇人民政府：", "一、取水单位应当安装计量设施。", "二、取水单位不得擅自取水。",
        "本通知自印发之日起施行。", "临溪县水利局", "2019年9月3日",
    )  # fmt: skip
    found = analyze_source(source(*lines), LegalContext(date(2026, 12, 1), None)).assessment.validity
    assert found.reasons == ("没有写明有效期；制定机关所在地的默认有效期未知",)
