"""形式与程序 (rules of the provinces, 国发〔2008〕17号): name, issuer and effective date, as far as the document shows them.

Each finding rests on the rule about its own matter, from `law/rules/forms.tsv`.
"""

import re
from collections.abc import Iterator

from pipeline.assess.argument import Case
from pipeline.assess.validity import place_of
from pipeline.document import Finding, NormLevel, Severity, Span
from pipeline.law import form_bases

_NAMED_AS_LAW = re.compile(r"(?:条例|(?<![办方手用书])法)(?:（[^）]*）)?$")
_TEMPORARY = r"(?:领导小组|指挥部|联席会议|筹备组|工作专班|专项行动)(?:办公室)?$"
# 县教育局基础教育科, not 县科学技术局
_WITHIN = r"(?<=[局厅委部])[\u4e00-\u9fff]{2,8}[科股]$"
_NO_ISSUER = re.compile(f"{_TEMPORARY}|{_WITHIN}")
_DELEGATED = re.compile(
    r"(?:收费|处罚|罚款|许可|审批)[^。；，]{0,8}(?:标准|条件|办法|细则)[^。；]{0,8}由[^。；，]{2,20}(?:另行|自行)?(?:制定|规定|确定)"
)


def assess_procedure(case: Case) -> Iterator[Finding]:
    """Findings on form and procedure (FRM-01, -02, -03, -07) in normative documents, of severity medium or low."""
    if case.labels.norm_level is not NormLevel.NORMATIVE or not case.labels.is_normative:
        return
    yield from _name(case)
    yield from _issuers(case)
    yield from _dates(case)
    for match in _DELEGATED.finditer(case.text):
        yield _finding(case, "FRM-07", Severity.MEDIUM, Span(*match.span()))


_SAYS = {
    "FRM-01": ("名称使用“条例”或者“法”", "规范性文件的名称不得使用“法”“条例”", "改称“规定”“办法”“细则”等"),
    "FRM-02": (
        "制定主体不适格",
        "议事协调机构、临时机构、部门内设机构不得以自己名义制发规范性文件",
        "由有权机关制发，或者联合有权机关制发",
    ),
    "FRM-03": ("未载明施行日期", "全文没有找到施行日期", "载明施行日期；按本地规定需要有效期的，一并载明"),
    "FRM-07": (
        "授权再定收费、处罚、许可标准",
        "把收费、处罚、许可的标准或者条件交给下级、部门另定",
        "删除；标准和条件应当由有权机关依法规定",
    ),
}


def _finding(case: Case, kind: str, severity: Severity, span: Span, words: str = "") -> Finding:
    """A finding on form; `words` decides which bases fit, by default those of the span."""
    name, reason, advice = _SAYS[kind]
    bases = form_bases(kind, place_of(case), words or span.cut(case.text), case.as_of)
    reasons = (reason,) if bases else (reason, f"没有查到{case.as_of}有效的依据条文，待核实")
    return Finding(kind, name, severity, span, case.document.path_at(span.start), bases, reasons, advice, kind)


def _name(case: Case) -> Iterator[Finding]:
    title = case.document.masthead.title
    if title and _NAMED_AS_LAW.search(title.value):
        yield _finding(case, "FRM-01", Severity.MEDIUM, title.span)


def _issuers(case: Case) -> Iterator[Finding]:
    for issuer in case.document.masthead.issuers:
        if _NO_ISSUER.search(issuer.value):
            yield _finding(case, "FRM-02", Severity.MEDIUM, issuer.span)


def _dates(case: Case) -> Iterator[Finding]:
    title = case.document.masthead.title
    if title and all(member.effective is None for member in case.document.family()):
        issuers = "、".join(issuer.value for issuer in case.document.masthead.issuers)
        yield _finding(case, "FRM-03", Severity.LOW, title.span, issuers)
