"""What of a paper is sent, what never is, batch files, and what is shown beside findings."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.analyzer import load_judge
from pipeline.document import Span
from pipeline.errors import UsageError
from pipeline.law import load_rulebook
from pipeline.reader.answers import Dropped
from pipeline.reader.batch import read_answers, unanswered, write_requests
from pipeline.reader.cache import Cache, Opinion
from pipeline.reader.confidential import why_confidential
from pipeline.reader.papers import Paper, keep_places
from pipeline.reader.provisions import Provision, provisions_of
from pipeline.reader.showing import lines_about
from tests.builders import dossier, examined
from tests.reader.server import completion, verdict

TITLE = "临溪县夜市经营管理办法"
LINES = (
    TITLE,
    "第一章 总则",
    "第一条 为了方便群众生活，制定本办法。",
    "第二章 经营",
    "第二条 在夜市设摊的，应当报街道办事处审批后方可经营。",
    "第三条 经营者有下列情形之一的，由街道办事处处二百元罚款：",
    "（一）占用消防通道的；",
    "（二）不清理垃圾的。",
    "第四条 鼓励老字号进入夜市。",
)


def sent(*lines: str) -> list[Provision]:
    return provisions_of(dossier(*lines), load_judge())


def test_provisions_of_findings_are_sent_with_title_place_heading_and_article() -> None:
    by_words = {provision.sentence: provision for provision in sent(*LINES)}
    licence = next(one for words, one in by_words.items() if "方可经营" in words)
    assert licence.title == TITLE and licence.place.startswith("第二条") and "第二章 经营" in licence.above
    fine = next(one for words, one in by_words.items() if "罚款" in words)
    assert "占用消防通道" in fine.article
    assert not any("方便群众" in words or "老字号" in words for words in by_words)


def test_a_provision_stands_where_its_span_says_and_has_the_same_key_every_time() -> None:
    made = dossier(*LINES)
    first, again = (provisions_of(made, load_judge()) for _ in range(2))
    assert first and [one.key for one in first] == [one.key for one in again]
    assert all(one.span and one.span.cut(made.source.text) == one.sentence for one in first)


def test_the_same_words_under_another_article_are_another_question() -> None:
    other = tuple(line.replace("第二章 经营", "第二章 收费") for line in LINES)
    assert {one.key for one in sent(*LINES)}.isdisjoint(one.key for one in sent(*other))


# papers that never leave


@pytest.mark.parametrize(
    "mark",
    [
        "内部资料", "【内部文件】", "内部资料 注意保存", "（此件不公开）", "（此件不予公开）", "工作秘密★5年", "内部参阅，不得外传",
        "密级：内部", "仅供内部使用", "机密★10年", "内 部 材 料", "属性：不予公开", "严禁外传", "商业秘密", "阅后收回",
        "信息公开选项：不予公开", "涉密级别：内部", "送审稿，请勿外传", "会后收回", "密级｜内部",
    ],
)  # fmt: skip
@pytest.mark.parametrize("at", ["head", "end"])
def test_a_paper_that_is_marked_is_never_sent(mark: str, at: str) -> None:
    lines = (mark, *LINES) if at == "head" else (*LINES, mark)
    assert why_confidential(dossier(*lines))


def test_a_paper_whose_name_or_text_says_that_it_is_internal_is_never_sent() -> None:
    data = "\n".join(LINES).encode()
    assert why_confidential(examined(data, "夜市办法（内部）.txt")) and why_confidential(
        examined(data, "a/内部资料.txt")
    )
    assert why_confidential(dossier(*LINES, "第五条 本文件为内部文件，各单位妥善保管。"))


@pytest.mark.parametrize(
    "line",
    [
        "（此件公开发布）", "第五条 各单位应当加强内部管理。", "第五条 街道办事处不得泄露商业秘密。", "内部审计工作要求",
        "第五条 涉及国家秘密的，不予公开。", "（一）试题不得外传", "二、内部管理", "内部控制制度", "不公开审理的案件",
    ],
)  # fmt: skip
def test_a_paper_that_only_speaks_of_secrets_may_be_sent(line: str) -> None:
    assert why_confidential(dossier(*LINES, line)) == ""


# batch files


def answers(requests: Path, out: Path, **changed: Any) -> Path:
    """A file of answers to a batch file: each finds a fee, with the given fields changed."""
    rows = [json.loads(line) for line in requests.read_text(encoding="utf-8").splitlines()]
    made = [
        {"id": "b", "custom_id": row["custom_id"], "error": None, "response": {"status_code": 200, "body": completion(
            json.dumps(verdict(json.loads(row["body"]["messages"][1]["content"]), **changed)))}} for row in rows
    ]  # fmt: skip
    out.write_text("".join(json.dumps(row) + "\n" for row in made), encoding="utf-8")
    return out


def test_requests_go_out_and_answers_come_back_by_file(tmp_path: Path) -> None:
    book, cache, provisions = load_rulebook(), Cache(tmp_path), sent(*LINES)
    written = write_requests(provisions, tmp_path / "问.jsonl", "甲", book, cache)
    rows = [json.loads(line) for line in (tmp_path / "问.jsonl").read_text(encoding="utf-8").splitlines()]
    assert written.requests == len(rows) == len(provisions)
    assert {(row["method"], row["url"], row["body"]["model"]) for row in rows} == {
        ("POST", "/v1/chat/completions", "甲")
    }
    assert all(len(row["custom_id"]) <= 64 for row in rows) and (tmp_path / "问.jsonl").stat().st_mode & 0o077 == 0
    found = read_answers(answers(tmp_path / "问.jsonl", tmp_path / "答.jsonl"), book, cache)
    assert (found.taken, found.lines) == (len(rows), [])
    assert unanswered(provisions, "甲", book, cache) == [] and len(unanswered(provisions, "乙", book, cache)) == len(
        rows
    )


def test_answers_for_two_models_do_not_mix(tmp_path: Path) -> None:
    book, cache, provisions = load_rulebook(), Cache(tmp_path), sent(*LINES)
    for model in ("甲", "乙"):
        write_requests(provisions, tmp_path / f"{model}.jsonl", model, book, cache)
    read_answers(answers(tmp_path / "甲.jsonl", tmp_path / "答.jsonl"), book, cache)
    assert [opinion.model for opinion in cache.all_on(provisions[0].key)] == ["甲"]


def test_lines_that_are_no_answers_are_named_and_the_others_are_taken(tmp_path: Path) -> None:
    book, cache, provisions = load_rulebook(), Cache(tmp_path), sent(*LINES)
    write_requests(provisions[:1], tmp_path / "问.jsonl", "甲", book, cache)
    right = answers(tmp_path / "问.jsonl", tmp_path / "答.jsonl").read_text(encoding="utf-8")
    number = json.loads(right)["custom_id"]
    wrong = [
        "不是JSON", "[1]", '{"custom_id": 5}', '{"custom_id": "../../x"}', json.dumps({"custom_id": "0" * 40}), "[" * 9000,
        json.dumps({"custom_id": number, "response": None, "error": {"message": "超时"}}),
        json.dumps({"custom_id": number, "response": {"status_code": 500, "body": {}}}),
        json.dumps({"custom_id": number, "response": {"status_code": 200, "body": {"choices": []}}}), "x" * (2**21 + 9),
    ]  # fmt: skip
    (tmp_path / "乱.jsonl").write_text("\n".join(["\ufeff" + wrong[0], *wrong[1:], "", right]), encoding="utf-8")
    found = read_answers(tmp_path / "乱.jsonl", book, cache)
    assert found.taken == 1 and [at for at, _ in found.lines] == list(range(1, 11))


def test_an_imported_answer_is_checked_like_any_other(tmp_path: Path) -> None:
    book, cache, provisions = load_rulebook(), Cache(tmp_path), sent(*LINES)
    write_requests(provisions, tmp_path / "问.jsonl", "甲", book, cache)
    found = read_answers(answers(tmp_path / "问.jsonl", tmp_path / "答.jsonl", quote="没有的话没有的话"), book, cache)
    assert found.dropped == {Dropped.QUOTE.value: len(provisions)} and not cache.all_on(provisions[0].key)


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "问.jsonl").write_text("旧", encoding="utf-8")
    with pytest.raises(UsageError, match="没有覆盖"):
        write_requests(sent(*LINES), tmp_path / "问.jsonl", "甲", load_rulebook(), Cache(tmp_path))
    assert (tmp_path / "问.jsonl").read_text(encoding="utf-8") == "旧"


# cache and display


def opinion(model: str = "甲", at: str = "2026-11-22", **changed: Any) -> Opinion:
    fields: dict[str, Any] = {
        "verdict": "flag", "types": ("LIC-01",), "quote": "", "laws": (), "reason": "自设许可。", "brief": "1-x",
    }  # fmt: skip
    return Opinion(model=model, at=at, **(fields | changed))


def test_a_damaged_file_of_the_cache_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.keep("ab" * 32, opinion())
    (path,) = (tmp_path / "reader" / "answers").rglob("*.json")
    for content in (b"{", b"[]", b'{"model": 1}', b"\xff"):
        path.write_bytes(content)
        assert cache.all_on("ab" * 32) == [] and cache.find("ab" * 32, "1-x", "甲") is None


def test_opinions_are_found_by_place_only_where_the_words_still_stand(tmp_path: Path) -> None:
    made, cache = dossier(*LINES), Cache(tmp_path)
    paper = Paper("办法", "ab" * 32, tuple(provisions_of(made, load_judge())), made)
    keep_places(paper, cache)
    one = next(one for one in paper.provisions if "方可经营" in one.sentence)
    cache.keep(one.key, opinion())
    assert one.span is not None
    inner = Span(one.span.start + 5, one.span.start + 8)
    text = made.source.text
    assert [found.model for found in cache.on_spans(paper.digest, text).at(inner)] == ["甲"]
    assert cache.on_spans(paper.digest, text.replace("街道", "乡镇")).at(inner) == []
    assert cache.on_spans("cd" * 32, text).at(inner) == [] and cache.on_spans("", text).at(inner) == []


def test_show_tells_who_says_what_and_marks_the_model_as_such(tmp_path: Path) -> None:
    made, judge, cache = dossier(*LINES), load_judge(), Cache(tmp_path)
    paper = Paper("办法", "ab" * 32, tuple(provisions_of(made, judge)), made)
    one = next(one for one in paper.provisions if "方可经营" in one.sentence)
    cache.keep(one.key, opinion(verdict="exempt", types=(), reason="内部审批"))
    shown = "\n".join(lines_about(paper, judge, cache))
    assert "大模型意见  大模型（甲）：不成立，属于例外，理由：内部审批。仅供参考，由人决定" in shown
    assert "审查模型：应当审阅的可信度" in shown and "规则：" in shown and "大模型意见  没有" in shown
