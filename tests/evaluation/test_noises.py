"""The noises damage the layout and nothing else, always in the same way; the facts of our own papers survive them."""

import json
from pathlib import Path

import pytest

from corpora.papers import FARMHOUSE, PARKING_HEAD, SUBSIDY
from pipeline.evaluation.noise_scores import FACTS, is_closed, measure_noise
from pipeline.evaluation.noises import CLEAN, NOISES, Paper, damaged, paper_of

_PARKING = (*PARKING_HEAD, "第一条 为了维护城区停车秩序，制定本规定。", "附件：1.停车场分布表")
# lines, title, issuer, number, day
PAPERS = {
    "农家乐": (FARMHOUSE, f"{FARMHOUSE[1]}{FARMHOUSE[2]}", FARMHOUSE[1], FARMHOUSE[0], "2025-03-06"),
    "停车": (_PARKING, PARKING_HEAD[2], PARKING_HEAD[5], PARKING_HEAD[1], "2026-01-15"),
    "补助": (SUBSIDY, SUBSIDY[2], SUBSIDY[5], SUBSIDY[1], "2021-05-18"),
}


def paper(name: str) -> Paper:
    lines, title, _, _, made = PAPERS[name]
    return paper_of(name, "\n".join(lines), title, made)


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("name", PAPERS)
def test_a_noise_is_the_same_at_every_call_and_loses_no_character(name: str, noise: str) -> None:
    text = damaged(paper(name), noise)
    if text is None:
        assert noise == "附件连在正文", "every other noise can damage these papers"
        return
    assert text == damaged(paper(name), noise)
    rest = iter("".join(text.split()))
    assert all(character in rest for character in "".join("".join(paper(name).lines).split()))


def test_a_text_without_title_signature_and_attachments_is_left_as_it_is() -> None:
    plain = paper_of("无", "今年以来，各镇认真落实。", None, None)
    assert {name for name in NOISES if damaged(plain, name) is not None} == {"带有网站附着物"}


def test_wide_blanks_count_as_lost_breaks() -> None:
    assert paper_of("甲", "临政发〔2025〕1号\u3000\u3000各乡镇：", None, None).lines == (
        "临政发〔2025〕1号",
        "各乡镇：",
    )


def gold_folder(folder: Path) -> Path:
    (folder / "texts").mkdir()
    rows = []
    for name, (lines, title, issuer, number, made) in PAPERS.items():
        (folder / "texts" / f"{name}.txt").write_text("\n".join(lines), encoding="utf-8")
        rows.append({"id": name, "title": title, "issuers": [issuer], "number": number, "made": made})
    written = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / "documents.jsonl").write_text(written, encoding="utf-8")
    return folder


def test_the_facts_of_our_papers_survive_every_noise(tmp_path: Path) -> None:
    scores = measure_noise(gold_folder(tmp_path), [])
    assert scores.noises[CLEAN].total == len(PAPERS)
    assert [(miss.document, miss.field, miss.got) for miss in scores.misses] == []
    assert all(score.share(fact) == 1 for score in scores.noises.values() for fact in FACTS)


def test_the_halves_share_no_document_and_leave_none_out(tmp_path: Path) -> None:
    gold = gold_folder(tmp_path)
    halves = [measure_noise(gold, [], part=part).noises[CLEAN].total for part in ("open", "held")]
    assert sum(halves) == len(PAPERS)
    assert halves[1] == sum(map(is_closed, PAPERS))
