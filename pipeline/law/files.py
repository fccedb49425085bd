"""Reading rule files: YAML and TSV are converted to frozen data when they are read; unknown keys are errors."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pipeline.errors import RuleError

T = TypeVar("T")
_RULES = Path(__file__).parent / "rules"


def read_yaml(name: str) -> Any:
    """The content of a rule file in `rules/`. Raises `RuleError` if it is not YAML."""
    return parse_yaml((_RULES / name).read_text(encoding="utf-8"), name)


def parse_yaml(text: str, name: str) -> Any:
    """Parse YAML; `name` is the file named in errors. Raises `RuleError` if the text is not YAML."""
    import yaml  # imported here because a start with prepared rules reads no YAML

    # the loader in C, which PyYAML may be built without, is ten times as fast
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(text, Loader=loader)
    except yaml.YAMLError as error:
        raise RuleError(f"规则文件{name}不是有效的YAML", remedy=f"请检查缩进和引号：{error}") from error


def read_unit_file(path: Path) -> str:
    """The text of a rule file of the unit, UTF-8 with or without a mark. Raises `RuleError` naming the file."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise RuleError(f"本单位规则文件{path}不能读取（{error.strerror}）", remedy="请检查文件和读取权限") from error
    except UnicodeDecodeError as error:
        raise RuleError(f"本单位规则文件{path}不是UTF-8编码", remedy="请用记事本打开，另存为，编码选UTF-8") from error


def read_tsv(name: str) -> list[dict[str, str]]:
    """The rows of a table in `rules/`, each as column name → value; lines that begin with # are comments."""
    text = (_RULES / name).read_text(encoding="utf-8")
    head, *lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    names = head.split("\t")
    return [dict(zip(names, line.split("\t"), strict=True)) for line in lines]


def build(kind: type[T], row: Mapping[str, Any], place: str) -> T:
    """Build a dataclass from a mapping; lists become tuples. Raises `RuleError` naming `place` and the wrong keys."""
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
