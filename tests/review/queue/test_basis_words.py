"""The words of the articles that findings rest on: on the page, by the API, in the opinion if chosen, in `explain`."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from pipeline.errors import UsageError
from pipeline.home import home_folder
from pipeline.law.law_texts import STATE, Doubt, LawText
from pipeline.law.library import FILE, Library
from pipeline.review.models import Export, Item, Kind
from pipeline.review.output.exports import check_reproducible, export_document
from pipeline.review.queue.basis_words import words_of_bases
from tests.cli.test_commands import run
from tests.review.output.documents import text_of
from tests.review.reviewed import decide_alarms, review
from tests.web.conftest import client
from tests.web.test_api import call

_LAW = "中华人民共和国行政许可法"
_WORDS = "测试用的第十七条文字。"


@pytest.fixture(autouse=True)
def library() -> Iterator[Library]:
    made = Library(home_folder())
    fill(made)
    yield made
    # the home folder belongs to all tests of the process
    (home_folder() / FILE).unlink()


def fill(made: Library) -> None:
    doubt = Doubt(STATE, "测试用的存疑")
    made.replace_source(
        "包",
        [
            (LawText(_LAW, date(2019, 4, 23), source="包 1", doubts=(doubt,)), [("第十七条", _WORDS)]),
            (LawText(_LAW, date(2030, 1, 1), source="包 1"), [("第十七条", "以后的第十七条。")]),
        ],
    )


def test_the_page_shows_the_words_of_the_day_with_doubts_and_source(people: dict[str, User], item: Item) -> None:
    page = client(people, "审查员").get(f"/items/{item.pk}/").content.decode()
    assert _WORDS in page and "存疑：测试用的存疑" in page and "2019-04-23起施行" in page
    assert "以后的第十七条" not in page


def test_the_api_hands_the_words_out_with_each_basis(people: dict[str, User], item: Item) -> None:
    found = call(people["审查员"], "get", f"/items/{item.pk}").json()["findings"]
    words = [one for finding in found for basis in finding["bases"] for one in basis["words"]]
    assert words[0] == {
        "law": _LAW, "article": "第十七条", "since": "2019-04-23", "until": None, "text": _WORDS, "source": "包 1",
        "doubts": ["测试用的存疑"],
    }  # fmt: skip


def test_similar_cases_stand_on_the_page_and_in_the_api(people: dict[str, User], item: Item) -> None:
    page = client(people, "审查员").get(f"/items/{item.pk}/").content.decode()
    found = call(people["审查员"], "get", f"/items/{item.pk}").json()["findings"]
    cases = [case for finding in found for case in finding["cases"]]
    assert cases and "类似的官方案例" in page and all(len(finding["cases"]) <= 3 for finding in found)
    assert any("；结果：" in case for case in cases)


def test_the_opinion_brings_words_and_cases_only_where_they_are_chosen(people: dict[str, User], item: Item) -> None:
    done, browser = review(item, people), client(people, "主审")
    address, beside = f"/items/{done.pk}/papers/opinion.docx", "beside=words&beside=cases"
    plain = text_of(browser.get(address).content)
    chosen = text_of(browser.get(f"{address}?{beside}").content)
    by_api = text_of(call(people["主审"], "get", f"{address}?{beside}").content)
    assert _WORDS not in plain and "类似案例" not in plain
    for text in (chosen, by_api):
        assert f"条文：《{_LAW}》第十七条（2019-04-23起施行）：{_WORDS}（存疑：测试用的存疑）" in text
        assert "类似案例（概括，引用前请查原文）" in text


def test_a_document_with_words_is_made_again_the_same_and_is_no_change_of_the_case(
    people: dict[str, User], item: Item, library: Library
) -> None:
    export_document(item, "opinion", people["主审"], ("words", "cases"))
    library.replace_source("包", [])
    said = check_reproducible(Export.objects.get(item=item))
    assert "逐字节相同" in said and "案情没有变化" in said


def test_what_a_document_cannot_bring_is_an_error(people: dict[str, User], item: Item) -> None:
    with pytest.raises(UsageError, match="不能附pictures"):
        export_document(item, "opinion", people["主审"], ("pictures",))


def test_explain_shows_the_words_below_their_basis(tmp_path: Path) -> None:
    fill(Library(tmp_path))
    assert run(tmp_path, "triage", "corpora/samples/01农家乐管理办法.txt", "--as-of", "2026-11-22").returncode == 0
    said = "".join(run(tmp_path, "explain", "1", "--finding", "1").stdout.split())
    assert _WORDS in said and "以后的" not in said


def test_a_broken_library_leaves_findings_without_words(library: Library) -> None:
    (home_folder() / FILE).write_bytes(b"no database, only some words that fill a page" * 50)
    assert words_of_bases([{"law": _LAW, "article": "第十七条"}], date(2026, 11, 22)) == {}


@pytest.mark.parametrize(
    ("kind", "form"), [(Kind.DRAFT, "opinion"), (Kind.FILED, "filing"), (Kind.OBJECTION, "objection")]
)
def test_each_usual_document_brings_them(people: dict[str, User], item: Item, kind: str, form: str) -> None:
    Item.objects.filter(pk=item.pk).update(kind=kind)
    found = Item.objects.get(pk=item.pk)
    decide_alarms(found, people["审查员"])
    assert _WORDS in text_of(export_document(found, form, people["主审"], ("words",)).data)


@pytest.mark.parametrize("form", ["competition", "record", "annotated"])
def test_a_document_without_place_for_them_says_so(people: dict[str, User], item: Item, form: str) -> None:
    with pytest.raises(UsageError, match="不附条文"):
        export_document(item, form, people["主审"], ("words",))
