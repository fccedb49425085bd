"""The user dictionary of law: its words, and how a segmenter cuts with it."""

import io
import warnings

import pytest

from pipeline.law.dictionary import lines, words


def test_bodies_places_laws_and_types_are_words_with_tags() -> None:
    found = words()
    assert (found["国家市场监督管理总局"], found["湖南"], found["行政许可法"]) == ("nt", "ns", "nz")
    assert found["押金"] == "n" and len(found) > 1000 and list(found) == sorted(found)


def test_a_word_has_no_blanks_and_no_signs() -> None:
    for line in lines():
        word, tag = line.split(" ")
        assert word.isalnum() and tag in ("nt", "ns", "nz", "n"), line


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("由国家市场监督管理总局负责解释", "国家市场监督管理总局"), ("依照行政许可法的规定", "行政许可法"), ("报国家发展改革委备案", "国家发展改革委"),
        ("违反招标投标法的", "招标投标法"), ("依据治安管理处罚法处罚", "治安管理处罚法"),
    ],
)  # fmt: skip
def test_a_segmenter_keeps_the_words_whole(sentence: str, word: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    cutter = jieba.Tokenizer()
    assert word not in cutter.lcut(sentence)
    cutter.load_userdict(io.StringIO("\n".join(lines())))
    assert word in cutter.lcut(sentence) and "".join(cutter.lcut(sentence)) == sentence
