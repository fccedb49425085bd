"""Floors of accuracy: scores once reached are stored, and a run that falls below one of them fails."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import GoldError
from pipeline.evaluation.scores import Scores


def achieved(scores: Scores) -> dict[str, float]:
    """The figures kept as floors, each 0 to 1, by name.

    For a field the share of exact answers and of answers that are not wrong, for a list F1, for a clause file F1 of
    flags and the share of exempt sentences that were not raised.
    """
    found = {f"{name}.exact": score.exact / max(score.total, 1) for name, score in scores.fields.items()}
    found |= {f"{name}.not_wrong": 1 - score.wrong / max(score.total, 1) for name, score in scores.fields.items()}
    found |= {f"{name}.f1": score.f1 for name, score in scores.sets.items()}
    for name, clause in scores.clauses.items():
        found[f"{name}.flag_f1"] = clause.flag.f1
        found[f"{name}.flag_sure_f1"] = clause.flag_sure.f1
        found[f"{name}.kept_quiet"] = clause.kept_quiet / max(clause.exempt_total, 1)
    return {name: round(value, 4) for name, value in found.items()}


def load_floors(path: Path) -> dict[str, float]:
    """Read the floors of a file. Raises `GoldError` if it cannot be read."""
    try:
        floors: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))["floors"]
    except (OSError, ValueError, KeyError) as error:
        raise GoldError(f"下限文件{path}不能读取", remedy="请用--update-floors重新生成") from error
    return floors


def shortfalls(floors: Mapping[str, float], scores: Scores) -> list[str]:
    """A message in Chinese for each figure below its floor."""
    found = achieved(scores)
    return [
        f"{name}：{found.get(name, 0):.4f}，低于下限{floor:.4f}"
        for name, floor in floors.items()
        if found.get(name, 0) < floor - 1e-9
    ]


def raise_floors(path: Path, scores: Scores, gold: Path) -> None:
    """Write the floors raised to the scores reached, with the fingerprint of the gold; none is lowered."""
    before = load_floors(path) if path.exists() else {}
    found = achieved(scores)
    floors = {name: max(value, before.get(name, 0.0)) for name, value in found.items()}
    content = {"gold": gold_fingerprint(gold), "as_of": scores.as_of.isoformat(), "floors": floors}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def gold_fingerprint(gold: Path) -> str:
    """The first 16 hexadecimal digits of the SHA-256 over all `*.jsonl` files of a gold folder."""
    digest = hashlib.sha256()
    for path in sorted(gold.glob("*.jsonl")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
