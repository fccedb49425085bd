"""Reading rule files: YAML and TSV at the border become frozen data, unknown keys are errors."""

import csv
import dataclasses
import hashlib
import io
import os
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import yaml

from pipeline.errors import RuleError

T = TypeVar("T")
# the loader in C where PyYAML was built with it: ten times as fast, and rules are read at every start
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(name: str) -> Any:
    """The content of a rule file in `rules/`. Raises `RuleError` if it is not YAML."""
    return parse_yaml((files("pipeline.law") / "rules" / name).read_text(encoding="utf-8"), name)


def unit_files() -> list[Path]:
    """Rule files of the unit itself, in the folder that `QINGGUI_RULES` names; ours stay untouched."""
    folder = os.environ.get("QINGGUI_RULES")
    if not folder:
        return []
    if not Path(folder).is_dir():
        raise RuleError(f"本单位规则文件夹{folder}不存在", remedy="请检查环境变量QINGGUI_RULES")
    return sorted(Path(folder).glob("*.yaml"))


def parse_yaml(text: str, name: str) -> Any:
    """The content of YAML. Raises `RuleError` naming the file."""
    try:
        return yaml.load(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise RuleError(f"规则文件{name}不是有效的YAML", remedy=f"请检查缩进和引号：{error}") from error


def read_tsv(name: str) -> list[dict[str, str]]:
    """The rows of a table in `rules/`; lines that begin with # are comments."""
    text = (files("pipeline.law") / "rules" / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return list(csv.DictReader(io.StringIO("\n".join(lines)), delimiter="\t", quoting=csv.QUOTE_NONE))


def build(kind: type[T], row: Mapping[str, Any], place: str) -> T:
    """A dataclass from a mapping. Raises `RuleError` naming unknown and missing keys."""
    fields = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(set(row) - set(fields))
    required = {
        name
        for name, field in fields.items()
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    missing = sorted(required - set(row))
    if unknown or missing:
        raise RuleError(
            f"{place}的规则项有误：{'不认识的键' + '、'.join(unknown) if unknown else ''}"
            f"{'缺少的键' + '、'.join(missing) if missing else ''}",
            remedy="请对照同一文件的其他规则改正",
        )
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()})


def fingerprint() -> str:
    """SHA-256 over all rules and all code that reads and judges, 12 digits: the version of a result."""
    package = Path(str(files("pipeline")))
    digest = hashlib.sha256()
    for path in sorted(p for p in package.rglob("*") if p.suffix in (".py", ".yaml", ".tsv", ".npz")):
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes())
    for path in unit_files():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
