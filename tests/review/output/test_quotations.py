"""What is quoted of a text: one sentence, never a second one, and of a person's finding the marked words alone."""

import pytest

from pipeline.review.models import Finding, Version
from pipeline.review.output.quotations import quoted

_TEXT = "三、审批\n1.开办的，应当审批。未经审批，不得开办；逾期罚款！能否免除？由县里定。\n2.另有规定的除外。"


def quote(evidence: str, raised_by: str = "") -> str:
    start = _TEXT.index(evidence)
    return quoted(
        Finding(
            version=Version(text=_TEXT),
            start=start,
            end=start + len(evidence),
            content={"text": evidence},
            raised_by=raised_by,
        )
    )


@pytest.mark.parametrize(
    ("evidence", "sentence"),
    [
        ("应当审批", "1.开办的，应当审批"), ("应当审批。", "1.开办的，应当审批"), ("1.开办", "1.开办的，应当审批"),
        ("不得开办", "未经审批，不得开办"), ("未经审批", "未经审批，不得开办"), ("不得开办；", "未经审批，不得开办"),
        ("罚款", "逾期罚款！"), ("免除", "能否免除？"), ("由县里定。", "由县里定"), ("由县里定。\n", "由县里定"),
        ("审批\n1.开办", "审批\n1.开办"), ("审批。未经审批", "审批。未经审批"), ("除外", "2.另有规定的除外"),
    ],
)  # fmt: skip
def test_the_program_s_evidence_is_quoted_with_its_own_sentence(evidence: str, sentence: str) -> None:
    assert quote(evidence) == sentence


@pytest.mark.parametrize("marked", ["应当审批", "审批。未经审批，", "由县里定。\n2.另有"])
def test_marked_words_are_quoted_as_they_are(marked: str) -> None:
    assert quote(marked, "wang先生") == marked
