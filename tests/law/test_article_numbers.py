"""Numbers of articles, and the articles that a citation names."""

import pytest

from pipeline.law.article_numbers import article_number, cited_articles


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("第十七条", ("17",)),
        ("第八条第（一）项", ("8",)),
        ("第九十一条第二款、第九十三条第六款", ("91", "93")),
        ("第十四条至第十七条", ("14", "15", "16", "17")),
        ("第一百二十条之一", ("120-1",)),
        ("第12条", ("12",)),
        ("第一部分", ()),
        ("", ()),
    ],
)
def test_a_citation_names_its_articles(words: str, numbers: tuple[str, ...]) -> None:
    assert cited_articles(words) == numbers


def test_a_range_that_runs_backwards_names_its_ends() -> None:
    assert cited_articles("第十七条至第十四条") == ("17", "14")


def test_one_number_has_one_form_in_all_notations() -> None:
    assert {article_number(label) for label in ("第十二条", "第12条", "第一十二条")} == {"12"}
    assert article_number("全文") == ""
