"""Floors of accuracy: what was once reached is written down, and a run that falls below it fails."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import GoldError
from pipeline.evaluation.scores import Scores


def achieved(scores: Scores) -> dict[str, float]:
    """One figure a field or list, as floors are kept: share exact, or F1; and the share wrong."""
    found = {f"{name}.exact": score.exact / max(score.total, 1) for name, score in scores.fields.items()}
    found |= {f"{name}.not_wrong": 1 - score.wrong / max(score.total, 1) for name, score in scores.fields.items()}
    found |= {f"{name}.f1": score.f1 for name, score in scores.sets.items()}
    for name, clause in scores.clauses.items():
        found[f"{name}.flag_f1"] = clause.flag.f1
        found[f"{name}.flag_sure_f1"] = clause.flag_sure.f1
        found[f"{name}.kept_quiet"] = clause.kept_quiet / max(clause.exempt_total, 1)
    return {name: round(value, 4) for name, value in found.items()}


def load_floors(path: Path) -> dict[str, float]:
    """The floors of a file. Raises `GoldError`."""
    try:
        floors: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))["floors"]
    except (OSError, ValueError, KeyError) as error:
        raise GoldError(f"下限文件{path}不能读取", remedy="请用--update-floors重新生成") from error
    return floors


def shortfalls(floors: Mapping[str, float], scores: Scores) -> list[str]:
    """What fell below its floor, in words."""
    found = achieved(scores)
    return [
        f"{name}：{found.get(name, 0):.4f}，低于下限{floor:.4f}"
        for name, floor in floors.items()
        if found.get(name, 0) < floor - 1e-9
    ]


def raise_floors(path: Path, scores: Scores, gold: Path) -> None:
    """Writes floors raised to what was reached, with the fingerprint of the gold; none is lowered."""
    before = load_floors(path) if path.exists() else {}
    found = achieved(scores)
    floors = {name: max(value, before.get(name, 0.0)) for name, value in found.items()}
    content = {"gold": gold_fingerprint(gold), "as_of": scores.as_of.isoformat(), "floors": floors}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def gold_fingerprint(gold: Path) -> str:
    """SHA-256 over the annotations, 16 digits."""
    digest = hashlib.sha256()
    for path in sorted(gold.glob("*.jsonl")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
