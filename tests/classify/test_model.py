"""The judge: grams, first stage, opinions, and what it says for and against."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.classify import load_model
from pipeline.classify.grams import WIDTH, held_grams, scan
from pipeline.classify.model import DOCUMENTS, FILE, LEGISLATION, Reason, any_group, read_model
from pipeline.classify.rows import all_grams
from pipeline.document import Severity, Span
from pipeline.errors import RuleError
from pipeline.version import model_folder
from tests.builders import NOTICE, dossier, raised

MODEL = load_model()
assert MODEL is not None


def reasons_of(sentence: str) -> tuple[Reason, ...]:
    (opinion,) = MODEL.judge(sentence, DOCUMENTS, [0]) if MODEL else ()
    return opinion.reasons


@given(st.text(alphabet="一二三。；\n罚款的，", max_size=60))
def test_a_scan_cuts_a_text_into_its_sentences(text: str) -> None:
    spans = scan(text, np.zeros(WIDTH), 1.0, 0.0)
    assert "".join(span.cut(text) for span in spans) == (text if len(text) > 1 else "")
    assert all("。" not in span.cut(text)[:-1] for span in spans)


def test_hashed_grams_are_singles_and_pairs_with_their_counts() -> None:
    rows, _, counts = held_grams(["罚罚款", "款"])
    assert sorted(counts[rows == 0]) == [1, 1, 1, 2] and list(counts[rows == 1]) == [1]


def test_grams_have_one_to_three_characters() -> None:
    assert sorted(all_grams("罚罚款")) == sorted(["罚", "罚", "款", "罚罚", "罚款", "罚罚款"])


def test_any_of_two_groups_is_likelier_than_each() -> None:
    both = any_group(np.array([[0.0, 0.0], [-20.0, 3.0], [-20.0, -20.0]]))
    assert both[0] == pytest.approx(np.log(3)) and both[1] == pytest.approx(3.0, abs=1e-6) and both[2] < -15


def test_an_opinion_gives_chance_and_types_of_a_provision() -> None:
    sentence = "二、外地企业承接本县工程的，应当先在本县注册子公司，违者罚款五千元。"
    (opinion,) = MODEL.judge(sentence, DOCUMENTS)
    assert opinion.chance >= MODEL.raise_at and opinion.sentence == Span(0, len(sentence))
    assert {kind[:3] for kind in opinion.types} & {"FCR", "PEN"}
    assert raised(sentence)


def test_types_and_reasons_are_told_only_for_what_is_raised() -> None:
    (quiet,) = MODEL.judge("会议定于三月十日召开。", DOCUMENTS, [0])
    (raised_one,) = MODEL.judge("逾期不交的，由镇政府处五百元罚款。", DOCUMENTS, [0])
    assert quiet.types == quiet.reasons == () and raised_one.types and raised_one.reasons


def test_an_opinion_does_not_depend_on_other_sentences() -> None:
    sentence = "凡在街面设摊的，每户每月交卫生管理费三十元。"
    (alone,) = MODEL.judge(sentence, DOCUMENTS)
    among = [o for o in MODEL.judge(f"会议九点开始。{sentence}各单位安排好值班。", DOCUMENTS) if o.sentence.start == 7]
    assert among[0].chance == pytest.approx(alone.chance)


def test_chances_are_calibrated_for_each_kind_of_source() -> None:
    sentence = "未取得渔业捕捞证的，不得下湖捕捞。"
    (document,), (legislation,) = MODEL.judge(sentence, DOCUMENTS), MODEL.judge(sentence, LEGISLATION)
    assert document.chance != legislation.chance


def test_a_sentence_that_stands_twice_has_one_opinion_at_each_place() -> None:
    sentence = "凡在街面设摊的，每户每月交卫生管理费三十元。"
    first, second = MODEL.judge(sentence * 2, DOCUMENTS)
    assert first.sentence.start == 0 and second.sentence.start == len(sentence)
    assert (first.chance, first.types, first.reasons) == (second.chance, second.types, second.reasons)


def test_ordinary_sentences_do_not_pass_the_first_stage() -> None:
    assert MODEL.judge("会议定于三月十日召开。联系电话见附件。", DOCUMENTS) == []


def test_a_sentence_asked_for_is_judged_even_if_it_does_not_pass() -> None:
    (opinion,) = MODEL.judge("会议定于三月十日召开。", DOCUMENTS, [0])
    assert opinion.chance < MODEL.doubt_below


def test_reasons_name_what_was_seen_for_and_against() -> None:
    reasons = reasons_of("逾期不交的，由镇政府依法处五百元罚款，可以向县政府申请复议。")
    assert any(reason.weight > 0 and "罚款" in reason.words for reason in reasons)
    assert any(reason.weight < 0 for reason in reasons)
    assert all(reason.words for reason in reasons)


def test_the_model_raises_nothing_in_a_law() -> None:
    found = dossier(
        "中华人民共和国某某法",
        "（2020年1月1日第十三届全国人民代表大会常务委员会第一次会议通过）",
        "第一条 外地企业承接本县工程的，应当先在本县注册子公司。",
    ).assessment.findings
    assert not [finding for finding in found if finding.rule == "MODEL"]


@pytest.mark.parametrize("line", ["临溪市东岭区水务局", "临溪供应商务服务有限公司", "供应商", "二○一年月"])
def test_names_and_signatures_are_not_raised(line: str) -> None:
    assert not [finding for finding in dossier(*NOTICE, line).assessment.findings if finding.rule == "MODEL"]


def test_one_provision_is_one_finding_with_its_types_in_order() -> None:
    found = [
        finding
        for finding in dossier(
            *NOTICE, "一、外地企业不在本县注册子公司的不得投标，违者罚款五千元并列入黑名单。"
        ).assessment.findings
        if finding.type[:3] in ("FCR", "PEN", "LIC") and not finding.softened
    ]
    assert len(found) == 1
    assert found[0].grounds and found[0].grounds[0].startswith("支持：")


def test_of_types_that_judge_and_rules_name_the_gravest_leads() -> None:
    # 设定罚款 is 严重, 增加行政权力 (the company may fine) is 高
    found = dossier(*NOTICE, "一、市场管理公司有权对违规经营户处以罚款五百元。").assessment.findings
    assert [
        (finding.type, finding.severity)
        for finding in found
        if not finding.softened and finding.type[:3] in ("PEN", "PWR")
    ] == [("PEN-01", Severity.CRITICAL)]


def test_no_word_that_is_told_begins_or_ends_with_de() -> None:
    told = [reason.words for reason in reasons_of("须提供加盖公章的、由派出所出具的无犯罪证明的，方可办理。")]
    assert told and not [words for words in told if len(words) < 4 and (words.startswith("的") or words.endswith("的"))]


def test_a_model_of_an_older_version_is_told_with_the_way_out(tmp_path: Path) -> None:
    with np.load(model_folder() / FILE, allow_pickle=False) as arrays:
        older = {name: arrays[name] for name in arrays.files if not name.startswith("crossings")}
    np.savez(tmp_path / FILE, **older)
    with pytest.raises(RuleError, match=r"旧版程序训练的.*qinggui train"):
        read_model(tmp_path / FILE)


def test_a_model_trained_by_the_version_before_is_used_with_the_weights_it_was_trained_with(tmp_path: Path) -> None:
    with np.load(model_folder() / FILE, allow_pickle=False) as arrays:
        before = {name: arrays[name] for name in arrays.files if name != "scales"}
    np.savez(tmp_path / FILE, **before)
    assert read_model(tmp_path / FILE).scales == (0.15, 1.0) != MODEL.scales


def test_a_model_that_keeps_crossings_behind_its_heads_gives_the_same_opinions(tmp_path: Path) -> None:
    with np.load(model_folder() / FILE, allow_pickle=False) as arrays:
        now = {name: arrays[name] for name in arrays.files}
    behind = np.zeros((len(now["crossed"]), now["heads_weights"].shape[1]), dtype=np.float16)
    behind[:, 0] = now.pop("crossed")
    no_types = np.zeros((len(behind), now["types_weights"].shape[1]), dtype=np.float16)
    now["heads_weights"] = np.concatenate((now["heads_weights"], behind))
    now["types_weights"] = np.concatenate((now["types_weights"], no_types))
    np.savez(tmp_path / FILE, **now)
    sentence = "逾期不交的，由镇政府处五百元罚款。"
    assert read_model(tmp_path / FILE).judge(sentence, DOCUMENTS, [0]) == MODEL.judge(sentence, DOCUMENTS, [0])


def test_a_damaged_model_is_told_with_the_way_out(tmp_path: Path) -> None:
    for content in (b"hello", b"", b"PK\x03\x04 cut"):
        (tmp_path / FILE).write_bytes(content)
        with pytest.raises(RuleError, match="已损坏"):
            read_model(tmp_path / FILE)


def test_a_text_without_punctuation_is_judged_in_pieces() -> None:
    text = "物业企业须经县住建局审批方可经营收取管理费每平方米二元" * 60
    (opinion,) = MODEL.judge(text, DOCUMENTS, [0])
    assert len(opinion.sentence) <= 600
