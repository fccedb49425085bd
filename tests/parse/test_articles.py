"""Articles, short forms and numbers in citations."""

import pytest

from pipeline.parse.articles import read_articles
from tests.builders import document

HEAD = ("长河县林业局关于规范苗木经营的通知", "长林发〔2024〕5号", "各苗木经营者：")


@pytest.mark.parametrize(
    ("text", "articles"),
    [
        ("第七条至第九条的规定", ("第七条", "第八条", "第九条")), ("第3条—第5条", ("第3条", "第4条", "第5条")),
        ("第二条第（一）项、第（三）项", ("第二条第（一）项", "第二条第（三）项")),
        ("第二条第一款、第三款", ("第二条第一款", "第二条第三款")), ("第55条、56条", ("第55条", "第56条")),
        ("第四条和第一百零二条", ("第四条", "第一百零二条")), ("第十条之一、第十条之二", ("第十条之一", "第十条之二")),
        ("第五条第二款第（三）项以及第八条", ("第五条第二款第（三）项", "第八条")), ("第九条及第十一条第二款", ("第九条", "第十一条第二款")),
        ("第九条至第三条", ("第九条", "第三条")), ("第一条至第九百条", ("第一条", "第九百条")), ("规定的第五条", ()),
    ],
)  # fmt: skip
def test_lists_and_ranges_of_articles_are_read_whole(text: str, articles: tuple[str, ...]) -> None:
    assert read_articles(text) == articles


def cited(*sentences: str) -> list[tuple[str, str | None, str | None]]:
    return [(c.title, c.number, c.article) for c in document(*HEAD, *sentences).citations if c.target == "他件"]


DEFINED = "根据《长河县苗木经营规范》（长林规〔2022〕3号，以下简称规范）第五条，现通知如下："


def test_a_short_form_without_quotation_marks_is_resolved() -> None:
    found = cited(DEFINED, "一、经营者应当遵守规范第六条、第七条的规定。")
    assert found[1:] == [("长河县苗木经营规范", "长林规〔2022〕3号", f"第{n}条") for n in "六七"]


@pytest.mark.parametrize("sentence", ["一、参照行业管理规范第六条执行。", "一、本规范第六条另有规定的除外。"])
def test_a_word_that_only_contains_the_short_form_is_none(sentence: str) -> None:
    assert len(cited(DEFINED, sentence)) == 1


def test_a_short_form_does_not_stand_for_anything_before_it_is_defined() -> None:
    assert len(cited("一、经营者应当遵守规范第六条。", DEFINED)) == 1


@pytest.mark.parametrize(
    ("sentence", "number", "article"),
    [
        ("一、按照长政发〔2016〕3号文件第三条执行。", "长政发〔2016〕3号", "第三条"),
        ("一、根据长政发〔2016〕3号规定，收取费用。", "长政发〔2016〕3号", None),
        ("一、不得违反长政发〔98〕3号文的规定。", "长政发〔98〕3号", None),
    ],
)
def test_a_document_is_cited_by_its_number_alone(sentence: str, number: str, article: str | None) -> None:
    assert cited(sentence) == [(number, number, article)]


def test_that_law_is_the_only_one_cited_before_else_it_stays_unresolved() -> None:
    one = cited("根据《中华人民共和国种子法》，现通知如下：", "一、违反该法第九条的，责令改正。")
    assert one[-1] == ("中华人民共和国种子法", None, "第九条")
    two = cited(
        "根据《中华人民共和国种子法》《中华人民共和国森林法》，现通知如下：", "一、违反该法第九条的，责令改正。"
    )
    assert two[-1] == ("该法", None, "第九条")
