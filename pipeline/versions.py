"""Versions of results and of rules: what has to be the same for a result, or for rules that were prepared, to hold still."""

import hashlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from pipeline import __version__
from pipeline.errors import RuleError

_PACKAGE = Path(__file__).parent
_JUDGING = (".py", ".yaml", ".tsv", ".npz")
# beside the rules: the code that reads them, and the module whose types they are made of
_READ_BY = ("law", "document.py")


def engine() -> str:
    """Code and rules that produce the results: 0.1.0+规则指纹."""
    return f"{__version__}+{fingerprint()}"


def fingerprint() -> str:
    """SHA-256 over all rules and all code that reads and judges, 12 digits: the version of a result."""
    digest = hashlib.sha256()
    _add(digest, _files_in(_PACKAGE))
    for path in unit_files():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def rules_fingerprint() -> str:
    """SHA-256 over the rules, ours and the unit's, the code that reads them and Python, 24 digits."""
    digest = hashlib.sha256(sys.version.encode())
    _add(digest, (path for name in _READ_BY for path in _files_in(_PACKAGE / name)))
    for path in unit_files():
        content = path.read_bytes()
        digest.update(f"\n{path.name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:24]


def unit_files() -> list[Path]:
    """Rule files of the unit itself, in the folder that `QINGGUI_RULES` names; ours stay untouched."""
    folder = os.environ.get("QINGGUI_RULES")
    if not folder:
        return []
    if not Path(folder).is_dir():
        raise RuleError(f"本单位规则文件夹{folder}不存在", remedy="请检查环境变量QINGGUI_RULES")
    return sorted(Path(folder).glob("*.yaml"))


def _files_in(place: Path) -> list[Path]:
    """Files that rules and code consist of, at or below a place, in an order that does not depend on the machine."""
    if place.is_file():
        return [place]
    found = (Path(folder) / name for folder, _, names in os.walk(place) for name in names if name.endswith(_JUDGING))
    return sorted(found)


def _add(digest: "hashlib._Hash", paths: Iterable[Path]) -> None:
    for path in paths:
        digest.update(path.relative_to(_PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
