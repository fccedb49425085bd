"""What rules, the judge and second readers say about the provisions of a paper, side by side."""

from collections.abc import Iterator, Mapping

from pipeline.analyzer import Judge
from pipeline.classify.model import DOCUMENTS
from pipeline.clause_places import place_in_words
from pipeline.document import Hit
from pipeline.law import MODEL
from pipeline.reader.cache import Cache, Opinion
from pipeline.reader.papers import Paper
from pipeline.reader.provisions import Provision

_EFFECTS = {"keep": "提请审阅", "soften": "提请审阅（因语境降低一级）", "note": "只作提示", "drop": "因语境不作警示"}


def lines_about(paper: Paper, judge: Judge, cache: Cache) -> Iterator[str]:
    """Lines in Chinese for each provision of a paper: its words, then who says what of it."""
    if paper.dossier is None:
        yield f"不能读取：{paper.withheld}"
        return
    hits: dict[int, list[Hit]] = {}
    for hit in paper.dossier.labels.hits:
        hits.setdefault(hit.sentence.start, []).append(hit)
    names = {key: kind.name for key, kind in judge.book.types.items()}
    text = paper.dossier.source.text
    for number, provision in enumerate(paper.provisions, 1):
        span = provision.span
        found = [hit for group in hits.values() for hit in group if span and hit.sentence.overlaps(span)]
        yield f"{number}. {place_in_words(provision.place)}  {provision.sentence}".replace("\n", " ")
        yield f"   规则：{_by_rules(found, names)}"
        yield f"   审查模型：{_by_judge(found, provision, judge, names)}"
        opinions = cache.all_on(provision.key)
        for opinion in opinions:
            yield f"   大模型意见  {told(opinion, names)}"
        if not opinions:
            yield "   大模型意见  没有"
    if not paper.provisions:
        yield f"没有要请大模型看的条款（全文{len(text)}字）"


def told(opinion: Opinion, names: Mapping[str, str]) -> str:
    """An opinion in words, with the names of its types."""
    kinds = "、".join(names.get(kind, kind) for kind in opinion.types)
    return f"{opinion.in_words}{f'（{kinds}）' if kinds else ''}"


def _by_rules(found: list[Hit], names: Mapping[str, str]) -> str:
    said = [f"{names.get(hit.type, hit.type)}，{_EFFECTS[hit.effect]}" for hit in found if hit.rule != MODEL]
    return "；".join(dict.fromkeys(said)) or "没有提出"


def _by_judge(found: list[Hit], provision: Provision, judge: Judge, names: Mapping[str, str]) -> str:
    """What the judge says of a provision: its chance, also where the sentence stayed below the threshold."""
    if judge.model is None or provision.span is None:
        return "没有装审查模型"
    chances = [hit.chance for hit in found if hit.chance is not None]
    if chances:
        kinds = "、".join(dict.fromkeys(names.get(hit.type, hit.type) for hit in found))
        return f"应当审阅的可信度{max(chances):.0%}（{kinds}）"
    span = type(provision.span)(0, len(provision.sentence))
    return f"应当审阅的可信度{judge.model.opinion(provision.sentence, span, DOCUMENTS).chance:.0%}，没有提出"
