"""What many papers say together: how long they live, what they rest on, what they speak of, who copied from whom.

Everything here takes the tables of `pipeline.analysis.frames` as pandas DataFrames and gives DataFrames back, so that a notebook
draws them and a program stores them. `gather` makes the tables: from a folder of papers, or from a folder that `qinggui
frames` wrote for a real queue or cleanup.
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

_YEAR = 365.25


def gather(source: Path | str, as_of: date) -> frames.Frames:
    """The tables of a folder: as `qinggui frames` wrote them, or made of the papers in it, in a queue of their own.

    Files that cannot be read are left out. Raises `UsageError` for a folder that is none.
    """
    path = Path(source)
    if (path / frames.MANIFEST).exists():
        return frames.load(path)
    if not path.exists():
        raise UsageError(f"找不到{path}", remedy="请写明文件所在的文件夹，或者 qinggui frames 写出的文件夹")
    home = Path(tempfile.mkdtemp(prefix="qinggui-"))
    os.environ["QINGGUI_HOME"] = str(home)
    # a notebook runs inside an event loop, the queue does not mind
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from pipeline.review.connection import connect

    connect("pipeline.web.settings")
    from pipeline.review.queue.store import QueueWriter

    desk = QueueWriter(home, "trends")
    for upload in uploads(path):
        found = upload if isinstance(upload, Problem) else analyze_upload(upload, LegalContext(as_of))
        if not isinstance(found, Problem) and not isinstance(upload, Problem):
            desk.put(found, upload.data, None)
    frames.write(home / "tables")
    return frames.load(home / "tables")


def lives(held: frames.Frames, as_of: date) -> pd.DataFrame:
    """One row a normative document: `years` it has lived, whether it `ended`, and `how`: 废止, 届满 or 仍有效.

    A document ends on the day of the paper that repeals it, else on its last day; what still stands is censored at `as_of`.
    """
    papers = held.documents[held.documents.is_normative].copy()
    papers["began"] = pd.to_datetime(papers.effective.fillna(papers.made))
    repealed = held.relations[held.relations.kind == "废止"].merge(held.documents[["item", "made"]], on="item")
    days = repealed.assign(day=pd.to_datetime(repealed.day.fillna(repealed.made))).groupby("number").day.min()
    papers["repealed"] = pd.to_datetime(papers.number.map(days.to_dict()))
    papers["lapsed"] = pd.to_datetime(papers.expires)
    today = pd.Timestamp(as_of)
    end = papers[["repealed", "lapsed"]].min(axis=1)
    papers["ended"] = end.notna() & (end <= today)
    papers["how"] = "仍有效"
    papers.loc[papers.ended, "how"] = "届满"
    papers.loc[papers.ended & (papers.repealed == end), "how"] = "废止"
    papers["years"] = ((end.where(papers.ended, today) - papers.began).dt.days / _YEAR).clip(lower=0)
    return papers.loc[papers.began.notna(), ["item", "title", "number", "issuer", "began", "years", "ended", "how"]]


def survival(lived: pd.DataFrame) -> pd.DataFrame:
    """Kaplan–Meier: `years`, the share `standing` after so many, and the bounds `low` and `high` of 95 percent."""
    from scipy import stats

    ended = lived.years[lived.ended].to_numpy()
    standing = lived.years[~lived.ended].to_numpy()
    curve = stats.ecdf(stats.CensoredData(uncensored=ended, right=standing)).sf
    bounds = curve.confidence_interval(0.95, method="log-log")
    return pd.DataFrame(
        {
            "years": curve.quantiles,
            "standing": curve.probabilities,
            "low": bounds.low.probabilities,
            "high": bounds.high.probabilities,
        }
    ).fillna({"low": 0.0, "high": 1.0})


def hazard(lived: pd.DataFrame, most: int = 12) -> pd.DataFrame:
    """By age in whole years: how many were `at_risk`, how many `ended` at that age, and the `rate`."""
    rows = []
    for age in range(most):
        at_risk = int((lived.years > age).sum())
        ended = int((lived.ended & (lived.years > age) & (lived.years <= age + 1)).sum())
        rows.append((age, at_risk, ended, ended / at_risk if at_risk else None))
    return pd.DataFrame(rows, columns=["age", "at_risk", "ended", "rate"])


def unannounced(held: frames.Frames, as_of: date) -> pd.DataFrame:
    """Documents whose last day has passed and that no paper of the set repealed, prolonged or took up again."""
    gone = held.documents[(pd.to_datetime(held.documents.expires) < pd.Timestamp(as_of)) & held.documents.is_normative]
    told = set(held.relations.number.dropna()) | set(held.relations.title.dropna())
    quiet = ~gone.number.isin(told) & ~gone.title.isin(told)
    return gone.loc[quiet, ["item", "title", "number", "issuer", "expires"]].sort_values("expires")


def reactions(held: frames.Frames, lived: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """How long papers stood on after a law they rest on was changed: `item`, `law`, `changed`, `years`, and whether they `ended`.

    The first edition of the law after the paper began counts (the law shelf's editions); what still stands is censored, so
    that `survival` draws the answer.
    """
    rests = held.citations[held.citations.role == "依据"][["item", "title"]].drop_duplicates().merge(lived, on="item")
    rows = []
    for row in rests.itertuples():
        end = row.began + pd.Timedelta(days=row.years * _YEAR)
        later = [
            pd.Timestamp(known.since) for known in editions(row.title_x, as_of) if pd.Timestamp(known.since) > row.began
        ]
        if later and min(later) < end:
            rows.append((row.item, row.title_x, min(later).date(), (end - min(later)).days / _YEAR, row.ended))
    return pd.DataFrame(rows, columns=["item", "law", "changed", "years", "ended"])


def citations(held: frames.Frames) -> "nx.DiGraph[str]":
    """Who rests on whom: an edge from a paper to what it cites, by number where there is one, else by title.

    Nodes carry `held` (a paper of the set) and `title`; a paper's own number counts for its title too.
    """
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    names = {row.item: _called(row) for row in held.documents.itertuples()}
    for row in held.documents.itertuples():
        graph.add_node(names[row.item], held=True, title=row.title)
    for row in held.citations[held.citations.target != "本件"].itertuples():
        cited = _called(row)
        if cited and names.get(row.item) and cited != names[row.item]:
            if cited not in graph:
                graph.add_node(cited, held=False, title=row.title)
            graph.add_edge(names[row.item], cited, role=row.role)
    return graph


def _called(row: Any) -> str:
    """The number of a paper, its title where it has none."""
    return row.number if isinstance(row.number, str) and row.number else row.title


def most_relied_on(graph: "nx.DiGraph[str]", count: int = 12) -> pd.DataFrame:
    """What most papers cite: `name`, `title`, by how many (`cited_by`), and whether it is `held`."""
    rows = [(name, told["title"], graph.in_degree(name), told["held"]) for name, told in graph.nodes(data=True)]
    table = pd.DataFrame(rows, columns=["name", "title", "cited_by", "held"])
    return table.sort_values(["cited_by", "name"], ascending=[False, True]).head(count).reset_index(drop=True)


def orphaned(held: frames.Frames, lived: pd.DataFrame, graph: "nx.DiGraph[str]") -> pd.DataFrame:
    """Papers in force that cite a paper of the set that has ended: `paper`, `rests_on`, `how` it ended."""
    ended = lived[lived.ended].set_index("number").how.to_dict()
    standing = set(lived[~lived.ended].number)
    rows = [
        (a, b, ended[b])
        for a, b, told in graph.edges(data=True)
        if a in standing and b in ended and told["role"] != "废止"
    ]
    return pd.DataFrame(sorted(rows), columns=["paper", "rests_on", "how"])


def topics(held: frames.Frames, count: int = 8, by: str = "tf-idf") -> pd.DataFrame:
    """The keywords of each issuer's papers without those of nearly all issuers: `issuer`, `word`, `weight`.

    `by` is "tf-idf" (words that are rare elsewhere) or "textrank" (words that stand beside many others; slower), both
    jieba's. Raises `UsageError` for another.
    """
    if by not in ("tf-idf", "textrank"):
        raise UsageError(f"没有“{by}”这种关键词算法", remedy="请写tf-idf或者textrank")
    with warnings.catch_warnings():
        # its source has escapes that newer Pythons warn of
        warnings.simplefilter("ignore")
        import jieba
        import jieba.analyse
    jieba.setLogLevel(60)
    texts = held.clauses.groupby("item").text.agg("\n".join)
    by_issuer = (
        held.documents.assign(text=held.documents.item.map(texts).fillna("")).groupby("issuer").text.agg("\n".join)
    )
    weigh = jieba.analyse.textrank if by == "textrank" else jieba.analyse.extract_tags
    found = {issuer: weigh(text, topK=5 * count, withWeight=True) for issuer, text in by_issuer.items()}
    # what nearly everybody speaks of tells nobody apart
    common = Counter(word for words in found.values() for word, _ in words)
    usual = {word for word, number in common.items() if len(found) > 2 and number > 0.8 * len(found)}
    rows = [
        (issuer, word, round(float(weight), 4))
        for issuer, words in found.items()
        for word, weight in [pair for pair in words if pair[0] not in usual][:count]
    ]
    return pd.DataFrame(rows, columns=["issuer", "word", "weight"])


def reuse(held: frames.Frames, least: int = 20) -> pd.DataFrame:
    """Clauses of at least so many characters that stand word for word in papers of several issuers: `a`, `b`, `clauses`."""
    words = held.clauses.assign(packed=held.clauses.text.str.replace(r"\s", "", regex=True))
    words = words[words.packed.str.len() >= least].merge(held.documents[["item", "issuer"]], on="item")
    shared: Counter[tuple[str, str]] = Counter()
    for issuers in words.groupby("packed").issuer.agg(lambda found: tuple(sorted(set(found)))):
        shared.update(combinations(issuers, 2))
    rows = [(a, b, number) for (a, b), number in shared.most_common()]
    return pd.DataFrame(rows, columns=["a", "b", "clauses"])


def highlighted(item: Any, held: frames.Frames) -> dict[str, Any]:
    """A document as displaCy's manual entities want it: its clauses as text, its findings as marked stretches."""
    clauses = held.clauses[held.clauses.item == item].sort_values("start")
    text, moved = "", {}
    for row in clauses.itertuples():
        moved[row.start] = len(text) - row.start
        text += row.text + "\n"
    found = held.findings[(held.findings.item == item) & ~held.findings.softened].sort_values("start")
    ents: list[dict[str, Any]] = []
    for row in found.itertuples():
        begun = max((start for start in moved if start <= row.start), default=None)
        if begun is not None and (not ents or ents[-1]["end"] <= row.start + moved[begun]):
            ents.append({"start": row.start + moved[begun], "end": row.end + moved[begun], "label": row.name})
    return {"text": text, "ents": ents, "title": None}


def agreement(held: frames.Frames) -> pd.DataFrame:
    """Reviewers and machine: for each type how many alarms were decided and how many of them upheld."""
    raised = held.findings[~held.findings.softened & held.findings.verdict.notna()]
    upheld = raised.verdict.isin(("成立", "需修改"))
    table = raised.assign(upheld=upheld).groupby(["type", "name"]).upheld.agg(["size", "sum"]).reset_index()
    return table.rename(columns={"size": "decided", "sum": "upheld"})


def chinese_charts(
    families: Sequence[str] = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "SimHei", "sans-serif"),
) -> None:
    """Charts whose words stay words: the reader's own Chinese font draws them, none is needed where they are made."""
    import logging

    import matplotlib as mpl
    from matplotlib_inline import backend_inline

    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    mpl.rcParams.update(
        {"svg.fonttype": "none", "font.family": list(families), "axes.unicode_minus": False, "figure.figsize": (8, 4)}
    )
    formats: Any = backend_inline.set_matplotlib_formats
    formats("svg")
