"""Second readers on annotated sentences: their cached opinions beside the judge alone on the same sentences, and what they cost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.classify import load_model
from pipeline.classify.model import DOCUMENTS
from pipeline.document import Span
from pipeline.errors import GoldError
from pipeline.evaluation.gold import FLAG, WHOLE, rows_of
from pipeline.evaluation.scores import SetScore
from pipeline.reader.cache import Cache
from pipeline.reader.provisions import Provision


@dataclass(slots=True)
class ReaderScore:
    """One model on the `n` sentences of a file that it has answered, of `total`; `judge` is the judge on the same ones."""

    file: str
    model: str
    total: int
    n: int = 0
    reader: SetScore = field(default_factory=SetScore)
    judge: SetScore = field(default_factory=SetScore)
    type_right: int = 0
    tokens_in: int = 0
    tokens_out: int = 0

    def as_json(self) -> dict[str, Any]:
        """The score with precision and recall of both (None where there is nothing to divide by)."""
        return {
            "file": self.file,
            "model": self.model,
            "answered": self.n,
            "sentences": self.total,
            "reader": _figures(self.reader),
            "judge": _figures(self.judge),
            "type_right": {"right": self.type_right, "total": self.reader.tp},
            "tokens": {"in": self.tokens_in, "out": self.tokens_out},
        }


def sure_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of annotated sentences without those whose annotator doubted. Raises `GoldError` if it cannot be read."""
    return [row for row in rows_of(path, WHOLE) if not row.get("unsure")]


def score_readers(gold: Path, cache: Cache, closed: Mapping[str, bool] | None = None) -> list[ReaderScore]:
    """The scores of each model that has opinions on sentences of the files clauses*.jsonl in a folder.

    An opinion counts as a flag where its verdict is flag. The judge beside it is the one in use; where `closed` is given, what it
    says of a sentence (raised or not) by a judge that did not know it, and other sentences are left out.
    Raises `GoldError` if there is no such file or one cannot be read.
    """
    files = sorted(gold.glob("clauses*.jsonl"))
    if not files:
        raise GoldError(f"{gold}里没有clauses*.jsonl", remedy="请用--gold指明标注文件所在的文件夹")
    judge = _judge_in_use() if closed is None else closed.get
    return [score for path in files for score in _of_file(path, cache, judge)]


def _judge_in_use() -> Callable[[str], bool | None]:
    judge = load_model()

    def raises(sentence: str) -> bool:
        whole = Span(0, len(sentence))
        return judge is not None and judge.opinion(sentence, whole, DOCUMENTS).chance >= judge.raise_at

    return raises


def _of_file(path: Path, cache: Cache, judge: Callable[[str], bool | None]) -> list[ReaderScore]:
    rows = sure_rows(path)
    found: dict[str, ReaderScore] = {}
    for row in rows:
        sentence = str(row["sentence"]).strip()
        by_judge, wanted = judge(sentence), row["verdict"] == FLAG
        for opinion in cache.all_on(Provision(sentence).key) if by_judge is not None else ():
            score = found.setdefault(opinion.model, ReaderScore(path.name, opinion.model, len(rows)))
            raised = opinion.verdict == FLAG
            score.n += 1
            _count(score.reader, raised, wanted)
            _count(score.judge, bool(by_judge), wanted)
            score.type_right += raised and wanted and bool(set(opinion.types) & set(row["types"]))
            score.tokens_in += opinion.tokens_in
            score.tokens_out += opinion.tokens_out
    return [found[model] for model in sorted(found)]


def _count(score: SetScore, raised: bool, wanted: bool) -> None:
    score.tp += raised and wanted
    score.fp += raised and not wanted
    score.fn += wanted and not raised


def _figures(score: SetScore) -> dict[str, float | int | None]:
    raised, wanted = score.tp + score.fp, score.tp + score.fn
    return {
        "tp": score.tp,
        "fp": score.fp,
        "fn": score.fn,
        "precision": round(score.tp / raised, 3) if raised else None,
        "recall": round(score.tp / wanted, 3) if wanted else None,
        "f1": round(score.f1, 3) if raised or wanted else None,
    }
