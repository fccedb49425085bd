"""Sentences of a text that contain given words, and how a document calls itself (本办法) and its force (施行)."""

import re
from collections.abc import Iterator

from pipeline.document import Span

SELF = (
    r"(?:本|此|该)(?:《[^》]{1,6}》|(?:暂行|试行|实施|管理|指导|补充|若干|具体|工作|奖励|试点|行政|专项)*"
    r"(?:办法|规定|细则|意见|通知|方案|公告|通告|决定|标准|规则|条例|法|措施|政策|目录|规范|制度|文件|修正案|令|准则|程序|计划|清单|指南|指引|导则|基准|流程|章程|规程|预案|纲要|规划))"
)
IN_FORCE = r"(?:正式)?(?:施行|实施|执行|生效|实行|试行|暂行|启用|起效|适用)"
SENTENCE_END = re.compile(r"[。\n]")


def sentences_with(text: str, words: re.Pattern[str], span: Span) -> Iterator[Span]:
    """The sentences within `span` that contain a match of `words`, each once, in order.

    A sentence ends with 。 or a line end, which it includes.
    """
    done = span.start
    for match in words.finditer(text, span.start, span.end):
        if match.start() < done:
            continue
        before = (text.rfind("。", done, match.start()), text.rfind("\n", done, match.start()))
        end = SENTENCE_END.search(text, match.end(), span.end)
        start, done = max(*before, done - 1) + 1, end.end() if end else span.end
        yield Span(start, done)
