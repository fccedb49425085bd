"""文种 of papers that are no normative document, and titles of what nobody has issued yet, as all stages and the desk know them."""

import re

# papers on single affairs of organs
AFFAIRS = frozenset(("报告", "请示", "函", "纪要", "通报", "议案", "批复"))
# papers by which an organ deals with one person's affair (行政处罚决定书, 听证告知书 …), which bind nobody else
SINGLE_ACTS = frozenset(("决定书", "通知书", "建议书"))
# what parties agree or pledge
AGREED = frozenset(("合同", "协议", "承诺书", "委托书"))
_UNISSUED = re.compile(r"(?:送审稿|征求意见稿|讨论稿|报批稿|审议稿|草案)[）)〕\]】》]*$")


def is_unissued(title: str) -> bool:
    """Whether a title ends with the stage of a draft: （送审稿）, （公开征求意见稿）."""
    return _UNISSUED.search(title) is not None
