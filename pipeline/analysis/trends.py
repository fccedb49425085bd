"""Statistics over many documents: lifetimes, citations, keywords, clauses shared between issuers.

The functions take the tables of `pipeline.analysis.frames` and return pandas DataFrames, for charts in notebooks or for
storage. `load_tables` makes the tables from a folder of documents, or loads those that `qinggui frames` wrote.
"""

import os
import tempfile
import warnings
from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from pipeline.analysis import frames
from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.document import Problem
from pipeline.errors import UsageError
from pipeline.ingest import uploads
from pipeline.law.editions import editions

if TYPE_CHECKING:
    import networkx as nx

_DAYS_PER_YEAR = 365.25


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


def document_lifetimes(tables: frames.Frames, as_of: date) -> pd.DataFrame:
    """One row per normative document with a known start: its lifetime in `years`, whether it has `ended`, and `how`.

    `how` is 废止, 届满 or 仍有效. A document begins on its effective day, else on the day it was made. It ends on the
    day of its repeal or on its last day, whichever is earlier; documents still in force are censored at `as_of`.
    """
    documents = tables.documents[tables.documents.is_normative].copy()
    documents["began"] = pd.to_datetime(documents.effective.fillna(documents.made))
    repealed = tables.relations[tables.relations.kind == "废止"].merge(tables.documents[["item", "made"]], on="item")
    days = repealed.assign(day=pd.to_datetime(repealed.day.fillna(repealed.made))).groupby("number").day.min()
    documents["repealed"] = pd.to_datetime(documents.number.map(days.to_dict()))
    documents["lapsed"] = pd.to_datetime(documents.expires)
    today = pd.Timestamp(as_of)
    end = documents[["repealed", "lapsed"]].min(axis=1)
    documents["ended"] = end.notna() & (end <= today)
    documents["how"] = "仍有效"
    documents.loc[documents.ended, "how"] = "届满"
    documents.loc[documents.ended & (documents.repealed == end), "how"] = "废止"
    documents["years"] = ((end.where(documents.ended, today) - documents.began).dt.days / _DAYS_PER_YEAR).clip(lower=0)
    return documents.loc[
        documents.began.notna(), ["item", "title", "number", "issuer", "began", "years", "ended", "how"]
    ]


def survival(lifetimes: pd.DataFrame) -> pd.DataFrame:
    """The Kaplan–Meier estimate for a table with `years` and `ended`.

    Columns: `years`, `standing` (the share still in force after so many years), and its 95 % confidence bounds `low`
    and `high` (log-log).
    """
    from scipy import stats

    ended = lifetimes.years[lifetimes.ended].to_numpy()
    censored = lifetimes.years[~lifetimes.ended].to_numpy()
    curve = stats.ecdf(stats.CensoredData(uncensored=ended, right=censored)).sf
    bounds = curve.confidence_interval(0.95, method="log-log")
    return pd.DataFrame(
        {
            "years": curve.quantiles,
            "standing": curve.probabilities,
            "low": bounds.low.probabilities,
            "high": bounds.high.probabilities,
        }
    ).fillna({"low": 0.0, "high": 1.0})


def hazard(lifetimes: pd.DataFrame, most: int = 12) -> pd.DataFrame:
    """For each `age` in whole years below `most`: documents `at_risk`, documents that `ended`, and the `rate` of these.

    `rate` is missing where no document was at risk.
    """
    rows = []
    for age in range(most):
        at_risk = int((lifetimes.years > age).sum())
        ended = int((lifetimes.ended & (lifetimes.years > age) & (lifetimes.years <= age + 1)).sum())
        rows.append((age, at_risk, ended, ended / at_risk if at_risk else None))
    return pd.DataFrame(rows, columns=["age", "at_risk", "ended", "rate"])


def silently_lapsed(tables: frames.Frames, as_of: date) -> pd.DataFrame:
    """Normative documents whose last day is before `as_of` and which no document of the set repeals, amends or prolongs."""
    documents = tables.documents
    lapsed = documents[(pd.to_datetime(documents.expires) < pd.Timestamp(as_of)) & documents.is_normative]
    mentioned = set(tables.relations.number.dropna()) | set(tables.relations.title.dropna())
    silent = ~lapsed.number.isin(mentioned) & ~lapsed.title.isin(mentioned)
    return lapsed.loc[silent, ["item", "title", "number", "issuer", "expires"]].sort_values("expires")


def lifetimes_after_amendment(tables: frames.Frames, lifetimes: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """How long documents stayed in force after a law that they are based on was amended.

    One row per document and law: `item`, `law`, `changed` (the day), `years` since then, and whether it has `ended`;
    documents still in force are censored, as `survival` expects. The first edition of the law after the start of the
    document counts (`pipeline.law.editions`).
    """
    bases = tables.citations[tables.citations.role == "依据"][["item", "title"]].drop_duplicates()
    based = bases.merge(lifetimes, on="item")
    rows = []
    for row in based.itertuples():
        end = row.began + pd.Timedelta(days=row.years * _DAYS_PER_YEAR)
        later = [
            pd.Timestamp(edition.since)
            for edition in editions(row.title_x, as_of)
            if pd.Timestamp(edition.since) > row.began
        ]
        if later and min(later) < end:
            rows.append((row.item, row.title_x, min(later).date(), (end - min(later)).days / _DAYS_PER_YEAR, row.ended))
    return pd.DataFrame(rows, columns=["item", "law", "changed", "years", "ended"])


def citation_graph(tables: frames.Frames) -> "nx.DiGraph[str]":
    """The citation network: an edge from each document to what it cites, with the `role` of the citation.

    Nodes are named by number, else by title, and carry `held` (whether the document is in the set) and `title`.
    """
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    names = {row.item: _node_name(row) for row in tables.documents.itertuples()}
    for row in tables.documents.itertuples():
        graph.add_node(names[row.item], held=True, title=row.title)
    for row in tables.citations[tables.citations.target != "本件"].itertuples():
        cited = _node_name(row)
        if cited and names.get(row.item) and cited != names[row.item]:
            if cited not in graph:
                graph.add_node(cited, held=False, title=row.title)
            graph.add_edge(names[row.item], cited, role=row.role)
    return graph


def _node_name(row: Any) -> str:
    """The number of a document, its title if it has none."""
    return row.number if isinstance(row.number, str) and row.number else row.title


def most_cited(graph: "nx.DiGraph[str]", count: int = 12) -> pd.DataFrame:
    """The `count` most cited nodes: `name`, `title`, number of citing documents (`cited_by`), whether it is `held`."""
    rows = [(name, node["title"], graph.in_degree(name), node["held"]) for name, node in graph.nodes(data=True)]
    table = pd.DataFrame(rows, columns=["name", "title", "cited_by", "held"])
    return table.sort_values(["cited_by", "name"], ascending=[False, True]).head(count).reset_index(drop=True)


def citing_ended_documents(lifetimes: pd.DataFrame, graph: "nx.DiGraph[str]") -> pd.DataFrame:
    """Documents in force that cite a document of the set that has ended: `paper`, `rests_on`, `how` it ended.

    Citations that repeal are left out.
    """
    ended = lifetimes[lifetimes.ended].set_index("number").how.to_dict()
    in_force = set(lifetimes[~lifetimes.ended].number)
    rows = [
        (citing, cited, ended[cited])
        for citing, cited, edge in graph.edges(data=True)
        if citing in in_force and cited in ended and edge["role"] != "废止"
    ]
    return pd.DataFrame(sorted(rows), columns=["paper", "rests_on", "how"])


def topics(tables: frames.Frames, count: int = 8, by: str = "tf-idf") -> pd.DataFrame:
    """The `count` top keywords of each issuer's documents: `issuer`, `word`, `weight`.

    Words that are keywords of more than 80 % of the issuers are left out if there are more than two issuers. `by` is
    the algorithm, "tf-idf" or "textrank" (slower), both from jieba. Raises `UsageError` for any other.
    """
    if by not in ("tf-idf", "textrank"):
        raise UsageError(f"没有“{by}”这种关键词算法", remedy="请写tf-idf或者textrank")
    with warnings.catch_warnings():
        # the source of jieba has escape sequences that newer Pythons warn of
        warnings.simplefilter("ignore")
        import jieba
        import jieba.analyse
    jieba.setLogLevel(60)
    texts = tables.clauses.groupby("item").text.agg("\n".join)
    by_issuer = (
        tables.documents.assign(text=tables.documents.item.map(texts).fillna("")).groupby("issuer").text.agg("\n".join)
    )
    extract = jieba.analyse.textrank if by == "textrank" else jieba.analyse.extract_tags
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


def shared_clauses(tables: frames.Frames, least: int = 20) -> pd.DataFrame:
    """Pairs of issuers `a`, `b` and the number of `clauses` that occur in documents of both, ignoring blanks.

    Only clauses of at least `least` characters count; the pairs with most clauses come first.
    """
    clauses = tables.clauses.assign(packed=tables.clauses.text.str.replace(r"\s", "", regex=True))
    clauses = clauses[clauses.packed.str.len() >= least].merge(tables.documents[["item", "issuer"]], on="item")
    shared: Counter[tuple[str, str]] = Counter()
    for issuers in clauses.groupby("packed").issuer.agg(lambda found: tuple(sorted(set(found)))):
        shared.update(combinations(issuers, 2))
    rows = [(a, b, number) for (a, b), number in shared.most_common()]
    return pd.DataFrame(rows, columns=["a", "b", "clauses"])


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
    raised = tables.findings[~tables.findings.softened & tables.findings.verdict.notna()]
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
    mpl.rcParams.update(
        {"svg.fonttype": "none", "font.family": list(families), "axes.unicode_minus": False, "figure.figsize": (8, 4)}
    )
    formats: Any = backend_inline.set_matplotlib_formats
    formats("svg")
