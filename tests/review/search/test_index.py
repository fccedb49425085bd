"""Search by the index finds a word in exactly the documents in which a scan of the texts finds it."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.review.connection import connect
from pipeline.review.models import Item
from pipeline.review.queue import versions
from pipeline.review.queue.store import QueueWriter
from pipeline.review.search.index import forget_body, grams, with_words
from pipeline.review.search.snippets import in_context
from pipeline.review.search.terms import Term, remarks_on, terms_of
from tests.builders import examined

TEXTS = (
    "关于加强河道采砂管理的通知\n采砂应当经批准。ABC-12号，〔2024〕3号。",
    "关于做好防汛工作的通知\n各地要加强值守，不得擅自离岗。采访砂场。",
    "关于管理办法的意见\n管道维护、河湖治理，由水利局负责，电话12345。",
)


@pytest.fixture(scope="module")
def items() -> Iterator[list[Item]]:
    home = connect("pipeline.web.settings")
    writer = QueueWriter(home, "test")
    entries = [
        writer.put(examined(text.encode(), f"检索/{at}.txt"), text.encode(), None) for at, text in enumerate(TEXTS)
    ]
    yield [Item.objects.select_related("current").get(pk=entry.item) for entry in entries]


def scan(items: list[Item], word: str) -> set[int]:
    """The items whose title, number, issuers or text contain a word, by scanning the texts."""
    found = set()
    for item in items:
        content = f"{item.title}\n{item.number}\n{item.issuers}\n{item.current.text if item.current else ''}".lower()
        if word.lower() in content:
            found.add(item.pk)
    return found


def ask(items: list[Item], word: str, *, whole: bool = True) -> set[int]:
    mine = Item.objects.filter(pk__in=[item.pk for item in items])
    return set(with_words(mine, f'"{word}"', whole=whole).values_list("pk", flat=True))


@pytest.mark.parametrize(
    "word", ["采砂", "管理", "理办", "道", "abc", "ABC-12", "〔2024〕3号", "不得擅自离岗", "12345", "2024", "防讯"]
)
def test_words_are_found_exactly(items: list[Item], word: str) -> None:
    assert ask(items, word) == scan(items, word)


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_piece_of_a_text_is_found(items: list[Item], data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(TEXTS))
    start = data.draw(st.integers(0, len(text) - 2))
    word = text[start : start + data.draw(st.integers(1, 8))].split()
    for piece in word:
        assert ask(items, piece) == scan(items, piece)


def test_without_the_whole_text_only_titles_numbers_and_issuers_are_searched(items: list[Item]) -> None:
    assert ask(items, "离岗", whole=False) == set()
    assert ask(items, "防汛", whole=False) == {items[1].pk}


def test_a_search_line_is_parsed_into_terms() -> None:
    assert terms_of('采砂 -防汛 甲|乙 题名：通知 "a b" 文号:“〔2024〕3号” -正文:擅自 -') == [
        Term(("采砂",)), Term(("防汛",), without=True), Term(("甲", "乙")), Term(("通知",), "title"), Term(("a b",)), Term(("〔2024〕3号",), "number"),
        Term(("擅自",), "text", without=True), Term(("-",)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("河道 -采砂", set()), ("采砂|防汛", {0, 1}), ("采砂 -题名:采砂", set()), ("正文:值守|电话", {1, 2}), ("题名:通知 -防汛", {0}), ("-通知", {2}),
        ("文号:3号", set()), ('"管理的通知"', {0}), ("负责 水利局", {2}), ("机关:水利局", set()),
    ],
)  # fmt: skip
def test_words_with_either_without_and_where(items: list[Item], query: str, wanted: set[int]) -> None:
    mine = Item.objects.filter(pk__in=[item.pk for item in items])
    found = set(with_words(mine, query, whole=True).values_list("pk", flat=True))
    assert found == {items[at].pk for at in wanted}


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("不得*离岗", {1}), ("河*治理", {2}), ("题名:关于*意见", {2}), ("管道*值守", set()), ("通知 -值*岗", {0}), ("值守*", {1}), ("采砂 OR 防汛", {0, 1}),
        ("年份:1999", set()), ("文种:意见", {2}),
    ],
)  # fmt: skip
def test_a_star_stands_for_some_characters_of_a_sentence(items: list[Item], query: str, wanted: set[int]) -> None:
    mine = Item.objects.filter(pk__in=[item.pk for item in items])
    assert set(with_words(mine, query, whole=True).values_list("pk", flat=True)) == {items[at].pk for at in wanted}


def test_a_new_version_takes_the_place_of_the_old_one(items: list[Item]) -> None:
    text = TEXTS[1].replace("值守", "巡查")
    newcomer = QueueWriter(connect("pipeline.web.settings"), "test").put(
        examined(text.encode(), "检索/1.txt"), text.encode(), None
    )
    person = User.objects.get_or_create(username="pei")[0]
    proposed = Item.objects.get(pk=newcomer.item or 0)
    if proposed.rival is None:
        versions.propose(proposed, items[1].pk, person)
    versions.take_up(Item.objects.get(pk=proposed.pk), person, "")
    mine = [Item.objects.select_related("current").get(pk=items[1].pk)]
    assert ask(mine, "值守") == set() and ask(mine, "巡查") == {items[1].pk}


def test_a_text_removed_from_the_index_is_not_found(items: list[Item]) -> None:
    version = items[2].current
    assert version is not None and ask([items[2]], "管道") == {items[2].pk}
    forget_body(version.pk, version.text)
    assert ask([items[2]], "管道") == set()


def test_grams_stay_within_words() -> None:
    assert set(grams("甲乙，丙")) == {"甲", "乙", "丙", "甲乙"}
    assert grams("，。") == []


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("采砂 OR 采石", [Term(("采砂", "采石"))]), ("采砂 AND 许可", [Term(("采砂",)), Term(("许可",))]),
        ("采砂 NOT 废止", [Term(("采砂",)), Term(("废止",), without=True)]),
        ("“采砂 许可” OR 采石", [Term(("采砂 许可", "采石"))]), ("采砂 | 采石", [Term(("采砂", "采石"))]), ("“甲 OR 乙”", [Term(("甲 OR 乙",))]),
        ("机构:水利局", [Term(("水利局",), "issuers")]), ("年份:2019-2024", [Term(("2019-2024",), "year")]),
        ("文种:通知 地区:临溪", [Term(("通知",), "genre"), Term(("临溪",), "place")]),
        ("ORDER BRAND", [Term(("ORDER",)), Term(("BRAND",))]), ("题名:采砂|“采石 场”", [Term(("采砂", "采石 场"), "title")]),
    ],
)  # fmt: skip
def test_operators_and_fields_that_people_write_are_understood(query: str, terms: list[Term]) -> None:
    assert terms_of(query) == terms and remarks_on(query) == []


@pytest.mark.parametrize(
    ("query", "remark"),
    [
        ("主题:采砂", "“主题:”不是可以限定的位置"), ("作者：张某", "“作者:”不是"), ("年份:去年", "“去年”不是年份"), 
        ("采砂 *", "没有写明要找的词"), ("(采砂 OR 采石)", "括号不表示先后"),
    ],
)  # fmt: skip
def test_what_a_line_asks_in_vain_is_told(query: str, remark: str) -> None:
    assert any(remark in told for told in remarks_on(query))


@pytest.mark.parametrize("query", ["“主题:采砂”", "http://example.gov.cn", "8:00", "采砂", "题名：采砂"])
def test_a_plain_line_is_not_remarked_on(query: str) -> None:
    assert remarks_on(query) == []


def test_key_words_stand_in_their_context() -> None:
    text = "第一条 采砂须经许可。\n第二条 无证采砂的，扣押采砂工具。"
    found = list(in_context(text, "采砂 -题名:废止", 4))
    assert [(before, word, behind) for _, before, word, behind in found] == [
        ("第一条 ", "采砂", "须经许可"), ("条 无证", "采砂", "的，扣押"), ("的，扣押", "采砂", "工具。"),
    ]  # fmt: skip
    assert [text[start : start + 2] for start, *_ in found] == ["采砂"] * 3
    assert list(in_context(text, "题名:采砂")) == []
