"""The whole register: relations, catalogues, near duplicates, proposals, the completeness audit."""

from dataclasses import replace
from datetime import date

import pytest

from pipeline.register import Card, Proposal, audit, card_of, relate, settle, sketch
from pipeline.register.audit import ranges
from pipeline.register.cards import SKETCH
from pipeline.register.index import RegisterIndex
from pipeline.register.relations import Relations
from tests.builders import dossier
from tests.conftest import AS_OF

BODY = ("第一条 为了加强管理，制定本办法。", "第二条 经营者应当公示价格。", "第三条 个人不得损毁设施。")


def notice(title: str, number: str, *lines: str, day: str = "2021年3月1日", after: tuple[str, ...] = ()) -> Card:
    """The card of a county notice; `after` are the lines below its signature: an issued document or a catalogue."""
    found = dossier(title, number, "各乡镇人民政府：", *lines, "临溪县人民政府", day, *after)
    return card_of(found, sketched=True)


def regulation(name: str, number: str, *, day: str = "2021年3月1日") -> Card:
    """The card of a notice that issues a regulation of that name."""
    year = day[:4]
    title = f"临溪县人民政府关于印发《{name}》的通知"
    after = (name, *BODY, f"第四条 本办法自{year}年4月1日起施行。")
    return notice(title, number, "现印发给你们，请遵照执行。", day=day, after=after)


def proposals(*cards: Card) -> list[Proposal]:
    return settle(cards, relate(cards), AS_OF)


def ids(proposal: Proposal) -> list[str]:
    return [indicator.id for indicator in proposal.cleanup.indicators]


GREEN = regulation("临溪县公园绿化管理办法", "临政发〔2024〕5号", day="2024年3月1日")


@pytest.mark.parametrize(
    "sentence",
    [
        "二、《临溪县公园绿化管理办法》（临政发〔2024〕5号）同时废止。",
        "二、《关于印发<临溪县公园绿化管理办法>的通知》同时废止。",
    ],
)
def test_a_later_document_repeals_by_number_or_by_title(sentence: str) -> None:
    later = notice(
        "临溪县人民政府关于加强城市养护的通知", "临政发〔2025〕9号", "一、加强养护。", sentence, day="2025年3月1日"
    )
    repealed, _ = proposals(GREEN, later)
    assert repealed.cleanup.outcome == "repeal" and ids(repealed)[0] == "CL-06"
    assert "临政发〔2025〕9号" in repealed.cleanup.reasons[0]


def test_a_title_of_another_issuer_is_not_repealed() -> None:
    other = dossier(
        "长河县人民政府关于加强城市养护的通知", "长政发〔2025〕9号", "各乡镇：",
        "《公园绿化管理办法》同时废止。", "长河县人民政府", "2025年3月1日",
    )  # fmt: skip
    kept, _ = proposals(
        regulation("公园绿化管理办法", "临政发〔2024〕5号", day="2024年3月1日"), card_of(other, sketched=True)
    )
    assert kept.cleanup.outcome == "keep"


def test_a_prolonged_document_is_kept_with_its_new_last_day() -> None:
    old = regulation("益阳市临溪县公园绿化管理办法", "临政发〔2019〕5号", day="2019年3月1日")
    later = notice(
        "临溪县人民政府关于延长《益阳市临溪县公园绿化管理办法》有效期的通知", "临政发〔2024〕1号",
        "将《益阳市临溪县公园绿化管理办法》（临政发〔2019〕5号）有效期延长至2029年4月1日。", day="2024年3月1日",
    )  # fmt: skip
    found, _ = proposals(old, later)
    assert (found.cleanup.outcome, found.expires) == ("keep", date(2029, 4, 1))


def test_a_later_version_replaces_the_earlier_subject_to_confirmation() -> None:
    later = regulation("临溪县公园绿化管理办法（2025年修订）", "临政发〔2025〕6号", day="2025年3月1日")
    earlier, _ = proposals(GREEN, later)
    assert earlier.cleanup.outcome == "repeal" and ids(earlier)[0] == "CL-07"
    assert earlier.cleanup.confidence == "中"


CATALOGUE = notice(
    "临溪县人民政府关于公布规范性文件清理结果的通知", "临政发〔2026〕1号",
    "2025年12月31日以前制定的规范性文件已经清理，凡未列入继续有效目录的，一律不再执行。", day="2026年1月10日",
    after=(
        "附件1", "继续有效的规范性文件目录", "1", "关于印发《临溪县公园绿化管理办法》的通知", "临政发〔2024〕5号",
        "附件2", "废止的规范性文件目录", "1", "关于印发《临溪县码头管理办法》的通知", "临政发〔2023〕2号",
    ),
)  # fmt: skip


def test_a_catalogue_is_read_and_applied_with_its_residual_clause() -> None:
    assert CATALOGUE.catalogue and CATALOGUE.catalogue.residual
    assert [(entry.number, entry.result) for entry in CATALOGUE.catalogue.entries] == [
        ("临政发〔2024〕5号", "keep"), ("临政发〔2023〕2号", "repeal"),
    ]  # fmt: skip
    dock = regulation("临溪县码头管理办法", "临政发〔2023〕2号", day="2023年3月1日")
    market = regulation("临溪县集贸市场管理办法", "临政发〔2023〕3号", day="2023年3月1日")
    late = regulation("临溪县夜市管理办法", "临政发〔2026〕8号", day="2026年5月1日")
    kept, repealed, unlisted, newer, _ = proposals(GREEN, dock, market, late, CATALOGUE)
    assert "CL-05" in ids(kept) and kept.cleanup.outcome == "keep"
    assert repealed.cleanup.outcome == "repeal"
    assert ids(unlisted)[0] == "CL-08" and unlisted.cleanup.outcome == "lapse"
    assert newer.cleanup.outcome == "keep"


def test_contradictory_catalogues_are_reported() -> None:
    other = notice(
        "临溪县人民政府关于废止部分规范性文件的通知", "临政发〔2026〕2号", "现决定废止下列文件。", day="2026年2月10日",
        after=(
            "附件", "废止文件目录", "1", "关于印发《临溪县公园绿化管理办法》的通知", "临政发〔2024〕5号", "2",
            "关于印发《临溪县码头管理办法》的通知", "临政发〔2023〕2号",
        ),
    )  # fmt: skip
    found = audit([GREEN, CATALOGUE, other])
    ((target, says),) = found.contradictions
    assert target == 0 and "继续有效" in says and "废止" in says
    assert {number for _, number, _ in found.unheld} == {"临政发〔2023〕2号"}


def test_documents_based_on_a_repealed_document_need_review() -> None:
    later = notice(
        "临溪县人民政府关于加强城市养护的通知", "临政发〔2025〕9号", "一、加强养护。",
        "二、《临溪县公园绿化管理办法》（临政发〔2024〕5号）同时废止。", day="2025年3月1日",
    )  # fmt: skip
    title = "临溪县公园绿化养护补助办法"
    body = (
        "第一条 根据《临溪县公园绿化管理办法》（临政发〔2024〕5号），制定本办法。",
        *BODY[1:],
        "第四条 本办法自2024年8月1日起施行。",
    )
    resting = notice(
        f"临溪县人民政府关于印发《{title}》的通知",
        "临政发〔2024〕7号",
        "现印发给你们。",
        title,
        *body,
        day="2024年7月1日",
    )
    *_, found = proposals(GREEN, later, resting)
    assert "CL-18" in ids(found)


def test_copies_of_one_document_are_no_replacement() -> None:
    mirror = regulation("临溪县公园绿化管理办法", "临政发〔2024〕5号", day="2024年3月1日")
    found = {relation.kind for relation in relate([GREEN, mirror])}
    assert "同一文件" in found and "取代" not in found


def test_equal_texts_have_equal_sketches() -> None:
    assert sketch("绿化管理办法。") == sketch("绿化 管理办法。") != sketch("码头管理办法。")


def test_gaps_and_documents_cited_but_not_held() -> None:
    citing = notice(
        "临溪县人民政府关于加强城市养护的通知", "临政发〔2024〕9号", "按照《关于绿化的意见》（临政发〔2024〕3号）执行。", day="2024年9月1日",
    )  # fmt: skip
    held = [GREEN, citing, regulation("临溪县码头管理办法", "临政发〔2024〕2号", day="2024年2月1日")]
    found = audit(held)
    assert found.gaps == (("临政发", 2024, 3, "1、3—4、6—8"),)
    assert found.missing == (("临政发〔2024〕3号", 1),)


def test_runs_of_numbers_are_shortened() -> None:
    assert ranges([1, 2, 3, 7]) == "1—3、7"


def test_a_missing_registration_number_is_reported_but_does_not_change_the_outcome() -> None:
    lines = ("湖南省临溪县公园绿化管理办法", "湘临政发〔2024〕5号", *BODY, "第四条 本办法自2024年4月1日起施行。")
    card = card_of(dossier("湖南省临溪县人民政府", *lines, "湖南省临溪县人民政府", "2024年3月1日"), sketched=True)
    (found,) = proposals(card)
    assert found.cleanup.outcome == "keep" and "CL-22" in ids(found), card


@pytest.mark.parametrize("confidence", ["高", "中", "低"])
def test_information_from_the_register_makes_no_paper_surer_than_it_is_alone(confidence: str) -> None:
    lines = ("湖南省临溪县公园绿化管理办法", "湘临政发〔2024〕5号", *BODY, "第四条 本办法自2024年4月1日起施行。")
    alone = card_of(dossier("湖南省临溪县人民政府", *lines, "湖南省临溪县人民政府", "2024年3月1日"), sketched=True)
    card = replace(alone, cleanup=replace(alone.cleanup, confidence=confidence))
    (found,) = proposals(card)
    assert "CL-22" in ids(found) and found.cleanup.confidence == confidence


@pytest.mark.parametrize(
    "text",
    ["", "短文", "五个字的文", "第一条 为了加强管理，制定本办法。" * 3, "含\0的\0文字\0" * 5, "𠮷" * 3 + "一二三四五"],
)
def test_a_sketch_is_that_of_all_runs_of_five_characters(text: str) -> None:
    from rensa import RMinHash

    squeezed = text.replace(" ", "")
    slowly = RMinHash(SKETCH, 7)
    slowly.update(sorted({squeezed[at : at + 5] for at in range(max(len(squeezed) - 4, 1))}))
    assert sketch(text) == tuple(slowly.digest())


def test_the_relations_to_each_card_are_found_in_their_order() -> None:
    found = Relations(RegisterIndex([GREEN] * 4))
    for source, target in ((0, 2), (1, 0), (2, 0), (1, 2)):
        found.add("引用", source, target)
    assert [list(found.to(target)) for target in range(4)] == [[1, 2], [], [0, 3], []]


def test_a_card_to_which_nothing_relates_has_no_relations() -> None:
    assert not list(Relations(RegisterIndex([GREEN, GREEN])).to(1))
