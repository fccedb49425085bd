"""形式与程序 (国办发〔2018〕37号 and provincial rules): name, issuer and effective date, as far as the document shows them."""

import re
from collections.abc import Iterator

from pipeline.assess.argument import Case
from pipeline.document import Basis, Finding, NormLevel, Severity, Span

_NAMED_AS_LAW = re.compile(r"(?:条例|(?<![办方手用书])法)(?:（[^）]*）)?$")
_NO_ISSUER = re.compile(r"(?:领导小组|指挥部|联席会议|筹备组|工作专班|专项行动)(?:办公室)?$")
_DELEGATED = re.compile(
    r"(?:收费|处罚|罚款|许可|审批)[^。；，]{0,8}(?:标准|条件|办法|细则)[^。；]{0,8}由[^。；，]{2,20}(?:另行|自行)?(?:制定|规定|确定)"
)
_NOTICE = Basis(
    "国务院办公厅关于加强行政规范性文件制定和监督管理工作的通知（国办发〔2018〕37号）",
    "第一部分",
    "严格制发主体和权限，议事协调机构、临时机构等不得以自己名义制发",
    True,
)
_NAMES = Basis("规章制定程序条例", "第七条", "规章不得称“条例”，规范性文件更不得使用", True)
_POWERS = Basis("中华人民共和国立法法", "第九十三条第六款", "没有上位法依据不得减损权利或者增加义务", True)


def assess_procedure(case: Case) -> Iterator[Finding]:
    """Findings on form and procedure (FRM-01, -02, -03, -07) in normative documents, of severity medium or low."""
    if case.labels.norm_level is not NormLevel.NORMATIVE or not case.labels.is_normative:
        return
    yield from _name(case)
    yield from _issuers(case)
    yield from _dates(case)
    for match in _DELEGATED.finditer(case.text):
        yield _finding(case, "FRM-07", Severity.MEDIUM, Span(*match.span()), _POWERS)


_SAYS = {
    "FRM-01": ("名称使用“条例”或者“法”", "规范性文件的名称不得使用“法”“条例”", "改称“规定”“办法”“细则”等"),
    "FRM-02": (
        "制定主体不适格",
        "议事协调机构、临时机构不得以自己名义制发规范性文件",
        "由有权机关制发，或者联合有权机关制发",
    ),
    "FRM-03": ("未载明施行日期", "全文没有找到施行日期", "载明施行日期；按本地规定需要有效期的，一并载明"),
    "FRM-07": (
        "授权再定收费、处罚、许可标准",
        "把收费、处罚、许可的标准或者条件交给下级、部门另定",
        "删除；标准和条件应当由有权机关依法规定",
    ),
}


def _finding(case: Case, kind: str, severity: Severity, span: Span, basis: Basis) -> Finding:
    name, reason, advice = _SAYS[kind]
    return Finding(kind, name, severity, span, case.document.path_at(span.start), (basis,), (reason,), advice, kind)


def _name(case: Case) -> Iterator[Finding]:
    title = case.document.masthead.title
    if title and _NAMED_AS_LAW.search(title.value):
        yield _finding(case, "FRM-01", Severity.MEDIUM, title.span, _NAMES)


def _issuers(case: Case) -> Iterator[Finding]:
    for issuer in case.document.masthead.issuers:
        if _NO_ISSUER.search(issuer.value):
            yield _finding(case, "FRM-02", Severity.MEDIUM, issuer.span, _NOTICE)


def _dates(case: Case) -> Iterator[Finding]:
    title = case.document.masthead.title
    if title and all(member.effective is None for member in case.document.family()):
        yield _finding(case, "FRM-03", Severity.LOW, title.span, _NOTICE)
