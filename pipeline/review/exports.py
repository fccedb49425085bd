"""What leaves the desk: the opinion on a document (合法性审查意见书) and the queue as a workbook."""

import io
import tempfile
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from pipeline.review.models import Decision, Item, Verdict
from pipeline.review.papers import Paper
from pipeline.review.tables import Sheet, write_workbook

_COLUMNS = (
    "编号",
    "文件名称",
    "文号",
    "制定机关",
    "类别",
    "状态",
    "风险分",
    "警示",
    "有效性",
    "有效期至",
    "承办人",
    "办理期限",
    "文件",
)
_STANDS = (Verdict.STANDS, Verdict.AMEND)


def write_opinion(item: Item, decisions: Mapping[str, Decision]) -> bytes:
    """审查意见书 as docx: facts, clauses that reviewers found to stand, conclusion, and what it rests on."""
    version = item.current
    paper = Paper()
    paper.title(f"关于《{item.title}》的合法性审查意见")
    paper.heading("一、文件基本情况")
    number = f"，文号{item.number}" if item.number else ""
    paper.text(
        f"《{item.title}》由{item.issuers or '（制定机关待核）'}制定{number}，文种{item.genre}，效力层级{item.norm_level}。"
    )
    findings = list(version.findings.filter(softened=False).order_by("start")) if version else []
    stands = [(f, decisions[f.key]) for f in findings if f.key in decisions and decisions[f.key].verdict in _STANDS]
    paper.heading("二、审查意见")
    if not stands:
        paper.text("经审查，未发现需要修改的条款。")
    for count, (finding, decision) in enumerate(stands, 1):
        told = finding.content
        bases = "；".join(f"《{basis['law']}》{basis['article']}" for basis in told["bases"]) or "（依据待补充）"
        paper.text(f"（{count}）{told['path'] or '正文'}：{told['name']}。原文“{told['text'][:200]}”。依据：{bases}。")
        paper.text(f"意见：{decision.comment or told['advice']}。（{decision.verdict}，{decision.reviewer}）")
    open_count = sum(1 for f in findings if f.severity in ("严重", "高") and f.key not in decisions)
    paper.heading("三、审查结论")
    paper.text(_conclusion(len(stands), open_count))
    paper.heading("四、说明")
    digest = version.original_id if version else ""
    engine, as_of = (version.engine, version.as_of) if version else ("", date.today())
    paper.text(f"本意见依据{as_of}的法律状态作出，仅供内部决策参考。原件SHA-256：{digest}；程序与规则版本：{engine}。")
    reviewers = "、".join(dict.fromkeys(decision.reviewer for decision in decisions.values())) or "（待填写）"
    paper.text(f"审查人：{reviewers}")
    paper.signature("（审查机关）", None)
    stream = io.BytesIO()
    paper.document.save(stream)
    return stream.getvalue()


def _conclusion(stands: int, left: int) -> str:
    if left:
        return f"尚有{left}处警示没有审定，本意见为草稿。"
    return f"应当予以修改：上述{stands}处修改后可以提请审议。" if stands else "合法。"


def queue_workbook(items: Iterable[Item]) -> bytes:
    """Items as xlsx, every cell a text."""
    rows = tuple(
        (
            str(item.pk), item.title, item.number, item.issuers, item.kind, item.status, str(item.risk), str(item.alarms),
            item.validity, str(item.expires or ""), str(item.assignee or ""), str(item.due or ""), item.name,
        )
        for item in items
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "queue.xlsx"
        write_workbook(path, [Sheet("审查队列", f"审查队列（{len(rows)}件）", _COLUMNS, rows)])
        return path.read_bytes()
