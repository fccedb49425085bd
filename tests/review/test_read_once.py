"""What is read once while a page is made is never older than the page."""

from django.contrib.auth.models import User

from pipeline.review.decisions import workflow
from pipeline.review.decisions.agreement import effective_in
from pipeline.review.decisions.workflow import Statement
from pipeline.review.models import Item
from pipeline.review.read_once import is_reading, once, reading


def test_within_a_page_a_function_reads_once_for_the_same_arguments_and_elsewhere_each_time() -> None:
    asked: list[tuple[int, int]] = []

    @once
    def read(one: int, *, other: int = 0) -> int:
        asked.append((one, other))
        return len(asked)

    assert (read(1), read(1)) == (1, 2) and not is_reading()
    with reading():
        assert is_reading() and (read(1), read(1), read(2), read(1, other=3), read(1)) == (3, 3, 4, 5, 3)
        with reading():
            assert read(1) == 6, "a page within a page begins anew"
        assert read(1) == 3
    assert read(1) == 7


def test_a_fault_ends_the_time_of_a_page() -> None:
    try:
        with reading():
            raise ValueError
    except ValueError:
        assert not is_reading()


def test_the_page_after_a_decision_tells_it(people: dict[str, User], item: Item) -> None:
    key = item.current.findings.filter(softened=False).first().key  # type: ignore[union-attr]
    with reading():
        assert not effective_in(item)
    workflow.decide(item, key, Statement("成立", "没有依据"), people["审查员"])
    with reading():
        assert [made.comment for made in effective_in(item)] == ["没有依据"]
    workflow.withdraw(item, key, people["审查员"])
    with reading():
        assert not effective_in(item)
