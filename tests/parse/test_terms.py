"""Commencement and term in the wordings of offices: fractions of years, delays, first and last days."""

from datetime import date

import pytest

from pipeline.document import Document, Effective, Term
from tests.builders import document, dossier

HEAD = (
    "长河县林业局关于印发《长河县苗圃管理办法》的通知",
    "长林发〔2021〕3号",
    "各乡镇：",
    "现印发给你们。",
    "长河县林业局",
)


def paper(sentence: str, made: str = "2021年3月5日") -> tuple[str, ...]:
    """A notice that issues a regulation whose last article is `sentence`."""
    return (*HEAD, made, "长河县苗圃管理办法", "第一条 为了管理苗圃，制定本办法。", f"第二条 {sentence}")


def read(sentence: str) -> Document:
    return document(*paper(sentence))


def effective(sentence: str) -> Effective:
    found = read(sentence).effective
    assert found is not None
    return found


def term(sentence: str) -> Term:
    found = read(sentence).term
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("words", "years"),
    [
        ("有效期一年半", 1.5), ("有效期两年半", 2.5), ("有效期为一年零六个月", 1.5), ("有效期2年3个月", 2.25),
        ("有效期1年又6个月", 1.5), ("有效期2.5年", 2.5), ("有效期二点五年", 2.5), ("有效期半年", 0.5),
        ("有效期36个月", 3), ("有效期三十个月", 2.5), ("有效期限为三年", 3), ("有效期叁年", 3), ("有效期暂定两年", 2),
        ("为期三年", 3), ("试行期为一年半", 1.5), ("实施期限两年", 2), ("有效期自施行之日起5年", 5), ("有效期：4年", 4),
        ("有效期一年半，期满自动失效", 1.5), ("有效期均为五年", 5),
    ],
)  # fmt: skip
def test_a_length_of_any_writing_is_read(words: str, years: float) -> None:
    assert term(f"本办法自2021年4月1日起施行，{words}。").years == years


@pytest.mark.parametrize(("words", "days"), [("有效期90日", 90), ("有效期六十天", 60), ("有效期一个半月", 45)])
def test_a_length_in_days_is_read(words: str, days: int) -> None:
    assert term(f"本办法自2021年4月1日起施行，{words}。").days == days


@pytest.mark.parametrize(
    "sentence",
    [
        "本办法自2021年4月1日起施行，至2023年3月31日止。",
        "本办法自2021年4月1日起施行至2023年3月31日。",
        "本办法自2021年4月1日至2023年3月31日施行。",
        "本办法有效期自2021年4月1日起至2023年3月31日止。",
        "本办法有效期为2021年4月1日至2023年3月31日。",
        "本办法有效期：2021年4月1日—2023年3月31日。",
        "本办法有效期从2021年4月1日到2023年3月底。",
        "本办法执行期限为2021.4.1至2023.3.31。",
        "本办法自2021年4月1日起试行一年，试行期自2021年4月1日至2023年3月31日。",
    ],
)
def test_first_and_last_day_are_read_together(sentence: str) -> None:
    found = read(sentence)
    assert found.effective and found.effective.day == date(2021, 4, 1)
    assert found.term and found.term.last_day == date(2023, 3, 31)


@pytest.mark.parametrize(
    ("words", "last"),
    [
        ("有效期至2025年", date(2025, 12, 31)), ("有效期至2025年6月", date(2025, 6, 30)),
        ("有效期截止到2025年10月9日", date(2025, 10, 9)), ("执行至二〇二五年底", date(2025, 12, 31)),
        ("有效期至2025年元月31日", date(2025, 1, 31)),
    ],
)  # fmt: skip
def test_a_last_day_of_any_writing_is_read(words: str, last: date) -> None:
    assert term(f"本办法自公布之日起施行，{words}。").last_day == last


@pytest.mark.parametrize(
    ("words", "delay"),
    [
        ("自公布之日起30日后施行", (30, None, None)), ("自公布之日起满三十日后施行", (30, None, None)),
        ("自公布之日起第31日起施行", (31, None, None)), ("自公布后30日起施行", (30, None, None)),
        ("公布30日后施行", (30, None, None)), ("于公布之日后第三十日起施行", (30, None, None)),
        ("自公布之日的次日起施行", (1, None, None)), ("自印发之日起一个月后施行", (None, 1, None)),
        ("自公布之日起满1个月后实施", (None, 1, None)), ("自发布之日起三个月后正式实施", (None, 3, None)),
        ("自发布之日起一年后施行", (None, 12, None)), ("自发布之日起10个工作日后施行", (None, None, 10)),
        ("自公布之日起两周后执行", (14, None, None)),
    ],
)  # fmt: skip
def test_a_delay_after_publication_is_read(words: str, delay: tuple[int | None, ...]) -> None:
    found = effective(f"本办法{words}。")
    assert found.day is None and not found.on_publication
    assert (found.delay_days, found.delay_months, found.delay_working_days) == delay


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("自2021年4月1日零时起施行", date(2021, 4, 1)), ("自2021年4月1日0时起施行", date(2021, 4, 1)),
        ("自2021.4.1起施行", date(2021, 4, 1)), ("自2021-04-01起施行", date(2021, 4, 1)),
        ("自二0二一年元月一日起施行", date(2021, 1, 1)), ("自4月1日起施行", date(2021, 4, 1)),
        ("自明年元月1日起施行", date(2022, 1, 1)), ("自今年五月一日起施行", date(2021, 5, 1)),
    ],
)  # fmt: skip
def test_a_day_of_commencement_of_any_writing_is_read(words: str, day: date) -> None:
    assert effective(f"本办法{words}。").day == day


def test_a_day_in_january_of_a_december_paper_is_in_the_next_year() -> None:
    found = document(*paper("本办法自1月10日起施行。", "2021年12月20日")).effective
    assert found and found.day == date(2022, 1, 10)


@pytest.mark.parametrize(
    "sentence",
    [
        "证书有效期三年，自本办法施行之日起计算。",
        "许可证自2021年4月1日至2023年3月31日有效。",
        "经营者取得的备案证明有效期为一年半。",
        "补贴自2021年4月1日起执行，为期三年。",
        "租赁期限为一年六个月。",
    ],
)
def test_the_term_of_something_else_is_passed_over(sentence: str) -> None:
    assert read(sentence).term is None


@pytest.mark.parametrize(
    ("sentence", "expires"),
    [
        ("本办法自公布之日起30日后施行，有效期5年。", date(2026, 4, 3)),
        ("本办法自公布之日起一个月后施行，有效期5年。", date(2026, 4, 4)),
        ("本办法自公布之日起10个工作日后施行，有效期5年。", date(2026, 3, 18)),
        ("本办法自2021年6月1日起施行，有效期一年半。", date(2022, 11, 30)),
        ("本办法自2021年6月1日起施行，有效期90日。", date(2021, 8, 29)),
        ("本办法有效期自公布之日起五年。", date(2026, 3, 4)),
        ("本办法有效期5年，自2021年6月1日起计算。", date(2026, 5, 31)),
    ],
)
def test_the_last_day_follows_from_commencement_and_term(sentence: str, expires: date) -> None:
    assert dossier(*paper(sentence)).assessment.validity.expires == expires


@pytest.mark.parametrize(
    "lines",
    [
        paper("本办法有效期为五年。"),
        paper("本办法自公布之日起30日后施行，有效期5年。"),
        ("长河县苗圃管理办法", "第一条 为了管理苗圃，制定本办法。", "第二条 本办法有效期为五年。"),
    ],
    ids=["without commencement", "with a delay", "without any day"],
)
def test_a_term_that_was_read_is_never_told_as_missing(lines: tuple[str, ...]) -> None:
    found = dossier(*lines).assessment
    assert not any("没有写明有效期" in reason for reason in (*found.validity.reasons, *found.cleanup.reasons))
