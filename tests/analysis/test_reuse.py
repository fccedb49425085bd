"""Which documents share passages: across places, numbers and days, without formulas and phrases of many papers."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

pd = pytest.importorskip("pandas", reason="the extra analysis is not installed: make setup-dev")

from pipeline.analysis.normal_text import normal_text  # noqa: E402
from pipeline.analysis.reuse import COPY, PARTS, WHOLE, between, reuse  # noqa: E402

BICYCLES = "投放共享单车的企业应当在临溪县城区设置停放点300处，每处配备专人两名，于每日22时前将散落的车辆归位。"
SAME_ELSEWHERE = (
    "投放共享单车的企业应当在长河市城区设置停放点一千二百处，每处配备专人5名，于每日21时前将散落的车辆归位。"
)
LIFTS = "老旧小区加装电梯的，由申请人公示设计方案十日，并与有异议的住户当面协商，协商记录随申请一并归档。"
TREES = "行道树的修剪在春季发芽以前完成，修剪下来的枝条由养护单位当天清运，不得堆放在人行道上过夜。"
NAMES = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳"
COMMENCEMENT = "本办法自2024年3月1日起施行，有效期五年，由县城市管理局负责解释，原有规定同时废止。"
FORWARDING = "现将《共享单车停放管理办法》印发给你们，请结合各自工作实际认真贯彻执行，执行中的问题及时反馈。"


def tables_of(*papers: dict[str, Any]) -> Any:
    """Tables with one row of clauses for each line of each paper."""
    documents, clauses = [], []
    for item, paper in enumerate(papers, 1):
        head = {
            "title": f"题名{item}",
            "issuer": f"第{item}局",
            "level": "县",
            "province": None,
            "city": None,
            "district": None,
            "number": None,
        }
        documents.append({"item": item, "made": date(2020 + item, 1, 1), "published": None, **head, **paper})
        start = 0
        for line in documents[-1].pop("lines"):
            clauses.append({"item": item, "start": start, "end": start + len(line), "text": line})
            start += len(line) + 1
    return SimpleNamespace(documents=pd.DataFrame(documents), clauses=pd.DataFrame(clauses))


def paper(name: str, *lines: str, **head: Any) -> dict[str, Any]:
    """A paper with a first line of characters that no paper of another name has."""
    return {"lines": [own_line(name), *lines], **head}


def own_line(name: str) -> str:
    return "".join(chr(0x5000 + NAMES.index(name[0]) * 50 + at) for at in range(40)) + "。"


def test_a_sentence_is_the_same_with_other_places_numbers_and_days() -> None:
    one, other = normal_text(BICYCLES, ("临溪县",)), normal_text(SAME_ELSEWHERE, ("长河市",))
    assert one.codes.tolist() == other.codes.tolist()
    assert "".join(BICYCLES[at] for at in one.offsets[:5]) == "投放共享单"
    assert normal_text("全市各部门", ()).codes.tolist() == normal_text("本县各部门", ()).codes.tolist()


def test_documents_of_different_issuers_that_share_a_passage_are_found_with_its_words_and_shares() -> None:
    tables = tables_of(
        paper("甲溪", BICYCLES, district="临溪县"),
        paper("乙江", TREES),
        paper("丙湖", LIFTS, SAME_ELSEWHERE, city="长河市"),
    )
    found = reuse(tables)
    (pair,) = found.pairs.itertuples()
    assert (pair.a, pair.b, pair.kind, pair.passages, pair.sentences) == (1, 3, PARTS, 1, 1)
    assert pair.share_a == pytest.approx(0.5, abs=0.1) and pair.share_b == pytest.approx(0.33, abs=0.1)
    (passage,) = found.passages.itertuples()
    assert passage.text_a == BICYCLES[:-1] and passage.text_b == SAME_ELSEWHERE[:-1]
    start = len(own_line("甲溪")) + 1
    assert (passage.start_a, passage.end_a) == (start, start + len(BICYCLES) - 1)


def test_the_earlier_document_comes_first_and_a_document_without_a_day_last() -> None:
    tables = tables_of(paper("甲溪", LIFTS, made=None), paper("乙江", LIFTS))
    assert reuse(tables).pairs[["a", "b"]].to_numpy().tolist() == [[2, 1]]


def test_commencement_printing_and_recipients_are_no_reuse() -> None:
    recipients = "各乡镇人民政府，各街道办事处，县政府各部门，各直属事业单位，各人民团体，各驻县单位："
    tables = tables_of(*(paper(name, FORWARDING, recipients, COMMENCEMENT) for name in ("甲溪", "乙江")))
    assert reuse(tables).pairs.empty


def test_a_sentence_of_many_papers_is_no_reuse_and_a_rare_one_weighs_more_than_one_of_several() -> None:
    tables = tables_of(*(
        paper(name, TREES, *([LIFTS] if at < 4 else []), *([BICYCLES] if at in (1, 2) else [])) for at, name in enumerate(NAMES)
    ))  # fmt: skip
    found = reuse(tables)
    assert found.usual == 5 and not found.passages.text_a.str.contains("枝条").any()
    assert len(found.pairs) == 6 and found.pairs[["a", "b"]].iloc[0].tolist() == [2, 3]
    weights = found.passages.groupby("papers").weight.max()
    assert weights[2] > weights[4]


def test_a_passage_goes_on_behind_a_changed_word() -> None:
    changed = LIFTS.replace("当面", "逐户上门")
    (passage,) = reuse(tables_of(paper("甲溪", LIFTS), paper("乙江", changed))).passages.itertuples()
    assert passage.text_a == LIFTS[:-1] and passage.text_b == changed[:-1]


def test_documents_of_one_issuer_are_paired_only_on_wish_and_those_without_issuer_always() -> None:
    same = tables_of(paper("甲溪", LIFTS, issuer="住建局"), paper("乙江", LIFTS, issuer="住建局"))
    assert reuse(same).pairs.empty and len(reuse(same, within=True).pairs) == 1
    assert len(reuse(tables_of(paper("甲溪", LIFTS, issuer=None), paper("乙江", LIFTS, issuer=None))).pairs) == 1


def test_a_copy_under_one_title_is_told_from_a_document_taken_over_as_a_whole() -> None:
    lines = {"lines": [BICYCLES, LIFTS, TREES]}
    copies = tables_of({**lines, "title": "停放办法"}, {**lines, "title": "停放办法"})
    assert reuse(copies).pairs.kind.tolist() == [COPY] and between(reuse(copies).pairs).empty
    taken = tables_of({**lines, "title": "临溪县停放办法"}, {**lines, "title": "长河市停放办法"})
    assert reuse(taken).pairs.kind.tolist() == [WHOLE]


def test_the_least_length_is_obeyed() -> None:
    tables = tables_of(paper("甲溪", LIFTS), paper("乙江", LIFTS))
    assert len(reuse(tables, least=40).pairs) == 1 and reuse(tables, least=60).pairs.empty


def test_reuse_is_summed_between_places_with_the_earlier_one_first() -> None:
    tables = tables_of(
        paper("甲溪", LIFTS, province="湖南省"), paper("乙江", LIFTS, province="江西省"), paper("丙湖", LIFTS)
    )
    rows = between(reuse(tables).pairs)[["source", "taker", "pairs"]].to_numpy().tolist()
    assert sorted(rows) == [["江西省", "不明", 1], ["湖南省", "不明", 1], ["湖南省", "江西省", 1]]


def test_nothing_is_shared_by_no_or_one_or_empty_documents() -> None:
    assert reuse(tables_of(paper("甲溪", LIFTS))).pairs.empty
    empty = tables_of({"lines": ["短。"]}, {"lines": ["短。"]})
    assert reuse(empty).pairs.empty
    empty.documents = empty.documents.head(0)
    assert reuse(empty).pairs.empty and list(reuse(empty).passages.columns)[:2] == ["a", "b"]
