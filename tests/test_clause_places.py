"""The place of a provision reads as a letter names it, whatever numbers the headings bear."""

import pytest

from pipeline.clause_places import place_in_words


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", "正文"),
        ("一、", "第一部分"),
        ("十二、（三）", "第十二部分第（三）项"),
        ("四、（一）1.", "第四部分第（一）项第1点"),
        ("四、（一）10．（2）③", "第四部分第（一）项第10点第（2）小点第③点"),
        ("(二)", "第（二）项"),
        ("1)", "第（1）小点"),
        ("第一章一、", "第一章第一部分"),
        ("第一部分二、（三）", "第一部分第二大项第（三）项"),
        ("第三条", "第三条"),
        ("第三条之一第二款第（一）项第2目", "第三条之一第二款第（一）项第2目"),
        ("第三条第（一）项①", "第三条第（一）项第①点"),
        ("清政发〔2025〕3号 二、（一）", "清政发〔2025〕3号 第二部分第（一）项"),
        ("关于规范市场秩序的通知", "关于规范市场秩序的通知"),
    ],
)
def test_numbers_of_headings_read_as_a_letter_names_them(path: str, words: str) -> None:
    assert place_in_words(path) == words
