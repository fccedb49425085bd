"""Whether a document is an administrative normative document (行政规范性文件), by weighted evidence for and against.

Definition after 国办发〔2018〕37号: issued by an administrative body, affects rights and duties of citizens or
organisations, general, and applied repeatedly.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.classify.kinds import TELLS_REMEDIES
from pipeline.document import ClauseKind, Document, Hit, NormLevel
from pipeline.kinds_of_papers import AFFAIRS, AGREED, SINGLE_ACTS

_OUTSIDER = (
    "企业|公司|单位和个人|个人|公民|申请人|经营者|当事人|用人单位|建设单位|施工单位|物业|业主|居民|村民|农户|学生|家长|患者|纳税人"
    "|收货人|进口商|商户|机构|银行|支付机构|劳动者|职工|驾驶人|持有人|投资者|供应商|投标人|承租人|被征收人|参保|举报人|排水户|开户单位|承担单位"
)
_DUTY = re.compile(rf"(?:{_OUTSIDER})[^。；\n]{{0,24}}(?:应当|应|须|必须|不得|可以|可|有权|禁止)")
_SAMPLE = 12_000
_GAIN = "[^。；]{0,20}(?:补贴|补助|奖励|资助|补偿|救助|减免|优惠|支持)"
_BENEFIT = re.compile(f"给予{_GAIN}|发放{_GAIN}|享受{_GAIN}|予以{_GAIN}|补偿标准|补贴标准")
_CHARGE = re.compile("(?:收费|征收|计费|缴费)(?:项目(?:和|及|与)?)?标准")
_EXPLAINED = re.compile(r"由[^。；，]{2,60}(?:负责|进行)(?:具体)?解释|解释权")
_RULE_TITLE = re.compile(
    r"(?:办法|规定|细则|标准|规则|规范|基准|条例|若干措施|若干政策|措施|政策|目录|决定|制度|流程|导则|准则|公告|通告)(?:[（(][^）)]{2,10}[）)])?(?:》|的|$)"
)
# 修订了《某某资金管理办法》，现印发给你们; 制定了《某某细则》和《某某办法》。现印发你们: the rule that a paper without title issues
_ISSUED_RULE = re.compile(
    "《[^《》]{4,60}(?:办法|规定|细则|标准|规则|规范|基准|导则|准则)(?:[（(][^（）()《》]{2,10}[）)])?》(?:[^。《》]{0,40}?|。现[^。《》]{0,10}?)印发"
)
_RENEWAL = re.compile(r"(?:延长|继续适用|继续有效|继续实施|修改|废止|宣布失效|调整)")
# documents on a single occasion, on persons, on the administration's own work
_OCCASION = re.compile(
    r"申报(?:工作)?的?通知|(?:组织|做好|开展)[^，。]{0,30}(?:申报|推荐|评选|征集|遴选|评审材料|报送)|评选|表彰|授予|任免|任职|聘任|成立|调整[^，。]{0,20}(?:领导小组|组成人员|成员)|名单|公示|公布[^，。]{0,20}结果"
    r"|举办|召开|参加|会议(?!研究|审议|精神|通过)|培训班|考试|竞赛|大赛|代表团|活动|庆祝|节日|春节|教师节|招聘|放假|值班|开班|论坛|座谈|检查|督查|督导|自查|专项行动|专项整治|调研|普查|调查工作|试点名单|年度报告|述职"
)  # fmt: skip
_WORK = re.compile(
    r"(?:工作要点|工作计划|工作安排|任务分工|责任分工|分工方案|行动计划|行动方案|三年行动|发展规划|总体规划|纲要|项目方案|实施方案|工作方案|年度[^，。]{0,10}计划)"
)
_INTERNAL = re.compile(
    r"机构和?队伍建设|机构编制|内设|依法行政|法治政府|法治建设|政府法律顾问|行政复议|绩效|考核|值守|公文|保密|档案管理|机关|干部|公务员|党建|财务管理制度|政务公开|责任制|督查|常态化管理"
)  # fmt: skip
_ONCE = re.compile(
    r"(?:[12][0-9]{3}年(?:度|春|秋|底|上半年|下半年|国庆|五一)?|第[一二三四五六七八九十0-9]{1,4}届|本年度|今年)"
)
# cited documents, whose years are not those of the document itself
_CITED = re.compile(r"《[^《》]*(?:《[^《》]*》[^《》]*)*》|[\u4e00-\u9fff]{0,8}〔[0-9]{4}〕[0-9]{1,5}号")
_PLAN = re.compile("制定本[^，。]{0,8}(?:计划|规划|纲要)")
_CONTACT = re.compile(r"联系人[：:]|联系电话|报名|截止时间|报送至|邮箱[：:]")

# the groups of types of provisions that burden citizens and organisations
_BURDENING = ("LIC", "PEN", "FOR", "FEE", "EXP", "RGT", "CRT", "FCR")
_BURDENS = "有条款对公民、法人或者其他组织设定处罚、许可、收费等义务或者限制其权利"
_DOUBT = f"但{_BURDENS}，是否属于行政规范性文件待人工确认"


@dataclass(frozen=True, slots=True)
class Nature:
    """Whether a document is an administrative normative document, with the reasons in Chinese.

    `in_doubt`: it is taken for none, but burdens people outside the administration, so that a person has to confirm that.
    """

    is_normative: bool
    reasons: tuple[str, ...]
    in_doubt: bool = False


def nature_of(document: Document, text: str, kind: tuple[str, NormLevel], hits: Sequence[Hit]) -> Nature:
    """Whether a document is an administrative normative document; `kind` is its genre and norm level, `hits` what was raised in it."""
    genre, level = kind
    if genre in AGREED or document.masthead.parties:
        return Nature(False, ("合同、协议、承诺书只约定签订各方的权利义务",))
    if level is not NormLevel.NORMATIVE:
        return Nature(False, (f"效力层级为{level}，不属于行政规范性文件",))
    if genre in SINGLE_ACTS:
        return Nature(False, (f"{genre}针对特定对象，不反复适用",))
    if TELLS_REMEDIES.search(document.span.cut(text)):
        return Nature(False, ("告知了对本决定的复议、诉讼权利，是针对特定对象的决定",))
    burdens = any(map(_burdens, hits))
    doubt = (_DOUBT,) if burdens else ()
    if genre in AFFAIRS:
        return Nature(False, (f"{genre}针对具体事务，不反复适用", *doubt), burdens)
    evidence = tuple(_evidence(document, text, genre))
    if burdens and not evidence:
        evidence = ((1, _BURDENS),)
    total = sum(weight for weight, _ in evidence)
    reasons = tuple(reason for weight, reason in evidence if (weight > 0) == (total > 0))
    if total > 0:
        return Nature(True, reasons)
    return Nature(False, (*(reasons or ("没有看到条文、施行日期、权利义务等规范性文件的特征",)), *doubt), burdens)


def _burdens(hit: Hit) -> bool:
    """Whether a provision that judge or rules raise burdens people outside the administration: a penalty, a licence, a fee, a purchase."""
    return hit.effect == "keep" and hit.type.startswith(_BURDENING)


def _evidence(document: Document, text: str, genre: str) -> Iterator[tuple[int, str]]:
    title = document.masthead.title.value if document.masthead.title else ""
    opening = _opening(document, text)
    subject = title or opening
    yield from _of_form(document, text, title)
    yield from _of_content(text)
    yield from _of_subject(subject, title, genre)
    if not document.effective and _CONTACT.search(text):
        yield -1, "列有联系人或报送方式，属工作安排"


def _opening(document: Document, text: str) -> str:
    """The first 400 characters of the text, in which a document without title states its subject."""
    start = document.masthead.recipients.span.end if document.masthead.recipients else document.span.start
    return text[start : start + 400]


def _of_form(document: Document, text: str, title: str) -> Iterator[tuple[int, str]]:
    articles = sum(1 for member in document.family() for c in member.clauses if c.kind is ClauseKind.ARTICLE)
    if articles >= 5:
        yield 2, f"条文式规定（{articles}条）"
    if document.effective:
        yield 2, "规定了施行日期"
    if document.term:
        yield 1, "规定了有效期"
    if (
        document.repeals
        or (document.amendments and _RENEWAL.search(title))
        or "废止" in title
        or "宣布失效" in title
        or "继续适用" in title
        or "延长" in title
    ):
        yield 3, "废止、修改或延长其他文件"
    at = text.rfind("解释")
    if at >= 0 and _EXPLAINED.search(text, max(0, at - 80)):
        yield 1, "规定了解释机关"


def _of_content(text: str) -> Iterator[tuple[int, str]]:
    sample = text[:_SAMPLE]
    duties = len(_DUTY.findall(sample)) * 4000 // max(len(sample), 2000)
    if duties >= 4:
        yield 3, "多处规定公民、法人或者其他组织的权利义务"
    elif duties >= 2:
        yield 2, "规定公民、法人或者其他组织的权利义务"
    elif duties:
        yield 1, "涉及公民、法人或者其他组织"
    if _BENEFIT.search(text):
        yield 1, "规定补贴、奖励或补偿"
    elif _CHARGE.search(text):
        yield 1, "规定收费、征收的标准"


def _of_subject(subject: str, title: str, genre: str) -> Iterator[tuple[int, str]]:
    if _RULE_TITLE.search(title) or (not title and _ISSUED_RULE.search(subject)):
        yield 2, "题名为办法、规定、标准、公告等"
    if genre in ("公告", "通告", "决定"):
        yield 2, f"以{genre}向社会公布"
    own = title or _CITED.sub("", subject)
    if genre == "意见" and not _INTERNAL.search(title or own[:120]):
        yield 2, "以意见规定政策"
    if not title and (genre == "方案" or _PLAN.search(own)):
        yield -2, "以方案、计划部署工作"
    for weight, reason, pattern, head in _AGAINST:
        if pattern.search(title or own[:head]):
            yield weight, reason


# weight, reason, pattern, and how many characters of a text without title are searched
_AGAINST = (
    (-4, "针对一次性事项、人员或活动", _OCCASION, 160),
    (-3, "工作部署或规划", _WORK, 0),
    (-4, "机关内部管理", _INTERNAL, 120),
    (-2, "只适用于特定年度或时点", _ONCE, 100),
)
