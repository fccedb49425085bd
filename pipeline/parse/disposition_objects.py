"""What a disposition is done to: the documents that a sentence names, by title or number, and the part of each (第五条, 附件2)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.document import Span
from pipeline.parse.citations import find_notices, find_quotations, is_instrument
from pipeline.parse.genres import ENDS
from pipeline.parse.numbers import FoundNumber, cited_numbers, find_numbers, serials_behind

_N = "[一二三四五六七八九十百零〇0-9]{1,5}"
_QUOTED = "《[^《》]*(?:《[^《》]*》[^《》]*)*》"
_PARENTHESIS = r"[（(][^（）()]*(?:[（(][^（）()]*[）)][^（）()]*)*[）)]"
_BEHIND_TITLE = re.compile(r"[^《》，。；、]{0,6}[（(]((?:[^（）()]|[（(][^（）()]*[）)])*)[）)]")
_UNIT = rf"(?:第{_N}[条章节款项编目点段]|第?[（(]{_N}[）)]项?|{_N}条|之{_N}(?![条章]))"
_ARTICLES = rf"(?:{_UNIT}|第{_N}部分|附\s*[件表录]\s*{_N}|附[件表录图](?!的))(?:(?:[、和及至到与或—-]|以及|中的?|的)*(?:{_UNIT}|第{_N}部分|附\s*[件表录]\s*{_N}|{_N}(?=[、和及])))*"
# 中关于收费的规定, 有关摊位费的条款, 部分条款, 除第五条外
_MATTER = (
    r"(?:中|里|内)?的?(?:关于|有关|涉及|对于|针对|与)[^，。；《》]{1,60}?(?:的)?(?:规定|内容|条款|部分|要求|标准|政策|事项|表述|附件|条文|措施|做法)(?:的?(?:规定|内容|条款|部分|要求))?"
    r"|(?:的|所附的?|所列的?|确定的|明确的)[^，。；《》同即予一均自]{2,20}?(?:标准|内容|条款|部分|要求|附件|附表|清单|目录|基准|程序)"
    r"|规定的[^，。；《》同即予一均不停]{1,40}"
    r"|(?:中|里)的?[“\"][^”\"]{1,60}[”\"](?:的?(?:规定|内容|条款|部分|要求|表述))?"
    r"|(?:中|里)(?:的)?[^，。；《》同即予一均]{2,40}?(?:规定|内容|条款|部分|要求|标准|政策|条文)"
    r"|的?(?:相关|有关|部分|个别|若干|相应)(?:条款|规定|内容|条文|附件|标准|政策|条目)"
    r"|[，（(]?除[^，。；]{2,40}?(?:以外|之外|外)"
)
_PART = re.compile(
    rf"(?:文件|通知|的通知|的决定)?(?:[中里内]的?|的)?\s*(?P<part>{_ARTICLES}(?:(?:中)?的?(?:关于|有关|涉及)?[^，。；《》同即予一均]{{0,30}}?(?:规定|内容|条款))?|{_MATTER})"
)
_LISTED = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十0-9]{1,3}(?:[）)][、.．]?|[、.．])\s*)?(?P<title>[^《》。；]{4,80}?)(?:[（(](?P<number>[^（）()]*号)[^（）()]*[）)])?[；;。，]?"
)
# a word before a code: 对长政发〔2010〕3号, 原长政发〔2010〕3号
_BEFORE_CODE = re.compile("^(?:对|将|原|把|以)(?=[\u4e00-\u9fff]{3})")
_NOTE = re.compile(r"[（(][^（）()]*[）)]$")
_MASKED = re.compile(rf"{_QUOTED}(?:{_PARENTHESIS})?")
_GROUND = re.compile("(?:根据|依据|依照|按照|参照|遵照|落实|贯彻|结合|鉴于|由于|因)[^，。；将对]*$")
_CLAUSE_END = re.compile("[；。]")
_BREAKS = re.compile(
    r"修改|(?:施行|实施)(?!期)|规定的|制定|执行《|适用《|印发了|公布了|延长|延期|顺延|继续|保留|仍|废止|失效|停止|不再|有效期"
)
_JOINING = re.compile(r"[，、和及与以的文件等号原同时均规定]|自.{4,16}起|以上|上述|已经?|即")
# 根据《…》规定，决定对《…》: what follows is the object, what stands before is not
_MARKS_NEXT = re.compile("(?:对|将|把)$")
# 自本办法施行之日起, 有效期届满后: when something is done, not what is done
_WHEN = re.compile(
    r"自[^，。；]{1,24}?(?:之日|日|时)起，?|(?:(?:有效|试行|执行|施行|实施|适用)?期限?)?(?:届满|期满|到期|届至)(?:以后|之后|后|之日起|时)，?"
)
_MOST_BETWEEN = 30


@dataclass(frozen=True, slots=True)
class Object:
    """A document that a sentence names: title and number, None where not stated; `span` covers its name alone.

    `end` is the offset behind its number in parentheses.
    """

    title: str | None
    number: str | None
    span: Span
    end: int


@dataclass(frozen=True, slots=True)
class Part:
    """An object of a disposition with the part that the disposition concerns, None for the whole document."""

    object: Object
    part: str | None


def find_objects(text: str, sentence: Span) -> list[Object]:
    """The documents that a sentence names, in order: titles in 《》 with the number behind, and numbers alone."""
    titled = list(_titled(text, sentence))
    taken = [Span(found.span.start, found.end) for found in titled]
    taken += [q.span for q in find_quotations(text, sentence.start, sentence.end)]
    bare = [found for found in _numbered(text, sentence) if not any(found.span.overlaps(span) for span in taken)]
    return sorted([*titled, *bare], key=lambda found: found.span.start)


def _titled(text: str, sentence: Span) -> Iterator[Object]:
    for quotation in find_quotations(text, sentence.start, sentence.end):
        if not is_instrument(quotation.title):
            continue
        tail = text[quotation.span.end : quotation.span.end + 160].split("\n")[0]
        inside = _BEHIND_TITLE.match(tail)
        numbers = cited_numbers(inside[1]) if inside else []
        end = quotation.span.end + (inside.end() if inside and numbers else 0)
        yield Object(re.sub(r"\s", "", quotation.title), numbers[0] if numbers else None, quotation.span, end)


def listed_object(text: str, line: Span) -> Object | None:
    """The document that a line of a list names without 《》: 一、长河县苗圃管理办法（长林发〔2016〕3号）; None if it names none."""
    match = _LISTED.fullmatch(line.cut(text).rstrip())
    if not match or not ENDS.search(_NOTE.sub("", match["title"])):
        return None
    numbers = cited_numbers(match["number"]) if match["number"] else []
    span = Span(line.start + match.start("title"), line.start + match.end("title"))
    return Object(re.sub(r"\s", "", match["title"]), numbers[0] if numbers else None, span, line.end)


def _numbered(text: str, sentence: Span) -> Iterator[Object]:
    for number in find_numbers(text, sentence.start, sentence.end):
        lead = _BEFORE_CODE.match(number.value)
        cut = lead.end() if lead else 0
        found = FoundNumber(number.value[cut:], Span(number.span.start + cut, number.span.end))
        if found.value.startswith("〔") or _in_parentheses(text, sentence, found.span):
            continue
        for value, span in serials_behind(text, found):
            yield Object(None, value, span, span.end)
    for notice in find_notices(text, sentence, ()):
        if not _in_parentheses(text, sentence, notice.span):
            titled = notice.title if notice.title != notice.number else None
            yield Object(titled, notice.number, notice.span, notice.span.end + (len(titled) + 2 if titled else 0))


def _in_parentheses(text: str, sentence: Span, span: Span) -> bool:
    """Whether a number stands in parentheses behind a name, so that it is not an object of its own."""
    before = text[sentence.start : span.start]
    opened = max(before.rfind("（"), before.rfind("("))
    return opened > max(before.rfind("）"), before.rfind(")")) and bool(
        re.search("[\u4e00-\u9fff》]$", before[:opened])
    )


def objects_of(text: str, objects: Sequence[Object], verb: Span, *, behind: bool = True) -> list[Part]:
    """The objects of the verb at a span: those before it in its clause, else, with `behind`, those right behind it."""
    before = [o for o in objects if o.end <= verb.start and not _is_no_object(text, o, verb.start)]
    chain = [] if text.startswith("《", verb.end) else _chain(text, before, verb.start)
    if chain:
        return chain
    following = [o for o in objects if o.span.start >= verb.end]
    if not behind or not following or not re.fullmatch(r"[^，。；\n]{0,16}", text[verb.end : following[0].span.start]):
        return []
    stop = re.search("[；。\n]", text[verb.end :])
    last = verb.end + stop.start() if stop else len(text)
    return _chain(text, [o for o in following if o.end <= last], last, strict=False)


def _is_no_object(text: str, found: Object, verb: int) -> bool:
    return bool(_CLAUSE_END.search(text[found.end : verb])) or is_ground(text, found.span.start)


def _chain(text: str, objects: Sequence[Object], end: int, *, strict: bool = True) -> list[Part]:
    """The objects joined to each other up to an offset, each with the part named behind it.

    A matter (中关于…的规定) behind the last of several titles is one of all of them.
    """
    found: list[Part] = []
    for at in range(len(objects) - 1, -1, -1):
        one = objects[at]
        stop = objects[at + 1].span.start if at + 1 < len(objects) else end
        tail = text[one.end : stop]
        match = _PART.match(tail)
        part = match["part"].lstrip("中里的，（(").rstrip("的（(") if match else None
        if strict and (_breaks(tail[match.end() :] if match else tail) or (found and _MARKS_NEXT.search(tail))):
            break
        shared = (
            found and part is None and found[0].part and not _is_article(found[0].part) and not tail.strip("、和及与 ")
        )
        found.insert(0, Part(one, found[0].part if shared else part))
    return found


def _is_article(part: str) -> bool:
    return part.startswith(("第", "附"))


def _breaks(between: str) -> bool:
    """Whether the text between a document and the next one or the verb holds more than conjunctions."""
    bare = _WHEN.sub("", re.sub(f"{_PARENTHESIS}|{_QUOTED}", "", between))
    return bool(_BREAKS.search(bare)) or len(_JOINING.sub("", bare)) > _MOST_BETWEEN


def masked(piece: str) -> str:
    """A sentence of the same length in which titles and the notes behind them are blank, so that no verb is found in them."""
    return _MASKED.sub(lambda match: " " * len(match[0]), piece)


def is_ground(text: str, at: int) -> bool:
    """Whether the title at an offset is the legal ground of a disposition, not its object: 根据《…》要求，对《…》予以废止."""
    start = max(text.rfind("。", 0, at), text.rfind("\n", 0, at)) + 1
    return bool(_GROUND.search(re.sub(_QUOTED, "", text[start:at])))
