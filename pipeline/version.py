"""The version of the program and fingerprints of everything that determines its results; cheap to import."""

import hashlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from pipeline.errors import RuleError

VERSION = "0.14.0"
_PACKAGE = Path(__file__).parent
# code, rules, tables and models: whatever can change a result
_SUFFIXES = (".py", ".yaml", ".tsv", ".npz")
# paths that determine the compiled rules: the package that reads them and the module of their types
_RULE_SOURCES = ("law", "document.py")


def engine() -> str:
    """Identifies the program, rules and models that produce a result: version + `fingerprint`, such as 0.14.0+3f9a1c07d2e4."""
    return f"{VERSION}+{fingerprint()}"


def fingerprint() -> str:
    """SHA-256 over code, rules, tables, models and the unit's own rules, first 12 hexadecimal digits. Raises `RuleError`."""
    digest = hashlib.sha256()
    models = model_folder()
    _add(digest, (path for path in _files_in(_PACKAGE) if path.parent != models), _PACKAGE)
    _add(digest, _files_in(models), models)
    for path in unit_files():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def rules_fingerprint() -> str:
    """SHA-256 over the rules (built-in and the unit's), the code that reads them and the Python version, first 24 hexadecimal digits.

    Raises `RuleError`.
    """
    digest = hashlib.sha256(sys.version.encode())
    _add(digest, (path for name in _RULE_SOURCES for path in _files_in(_PACKAGE / name)), _PACKAGE)
    for path in unit_files():
        content = path.read_bytes()
        digest.update(f"\n{path.name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:24]


def model_folder() -> Path:
    """The folder of the trained models: in the package of an installed copy, at the top level of a source checkout."""
    installed = _PACKAGE / "models"
    return installed if (installed / "manifest.json").exists() else _PACKAGE.parent / "models"


def unit_files() -> list[Path]:
    """Rule files of the unit (本单位), in the folder named by QINGGUI_RULES; raises `RuleError` if that folder is missing."""
    folder = os.environ.get("QINGGUI_RULES")
    if not folder:
        return []
    if not Path(folder).is_dir():
        raise RuleError(f"本单位规则文件夹{folder}不存在", remedy="请检查环境变量QINGGUI_RULES")
    files = sorted(Path(folder).glob("*.yaml"))
    for file in files:
        if not file.is_file():
            raise RuleError(f"本单位规则文件{file}不能读取（不是文件，或者链接已失效）", remedy="请删除或者换成文件")
    return files


def _files_in(place: Path) -> list[Path]:
    """The files that determine results, at or below a path, sorted so that the order is the same on every machine."""
    if place.is_file():
        return [place]
    found = (Path(folder) / name for folder, _, names in os.walk(place) for name in names if name.endswith(_SUFFIXES))
    return sorted(found)


def _add(digest: "hashlib._Hash", paths: Iterable[Path], root: Path) -> None:
    for path in paths:
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
