"""Provisions on validity: 施行 and 有效期 of the document itself, 废止, 修改 and 延长 of other documents."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from pipeline.dates import DATE, YEAR_END, first_date, last_day_of, make_day
from pipeline.document import Amendment, Citation, Effective, Repeal, Span, Term
from pipeline.numerals import read_number
from pipeline.parse.citations import Quotation, find_quotations, is_instrument
from pipeline.parse.numbers import cited_numbers

_SELF = (
    r"(?:本|此|该)(?:《[^》]{1,6}》|(?:暂行|试行|实施|管理|指导|补充|若干|具体|工作|奖励|试点|行政|专项)*"
    r"(?:办法|规定|细则|意见|通知|方案|公告|通告|决定|标准|规则|条例|法|措施|政策|目录|规范|制度|文件|修正案|令|准则|程序|计划|清单|指南|指引|导则|基准|流程|章程|规程|预案|纲要|规划))"
)
_IN_FORCE = r"(?:正式)?(?:施行|实施|执行|生效|实行|试行|启用|起效|适用)"
_ON_DAY = r"(?:印发|发布|公布|公告|下发|颁布|通过|签发|发文|发出|颁发)(?:之)?(?:日|时)"
# 本办法自2013年10月2日起施行; 本通知从1995年1月1日起实行; 本细则即日起执行
_EFFECTIVE = re.compile(
    rf"(?:{_SELF}|现予(?:公布|发布|印发)|，|；|。|^|\n|均|同时|》(?=自公布之日))\s*[，,]?\s*(?:自|从|于|由|拟自)?\s*"
    rf"(?:(?P<day>{DATE.pattern})|(?:{_SELF})?(?P<pub>{_ON_DAY})|(?P<now>即日))\s*(?:起|开始)?\s*"
    rf"(?:满)?(?P<delay>[0-9一二三四五六七八九十]{{1,3}})?(?:个?工作)?(?:日|天)?(?:后|以后|之后)?(?:起)?(?:在[^，。]{{2,12}})?{_IN_FORCE}"
)
_AFTER_PRINT = re.compile(
    rf"自(?:印发|发布|公布)(?:之日起)?(?:满)?([0-9一二三四五六七八九十]{{1,3}})日?(?:后|以后|之后)[^。，]{{0,6}}{_IN_FORCE}|自(?:印发|发布|公布)后([0-9一二三四五六七八九十]{{1,3}})日起{_IN_FORCE}"
)
# short announcements whose only order takes effect at once: 自本公告发布之日起，解除… / 即日起，允许…
_AT_ONCE = re.compile(rf"(?:自(?:本(?:公告|通告|通知|决定)){_ON_DAY}起|(?:^|[，。：\n]|决定)即日起)，?(?!{_IN_FORCE})")
_DECIDED = re.compile(rf"决定[^。；]{{0,12}}?自({DATE.pattern})起")
_RUNNING = re.compile(
    rf"{_SELF}[^。；]{{0,60}}?(?:{_IN_FORCE}|有效期|试行期|执行期)|有效期(?:限)?(?:为|至|自|[一二三四五六七八九十0-9]+年)|现予(?:重新)?(?:发布|公布|印发)"
)
_FOREIGN_TERM = re.compile(
    r"(?:资格|证书|许可证|证|登记|注册|备案|方案|合同|协议|确认书|证明|报告|批准|标志|批文|意见书|专利|保函|编码|名单|称号|规范性文件|文件的|聘期|租赁期?|服务|产品|企业|项目|认定|核准|结果|成绩)(?:的)?有效期"
)
_YEARS = re.compile(
    r"(?:有效期|试行期|执行期|施行期|实施期|期限|有效|暂定|试行)(?:限)?(?:暂定|暂)?(?:为|是|定为)?\s*([0-9]{1,2}|[一二两三四五六七八九十]{1,3})\s*(年|个月)"
)
_UNTIL = re.compile(
    rf"(?:有效期(?:限)?(?:截?至|到|延长?至|为[^。，]{{0,20}}?至)|(?:施行|执行|实施|试行|有效)(?:期限?)?(?:截?至|到)|，至|起至|起，?至)\s*(?:(?P<day>{DATE.pattern})|(?P<end>{YEAR_END.pattern}))"
)
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
_FORCE_WORDS = re.compile("施行|实施|执行|生效|实行|试行|适用")
_TERM_WORDS = re.compile("有效期|试行|执行至|施行至|实施至|有效至|起至|，至")
_REPEAL_WORDS = re.compile("废止|失效|停止执行|不再执行|不再施行")
_AMEND_WORDS = re.compile("修改|修订|延长|继续有效|继续适用|继续实施|继续执行")
SENTENCE_END = re.compile(r"[。\n]")


def sentences(text: str, span: Span) -> Iterator[Span]:
    """Yield the spans of the sentences within `span`; a sentence ends with 。 or a line end, which it includes."""
    start = span.start
    for match in SENTENCE_END.finditer(text, span.start, span.end):
        if match.start() > start:
            yield Span(start, match.end())
        start = match.end()
    if start < span.end:
        yield Span(start, span.end)


def _around(text: str, words: re.Pattern[str], span: Span) -> Iterator[Span]:
    """The sentences within `span` that contain a match of `words`, each once, in order."""
    done = span.start
    for match in words.finditer(text, span.start, span.end):
        if match.start() < done:
            continue
        before = (text.rfind("。", done, match.start()), text.rfind("\n", done, match.start()))
        end = SENTENCE_END.search(text, match.end(), span.end)
        start, done = max(*before, done - 1) + 1, end.end() if end else span.end
        yield Span(start, done)


def find_effective(text: str, span: Span, opening: Span) -> Effective | None:
    """The effective date (施行日期) stated within `span`, None if there is none.

    `opening` is the first paragraph, searched last, for orders that take effect at once (即日起).
    """
    for sentence in _around(text, _FORCE_WORDS, span):
        found = _effective_in(text, sentence)
        if found:
            return found
    return _effective_at_once(text, opening)


def _effective_in(text: str, sentence: Span) -> Effective | None:
    piece = sentence.cut(text)
    if "《" in piece and re.search(r"有效期延长|废止", piece) and not re.search(_SELF, piece):
        return None
    delayed = _AFTER_PRINT.search(piece)
    if delayed:
        days = read_number(delayed[1] or delayed[2])
        return Effective(
            None,
            False,
            days,
            Span(sentence.start + delayed.start(), sentence.start + delayed.end()),
        )
    for match in _EFFECTIVE.finditer(piece):
        found = _read_effective(match, sentence, piece)
        if found:
            return found
    return None


def _read_effective(match: re.Match[str], sentence: Span, piece: str) -> Effective | None:
    if not re.search(rf"{_SELF}|现予|即日起", piece[: match.end()]) and not _begins_sentence(match, piece):
        return None
    if re.search(
        rf"{_SELF}[^，。]{{0,4}}(?:施行|实施|执行|印发|发布)(?:之日)?(?:前|后|期间)",
        piece[: match.end()],
    ):
        return None
    span = Span(sentence.start + match.start(), sentence.start + match.end())
    if match["delay"] and match["pub"]:
        return Effective(None, False, read_number(match["delay"]), span)
    if match["day"]:
        found = first_date(match["day"])
        return Effective(found.day, False, None, span) if found else None
    return Effective(None, True, None, span)


def _begins_sentence(match: re.Match[str], piece: str) -> bool:
    """Whether the match stands at the beginning of its sentence or after a heading (自2020年1月1日起施行)."""
    return bool(re.fullmatch(r"(?:《.{2,60})?》?|[^，。]{0,14}[，、：）]?", piece[: match.start()]))


def _effective_at_once(text: str, opening: Span) -> Effective | None:
    piece = opening.cut(text)
    match = _AT_ONCE.search(piece)
    if match:
        return Effective(None, True, None, Span(opening.start + match.start(), opening.start + match.end()))
    match = _DECIDED.search(piece)
    if match:
        day = make_day(*match.groups()[1:4])
        return (
            Effective(day, False, None, Span(opening.start + match.start(), opening.start + match.end()))
            if day
            else None
        )
    return None


def find_term(text: str, span: Span) -> Term | None:
    """The term (有效期) of the document itself: length in years or last day, and whether it is 试行; None if not stated.

    Sentences on the term of licences, contracts and other documents are passed over.
    """
    best: Term | None = None
    for sentence in _around(text, _TERM_WORDS, span):
        piece = sentence.cut(text)
        if _FOREIGN_TERM.search(piece) or not _RUNNING.search(piece):
            continue
        term = _term_in(piece, sentence)
        if term and (best is None or (best.years is None and best.last_day is None)):
            best = term
    return best


def _term_in(piece: str, sentence: Span) -> Term | None:
    if (_PROLONGED.search(piece) and "《" in piece) or re.search(r"有效期延长", piece):
        return None
    years = _YEARS.search(piece)
    if years and not re.search(rf"{_SELF}|^有效期|试行期|施行|现予", piece):
        years = None
    until = _UNTIL.search(piece)
    length = _length(years) if years else None
    last = _last_day(until) if until else None
    if length is None and last is None:
        return None
    return Term(length, last, "试行" in piece, sentence)


def _length(match: re.Match[str]) -> float | None:
    value = read_number(match[1])
    if value is None:
        return None
    return float(value) if match[2] == "年" else value / 12


def _last_day(match: re.Match[str]) -> date | None:
    if match["day"]:
        found = first_date(match["day"])
        return found.day if found else None
    end = YEAR_END.search(match["end"])
    year = read_number(end[1]) if end else None
    month = read_number(end[2]) if end and end[2] else 12
    return last_day_of(year, month) if year and month and 1 <= month <= 12 else None


def find_repeals(text: str, span: Span, citations: Sequence[Citation]) -> tuple[Repeal, ...]:
    """The instruments that a document declares repealed within `span`, without duplicates.

    A number missing in the sentence is taken from `citations` of the same title.
    """
    found: list[Repeal] = []
    for sentence in _around(text, _REPEAL_WORDS, span):
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
    for sentence in _around(text, _AMEND_WORDS, span):
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
