"""The queue as tables for analysts: Parquet files that pandas, DuckDB or anything else reads, with every column explained.

`qinggui frames OUT/` writes one folder a table, in blocks of items; written again, only blocks that changed are written
anew. In a notebook::

    from pipeline.analysis import frames
    held = frames.load("OUT")
    held.documents.groupby("issuer").burden.mean()

and in one line with DuckDB: ``duckdb.sql("select type, count(*) from 'OUT/findings/*.parquet' group by 1")``.

The burden index counts words, it does not weigh them: words that oblige (应当 必须 须 务必), forbid (不得 禁止 严禁 不准),
demand consent (批准 审批 核准 许可 备案), punish (罚款 没收 吊销 暂扣 停业) or demand papers (证明 材料 申请表 登记证), per thousand
characters. A duty of an office counts like one of a citizen, and a quoted law like the document's own words: compare
like with like.
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
from pipeline.review.queue.dossiers import family_of

BLOCK = 500
# changes when the same columns are filled otherwise
_WRITING = "2"
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
_PLACE: tuple[Column, ...] = (("start", _INT, "在正文中的起点，按字计"), ("end", _INT, "终点，不含"))
# table → its columns: name, type, what it says
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
        ("path", _TEXT, "引用时的写法：第三条第二款"), ("parent", _INT, "上一级的次序，没有则空"), *_PLACE, ("text", _TEXT, "原文"),
    ),
    "findings": (
        _KEY, ("key", _TEXT, "发现的标识，重新分析后不变"), ("type", _TEXT, "类型"), ("name", _TEXT, "类型名称"), ("severity", _TEXT, "严重程度"),
        ("softened", _FLAG, "因语境不作警示"), ("path", _TEXT, "条款"), ("rule", _TEXT, "命中的规则"), *_PLACE, ("text", _TEXT, "命中的原文"),
        ("sure", _NUMBER, "从图像识别的把握，0至1；原来就是文字则空"),
        ("verdict", _TEXT, "人的决定，没有则空"), ("reviewer", _TEXT, "作出决定的人"),
    ),
    "citations": (
        _KEY, ("title", _TEXT, "所引文件"), ("number", _TEXT, "所引文号"), ("article", _TEXT, "所引条款"), ("role", _TEXT, "引用的作用"),
        ("target", _TEXT, "所引文件的种类"), *_PLACE,
    ),
    "relations": (
        _KEY, ("kind", _TEXT, "废止或者修改、延期等"), ("title", _TEXT, "对哪件文件"), ("number", _TEXT, "其文号"), ("day", _DAY, "何时起或者至何时"), *_PLACE,
    ),
    "validity": (
        _KEY, ("state", _TEXT, "有效、已届满、尚未施行、未知"), ("began", _DAY, "施行之日"), ("expires", _DAY, "最后有效日，含"),
        ("left", _INT, "审查之日到最后有效日的天数，届满为负"),
        ("rule", _TEXT, "凭什么定的：stated文件载明 provisional暂行试行 notice通告 place当地默认 start未到施行日 none无"), ("reasons", _TEXT, "理由"), *_PLACE,
        ("text", _TEXT, "载明有效期的原文，没有则空"), ("as_of", _DAY, "按哪一天判断"),
    ),
    "tasks": (_KEY, ("units", _TEXT, "责任单位，以、相隔"), ("deadline", _TEXT, "时限"), *_PLACE, ("text", _TEXT, "任务")),
    "indicators": (
        _KEY, ("id", _TEXT, "清理指标"), ("name", _TEXT, "名称"), ("outcome", _TEXT, "单独成立时的意见"), ("strength", _TEXT, "证明力"),
        ("confirmed", _FLAG, "依据已核实"), ("reasons", _TEXT, "理由"),
    ),
    "figures": (
        _KEY, ("year", _INT, "报告所述年度"), ("name", _TEXT, "事项，原文的说法"), ("topic", _TEXT, "可以相互比较的名称，没有则空"), ("value", _NUMBER, "数值，万、亿已换算"),
        ("unit", _TEXT, "单位"), ("change", _TEXT, "比上年：+12.5%、-6件等，没有则空"), ("about", _FLAG, "是否约数（余、多、近）"), *_PLACE,
    ),
    "decisions": (
        _KEY, ("finding", _TEXT, "发现的标识"), ("verdict", _TEXT, "成立、不成立、需修改、转办"), ("comment", _TEXT, "意见"), ("reviewer", _TEXT, "审查人"),
        ("final", _FLAG, "主审的裁定"), ("counts", _FLAG, "是否有效（成批撤销的无效）"), ("made", pa.timestamp("s", "UTC"), "时间"),
    ),
}  # fmt: skip


def schema_of(table: str) -> pa.Schema:
    """The Arrow schema of a table, each column with its explanation as metadata."""
    return pa.schema([pa.field(name, kind, metadata={"says": says}) for name, kind, says in TABLES[table]])


@dataclass(frozen=True, slots=True)
class Written:
    """What writing did: items held, blocks in all and blocks written anew."""

    items: int
    blocks: int
    fresh: int


def write(out: Path) -> Written:
    """Writes the tables of the queue, which must be open, to a folder; unchanged blocks stay. Raises `UsageError`."""
    from pipeline.review.models import Item

    known = _manifest(out)
    keys = list(Item.objects.exclude(current=None).order_by("pk").values_list("pk", flat=True))
    blocks: dict[str, str] = {}
    fresh = 0
    for first in range(0, len(keys), BLOCK):
        some = keys[first : first + BLOCK]
        name = f"{some[0]:09d}"
        blocks[name] = _signature(some)
        if known.get(name) != blocks[name]:
            _write_block(out, name, some)
            fresh += 1
    for name in set(known) - set(blocks):
        for table in TABLES:
            (out / table / f"{name}.parquet").unlink(missing_ok=True)
    _save(out / MANIFEST, json.dumps({"tables": list(TABLES), "blocks": blocks}, ensure_ascii=False).encode())
    return Written(len(keys), len(blocks), fresh)


def _manifest(out: Path) -> dict[str, str]:
    """The blocks that a folder holds, none where it is new or of other columns. Raises `UsageError` for a strange folder."""
    file = out / MANIFEST
    if not file.exists():
        if out.exists() and any(out.iterdir()):
            raise UsageError(f"{out}里有别的文件", remedy="请指定空的文件夹，或者以前写出数据表的文件夹")
        return {}
    told = json.loads(file.read_text(encoding="utf-8"))
    blocks: dict[str, str] = told["blocks"]
    return blocks if told["tables"] == list(TABLES) else {}


def _signature(keys: list[int]) -> str:
    """What changes when anything that the tables say of some items changes; the columns themselves too."""
    from django.db.models import Max

    from pipeline.review.models import Item

    rows = Item.objects.filter(pk__in=keys).order_by("pk")
    told = rows.values_list("pk", "updated", "current_id", "current__engine", "current__as_of").annotate(
        Max("decisions"), Max("conclusions"), Max("decisions__batch__undone")
    )
    columns: list[list[str]] = [[_WRITING]]
    columns += [[name, str(kind)] for table in TABLES.values() for name, kind, _ in table]
    return hashlib.sha256(json.dumps([columns, list(told)], default=str).encode()).hexdigest()


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
    """A file written whole or not at all."""
    waiting = file.with_name(f"{file.name}.tmp")
    waiting.parent.mkdir(parents=True, exist_ok=True)
    waiting.write_bytes(data)
    waiting.replace(file)


def rows_of(item: Any) -> dict[str, list[dict[str, Any]]]:
    """The rows of all tables that one item gives."""
    version = item.current
    dossier, text = version.dossier, version.text
    family, assessment = list(family_of(dossier["document"])), dossier["assessment"]
    parts: dict[str, Iterable[Mapping[str, Any]]] = {
        "documents": [_document(item)],
        "clauses": _clauses(family, text),
        "findings": _findings(item),
        "citations": (_placed(told) for member in family for told in member["citations"]),
        "relations": _relations(family),
        "validity": [_validity(item)],
        "tasks": ({**_placed(told), "units": "、".join(told["units"]), "text": _cut(told["span"], text)} for member in family for told in member["tasks"]),
        "indicators": ({**told, "reasons": "；".join(told["reasons"])} for told in assessment["cleanup"]["indicators"]),
        "figures": _figures(item.title, text),
        "decisions": (_decision(made) for made in item.decisions.all()),
    }  # fmt: skip
    wanted = {table: [name for name, _, _ in columns if name != "item"] for table, columns in TABLES.items()}
    return {
        table: [{"item": item.pk, **{name: row.get(name) for name in wanted[table]}} for row in rows]
        for table, rows in parts.items()
    }


def _placed(told: Mapping[str, Any]) -> dict[str, Any]:
    span = told["span"]
    return {**told, "start": span["start"], "end": span["end"]}


def _cut(span: Mapping[str, int], text: str) -> str:
    return text[span["start"] : span["end"]]


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None


def _document(item: Any) -> dict[str, Any]:
    version = item.current
    made, published, began = _days(version.dossier["document"])
    corrected = {done.field: done.value for done in item.corrections.order_by("id")}
    conclusions = sorted(item.conclusions.all(), key=lambda told: told.pk)
    return {
        **{name: getattr(item, name) for name in ("name", "title", "number", "issuer", "issuers", "place", "genre", "norm_level")},
        **{name: getattr(item, name) for name in ("is_normative", "expires", "validity", "risk", "alarms", "kind", "status", "due")},
        "digest": version.original_id, "format": version.dossier["source"]["format"], "made": _day(corrected.get("made")) or made,
        "published": published, "effective": began, "cleanup": version.dossier["assessment"]["cleanup"]["outcome"],
        "conclusion": conclusions[-1].outcome if conclusions else None, "received": item.created.date(), "as_of": version.as_of,
        "engine": version.engine, **burden(version.text),
    }  # fmt: skip


def _days(document: Mapping[str, Any]) -> tuple[date | None, date | None, date | None]:
    """When a document was made, published and began to apply."""
    masthead, effective = document["masthead"], document["effective"]
    made, published = (_day(masthead[name]["value"]) if masthead[name] else None for name in ("made", "published"))
    if not effective:
        return made, published, None
    return made, published, _day(effective["day"]) or (published or made if effective["on_publication"] else None)


def _validity(item: Any) -> dict[str, Any]:
    version = item.current
    told = version.dossier["assessment"]["validity"]
    span, expires = told["span"], _day(told["expires"])
    return {
        "state": told["state"], "rule": told["rule"], "reasons": "；".join(told["reasons"]), "expires": expires, "as_of": version.as_of,
        "began": _days(version.dossier["document"])[2], "left": (expires - version.as_of).days if expires else None,
        **({"start": span["start"], "end": span["end"], "text": _cut(span, version.text)} if span else {}),
    }  # fmt: skip


def burden(text: str) -> dict[str, float]:
    """The burden index of a text and what it consists of; `characters` without blanks, `burden` per thousand of them."""
    size = len(re.sub(r"\s", "", text))
    counts = {name: len(pattern.findall(text)) for name, pattern in BURDEN.items()}
    return {**counts, "characters": size, "burden": round(1000 * sum(counts.values()) / size, 3) if size else 0.0}


def _clauses(family: Sequence[Mapping[str, Any]], text: str) -> Iterator[dict[str, Any]]:
    order = 0
    for member in family:
        first = order
        for order, told in enumerate(member["clauses"], first):
            parent = told["parent"]
            above = None if parent is None else first + parent
            yield {**_placed(told), "order": order, "parent": above, "text": _cut(told["span"], text)}
        order = first + len(member["clauses"])


def _findings(item: Any) -> Iterator[dict[str, Any]]:
    from pipeline.review.decisions.agreement import last_words

    said = last_words(made for made in item.decisions.all() if _counts(made))
    for finding in item.current.findings.order_by("start", "id"):
        made = said.get(finding.key)
        yield {
            **finding.content, "key": finding.key, "type": finding.type, "severity": finding.severity, "softened": finding.softened,
            "start": finding.start, "end": finding.end, "verdict": made.verdict if made else None, "reviewer": made.reviewer if made else None,
        }  # fmt: skip


def _counts(made: Any) -> bool:
    return made.batch is None or made.batch.undone is None


def _figures(title: str, text: str) -> Iterator[dict[str, Any]]:
    """The figures of a report; other papers give none."""
    if not is_report(title):
        return
    year = year_of(title, text)
    for figure in figures_of(text):
        yield {
            "year": year, "name": figure.item, "topic": topic_of(figure.item), "value": figure.value, "unit": figure.unit,
            "change": figure.change, "about": figure.about, "start": figure.span.start, "end": figure.span.end,
        }  # fmt: skip


def _relations(family: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for told in (told for member in family for told in member["repeals"]):
        yield {**_placed(told), "kind": "废止", "day": _day(told["day"])}
    for told in (told for member in family for told in member["amendments"]):
        yield {**_placed(told), "kind": told["kind"], "day": _day(told["until"])}


def _decision(made: Any) -> dict[str, Any]:
    told = {name: getattr(made, name) for name in ("verdict", "comment", "reviewer", "final", "made")}
    return {**told, "finding": made.finding_key, "counts": _counts(made)}


class Frames:
    """The tables of a folder as pandas DataFrames, each read when it is asked for: `held.documents`, `held.findings`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def table(self, name: str) -> pa.Table:
        """A table as Arrow holds it. Raises `UsageError` for one that does not exist."""
        if name not in TABLES:
            raise UsageError(f"没有数据表“{name}”", remedy=f"数据表有：{'、'.join(TABLES)}")
        return ds.dataset(self._folder / name, schema=schema_of(name), format="parquet").to_table()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in TABLES:
            raise AttributeError(name)
        return self.table(name).to_pandas()


def load(folder: Path | str) -> Frames:
    """The tables that `qinggui frames` wrote to a folder. Raises `UsageError` where there are none."""
    path = Path(folder)
    if not (path / MANIFEST).exists():
        raise UsageError(f"{path}里没有数据表", remedy=f"请先运行 qinggui frames {path}")
    return Frames(path)


def explained() -> Iterator[tuple[str, str, str, str]]:
    """Table, column, type and meaning of everything that is written."""
    for table, columns in TABLES.items():
        for name, kind, says in columns:
            yield table, name, str(kind), says
