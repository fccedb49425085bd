"""Helpers that build the results of each stage from short texts."""

from pipeline.analyzer import LegalContext, analyze_source, analyze_upload
from pipeline.classify import classify, load_model
from pipeline.document import Document, Dossier, Finding, Labels, Severity, SourceText
from pipeline.ingest import Upload, read_text
from pipeline.law import load_rulebook
from pipeline.parse import genre_of, parse
from tests.conftest import AS_OF


def source(*lines: str) -> SourceText:
    """A source with the given lines as paragraphs."""
    return read_text("文件.txt", "\n".join(lines))


def document(*lines: str) -> Document:
    return parse(source(*lines))


def labels(*lines: str) -> Labels:
    text = source(*lines)
    parsed = parse(text)
    title = parsed.masthead.title
    return classify(text, parsed, genre_of(title.value) if title else None, load_rulebook(), load_model())


def dossier(*lines: str, place: str | None = None) -> Dossier:
    return analyze_source(source(*lines), LegalContext(AS_OF, place))


def examined(data: bytes, name: str = "文件.txt", place: str | None = None) -> Dossier:
    """The dossier of a file that can be read."""
    result = analyze_upload(Upload(name, data), LegalContext(AS_OF, place))
    assert isinstance(result, Dossier), result
    return result


LAW = (
    "中华人民共和国某某法",
    "（2020年1月1日第十三届全国人民代表大会常务委员会第一次会议通过）",
    "第一条 为了管理，制定本法。",
)
NOTICE = ("临溪县水利局关于加强管理的通知", "临水发〔2025〕1号", "各单位：")


def findings(head: tuple[str, ...], sentence: str) -> list[Finding]:
    """The findings on clauses, without softened ones, of a document with the given head and one sentence."""
    found = dossier(*head, sentence).assessment.findings
    return [finding for finding in found if not finding.softened and not finding.type.startswith("FRM")]


def raised(sentence: str) -> set[str]:
    """The types of the critical and high findings raised by a sentence in a notice."""
    return {
        finding.type for finding in findings(NOTICE, sentence) if finding.severity in (Severity.CRITICAL, Severity.HIGH)
    }
