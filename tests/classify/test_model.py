"""The trained model: grams, gate, and what it adds to the rule hits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.classify import load_model
from pipeline.classify.grams import WIDTH, held_grams, scan, score
from pipeline.classify.model import Seen
from pipeline.document import Span
from tests.builders import NOTICE, dossier, raised

MODEL = load_model()
assert MODEL is not None


@given(st.text(alphabet="一二三。；\n罚款的，", max_size=60))
def test_a_scan_cuts_a_text_into_its_sentences(text: str) -> None:
    spans = scan(text, np.zeros(WIDTH), 1.0, 0.0)
    assert "".join(span.cut(text) for span in spans) == (text if len(text) > 1 else "")
    assert all("。" not in span.cut(text)[:-1] for span in spans)


def test_grams_are_singles_and_pairs_with_their_counts() -> None:
    rows, _, counts = held_grams(["罚罚款", "款"])
    assert sorted(counts[rows == 0]) == [1, 1, 1, 2] and list(counts[rows == 1]) == [1]


def test_a_score_does_not_depend_on_other_sentences() -> None:
    alone = score(["每户罚一百元"], MODEL.alarm.idf, MODEL.alarm.grams)
    among = score(["开会通知", "每户罚一百元"], MODEL.alarm.idf, MODEL.alarm.grams)
    assert alone[0] == pytest.approx(among[1])


def test_an_indirect_wording_that_no_rule_knows_is_raised_with_its_probability() -> None:
    found = dossier(*NOTICE, "一、谁家的鸭子下了秧田，赶到队部拿二十斤谷子来换。").assessment.findings
    assert all(finding.rule == "MODEL" for finding in found if not finding.type.startswith("FRM"))
    sentence = "一、谁家门口的杂草没拔，乡里雇人拔掉，工钱从耕地补贴里直接抵掉。"
    (opinion,) = MODEL.judge(sentence, {})
    assert opinion.probability >= MODEL.raise_at and opinion.sentence == Span(0, len(sentence))
    assert raised(sentence)


def test_ordinary_sentences_do_not_pass() -> None:
    text = "会议定于三月十日召开。各单位要高度重视，认真组织实施。联系电话见附件。"
    assert MODEL.judge(text, {}) == []


def test_rule_hits_raise_the_probability() -> None:
    sentence = "二、乱停车的，每次罚款一百元。"
    (without,) = MODEL.judge(sentence, {0: Seen()})
    (with_rule,) = MODEL.judge(sentence, {0: Seen(("PEN-01",))})
    assert with_rule.probability >= without.probability


def test_the_model_raises_nothing_in_a_law() -> None:
    found = dossier(
        "中华人民共和国某某法",
        "（2020年1月1日第十三届全国人民代表大会常务委员会第一次会议通过）",
        "第一条 谁家门口的杂草没拔，乡里雇人拔掉，工钱从耕地补贴里直接抵掉。",
    ).assessment.findings
    assert not [finding for finding in found if finding.rule == "MODEL"]


@pytest.mark.parametrize(
    "line",
    [
        "临溪市东岭区水务局",
        "临溪供应商务服务有限公司",
        "供应商",
        "二○一年月",
        "一、鼓励企业把熟练工招为自有职工，每人奖一千元。",
    ],
)
def test_names_signatures_and_aims_are_not_raised(line: str) -> None:
    assert not [finding for finding in dossier(*NOTICE, line).assessment.findings if finding.rule == "MODEL"]
