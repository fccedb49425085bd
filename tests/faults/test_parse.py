"""Handed faults in facts read from the text and in the fate of papers: the right value of each."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.assess.validity import stated_expiry
from pipeline.document import Dossier, Severity
from pipeline.evaluation.gold import find_text, read_rows
from pipeline.ingest import Upload
from pipeline.ingest.laws import load_laws
from pipeline.law.library import CONFLICT, Library
from pipeline.parse.figures import figures_of
from pipeline.register import Proposal, card_of, relate, settle

Handed = Callable[[str], Path]
AS_OF = date(2026, 11, 29)


def read(file: Path) -> Dossier:
    """The dossier of a handed file."""
    found = analyze_upload(Upload(file.name, file.read_bytes()), LegalContext(AS_OF))
    assert isinstance(found, Dossier), found
    return found


def rules(found: Dossier) -> set[str]:
    return {finding.type for finding in found.assessment.findings}


@pytest.mark.parametrize("name", ["一年半", "一年六个月", "一点五年"])
def test_a_term_that_is_no_whole_number_of_years_is_read_whole(handed: Handed, name: str) -> None:
    found = read(handed("e01") / f"{name}.txt").assessment
    assert found.validity.expires == date(2027, 2, 28)
    assert found.cleanup.outcome == "keep"


@pytest.mark.parametrize(
    ("name", "expires"),
    [("三十日后", date(2024, 9, 13)), ("一个月后", date(2024, 9, 14)), ("自至", date(2024, 8, 31))],
)
def test_a_term_from_a_later_day_is_over(handed: Handed, name: str, expires: date) -> None:
    found = read(handed("e02") / f"{name}.txt")
    assert (found.assessment.validity.state, found.assessment.validity.expires) == ("已届满", expires)
    assert "FRM-03" not in rules(found)


@pytest.mark.parametrize(
    ("name", "made", "effective"),
    [
        ("元月", "2009-12-20", "2010-01-01"),
        ("元月署名", "2009-01-20", "2010-01-01"),
        ("数字零", "2009-12-20", "2010-01-01"),
    ],
)
def test_january_and_zeros_of_every_kind_are_read(handed: Handed, name: str, made: str, effective: str) -> None:
    document = read(handed("d10") / f"{name}.txt").document
    assert document.masthead.made and str(document.masthead.made.value) == made
    assert document.effective and str(document.effective.day) == effective


def test_the_day_of_a_signature_is_read_in_every_spelling(handed: Handed) -> None:
    folder = handed("b25")
    for name, row in json.loads((folder / "expected.json").read_text(encoding="utf-8")).items():
        made = read(folder / name).document.masthead.made
        assert str(made.value if made else None).replace("None", "null") in re.split(" or ", row["made"]), name


def register(folder: Path, pattern: str = "*.txt") -> dict[str, Proposal]:
    """The proposals for the papers of a folder as one register, by the first letters of their names."""
    files = sorted(file for file in folder.glob(pattern) if not file.name.startswith(("got", "note", "expected")))
    cards = [card_of(read(file), sketched=True) for file in files]
    found = settle(cards, relate(cards), AS_OF)
    return {file.stem: proposal for file, proposal in zip(files, found, strict=True)}


def test_a_repeal_of_two_articles_leaves_the_paper_in_force(handed: Handed) -> None:
    folder = handed("b33")
    found = register(folder)
    assert [found[name].cleanup.outcome for name in ("D绿化2016", "E移植2021")] == ["keep", "keep"]
    members = list(read(folder / "E移植2021.txt").document.family())
    assert not [repeal for member in members for repeal in member.repeals]
    (amendment,) = [made for member in members for made in member.amendments]
    assert (amendment.kind, amendment.number, amendment.part) == ("修改", "青政发〔2016〕9号", "第十二条、第十三条")


def test_a_paper_prolonged_by_a_length_is_in_force(handed: Handed) -> None:
    found = register(handed("b34"))
    assert (found["F燃气2017"].cleanup.outcome, found["F燃气2017"].expires) == ("keep", date(2027, 10, 31))
    assert found["G延期2022"].cleanup.outcome in ("keep", "not_applicable")


def test_an_amendment_ends_with_what_it_amends(handed: Handed) -> None:
    found = register(handed("b35"))
    assert [found[name].cleanup.outcome for name in ("A广告2015", "B修改2018", "C广告2022")] == [
        "repeal",
        "lapse",
        "keep",
    ]


def test_a_paper_is_repealed_by_its_number_alone(handed: Handed) -> None:
    folder = handed("b44")
    found = register(folder)
    assert (found["旧"].cleanup.outcome, found["新"].cleanup.outcome) == ("repeal", "keep")
    repeals = [[repeal.title, repeal.number] for repeal in read(folder / "新.txt").document.repeals]
    assert repeals == json.loads((folder / "expected.json").read_text(encoding="utf-8"))["repeals"]


def test_own_numbers_are_read_in_every_form(handed: Handed) -> None:
    folder = handed("b26")
    for name, row in json.loads((folder / "expected.json").read_text(encoding="utf-8")).items():
        number = read(folder / name).document.masthead.number
        wanted = {"04老式.txt": "〔89〕青林政字第032号"}.get(name, re.split(" or | \\(| \\+", row["number"])[0])
        assert number and number.value == wanted, name


def test_the_numbers_of_notices_are_read_on_one_line_or_several(handed: Handed) -> None:
    folder = handed("b51")
    for name, row in json.loads((folder / "expected.json").read_text(encoding="utf-8")).items():
        number = read(folder / name).document.masthead.number
        assert number and number.value == row["number"], name


def test_a_line_below_the_number_of_a_notice_is_its_title(handed: Handed) -> None:
    folder = handed("b52")
    for name, row in json.loads((folder / "expected.json").read_text(encoding="utf-8")).items():
        title = read(folder / name).document.masthead.title
        assert title and title.value == row["title"], name


@pytest.mark.parametrize("name", ["连写", "分行"])
def test_an_article_of_its_own_is_told_from_the_one_before(handed: Handed, name: str) -> None:
    folder = handed("b28")
    labels = [clause.label for clause in read(folder / f"{name}.txt").document.clauses if clause.label]
    assert labels == json.loads((folder / "expected.json").read_text(encoding="utf-8"))["articles"]


def test_no_article_of_a_citation_is_lost(handed: Handed) -> None:
    found = {
        (c.title.removeprefix("中华人民共和国"), c.article) for c in read(handed("b29") / "通知.txt").document.citations
    }
    safety, waste, rules = "食品安全法", "反食品浪费法", "餐饮服务食品安全管理规范"
    assert {
        (safety, "第三十三条第一款第（一）项"), (safety, "第三十四条"), (safety, "第一百二十六条"), (waste, "第七条"),
        (waste, "第八条"), (waste, "第九条"), (rules, "第五条"), (safety, "第三十四条第（一）项"), (safety, "第三十四条第（二）项"),
        (rules, "第六条"), (rules, "第七条"), (safety, "第55条"), (safety, "第56条"), ("该法", "第九条"), ("本件", "第二条"),
    } <= found  # fmt: skip


def test_amounts_compare_with_the_law_in_every_writing(handed: Handed, tmp_path: Path) -> None:
    folder = handed("e03")
    library = Library(tmp_path)
    load_laws(library, [folder / "law.md"])
    clauses = (folder / "clauses.txt").read_text(encoding="utf-8").splitlines()
    verdicts = [library.nearest(clause, AS_OF)[0].verdict for clause in clauses if clause]
    assert CONFLICT not in verdicts[:2] and verdicts[2] == CONFLICT


def test_figures_in_parts_are_read_whole(handed: Handed) -> None:
    found = figures_of(read(handed("e04") / "报告.txt").source.text)
    assert [(f.value, f.unit, f.about) for f in found] == [
        (120_000_000, "元", False), (350_000_000, "元", False), (15_000, "元", False), (23_000, "件", True), (1234, "件", False),
        (123, "件", False),
    ]  # fmt: skip


def test_traditional_text_is_spelled_as_simplified(handed: Handed) -> None:
    text = read(handed("e06") / "意见.txt").source.text
    assert all(word in text for word in ("随着经济社会", "秩序关系着", "围绕着提升", "本着公平", "沿着道路"))


def test_a_suspicion_of_the_model_alone_is_not_critical(handed: Handed) -> None:
    found = read(handed("b55") / "通告.txt").assessment.findings
    assert not [finding for finding in found if finding.severity is Severity.CRITICAL]


def test_a_gold_id_with_brackets_is_taken_as_it_is(handed: Handed) -> None:
    folder = handed("f33")
    (row,) = read_rows(folder / "gold" / "documents.jsonl")
    assert find_text(row["id"], [folder / "texts"]).name == "临政办发[2024]9号.txt"


def test_papers_of_a_collection_have_their_own_dates_and_findings(handed: Handed) -> None:
    folder = handed("b27")
    found = read(folder / "汇编.txt")
    wanted = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["documents"]
    for paper, row in zip(found.document.attached, wanted, strict=True):
        masthead = paper.masthead
        assert masthead.title and masthead.number and masthead.made
        assert (masthead.title.value, masthead.number.value, str(masthead.made.value)) == (
            row["title"],
            row["number"],
            row["made"],
        )
        assert "expires" not in row or str(stated_expiry(paper)[0]) == row["expires"]
    assert ("PEN-01", "青水发〔2023〕9号 二、") in [(f.type, f.path) for f in found.assessment.findings]
