"""Genre (文种) and norm level (效力层级) of a document."""

import re
from dataclasses import replace

from pipeline.document import BlockKind, Document, NormLevel, SourceText
from pipeline.kinds_of_papers import AGREED, SINGLE_ACTS
from pipeline.law import load_bodies

_FORMAL = frozenset(
    [
        "决议",
        "决定",
        "命令",
        "令",
        "公报",
        "公告",
        "通告",
        "意见",
        "通知",
        "通报",
        "报告",
        "请示",
        "批复",
        "议案",
        "函",
        "纪要",
        "办法",
        "规定",
        "细则",
        "规则",
        "条例",
        "方案",
    ]
)
# how such a paper without title tells its addressee of the remedies: 如不服本决定，可以自收到本决定之日起……申请行政复议
TELLS_REMEDIES = re.compile(
    "不服本(?:[\u4e00-\u9fff]{0,4})?(?:决定|通知|处理)|收到本(?:[\u4e00-\u9fff]{0,4})?(?:决定书?|通知书)之日起"
)
_SAME = {"复函": "函", "答复": "函", "补充规定": "规定"}
# how a text without title names its genre at its beginning or end
_SELF_NAMED = (
    ("公告", re.compile(r"公告如下|特此公告|本公告所称|本公告自")),
    ("通告", re.compile(r"通告如下|特此通告|本通告自")),
    ("意见", re.compile(r"(?:提出|制定)(?:以下|如下|本)?(?:若干|指导|实施)?意见|本(?:指导|实施)?意见|如下(?:指导|实施)?意见")),
    ("通知", re.compile(r"通知如下|现将?[^。]{0,60}印发|印发给你们|特此通知|请(?:认真)?(?:遵照|贯彻|按照|参照)(?:执行|落实)?|本通知")),
    ("决定", re.compile(r"作出如下决定|决定如下")),
    ("通报", re.compile(r"通报如下|特此通报")),
    ("批复", re.compile(r"批复如下|此复|特此批复")),
    ("报告", re.compile(r"报告如下|特此报告")),
    ("方案", re.compile(r"制定本(?:实施|工作|行动|专项)*方案|本(?:实施|工作|行动)*方案")),
    ("办法", re.compile(r"制定本(?:实施|管理|暂行|试行)*办法")),
    ("规定", re.compile(r"制定本(?:暂行|若干|管理)*规定")),
    ("细则", re.compile(r"制定本(?:实施)?细则")),
)  # fmt: skip
# how a reply without title begins: 临溪县人民政府：你县《关于……的请示》（临政〔2024〕3号）收悉。
_REPLY = re.compile(
    r"(?:^|\n)\s*[^\n。：:]{2,60}[：:]\s*(?:你(?:们|[省市县区州厅局委院部校处办会]|公司|单位)|《[^《》]{4,80}(?:请示|函)》)[^。\n]{0,100}收?悉[。，]"
)
_REPLY_BY_LETTER = re.compile("函复|复函")
_BEGINNING = 400
_OTHER_SELF = re.compile(r"制定(?:如下|以下|本)(?:若干)?(?:政策)?措施")
_DRAFT = re.compile(r"征求意见稿|草案|送审稿|讨论稿")
# the stage of a draft in its title: （送审稿）, （草案征求意见稿）, 征求意见稿 at the end
_STAGE = re.compile(rf"[（(][^（）()]{{0,8}}(?:{_DRAFT.pattern})[^（）()]{{0,6}}[）)]|(?:{_DRAFT.pattern})+$")
_NO_DOCUMENT = re.compile(
    r"解读|问答|图解|一图|新闻|报道|专访|答记者|标准体系建设|技术指南|工作指南|操作手册|用户手册|白皮书|综述|案例|讲话|致辞|倡议"
)
_OFFICIAL = re.compile(
    r"(?:通知|公告|通告|通报|决定|报告|批复|意见)如下|特此(?:通知|公告|通告)|制定本|制定(?:如下|以下)|印发给你们|提出(?:如下|以下)(?:指导|实施)?意见"
    r"|本(?:办法|规定|细则|意见|通知|方案|决定|公告|通告|条例)|总体要求|指导思想"
)
_JUDICIAL = re.compile(r"最高人民(?:法院|检察院)")
_NPC = re.compile(r"全国人民代表大会")
_LOCAL_CONGRESS = re.compile(r"(?:省|市|自治区|自治州|自治县|州|县|区)(?:第[一二三四五六七八九十]+届)?人民代表大会")
_LAW_TITLE = re.compile(
    r"^中华人民共和国[^，。]{1,30}(?:法|法典|刑法修正案.{0,6}|宪法)(?:[（(].{2,24}[）)])?$|^(?:中华人民共和国)?宪法(?:修正案.{0,12})?$|全国人民代表大会(?:常务委员会)?关于"
)
_ORDER_OF_STATE_COUNCIL = re.compile(r"国务院令|中华人民共和国国务院令")
_ORDER_NUMBER = re.compile(r"令(?:〔|第|\[|（|[12][0-9]{3}年)|令$")
_ARTICLE = re.compile(r"(?m)^第[一二三四五六七八九十百千零〇0-9]{1,7}条")
# who passed the text that an order without number promulgates
_PASSED_BY_STATE_COUNCIL = re.compile(r"国务院(?:第[^，。]{1,8}次)?(?:常务|全体)会议")
_PASSED_BY_CONGRESS = re.compile(r"第[^，。]{1,4}届全国人民代表大会(?:常务委员会)?第[^，。]{1,4}次会议通过(?!的)")
_PASSED_BY_LOCAL_GOVERNMENT = re.compile(r"(?:省|市|自治区|州)?(?:人民)?政府(?:第[^，。]{1,8}次)?(?:常务|全体)会议")
_OF_A_PLACE = re.compile(r"^[\u4e00-\u9fff]{2,8}?(?:省|市|自治区|自治州|自治县|特区)")
_STATED = re.compile(r"^(?:效力层级|效力级别|法律级别|级别)[：:]\s*(.+)$")
_STATED_LEVELS = {level.value: level for level in NormLevel} | {
    "宪法": NormLevel.LAW,
    "地方法规": NormLevel.LOCAL_REGULATION,
    "地方规章": NormLevel.LOCAL_RULE,
    "监察法规": NormLevel.ADMINISTRATIVE_REGULATION,
}
_PARTY = re.compile(r"^(?:中共|中国共产党)|党委|党组|党工委|省委|市委|区委|县委")
_PARTY_NUMBER = re.compile(r"^[\u4e00-\u9fff]{1,6}(?:委|党|办)(?:发|办|字|文|函)?〔|^(?:中办|厅字|中发|委)")


def as_issued(document: Document) -> Document:
    """A draft as the document that it is to become: titles without the stage (征求意见稿 …)."""
    masthead, attached = document.masthead, tuple(map(as_issued, document.attached))
    title = masthead.title
    if title is None:
        return replace(document, attached=attached)
    bare = replace(title, value=_STAGE.sub("", title.value) or title.value)
    return replace(document, masthead=replace(masthead, title=bare), attached=attached)


def find_genre(document: Document, text: str, named: str | None) -> str:
    """The genre by the title, else by how the text names itself; 其他 if it is none of the formal genres and no contract.

    `named` is the genre word that ends the title, None if there is none.
    """
    if named is not None:
        genre = _SAME.get(named, named)
        return genre if genre in _FORMAL | AGREED | SINGLE_ACTS else "其他"
    masthead = document.masthead
    if masthead.title is not None:
        return "其他"
    body = document.span.cut(text)
    if TELLS_REMEDIES.search(body):
        return "通知书" if "本通知书" in body and "本决定" not in body else "决定书"
    if _REPLY.search(body[:_BEGINNING]):
        return "函" if _REPLY_BY_LETTER.search(body[:_BEGINNING]) else "批复"
    ends = text[: document.attached[0].span.start] if document.attached else body[:900] + body[-500:]
    if _OTHER_SELF.search(ends):
        return "其他"
    own = next((genre for genre, pattern in _SELF_NAMED if pattern.search(ends)), "")
    if own:
        return own
    if masthead.recipients or masthead.number:
        return "通知"
    return "意见" if body[:40].startswith("一、总体要求") else "其他"


def stated_level(source: SourceText) -> NormLevel | None:
    """The norm level stated in the page's information table, None if not stated."""
    rows = (block.span.cut(source.text) for block in source.blocks if block.kind is BlockKind.META)
    stated = next((match[1].split() for row in rows if (match := _STATED.match(row))), [])
    return next((_STATED_LEVELS[word] for word in stated if word in _STATED_LEVELS), None)


def find_level(document: Document, text: str) -> NormLevel:
    """The norm level (效力层级) by issuer and manner of promulgation, after 宪法 and 立法法.

    `NORMATIVE` for other official documents, `OTHER` for drafts, commentary and texts without official marks.
    """
    masthead = document.masthead
    title = masthead.title.value if masthead.title else ""
    issuers = [issuer.value for issuer in masthead.issuers]
    top = text[: min(400, len(text))]
    for level, test in _LEVELS:
        if test(document, title, issuers, top):
            return level
    named = _by_own_name(document, title, text)
    if named is not None:
        return named
    return NormLevel.NORMATIVE if _is_official(document, title, text) else NormLevel.OTHER


def _is_judicial(document: Document, title: str, issuers: list[str], top: str) -> bool:
    by_court = bool(issuers and _JUDICIAL.match(issuers[0])) or title.startswith(("最高人民法院", "最高人民检察院"))
    return by_court or bool(re.search(r"最高人民(?:法院审判委员会|检察院检察委员会)", top))


def _is_law(document: Document, title: str, issuers: list[str], top: str) -> bool:
    if any(_LOCAL_CONGRESS.search(issuer) for issuer in issuers):
        return False
    if any(_NPC.search(issuer) for issuer in issuers) or _LAW_TITLE.search(title):
        return True
    masthead = document.masthead
    return not masthead.number and not masthead.recipients and bool(_PASSED_BY_CONGRESS.search(top))


def _is_local_regulation(document: Document, title: str, issuers: list[str], top: str) -> bool:
    return any(_LOCAL_CONGRESS.search(issuer) for issuer in issuers) or bool(
        re.search(
            r"(?:省|市|自治区|自治州|自治县)(?:第[一二三四五六七八九十]+届)?人民代表大会(?:常务委员会)?第?.{0,16}(?:通过|批准)",
            top,
        )
    )


def _order(document: Document) -> str:
    """The order (令) that promulgated a text: its own number, or its 题注; "" if none."""
    masthead = document.masthead
    for fact in (masthead.number, masthead.adopted):
        if fact and _ORDER_NUMBER.search(fact.value):
            return fact.value
    return ""


def _promulgation(document: Document) -> str:
    """The promulgating sentence and signature of an order without heading, "" if none."""
    adopted = document.masthead.adopted
    return adopted.value if adopted and adopted.origin == "公布语" else ""


def _is_administrative_regulation(document: Document, title: str, issuers: list[str], top: str) -> bool:
    if _PASSED_BY_STATE_COUNCIL.search(_promulgation(document)):
        return True
    return bool(_ORDER_OF_STATE_COUNCIL.search(_order(document))) or _amends_regulations(title)


def _amends_regulations(title: str) -> bool:
    """Whether a title amends administrative regulations and is therefore one: 国务院关于修改《…条例》的决定."""
    return title.startswith("国务院关于") and bool(
        re.search(r"(?:修改|废止)[^，。]{0,60}(?:行政法规|条例|细则|办法|规定)》?.*的决定$", title)
    )


def _repealed_orders(document: Document) -> str:
    """The orders (令) repealed by a text without number, joined; only rules (规章) can repeal rules."""
    if document.masthead.number or document.masthead.recipients:
        return ""
    return "".join(
        repeal.number or ""
        for member in document.family()
        for repeal in member.repeals
        if "令" in (repeal.number or "")
    )


def _is_local_rule(document: Document, title: str, issuers: list[str], top: str) -> bool:
    if _PASSED_BY_LOCAL_GOVERNMENT.search(_promulgation(document)):
        return True
    order = _order(document) or _repealed_orders(document)
    return bool(order) and bool(re.search(r"(?:省|市|自治区|州)(?:人民)?政府令", order))


def _is_department_rule(document: Document, title: str, issuers: list[str], top: str) -> bool:
    order = _order(document) or _repealed_orders(document) or _promulgation(document)
    if not order:
        return False
    names = {name for body in load_bodies() if body.level == "国家" for name in body.names}
    return any(issuer in names for issuer in issuers) or any(name in order for name in names)


def _is_party(document: Document, title: str, issuers: list[str], top: str) -> bool:
    if not issuers or not _PARTY.search(issuers[0]):
        return False
    number = document.masthead.number
    return bool(number and _PARTY_NUMBER.match(number.value)) or all(_PARTY.search(issuer) for issuer in issuers)


def _is_no_document(document: Document, title: str, issuers: list[str], top: str) -> bool:
    if _DRAFT.search(title):
        return True
    return bool(_NO_DOCUMENT.search(title)) and not document.masthead.recipients


def _names_itself(document: Document, text: str, name: str) -> bool:
    """Whether a text of articles, without number and addressees, refers to itself as 本法 or 本条例 at least twice."""
    masthead = document.masthead
    if masthead.number or masthead.recipients or len(_ARTICLE.findall(text[:20_000])) < 3:
        return False
    return len(re.findall(f"本{name}", text[:20_000] + text[-4000:])) >= 2


def _by_own_name(document: Document, title: str, text: str) -> NormLevel | None:
    """The level implied by how a text without 题注 names itself: 法 or 条例; None if neither."""
    if _names_itself(document, text, "法"):
        return NormLevel.LAW
    if (title.endswith("条例") or not title) and _names_itself(document, text, "条例"):
        return NormLevel.LOCAL_REGULATION if _OF_A_PLACE.match(title) else NormLevel.ADMINISTRATIVE_REGULATION
    if _OF_A_PLACE.match(title) and title.endswith(("条例", "若干规定")) and not document.masthead.number:
        return NormLevel.LOCAL_REGULATION if len(_ARTICLE.findall(text[:20_000])) >= 3 else None
    return None


_LEVELS = (
    (NormLevel.OTHER, _is_no_document),
    (NormLevel.JUDICIAL_INTERPRETATION, _is_judicial),
    (NormLevel.LOCAL_REGULATION, _is_local_regulation),
    (NormLevel.LAW, _is_law),
    (NormLevel.ADMINISTRATIVE_REGULATION, _is_administrative_regulation),
    (NormLevel.LOCAL_RULE, _is_local_rule),
    (NormLevel.DEPARTMENT_RULE, _is_department_rule),
    (NormLevel.PARTY, _is_party),
)


def _is_official(document: Document, title: str, text: str) -> bool:
    masthead = document.masthead
    if masthead.number or masthead.recipients or masthead.issuers or document.effective:
        return True
    return bool(title) or bool(_OFFICIAL.search(text[:1500] + text[-400:]))
