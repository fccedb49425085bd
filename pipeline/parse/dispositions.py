"""Dispositions between documents: 废止, 修改 and 延长 that a text declares, each with its objects, part, first and last day."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, pairwise

from pipeline.dates import DATE, NUMERIC_DATE, YEAR_END, read_date
from pipeline.document import Amendment, Citation, Repeal, Span
from pipeline.numerals import read_number
from pipeline.parse.disposition_lists import listed_below, lists_of_ended
from pipeline.parse.disposition_objects import Object, Part, find_objects, is_ground, listed_object, masked, objects_of
from pipeline.parse.sentences import sentences_with
from pipeline.parse.terms import LENGTH, day_of, read_length

REPEALS, CHANGES, PROLONGS = "废止", "修改", "延长"
_ENDS_WORD = r"废止|失效|作废|停止执行|停止使用|停止施行|停止实施|停止适用|终止执行|终止实施|终止施行|不再执行|不再施行|不再实施|不再适用|不再有效|不再使用|失去效力|丧失效力"
# 终止《…》的执行: the verb stands before its object, whose title is blank here
_REPEAL_VERB = re.compile(
    rf"(?:同时|即行|自行|予以|一并|相应|自动|随之|均|即|全文|全部|宣布)*(?:{_ENDS_WORD}|(?:停止|终止)(?= [^，。；]*的?(?:执行|施行|实施|使用|适用)))"
)
_NOT_REPEAL = re.compile(
    r"(?:修改或者?|修订或者?|修改、|修订、|提出|建议|应当及时|不得|被|可以|是否|清理|或者|和|拟|未|尚未)(?:予以)?(?:废止|失效)|可以?(?:不再|停止)|(?:废止|失效)(?:的|后|前|之前|或者|意见|建议|、|程序|情形|情况|文件目录|和宣布|清理)|(?:不一致|相抵触)(?![，,])|到期失效|自动失效|将于|期满|届满"
)
_DESCRIBED = re.compile(
    r"(?:^|[，。；\n])(原[\u4e00-\u9fff]{2,30}?(?:标准|规定|办法|政策|文件|意见|通知|制度|细则))(?:同时|即行|予以|一并)(?:废止|停止执行)"
)
# 不再适用于村民自建房屋: what is told behind the verb limits it
_LIMITED = re.compile(r"^于([^，。；]{2,40})")
_BUT = re.compile(r"^[，,（(]?(?:但|其中)[^，。；]{0,6}?(第[^，。；）)]{1,30}?)(?:仍然?|继续|除外|保留|仍按)")
_CUT = re.compile(r"删去|删除|删掉|取消")
_AMEND = re.compile(
    r"(?<!不)作(?:了|出)?(?:如下|以下|相应)?(?:修改|修订|修正)|(?<!不)作(?:出)?(?:如下|以下|相应)调整|(?:修改|修订|修正)为|予以(?:修改|修订|修正)"
    r"|(?:决定|现)(?:将|对)[^。《 ]{0,10}(?= .*(?:修改|修订|修正|删|增加))|(?:关于|决定)(?:修改|修订|修正)(?= )|改为[：:]?[“\"]|增加一[条款项]|[后中]增加"
)
# a note on the history of a text: （根据…第二次修正）
_HISTORY = re.compile("第[一二三四五六七八九]次(?:修正|修订)")
_TERM = r"(?:有效期限?|执行期限?|施行期限?|实施期限?|试行期限?|适用期限?|试点期限?|政策期限|期限|有效时间|执行时间|实施时间)"
_PROLONG = re.compile(
    rf"{_TERM}(?:(?!届满|期满|申请|提出|可以|应当)[^，。；《》]){{0,24}}?(?:(?:延长|延期|顺延|延续|续延|续展|展期|(?<!存)续期|延(?=[至到]))(?:为|至|到)?|(?:调整|变更|修改|更改|改)(?:为|至|到))"
    rf"|再(?:继续)?(?:执行|实施|施行|试行|适用)(?=[0-9一二三四五六七八九十两半])"
    rf"|(?:延长|延期|顺延|延续|续延|续展|延用|(?<!存)续期|展期)(?:执行|实施|施行|试行|适用|使用|有效)?(?:其|{_TERM})?(?:至|到)?"
    r"|继续(?:有效|适用|实施|执行|施行|沿用|试行)(?:至|到)?|(?:转为|转成|转)(?:正式)?(?:实施|施行|执行|文件)|试行转正|(?:试行|暂行)?期满后?(?:转为)?正式(?:实施|施行|执行)|正式(?:实施|施行|执行)"
)
# what may be done, or is asked for, is not done
_PERMITTED = re.compile("(?:可以?|应当?|申请|适当|变相|不得|不再|拟|得)$")
_FIRMLY = re.compile(rf"{_TERM}|继续|正式|转")
_THEN_TERM = re.compile(rf"\s*的?{_TERM}")
_TO_FORMAL = re.compile("正式|转正")
_PROVISIONAL = re.compile("试行|暂行")
_DAY = rf"(?:{DATE.pattern}|{NUMERIC_DATE.pattern})"
_MONTH_END = r"[12][0-9]{3}年(?:[0-9]{1,2}月)?(?:份|底|末)?(?![0-9])"
_TO_DAY = re.compile(
    rf"(?:至|到|截至|截止|为|—)\s*(?:(?P<day>{_DAY})|(?P<end>{YEAR_END.pattern})|(?P<month>{_MONTH_END}))"
)
_FURTHER_DAY = re.compile(rf"\s*[、和及]\s*(?:至|到)?\s*({_DAY})")
_BY_LENGTH = re.compile(
    rf"(?P<verb>延长|顺延|延续|续延|续展|延期|续期|展期|再|为期|{_TERM}|继续(?:有效|执行|实施|施行|适用|试行))(?:执行|实施|施行|试行|使用)?(?:{_TERM})?(?:限)?(?:为|均为|暂定|调整为|再)?\s*{LENGTH}"
)
# 2028年6月30日前继续有效
_BEFORE_DAY = re.compile(rf"(?:在|于)?(?P<day>{_DAY})(?:以前|之前|前)$")
# 有效期由三年延长至五年: by the difference
_FROM_TO = re.compile(
    r"[由从]原?(?:来的|定的)?(?P<from>[0-9]{1,2}|[一二两三四五六七八九十]{1,3})年(?:延长|调整|变更|修改|更改|改|顺延|延续)(?:为|至|到)(?P<to>[0-9]{1,2}|[一二两三四五六七八九十]{1,3})年"
)
_ANEW = re.compile(rf"^(?:为期|{_TERM})$")
_SINCE = re.compile(rf"(?:自|从|于)\s*({_DAY})\s*(?:零时|0时)?起?(?!至|以?前|之前)")
_LISTABLE = "(?:文件|规章|办法|规定|政策|通知|公告|意见)"
_LIST_LEAD = re.compile(
    rf"(?:(?:下列|以下|下述)[^。]{{0,20}}?{_LISTABLE}[^。]{{0,30}}|(?:文件|规章)[^。，]{{0,12}}如下)[：:]\s*$"
)
# 一、对下列行政规范性文件予以废止; 决定废止下列文件。
_BARE_LEAD = re.compile(
    rf"(?:(?:下列|以下|下述)[^。，；：]{{0,20}}?{_LISTABLE}[^。，；：]{{0,12}}?(?:{_ENDS_WORD}|修改|修订|修正)|(?:{_ENDS_WORD}|修改|修订|修正)(?:下列|以下|下述)[^。，；：]{{0,20}}?{_LISTABLE})[。；]?\s*$"
)
# …》（…号）二、对下列文件予以修改
_NEXT_HEADING = re.compile("(?<=[）)》；])[一二三四五六七八九十]{1,3}、(?=[^《\n])")
# the verb of a list stands at most so far before 下列
_BEFORE_LEAD = 16
_BACKWARDS = re.compile("该|上述|以上|前述|原(?=办法|规定|通知|意见|方案|细则)|其(?=有效期)")
_UNQUOTED = re.compile(
    r"关于(?:决定|公布)?(?P<verb>延长|继续执行|继续实施|继续施行|废止|停止执行|宣布失效|修改)(?P<title>[\u4e00-\u9fff（）]{4,60}?(?:办法|规定|细则|意见|通知|方案|标准|规则|条例|决定|公告|通告|制度|措施|政策)(?:（[^）]{1,10}）)?)"
    rf"(?P<part>第[^，。]{{1,16}}条|部分条款|有关条款)?(?:的?{_TERM})?(?:有关事[项宜])?的(?:通知|决定|公告|通告|函|批复)$"
)
_GENERIC = re.compile("部分|一批|有关|若干|等|规范性文件|[0-9一二三四五六七八九十]+件|相关")
_WORDS = re.compile(
    rf"{_ENDS_WORD}|停止|终止|删去|删除|删掉|取消|修改|修订|修正|改为|增加|调整|延长|延期|顺延|延续|续延|延[至到]|延用|展期|续期|续展|再执行|再实施|再施行|再试行|继续(?:有效|适用|实施|执行|施行|沿用|试行)|变更|转为|转正|正式"
)
_MOST_LISTED = 400
_DAYS_OF_YEAR = 365


@dataclass(frozen=True, slots=True)
class Disposition:
    """A disposition declared in a sentence: `kind` is 废止, 修改 or 延长; `part` None for the whole document.

    `since` is its first day where stated; `until` the new last day of what is prolonged; `length` in years prolongs
    the last day, or with `anew` runs from the disposition itself.
    """

    kind: str
    object: Object
    part: str | None
    span: Span
    since: date | None = None
    until: date | None = None
    length: float | None = None
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the document whose dispositions are read: title, number, and its citations."""

    title: str | None
    number: str | None
    citations: Sequence[Citation]


def find_dispositions(text: str, span: Span, known: Known) -> tuple[Disposition, ...]:
    """The dispositions that a document declares within `span`, in reading order."""
    found = list(_unquoted(text, span, known.title))
    own = {citation.span for citation in known.citations if citation.target == "本件"}
    for sentence in chain.from_iterable(_parts(text, one) for one in sentences_with(text, _WORDS, span)):
        objects = [o for o in find_objects(text, sentence) if o.title or o.number != known.number]
        piece = sentence.cut(text).rstrip()
        listed, since = _announced(text, sentence, span)
        others = [o for o in objects if o.span not in own]
        reader = _Reader(text, sentence, masked(piece), objects, listed, since, others)
        found.extend(reader.read(found, known.citations))
    found.extend(Disposition(REPEALS, one, None, one.span) for one in lists_of_ended(text, span))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the dispositions of one sentence.

    `piece` is the sentence with its titles masked; `listed` the documents of a list below it, which the verbs from the
    offset `lead` on concern; `others` those of its `objects` that are not the document itself.
    """

    text: str
    sentence: Span
    piece: str
    objects: Sequence[Object]
    listed: Sequence[Object]
    lead: int
    others: Sequence[Object]

    def read(self, earlier: Sequence[Disposition], citations: Sequence[Citation]) -> Iterator[Disposition]:
        """The dispositions; `earlier` are those read before, for a sentence that says 该办法 only."""
        repeals = list(self._repeals())
        yield from repeals
        yield from self._cuts()
        ended = [disposition.object for disposition in repeals]
        prolonged = [
            disposition
            for disposition in self._prolongations(None if repeals else earlier)
            if disposition.until or disposition.length or disposition.object not in ended
        ]
        yield from prolonged
        if not repeals and not prolonged:
            yield from self._changes(citations)

    def _at(self, verb: re.Match[str]) -> Span:
        return Span(self.sentence.start + verb.start(), self.sentence.start + verb.end())

    def _repeals(self) -> Iterator[Disposition]:
        described = _DESCRIBED.search(self.piece)
        if described and not re.search("不一致|抵触|不符", described[1]):
            start = self.sentence.start + described.start(1)
            span = Span(start, start + len(described[1]))
            yield Disposition(REPEALS, Object(described[1], None, span, span.end), None, span)
        for verb in _REPEAL_VERB.finditer(self.piece):
            if not _NOT_REPEAL.search(self.piece[max(0, verb.start() - 8) : verb.end() + 4]):
                yield from self._ended_by(verb)

    def _ended_by(self, verb: re.Match[str]) -> Iterator[Disposition]:
        after = self.piece[verb.end() :]
        limit, kept = _LIMITED.match(after), _BUT.match(after)
        days = _SINCE.findall(self.piece[: verb.end()])
        since = read_date(days[-1][0]) if days else None
        listed = self.listed if verb.start() >= self.lead else ()
        for one in objects_of(self.text, self.objects, self._at(verb)) or [Part(o, None) for o in listed]:
            part = one.part or (f"适用于{limit[1]}的部分" if limit else None) or (f"除{kept[1]}外" if kept else None)
            yield Disposition(CHANGES if part else REPEALS, one.object, part, one.object.span, since)

    def _cuts(self) -> Iterator[Disposition]:
        """删去《…》第八条, 将《…》第八条删去: a part that is taken out."""
        for verb in _CUT.finditer(self.piece):
            parts = objects_of(self.text, self.others, self._at(verb))
            yield from (Disposition(CHANGES, one.object, one.part, self.sentence) for one in parts if one.part)

    def _prolongations(self, earlier: Sequence[Disposition] | None) -> list[Disposition]:
        """The prolongations of the sentence; with `earlier` also of objects that stand far from the verb."""
        for verb in _PROLONG.finditer(self.piece):
            formal = _TO_FORMAL.search(verb[0]) and not _PROVISIONAL.search(self.sentence.cut(self.text))
            if formal or _PERMITTED.search(self.piece[: verb.start()]):
                continue
            found = self._prolonged_by(verb, earlier)
            if found:
                return found
        return []

    def _prolonged_by(self, verb: re.Match[str], earlier: Sequence[Disposition] | None) -> list[Disposition]:
        """The prolongation of each object of a verb; several days stand in the order of the objects."""
        lasting = _lasting(self.piece, verb)
        firmly = _FIRMLY.search(verb[0]) or _THEN_TERM.match(self.piece[verb.end() :])
        if not lasting.days and lasting.years is None and not firmly:
            return []
        parts = objects_of(self.text, self.others, self._at(verb))
        targets = [one.object for one in parts if one.part is None] or list(self.listed)
        if not targets and earlier is not None:
            targets = self._named_before(verb, earlier, dated=bool(lasting.days))
        each = lasting.days if len(lasting.days) == len(targets) > 1 else [*lasting.days[-1:], None][:1] * len(targets)
        return [
            Disposition(PROLONGS, target, None, self.sentence, lasting.since, day, lasting.years, lasting.anew)
            for target, day in zip(targets, each, strict=True)
        ]

    def _named_before(self, verb: re.Match[str], earlier: Sequence[Disposition], *, dated: bool) -> list[Object]:
        """The objects of a verb that stands far from them: named in the sentence, or 该办法 for those before."""
        at = self._at(verb)
        near = [o for o in self.others if o.end <= at.start and not is_ground(self.text, o.span.start)]
        if near and (dated or "继续" in verb[0]):
            return near[:1]
        if not self.others and _BACKWARDS.search(self.piece):
            return [disposition.object for disposition in earlier if disposition.kind == PROLONGS]
        return []

    def _changes(self, citations: Sequence[Citation]) -> Iterator[Disposition]:
        verb = _AMEND.search(self.piece) if not _HISTORY.search(self.piece) else None
        if verb is None:
            return
        found = objects_of(self.text, self.others, self._at(verb)) or [Part(o, None) for o in self.listed]
        found = found or [Part(o, None) for o in self._cited(citations)][:1]
        yield from (Disposition(CHANGES, one.object, one.part, self.sentence) for one in found)

    def _cited(self, citations: Sequence[Citation]) -> Iterator[Object]:
        """The documents that the sentence cites and that are not its ground, also by names without 《》."""
        for one in citations:
            inside = self.sentence.start <= one.span.start < self.sentence.end and one.target == "他件"
            if inside and not is_ground(self.text, one.span.start):
                yield Object(one.title, one.number, one.span, one.span.end)


def _parts(text: str, sentence: Span) -> Iterator[Span]:
    """The parts of a sentence that has lost its line breaks, cut where a heading follows the list of another."""
    cuts = [match.start() for match in _NEXT_HEADING.finditer(text, sentence.start, sentence.end)]
    yield from (Span(*part) for part in pairwise([sentence.start, *cuts, sentence.end]))


def _announced(text: str, sentence: Span, span: Span) -> tuple[list[Object], int]:
    """The documents of the list that a sentence announces, and the offset in it from which a verb concerns them.

    Without a colon they have to stand item by item.
    """
    piece = sentence.cut(text).rstrip()
    lead = _LIST_LEAD.search(piece)
    listed = _listed(text, sentence, span) if lead else []
    lead = lead or _BARE_LEAD.search(piece)
    listed = listed or (listed_below(text, sentence, span.end) if lead else [])
    return listed, lead.start() - _BEFORE_LEAD if lead else 0


def _listed(text: str, lead: Span, span: Span) -> list[Object]:
    """The documents in the lines below a sentence that announces them, up to the first line that names none."""
    found: list[Object] = []
    at = lead.end
    for _ in range(_MOST_LISTED):
        end = text.find("\n", at, span.end)
        line = Span(at, end if end >= 0 else span.end)
        if line.start >= span.end:
            break
        alone = listed_object(text, line)
        objects = find_objects(text, line) or ([alone] if alone else [])
        if line.cut(text).strip() and not objects:
            break
        found.extend(objects)
        at = line.end + 1
    return found


@dataclass(frozen=True, slots=True)
class _Lasting:
    """How long something is prolonged: last days in order, or a length in years, from the first day `since` where stated."""

    days: list[date]
    years: float | None
    anew: bool
    since: date | None


def _last_days(tail: str) -> Iterator[date]:
    """The last days told behind a verb: 至2027年5月31日、2028年6月30日."""
    for match in _TO_DAY.finditer(tail):
        first = day_of(match["day"], match["end"], match["month"])
        if first:
            yield first
        end = match.end()
        while further := _FURTHER_DAY.match(tail, end):
            day, end = read_date(further[1]), further.end()
            if day:
                yield day


def _lasting(piece: str, verb: re.Match[str]) -> _Lasting:
    tail = piece[verb.start() :]
    days = list(_last_days(tail))
    before = _BEFORE_DAY.search(piece[: verb.start()])
    if before and not days and (day := read_date(before["day"])):
        days = [day]
    by = _BY_LENGTH.search(tail)
    length = read_length(by) if by else None
    years = (length.years or (length.days or 0) / _DAYS_OF_YEAR) if length else None
    years = _difference(piece) or years
    anew = bool(by and _ANEW.match(by["verb"]) and not re.search("延|续期|展期", verb[0]))
    since = _SINCE.search(piece)
    return _Lasting(days, years, anew, read_date(since[1]) if since else None)


def _difference(piece: str) -> float | None:
    """The years by which a term is prolonged that is told before and after; None where it is not told so."""
    told = _FROM_TO.search(piece)
    first, last = (read_number(told["from"]), read_number(told["to"])) if told else (None, None)
    return float(last - first) if first and last and last > first else None


def _unquoted(text: str, span: Span, title: str | None) -> Iterator[Disposition]:
    """The disposition of a title that names its object without 《》: 关于延长长河县苗圃管理办法有效期的通知."""
    match = _UNQUOTED.search(title or "")
    if not match or _GENERIC.search(match["title"]):
        return
    at = text.find(match["title"], span.start, span.end)
    place = Span(at, at + len(match["title"])) if at >= 0 else Span(span.start, span.start)
    one = Object(match["title"], None, place, place.end)
    ends = match["verb"] in ("废止", "停止执行", "宣布失效")
    kind = (
        REPEALS if ends and not match["part"] else PROLONGS if match["verb"].startswith(("延长", "继续")) else CHANGES
    )
    yield Disposition(kind, one, match["part"], place)


def repeals_of(dispositions: Iterable[Disposition], citations: Sequence[Citation]) -> tuple[Repeal, ...]:
    """The documents that the dispositions repeal as a whole, without duplicates.

    A number missing in the sentence is taken from `citations` of the same title.
    """
    numbers = {citation.title: citation.number for citation in citations if citation.number}
    unique: dict[str, Repeal] = {}
    for disposition in dispositions:
        if disposition.kind != REPEALS:
            continue
        title = disposition.object.title
        number = disposition.object.number or (numbers.get(title) if title else None)
        key = (title or "") + (number or "")
        kept = unique.get(key)
        unique[key] = (
            replace(kept, day=kept.day or disposition.since)
            if kept
            else Repeal(title, number, disposition.span, disposition.since)
        )
    return tuple(unique.values())


def amendments_of(dispositions: Iterable[Disposition], citations: Sequence[Citation]) -> tuple[Amendment, ...]:
    """The changes and prolongations of other documents, one for each object and part, with all that was said of it."""
    numbers = {citation.title: citation.number for citation in citations if citation.number}
    unique: dict[tuple[str, str, str | None], Amendment] = {}
    for disposition in dispositions:
        if disposition.kind == REPEALS:
            continue
        title = disposition.object.title
        number = disposition.object.number or (numbers.get(title) if title else None)
        made = Amendment(
            disposition.kind,
            title,
            number,
            disposition.span,
            disposition.until,
            disposition.part,
            disposition.since,
            disposition.length,
            disposition.anew,
        )
        key = (disposition.kind, number or title or "", disposition.part)
        kept = unique.get(key)
        unique[key] = _fuller(kept, made) if kept else made
    return tuple(unique.values())


def _fuller(kept: Amendment, later: Amendment) -> Amendment:
    """One amendment of two of the same object: what the second states and the first does not is added."""
    if kept.until is None and kept.years is None and (later.until or later.years):
        return replace(later, title=kept.title or later.title, since=later.since or kept.since)
    return replace(kept, until=kept.until or later.until, since=kept.since or later.since)
