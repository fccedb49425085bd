"""The corridor: one file walks through the rooms and becomes a `Dossier`."""

from dataclasses import dataclass, replace
from datetime import date

from pipeline import __version__
from pipeline.assess import Case, assess
from pipeline.classify import ClauseModel, classify, load_model
from pipeline.document import Dossier, NormLevel, Problem, SourceText
from pipeline.errors import UnreadableFile
from pipeline.ingest import WAITING, Upload, read
from pipeline.law import Rulebook, fingerprint, load_rulebook
from pipeline.parse import genre_of, parse
from pipeline.sureness import tell_facts, tell_findings


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every file: the law as of which day, and the regime of which place."""

    as_of: date
    place: str | None = None


def examine(upload: Upload, question: Question) -> Dossier | Problem:
    """The dossier of one file, or the problem that kept it from being read."""
    try:
        source = read(upload)
    except UnreadableFile as error:
        return Problem(
            upload.name,
            upload.digest,
            error.kind,
            error.message,
            error.remedy,
            error.kind in WAITING,
        )
    return examine_source(source, question)


@dataclass(frozen=True, slots=True)
class Judges:
    """What sentences are held against: the rulebook and the trained model, None where there is none."""

    book: Rulebook
    model: ClauseModel | None


def engine() -> str:
    """Code and rules that produce the results: 0.1.0+规则指纹."""
    return f"{__version__}+{fingerprint()}"


def judges() -> Judges:
    """The rulebook and the model that this installation has."""
    return Judges(load_rulebook(), load_model())


def examine_source(
    source: SourceText, question: Question, *, level: NormLevel | None = None, by: Judges | None = None
) -> Dossier:
    """The dossier of a text: parsed, classified, assessed; `level` overrides the norm level found."""
    by = by or judges()
    document = parse(source)
    title = document.masthead.title
    labels = classify(source, document, genre_of(title.value) if title else None, by.book, by.model)
    if level is not None:
        labels = replace(labels, norm_level=level)
    case = Case(source.text, document, labels, by.book, question.as_of, question.place)
    return Dossier(source, tell_facts(source, document), labels, tell_findings(source, assess(case)))
