"""The clause tree: paths in legal citation form, any mix of numbering, no text lost."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.document import BlockKind, ClauseKind
from pipeline.ingest import read_text
from pipeline.parse import parse
from tests.builders import document, source

ARTICLES = (
    "临溪县绿化办法",
    "第一章 总则",
    "第一条 下列区域应当绿化：",
    "（一）公园；",
    "1.街心公园；",
    "（二）道路。",
    "前款区域由县城管局划定。",
    "第二条 本办法自2025年1月1日起施行。",
)
NUMBERING = st.sampled_from(
    [
        "第一条 为了管理。",
        "第九条 为了管理。",
        "第三章 罚则",
        "第一节 通则",
        "一、总体要求",
        "（一）原则。",
        "1.加强领导。",
        "（1）落实。",
        "①检查。",
        "第二编 物权",
        "平常的一段话。",
        "附件",
        "2025年1月2日",
        "临溪县水利局",
        "附件：1.甲表2.乙表",
        "第一条第一条",
        "（",
        "第条",
        "、",
    ]
)


def test_paths_have_the_form_of_legal_citations() -> None:
    text = source(*ARTICLES).text
    found = document(*ARTICLES)
    assert found.path_at(text.index("公园")) == "第一条第一款第（一）项"
    assert found.path_at(text.index("街心")) == "第一条第一款第（一）项第1目"
    assert found.path_at(text.index("前款区域")) == "第一条第二款"
    assert found.path_at(text.index("总则")) == "第一章"


def test_free_numbering_has_its_own_paths() -> None:
    lines = (
        "关于加强管理的意见",
        "各单位：",
        "一、总体要求",
        "（一）原则。",
        "1.坚持公开。",
        "二、主要任务",
        "加强检查。",
    )
    text, found = source(*lines).text, document(*lines)
    assert found.path_at(text.index("坚持公开")) == "一、（一）1."
    assert found.path_at(text.index("加强检查")) == "二、"


def test_articles_that_quote_another_article_do_not_begin_one() -> None:
    found = document("临溪县绿化办法", "第一条 为了绿化。", "第三条第二款规定的区域除外。")
    assert [c.label for c in found.clauses if c.kind is ClauseKind.ARTICLE] == ["第一条"]


@example(["第一条 为了管理。", "2025年1月2日", "附件", "附件", "第一条 为了管理。"])
@settings(max_examples=150, deadline=None)
@given(st.lists(NUMBERING, max_size=40))
def test_any_mix_of_numbering_parses_and_the_clauses_cover_the_text(lines: list[str]) -> None:
    read = read_text("t", "\n".join(lines))
    found = parse(read)
    own = [block.span for block in read.blocks if block.kind is not BlockKind.FURNITURE]
    spans = sorted(
        (clause.span for member in found.family() for clause in member.clauses),
        key=lambda span: span.start,
    )
    assert [span.cut(read.text) for span in spans] == [span.cut(read.text) for span in own]
    assert parse(read) == found


@settings(max_examples=60, deadline=None)
@given(
    st.text(
        alphabet="第一二三条款项章节（）《》〈〉“”、。；：附件年月日1234567890办法通知废止施行自起人民政府厅局\n ",
        max_size=600,
    )
)
def test_any_text_parses(text: str) -> None:
    read = read_text("t", text)
    found = parse(read)
    assert all(0 <= citation.span.start < citation.span.end <= len(read.text) for citation in found.citations)
