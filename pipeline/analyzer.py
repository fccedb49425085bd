"""Runs all stages on one file and returns its `Dossier`; the only module that imports every stage."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from pipeline.assess import Case, assess
from pipeline.assess.recognition import mark_uncertain_facts, mark_uncertain_findings
from pipeline.classify import ClauseModel, as_issued, classify, load_model
from pipeline.document import Dossier, NormLevel, Problem, SourceText
from pipeline.errors import UnreadableFile, UsageError
from pipeline.guard import as_problem, of_file
from pipeline.ingest import WAITING, Upload, holds_several, read
from pipeline.law import Rulebook, load_rulebook
from pipeline.legal_context import LegalContext as LegalContext
from pipeline.parse import genre_of, parse

UNNAMED = "未命名文件"
# the `kind` of the problem of a paper that is marked as a state secret
SECRET = "secret"


@dataclass(frozen=True, slots=True)
class Judge:
    """The rulebook and the trained model; `model` is None if none is installed."""

    book: Rulebook
    model: ClauseModel | None


def load_judge() -> Judge:
    """Load the rulebook and the model of this installation. Raises `RuleError` for invalid rule files."""
    return Judge(load_rulebook(), load_model())


def analyze_one(source: str | Path | bytes, *, name: str, as_of: date | None, place: str | None) -> Dossier:
    """Implement `pipeline.analyze`; its docstring is the contract."""
    upload = Upload(name or UNNAMED, source) if isinstance(source, bytes) else _upload_of(Path(source), name)
    if holds_several(upload):
        raise UnreadableFile(
            "several",
            f"{upload.name}是压缩包或者邮件，里面可能有多件文件",
            remedy="请用qinggui triage读取，或者逐件提交",
        )
    day = as_of.date() if isinstance(as_of, datetime) else as_of
    return analyze_source(read(upload), LegalContext(day or date.today(), place))


def _upload_of(path: Path, name: str) -> Upload:
    try:
        if path.exists() and not path.is_file():
            raise UsageError(f"{path}不是文件", remedy="请给出文件的路径；文件夹用qinggui triage读取")
        return Upload(name or str(path), path.read_bytes())
    except OSError as error:
        raise UsageError(f"无法读取{path}（{error.strerror}）", remedy="请检查路径和读取权限") from error
    except ValueError as error:
        raise UsageError(f"路径{str(path)!r}不正确", remedy="请检查路径") from error


def analyze_upload(upload: Upload, legal_context: LegalContext) -> Dossier | Problem:
    """Read and analyse one file; returns a `Problem` if that fails, also because of an unforeseen exception.

    Raises `RuleError` for invalid rule files.
    """
    judge = load_judge()  # a wrong rule file is reported as such, not as a fault of the document
    try:
        source = read(upload)
        with of_file(upload.name, upload.data, "分析"):
            return analyze_source(source, legal_context, judge=judge)
    except UnreadableFile as error:
        return as_problem(upload.name, upload.digest, error, waiting=error.kind in WAITING)


def is_secret(dossier: Dossier) -> bool:
    """Whether a paper, or a part of it, is marked as a state secret (标有密级), so that this program must not keep it."""
    return dossier.document.masthead.secrecy is not None


def refuse_secret(result: Dossier | Problem) -> Dossier | Problem:
    """The result of a file, or a `Problem` without hash in its place where the paper is marked as a state secret."""
    if isinstance(result, Problem) or not is_secret(result):
        return result
    message = "文件标有密级，已拒收，没有保存原件和内容"
    return Problem(result.source.name, None, SECRET, message, "涉密文件请在涉密设备上处理，不得提交到本系统")


def analyze_source(
    source: SourceText, legal_context: LegalContext, *, level: NormLevel | None = None, judge: Judge | None = None
) -> Dossier:
    """Parse, classify and assess a text.

    `level` overrides the norm level that was found; `judge` is the installed one if omitted. Raises `RuleError`.
    """
    judge = judge or load_judge()
    document = parse(source)
    judged = as_issued(document) if legal_context.draft else document
    named = judged.masthead.title
    labels = classify(source, judged, genre_of(named.value) if named else None, judge.book, judge.model)
    if level is not None:
        labels = replace(labels, norm_level=level)
    case = Case(source.text, document, labels, judge.book, legal_context.as_of, legal_context.place)
    return Dossier(
        source, mark_uncertain_facts(source, document), labels, mark_uncertain_findings(source, assess(case))
    )
