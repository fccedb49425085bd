"""Provisions on validity: 施行 and 有效期 of the document itself, 废止, 修改 and 延长 of other documents."""

import re
from collections.abc import Iterator, Sequence

from pipeline.dates import DATE, make_day
from pipeline.document import Amendment, Citation, Repeal, Span
from pipeline.parse.citations import Quotation, find_quotations, is_instrument
from pipeline.parse.numbers import cited_numbers
from pipeline.parse.sentences import sentences_with

_PROLONGED = re.compile(rf"(?:延长|延期|顺延|延续)(?:有效期|施行期限|执行期限)?(?:至|到)\s*({DATE.pattern})")
_REPEAL_VERB = re.compile(
    r"(?:同时|即行|自行|予以|一并|相应|自动|随之|均|即|宣布)?(?:废止|失效|停止执行|停止使用|不再执行|不再施行)"
)
_NOT_REPEAL = re.compile(
    r"(?:修改或者?|修订或者?|修改、|修订、|提出|建议|应当及时|不得|被|可以|是否|清理|或者|和)(?:予以)?废止|(?:废止|失效)(?:的|后|或者|意见|建议|、|程序|情形|情况|文件目录|和宣布|清理)|不一致|相抵触|到期失效|自动失效|将于|期满"
)
_DESCRIBED = re.compile(
    r"(?:^|[，。；\n])(原[\u4e00-\u9fff]{2,30}?(?:标准|规定|办法|政策|文件|意见|通知|制度|细则))(?:同时|即行|予以|一并)(?:废止|停止执行)"
)
_GROUND = re.compile("(?:根据|依据|依照|按照)[^，。；将对]*$")
_AMEND = re.compile(
    r"作(?:如下|以下|出如下|出以下)(?:修改|修订|调整)|修改为|予以修改|(?:决定|现)(?:将|对)[^。]{0,10}《"
)
_REPEAL_WORDS = re.compile("废止|失效|停止执行|不再执行|不再施行")
_AMEND_WORDS = re.compile("修改|修订|延长|继续有效|继续适用|继续实施|继续执行")


def find_repeals(text: str, span: Span, citations: Sequence[Citation]) -> tuple[Repeal, ...]:
    """The instruments that a document declares repealed within `span`, without duplicates.

    A number missing in the sentence is taken from `citations` of the same title.
    """
    found: list[Repeal] = []
    for sentence in sentences_with(text, _REPEAL_WORDS, span):
        found.extend(_repeals_in(text, sentence))
    numbers = {citation.title: citation.number for citation in citations if citation.number}
    unique: dict[str, Repeal] = {}
    for repeal in found:
        number = repeal.number or numbers.get(repeal.title)
        kept = unique.get(repeal.title + (number or ""))
        unique[repeal.title + (number or "")] = kept or Repeal(repeal.title, number, repeal.span, repeal.day)
    return tuple(unique.values())


def _repeals_in(text: str, sentence: Span) -> Iterator[Repeal]:
    piece = sentence.cut(text)
    described = _DESCRIBED.search(piece)
    if described and not re.search("不一致|抵触|不符", described[1]):
        at = sentence.start + described.start(1)
        yield Repeal(described[1], None, Span(at, at + len(described[1])), None)
    quotations = [q for q in find_quotations(text, sentence.start, sentence.end) if is_instrument(q.title)]
    for verb in _REPEAL_VERB.finditer(piece):
        around = piece[max(0, verb.start() - 8) : verb.end() + 4]
        if _NOT_REPEAL.search(around):
            continue
        at = sentence.start + verb.start()
        for quotation in _objects(text, quotations, at, sentence.start + verb.end()):
            tail = text[quotation.span.end : quotation.span.end + 80]
            inside = re.match(r"[^《》，。；、]{0,6}[（(]((?:[^（）()]|[（(][^（）()]*[）)])*)[）)]", tail)
            numbers = cited_numbers(inside[1]) if inside else []
            yield Repeal(
                re.sub(r"\s", "", quotation.title),
                numbers[0] if numbers else None,
                quotation.span,
                None,
            )


def _objects(text: str, quotations: Sequence[Quotation], verb: int, end: int) -> list[Quotation]:
    """The titles that a verb of repeal refers to: those before it in its clause, else those right behind it.

    `verb` and `end` are the offsets of the verb in `text`.
    """
    before = [
        quotation
        for quotation in quotations
        if quotation.span.end <= verb
        and not re.search("[；。]", text[quotation.span.end : verb])
        and not _is_ground(text, quotation.span.start)
    ]
    clause = [q for q in before if not _breaks_clause(text[q.span.end : verb])]
    if clause:
        return clause
    behind = [q for q in quotations if q.span.start >= end]
    if behind and re.fullmatch(r"[^，。；]{0,12}", text[end : behind[0].span.start]):
        return behind
    return []


def _is_ground(text: str, at: int) -> bool:
    """Whether the title at an offset is the legal ground of a repeal, not its object: 根据《…》要求，对《…》予以废止."""
    start = max(text.rfind("。", 0, at), text.rfind("\n", 0, at)) + 1
    return bool(_GROUND.search(re.sub("《[^《》]*(?:《[^《》]*》[^《》]*)*》", "", text[start:at])))


def _breaks_clause(between: str) -> bool:
    """Whether the text between a title and the verb holds more than titles, numbers and conjunctions."""
    bare = re.sub(
        r"[（(][^（）()]*(?:[（(][^（）()]*[）)][^（）()]*)*[）)]|《[^《》]*(?:《[^《》]*》[^《》]*)*》",
        "",
        between,
    )
    return (
        bool(re.search(r"[。；]|修改|施行|实施|规定的|制定", bare))
        or len(re.sub(r"[，、和及以的文件等号原同时]", "", bare)) > 30
    )


def find_amendments(text: str, span: Span, citations: Sequence[Citation]) -> tuple[Amendment, ...]:
    """The amendments (修改) and prolongations (延长) of other documents declared within `span`."""
    found: list[Amendment] = []
    cited = [citation for citation in citations if citation.target == "他件"]
    for sentence in sentences_with(text, _AMEND_WORDS, span):
        piece = sentence.cut(text)
        inside = [
            c for c in cited if sentence.start <= c.span.start < sentence.end and not _is_ground(text, c.span.start)
        ]
        if not inside:
            continue
        prolonged = _PROLONGED.search(piece)
        if prolonged or re.search("继续(?:有效|适用|实施|执行)", piece):
            until = make_day(*prolonged.groups()[1:4]) if prolonged else None
            found.append(Amendment("延长", inside[0].title, inside[0].number, sentence, until))
        elif _AMEND.search(piece):
            found.append(Amendment("修改", inside[0].title, inside[0].number, sentence, None))
    return tuple(found)
