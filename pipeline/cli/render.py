"""Output for the terminal: Chinese tables and pages, presentation only."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from pipeline.clause_places import place_in_words
from pipeline.document import OUTCOMES, UNKNOWN_PLACE, Dossier, Problem
from pipeline.review.queue.dossiers import with_attached_texts

if TYPE_CHECKING:
    from pipeline.evaluation.calibration import Graded

STYLES = {"严重": "bold red", "高": "red", "中": "yellow", "低": "cyan", "提示": "dim"}


def short(text: str, width: int) -> str:
    """A text shortened to `width` characters, ending in … if it was cut."""
    return text if len(text) <= width else text[: width - 1] + "…"


def queue_table(rows: Iterable[Mapping[str, Any]], *, title: str) -> Table:
    """The table of the queue in the order of `rows`, which are made by `queue.item_row`, `dossier_row` or `problem_row`."""
    table = Table(title=title, title_justify="left", header_style="bold", pad_edge=False, show_lines=True)
    for name, justify in (
        ("编号", "right"),
        ("风险", "right"),
        ("状态", "left"),
        ("有效性", "left"),
    ):
        table.add_column(name, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    table.add_column("文件", overflow="fold", ratio=3)
    table.add_column("风险构成", overflow="fold", ratio=2)
    for row in rows:
        style = "bold red" if row["risk"] >= 40 else "red" if row["risk"] >= 15 else ""
        parts = (
            "；".join(f"{name}（{points:+d}分）" if points else name for name, points in row["parts"])
            or row["reason"]
            or "未发现问题"
        )
        below = "  ".join(part for part in (row["issuers"], row["number"]) if part) or Path(row["name"]).name
        document = Text.assemble(short(row["title"], 80), ("\n" + short(below, 60), "dim"))
        table.add_row(
            str(row["id"]),
            Text(str(row["risk"]), style=style),
            row["status"],
            row["validity"],
            document,
            Text(parts),
        )
    return table


def dossier_row(number: int, dossier: Dossier) -> dict[str, Any]:
    """The row of `queue_table` for a dossier that is not in the database (dry run)."""
    masthead, assessment = dossier.document.masthead, dossier.assessment
    return {
        "id": number,
        "name": dossier.source.name,
        "risk": assessment.risk.score,
        "parts": [list(part) for part in assessment.risk.parts],
        "status": "未入库",
        "reason": "",
        "validity": assessment.validity.state,
        "title": masthead.title.value if masthead.title else "（无题名）" + dossier.source.text.split("\n", 1)[0][:24],
        "issuers": "、".join(issuer.value for issuer in masthead.issuers),
        "number": masthead.number.value if masthead.number else "",
    }


def problem_row(number: int, problem: Problem) -> dict[str, Any]:
    """The row of `queue_table` for a file that waits for text recognition (待识别)."""
    return {
        "id": number, "name": problem.name, "risk": 0, "parts": [], "status": "待识别", "reason": problem.message,
        "validity": "", "title": Path(problem.name).name, "issuers": "", "number": "",
    }  # fmt: skip


def problem_table(rows: Sequence[tuple[str, str, str]]) -> Table:
    """The problem list; each row is file, problem and remedy."""
    table = Table(
        title=f"问题清单（{len(rows)}件，其余文件不受影响）",
        title_justify="left",
        header_style="bold",
        pad_edge=False,
    )
    for name in ("文件", "问题", "处理办法"):
        table.add_column(name, overflow="fold")
    for name, message, remedy in rows:
        table.add_row(*map(Text, (name, message, remedy)))
    return table


def dossier_page(
    content: Mapping[str, Any], findings: Sequence[Mapping[str, Any]], *, softened: bool, issued: bool = True
) -> Group:
    """One document: masthead and assessment, then its findings with reasons, legal bases and advice.

    `content` is a dossier as JSON, `findings` its findings with their text; `softened` also shows those that the context
    softened (不作警示). What is not `issued` (drafts, contracts) has no validity, and no cleanup is proposed.
    """
    parts: list[Any] = [_masthead_table(content, issued=issued), Text()]
    raised = [finding for finding in findings if not finding["softened"]]
    hidden = len(findings) - len(raised)
    parts.append(
        Text(
            f"发现{len(raised)}处"
            + (f"（另有{hidden}处因语境不作警示，加--all查看）" if hidden and not softened else ""),
            style="bold",
        )
    )
    for number, finding in enumerate(findings if softened else raised, 1):
        parts.extend(_finding_lines(number, finding))
    return Group(*parts)


def _masthead_table(content: Mapping[str, Any], *, issued: bool) -> Table:
    document, labels, assessment = content["document"], content["labels"], content["assessment"]
    masthead, validity = document["masthead"], assessment["validity"]
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    rows = {
        "题名": _fact(masthead["title"]),
        "制定机关": "、".join(fact["value"] for fact in masthead["issuers"]),
        "发文字号": _fact(masthead["number"]),
        "统一登记号": _fact(masthead["registration"]),
        "成文日期": _fact(masthead["made"]),
        "印发或公布日期": _fact(masthead["published"]),
        "施行日期": _effective(document["effective"]),
        "有效性": "。".join(filter(None, (validity["state"], _why_in_force(validity["reasons"])))) if issued else "",
        "文种与层级": f"{labels['genre']}，{labels['norm_level']}，{_belongs(labels)}{_bracketed(labels['reasons'])}",
        "主送机关": _fact(masthead["recipients"]),
        "附件": "；".join(fact["value"] for fact in document["attachments"]),
        "废止": "；".join(_repealed(repeal) for repeal in _repeals(document)),
        "引用": f"{sum(1 for c in _citations(document) if c['target'] == '他件')}处",
        "任务分工": f"{len(document['tasks'])}项" if document["tasks"] else "",
        "风险分": f"{assessment['risk']['score']}（{'；'.join(f'{name}（{points:+d}分）' for name, points in assessment['risk']['parts']) or '未发现问题'}）",
        "清理建议": _cleanup(assessment["cleanup"]) if issued else "",
        "阅读提示": "；".join(note["message"] for note in (*content["source"]["notes"], *document["noise"])),
    }
    for name, value in rows.items():
        if value:
            table.add_row(name, Text(value))
    return table


def _belongs(labels: Mapping[str, Any]) -> str:
    if labels.get("in_doubt"):
        return "是否属于行政规范性文件待人工确认"
    return f"{'属于' if labels['is_normative'] else '不属于'}行政规范性文件"


def _bracketed(reasons: Sequence[str]) -> str:
    return f"（{'；'.join(reasons)}）" if reasons else ""


def _fact(fact: Mapping[str, Any] | None) -> str:
    return f"{fact['value']}（{fact['origin']}）" if fact else ""


def _why_in_force(reasons: Sequence[str]) -> str:
    """The reasons of a validity, with the option that tells a place which is not known."""
    told = "；".join(reasons)
    return f"{told}，可用--place指明地区" if told.endswith(UNKNOWN_PLACE) else told


def _effective(effective: Mapping[str, Any] | None) -> str:
    if not effective:
        return ""
    if effective["day"]:
        return str(effective["day"])
    if effective["on_publication"]:
        return "公布之日"
    counts = (effective.get("delay_months"), "个月"), (effective.get("delay_working_days"), "个工作日")
    return next((f"公布后{count}{unit}" for count, unit in counts if count), f"公布后{effective['delay_days']}日")


def _repealed(repeal: Mapping[str, Any]) -> str:
    return (f"《{repeal['title']}》" if repeal["title"] else "") + (repeal["number"] or "")


def _repeals(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [repeal for member in with_attached_texts(document) for repeal in member["repeals"]]


def _citations(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [citation for member in with_attached_texts(document) for citation in member["citations"]]


def _cleanup(cleanup: Mapping[str, Any]) -> str:
    proof = [f"{indicator['id']} {indicator['name']}" for indicator in cleanup["indicators"]]
    lines = [
        f"{OUTCOMES[cleanup['outcome']]}（{'；'.join(cleanup['reasons'])}）",
        f"把握：{cleanup['confidence']}。指标：{'、'.join(proof)}" if proof else "",
        *(f"指标之间不一致：{conflict}" for conflict in cleanup["conflicts"]),
    ]
    return "\n".join(line for line in lines if line)


def _finding_lines(number: int, finding: Mapping[str, Any]) -> list[Text]:
    severity = finding["severity"]
    lines = [
        Text.assemble(
            (f"{number}. ", "bold"),
            (f"[{severity}] ", STYLES[severity]),
            (finding["name"], "bold"),
            f"  {place_in_words(finding['path'])}",
        ),
        Text(f"   原文：{short(finding['text'], 120)}"),
    ]
    if finding["reasons"]:
        lines.append(Text(f"   理由：{'；'.join(finding['reasons'])}"))
    lines += [Text(f"   {ground}", style="dim") for ground in finding.get("grounds", ())]
    for basis in finding["bases"]:
        mark = "" if basis["confirmed"] else "（待核实）"
        lines.append(Text(f"   依据：《{basis['law']}》{basis['article']}：{basis['says']}{mark}", style="dim"))
    lines += [Text(f"   类似案例：{case}", style="dim") for case in finding.get("cases", ())[:1]]
    if finding["advice"]:
        lines.append(Text(f"   建议：{finding['advice']}"))
    return lines


def scores_table(fields: Mapping[str, Any], sets: Mapping[str, Any]) -> Table:
    """Scores on the annotated documents: fields as exact, wrong and abstained; lists as tp, fp, fn and F1."""
    table = Table(title="文件标注", title_justify="left", header_style="bold", pad_edge=False)
    for name in ("字段", "正确", "错误", "未答", "总数", "比例"):
        table.add_column(name, justify="left" if name == "字段" else "right", overflow="fold")
    for name, score in fields.items():
        table.add_row(
            name,
            str(score.exact),
            str(score.wrong),
            str(score.abstained),
            str(score.total),
            f"{score.exact / max(score.total, 1):.3f}",
        )
    table.add_section()
    for name, score in sets.items():
        table.add_row(name, f"tp {score.tp}", f"fp {score.fp}", f"fn {score.fn}", "", f"F1 {score.f1:.3f}")
    return table


def shares_table(
    title: str, answers: Sequence["Graded"], by: Sequence[str] = ("kind", "confidence", "deciding")
) -> Table:
    """Graded proposals: right and all by kind, by confidence and by deciding indicator."""
    from pipeline.evaluation.calibration import shares

    right = sum(answer.is_right for answer in answers)
    table = Table(title=title, title_justify="left", header_style="bold", pad_edge=False)
    for name in ("项目", "正确", "总数", "比例"):
        table.add_column(name, justify="left" if name == "项目" else "right", overflow="fold")
    prefixes = {"confidence": "把握", "deciding": "指标"}
    for attribute in by:
        for name, good, total in shares(answers, attribute):
            table.add_row(f"{prefixes.get(attribute, '')}{name}", str(good), str(total), f"{good / total:.3f}")
        table.add_section()
    table.add_row("合计", str(right), str(len(answers)), f"{right / max(len(answers), 1):.3f}")
    return table


def clause_table(name: str, score: Any) -> Table:
    """Scores on one file of annotated clauses, per type, with counts and 95 % intervals."""
    table = Table(
        title=f"{name}（{score.n}句，比例后为95%区间）", title_justify="left", header_style="bold", pad_edge=False
    )
    for column in ("项目", "tp", "fp", "fn", "精确率", "召回率", "F1"):
        table.add_column(column, justify="left" if column == "项目" else "right", overflow="fold")
    rows = {
        "应警示": score.flag,
        "应警示（不含存疑）": score.flag_sure,
        **dict(sorted(score.by_type.items())),
    }
    for label, part in rows.items():
        precision, recall = share(part.tp, part.tp + part.fp), share(part.tp, part.tp + part.fn)
        table.add_row(label, str(part.tp), str(part.fp), str(part.fn), precision, recall, f"{part.f1:.2f}")
    table.caption = (
        f"豁免与引述未误报 {share(score.kept_quiet, score.exempt_total)}（{score.kept_quiet}/{score.exempt_total}）；"
        f"警示时类型正确 {score.type_right}/{score.type_total}；5例以上各类型F1的平均 {score.macro_f1:.3f}"
    )
    return table


def reader_table(scores: Sequence[Mapping[str, Any]]) -> Table:
    """Second readers beside the judge on the same sentences, as `ReaderScore.as_json` gives them."""
    table = Table(title="大模型意见与审查模型，同样的句子", title_justify="left", header_style="bold", pad_edge=False)
    for column in ("标注", "谁", "句数", "tp", "fp", "fn", "精确率", "召回率", "F1", "词元（读＋写）"):
        table.add_column(column, justify="left" if column in ("标注", "谁") else "right", overflow="fold")
    for score in scores:
        tokens = f"{score['tokens']['in']}＋{score['tokens']['out']}"
        for who, part, cost in (
            (f"大模型（{score['model']}）", score["reader"], tokens),
            ("审查模型", score["judge"], "0"),
        ):
            shown = ["" if part[key] is None else f"{part[key]:.2f}" for key in ("precision", "recall", "f1")]
            counts = [str(part[key]) for key in ("tp", "fp", "fn")]
            table.add_row(score["file"], who, f"{score['answered']}/{score['sentences']}", *counts, *shown, cost)
    return table


def audit_table(records: Sequence[Any]) -> Table:
    """The table of `rules audit`: the record of every rule, those wrong most often first."""
    table = _table("真实句子和官方案例上的记录", "", "命中", "对", "错", "自写的对", "自写的错", "比模型多出", "字数")
    for r in sorted(records, key=lambda r: (r.right / max(r.right + r.wrong, 1), -r.wrong)):
        adds = "—" if r.adds is None else str(r.adds)
        cells = (r.right + r.wrong, r.right, r.wrong, r.own_right, r.own_wrong)
        table.add_row(r.id, *map(str, cells), adds, str(r.length))
    right, wrong = sum(r.right for r in records), sum(r.wrong for r in records)
    table.caption = f"规则{len(records)}条，命中{right + wrong}次，对{right}次（{share(right, right + wrong)}）"
    return table


def fold_tables(folds: Any) -> Iterable[Table]:
    """The tables of `evaluate --folds`: each set with the figures of every reader, then the official cases."""
    for name, (number, figures) in folds.sets.items():
        table = _table(
            f"{name}（{number}句，应警示{figures[0].flags}）",
            "",
            "警示",
            "精确率",
            "召回率",
            "F1",
            "F1的95%区间",
            "AP",
            "类组正确",
        )
        for f in figures:
            low, high = f.interval
            types = f"{f.types_right}/{f.right}" if f.types_right else "—"
            table.add_row(
                f.reader,
                str(f.raised),
                f"{f.precision:.3f}",
                f"{f.recall:.3f}",
                f"{f.f1:.3f}",
                f"{low:.2f}–{high:.2f}",
                f"{f.average:.3f}",
                types,
            )
        yield table
    table = _table("gold/cases：官方认定的条款", "", "违法的被警示", "合法的被警示")
    for name, (raised, unlawful, wrong, lawful) in folds.cases.items():
        table.add_row(
            name,
            f"{raised}/{unlawful} = {raised / max(unlawful, 1):.2f}",
            f"{wrong}/{lawful} = {wrong / max(lawful, 1):.2f}",
        )
    yield table


def noise_table(noises: Mapping[str, Any]) -> Table:
    """The table of `evaluate --noise`: for each noise how many documents it changes, and the share of each fact right."""
    facts = next(iter(noises.values())).right
    table = _table("版面弄坏以后还正确的比例（原文在先）", "", "件数", *facts)
    for name, score in noises.items():
        table.add_row(name, str(score.total), *(f"{score.share(fact):.3f}" for fact in facts))
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column else "left", no_wrap=True)
    return table


def share(part: int, whole: int) -> str:
    """A proportion with its 95 % Wilson score interval, such as 0.930 0.85–0.97; — if `whole` is 0."""
    if not whole:
        return "—"
    z, p = 1.96, part / whole
    centre = (p + z * z / (2 * whole)) / (1 + z * z / whole)
    margin = z * ((p * (1 - p) + z * z / (4 * whole)) / whole) ** 0.5 / (1 + z * z / whole)
    return f"{p:.3f} {max(centre - margin, 0):.2f}–{min(centre + margin, 1):.2f}"


def ablation_table(name: str, rows: Iterable[tuple[str, Any]]) -> Table:
    """Scores without the rules, the model or each context rule; `rows` are pairs of setting and score."""
    table = Table(title=f"{name}：各部分的作用（不含存疑）", title_justify="left", header_style="bold", pad_edge=False)
    for column in ("设置", "tp", "fp", "fn", "精确率", "召回率", "F1", "豁免未误报"):
        table.add_column(column, justify="left" if column == "设置" else "right", overflow="fold")
    for label, score in rows:
        sure = score.flag_sure
        precision, recall = sure.tp / max(sure.tp + sure.fp, 1), sure.tp / max(sure.tp + sure.fn, 1)
        counts = (str(sure.tp), str(sure.fp), str(sure.fn))
        quiet = f"{score.kept_quiet}/{score.exempt_total}"
        table.add_row(label, *counts, f"{precision:.3f}", f"{recall:.3f}", f"{sure.f1:.3f}", quiet)
    return table


def message_console() -> Console:
    """The console for messages on stderr; stdout is for results only."""
    return Console(stderr=True, highlight=False)
