"""How a cleanup proposal is compared with gold: 不列入 is right only where gold, or what is told of the period, says so."""

import pytest

from pipeline.assess.indicator import inform
from pipeline.document import Cleanup
from pipeline.evaluation.scores import cleanup_answer


def _left_out(*kinds: str) -> Cleanup:
    return Cleanup("not_applicable", tuple(inform(kind, ("已过",)) for kind in kinds), ("不列入清理",), "中")


@pytest.mark.parametrize(
    ("kinds", "wanted", "answer"),
    [
        ((), "lapse", "not_applicable"),
        ((), "not_applicable", "not_applicable"),
        (("CL-16",), "lapse", "lapse"),
        (("CL-16",), "not_applicable", "not_applicable"),
        (("CL-16",), "repeal", "lapse"),
        (("CL-14",), "lapse", "amend"),
        (("CL-16", "CL-14"), "amend", "lapse"),
        (("CL-27",), "keep", "keep"),
    ],
)
def test_a_document_left_out_is_compared_by_the_first_information(
    kinds: tuple[str, ...], wanted: str, answer: str
) -> None:
    assert cleanup_answer(_left_out(*kinds), wanted) == answer


@pytest.mark.parametrize("outcome", ["keep", "amend", "repeal", "lapse"])
def test_a_document_that_is_in_the_cleanup_is_compared_by_its_outcome(outcome: str) -> None:
    assert cleanup_answer(Cleanup(outcome, (inform("CL-09", ("已废止",)),), (), "高"), "not_applicable") == outcome
