"""Scores: the results of the pipeline compared with annotated documents and sentences (gold).

The format is that of the gold README: `documents.jsonl` with texts in its folder `texts` or in folders given by the
caller, and `clauses*.jsonl`. Values are compared without blanks and with full and half width unified.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.analyzer import Judge, LegalContext, analyze_source, analyze_upload
from pipeline.assess import STATED
from pipeline.document import Cleanup, Dossier, Effective, Fact, Finding, NormLevel, Severity
from pipeline.errors import GoldError
from pipeline.evaluation.calibration import Told, deciding_indicator, shares
from pipeline.evaluation.gold import WHOLE, find_quote, find_text, in_part, name_key, rows_of, squeeze
from pipeline.ingest import Upload, read_text
from pipeline.law import OUTCOMES
from pipeline.register import card_of, relate, settle

FIELDS = ("number", "title", "issuers", "made", "published", "effective", "expires", "term_years", "recipients", "genre", "norm_level", "cleanup")  # fmt: skip
_LEFT_OUT = "not_applicable"
SETS = ("is_normative", "attachments", "bases", "repeals", "old_bodies", "stale_bases", "flags")
ON_PUBLICATION = "公布之日"
MAX_BASES = 25
# types with fewer cases are left out of the mean over types
LEAST_CASES = 5
_ALARMS = (Severity.CRITICAL, Severity.HIGH)


@dataclass(slots=True)
class FieldScore:
    """Counts of answers over documents.

    `exact` includes null where gold has null; `abstained` counts null where gold has a value.
    """

    exact: int = 0
    wrong: int = 0
    abstained: int = 0
    total: int = 0

    def add(self, got: str | None, gold: str | None) -> bool:
        """Count an answer; return whether it is exact."""
        self.total += 1
        if got == gold:
            self.exact += 1
        elif got is None:
            self.abstained += 1
        else:
            self.wrong += 1
        return got == gold


@dataclass(slots=True)
class SetScore:
    """Counts of true positives, false positives and false negatives."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def add(self, got: set[str], gold: set[str]) -> bool:
        """Count the members of an answer; return whether it equals gold."""
        self.tp += len(got & gold)
        self.fp += len(got - gold)
        self.fn += len(gold - got)
        return got == gold

    @property
    def f1(self) -> float:
        """The F1 score, 1.0 if nothing was to be found and nothing was found."""
        return 2 * self.tp / total if (total := 2 * self.tp + self.fp + self.fn) else 1.0


@dataclass(slots=True)
class Miss:
    """A disagreement: document id, field, answer of the pipeline, value of gold."""

    document: str
    field: str
    got: str
    gold: str


@dataclass(slots=True)
class ClauseScore:
    """Scores of a file of annotated sentences.

    `flag` counts sentences raised; `flag_sure` only those not marked unsure; `kept_quiet` of `exempt_total` exempt or
    restating sentences were not raised; `type_right` of `type_total` raised flags have a right type.
    """

    n: int = 0
    flag: SetScore = field(default_factory=SetScore)
    flag_sure: SetScore = field(default_factory=SetScore)
    kept_quiet: int = 0
    exempt_total: int = 0
    type_right: int = 0
    type_total: int = 0
    by_type: dict[str, SetScore] = field(default_factory=dict)

    @property
    def macro_f1(self) -> float:
        """The mean F1 over types with at least `LEAST_CASES` cases in gold."""
        scores = [score.f1 for score in self.by_type.values() if score.tp + score.fn >= LEAST_CASES]
        return sum(scores) / len(scores) if scores else 0.0

    def as_json(self) -> dict[str, Any]:
        """The scores as the JSON object of a clause file."""
        return {
            "n": self.n,
            "flag": asdict(self.flag),
            "flag_sure": asdict(self.flag_sure),
            "exempt": {"kept_quiet": self.kept_quiet, "total": self.exempt_total},
            "type_right": {"right": self.type_right, "total": self.type_total},
            "by_type": {key: asdict(score) for key, score in sorted(self.by_type.items())},
        }


@dataclass(slots=True)
class Scores:
    """The result of an evaluation."""

    as_of: date
    documents: int = 0
    fields: dict[str, FieldScore] = field(default_factory=lambda: {name: FieldScore() for name in FIELDS})
    sets: dict[str, SetScore] = field(default_factory=lambda: {name: SetScore() for name in SETS})
    clauses: dict[str, ClauseScore] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    misses: list[Miss] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The scores as the JSON object that the gold README describes."""
        found: dict[str, Any] = {"as_of": self.as_of.isoformat()}
        if self.documents:
            found["documents"] = {
                "n": self.documents,
                "fields": {name: asdict(score) for name, score in self.fields.items()},
                "sets": {name: asdict(score) for name, score in self.sets.items()},
                "told": {
                    by: {name: {"right": good, "total": total} for name, good, total in shares(self.told, by)}
                    for by in ("kind", "confidence", "cell", "deciding")
                },
            }
        if self.clauses:
            found["clauses"] = {name: score.as_json() for name, score in self.clauses.items()}
        return found


def evaluate(gold: Path, texts: Sequence[Path], as_of: date, *, part: str = WHOLE) -> Scores:
    """Score the pipeline on a gold folder, or on one part of it (see `in_part`); cleanup proposals see all documents as one register.

    `texts` are further folders with texts of documents. Raises `GoldError` if the folder has no gold, a text is missing
    or a file cannot be read.
    """
    scores = Scores(as_of)
    documents = gold / "documents.jsonl"
    clause_files = sorted(gold.glob("clauses*.jsonl"))
    if not documents.exists() and not clause_files:
        raise GoldError(
            f"{gold}里没有documents.jsonl或clauses*.jsonl",
            remedy="请用--gold指明标注文件所在的文件夹",
        )
    if documents.exists():
        rows = rows_of(documents, WHOLE)
        dossiers = [_analyzed(find_text(row["id"], [gold / "texts", *texts]), as_of) for row in rows]
        for row, dossier, proposal in zip(rows, dossiers, _register_proposals(dossiers, as_of), strict=True):
            if in_part(row["id"], part):
                _score_document(scores, row, dossier, proposal)
    for path in clause_files:
        scores.clauses[path.name] = score_clauses(rows_of(path, part), as_of)
    return scores


def _analyzed(path: Path, as_of: date) -> Dossier:
    result = analyze_upload(Upload(str(path), path.read_bytes()), LegalContext(as_of))
    if not isinstance(result, Dossier):
        raise GoldError(f"{path}不能读取：{result.message}", remedy=result.remedy)
    return result


def _register_proposals(dossiers: Sequence[Dossier], as_of: date) -> list[Cleanup]:
    """The cleanup proposal of each document with the set as register, in which one may repeal or prolong another."""
    cards = [card_of(dossier) for dossier in dossiers]
    return [proposal.cleanup for proposal in settle(cards, relate(cards), as_of)]


def cleanup_answer(cleanup: Cleanup, wanted: str | None) -> str:
    """The outcome to compare with gold, which gives documents outside a cleanup the outcome of their period.

    For a document left out (不列入) where gold says otherwise, it is the first outcome told as information, if any.
    """
    if cleanup.outcome == _LEFT_OUT and wanted != _LEFT_OUT and cleanup.indicators:
        return cleanup.indicators[0].outcome
    return cleanup.outcome


def _score_document(scores: Scores, row: Mapping[str, Any], result: Dossier, proposal: Cleanup) -> None:
    """Score the fields that a row of gold has; null means that the document has no such fact."""
    scores.documents += 1
    answers = {**field_answers(result), "cleanup": cleanup_answer(proposal, _gold_value(row, "cleanup"))}
    for name in (name for name in FIELDS if name in row):
        got, wanted = squeeze(answers[name]), squeeze(_gold_value(row, name))
        exact = scores.fields[name].add(got, wanted)
        if not exact:
            scores.misses.append(Miss(row["id"], name, str(got), str(wanted)))
        if name == "cleanup":
            kind = "规范性文件" if row.get("is_normative", True) else "不是规范性文件"
            cell = f"{OUTCOMES[proposal.outcome]}{proposal.confidence}"
            scores.told.append(Told(kind, cell, proposal.confidence, deciding_indicator(proposal), exact))
    sets = set_answers(result)
    for name in (name for name in SETS[1:6] if name in row):
        got_set, gold_set = _keys(sets[name]), _keys(_gold_titles(row[name]))
        if not scores.sets[name].add(got_set, gold_set):
            difference = (sorted(got_set - gold_set), sorted(gold_set - got_set))
            scores.misses.append(Miss(row["id"], name, f"多{difference[0]}", f"少{difference[1]}"))
    if "is_normative" in row:
        _score_normative(scores, row, result)
    if "flags" in row:
        _score_flags(scores, row, result)


def _score_normative(scores: Scores, row: Mapping[str, Any], result: Dossier) -> None:
    normative = {"是"} if result.labels.is_normative else set()
    if not scores.sets["is_normative"].add(normative, {"是"} if row["is_normative"] else set()):
        reasons = "、".join(result.labels.reasons)
        scores.misses.append(Miss(row["id"], "is_normative", reasons, str(row["is_normative"])))


def _gold_value(row: Mapping[str, Any], name: str) -> str | None:
    value = row.get(name)
    if name == "issuers":
        return "|".join(value or ()) or None
    if name == "term_years" and value is not None:
        return f"{float(value):g}"
    return None if value is None else str(value)


def _gold_titles(values: Iterable[object]) -> list[str]:
    return [value["title"] if isinstance(value, dict) else str(value) for value in values]


def field_answers(dossier: Dossier) -> dict[str, str | None]:
    """The answers of the pipeline for the fields of the gold format, as strings; None where a fact is not stated."""
    masthead, document = dossier.document.masthead, dossier.document
    validity = dossier.assessment.validity
    term = document.term
    return {
        "number": _value(masthead.number),
        "title": _value(masthead.title),
        "issuers": "|".join(issuer.value for issuer in masthead.issuers) or None,
        "made": _value(masthead.made),
        "published": _value(masthead.published),
        "effective": _effective(document.effective),
        "expires": validity.expires.isoformat() if validity.expires and validity.rule == STATED else None,
        "term_years": f"{term.years:g}" if term and term.years else None,
        "recipients": _value(masthead.recipients),
        "genre": dossier.labels.genre,
        "norm_level": dossier.labels.norm_level.value,
        "cleanup": dossier.assessment.cleanup.outcome,
    }


def _value(fact: Fact[str] | Fact[date] | None) -> str | None:
    return None if fact is None else str(fact.value)


def _effective(effective: Effective | None) -> str | None:
    if effective is None:
        return None
    if effective.day:
        return effective.day.isoformat()
    return ON_PUBLICATION if effective.on_publication else None


def set_answers(dossier: Dossier) -> dict[str, list[str]]:
    """The answers of the pipeline for the lists of the gold format; at most `MAX_BASES` bases, by first mention."""
    members = list(dossier.document.family())
    repeals = [repeal.title or repeal.number or "" for member in members for repeal in member.repeals]
    repealed = _keys(repeals)
    bases: dict[str, str] = {}
    for citation in sorted((c for m in members for c in m.citations if c.target == "他件"), key=lambda c: c.span.start):
        key = name_key(citation.title)
        numbered = citation.title == citation.number and "〔" in citation.title  # the gold names bases by title
        if key not in repealed and not numbered:
            bases.setdefault(key, citation.title)
    return {
        "attachments": [fact.value for member in members for fact in member.attachments],
        "bases": list(bases.values())[:MAX_BASES],
        "repeals": repeals,
        "old_bodies": list(dossier.assessment.old_bodies),
        "stale_bases": list(dossier.assessment.stale_bases),
    }


def _keys(titles: Iterable[str]) -> set[str]:
    return {name_key(title) for title in titles}


def alarms(dossier: Dossier) -> list[Finding]:
    """The findings that count as alarms: high or critical and not softened."""
    return [f for f in dossier.assessment.findings if f.severity in _ALARMS and not f.softened]


def _score_flags(scores: Scores, row: Mapping[str, Any], dossier: Dossier) -> None:
    """A flag counts as found if an alarm overlaps its quote and has the same type group (first three letters)."""
    as_normative = dossier
    if dossier.labels.norm_level is not NormLevel.NORMATIVE:
        # the annotators judged all texts, even laws, as if they were normative documents
        as_normative = analyze_source(dossier.source, LegalContext(scores.as_of), level=NormLevel.NORMATIVE)
    text, found = dossier.source.text, alarms(as_normative)
    used: set[int] = set()
    score = scores.sets["flags"]
    for flag in row["flags"]:
        span = find_quote(text, flag["quote"])
        near = [i for i, f in enumerate(found) if span and f.evidence.overlaps(span) and f.type[:3] == flag["type"][:3]]
        used.update(near)
        score.tp, score.fn = score.tp + bool(near), score.fn + (not near)
        if not near:
            scores.misses.append(Miss(row["id"], "flags", "未发现", f"{flag['type']} {flag['quote'][:60]}"))
    for index, finding in enumerate(found):
        if index not in used:
            score.fp += 1
            scores.misses.append(Miss(row["id"], "flags", f"{finding.type} {finding.evidence.cut(text)[:60]}", "无"))


def score_clauses(rows: Iterable[Mapping[str, Any]], as_of: date, judge: Judge | None = None) -> ClauseScore:
    """Score annotated sentences, each analysed alone as a normative document; `judge` replaces the present rules."""
    score = ClauseScore()
    for row in rows:
        score.n += 1
        found = {finding.type for finding in alarms_of_sentence(row["sentence"], as_of, judge)}
        gold = set(row["types"]) if row["verdict"] == "flag" else set()
        _count_flag(score.flag, found, gold)
        if not row.get("unsure"):
            _count_flag(score.flag_sure, found, gold)
        if row["verdict"] in ("exempt", "restates"):
            score.exempt_total += 1
            score.kept_quiet += not found
        if found and gold:
            score.type_total += 1
            score.type_right += bool(found & gold)
        for kind in found | gold:
            score.by_type.setdefault(kind, SetScore()).add({kind} & found, {kind} & gold)
    return score


def _count_flag(score: SetScore, found: set[str], gold: set[str]) -> None:
    score.tp += bool(found and gold)
    score.fp += bool(found and not gold)
    score.fn += bool(gold and not found)


def alarms_of_sentence(sentence: str, as_of: date, judge: Judge | None = None) -> list[Finding]:
    """The alarms of a sentence analysed alone as a document of norm level 规范性文件."""
    dossier = analyze_source(
        read_text("sentence", sentence), LegalContext(as_of), level=NormLevel.NORMATIVE, judge=judge
    )
    return alarms(dossier)
