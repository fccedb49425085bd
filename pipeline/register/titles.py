"""What the title of a document says of its relation to another one."""

import re

_QUOTED = re.compile("《[^《》]*(?:《[^《》]*》[^《》]*)*》")
_ISSUES = re.compile("(?:印发|发布|公布|颁布|下发|转发)(?:修[改订]后的)?《")
# 关于修改《…》的决定, 关于《…》的补充通知: without the other document there is nothing left
_SERVES = re.compile("修改|修订|修正|补充|延长|延期|顺延|继续(?:执行|实施|施行|有效|适用)|调整|更正")
_IMPLEMENTS = re.compile("实施(?:细则|办法|意见|方案)|贯彻|关于实施|关于落实|操作规程|解读")
_ENDS_ONLY = re.compile("废止|失效|清理")


def only_changes(title: str) -> bool:
    """Whether a document only changes, adds to or prolongs another one."""
    return bool(_SERVES.search(_QUOTED.sub("", title))) and not _ISSUES.search(title)


def implements(title: str) -> bool:
    """Whether a document implements another one."""
    return bool(_IMPLEMENTS.search(title))


def only_ends(title: str) -> bool:
    """Whether a document only repeals others (废止, 失效, 清理), outside of the titles that it quotes."""
    return bool(_ENDS_ONLY.search(_QUOTED.sub("", title)))
