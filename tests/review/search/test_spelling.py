"""Words are found however they are typed and however the text spells them, and the passage shown marks them."""

import json
import re
from collections.abc import Iterator

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli.search import search
from pipeline.review.connection import connect
from pipeline.review.models import Item, Version
from pipeline.review.queue.filters import Filter
from pipeline.review.queue.links import cited_by
from pipeline.review.queue.store import QueueWriter
from pipeline.review.search import index
from pipeline.review.search.index import forget_body, index_bodies, index_heads, rebuild
from pipeline.review.search.snippets import snippet
from pipeline.review.search.spelling import fold, pattern_of
from tests.builders import examined

TEXTS = {
    "硬换行": "云岭县水务局关于河道清淤的通知\n云水发〔2023〕41号\n各乡镇：\n清淤所需淤泥处\n置费用由县财政承担，自2023年9月5日起施行。",
    "简体": "云岭县水务局关于落实《河道清淤办法》的通知\n云水发〔2023〕42号\n各乡镇：\n按照《河道清淤办法》（云水发〔2022〕7号）执行。",
    "办法": "河道清淤办法\n云水发〔2022〕7号\n第一条 为规范清淤，制定本办法。\n云岭县水务局\n2022年3月1日",
}
# what the program did not turn into simplified characters at reading: a text stored with traditional and full-width characters
STORED = "附錄：淤泥處置費用，見〔2021〕第１２號，ABC 12號船。"


@pytest.fixture(scope="module")
def items() -> Iterator[dict[str, int]]:
    writer = QueueWriter(connect("pipeline.web.settings"), "test")
    keys: dict[str, int] = {}
    for name, text in TEXTS.items():
        entry = writer.put(examined(text.encode(), f"拼写/{name}.txt"), text.encode(), None)
        assert entry.item is not None
        keys[name] = entry.item
    version = Version.objects.get(item=keys["办法"])
    forget_body(version.pk, version.text)
    Version.objects.filter(pk=version.pk).update(text=f"{version.text}\n{STORED}")
    index_bodies([(version.pk, f"{version.text}\n{STORED}")])
    # as a text stands that no reader has put together
    version = Version.objects.get(item=keys["硬换行"])
    forget_body(version.pk, version.text)
    Version.objects.filter(pk=version.pk).update(text=TEXTS["硬换行"])
    index_bodies([(version.pk, TEXTS["硬换行"])])
    yield keys


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("淤泥处置费用", {"硬换行", "办法"}), ("淤泥處置費用", {"硬换行", "办法"}), ("處置", {"硬换行", "办法"}), ("“淤泥 处置”", {"硬换行", "办法"}),
        ("2023年9月5日", {"硬换行"}), ("２０２３年９月", {"硬换行"}), ("2023 年 9 月".replace(" ", "\u00a0"), {"硬换行"}),
        ("云水发（2023）41号", {"硬换行"}), ("云水发[2023]41号", {"硬换行"}), ("雲水發【２０２３】41號", {"硬换行"}), ("云水发﹝2023﹞41号", {"硬换行"}),
        ("文号:云水发(2022)7号", {"办法"}), ("正文:第12号", {"办法"}), ("abc　船", {"办法"}), ("“abc 12号”", {"办法"}), ("“abc12号”", set()),
        ("題名:x 清淤", set()), ("机关:雲嶺縣", {"硬换行", "简体", "办法"}), ("費用｜执行", {"硬换行", "简体", "办法"}), ("清淤 －費用", {"简体"}),
        ("\u200b云水发〔2023〕42号", {"简体"}), ("清淤 “\u200b”", {"硬换行", "简体", "办法"}), ("〈河道清淤办法〉", {"简体"}),
        ("云水发2023", {"硬换行", "简体"}), ("文号:云水发2022-7号", {"办法"}), ("云水发2023 42号", {"简体"}), ("云水发2021", set()),
    ],
)  # fmt: skip
def test_the_question_may_be_typed_in_any_spelling(items: dict[str, int], query: str, wanted: set[str]) -> None:
    mine = Item.objects.filter(pk__in=items.values())
    found = set(Filter(q=query, whole="1").apply(mine, None).values_list("pk", flat=True))
    assert found == {items[name] for name in wanted}


def test_the_command_finds_the_same_and_writes_it_to_stdout(
    items: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    search(["淤泥處置費用"], as_json=True)
    found = {row["item"]: row["around"] for row in json.loads(capsys.readouterr().out)["items"]}
    assert found.keys() == {items["硬换行"], items["办法"]}
    assert "淤泥处 置费用由县财政" in found[items["硬换行"]] and "淤泥處置費用，見" in found[items["办法"]]
    search(["云水发[2022]7号"])
    printed = capsys.readouterr()
    assert "云水发〔2022〕7号" in printed.out and printed.err == ""


def test_a_title_is_cited_in_any_brackets(items: dict[str, int]) -> None:
    Item.objects.filter(pk=items["办法"]).update(number="")
    try:
        assert [item.pk for item in cited_by(Item.objects.get(pk=items["办法"]), Item.objects.all())] == [items["简体"]]
    finally:
        Item.objects.filter(pk=items["办法"]).update(number="云水发〔2022〕7号")


def test_an_index_of_an_earlier_spelling_is_made_anew_from_what_is_stored(
    items: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = Item.objects.filter(pk__in=items.values())
    found = Filter(q="淤泥处置费用", whole="1").apply(mine, None)
    with monkeypatch.context() as earlier:
        earlier.setattr(index, "fold", str.lower)
        rebuild(Item.objects.all(), Version.objects.all())
    assert set(found.values_list("pk", flat=True)) == set()
    rebuild(Item.objects.all(), Version.objects.all())
    assert set(found.values_list("pk", flat=True)) == {items["硬换行"], items["办法"]}
    version = Version.objects.get(item=items["办法"])
    forget_body(version.pk, version.text)
    assert set(found.values_list("pk", flat=True)) == {items["硬换行"]}
    index_bodies([(version.pk, version.text)])
    index_heads(mine)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {index.HEADS}")
        assert cursor.fetchone() == (Item.objects.count(),)


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("青建發 [２０２４] 17 號", "青建发(2024)17号"), ("ABC  12", "abc 12"), ("Ａ　B", "a b"), ("农 民\n工", "农民工"), ("二○二四年", "二〇二四年"),
        ("﹛甲﹜", "(甲)"), ("“甲”—‘乙’", "\"甲\"-'乙'"), ("第①项 x²", "第①项x²"), ("\u200b 　", ""), ("裏 里 後 后", "里里后后"),
    ],
)  # fmt: skip
def test_texts_and_words_are_brought_to_one_spelling(text: str, spelling: str) -> None:
    assert fold(text) == spelling == fold(fold(text))


@given(st.text('青建發发〔(［2０ \n　aＡb-—“"x²。', max_size=12), st.text("青发(2０ \naＢ。", max_size=20))
def test_a_pattern_finds_a_word_where_the_spellings_contain_it(word: str, around: str) -> None:
    wanted, text = fold(word), f"。{around}。{word}。{around}"
    if wanted:
        assert re.search(pattern_of(wanted), text)
    for other in filter(None, {fold(around), fold(around[1:4])}):
        assert re.search(pattern_of(other), around) or other not in fold(around)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("保證金", [("一、不得以", False), ("保 证金", True), ("形式收费；保证不拖欠。", False)]),
        ("保证|保证金 -收费", [("一、不得以", False), ("保 证金", True), ("形式收费；", False), ("保证", True), ("不拖欠。", False)]),
        ("正文:收费 题名:不得", [("一、不得以保 证金形式", False), ("收费", True), ("；保证不拖欠。", False)]),
        ("题名:收费", []), ("-收费", []), ("没有", []), ("", []), ("“”", []),
    ],
)  # fmt: skip
def test_a_snippet_marks_the_words_as_the_text_spells_them(query: str, shown: list[tuple[str, bool]]) -> None:
    assert snippet("一、不得以保\n证金形式收费；保证不拖欠。", query) == shown


def test_a_snippet_is_a_part_of_a_long_text() -> None:
    pieces = snippet("甲" * 500 + "农民工" + "乙" * 500, "農民工")
    assert pieces == [("…" + "甲" * 20, False), ("农民工", True), ("乙" * 37 + "…", False)]
