"""Statistics over many documents: citations, burden and alarms over time, keywords.

The functions take the tables of `pipeline.analysis.frames` and return pandas DataFrames, for charts in notebooks or for
storage. `load_tables` makes the tables from a folder of documents, or loads those that `qinggui frames` wrote.
"""

import os
import tempfile
import warnings
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from pipeline.analysis import frames
from pipeline.analysis.lives import DAYS_PER_YEAR
from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.document import Problem
from pipeline.errors import UsageError
from pipeline.ingest import uploads
from pipeline.law.editions import editions
from pipeline.law.segmenter import load_keywords

if TYPE_CHECKING:
    import networkx as nx


def load_tables(source: Path | str, as_of: date) -> frames.Frames:
    """The tables of a folder: those that `qinggui frames` wrote, or new ones from the documents in it.

    Documents are analysed as of `as_of` and put into a new queue in a temporary folder; for this, the environment
    variables QINGGUI_HOME and DJANGO_ALLOW_ASYNC_UNSAFE of this process are set. Files that cannot be read are left
    out. Raises `UsageError` if the folder does not exist.
    """
    path = Path(source)
    if (path / frames.MANIFEST).exists():
        return frames.load(path)
    if not path.exists():
        raise UsageError(f"找不到{path}", remedy="请写明文件所在的文件夹，或者 qinggui frames 写出的文件夹")
    home = Path(tempfile.mkdtemp(prefix="qinggui-"))
    os.environ["QINGGUI_HOME"] = str(home)
    # a notebook runs inside an event loop, where Django refuses synchronous queries without this
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from pipeline.review.connection import connect

    connect("pipeline.web.settings")
    from pipeline.review.queue.store import QueueWriter

    writer = QueueWriter(home, "trends")
    for upload in uploads(path):
        result = upload if isinstance(upload, Problem) else analyze_upload(upload, LegalContext(as_of))
        if not isinstance(result, Problem) and not isinstance(upload, Problem):
            writer.put(result, upload.data, None)
    frames.write(home / "tables")
    return frames.load(home / "tables")


def lifetimes_after_amendment(tables: frames.Frames, lifetimes: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """How long documents stayed in force after a law that they are based on was amended.

    One row per document and law: `item`, `law`, `changed` (the day), `years` since then, and whether it has `ended`;
    documents still in force are censored, as `survival` expects. The first edition of the law after the start of the
    document counts (`pipeline.law.editions`).
    """
    bases = tables.citations[tables.citations.role == "依据"][["item", "title"]].drop_duplicates()
    based = bases.merge(lifetimes[lifetimes.years.notna() & lifetimes.ended.notna()], on="item")
    rows = []
    for row in based.itertuples():
        end = row.began + pd.Timedelta(days=row.years * DAYS_PER_YEAR)
        later = [
            pd.Timestamp(edition.since)
            for edition in editions(row.title_x, as_of)
            if pd.Timestamp(edition.since) > row.began
        ]
        if later and min(later) < end:
            rows.append((row.item, row.title_x, min(later).date(), (end - min(later)).days / DAYS_PER_YEAR, row.ended))
    return pd.DataFrame(rows, columns=["item", "law", "changed", "years", "ended"])


def citation_graph(tables: frames.Frames) -> "nx.DiGraph[str]":
    """The citation network: an edge from each document to what it cites, with the `role` of the citation (依据 if one of several is).

    Nodes are named by number, else by title, and carry `held` (whether the document is in the set) and `title`. A citation that
    the register resolved leads to the held document, whether it gives the number or the title.
    """
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    names = {row.item: _node_name(row) for row in tables.documents.itertuples()}
    for row in tables.documents.itertuples():
        graph.add_node(names[row.item], held=True, title=row.title)
    for row in tables.citations[tables.citations.target != "本件"].itertuples():
        cited = names[row.target_item] if row.target_item in names else _node_name(row)
        if cited and names.get(row.item) and cited != names[row.item]:
            if cited not in graph:
                graph.add_node(cited, held=False, title=row.title)
            known = graph.get_edge_data(names[row.item], cited, {}).get("role")
            graph.add_edge(names[row.item], cited, role=known if known == "依据" else row.role)
    return graph


def _node_name(row: Any) -> str:
    """The number of a document, its title if it has none."""
    return row.number if isinstance(row.number, str) and row.number else row.title


def most_cited(graph: "nx.DiGraph[str]", count: int = 12, role: str | None = None) -> pd.DataFrame:
    """The `count` most cited nodes: `name`, `title`, number of citing documents (`cited_by`), whether it is `held`.

    With a `role` only citations in it count: 依据 gives what documents rest on.
    """
    citing = Counter(cited for _, cited, edge in graph.edges(data=True) if role in (None, edge["role"]))
    rows = [(name, node["title"], citing[name], node["held"]) for name, node in graph.nodes(data=True)]
    table = pd.DataFrame(rows, columns=["name", "title", "cited_by", "held"])
    return table.sort_values(["cited_by", "name"], ascending=[False, True]).head(count).reset_index(drop=True)


def citing_ended_documents(lifetimes: pd.DataFrame, graph: "nx.DiGraph[str]") -> pd.DataFrame:
    """Documents in force that cite a document of the set that has ended: `paper`, `rests_on`, `how` it ended.

    Citations that repeal are left out, and so are documents of which it is not known whether they are in force.
    """
    ends = lifetimes.ended.fillna(value=False).astype(bool)
    ended = {_node_name(row): row.how for row in lifetimes[ends].itertuples()}
    in_force = {_node_name(row) for row in lifetimes[~ends & lifetimes.ended.notna()].itertuples()}
    rows = [
        (citing, cited, ended[cited])
        for citing, cited, edge in graph.edges(data=True)
        if citing in in_force and cited in ended and edge["role"] != "废止"
    ]
    return pd.DataFrame(sorted(rows), columns=["paper", "rests_on", "how"])


def burden_by(tables: frames.Frames, *by: str) -> pd.DataFrame:
    """The burden index by columns of `documents`, by genre and level if none is named: `n`, `mean`, `median`, quarters `low`, `high`.

    Only normative documents count, as the burden of a report or a letter is none; rows of unknown genre or level are kept (未知).
    """
    columns = list(by) or ["genre", "level"]
    documents = tables.documents[tables.documents.is_normative]
    groups = documents.assign(
        **{
            name: documents[name].fillna("未知")
            for name in columns
            if not pd.api.types.is_numeric_dtype(documents[name])
        }
    )
    table = groups.groupby(columns, dropna=False).burden.agg(
        n="size",
        mean="mean",
        median="median",
        low=lambda part: part.quantile(0.25),
        high=lambda part: part.quantile(0.75),
    )
    return (
        table.round(3)
        .reset_index()
        .sort_values(["n", *columns], ascending=[False, *[True] * len(columns)], ignore_index=True)
    )


def alarms_by_year(tables: frames.Frames, group: str | None = None) -> pd.DataFrame:
    """The alarms of normative documents by `year` of the document, as `alarms_by` counts them; documents without a year are left out."""
    table = alarms_by(tables, "year", group)
    table = table[table.year.notna()]
    return table.assign(year=table.year.astype(int)).sort_values("year", ignore_index=True)


def alarms_by(tables: frames.Frames, by: str, group: str | None = None) -> pd.DataFrame:
    """The alarms of normative documents by a column of `documents`, with rates, most documents first; a missing value is a row of its own.

    Columns: `by`; `documents`; `alarmed`, those with an alarm, their `share` of the documents and its 95 % confidence bounds `low` and
    `high` (Wilson); `alarms`, and alarms `per_document`. `group` counts only alarms of that group of findings (许可, 处罚 …).
    """
    documents = tables.documents[tables.documents.is_normative]
    raised = tables.findings[tables.findings.alarm]
    raised = raised if group is None else raised[raised.group == group]
    counts = documents["item"].map(raised.groupby("item").size()).fillna(0).astype(int)
    rows = [
        {by: None if pd.isna(value) else value, **rates_of(len(found), int((found > 0).sum()), int(found.sum()))}
        for value, found in counts.groupby(documents[by], dropna=False)
    ]
    table = pd.DataFrame(rows, columns=[by, *rates_of(1, 0, 0)])
    return table.sort_values(["documents", by], ascending=[False, True], ignore_index=True)


def rates_of(documents: int, alarmed: int, alarms: int) -> dict[str, float]:
    """Numbers of documents, of those with an alarm and of alarms, with their rates: the columns of `alarms_by` behind the first."""
    from scipy import stats

    bounds = stats.binomtest(alarmed, documents).proportion_ci(0.95, method="wilson")
    return {
        "documents": documents, "alarmed": alarmed, "share": alarmed / documents, "low": bounds.low, "high": bounds.high,
        "alarms": alarms, "per_document": alarms / documents,
    }  # fmt: skip


def with_clauses(tables: frames.Frames, table: str = "findings") -> pd.DataFrame:
    """A table with offsets (findings, citations, relations, tasks, figures) and the text of the innermost clause around each row.

    Adds `clause` (its path) and `clause_text`; both are missing where a row stands outside of all clauses.
    """
    rows = getattr(tables, table)
    clauses = dict(iter(tables.clauses.groupby("item")))
    paths, texts = [], []
    for row in rows.itertuples():
        part = clauses.get(row.item)
        around = part[(part.start <= row.start) & (part.end >= row.end)] if part is not None else None
        innermost = around.iloc[(around.end - around.start).argmin()] if around is not None and len(around) else None
        paths.append(None if innermost is None else innermost.path)
        texts.append(None if innermost is None else innermost.text)
    return rows.assign(clause=paths, clause_text=texts)


def topics(tables: frames.Frames, count: int = 8, by: str = "tf-idf") -> pd.DataFrame:
    """The `count` top keywords of each issuer's documents: `issuer`, `word`, `weight`.

    Words that are keywords of more than 80 % of the issuers are left out if there are more than two issuers. `by` is
    the algorithm, "tf-idf" or "textrank" (slower), both from jieba. Raises `UsageError` for any other.
    """
    if by not in ("tf-idf", "textrank"):
        raise UsageError(f"没有“{by}”这种关键词算法", remedy="请写tf-idf或者textrank")
    analyse = load_keywords()
    texts = tables.clauses.groupby("item").text.agg("\n".join)
    by_issuer = (
        tables.documents.assign(text=tables.documents.item.map(texts).fillna("")).groupby("issuer").text.agg("\n".join)
    )
    extract = analyse.textrank if by == "textrank" else analyse.extract_tags
    found = {issuer: extract(text, topK=5 * count, withWeight=True) for issuer, text in by_issuer.items()}
    # keywords of nearly all issuers do not distinguish any
    issuers_per_word = Counter(word for words in found.values() for word, _ in words)
    usual = {word for word, number in issuers_per_word.items() if len(found) > 2 and number > 0.8 * len(found)}
    rows = [
        (issuer, word, round(float(weight), 4))
        for issuer, words in found.items()
        for word, weight in [pair for pair in words if pair[0] not in usual][:count]
    ]
    return pd.DataFrame(rows, columns=["issuer", "word", "weight"])


def first_and_rest(names: pd.Series, count: int = 15) -> pd.Series:
    """Names for a chart: the `count` most frequent as they are, 其余n个 for all others, 不明 where one is missing."""
    known = names.fillna("不明")
    frequent = known[known != "不明"].value_counts()
    rest = set(frequent.index[count:])
    return known.where(~known.isin(rest), f"其余{len(rest)}个")


def displacy_document(item: Any, tables: frames.Frames) -> dict[str, Any]:
    """A document in the format of displaCy (`manual=True`): its clauses as text, its findings as entities.

    Findings that the context softened, and findings that overlap an earlier one, are left out.
    """
    clauses = tables.clauses[tables.clauses.item == item].sort_values("start")
    text, shifts = "", {}
    for row in clauses.itertuples():
        shifts[row.start] = len(text) - row.start
        text += row.text + "\n"
    findings = tables.findings[(tables.findings.item == item) & ~tables.findings.softened].sort_values("start")
    ents: list[dict[str, Any]] = []
    for row in findings.itertuples():
        clause = max((start for start in shifts if start <= row.start), default=None)
        if clause is not None and (not ents or ents[-1]["end"] <= row.start + shifts[clause]):
            ents.append({"start": row.start + shifts[clause], "end": row.end + shifts[clause], "label": row.name})
    return {"text": text, "ents": ents, "title": None}


def agreement(tables: frames.Frames) -> pd.DataFrame:
    """For each `type` and `name` of finding: alarms `decided` by reviewers, and those `upheld` (成立, 需修改)."""
    raised = tables.findings[tables.findings.alarm & tables.findings.verdict.notna()]
    upheld = raised.verdict.isin(("成立", "需修改"))
    table = raised.assign(upheld=upheld).groupby(["type", "name"]).upheld.agg(["size", "sum"]).reset_index()
    return table.rename(columns={"size": "decided", "sum": "upheld"})


def configure_charts(
    families: Sequence[str] = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "SimHei", "sans-serif"),
) -> None:
    """Makes matplotlib write SVG with text as text, so that the fonts of the reader draw it and no Chinese font is needed here."""
    import logging

    import matplotlib as mpl
    from matplotlib_inline import backend_inline

    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    # the text stays text, so that a glyph missing here is none to who looks at it
    warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
    mpl.rcParams.update(
        {"svg.fonttype": "none", "font.family": list(families), "axes.unicode_minus": False, "figure.figsize": (8, 4)}
    )
    formats: Any = backend_inline.set_matplotlib_formats
    formats("svg")
