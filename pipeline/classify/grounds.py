"""Explanation of the judge in Chinese: what spoke for and against a sentence, said so that it fits the words it rests on."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from pipeline.classify.model import Reason

_MAX_QUOTED = 16
# what is cut out of other words by the last sign of a place: 各类市, 校向市, 立全省, not 全省 or 清河市
_NO_PLACE = re.compile(
    r"^(?:各|从|的|[条款项][一-龥]|银行|[一-龥][向从类全对为在由等的事经])|(?:券|股|超|上|城|集|楼|夜|早|门)市$"
)
# what stands before a place and is seen with it: 在园区内, the second sign of 鼓励园区内
_BEFORE_PLACE = re.compile(r"^[励在对驻于](?=[一-龥]{2})")
# who stands first in words that are said to have an organ as subject
_OUTSIDER_FIRST = re.compile(
    r"^(?:第[^条]{1,6}条|[（(][^）)]{1,3}[）)]|[0-9一二三四五六七八九十]{1,3}[、.．])?\s*[^，。]{0,8}?"
    r"(?:企业|公司|个人|经营者|商户|中介机构|培训机构|服务机构|银行|申请人|当事人|业主|学校|协会|商会|摊主|农户|村民)(?!主管|监管|管理)"
)
_ADDRESSEE, _ORGAN_LEADS, _PLACE, _PURCHASE, _RATE = (
    "addressee.",
    "addressee.organ_leads",
    "competition.place",
    "duty.purchase_required",
    "charge.rate",
)
_TRAITS = "right.personal_traits"
_MONEY = re.compile("[元费价收缴征%％‰]|标准|比例|倍")


def tell_grounds(reasons: Sequence[Reason]) -> tuple[str, ...]:
    """What spoke for and against, as two lines: observations with the words they rest on, then single words; what one of them quotes is no single word on either side."""
    observed = {
        weighs: list(_observed(reason for reason in reasons if reason.weight * weighs > 0)) for weighs in (1, -1)
    }
    quoted = [words for found in observed.values() for _, words in found]
    lines = []
    for name, weighs in (("支持", 1), ("反对", -1)):
        single = [reason.words for reason in reasons if reason.weight * weighs > 0 and not reason.says]
        words = "".join(f"“{word}”" for word in single if not _is_quoted(word, quoted))
        said = [*(f"{says}“{held}”" for says, held in observed[weighs]), *([f"用语{words}"] if words else [])]
        if said:
            lines.append(f"{name}：{'；'.join(said)}")
    return tuple(lines)


def _is_quoted(word: str, quoted: Sequence[str]) -> bool:
    """Whether two characters of a word stand side by side in words that are told already, for or against."""
    return any(first + second in words for first, second in pairwise(word) for words in quoted)


def _observed(reasons: Iterable[Reason]) -> Iterator[tuple[str, str]]:
    """What observations say, with the words that they rest on."""
    for reason in reasons:
        says = _fitting(reason) if reason.says else ""
        if says:
            words = _BEFORE_PLACE.sub("", reason.words) if reason.kind == _PLACE else reason.words
            yield says, words[:_MAX_QUOTED]


def _fitting(reason: Reason) -> str:
    """What an observation says, in the words that fit what it was seen by; "" if those words do not show it."""
    words = reason.words.strip()
    if reason.kind.startswith(_ADDRESSEE) and len(words) < 2:
        return ""
    if reason.kind == _ORGAN_LEADS and _OUTSIDER_FIRST.match(words):
        return ""
    if reason.kind == _PLACE and _NO_PLACE.search(words):
        return ""
    if reason.kind == _TRAITS and words == "育":
        return ""  # 教育 and 培育 more often than 生育
    if reason.kind == _PURCHASE and words.endswith("缴"):
        return "必须缴纳"
    if reason.kind == _RATE and not _MONEY.search(words):
        return "按期或者按数量计算"
    return reason.says
