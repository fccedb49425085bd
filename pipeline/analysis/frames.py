"""The review queue as Parquet tables, for pandas, DuckDB and other tools; every column is documented in its metadata.

`qinggui frames OUT/` writes one folder per table, in blocks of items. Writing to the same folder again rewrites only the
blocks that changed. In a notebook::

    from pipeline.analysis import frames
    tables = frames.load("OUT")
    tables.documents.groupby("issuer").burden.mean()

and in one line with DuckDB: ``duckdb.sql("select type, count(*) from 'OUT/findings/*.parquet' group by 1")``.

The burden index is the number of certain words per thousand characters without blanks: words of obligation (应当 必须 须
务必), prohibition (不得 禁止 严禁 不准), approval (批准 审批 核准 许可 备案), sanction (罚款 没收 吊销 暂扣 停业) and required documents
(证明 材料 申请表 登记证). All words have the same weight. Duties of authorities count like duties of citizens, and quoted
laws like the document's own text, so that only documents of the same kind are comparable.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from pipeline.errors import UsageError
from pipeline.parse.figures import figures_of, is_report, topic_of, year_of
from pipeline.review.queue.dossiers import with_attached_texts

# items per block
BLOCK = 500
# to be raised when the content of a column changes while its name and type stay
_CONTENT_VERSION = "2"
MANIFEST = "manifest.json"
_TEXT, _DAY, _INT, _FLAG, _NUMBER = pa.string(), pa.date32(), pa.int32(), pa.bool_(), pa.float64()
Column = tuple[str, pa.DataType, str]
BURDEN = {
    "duties": re.compile("应当|必须|务必|[^必]须(?!知)"),
    "bans": re.compile("不得|禁止|严禁|不准"),
    "consents": re.compile("批准|审批|核准|许可|备案"),
    "penalties": re.compile("罚款|没收|吊销|暂扣|停业"),
    "papers": re.compile("证明|材料|申请表|登记证"),
}
_KEY: Column = ("item", pa.int64(), "编号，与审查队列相同；各表以此相连")
_OFFSETS: tuple[Column, ...] = (("start", _INT, "在正文中的起点，按字计"), ("end", _INT, "终点，不含"))
# table → its columns: name, type, meaning
TABLES: Mapping[str, tuple[Column, ...]] = {
    "documents": (
        _KEY, ("name", _TEXT, "文件名"), ("digest", _TEXT, "原件的SHA-256"), ("format", _TEXT, "文件格式"), ("title", _TEXT, "题名，更正后的"),
        ("number", _TEXT, "发文字号"), ("issuer", _TEXT, "第一制定机关"), ("issuers", _TEXT, "全部制定机关，以、相隔"), ("place", _TEXT, "地区"),
        ("genre", _TEXT, "文种"), ("norm_level", _TEXT, "效力层级"), ("is_normative", _FLAG, "是否行政规范性文件"), ("made", _DAY, "成文日期"),
        ("published", _DAY, "公布日期"), ("effective", _DAY, "施行日期"), ("expires", _DAY, "最后有效日"), ("validity", _TEXT, "有效性"),
        ("cleanup", _TEXT, "机器的清理意见：keep amend repeal lapse not_applicable"), ("risk", _INT, "风险分，0至100"), ("alarms", _INT, "警示数"),
        ("kind", _TEXT, "案件类别"), ("status", _TEXT, "办理状态"), ("conclusion", _TEXT, "人的审查结论"), ("received", _DAY, "收到之日"),
        ("due", _DAY, "办理期限"), ("as_of", _DAY, "按哪一天的法律审查"), ("engine", _TEXT, "程序、规则和模型的版本"), ("characters", _INT, "正文字数，不含空白"),
        *((name, _INT, f"负担指数的一项：{pattern.pattern}出现的次数") for name, pattern in BURDEN.items()),
        ("burden", _NUMBER, "负担指数：以上五项之和，每千字"),
    ),
    "clauses": (
        _KEY, ("order", _INT, "在文件中的次序，从0起"), ("kind", _TEXT, "编章节条款项目、一、（一）等"), ("label", _TEXT, "编号原文"),
        ("path", _TEXT, "引用时的写法：第三条第二款"), ("parent", _INT, "上一级的次序，没有则空"), *_OFFSETS, ("text", _TEXT, "原文"),
    ),
    "findings": (
        _KEY, ("key", _TEXT, "发现的标识，重新分析后不变"), ("type", _TEXT, "类型"), ("name", _TEXT, "类型名称"), ("severity", _TEXT, "严重程度"),
        ("softened", _FLAG, "因语境不作警示"), ("path", _TEXT, "条款"), ("rule", _TEXT, "命中的规则"), *_OFFSETS, ("text", _TEXT, "命中的原文"),
        ("sure", _NUMBER, "从图像识别的把握，0至1；原来就是文字则空"),
        ("verdict", _TEXT, "人的决定，没有则空"), ("reviewer", _TEXT, "作出决定的人"),
    ),
    "citations": (
        _KEY, ("title", _TEXT, "所引文件"), ("number", _TEXT, "所引文号"), ("article", _TEXT, "所引条款"), ("role", _TEXT, "引用的作用"),
        ("target", _TEXT, "所引文件的种类"), *_OFFSETS,
    ),
    "relations": (
        _KEY, ("kind", _TEXT, "废止或者修改、延期等"), ("title", _TEXT, "对哪件文件"), ("number", _TEXT, "其文号"), ("day", _DAY, "何时起或者至何时"), *_OFFSETS,
    ),
    "validity": (
        _KEY, ("state", _TEXT, "有效、已届满、尚未施行、未知"), ("began", _DAY, "施行之日"), ("expires", _DAY, "最后有效日，含"),
        ("left", _INT, "审查之日到最后有效日的天数，届满为负"),
        ("rule", _TEXT, "凭什么定的：stated文件载明 provisional暂行试行 notice通告 place当地默认 start未到施行日 none无"), ("reasons", _TEXT, "理由"), *_OFFSETS,
        ("text", _TEXT, "载明有效期的原文，没有则空"), ("as_of", _DAY, "按哪一天判断"),
    ),
    "tasks": (_KEY, ("units", _TEXT, "责任单位，以、相隔"), ("deadline", _TEXT, "时限"), *_OFFSETS, ("text", _TEXT, "任务")),
    "indicators": (
        _KEY, ("id", _TEXT, "清理指标"), ("name", _TEXT, "名称"), ("outcome", _TEXT, "单独成立时的意见"), ("strength", _TEXT, "证明力"),
        ("confirmed", _FLAG, "依据已核实"), ("reasons", _TEXT, "理由"),
    ),
    "figures": (
        _KEY, ("year", _INT, "报告所述年度"), ("name", _TEXT, "事项，原文的说法"), ("topic", _TEXT, "可以相互比较的名称，没有则空"), ("value", _NUMBER, "数值，万、亿已换算"),
        ("unit", _TEXT, "单位"), ("change", _TEXT, "比上年：+12.5%、-6件等，没有则空"), ("about", _FLAG, "是否约数（余、多、近）"), *_OFFSETS,
    ),
    "decisions": (
        _KEY, ("finding", _TEXT, "发现的标识"), ("verdict", _TEXT, "成立、不成立、需修改、转办"), ("comment", _TEXT, "意见"), ("reviewer", _TEXT, "审查人"),
        ("final", _FLAG, "主审的裁定"), ("counts", _FLAG, "是否有效（成批撤销的无效）"), ("made", pa.timestamp("s", "UTC"), "时间"),
    ),
}  # fmt: skip


def schema_of(table: str) -> pa.Schema:
    """The Arrow schema of a table; the metadata key `says` of each column holds its meaning. Raises `KeyError`."""
    return pa.schema([pa.field(name, kind, metadata={"says": meaning}) for name, kind, meaning in TABLES[table]])


@dataclass(frozen=True, slots=True)
class Written:
    """The result of `write`: number of items, of blocks, and of blocks that were written or rewritten (`fresh`)."""

    items: int
    blocks: int
    fresh: int


def write(out: Path) -> Written:
    """Writes the tables of the queue to a folder; unchanged blocks are not rewritten.

    The queue must be open (`pipeline.review.connection.connect`). Raises `UsageError` if the folder holds other files.
    """
    from pipeline.review.models import Item

    written = _manifest(out)
    keys = list(Item.objects.exclude(current=None).order_by("pk").values_list("pk", flat=True))
    blocks: dict[str, str] = {}
    fresh = 0
    for first in range(0, len(keys), BLOCK):
        block = keys[first : first + BLOCK]
        name = f"{block[0]:09d}"
        blocks[name] = _signature(block)
        if written.get(name) != blocks[name]:
            _write_block(out, name, block)
            fresh += 1
    for name in set(written) - set(blocks):
        for table in TABLES:
            (out / table / f"{name}.parquet").unlink(missing_ok=True)
    _save(out / MANIFEST, json.dumps({"tables": list(TABLES), "blocks": blocks}, ensure_ascii=False).encode())
    return Written(len(keys), len(blocks), fresh)


def _manifest(out: Path) -> dict[str, str]:
    """The signatures of the blocks in a folder by name; empty if it is new or if the set of tables changed.

    Raises `UsageError` for a non-empty folder without manifest.
    """
    file = out / MANIFEST
    if not file.exists():
        if out.exists() and any(out.iterdir()):
            raise UsageError(f"{out}里有别的文件", remedy="请指定空的文件夹，或者以前写出数据表的文件夹")
        return {}
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
        blocks: dict[str, str] = manifest["blocks"] if manifest["tables"] == list(TABLES) else {}
    except (ValueError, KeyError, TypeError):
        return {}  # a torn manifest: every block is written anew
    return blocks


def _signature(keys: list[int]) -> str:
    """The SHA-256 of everything that the rows of these items depend on, including names and types of all columns."""
    from django.db.models import Max

    from pipeline.review.models import Item

    rows = Item.objects.filter(pk__in=keys).order_by("pk")
    states = rows.values_list("pk", "updated", "current_id", "current__engine", "current__as_of").annotate(
        Max("decisions"),
        Max("conclusions"),
        Max("decisions__batch__undone"),
        Max("decisions__withdrawn"),
        Max("decisions__set_aside"),
    )
    columns: list[list[str]] = [[_CONTENT_VERSION]]
    columns += [[name, str(kind)] for table in TABLES.values() for name, kind, _ in table]
    return hashlib.sha256(json.dumps([columns, list(states)], default=str).encode()).hexdigest()


def _write_block(out: Path, name: str, keys: list[int]) -> None:
    from pipeline.review.models import Item

    rows: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES}
    items = Item.objects.filter(pk__in=keys).select_related("current").order_by("pk")
    for item in items.prefetch_related("decisions__batch", "conclusions"):
        for table, found in rows_of(item).items():
            rows[table] += found
    for table, found in rows.items():
        file = out / table / f"{name}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        sink = pa.BufferOutputStream()
        pq.write_table(pa.Table.from_pylist(found, schema=schema_of(table)), sink, compression="zstd")
        _save(file, sink.getvalue().to_pybytes())


def _save(file: Path, data: bytes) -> None:
    """Writes a file atomically: to a temporary file in the same folder, which then replaces it."""
    temporary = file.with_name(f"{file.name}.tmp")
    temporary.parent.mkdir(parents=True, exist_ok=True)
    temporary.write_bytes(data)
    temporary.replace(file)


def rows_of(item: Any) -> dict[str, list[dict[str, Any]]]:
    """The rows of one item by table; its current version must be set."""
    version = item.current
    dossier, text = version.dossier, version.text
    documents, assessment = list(with_attached_texts(dossier["document"])), dossier["assessment"]  # with attached texts
    parts: dict[str, Iterable[Mapping[str, Any]]] = {
        "documents": [_document(item)],
        "clauses": _clauses(documents, text),
        "findings": _findings(item),
        "citations": (_with_offsets(citation) for document in documents for citation in document["citations"]),
        "relations": _relations(documents),
        "validity": [_validity(item)],
        "tasks": (
            {**_with_offsets(task), "units": "、".join(task["units"]), "text": _cut(task["span"], text)}
            for document in documents for task in document["tasks"]
        ),
        "indicators": ({**each, "reasons": "；".join(each["reasons"])} for each in assessment["cleanup"]["indicators"]),
        "figures": _figures(item.title, text),
        "decisions": (_decision(decision) for decision in item.decisions.all()),
    }  # fmt: skip
    wanted = {table: [name for name, _, _ in columns if name != "item"] for table, columns in TABLES.items()}
    return {
        table: [{"item": item.pk, **{name: row.get(name) for name in wanted[table]}} for row in rows]
        for table, rows in parts.items()
    }


def _with_offsets(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of a dossier with its span as `start` and `end`, in code points of the text."""
    span = entry["span"]
    return {**entry, "start": span["start"], "end": span["end"]}


def _cut(span: Mapping[str, int], text: str) -> str:
    return text[span["start"] : span["end"]]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _document(item: Any) -> dict[str, Any]:
    version = item.current
    made, published, began = _days(version.dossier["document"])
    corrected = {correction.field: correction.value for correction in item.corrections.order_by("id")}
    conclusions = sorted(item.conclusions.all(), key=lambda conclusion: conclusion.pk)
    return {
        **{name: getattr(item, name) for name in ("name", "title", "number", "issuer", "issuers", "place", "genre", "norm_level")},
        **{name: getattr(item, name) for name in ("is_normative", "expires", "validity", "risk", "alarms", "kind", "status", "due")},
        "digest": version.original_id, "format": version.dossier["source"]["format"], "made": _day(corrected.get("made")) or made,
        "published": published, "effective": began, "cleanup": version.dossier["assessment"]["cleanup"]["outcome"],
        "conclusion": conclusions[-1].outcome if conclusions else None, "received": item.created.date(), "as_of": version.as_of,
        "engine": version.engine, **burden(version.text),
    }  # fmt: skip


def _days(document: Mapping[str, Any]) -> tuple[date | None, date | None, date | None]:
    """The days on which a document was made, published and took effect; None where unknown."""
    masthead, effective = document["masthead"], document["effective"]
    made, published = (_day(masthead[name]["value"]) if masthead[name] else None for name in ("made", "published"))
    if not effective:
        return made, published, None
    return made, published, _day(effective["day"]) or (published or made if effective["on_publication"] else None)


def _validity(item: Any) -> dict[str, Any]:
    version = item.current
    validity = version.dossier["assessment"]["validity"]
    span, expires = validity["span"], _day(validity["expires"])
    return {
        "state": validity["state"], "rule": validity["rule"], "reasons": "；".join(validity["reasons"]), "expires": expires, "as_of": version.as_of,
        "began": _days(version.dossier["document"])[2], "left": (expires - version.as_of).days if expires else None,
        **({"start": span["start"], "end": span["end"], "text": _cut(span, version.text)} if span else {}),
    }  # fmt: skip


def burden(text: str) -> dict[str, float]:
    """The burden index of a text (see the module) and its parts.

    Keys: those of BURDEN (numbers of words), `characters` (without blanks), `burden` (words per thousand characters).
    """
    size = len(re.sub(r"\s", "", text))
    counts = {name: len(pattern.findall(text)) for name, pattern in BURDEN.items()}
    return {**counts, "characters": size, "burden": round(1000 * sum(counts.values()) / size, 3) if size else 0.0}


def _clauses(documents: Sequence[Mapping[str, Any]], text: str) -> Iterator[dict[str, Any]]:
    order = 0
    for document in documents:
        first = order
        for order, clause in enumerate(document["clauses"], first):
            parent = None if clause["parent"] is None else first + clause["parent"]
            yield {**_with_offsets(clause), "order": order, "parent": parent, "text": _cut(clause["span"], text)}
        order = first + len(document["clauses"])


def _findings(item: Any) -> Iterator[dict[str, Any]]:
    from pipeline.review.decisions.agreement import effective_verdicts

    decisions = effective_verdicts(decision for decision in item.decisions.all() if _is_effective(decision))
    for finding in item.current.findings.order_by("start", "id"):
        decision = decisions.get(finding.key)
        yield {
            **finding.content, "key": finding.key, "type": finding.type, "severity": finding.severity, "softened": finding.softened,
            "start": finding.start, "end": finding.end, "verdict": decision.verdict if decision else None,
            "reviewer": decision.reviewer if decision else None,
        }  # fmt: skip


def _is_effective(decision: Any) -> bool:
    """Whether a decision counts: those that were withdrawn, set aside or of a batch that was undone do not."""
    undone = decision.batch is not None and decision.batch.undone is not None
    return decision.withdrawn is None and decision.set_aside is None and not undone


def _figures(title: str, text: str) -> Iterator[dict[str, Any]]:
    """The figures of an annual report; none for other documents."""
    if not is_report(title):
        return
    year = year_of(title, text)
    for figure in figures_of(text):
        yield {
            "year": year, "name": figure.item, "topic": topic_of(figure.item), "value": figure.value, "unit": figure.unit,
            "change": figure.change, "about": figure.about, "start": figure.span.start, "end": figure.span.end,
        }  # fmt: skip


def _relations(documents: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for repeal in (repeal for document in documents for repeal in document["repeals"]):
        yield {**_with_offsets(repeal), "kind": "废止", "day": _day(repeal["day"])}
    for amendment in (amendment for document in documents for amendment in document["amendments"]):
        yield {**_with_offsets(amendment), "kind": amendment["kind"], "day": _day(amendment["until"])}


def _decision(decision: Any) -> dict[str, Any]:
    columns = {name: getattr(decision, name) for name in ("verdict", "comment", "reviewer", "final", "made")}
    return {**columns, "finding": decision.finding_key, "counts": _is_effective(decision)}


class Frames:
    """The tables of a folder as attributes, such as `tables.documents`: each access reads a new pandas DataFrame.

    Raises `AttributeError` for a name that is not in TABLES.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def table(self, name: str) -> pa.Table:
        """A table as an Arrow table. Raises `UsageError` for a name that is not in TABLES."""
        if name not in TABLES:
            raise UsageError(f"没有数据表“{name}”", remedy=f"数据表有：{'、'.join(TABLES)}")
        return ds.dataset(self._folder / name, schema=schema_of(name), format="parquet").to_table()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in TABLES:
            raise AttributeError(name)
        return self.table(name).to_pandas()


def load(folder: Path | str) -> Frames:
    """The tables that `qinggui frames` wrote to a folder. Raises `UsageError` if the folder holds none."""
    path = Path(folder)
    if not (path / MANIFEST).exists():
        raise UsageError(f"{path}里没有数据表", remedy=f"请先运行 qinggui frames {path}")
    return Frames(path)


def explained() -> Iterator[tuple[str, str, str, str]]:
    """Table, column, type and meaning (Chinese) of every column."""
    for table, columns in TABLES.items():
        for name, kind, meaning in columns:
            yield table, name, str(kind), meaning
