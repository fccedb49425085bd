"""The user dictionary of law: its words, and how a segmenter cuts with it."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.segmentation import agreement, sentences, words_of
from pipeline.law.dictionary import departments, lines, words
from pipeline.law.segmenter import legal_tokenizer, load_jieba


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
    plain = load_jieba().Tokenizer()
    assert word not in plain.lcut(sentence)
    cut = legal_tokenizer().lcut(sentence)
    assert word in cut and "".join(cut) == sentence


@pytest.mark.parametrize(
    "word",
    [
        "中华人民共和国行政许可法", "优化营商环境条例", "人力资源和社会保障局", "自然资源厅", "卫生健康委员会", "建筑工程施工许可证", "履约保证金", "行政规范性文件",
        "行政复议机关",
    ],
)  # fmt: skip
def test_full_names_of_laws_departments_licences_and_terms_are_words(word: str) -> None:
    assert word in words()


def test_phrases_with_a_verb_and_abolished_ministries_are_no_words() -> None:
    assert not {"申领施工许可", "责令改正", "铁道局", "国防局", "外交厅"} & words().keys()
    assert "铁道局" not in set(departments())


# jieba leaves a file that it opened by its path to the garbage collector
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_file_is_loaded_by_jieba_as_it_stands(tmp_path: Path) -> None:
    """As a user does it: the command writes the file, and another program loads it by its path."""
    file = tmp_path / "词典.txt"
    subprocess.run([sys.executable, "-m", "pipeline", "dictionary", str(file)], check=True, capture_output=True)
    plain = load_jieba().Tokenizer()
    plain.load_userdict(str(file))
    sentence = "由县市场监督管理局依照《中华人民共和国行政许可法》办理食品经营许可证"
    assert {"市场监督管理局", "中华人民共和国行政许可法", "食品经营许可证"} <= set(plain.lcut(sentence))
    assert plain.lcut(sentence) == legal_tokenizer().lcut(sentence)


def test_the_dictionary_cuts_as_a_person_does() -> None:
    """Floors, a little below what `python -m benchmarks.segmentation` prints, and what the dictionary has to add."""
    reference = sentences()
    assert len(reference) == 200 and all(word for words in reference for word in words)
    plain, legal = agreement(load_jieba().lcut, reference), agreement(legal_tokenizer().lcut, reference)
    assert legal[0].f1 >= 0.94 and legal[1].f1 >= 0.87
    assert legal[0].f1 - plain[0].f1 >= 0.05 and legal[1].f1 - plain[1].f1 >= 0.1


def test_punctuation_is_no_word_and_its_boundaries_do_not_count() -> None:
    both, words = agreement(lambda _: ["县", "财政", "局", "，", "的"], [["县", "财政局", "，", "的"]])
    assert (both.right, both.found, both.wanted) == (1, 2, 1)
    assert (words.right, words.found, words.wanted) == (2, 4, 3)
    assert words_of(["县", "，", "的"]) == {(0, 1), (2, 3)}
