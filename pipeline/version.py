"""The version of the program and of everything that decides its results; importing this costs next to nothing."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import RuleError

VERSION = "0.9.0"
_PACKAGE = Path(__file__).parent
# code, rules, tables and models: whatever can change a result
_DECIDING = (".py", ".yaml", ".tsv", ".npz")


def model_folder() -> Path:
    """The folder of the trained models: in the package of an installed copy, at the top level of a source checkout."""
    installed = _PACKAGE / "models"
    return installed if (installed / "manifest.json").exists() else _PACKAGE.parent / "models"


def unit_files() -> list[Path]:
    """Rule files of the unit itself, in the folder that `QINGGUI_RULES` names. Raises `RuleError` where it is missing."""
    folder = os.environ.get("QINGGUI_RULES")
    if not folder:
        return []
    if not Path(folder).is_dir():
        raise RuleError(f"本单位规则文件夹{folder}不存在", remedy="请检查环境变量QINGGUI_RULES")
    return sorted(Path(folder).glob("*.yaml"))


def fingerprint() -> str:
    """SHA-256 over all rules, models and code that reads and judges, 12 digits: the version of a result."""
    digest = hashlib.sha256()
    for name, path in _deciding_files():
        digest.update(name.encode())
        digest.update(path.read_bytes())
    for path in unit_files():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _deciding_files() -> Iterator[tuple[str, Path]]:
    for root in (_PACKAGE, model_folder()):
        for path in sorted(path for path in root.rglob("*") if path.suffix in _DECIDING):
            yield path.relative_to(root.parent).as_posix(), path


def engine() -> str:
    """Program, rules and models that produce the results: 0.9.0+规则指纹."""
    return f"{VERSION}+{fingerprint()}"
