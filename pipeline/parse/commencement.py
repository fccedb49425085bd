"""The day from which a document applies (施行日期): a day, the day of publication, or a time after it."""

import re
from dataclasses import dataclass
from datetime import date
from itertools import chain

from pipeline.dates import DATE, NUMERIC_DATE, first_date, make_day, read_date
from pipeline.document import Effective, Span, Term
from pipeline.numerals import read_number
from pipeline.parse.sentences import IN_FORCE, SELF, sentences_with

_PUBLISHED = r"(?:印发|发布|公布|公告|下发|颁布|通过|签发|发文|发出|颁发|刊发|刊登)"
_ON_DAY = rf"{_PUBLISHED}(?:之)?(?:日|时)"
_NUMBER = r"[0-9]{1,3}|[一二两三四五六七八九十百]{1,5}"
_UNIT = r"(?:个)?工作日|个?星期|周|个?月(?![0-9一二三四五六七八九十])|日|天|年"
# 自公布之日起30日后, 公布后满三十日, 自印发之日起一个月后, 自公布之日起第31日, 发布之日的次日
_LATER = (
    rf"(?:{_PUBLISHED})(?:之?(?:日|时))?(?:起|后|以后|之后|的|算起)?[，,]?(?:计算|届)?(?:满|经过|的|第|过)?\s*"
    rf"(?:(?P<delay>{_NUMBER})\s*(?P<unit>{_UNIT})(?:届?满)?(?:之?后|以后)?的?(?:次日)?|(?P<next>次日|第二日|第二天))"
)
# 9月1日, 明年1月1日: a day whose year is that of the document
_MONTH_DAY = (
    r"(?:今年|本年度?|当年|同年|(?P<later>明年|次年|翌年))?(?P<month>[0-9]{1,2}|[一二三四五六七八九十元]{1,2})月"
    r"(?P<monthday>[0-9]{1,2}|[一二三四五六七八九十廿]{1,3})日"
)
_HOUR = r"(?:(?:零|〇|0{1,2})(?:时|点|[：:]00)(?:整|零分|00分|0分)?)?"
# 2013年10月2日起施行; 公布之日起三十日后施行; 即日起执行
_FROM = (
    rf"(?:(?P<day>{DATE.pattern}|{NUMERIC_DATE.pattern})|(?:{SELF}|文件)?{_LATER}|(?:{SELF})?(?P<pub>{_ON_DAY})|(?P<now>即日)|{_MONTH_DAY})"
    rf"\s*{_HOUR}\s*(?:起|开始|始)?\s*(?:起)?(?:在[^，。]{{2,12}})?(?:予以|在全[省市县区])?{IN_FORCE}"
)
# 本办法自2013年10月2日起施行; 本通知从1995年1月1日起实行; 本细则即日起执行
_EFFECTIVE = re.compile(
    rf"(?:{SELF}|现予(?:公布|发布|印发)|，|；|。|^|\n|均|同时|》(?=自公布之日))\s*[，,]?\s*(?:自|从|于|由|拟自)?\s*{_FROM}"
)
_WHAT_IS_SET = "标准|规定|政策|措施|价格|费率|税率|收费|要求|事项|内容|条款|目录|限额|额度|基准"
# 上述标准自…起执行, 新标准从…起执行, 收费标准自…执行: the commencement of a paper, told of what it sets
_OF_CONTENT = re.compile(
    r"(?:^|[，。；：:）)\n])\s*(?:[（(]?[一二三四五六七八九十0-9]{1,3}[）)、.．]+\s*)?(?:(?P<all>上述|以上|前述|(?P<own>本(?:公告|通告|通知|意见|决定|方案|办法|批)))|(?P<new>(?:本次|此次|这次|现)?(?:调整|公布|核定|修订)(?:后|过)?的|(?:调整|修订)后|新的?))?"
    rf"(?P<set>[\u4e00-\u9fff]{{0,16}}?(?:{_WHAT_IS_SET}))(?:统一|一律|均|拟)?(?:自|从|于|由)\s*{_FROM}(?!以来|至今|之?后|期间|的)"
)
# 《绿色债券目录》自2021年7月1日起施行: the commencement of what a paper issues
_OF_ISSUED = re.compile(
    rf"《(?P<set>[^《》]{{4,80}})》\s*(?:统一|一律|均|拟)?(?:自|从|于|由)\s*{_FROM}(?!以来|至今|之?后|期间|的)"
)
_ISSUES = "(?:印发|发布|公布|颁布|下发|颁发|制定)[^《》]{0,10}《"
# 根据有关规定，现将标准公布如下，自2026年10月15日起执行; 经研究，决定调整收费标准，自…起执行
_PUBLISHES = re.compile(
    rf"(?:现[将就][^。；]{{2,160}}?(?:{_PUBLISHED}|通告|通知|明确|规定|调整|核定)(?:给你们|你们|如下|于后)?|(?:决定|同意)(?!废止|停止|取消)[^，。；：《》]{{2,60}})(?:，请[^，。；：《》]{{2,30}}){{0,2}}$"
)
# 按《长河县收费管理规定》执行。上述规定自…: what the words point at may be the paper just cited
_CITED_BEFORE = re.compile(f"》[^。\\n]{{0,30}}(?:{_WHAT_IS_SET})?[^。\\n]{{0,12}}[，。；\\n]?$")
_NEAR, _NAMED, _BEGINNING = 60, 4, 120
# a paper that takes effect before it is made goes back at most so many days (补贴标准自今年1月1日起执行)
_BACK = 366
# short announcements whose only order takes effect at once: 自本公告发布之日起，解除… / 即日起，允许…
_AT_ONCE = re.compile(rf"(?:自(?:本(?:公告|通告|通知|决定)){_ON_DAY}起|(?:^|[，。：\n]|决定)即日起)，?(?!{IN_FORCE})")
_DECIDED = re.compile(rf"决定[^。；]{{0,12}}?自({DATE.pattern})起")
_BEFORE_FORCE = re.compile(
    rf"{SELF}[^，。]{{0,4}}(?:施行|实施|执行|印发|发布)(?:之日)?(?:前|后(?!(?:满|第)?[0-9一二三四五六七八九十百两]{{1,5}}个?[日天月工年])|期间)"
)
_OF_ANOTHER = re.compile("有效期延长|废止")
_OWN = re.compile(rf"{SELF}|现予|即日起")
_TERM_FROM = re.compile(rf"(?:自|从){_ON_DAY}起")
_FORCE_WORDS = re.compile("施行|实施|执行|生效|实行|试行|适用|启用|暂行")
_DAYS_OF_WEEK = 7
_MONTHS = 12
# a day without year so long before the document is that of the next year
_EARLIER = 184


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the provisions on commencement of a text.

    `made` is the day of the document, None if not known; `subject` its title, or the words with which it begins.
    """

    text: str
    made: date | None
    subject: str

    def read(self, sentence: Span) -> Effective | None:
        piece = sentence.cut(self.text)
        if "《" in piece and _OF_ANOTHER.search(piece) and not re.search(SELF, piece):
            return None
        for match in _EFFECTIVE.finditer(piece):
            if self._is_own(match, piece):
                span = Span(sentence.start + match.start(), sentence.start + match.end())
                return self._effective(match, span)
        return None

    def read_of_content(self, sentence: Span) -> Effective | None:
        """The commencement that a sentence tells of what the document sets or issues (上述标准自…起执行); None if it tells none."""
        piece = sentence.cut(self.text)
        for match in chain(_OF_CONTENT.finditer(piece), _OF_ISSUED.finditer(piece)):
            span = Span(sentence.start + match.start("set"), sentence.start + match.end())
            found = self._effective(match, span) if self._is_of_content(match, sentence) else None
            if found and not (found.day and self.made and (self.made - found.day).days > _BACK):
                return found
        return None

    def _is_own(self, match: re.Match[str], piece: str) -> bool:
        before = piece[: match.end()]
        own = _OWN.search(before) or _begins_sentence(match, piece) or _PUBLISHES.search(piece[: match.start()])
        return bool(own) and not _BEFORE_FORCE.search(before)

    def _is_of_content(self, match: re.Match[str], sentence: Span) -> bool:
        """Whether what a sentence tells the commencement of is what the document sets: all of it, or what its title names."""
        if match.re is _OF_ISSUED:
            name = re.escape(re.sub(r"\s", "", match["set"]))
            return bool(re.search(f"^{name}$|{_ISSUES}{name}", re.sub(r"\s", "", self.subject)))
        if match["own"]:
            return True
        if match["all"]:
            before = self.text[: sentence.start + match.start()]
            return not _CITED_BEFORE.search(before[-_NEAR:])
        named = match["set"]
        return named[-2:] in self.subject if match["new"] else len(named) >= _NAMED and named in self.subject

    def _effective(self, match: re.Match[str], span: Span) -> Effective | None:
        if match["day"]:
            day = read_date(match["day"])
            return Effective(day, False, None, span) if day else None
        if match["month"]:
            day = self._without_year(match)
            return Effective(day, False, None, span) if day else None
        if match["next"]:
            return Effective(None, False, 1, span)
        if match["delay"]:
            return _after_publication(read_number(match["delay"]), match["unit"], span)
        return Effective(None, True, None, span)

    def _without_year(self, match: re.Match[str]) -> date | None:
        if self.made is None:
            return None
        year = self.made.year + bool(match["later"])
        day = make_day(str(year), match["month"], match["monthday"])
        if day and (self.made - day).days > _EARLIER:
            return make_day(str(year + 1), match["month"], match["monthday"])
        return day


def _after_publication(count: int | None, unit: str, span: Span) -> Effective:
    """The commencement `count` units after publication: working days, months or days."""
    if count is None:
        return Effective(None, False, None, span)
    if "工作日" in unit:
        return Effective(None, False, None, span, delay_working_days=count)
    if "月" in unit or unit == "年":
        return Effective(None, False, None, span, delay_months=count * (_MONTHS if unit == "年" else 1))
    return Effective(None, False, count * (_DAYS_OF_WEEK if "周" in unit or "星期" in unit else 1), span)


def find_effective(text: str, span: Span, opening: Span, made: date | None, title: str | None) -> Effective | None:
    """The effective date (施行日期) stated within `span`, None if there is none.

    `opening` is the first paragraph, searched last, for orders that take effect at once (即日起). `made` is the day
    of the document, by which a day without year is completed. A sentence that tells the commencement of what the
    document sets (收费标准自…起执行) counts where no other tells that of the document, and where `title` names it.
    """
    reader = _Reader(text, made, title or text[span.start : span.start + _BEGINNING])
    sentences = list(sentences_with(text, _FORCE_WORDS, span))
    found = next(filter(None, map(reader.read, sentences)), None)
    return (
        found or next(filter(None, map(reader.read_of_content, sentences)), None) or _effective_at_once(text, opening)
    )


def effective_of_term(text: str, term: Term) -> Effective | None:
    """The commencement that the provision on the term implies: its first day, or publication (有效期自公布之日起5年)."""
    if term.first_day:
        return Effective(term.first_day, False, None, term.span)
    return Effective(None, True, None, term.span) if _TERM_FROM.search(term.span.cut(text)) else None


def _begins_sentence(match: re.Match[str], piece: str) -> bool:
    """Whether the match stands at the beginning of its sentence or after a heading (自2020年1月1日起施行)."""
    return bool(re.fullmatch(r"(?:《.{2,60})?》?|[^，。]{0,14}[，、：）]?", piece[: match.start()]))


def _effective_at_once(text: str, opening: Span) -> Effective | None:
    piece = opening.cut(text)
    match = _AT_ONCE.search(piece)
    if match:
        return Effective(None, True, None, Span(opening.start + match.start(), opening.start + match.end()))
    match = _DECIDED.search(piece)
    found = first_date(match[1]) if match else None
    if match and found:
        return Effective(found.day, False, None, Span(opening.start + match.start(), opening.start + match.end()))
    return None
