"""Head of a document (版头): everything above the text, from letterhead and number to title and addressees."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.dates import DATE, first_date
from pipeline.document import BlockKind, Fact, Span
from pipeline.parse.agreements import begins_with_party, names_agreement
from pipeline.parse.bodies import NAME, are_bodies, is_body, split_bodies
from pipeline.parse.genres import ENDS, names_single_act
from pipeline.parse.lines import Line
from pipeline.parse.numbers import ANCHOR, find_registration, write_anchor
from pipeline.parse.own_numbers import OwnNumber, is_code, read_own_number, without_tail
from pipeline.parse.secrecy import is_mark
from pipeline.parse.stretches import BRACKETED_NUMBER, ORDER, TABLE_LABEL, pieces_of
from pipeline.parse.title_ends import NOT_RECIPIENT, RECIPIENT_WORD

_URGENCY = re.compile(r"^(?:特急|加急|特提|平急|急件|明电|[0-9]{6})$")
# 中国人民银行文件; joint documents have one such line for each issuer
_MARK = re.compile(r"^([\u4e00-\u9fff（） ]{3,60}?)文件$")
# 【颁布日期】1993年07月09日: a row of a database page
_PAGE_FIELD = re.compile(r"^【[^】]{2,8}】")
_SIGNER = re.compile(r"签发人[：:]\s*(.{2,30})$")
_NUMBER_LEAD = re.compile(r"^(?:发文字号|文号|编号)[：: ]*")
# 国家知识产权局局长令: the issuer is the body, not its head
_HEAD_OF_BODY = re.compile("(?<=[部局署会行厅])(?:部长|局长|署长|主任|行长|厅长)$")
_SERIAL = re.compile(r"^[（(]?((?:[12][0-9]{3}年)?第? ?(?:[0-9]{1,5}|[一二三四五六七八九十百零〇]{1,6}) ?号)[）)]?")
# （2002年9月28日某省第九届人民代表大会常务委员会第三次会议通过）
_PASSED = re.compile(
    r"^[（(]?(?:[12][0-9]{3}|[一二][〇零○O一二三四五六七八九]{3})年.{3,200}(?:通过|公布|发布|批准|修正|修订|施行|印发|废止)[^。]{0,60}[）)]?$"
)
_DATED = re.compile(rf"^[（(]\s*{DATE.pattern}\s*[）)]$")
_ANNOTATION = re.compile(
    r"^[（(](?:[一二三四五六七八九十]次)?(?:试行|暂行|草案|送审稿|[^（）]{0,6}征求意见稿|[12][0-9]{3}年?[^（）]{0,6}[版订正])[）)]$"
)
_LABEL = re.compile(
    r"^(?:第[一二三四五六七八九十百零〇0-9]{1,5}[编章节条]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十0-9]{1,3}[）)]|[0-9]{1,2}[.．、]|前 ?言|目 ?录|引言|总则)"
)
_ATTACHED = re.compile(r"^附 ?件 ?[0-9一二三四五六七八九十]{0,3} ?[：:]?$")
# a title 关于印发…的 is complete only with the genre of the issuing document
_ISSUES = re.compile(r"^[^《]{0,60}?(?:关于|^|[府厅局委部院会])(?:印发|转发|批转|下发|发布|公布)")
# 《科学技术保密规定》 below the number of an order
_QUOTED = re.compile("《[^《》]+》")
_CARRIERS = ("通知", "公告", "决定", "令", "通告", "函", "批复", "》")
_LISTED_AS = re.compile("附件[0-9一二三四五六七八九十]{0,3}[：:]")
_RECIPIENT_BARE = re.compile(
    r"^(?:各|区政府|市政府|省政府|机关)[^。；：《》]{6,150}(?:处|门|位|委|局|司|部|府|室|院|会|校)$"
)
# 通知公告, 政策法规: a section of the site, not a title
_SECTION = re.compile(
    r"(?:政府)?(?:(?:通知|公告|公示|通告|政策|法规|规章|文件|规划|计划|信息|制度|公报|解读|法律|规范性文件|决定|意见|函件|批复|办法){2,3}|信息公开(?:制度|指南|目录|年报)|(?:其他|政策|部门|上级|本级|县级|市级|最新|重要|政府|公示)(?:通知|公告|文件|公报|规划|计划|规章|法规|政策))"
)
# what ends no beginning of a title: the end of a sentence, the name of a site or of one of its sections
_NO_BEGINNING = re.compile(
    r"[，。：；！？>＞|｜·“”《》]|(?:网站?|门户|平台|中心|栏目|频道|专栏|正文|公开|汇编|文件|工作|信息|动态|资料|[0-9])$"
)
# characters between a line and the one right below it; those of the shortest beginning of a title
_NEAR, _LEAST_BEGINNING = 4, 8
# 国务院关于…, 长河县财政局印发…
_LEAD_BODIES = re.compile(r"([\u4e00-\u9fff]{2,80}?)(?:关于|印发|转发|批转)")
# a part of a code, named between its title and the words on its adoption: 总则, 继承编
_PART = re.compile("(?:总则|附则|[\u4e00-\u9fff]{1,6}编)")
MAX_TITLE = 160


@dataclass(slots=True)
class Head:
    """The facts of the head; `body` is the index of the first line of the text.

    `mark` holds the issuers of the letterhead, `named` those below the title, `passed` the line on adoption (题注).
    Filled by `read_head` and not changed afterwards.
    """

    body: int = 0
    title: Fact[str] | None = None
    number: Fact[str] | None = None
    registration: Fact[str] | None = None
    mark: tuple[Fact[str], ...] = ()
    named: tuple[Fact[str], ...] = ()
    signers: tuple[Fact[str], ...] = ()
    secrecy: Fact[str] | None = None
    recipients: Fact[str] | None = None
    passed: Line | None = None
    is_order: bool = False


@dataclass(slots=True)
class _State:
    """State while the head is read: `titles` are the lines of the title so far, `waiting` the lines before it.

    `closed` is True once the addressees have been read, which end the head; `previous` is the line before.
    """

    titles: list[Line] = field(default_factory=list)
    waiting: list[Line] = field(default_factory=list)
    head: Head = field(default_factory=Head)
    closed: bool = False
    previous: str = ""

    @property
    def title_text(self) -> str:
        return "".join(line.packed for line in self.titles)

    @property
    def title_complete(self) -> bool:
        text = self.title_text
        if _ISSUES.search(text) and not text.endswith(_CARRIERS):
            return False
        return _names_genre(text) and _balanced(text)


def read_head(lines: Sequence[Line]) -> Head:
    """Read the head from the first 60 lines of a document; facts that it does not state are None or empty."""
    state = _State()
    for index, line in enumerate(lines[:60]):
        if line.kind is BlockKind.CELL and not _cell_belongs(line):
            return _finish(state, index)
        marks = [name.value for name in state.head.mark]
        for piece in pieces_of(line, marks, state.title_text if state.title_complete else ""):
            if not _take(state, piece):
                return _finish(state, index)
            state.previous = piece.packed
            if state.closed:
                return _finish(state, index + 1 if piece.end == line.end else index)
    return _finish(state, min(len(lines), 60))


def _cell_belongs(line: Line) -> bool:
    """Whether a table cell is part of a letterhead, which is sometimes laid out as a borderless table."""
    return len(line.text) < 60 and bool(ANCHOR.search(line.text) or _MARK.match(line.text) or _SIGNER.search(line.text))


def _finish(state: _State, body: int) -> Head:
    head = state.head
    head.body, head.title = body, _title_of(state)
    if (
        head.number
        and head.title
        and re.match(r"〔[^〕]*〕(?:第?[0-9]|第?[一二三四五六七八九十])|第", head.number.value)
    ):
        head.number = Fact(head.title.value + head.number.value, head.number.span, "标题加序号")
    return head


def _title_of(state: _State) -> Fact[str] | None:
    if not state.titles:
        return None
    text, lead = state.title_text, _LISTED_AS.match(state.title_text)
    if lead:
        text = text[lead.end() :]
    if state.title_complete or "关于" in text or state.head.recipients or state.head.number:
        return Fact(text, Span(state.titles[0].start, state.titles[-1].end), "标题行")
    return None


def _take(state: _State, piece: Line) -> bool:
    """Add a piece to the head; False if it is not part of the head, so that the text begins there."""
    return any(step(state, piece) for step in _STEPS)


def _take_mark(state: _State, piece: Line) -> bool:
    if _URGENCY.match(piece.packed) or _PAGE_FIELD.match(piece.text) or _is_table_row(piece.text):
        return True
    if is_mark(piece.text):
        state.head.secrecy = Fact(piece.packed, piece.span, "版头")
        return True
    match = _MARK.match(piece.text)
    again = state.title_complete and is_body(match[1].replace(" ", "")) if match else False
    if match and (not state.titles or again) and "关于" not in match[1]:
        names = tuple(Fact(name, piece.span, "版头") for name in split_bodies(match[1]))
        state.head.mark = (*state.head.mark, *names)
        return True
    return bool(_ATTACHED.match(piece.text)) and not state.titles


def _is_table_row(text: str) -> bool:
    """Whether a piece is a row of a page's information table other than that of the number."""
    label = TABLE_LABEL.match(text)
    return label is not None and not label[0].endswith(("文号：", "字号：", "词："))


def _take_registration(state: _State, piece: Line) -> bool:
    if len(piece.text) > 40:
        return False
    found = find_registration(piece.text)
    if not found:
        return False
    value, span = found
    place = Span(piece.start + span.start, piece.start + span.end)
    state.head.registration = state.head.registration or Fact(value, place, "登记号语法")
    rest = piece.text[: span.start] + piece.text[span.end :]
    return bool(re.fullmatch(r"[\s：:（）()登记统一编号]*", rest)) or _take_number(state, piece)


def _take_number(state: _State, piece: Line) -> bool:
    signer = _SIGNER.search(piece.text)
    if signer:
        names = tuple(Fact(name, piece.span, "签发人") for name in re.split(r"[ 、，]+", signer[1].strip()))
        state.head.signers = (*state.head.signers, *names)
    text = piece.text[: signer.start()].strip() if signer else piece.text
    text = without_tail(_NUMBER_LEAD.sub("", text))
    text = text.strip("（）()") if BRACKETED_NUMBER.fullmatch(text) else text
    own = read_own_number(text)
    if own:
        return _place_own(state, piece, own)
    match = ANCHOR.search(text)
    if match and match.end() >= len(text.rstrip()) and len(text) <= 60:
        code = text[: match.start()].replace(" ", "")
        if re.search(r"关于|《", code):
            return False
        code = code or _code_above(state)
        return _place_number(state, piece, code + write_anchor(match))
    return bool(signer)


def _code_above(state: _State) -> str:
    """The code of a number that stands on the line above it: an issuing code, or the name of the notice that it numbers."""
    if is_code(state.previous):
        return state.previous
    above = state.title_text
    return above if above == state.previous and above.endswith(("公告", "通告")) and "关于" not in above else ""


def _place_own(state: _State, piece: Line, own: OwnNumber) -> bool:
    """Take a number in another form; the notice that it numbers is the title until a line says what it is about."""
    value = own.value
    if own.title:
        at = piece.text.find(own.title)
        state.titles = [Line(own.title, piece.start + at, piece.start + at + len(own.title), piece.kind)]
    elif own.owner and not state.titles:
        body = state.waiting[-1] if state.waiting and len(own.owner) < 4 else None
        if body is not None and is_body(body.packed):
            state.titles.append(body)
            value = body.packed + value
        state.titles.append(piece._replace(text=own.owner))
    elif not own.owner and not state.titles and value.endswith(("公告", "通告")):
        state.titles.append(piece)
    if state.head.number is None:
        state.head.number = Fact(value, piece.span, "版头文号行")
    return True


def _place_number(state: _State, piece: Line, value: str) -> bool:
    notice = re.match(r"(.{0,80}?(?:公告|通告))〔", value)
    if notice and not state.titles:
        body = state.waiting[-1] if state.waiting and len(notice[1]) < 4 else None
        if body is not None and is_body(body.packed):
            state.titles.append(body)
            value = body.packed + value
        state.titles.append(piece._replace(text=notice[1]))
    elif notice and len(notice[1]) < 4 and _is_notice(state.title_text, notice[1]):
        value = state.title_text + value[len(notice[1]) :]
    elif value.startswith("〔") and not state.titles and state.waiting:
        _take_owner(state, state.waiting[-1])
    if state.head.number is None:
        state.head.number = Fact(value, piece.span, "版头文号行")
    return True


def _is_notice(title: str, genre: str) -> bool:
    """Whether a title names a notice by its bodies alone: 中国人民银行财政部公告."""
    return title.endswith(genre) and are_bodies(title.removesuffix(genre))


def _take_owner(state: _State, above: Line) -> None:
    """Take the bodies on the line above a number without a code for those that issue: 中国人民银行海关总署 / 〔2008〕第3号."""
    if are_bodies(above.text):
        state.head.named = tuple(Fact(name, above.span, "文号上署名") for name in split_bodies(above.text))


def _take_order(state: _State, piece: Line) -> bool:
    order = ORDER.match(piece.text)
    body = _HEAD_OF_BODY.sub("", order[1].strip()[:-1]) if order else ""
    if order and order.end() >= len(piece.text) and _can_order(body):
        names = tuple(Fact(name, piece.span, "令名") for name in split_bodies(body) if is_body(name))
        number = Fact(piece.packed.replace("（", "").replace("）", ""), piece.span, "令号") if order[2] else None
        state.head.is_order, state.head.mark = True, names
        state.head.number = number or state.head.number
        if not order[2]:
            state.waiting.append(piece)
        return True
    return _take_serial(state, piece)


def _can_order(name: str) -> bool:
    """Whether a name can stand before 令: an issuing body, or the president, whose orders promulgate laws."""
    return (bool(name.strip()) and are_bodies(name)) or name.replace(" ", "").endswith("国主席")


def _take_serial(state: _State, piece: Line) -> bool:
    serial = _SERIAL.match(piece.text)
    if not serial or serial.end() < len(piece.text) or state.head.number:
        return False
    owner = state.waiting[-1].packed if state.waiting else state.title_text
    if not owner.endswith(("令", "公告", "通告")):
        return False
    value = owner + serial[1].replace(" ", "")
    state.head.number = Fact(value, piece.span, "令号或公告号")
    return True


def _take_passed(state: _State, piece: Line) -> bool:
    dated = _DATED.match(piece.text)
    if not dated and (not _PASSED.match(piece.text) or "。" in piece.text.rstrip("。）")):
        return False
    if state.head.passed is None:
        state.head.passed = piece
    return True


def _take_recipients(state: _State, piece: Line) -> bool:
    text = piece.text
    colon = text.endswith(("：", ":"))
    bare = bool(state.titles) and bool(_RECIPIENT_BARE.match(text))
    if not (colon or bare) or len(text) > 900 or "。" in text or _LABEL.match(text):
        return False
    if NOT_RECIPIENT.search(text) or not RECIPIENT_WORD.search(text) or "关于" in text[:-1][:4]:
        return False
    value = re.sub(r"^主送[：:]?", "", text.rstrip("：: "))
    state.head.recipients = Fact(value, piece.span, "主送机关行")
    state.closed = True
    return True


def _take_part(state: _State, piece: Line) -> bool:
    """Pass over the part of a code (总则, 继承编) between its title and the words on its adoption."""
    return bool(_PART.fullmatch(piece.packed)) and state.title_text.endswith("法典")


def _take_party(state: _State, piece: Line) -> bool:
    """Pass over a party above the title of a contract; below a title the parties begin the text."""
    return begins_with_party(piece.text) and not state.titles


def _take_title(state: _State, piece: Line) -> bool:
    if state.head.is_order and _QUOTED.fullmatch(piece.text):
        piece = Line(piece.text[1:-1], piece.start + 1, piece.end - 1, piece.kind)
    text = piece.packed
    if _cannot_be_title(piece):
        return False
    if DATE.fullmatch(text) or (first_date(text) and len(text) < 14):
        return not state.titles
    if _names_subject(state, text):
        state.titles = [piece]
        return True
    if state.title_complete:
        return _after_title(state, piece)
    if state.titles:
        return _continue_title(state, piece)
    if _starts_title(text):
        _begin_title(state, piece)
        return True
    return _keep_waiting(state, piece)


def _cannot_be_title(piece: Line) -> bool:
    text = piece.packed
    if re.search(r"[。；！？]", text) or len(text) > MAX_TITLE or text.endswith(("：", "，")):
        return True
    return bool(_LABEL.match(piece.text)) or begins_with_party(piece.text)


def _names_genre(text: str) -> bool:
    return bool(ENDS.search(text)) or names_agreement(text) or names_single_act(text)


def _names_subject(state: _State, text: str) -> bool:
    """Whether a line says what the numbered notice above it is about: 长河县人民政府通告〔2024〕3号 / 关于…的通告."""
    above = state.title_text
    numbered = state.head.number is not None and "关于" not in above and above.endswith(("公告", "通告"))
    return numbered and text.startswith("关于") and bool(ENDS.search(text))


def _starts_title(text: str) -> bool:
    if _SECTION.fullmatch(text):
        return False
    return "关于" in text or (len(text) >= 2 and _names_genre(text)) or text.endswith("《")


def _begin_title(state: _State, piece: Line) -> None:
    text = piece.packed
    bodies = [line for line in state.waiting if line.packed.endswith("、")]
    if bodies and bodies == state.waiting and is_body("".join(line.packed.replace("、", "") for line in bodies)):
        state.titles.extend([*bodies, piece])
        return
    joins = text.startswith(("关于", "印发", "转发", "公告", "通告", "批转")) or len(text) <= 4
    joins = joins or _goes_on_from(state.waiting, text)
    state.titles.extend(_bodies_right_above(state.waiting, piece) if joins else _beginning_right_above(state, piece))
    state.titles.append(piece)


def _goes_on_from(waiting: Sequence[Line], text: str) -> bool:
    """Whether the bodies with which a line begins go on those of the line above: several, or the party's.

    A single body above may as well be the name of the site.
    """
    lead = _LEAD_BODIES.match(text)
    above = split_bodies(waiting[-1].packed) if waiting else []
    joint = len(above) > 1 or (bool(above) and above[0].startswith("中共"))
    return joint and bool(lead and is_body(lead[1])) and not set(above) & set(split_bodies(lead[1]) if lead else ())


def _bodies_right_above(waiting: Sequence[Line], piece: Line) -> list[Line]:
    """The lines right above one that each name bodies, from the first on: a heading may set each body on its own line."""
    found: list[Line] = []
    for line in reversed(waiting):
        below = found[0] if found else piece
        repeated = any(line.packed in other.packed for other in found)
        if repeated or not is_body(line.packed.replace("、", "")) or below.start - line.end >= _NEAR:
            break
        found.insert(0, line)
    return found


def _beginning_right_above(state: _State, piece: Line) -> list[Line]:
    """The line above one that ends a title without 关于, where it can only begin that title: 临溪县支持园区建设等 / 奖补实施细则."""
    before = state.waiting[-1] if state.waiting else None
    text = piece.packed
    if before is None or len(state.waiting) > 1 or piece.start - before.end >= _NEAR or "关于" in text:
        return []
    begins = len(before.packed) >= _LEAST_BEGINNING and not _NO_BEGINNING.search(before.packed)
    return [before] if begins and not NAME.match(text) and not is_body(before.packed) else []


def _continue_title(state: _State, piece: Line) -> bool:
    if piece.packed == state.title_text:
        return True
    if state.title_text.endswith(piece.packed):
        return True
    if is_body(piece.packed) and not state.title_text.endswith(("的", "《")) and _balanced(state.title_text):
        return _name(state, piece)
    state.titles.append(piece)
    return len(state.title_text) <= MAX_TITLE


def _after_title(state: _State, piece: Line) -> bool:
    text = piece.packed
    if text == state.title_text or text in state.title_text:
        return True
    goes_on = names_agreement(state.title_text) and ENDS.search(text) and piece.start - state.titles[-1].end < 2
    if goes_on or _ANNOTATION.match(text):
        state.titles.append(piece)
        return True
    return _name(state, piece) or _repeats_later(state, piece)


def _repeats_later(state: _State, piece: Line) -> bool:
    """Whether a piece may be a category or caption between a page's heading and its repetition."""
    return len(piece.packed) <= 10 and not state.head.number


def _name(state: _State, piece: Line) -> bool:
    names = split_bodies(piece.text)
    if not names or not all(is_body(name) or name.endswith(("部", "委", "局", "厅")) for name in names):
        return False
    state.head.named = tuple(Fact(name, piece.span, "标题下署名") for name in names)
    return True


def _keep_waiting(state: _State, piece: Line) -> bool:
    """Keep a short line before the title: a body that belongs to the title, or a caption."""
    if len(piece.packed) > 60 or len(state.waiting) > 3:
        return False
    state.waiting.append(piece)
    return True


_STEPS = (
    _take_mark,
    _take_registration,
    _take_number,
    _take_order,
    _take_passed,
    _take_recipients,
    _take_part,
    _take_party,
    _take_title,
)


def _balanced(text: str) -> bool:
    return text.count("《") <= text.count("》") and text.count("（") == text.count("）")
