"""Citations (引用): other instruments that the text names, with number and article; short forms are resolved."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from pipeline.document import Citation, Span
from pipeline.law import find_statute_names, load_statute_names, name_key
from pipeline.parse.articles import read_articles
from pipeline.parse.genres import ENDS
from pipeline.parse.numbers import NOTICE, cited_numbers, find_numbers

_BRACKET = re.compile("[《》]")
_NAMES_ALIAS = re.compile(r"(?:简称|以下称)(?:为)?[：:]?\s*$")
_ALIAS = re.compile(
    r"以下(?:统一)?(?:简称|称)(?:为|作)?[：:]?\s*(?:[“\"《「]([^”\"》」]{1,30})[”\"》」]|([\u4e00-\u9fff]{2,20})(?=[）)，,。；;]|$))"
)
_N = "[一二三四五六七八九十百零〇0-9]{1,5}"
_NUMBERED = re.compile(
    r"^(?:的通知|的决定|通知|文件|附件[一二三四五六七八九十0-9]{0,2})?\s*[（(\[【]((?:[^（）()]|[（(][^（）()]*[）)])*)[）)\]】]"
)
_TAIL_TITLE = re.compile(r"[（(][^（）()]{1,24}[）)]$")
# “关于…的通知”（人计发〔1995〕51号): a title in quotation marks
_QUOTED = re.compile(r"[“\"](关于[^“”\"]{4,120}?的(?:通知|意见|决定|办法|规定|批复|公告))[”\"](?=[（(])")
_SELF = re.compile(
    rf"本(?:办法|规定|细则|意见|通知|方案|决定|条例|法|规则|标准|公告|通告|实施细则|实施办法|实施意见)(第{_N}条(?:第{_N}款)?(?:第?[（(]?{_N}[）)]?项)?)"
    rf"|(?:本条|本章)(第{_N}款)|前(款|条|项|两款|三款)"
)
# titles in 《》 that are not legal instruments: forms, contracts, certificates, media
_NO_INSTRUMENT = re.compile(
    r"(?:申请书|申请表|任务书|申报书|申报表|申报指南|项目指南|登记表|审批表|一览表|推荐表|汇总表|统计表|评审表|备案表|登记证|许可证|资格证|证书|证明书|证明|执照"
    r"|承诺书|责任书|责任状|告知书|通知书|决定书|意见书|委托书|合同|合同书|报关单|检验单|随车单|清单|报告书|报告表|登记簿|台账|日报|周刊|杂志|学报|画报|证|卡|表|单|册)$"
)
_INSTRUMENT_ANYWAY = re.compile(r"(?:手册|清册|名册)$")
_BASIS = re.compile(r"(?:根据|依据|依照|按照|遵照|遵循|贯彻|落实|执行|符合|违反|适用|对照|参照|参考)[^。；]{0,30}$")
# a Chinese character before an unquoted name makes it part of another word, unless it is one of _JOINERS
_BEFORE_NAME = re.compile(r"[\u4e00-\u9fff]")
_JOINERS = frozenset("，。、；：和及与或照据按反依在对将守彻实行用以的合施习传由于到从为将“（《〈 \n")


_BLANK = re.compile(r"\s")
_LABEL = re.compile(r"^(?:[一二三四五六七八九十0-9]{1,3}[、.．])")
# a line of a catalogue that is itself the title of another document, with its number on the next line
_CATALOGUED = re.compile(
    r"(?m)^((?:[^\n，。；：]{0,40})关于[^\n。；：]{6,120}?的(?:通知|意见|决定|公告|通告|批复|函))\n+([^\n]{2,24}号)$"
)


@dataclass(frozen=True, slots=True)
class Quotation:
    """A title in 《》; `span` includes the marks."""

    title: str
    span: Span


def find_quotations(text: str, start: int, end: int) -> list[Quotation]:
    """The titles in outermost 《》 between two offsets, up to 200 characters each.

    Where 》 is missing, the title ends at the next mark of punctuation.
    """
    found: list[Quotation] = []
    depth, opened = 0, 0
    for match in _BRACKET.finditer(text, start, end):
        if match[0] == "《":
            if depth and match.start() - opened > 120:
                found.extend(_unclosed(text, opened))
                depth = 0
            opened = opened if depth else match.start()
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                found.append(Quotation(text[opened + 1 : match.start()], Span(opened, match.end())))
    if depth:
        found.extend(_unclosed(text, opened))
    return [quotation for quotation in found if len(quotation.title) <= 200]


def _unclosed(text: str, opened: int) -> Iterator[Quotation]:
    stop = re.search(r"[，。；：\n]", text[opened + 1 : opened + 60])
    if stop:
        title = text[opened + 1 : opened + 1 + stop.start()].split("》")[0]
        yield Quotation(title, Span(opened, opened + 1 + len(title)))


@lru_cache(maxsize=8192)
def is_instrument(title: str) -> bool:
    """Whether a title in 《》 is that of a law or document and not of a form, contract or film."""
    bare = title
    if len(bare) < 4:
        return bare in load_statute_names()
    while tail := _TAIL_TITLE.search(bare):
        bare = bare[: tail.start()]
    if _NO_INSTRUMENT.search(bare) and not _INSTRUMENT_ANYWAY.search(bare):
        return False
    return bool(ENDS.search(bare))


# a number that stands for a document: 根据长政发〔2016〕3号, 长政发〔2016〕3号文件
_ALONE_BEFORE = re.compile("(?:根据|依据|依照|按照|按|执行|废止|贯彻|落实|违反|遵守|参照|原)$")
_ALONE_BEHIND = re.compile("文件|文(?=[规的第同停中、，])|的?规定|第[一二三四五六七八九十百0-9]|中的?关于|要求|精神")
_ALONE_WORD = re.compile("^(?:文件|文)?(?:中)?的?")
_THAT = re.compile(
    "(?:该|同|上述|前述)(法|条例|办法|规定|细则|规范|规则|标准|意见|通知)(?=的?第[一二三四五六七八九十百0-9])"
)
_MY_ATTACHMENT = re.compile(r"^。?[（(](?:详?见|参见)?附件")


@dataclass(frozen=True, slots=True)
class ShortForm:
    """What a short form (以下简称规范) stands for: title and number, and the offset from which it does."""

    title: str
    number: str | None
    since: int


@dataclass(slots=True)
class _Reader:
    """Reads the quotations of one document in order.

    `aliases` maps keys of short forms (以下简称) to full titles, `short_forms` the words to what they stand for; `own`
    holds the keys of the document's own titles.
    """

    text: str
    aliases: dict[str, str]
    own: frozenset[str]
    short_forms: dict[str, ShortForm] = field(default_factory=dict)

    def read(self, quotation: Quotation) -> list[Citation]:
        title = _BLANK.sub("", quotation.title)
        if _NAMES_ALIAS.search(self.text[max(0, quotation.span.start - 8) : quotation.span.start]):
            return []
        after = self.text[quotation.span.end : quotation.span.end + 160]
        alias = self.aliases.get(name_key(title))
        number_text, rest = _parenthesis(after)
        if is_instrument(title):
            self._learn_alias(title, number_text or after[:40], quotation.span.end)
        key = name_key(alias or title)
        numbers = cited_numbers(number_text)
        if alias is None and not is_instrument(title) and not (numbers and len(title) > 6):
            return []
        own = key in self.own or bool(_MY_ATTACHMENT.match(after))
        target = "本件" if own and not numbers else "他件"
        role = "依据" if _BASIS.search(self.text[max(0, quotation.span.start - 40) : quotation.span.start]) else "提及"
        return [
            Citation(alias or title, number, piece, quotation.span, target, role)
            for number in (numbers or _NOTHING)
            for piece in (read_articles(rest) or _NOTHING)
        ]

    def _learn_alias(self, title: str, after: str, at: int) -> None:
        match = _ALIAS.search(after)
        short = (match[1] or match[2]) if match else None
        if short and name_key(short) != name_key(title):
            self.aliases.setdefault(name_key(short), title)
            numbers = cited_numbers(after)
            self.short_forms.setdefault(short, ShortForm(title, numbers[0] if numbers else None, at))


_NOTHING: tuple[str | None, ...] = (None,)


def _parenthesis(after: str) -> tuple[str, str]:
    """The text in the parentheses directly behind a title, and the text after them."""
    inside = ""
    while match := _NUMBERED.match(after):
        inside += match[1]
        after = after[match.end() :]
    return inside, after


def find_citations(text: str, span: Span, own_titles: Sequence[str]) -> tuple[Citation, ...]:
    """The instruments that a document cites within `span`, in order of mention.

    `own_titles` are the titles of the document and its attachments: citing them without a number is a reference
    to itself (target 本件).
    """
    own = {name_key(title) for title in own_titles if title}
    own |= {name_key(_TAIL_TITLE.sub("", title)) for title in own_titles if title}
    reader = _Reader(text, {}, frozenset(own))
    quotations = find_quotations(text, span.start, span.end)
    found = [citation for quotation in quotations for citation in reader.read(quotation)]
    found.extend(_quoted_titles(text, span))
    found.extend(_bare_names(text, span, [quotation.span for quotation in quotations]))
    found.extend(find_notices(text, span, quotations))
    found.extend(_short_forms(text, span, reader.short_forms))
    found.extend(_numbers_alone(text, span, quotations))
    found.extend(_that_law(text, span, found))
    found.extend(c for c in _catalogued(text, span) if name_key(c.title) not in own)
    return tuple(sorted(found, key=lambda citation: citation.span.start))


def _quoted_titles(text: str, span: Span) -> Iterator[Citation]:
    if "“关于" not in text:
        return
    for match in _QUOTED.finditer(text, span.start, span.end):
        number_text, _ = _parenthesis(text[match.end() : match.end() + 80])
        numbers = cited_numbers(number_text)
        if numbers:
            yield Citation(re.sub(r"\s", "", match[1]), numbers[0], None, Span(*match.span()), "他件", "提及")


def _bare_names(text: str, span: Span, taken: Sequence[Span]) -> Iterator[Citation]:
    """Citations of statutes without 《》: 违反政府采购法规定 …"""
    starts = [quotation.start for quotation in taken]
    for name, start in find_statute_names(text, span.start, span.end):
        place = bisect_right(starts, start) - 1
        if place >= 0 and taken[place].end > start:
            continue
        before, after = text[start - 1 : start], text[start + len(name) : start + len(name) + 1]
        if len(name) < 3 and after != "第":
            continue
        if before and before not in _JOINERS and _BEFORE_NAME.match(before):
            continue
        if (after and after not in "的规第和及、，。；：（等》”关中将与或") or after == "》":
            continue
        for article in read_articles(text[start + len(name) : start + len(name) + 80]) or _NOTHING:
            yield Citation(name, None, article, Span(start, start + len(name)), "他件", "提及")


def _short_forms(text: str, span: Span, forms: Mapping[str, ShortForm]) -> Iterator[Citation]:
    """Short forms without marks that are followed by an article: 遵守规范第六条, where 规范 was defined before."""
    for short, form in forms.items():
        if short in load_statute_names():
            continue
        for match in re.finditer(re.escape(short) + "(?=的?第)", text[: span.end]):
            before = text[match.start() - 1 : match.start()]
            if match.start() < form.since or (before not in _JOINERS and _BEFORE_NAME.match(before)):
                continue
            for article in read_articles(text[match.end() : match.end() + 80]):
                yield Citation(form.title, form.number, article, Span(*match.span()), "他件", "提及")


def _numbers_alone(text: str, span: Span, quotations: Sequence[Quotation]) -> Iterator[Citation]:
    """Documents cited by their number alone: 按照长政发〔2016〕3号文件第三条执行. The number stands for the title."""
    for number in find_numbers(text, span.start, span.end):
        at = number.span
        if number.value.startswith("〔") or any(q.span.overlaps(at) for q in quotations):
            continue
        if not (
            _ALONE_BEFORE.search(text[max(0, at.start - 6) : at.start])
            or _ALONE_BEHIND.match(text[at.end : at.end + 6])
        ):
            continue
        rest = _ALONE_WORD.sub("", text[at.end : at.end + 80])
        for article in read_articles(rest) or _NOTHING:
            yield Citation(number.value, number.value, article, at, "他件", "提及")


def _that_law(text: str, span: Span, cited: Sequence[Citation]) -> Iterator[Citation]:
    """该法第九条: an article of the only law cited before; where there are several, the words stand for the title."""
    for match in _THAT.finditer(text, span.start, span.end):
        before = {
            name_key(c.title): c.title
            for c in cited
            if c.span.start < match.start() and c.target == "他件" and c.title.endswith(match[1])
        }
        title = next(iter(before.values())) if len(before) == 1 else match[0]
        for article in read_articles(text[match.end() : match.end() + 80]):
            yield Citation(title, None, article, Span(*match.span()), "他件", "提及")


def find_notices(text: str, span: Span, quotations: Sequence[Quotation]) -> Iterator[Citation]:
    """Announcements cited by number instead of title: 海关总署公告2015年第34号（关于《…》的公告)."""
    if "公告" not in text:
        return
    for match in NOTICE.finditer(text, span.start, span.end):
        head = re.split(
            r"[，；：。（）《》\n]|按照|根据|依据|解除|对|原(?=[^、]*$)",
            text[max(span.start, match.start() - 40) : match.start()],
        )[-1]
        before = text[max(span.start, match.start() - 40) : match.start()]
        tail = re.search(r"((?:原[\u4e00-\u9fff]{2,16}、?)+)$", before)
        owner = tail[1] if tail else _LABEL.sub("", head)
        if any(quotation.span.start < match.start() < quotation.span.end for quotation in quotations):
            continue
        number = (owner + match[0]).replace(" ", "")
        named = re.match(r"[（(](关于[^（）]{4,80}?的公告)[）)]", text[match.end() : match.end() + 100])
        title = named[1] if named else number
        yield Citation(title, number, None, Span(match.start() - len(owner), match.end()), "他件", "提及")


def _catalogued(text: str, span: Span) -> Iterator[Citation]:
    """Documents listed in a catalogue: a title without 《》 with its number on the next line."""
    if "号\n" not in text:
        return
    for match in _CATALOGUED.finditer(text, span.start, span.end):
        numbers = cited_numbers(match[2])
        if numbers:
            yield Citation(
                re.sub(r"\s", "", match[1]),
                numbers[0],
                None,
                Span(match.start(1), match.end(1)),
                "他件",
                "目录",
            )


def find_self_references(text: str, span: Span) -> Iterator[Citation]:
    """References of a document to itself: 本办法第十条, 前款, 本条第一款."""
    for match in _SELF.finditer(text, span.start, span.end):
        article = match[1] or match[2] or f"前{match[3]}"
        yield Citation("本件", None, article, Span(*match.span()), "本件", "内部引用")
