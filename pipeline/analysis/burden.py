"""The burden index (负担指数): words of duty, ban, consent, filing, sanction and required papers per thousand characters.

All words have the same weight. Duties of authorities count like duties of citizens, and quoted laws like the document's own
text, so that only documents of the same kind are comparable.
"""

import re

# 应 alone is a duty (应提供); in 相应, 应急, 应用 it is part of a word
_BARE_DUTY = r"(?<![相响适反供对效感照呼回顺策因内报一])应(?![当急用对届诉税聘邀变验激运酬季力付收得])"
BURDEN = {
    "duties": re.compile(rf"(?<!不)应当|必须|务必|(?<!不){_BARE_DUTY}|(?<![必无毋不])须(?!知)"),
    "bans": re.compile("不得|禁止|严禁|不准|不应"),
    "consents": re.compile("批准|审批|核准|许可"),
    "filings": re.compile("备案"),
    "penalties": re.compile("罚款|没收|吊销|暂扣|停业"),
    "papers": re.compile("证明|材料|申请表|登记证"),
}
# what a part counts, for people who do not read patterns
MEANINGS = {
    "duties": "应当、应、必须、务必、须", "bans": "不得、禁止、严禁、不准、不应", "consents": "批准、审批、核准、许可", "filings": "备案",
    "penalties": "罚款、没收、吊销、暂扣、停业", "papers": "证明、材料、申请表、登记证",
}  # fmt: skip


def burden(text: str) -> dict[str, float]:
    """The burden index of a text and its parts.

    Keys: those of BURDEN (numbers of words), `characters` (without blanks), `burden` (words per thousand characters).
    """
    size = len(re.sub(r"\s", "", text))
    counts = {name: len(pattern.findall(text)) for name, pattern in BURDEN.items()}
    return {**counts, "characters": size, "burden": round(1000 * sum(counts.values()) / size, 3) if size else 0.0}
