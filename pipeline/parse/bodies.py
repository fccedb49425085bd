"""Issuing bodies (制定机关): recognise their names in mastheads and signatures and split joint signatures."""

import re
from functools import cache
from itertools import pairwise

from pipeline.law import load_bodies, national_names
from pipeline.parse.genres import GENRES

# endings of the names of issuing bodies
_SUFFIX = (
    "人民政府办公厅|人民政府办公室|人民政府|政府办公室|政府办公厅|政府|办公厅|办公室|常务委员会|委员会|工作委员会|代表大会"
    "|管理委员会|管委会|管理局|监督局|分局|总局|总署|总队|支队|大队|中心|街道办事处|办事处|工作部|组织部|宣传部|党校|法院|检察院"
    "|营业管理部|分行|支行|海关"
    "|领导小组|联席会议|研究院|银行|公司|协会|联合会|总工会|妇联|残联|工商联|厅|局|委|部|署|办|司|院|处|署|会|团|社|府|党组|工委"
)
NAME = re.compile(rf"[\u4e00-\u9fff（）·]{{0,48}}(?:{_SUFFIX})")
_STOP = re.compile(
    r"[的了，。；：、！？《》“”0-9A-Za-z_]|关于|为了|根据|现将|特此|附件|负责|联系|以下|各[市县区镇级]|转发|印发|报送|抄送|送至|报至"
)
# those of them that are single characters and do not divide names either
_IN_NO_NAME = re.compile(r"[的了。；：！？《》“”0-9A-Za-z_]")
_SEPARATORS = re.compile(r"[\s、，]+")
_MARKS = re.compile("[、，]+")
# 某县人民政府办公室主办: who runs the page
_OF_PAGE = re.compile("(?:主|承|协)办$")
PROVINCES = (
    "北京市|天津市|河北省|山西省|内蒙古自治区|辽宁省|吉林省|黑龙江省|上海市|江苏省|浙江省|安徽省|福建省|江西省|山东省|河南省|湖北省|湖南省"
    "|广东省|广西壮族自治区|海南省|重庆市|四川省|贵州省|云南省|西藏自治区|陕西省|甘肃省|青海省|宁夏回族自治区|新疆维吾尔自治区|新疆生产建设兵团"
)
_AT_PROVINCE = re.compile(f"(?:中共)?(?:{PROVINCES})")
# ends like the name of a body, but is a common noun
_COMMON_NOUN = re.compile("(?:部门|单位|小组|工作会|大会|机会|社会|名单.{0,20})$")
# how the name of an attachment ends: 工程质量保修书, 申报表, 管理办法（试行）
_ENDS_NAME = re.compile(
    r"[\u4e00-\u9fff]{3}(?:[表书单图册]|文件|材料)$|(?:"
    + "|".join(genre for genre in GENRES if len(genre) > 1)
    + r")(?:[（(][^（）()]{1,16}[）)])?$"
)
# 登记表.docx: the name of an attached file
_ENDS_FILE = re.compile(r"\.(?:docx?|xlsx?|pptx?|pdf|wps|et|ofd|zip|rar|jpg|png)$", re.IGNORECASE)
_BEGINS_NAME = re.compile(r"[\u4e00-\u9fff]{2,8}?[省市县区州旗盟镇乡]|中共|国家|国务院|中国")
# the local offices of national bodies, which are named behind them: 国家税务总局长河县税务局, 中国人民银行石家庄中心支行
_OFFICES = {
    "总局": "[\u4e00-\u9fff]{2,10}?(?:税务局|监管局|监管分局|监管支局)",
    "委员会": "[\u4e00-\u9fff]{2,6}?(?:监管局|监管分局)",
    "证监会": "[\u4e00-\u9fff]{2,6}?监管局",
    "保监会": "[\u4e00-\u9fff]{2,6}?(?:监管局|监管分局)",
    "银行": "[\u4e00-\u9fff]{2,8}?(?:分行|支行|营业管理部)",
    "国家统计局": "[\u4e00-\u9fff]{2,6}?(?:调查总队|调查队)",
    "外汇管理局": "[\u4e00-\u9fff]{2,6}?(?:分局|支局|外汇管理部)",
    "国家能源局": "[\u4e00-\u9fff]{2,4}监管(?:局|办公室)",
    "矿山安全监察局": "[\u4e00-\u9fff]{2,3}局",
    "财政部": "[\u4e00-\u9fff]{2,4}(?:监管局|专员办)",
}
_OFFICE = re.compile("|".join(f"(?<={head}){office}" for head, office in _OFFICES.items()))
# 中央综治办, 总后勤部: bodies of the party's centre and of the army behind another
_CENTRAL = re.compile("中央[\u4e00-\u9fff]{2,10}?[办部委]|总(?:参谋|政治|后勤|装备)部|武警|解放军")
_PARTY, _LEAGUE = "中共", "共青团"
# with what the names of national bodies begin, before a part that is a name too: 国家|税务总局
_BEGINNINGS = (_PARTY, "国家", "中国", "国务院", "全国", "共和国")
# characters of the shortest words that are told from the name of a body behind them
_LEAST_PREFIX = 3
# 省教育厅省财政厅: names that leave out the place
_WITHOUT_PLACE = "省市县区"
# characters of the shortest name of a national body that others may follow without a separator
_LEAST_KNOWN = 3
_BOUNDARY = re.compile(
    r"(?<=政府|公厅|公室|员会|中央|区委|市委|县委|省委|公司|妇联|残联|商联|总队|海关|中心|协会|.[厅局部委署办行院会])"
)
# 北京海关天津海关
_CUSTOMS = re.compile("[\u4e00-\u9fff]{2,3}海关")
# 尹蔚民 after 部长: a signature by name
_OFFICIAL = re.compile(r"(?:部长|主任|局长|省长|市长|区长|县长|署长|行长|主席|院长|厅长|总理|委员长|会长)")
_IN_SENTENCE = re.compile("[，。；！？]")
# 部长张三, 省长 李 四: the head of a body and his name, and nothing else
_HEAD_OF_BODY = re.compile(
    r"[\u4e00-\u9fff 、]{0,40}?(?:省长|市长|州长|县长|区长|部长|局长|署长|行长|主任|主席|总 ?理|审计长|会长)[ \u3000：:]*"
    r"[\u4e00-\u9fff·]{1,4}(?: ?[\u4e00-\u9fff]{1,2})?"
)


@cache
def _national_by_head() -> dict[str, tuple[str, ...]]:
    """National bodies by the first two characters of their names, the longest first."""
    heads: dict[str, tuple[str, ...]] = {}
    for name in sorted(national_names(), key=lambda name: (-len(name), name)):
        heads[name[:2]] = (*heads.get(name[:2], ()), name)
    return heads


@cache
def _last_characters() -> frozenset[str]:
    """The characters with which names of bodies end."""
    return frozenset(name[-1] for name in (*_SUFFIX.split("|"), *national_names()))


def is_body(text: str) -> bool:
    """Whether a text (without blanks) is the name of one or several issuing bodies and nothing else."""
    if not 2 <= len(text) <= 240 or _STOP.search(text) or _OF_PAGE.search(text):
        return False
    if text in national_names():
        return True
    return len(text) >= 4 and bool(NAME.fullmatch(text) or _all_bodies(text))


def _all_bodies(text: str) -> bool:
    return len(text) > 48 and all(part in national_names() or NAME.fullmatch(part) for part in split_bodies(text))


def are_bodies(text: str) -> bool:
    """Whether a text is the names of bodies and nothing else, with or without blanks and separators; also for an empty text."""
    if _IN_NO_NAME.search(text):
        return False
    pieces = _pieces(text)
    if pieces and pieces[-1][-1] not in _last_characters():
        return False
    return is_body(text.replace(" ", "")) or all(is_body(name) for piece in pieces for name in _split_run(piece))


def is_official(text: str) -> bool:
    """Whether a line is an official's signature: office and name (部长 尹蔚民)."""
    return len(text) < 60 and not _IN_SENTENCE.search(text) and bool(_OFFICIAL.search(text)) and not is_body(text)


def signs_as_head(text: str) -> bool:
    """Whether a text is the signature of the head of a body, or of several: 水利部部长张三应急管理部部长李四."""
    return bool(_HEAD_OF_BODY.fullmatch(text))


def bodies_at_end(text: str) -> str:
    """The names of bodies that a converter joined to the end of other text, "" if there are none.

    …名单人力资源社会保障部办公厅 → 人力资源社会保障部办公厅; ….docx 长河县财政局 长河县审计局 → both.
    """
    run = re.split(r"[。；：，、）”》0-9A-Za-z.．…]", text)[-1]
    words = run.split()
    if not words:
        return ""
    if len(words[-1]) == 1:
        return _last_characters_of(text, len(_named_end("".join(words))))
    found = _named_end(words[-1])
    # what stands right behind a colon is an address or a person's office
    least = 1 + text.endswith("：" + run)
    while len(words) > least and found == words[-1] and _are_sure(words[-2]):
        found = words[-2] + words[-1]
        words[-2:] = [found]
    return _last_characters_of(text, len(found))


def _last_characters_of(text: str, count: int) -> str:
    """The end of a text with a number of characters that are no blanks."""
    at = len(text)
    while count:
        at -= 1
        count -= not text[at].isspace()
    return text[at:]


def _named_end(word: str) -> str:
    """The names of bodies that end a text without blanks, "" if there are none."""
    if _are_sure(word):
        return word
    start = behind_attachment(word)
    if start:
        return word[start:]
    for start in range(len(word) - 3):
        rest = word[start:]
        if (_AT_PROVINCE.match(rest) and is_body(rest)) or _split_known(rest):
            return rest
    return word if _is_named(word) else ""


def _are_sure(text: str) -> bool:
    """Whether a text is names of bodies only, each of which begins with a place or is a national one."""
    return bool(text) and all(map(_is_sure, _split_run(text)))


def _is_sure(name: str) -> bool:
    if name in national_names():
        return True
    begins = _AT_PROVINCE.match(name) or _begins_named(name)
    return bool(begins) and _is_named(name) and not _behind_attachment(name)


def _begins_named(text: str) -> bool:
    """Whether a text begins with a national body, or with a place of which no province is a part."""
    begins = _BEGINS_NAME.match(text)
    return bool(begins and not _AT_PROVINCE.search(text, 1)) or _begins_national(text, _LEAST_KNOWN)


def behind_attachment(text: str) -> int:
    """The offset of the names of bodies that end a text behind the name of an attachment, 0 if there are none.

    …反馈意见表工业和信息化部科技司 → that of 工业和信息化部科技司.
    """
    packed = "".join(text.split())
    start = _behind_attachment(packed)
    return len(text) - len(_last_characters_of(text, len(packed) - start)) if start else 0


def _behind_attachment(text: str) -> int:
    found = 0
    for start in range(len(text) - 4, 1, -1):
        rest = text[start:]
        known = bool(_AT_PROVINCE.match(rest)) or _begins_national(rest, _LEAST_KNOWN + 1)
        if (known or _begins_named(rest)) and _ENDS_NAME.search(text[:start]) and _is_named(rest):
            return start
        if known and start >= _LEAST_PREFIX and not _in_name(text[:start]) and _is_named(rest):
            found = start
    return found


def ends_attachment(text: str) -> bool:
    """Whether a text ends as the part above a signature does: with a sentence, or with the name of an attachment or of its file."""
    return text.endswith(tuple("。；！？”）》")) or bool(_ENDS_FILE.search(text) or _ENDS_NAME.search(text))


def _begins_national(text: str, least: int) -> bool:
    return any(len(name) >= least and text.startswith(name) for name in _national_by_head().get(text[:2], ()))


def _in_name(before: str) -> bool:
    """Whether words before the name of a body are names too, or the beginning of its own."""
    begins = any(map(before.startswith, (_PARTY, _LEAGUE, "驻")))
    return begins or before.endswith(_BEGINNINGS) or are_bodies(before)


def _is_named(name: str) -> bool:
    return len(name) >= 4 and is_body(name) and not _COMMON_NOUN.search(name)


def split_bodies(text: str) -> list[str]:
    """Split a joint signature into the names of its bodies, in order, with or without separators.

    财政部科技部教育部 → 财政部, 科技部, 教育部; 河北省教育厅河北省财政厅 → both; 财 政 部 is one name.
    """
    return [name for piece in _pieces(text) for name in _split_run(piece)]


def _pieces(text: str) -> list[str]:
    """The parts of a text between separators; where a name is letter-spaced (财 政 部), only marks separate."""
    words = text.split()
    if any(len(word) == 1 for word in words):
        return [piece for piece in _MARKS.split("".join(words)) if piece]
    return [piece for piece in _SEPARATORS.split(text) if piece]


def _split_run(text: str) -> list[str]:
    known = _split_known(text)
    if known:
        return known
    cuts = [match.start() for match in _BOUNDARY.finditer(text) if _begins_body(text, match.start())]
    edges = [0, *cuts, len(text)]
    pieces = [text[a:b] for a, b in pairwise(edges) if b > a]
    return [name for piece in pieces for name in _split_known(piece) or [piece]]


def _split_known(text: str) -> list[str] | None:
    """Split concatenated names of national bodies, longest match first; None if a part is unknown."""
    if text in national_names():
        return [text]
    for name in _national_by_head().get(text[:2], ()):
        if _LEAST_KNOWN <= len(name) <= len(text) - 2 and text.startswith(name):
            rest = _split_known(text[len(name) :])
            if rest:
                return [name, *rest]
    return None


def _begins_body(text: str, at: int) -> bool:
    """Whether a new body begins at an offset: the same place name again, 中共, or a national body."""
    rest = text[at:]
    if len(rest) >= _LEAST_KNOWN and rest[0] == text[0] and rest[0] in _WITHOUT_PLACE:
        return True
    if len(rest) < 4:
        return False
    place = text.removeprefix(_PARTY)[:2]
    if _OFFICE.match(text, at) and not _begins_national(rest, _LEAST_KNOWN):
        return False
    if rest.startswith((place, _LEAGUE)) or rest.removeprefix(_PARTY).startswith(place):
        return True
    if _AT_PROVINCE.match(rest) or _CENTRAL.match(rest) or (text[:at].endswith("海关") and _CUSTOMS.match(rest)):
        return True
    names = _national_by_head().get(rest[:2], ())
    return any(rest.startswith(name) for name in names if len(name) >= 3) and bool(NAME.fullmatch(rest))


def is_short_for(short: str, name: str) -> bool:
    """Whether a name is a shorter one of the same national body: 银监会 for 中国银行业监督管理委员会."""
    if len(short) >= len(name) or not any(short in body.names and name in body.names for body in load_bodies()):
        return False
    rest = iter(name)
    return all(character in rest for character in short)
