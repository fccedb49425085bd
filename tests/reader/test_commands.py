"""The commands of the second reader and the page of an item, in a queue of their own, with a local server."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.document import Span
from pipeline.evaluation.reader_scores import score_readers
from pipeline.reader.cache import Cache, Opinion
from pipeline.reader.provisions import Provision
from pipeline.review.models import AuditEntry, Finding, Item
from tests.reader.server import serving, verdict
from tests.reader.test_papers import LINES, answers
from tests.web.conftest import client


def run(*words: str, code: int = 0, **environment: str) -> Any:
    result = CliRunner(env=environment).invoke(app, ["reader", *words])
    assert result.exit_code == code, (result.output, result.exception)
    return result


@pytest.fixture
def folder(tmp_path: Path, people: dict[str, User]) -> Path:
    """A folder with a paper and one that is internal; the queue is open."""
    (tmp_path / "in").mkdir()
    words = str(tmp_path.name)
    (tmp_path / "in" / "甲.txt").write_text(
        "\n".join((*LINES, f"第五条 本办法由{words}办公室解释。")), encoding="utf-8"
    )
    (tmp_path / "in" / "乙.txt").write_text("\n".join(("内部文件", *LINES)), encoding="utf-8")
    return tmp_path


def audit(kind: str) -> list[str]:
    return list(AuditEntry.objects.filter(what=kind).order_by("id").values_list("detail", flat=True))


def test_ask_sends_what_may_be_sent_and_the_audit_tells_it(folder: Path) -> None:
    before = len(audit("发往大模型"))
    with serving(lambda one, _: verdict(one)) as log:
        variables = {"QINGGUI_READER": log.address, "QINGGUI_READER_MODEL": "甲"}
        told = run("ask", str(folder / "in"), code=3, **variables).output
        assert "没有发送" in told and "内部文件" in told and f"发送{len(log.bodies)}条" in told
        again = run("ask", str(folder / "in" / "甲.txt"), **variables).output
    (noted,) = audit("发往大模型")[before:]
    assert log.address in noted and f"条款{len(log.bodies)}条" in noted and len(noted.split()[-1]) == 64
    assert log.bodies and "发送0条" in again
    shown = run("show", str(folder / "in" / "甲.txt")).output
    assert "大模型（甲）：成立" in shown and "仅供参考" in shown


def test_nothing_is_sent_and_nothing_noted_where_no_reader_is_set(folder: Path) -> None:
    before = AuditEntry.objects.count()
    result = CliRunner(env={"QINGGUI_READER": ""}).invoke(app, ["reader", "ask", str(folder / "in")])
    assert "什么都没有发送" in str(result.exception) and AuditEntry.objects.count() == before


def test_a_run_that_ends_early_notes_what_was_really_sent(folder: Path) -> None:
    with serving(lambda one, _: verdict(one)) as log:
        variables = {"QINGGUI_READER": log.address, "QINGGUI_READER_MODEL": "少", "QINGGUI_READER_TOKENS": "10"}
        told = run("ask", str(folder / "in" / "甲.txt"), code=3, **variables)
    assert (
        log.bodies == []
        and "没有问完" in told.output + told.stderr
        and "实际发送0条" in audit("发往大模型（实际）")[-1]
    )


def test_export_and_import_by_file(folder: Path) -> None:
    out = folder / "问.jsonl"
    told = run("export", str(folder / "in"), "--out", str(out), "--model", "乙模型", code=3).output
    requests = out.read_text(encoding="utf-8").splitlines()
    assert (
        f"写出{len(requests)}条" in told
        and "没有发送" in told
        and f"条款{len(requests)}条" in audit("导出大模型请求")[-1]
    )
    told = run("import", str(answers(out, folder / "答.jsonl"))).output
    assert f"采用{len(requests)}条意见，不采用0条" in told and f"采用{len(requests)}条" in audit("收入大模型答复")[-1]
    (folder / "坏.jsonl").write_text("x\n", encoding="utf-8")
    assert "第1行" in (result := run("import", str(folder / "坏.jsonl"), code=3)).output + result.stderr


def test_annotated_sentences_go_out_without_their_annotations_and_are_measured(folder: Path) -> None:
    gold = folder / "clauses.jsonl"
    rows = [
        {"id": "a", "sentence": "摊主应当缴纳清扫费每月三十元。", "types": ["FEE-01"], "verdict": "flag"},
        {"id": "b", "sentence": "街道办事处应当按月检查摊位卫生。", "types": [], "verdict": "none"},
        {"id": "c", "sentence": "摊主应当保持摊位整洁，不得乱倒垃圾。", "types": [], "verdict": "exempt"},
        {
            "id": "d",
            "sentence": "摊主应当自备统一样式的垃圾桶。",
            "types": ["RGT-02"],
            "verdict": "flag",
            "unsure": True,
        },
    ]
    gold.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    out = folder / "问.jsonl"
    run("export", "--gold", str(gold), "--out", str(out), "--model", "丙")
    asked = [
        json.loads(line)["body"]["messages"][1]["content"] for line in out.read_text(encoding="utf-8").splitlines()
    ]
    assert {json.loads(one)["条款"] for one in asked} == {row["sentence"] for row in rows if "unsure" not in row}
    assert not any("flag" in one or "FEE" in one for one in asked)
    run("import", str(answers(out, folder / "答.jsonl")))
    told = CliRunner().invoke(app, ["evaluate", "--gold", str(folder), "--reader", "--json"])
    (score,) = [one for one in json.loads(told.output) if one["model"] == "丙"]
    assert score["answered"] == 3 and score["sentences"] == 3
    assert score["reader"] == {"tp": 1, "fp": 2, "fn": 0, "precision": 0.333, "recall": 1.0, "f1": 0.5}
    assert score["tokens"] == {"in": 3000, "out": 240} and score["type_right"] == {"right": 1, "total": 1}
    table = CliRunner(env={"COLUMNS": "160"}).invoke(app, ["evaluate", "--gold", str(folder), "--reader"]).output
    assert "大模型（丙）" in table and "审查模型" in table and "3000＋240" in table

    closed = {str(rows[0]["sentence"]): False, str(rows[1]["sentence"]): True}
    cache = Cache(Path(os.environ["QINGGUI_HOME"]))
    (unknown,) = [one for one in score_readers(folder, cache, closed) if one.model == "丙"]
    assert (unknown.n, unknown.judge.fn, unknown.judge.fp) == (2, 1, 1), (
        "a judge that did not know them answers for itself"
    )


def test_the_first_sentences_of_an_annotated_file_are_the_same_sample_in_whatever_order_they_stand(
    folder: Path,
) -> None:
    rows = [
        {"id": str(n), "sentence": f"第{n}条 本办法由区住房局解释。", "types": [], "verdict": "none"} for n in range(9)
    ]
    samples = list[set[str]]()
    for name, order in (("顺", rows), ("倒", rows[::-1])):
        gold, out = folder / f"{name}.jsonl", folder / f"{name}问.jsonl"
        gold.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in order), encoding="utf-8")
        run("export", "--gold", str(gold), "--out", str(out), "--model", "戊", "--limit", "3")
        samples.append({json.loads(line)["custom_id"] for line in out.read_text(encoding="utf-8").splitlines()})
    assert samples[0] == samples[1] and len(samples[0]) == 3


def test_evaluate_tells_what_to_do_where_no_sentence_was_answered(folder: Path) -> None:
    row = {"id": "z", "sentence": f"{folder.name}的一句没有问过的话。", "types": [], "verdict": "none"}
    (folder / "clauses.jsonl").write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    assert (
        "qinggui reader export --gold"
        in CliRunner().invoke(app, ["evaluate", "--gold", str(folder), "--reader"]).output
    )


# the desk


def test_the_page_of_an_item_shows_an_opinion_beside_its_finding_and_escapes_it(
    people: dict[str, User], item: Item
) -> None:
    version = item.current
    assert version is not None
    finding = Finding.objects.filter(version=version, softened=False).order_by("start").first()
    assert finding is not None
    page = client(people, "审查员").get(f"/items/{item.pk}/").content.decode()
    assert "data-reader" not in page
    cache, span = Cache(Path(os.environ["QINGGUI_HOME"])), Span(finding.start, finding.end)
    provision = Provision(span.cut(version.text), "某办法", span=span)
    cache.keep_places(version.original_id, [(span, provision.sentence, provision.key)])
    said = Opinion("<b>丁</b>", "1-x", "exempt", (), "", (), "属于内部管理<script>", "2026-11-22")
    cache.keep(provision.key, said)
    page = client(people, "审查员").get(f"/items/{item.pk}/").content.decode()
    assert "大模型（&lt;b&gt;丁&lt;/b&gt;）：不成立，属于例外，理由：属于内部管理&lt;script&gt;。仅供参考" in page
    told = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["explain", str(item.pk)]).output
    assert told.count("大模型意见") >= 1 and "属于内部管理" in told
    again = Finding.objects.get(pk=finding.pk)
    assert (again.severity, again.softened, again.content) == (finding.severity, finding.softened, finding.content)
    (Path(os.environ["QINGGUI_HOME"]) / "reader" / "papers" / f"{version.original_id}.json").unlink()
