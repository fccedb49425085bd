"""Reading rule files: YAML and TSV at the border become frozen data, unknown keys are errors."""

import csv
import dataclasses
import io
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, TypeVar

import yaml

from pipeline.errors import RuleError

T = TypeVar("T")
# the loader in C where PyYAML was built with it: ten times as fast, and rules are read at every start
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(name: str) -> Any:
    """The content of a rule file in `rules/`. Raises `RuleError` if it is not YAML."""
    return parse_yaml((files("pipeline.law") / "rules" / name).read_text(encoding="utf-8"), name)


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
