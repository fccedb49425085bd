"""Impact of rules: findings that a changed rulebook adds and removes, unused rules, and the effect of each part."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.analyzer import Judge, LegalContext, analyze_source, load_judge
from pipeline.classify import load_model
from pipeline.document import Problem
from pipeline.errors import PipelineError, RuleError
from pipeline.evaluation.scores import ClauseScore, alarms, score_clauses
from pipeline.ingest import read, uploads
from pipeline.law import Rulebook, load_rulebook, read_rulebook
from pipeline.law.rulebook import bind, with_file


@dataclass(frozen=True, slots=True)
class Change:
    """An alarm that only the changed rulebook raises (`gained`), or only the present one."""

    gained: bool
    file: str
    type: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Health:
    """The result of checking the rules: counts, faults in Chinese, ids of rules that match no sentence (`silent`)."""

    types: int
    rules: int
    contexts: int
    faults: tuple[str, ...]
    silent: tuple[str, ...]


def check_rules(sentences: Iterable[str]) -> Health:
    """Read all rules, which checks their examples, and find the rules that match none of the sentences.

    A `RuleError` is returned as the only fault. Without sentences, no rule is reported as silent.
    """
    try:
        book = read_rulebook()
    except RuleError as error:
        return Health(0, 0, 0, (str(error),), ())
    faults = [
        f"语境规则{context.id}的例子“{example}”不含它要找的字词"
        for context in book.contexts
        for example in context.match
        if context.where in ("sentence", "around") and not context.pattern.search(example)
    ]
    texts = list(sentences)
    silent = tuple(rule.id for rule in book.rules if texts and not any(rule.raises(text) for text in texts))
    return Health(len(book.types), len(book.rules), len(book.contexts), tuple(faults), silent)


def try_file(path: Path, corpus: Iterable[Path], as_of: date) -> Iterator[Change]:
    """Yield the alarms gained and lost on a corpus of folders if a rule file were added; unreadable files are skipped.

    Raises `RuleError` if the rule file is wrong.
    """
    present = load_judge()
    changed_judge = Judge(with_file(present.book, path), present.model)
    for folder in corpus:
        for upload in uploads(folder):
            if isinstance(upload, Problem):
                continue
            try:
                source = read(upload)
            except PipelineError:
                continue
            before, after = (_alarms(source, as_of, judge) for judge in (present, changed_judge))
            for gained, changed in ((True, after - before), (False, before - after)):
                yield from (Change(gained, upload.name, kind, text) for kind, text in sorted(changed))


def _alarms(source: Any, as_of: date, judge: Judge) -> set[tuple[str, str]]:
    dossier = analyze_source(source, LegalContext(as_of), judge=judge)
    return {(finding.type, finding.evidence.cut(source.text)) for finding in alarms(dossier)}


def ablate(rows: Sequence[Mapping[str, Any]], as_of: date) -> Iterator[tuple[str, ClauseScore]]:
    """Yield name (in Chinese) and scores of variants: rules and model, each alone, without each context."""
    book, model = load_rulebook(), load_model()
    yield "规则和模型", score_clauses(rows, as_of, Judge(book, model))
    yield "只用规则", score_clauses(rows, as_of, Judge(book, None))
    yield "只用模型", score_clauses(rows, as_of, Judge(_without_rules(book), model))
    for context in book.contexts:
        contexts = [other for other in book.contexts if other is not context]
        without = bind(book.types, contexts, book.authorities)
        yield f"去掉{context.id}", score_clauses(rows, as_of, Judge(without, model))


def _without_rules(book: Rulebook) -> Rulebook:
    types = {key: replace(kind, rules=()) for key, kind in book.types.items()}
    return bind(types, book.contexts, book.authorities)
