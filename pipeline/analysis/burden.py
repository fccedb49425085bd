"""The burden index (负担指数): words of duty, ban, consent, filing, sanction and required papers per thousand characters.

All words have the same weight. Duties of authorities count like duties of citizens, and quoted laws like the document's own
text, so that only documents of the same kind are comparable.
"""

import re

# 应 alone is a duty (应提供); in 相应, 应急, 应用 it is part of a word. Each alternative begins with its character, which is quick to find
_DUTY = re.compile(
    r"应(?<!不应)(?:当|(?<![相响适反供对效感照呼回顺策因内报一]应)(?![当急用对届诉税聘邀变验激运酬季力付收得]))|必须|务必|须(?<![必无毋不]须)(?!知)"
)
# the parts that count plain words
_WORDS = {
    "bans": ("不得", "禁止", "严禁", "不准", "不应"), "consents": ("批准", "审批", "核准", "许可"), "filings": ("备案",),
    "penalties": ("罚款", "没收", "吊销", "暂扣", "停业"), "papers": ("证明", "材料", "申请表", "登记证"),
}  # fmt: skip
# two words of a part that share a character (严禁止) count once
_SHARED = {
    name: tuple(one + other[1:] for one in words for other in words if one[-1] == other[0])
    for name, words in _WORDS.items()
}
# what each part counts, for people
MEANINGS = {"duties": "应当、应、必须、务必、须", **{name: "、".join(words) for name, words in _WORDS.items()}}


def burden(text: str) -> dict[str, float]:
    """The burden index of a text and its parts.

    Keys: those of MEANINGS (numbers of words), `characters` (without blanks), `burden` (words per thousand characters).
    """
    size = sum(map(len, text.split()))
    counts = {"duties": len(_DUTY.findall(text)), **{name: _count(name, text) for name in _WORDS}}
    return {**counts, "characters": size, "burden": round(1000 * sum(counts.values()) / size, 3) if size else 0.0}


def _count(name: str, text: str) -> int:
    return sum(map(text.count, _WORDS[name])) - sum(map(text.count, _SHARED[name]))
