"""Cards on disk give the relations, proposals and audit of cards in memory, and what is kept of each is found again."""

import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipeline.register import Card, CardFile, audit, relate, settle
from pipeline.register.cards import Reference
from pipeline.register.index import Index
from pipeline.register.near import ALIKE, Sketches, clusters
from pipeline.register.on_disk import DiskSequence
from pipeline.register.postings import Postings
from tests.conftest import AS_OF
from tests.register.test_register import CATALOGUE, GREEN, notice, regulation


@pytest.fixture(scope="module")
def held() -> list[Card]:
    dock = regulation("临溪县码头管理办法", "临政发〔2023〕2号", day="2023年2月1日")
    later = regulation("临溪县码头管理办法", "临政发〔2025〕6号", day="2025年6月1日")
    forwarded = notice(
        "河州市人民政府转发《临溪县码头管理办法》的通知", "河政发〔2025〕8号", "请参照执行。", day="2025年8月1日"
    )
    forwarded = replace(forwarded, issuers=("河州市人民政府",))
    repealing = notice(
        "临溪县人民政府关于加强城市养护的通知", "临政发〔2025〕9号", "一、加强养护。",
        "二、《临溪县公园绿化管理办法》（临政发〔2024〕5号）同时废止。", day="2025年9月1日",
    )  # fmt: skip
    changing = notice(
        "临溪县人民政府关于修改《临溪县公园绿化管理办法》的决定", "临政发〔2025〕3号",
        "《临溪县公园绿化管理办法》（临政发〔2024〕5号）第三条修改为：个人不得损毁花木。", day="2025年3月1日",
    )  # fmt: skip
    mirror = replace(GREEN, name="副本.txt", digest="0" * 64)
    return [GREEN, dock, CATALOGUE, later, forwarded, repealing, changing, mirror]


def test_cards_on_disk_give_what_cards_in_memory_give(held: list[Card], tmp_path: Path) -> None:
    register = CardFile(tmp_path)
    for card in held:
        register.append(card)
    assert list(register) == [replace(card, sketch=()) for card in held]
    relations = relate(held)
    assert {"废止", "修改", "取代", "同一文件", "转发"} <= {relation.kind for relation in relations}
    assert list(relate(register)) == list(relations)
    proposals = settle(held, relations, AS_OF)
    assert list(settle(register, relate(register), AS_OF)) == list(proposals)
    assert {proposal.cleanup.outcome for proposal in proposals} >= {"repeal", "keep"}
    assert audit(register) == audit(held)
    assert list(tmp_path.iterdir()) == []


def test_values_on_disk_are_read_back_in_any_order(tmp_path: Path) -> None:
    values: DiskSequence[tuple[int, date | None]] = DiskSequence(tmp_path)
    expected = [(at, date(2020, 1, 1) + timedelta(days=at) if at % 3 else None) for at in range(2000)]
    for value in expected[:1500]:
        values.append(value)
    assert values[700] == expected[700]
    for value in expected[1500:]:
        values.append(value)
    assert list(values) == expected and values[-1] == expected[-1] and values[3:6] == expected[3:6]
    with pytest.raises(IndexError):
        values[2000]


def test_postings_find_all_cards_of_a_key_and_the_keys_that_several_have() -> None:
    postings = Postings()
    for card, key in enumerate(("甲", "乙", "甲", "丙", "乙", "甲")):
        postings.add(key, card)
    assert [list(postings.of(key)) for key in "甲乙丙丁"] == [[0, 2, 5], [1, 4], [3], []]
    assert "丙" in postings and "丁" not in postings
    assert [list(cards) for cards in postings.shared()] == [[0, 2, 5], [1, 4]]
    empty = Postings()
    assert list(empty.of("甲")) == [] and list(empty.shared()) == [] and "甲" not in empty


def test_a_title_is_looked_up_among_the_documents_of_fitting_issuers_only() -> None:
    def issued(name: str, issuer: str, day: date | None = date(2020, 1, 1)) -> Card:
        return replace(
            GREEN,
            title=f"关于印发《{name}》的通知",
            number=None,
            issuers=(issuer,) if issuer else (),
            made=day,
            attached=(),
        )

    source = replace(issued("别的办法二则", "临溪县教育局"), made=date(2024, 1, 1))
    cards = [
        source, issued("校车安全办法", "长河县教育局"), issued("校车安全办法", "临溪县教育局"), issued("校车安全办法", ""),
        issued("校车安全办法", "临溪县教育局", date(2025, 1, 1)), issued("校车安全办法", "河州市公安局"),
    ]  # fmt: skip
    index = Index(cards)
    assert index.find(0, Reference("校车安全办法", None, "引用"))[0] == [2, 3]
    named = Reference("河州市公安局关于印发《校车安全办法》的通知", None, "引用")
    assert index.find(0, named)[0] == [2, 3, 5] and index.first(0, named) == 2
    cards[0] = replace(source, issuers=())
    assert Index(cards).find(0, named)[0] == [1, 2, 3, 5]


def test_clusters_are_those_of_comparing_every_card_with_the_first_of_each_bucket() -> None:
    rng = random.Random(7)
    rows: list[tuple[int, ...]] = []
    for _ in range(40):
        text = [rng.getrandbits(32) for _ in range(64)]
        for _ in range(rng.randint(1, 4)):
            copy = list(text)
            for at in rng.sample(range(64), rng.randint(0, 24)):
                copy[at] = rng.getrandbits(32)
            rows.append(tuple(copy))
    rng.shuffle(rows)
    rows[5:5] = [()]
    sketches = Sketches()
    for at, row in enumerate(rows):
        sketches.append(at, row)
    assert list(clusters(sketches)) == _compared_one_by_one(rows)
    assert list(clusters(Sketches())) == []


def _compared_one_by_one(rows: list[tuple[int, ...]]) -> list[list[int]]:
    group = list(range(len(rows)))
    buckets: dict[tuple[int, tuple[int, ...]], int] = {}
    for at, row in enumerate(rows):
        for start in range(0, len(row), 4):
            first = buckets.setdefault((start, row[start : start + 4]), at)
            likeness = sum(a == b for a, b in zip(rows[first], row, strict=True)) / len(row)
            if likeness >= ALIKE:
                group = [group[first] if each == group[at] else each for each in group]
    found = [[at for at in range(len(rows)) if group[at] == each] for each in dict.fromkeys(group)]
    return [cards for cards in found if len(cards) > 1]


COUNTIES = [f"{first}{second}县" for first in "临长青白安" for second in "溪河山水"]


def parks(count: int, *, known: bool = True) -> list[Card]:
    """The rules on parks of so many counties, of one title; without issuers where these are not `known`."""
    return [
        replace(
            GREEN, title="公园绿化管理办法", number=None, attached=(), references=(), sketch=(), digest=f"{at:064}",
            issuers=(f"{county}人民政府",) if known else (), made=date(2020, 1, 1),
        )
        for at, county in enumerate(COUNTIES[:count])
    ]  # fmt: skip


def repealing(*issuers: str, number: str | None = None) -> Card:
    """A later document that repeals 公园绿化管理办法."""
    reference = Reference("公园绿化管理办法", number, "废止")
    return replace(
        GREEN, title="关于废止部分文件的通知", number=None, attached=(), references=(reference,), sketch=(), digest="f" * 64,
        issuers=issuers, made=date(2025, 1, 1),
    )  # fmt: skip


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(("bodies", "named"), [(2, 2), (10, 10), (11, 0), (20, 0)])
def test_a_title_that_documents_of_many_bodies_have_names_none_of_them(bodies: int, named: int, known: bool) -> None:
    cards = [*parks(bodies, known=known), repealing()]
    relations = relate(cards)
    assert len(relations.places("废止")) == named
    told = audit(cards, relations.ambiguous).ambiguous
    assert told == (() if named else (("公园绿化管理办法", 1),))


def test_among_documents_of_one_title_those_of_the_own_body_and_of_a_named_number_are_still_meant() -> None:
    cards = [*parks(20), repealing("长山县人民政府")]
    (found,) = (relation for relation in relate(cards) if relation.kind == "废止")
    assert cards[found.target].issuers == ("长山县人民政府",)
    numbered = [*parks(20), replace(GREEN, number="临政发〔2020〕7号"), repealing(number="临政发〔2020〕7号")]
    assert [relation.target for relation in relate(numbered) if relation.kind == "废止"] == [20]
    many_versions = [replace(card, issuers=("长山县人民政府",)) for card in parks(20)]
    assert len(relate([*many_versions, repealing()]).places("废止")) == 20


def test_a_catalogue_entry_whose_title_many_bodies_share_is_told_as_ambiguous_and_not_as_missing() -> None:
    assert CATALOGUE.catalogue is not None
    entry = replace(CATALOGUE.catalogue.entries[0], title="公园绿化管理办法", number=None)
    listing = replace(CATALOGUE, issuers=(), catalogue=replace(CATALOGUE.catalogue, entries=(entry,)))
    found = audit([*parks(20), listing])
    assert found.unheld == () and found.ambiguous == (("公园绿化管理办法", 1),)
