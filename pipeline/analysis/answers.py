"""The standing questions on trends (趋势): each is answered by a table, a title that states what it shows, and the rows of a chart.

The command `trends` prints them, and the trend page of the desk shows the same.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import pandas as pd

from pipeline.analysis import frames
from pipeline.analysis.lives import DAYS_PER_YEAR, lives, survival
from pipeline.analysis.reuse import COPY, LEAST, WHOLE, between, reuse
from pipeline.analysis.trends import alarms_by, alarms_by_year, burden_by, rates_of

MOST = 15
UNKNOWN, REST = "不明", "其余"
_LEVELS = ("国家", "省", "市", "县", "乡镇", UNKNOWN)
# groups of fewer documents are not compared
_FEW = 5
_RATES = {
    "documents": "规范性文件", "alarmed": "有警示的", "share": "有警示的占比", "low": "占比下限", "high": "占比上限", "alarms": "警示", "per_document": "每件警示",
}  # fmt: skip
# a term of five years ends up to so many days behind five years of 365.25 days
_DAYS_OF_GRACE = 3
_NOTE_ALARMS = "只计规范性文件；警示是严重或者高、并且没有因语境不作警示的发现。"
_NOTE_RATES = f"只计规范性文件；警示是严重或者高、并且没有因语境不作警示的发现；上下限为95%的区间，浅色的不足{_FEW}件。"


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a chart: label and value, with bounds of the value where it is an estimate, and further words about it.

    `few` says that it rests on few documents and is to be drawn paler.
    """

    label: str
    value: float
    low: float | None = None
    high: float | None = None
    words: str = ""
    few: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: the question, a title that states what the data show, a note on what was counted, the whole table, the chart.

    `chart` is "columns" (by year), "bars" (by name, the first fifteen and the rest) or "steps" (a curve; labels are numbers); `unit` is
    that of the values, "%" for shares from 0 to 1.
    """

    key: str
    question: str
    title: str
    note: str
    chart: Literal["columns", "bars", "steps"]
    unit: str
    table: pd.DataFrame
    bars: tuple[Bar, ...] = field(default=())


def answers(tables: frames.Frames, as_of: date) -> list[Answer]:
    """All answers over the tables as of a day; one for which nothing is known has a title that says so and no bars."""
    return [
        _alarms_by_year(tables), _documents_by_year(tables), _alarms_by_level(tables), _alarms_by_place(tables),
        _survival(tables, as_of), _burden(tables), _alarms_by_type(tables), _reuse(tables),
    ]  # fmt: skip


def day_of_tables(tables: frames.Frames) -> date:
    """The day as of which the documents were judged, the latest if there are several; today where there are none."""
    days = tables.documents.as_of.dropna()
    return days.max().date() if len(days) else date.today()


def _alarms_by_year(tables: frames.Frames) -> Answer:
    table = alarms_by_year(tables)
    title = "还没有看得出年份的规范性文件"
    if len(table):
        last = int(table.year.max())
        recent, before = (_pooled(table, last - back - 2, last - back) for back in (0, 3))
        title = f"{last - 2}—{last}年的规范性文件{_share(recent)}有警示"
        if before[1]:
            title += f"，此前三年{_share(before)}：{_change(before, recent)}"
    missing = int((tables.documents.is_normative & tables.documents.year.isna()).sum())
    note = _NOTE_RATES + (f"另有{missing}件看不出年份。" if missing else "")
    bars = _every_year(_rates(table, "year"))
    return Answer(
        "alarms-by-year",
        "各年警示",
        title,
        note,
        "columns",
        "%",
        table.rename(columns={"year": "年份", **_RATES}),
        bars,
    )


def _pooled(table: pd.DataFrame, first: int, last: int) -> tuple[int, int]:
    """Documents with an alarm and documents of the years from `first` to `last`, inclusive."""
    part = table[(table.year >= first) & (table.year <= last)]
    return int(part.alarmed.sum()), int(part.documents.sum())


def _share(counts: tuple[int, int]) -> str:
    return f"{counts[0] / counts[1]:.0%}（{counts[0]}/{counts[1]}件）"


def _change(before: tuple[int, int], after: tuple[int, int]) -> str:
    """Whether a share changed, by Fisher's exact test at 5 %."""
    from scipy import stats

    (one, all_before), (other, all_after) = before, after
    chance = stats.fisher_exact([[one, all_before - one], [other, all_after - other]]).pvalue
    if chance >= 0.05:
        return "看不出变化"
    return "下降" if other / all_after < one / all_before else "上升"


def _rates(table: pd.DataFrame, by: str) -> tuple[Bar, ...]:
    return tuple(
        Bar(
            str(getattr(row, by)),
            row.share,
            row.low,
            row.high,
            f"{row.alarmed}/{row.documents}件，警示{row.alarms}处",
            row.documents < _FEW,
        )
        for row in table.itertuples()
    )


def _every_year(bars: tuple[Bar, ...]) -> tuple[Bar, ...]:
    """The bars of years, with an empty one for each year between the first and the last that has none."""
    known = {int(bar.label): bar for bar in bars}
    years = range(min(known), max(known) + 1) if known else ()
    return tuple(known.get(year, Bar(str(year), 0, words="没有文件")) for year in years)


def _alarms_by_type(tables: frames.Frames) -> Answer:
    normative = set(tables.documents[tables.documents.is_normative]["item"])
    raised = tables.findings[tables.findings.alarm & tables.findings["item"].isin(normative)]
    table = raised.groupby(["type", "name", "group"], dropna=False, as_index=False).agg(
        alarms=("item", "size"), documents=("item", "nunique")
    )
    table = table.sort_values(["alarms", "type"], ascending=[False, True], ignore_index=True)
    table = table.assign(share=table.documents / max(len(normative), 1))
    title = "没有警示"
    if len(table):
        first, total = table.iloc[0], int(table.alarms.sum())
        title = f"警示最多的是“{first['name']}”：{first.alarms}处，占全部{total}处的{first.alarms / total:.0%}，在{first.documents}件文件里"
    bars = _first_and_rest(
        [Bar(str(row.name), row.alarms, words=f"{row.documents}件") for row in table.itertuples(index=False)]
    )
    names = {
        "type": "类型",
        "name": "名称",
        "group": "法律问题",
        "alarms": "警示",
        "documents": "文件",
        "share": "占规范性文件",
    }
    return Answer("alarms-by-type", "各类警示", title, _NOTE_ALARMS, "bars", "处", table.rename(columns=names), bars)


def _alarms_by_level(tables: frames.Frames) -> Answer:
    table = _named(alarms_by(tables, "level"), "level").sort_values(
        "level", key=lambda names: names.map(_LEVELS.index), ignore_index=True
    )
    title = _highest(table, "level", "各层级")
    return Answer(
        "alarms-by-level",
        "各层级警示",
        title,
        _NOTE_RATES,
        "bars",
        "%",
        table.rename(columns={"level": "层级", **_RATES}),
        _rates(table, "level"),
    )


def _alarms_by_place(tables: frames.Frames) -> Answer:
    """The alarms by place: by the largest unit (province, city, district) of which the documents have more than one."""
    units = {"province": "省级", "city": "设区的市", "district": "县区"}
    by = next((unit for unit in units if tables.documents[unit].nunique() > 1), "province")
    table = _named(alarms_by(tables, by), by)
    known = table[table[by] != UNKNOWN]
    shown = pd.concat([known.head(MOST), _summed(known.iloc[MOST:], by), table[table[by] == UNKNOWN]])
    title = _highest(table, by, f"各地（{units[by]}）")
    return Answer(
        "alarms-by-place",
        "各地警示",
        title,
        _NOTE_RATES,
        "bars",
        "%",
        table.rename(columns={by: "地区", **_RATES}),
        _rates(shown, by),
    )


def _named(table: pd.DataFrame, by: str) -> pd.DataFrame:
    """The table with 不明 for a missing name, at the end."""
    table = table.assign(**{by: table[by].fillna(UNKNOWN)})
    return table.sort_values(by, key=lambda names: names == UNKNOWN, kind="stable", ignore_index=True)


def _summed(table: pd.DataFrame, by: str) -> pd.DataFrame:
    """The rows of a table of rates as one row 其余; none for none."""
    if table.empty:
        return table
    rates = rates_of(int(table.documents.sum()), int(table.alarmed.sum()), int(table.alarms.sum()))
    return pd.DataFrame([{by: f"{REST}{len(table)}个", **rates}])


def _in_words(name: str) -> str:
    """A level as a sentence names it (县级), any other name as it is."""
    return f"{name}级" if name in ("省", "市", "县", "乡镇") else "层级不明" if name == "未知" else name


def _highest(table: pd.DataFrame, by: str, what: str) -> str:
    """What a table of rates shows: highest and lowest share among groups that are not too small."""
    known = table[(table[by] != UNKNOWN) & (table.documents >= _FEW)].sort_values("share")
    if known.empty:
        return f"{what}都不足{_FEW}件规范性文件，不作比较"
    low, high = known.iloc[0], known.iloc[-1]
    told = f"{_in_words(high[by])}的规范性文件{_share((high.alarmed, high.documents))}有警示"
    if len(known) == 1:
        return f"{told}；{what}中其他的不足{_FEW}件，不作比较"
    uncertain = "" if high.low > low.high else "（区间重叠，差别不确定）"
    return f"{told}，在{what}中最高；{_in_words(low[by])}最低，{_share((low.alarmed, low.documents))}{uncertain}"


def _documents_by_year(tables: frames.Frames) -> Answer:
    documents = tables.documents
    known = documents[documents.year.notna()]
    table = known.groupby(known.year.astype(int)).is_normative.agg(documents="size", normative="sum").reset_index()
    missing = len(documents) - len(known)
    title = "还没有看得出年份的文件"
    if len(table):
        most = table.sort_values(["documents", "year"], ascending=[False, True]).iloc[0]
        title = (
            f"{table.year.min()}—{table.year.max()}年的{len(known)}件文件中，{most.year}年的最多（{most.documents}件）"
        )
    note = "年份取自成文日期，没有则依次取公布日期、文号、施行日期。" + (
        f"另有{missing}件看不出年份。" if missing else ""
    )
    bars = _every_year(
        tuple(Bar(str(row.year), row.documents, words=f"其中规范性文件{row.normative}件") for row in table.itertuples())
    )
    names = {"year": "年份", "documents": "文件", "normative": "规范性文件"}
    return Answer("documents-by-year", "各年文件", title, note, "columns", "件", table.rename(columns=names), bars)


# documents still observed below which a share of them says little
_FEW_AT_RISK = 10


def _survival(tables: frames.Frames, as_of: date) -> Answer:
    found = lives(tables, as_of)
    unknown = int(found.ended.isna().sum())
    table = survival(found)
    title = f"看得出存续的规范性文件一件也没有（{unknown}件有效性不明）"
    if table.at_risk.iloc[0]:
        years = 5.0 if table.years.max() >= 5 else float(table.years.max())
        row = table[table.years <= years + _DAYS_OF_GRACE / DAYS_PER_YEAR].iloc[-1]
        bounds = "" if pd.isna(row.low) else f"（{row.low:.0%}至{row.high:.0%}）"
        few = f"，这一数字只看了{row.at_risk:.0f}件，仅供参考" if row.at_risk < _FEW_AT_RISK else ""
        title = f"施行满{years:.3g}年后仍有效的占{row.standing:.0%}{bounds}{few}；共{table.at_risk.iloc[0]}件，另有{unknown}件有效性不明、没有计入"
    bars = tuple(
        Bar(
            f"{row.years:.3g}",
            row.standing,
            None if pd.isna(row.low) else row.low,
            None if pd.isna(row.high) else row.high,
            f"此前{row.at_risk}件",
        )
        for row in table.itertuples()
    )
    names = {
        "years": "施行后年数",
        "standing": "仍有效的占比",
        "low": "下限",
        "high": "上限",
        "at_risk": "此前仍有效的件数",
        "ended": "此时终止的件数",
    }
    note = f"Kaplan–Meier估计，截至{as_of}；终止以废止、宣布失效、届满为准，修改和延长不是终止；上下限为95%的区间。"
    return Answer("survival", "文件的存续", title, note, "steps", "%", table.rename(columns=names), bars)


def _burden(tables: frames.Frames) -> Answer:
    table = burden_by(tables, "genre", "level")
    large = table[table.n >= _FEW].sort_values("median", ascending=False)
    title = f"各文种、各层级都不足{_FEW}件规范性文件，不作比较"
    if len(large):
        first = large.iloc[0]
        title = f"{_in_words(first.level)}的{first.genre}负担最重：每千字{first['median']:.3g}个（{first.n}件的中位数）"
        if len(large) > 1:
            last = large.iloc[-1]
            title += f"；最轻的是{_in_words(last.level)}的{last.genre}，{last['median']:.3g}个（{last.n}件）"
    names = {
        "genre": "文种",
        "level": "层级",
        "n": "文件",
        "mean": "平均",
        "median": "中位数",
        "low": "下四分位",
        "high": "上四分位",
    }
    bars = tuple(
        Bar(f"{row.genre}（{_in_words(row.level)}）", row.median, row.low, row.high, f"{row.n}件")
        for row in large.head(MOST).itertuples(index=False)
    )
    note = f"负担指数：每千字里应当、不得、批准、备案、罚款、证明等词的个数，不加权，同类文件之间才可比；图中为{_FEW}件以上的各组，线段为中间一半。"
    return Answer("burden", "负担指数", title, note, "bars", "个", table.rename(columns=names), bars)


def _reuse(tables: frames.Frames) -> Answer:
    found = reuse(tables)
    pairs = found.pairs[found.pairs.kind != COPY]
    copies, whole = len(found.pairs) - len(pairs), int((pairs.kind == WHOLE).sum())
    title = f"没有不同机关的文件有{LEAST}字以上相同的段落"
    if len(pairs):
        first = between(pairs, _telling(pairs)).iloc[0]
        title = (
            f"{len(pairs)}对不同机关的文件有{LEAST}字以上相同的段落，其中{whole}对过半相同；"
            f"最多的是{_in_words(first.source)}（在先）与{_in_words(first.taker)}之间，{first.pairs}对"
        )
    bars = [
        Bar(
            f"{row.title_a} ↔ {row.title_b}",
            row.characters,
            words=f"{row.share_a:.1%}和{row.share_b:.1%}，{row.passages}段",
        )
        for row in pairs.head(MOST).itertuples()
    ]
    rest = pairs.iloc[MOST:]
    note = (
        f"地名、数字、日期不同也算相同；施行、印发、主送等套话和在{found.usual}件以上文件里的语句不算；按相同语句的少见程度排列。"
        + (f"{REST}{len(rest)}对共{rest.characters.sum()}字。" if len(rest) else "")
        + (f"内容相同的同一文件{copies}对没有计入。" if copies else "")
    )
    names = {
        "a": "编号甲", "b": "编号乙", "title_a": "题名甲", "title_b": "题名乙", "issuer_a": "机关甲", "issuer_b": "机关乙", "level_a": "层级甲", "level_b": "层级乙",
        "province_a": "省级甲", "province_b": "省级乙", "city_a": "市级甲", "city_b": "市级乙", "district_a": "县级甲", "district_b": "县级乙",
        "kind": "种类", "passages": "段落", "sentences": "整句",
        "characters": "字数", "share_a": "占甲", "share_b": "占乙", "weight": "权重", "longest": "最长的段落",
    }  # fmt: skip
    return Answer("reuse", "文件之间的沿用", title, note, "bars", "字", pairs.rename(columns=names), tuple(bars))


def _telling(pairs: pd.DataFrame) -> str:
    """The unit by which pairs are told: the first of level, province, city and district in which they differ, else the issuer."""
    units = ("level", "province", "city", "district")
    return next((unit for unit in units if pd.concat([pairs[f"{unit}_a"], pairs[f"{unit}_b"]]).nunique() > 1), "issuer")


def _first_and_rest(bars: list[Bar]) -> tuple[Bar, ...]:
    """The first fifteen bars, and one for all others together."""
    rest = bars[MOST:]
    last = [Bar(f"{REST}{len(rest)}类", sum(bar.value for bar in rest))] if rest else []
    return (*bars[:MOST], *last)
