"""Cache of the rulebook: the result of reading the rule files is stored as JSON in a folder (see `prepared_folder`).

The file is keyed by the fingerprint of the rules. A damaged file or one of other rules is written again and is never
an error. It contains only data; nothing in it is executed.
"""

import dataclasses
import hashlib
import json
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.document import Severity
from pipeline.home import may_write, prepared_folder
from pipeline.law.anchors import Anchors, Need
from pipeline.law.patterns import Pattern
from pipeline.law.rulebook import (
    Authority,
    Ban,
    ClauseRule,
    ClauseType,
    ContextRule,
    LegalBasis,
    Rulebook,
    read_rulebook,
)
from pipeline.version import rules_fingerprint

# number of files kept, for units with their own rules and for two versions used in turn
_KEPT = 3
# seconds after which the temporary file of an interrupted process is removed
_HALF_WRITTEN = 3600.0


@cache
def load_rulebook() -> Rulebook:
    """The rulebook of `read_rulebook`, read from the cache where it is valid, else read from the rule files and cached.

    Without a folder for the cache (see `prepared_folder`) nothing is cached. Raises `RuleError` if the rule files are
    wrong.
    """
    folder, fingerprint = prepared_folder(), rules_fingerprint()
    if folder is None:
        return read_rulebook()
    file = folder / f"rules-{fingerprint}.jsonl"
    kept = _read(file, fingerprint)
    if kept is not None:
        return kept
    book = read_rulebook()
    if may_write() and rules_fingerprint() == fingerprint:  # else a rule file was changed while it was read
        with suppress(OSError, TypeError, ValueError):  # a folder that cannot be written only costs time
            _write(file, fingerprint, book)
    return book


def _read(file: Path, fingerprint: str) -> Rulebook | None:
    """The rulebook of a cache file, None if the file is missing, damaged or of other rules."""
    try:
        head, _, content = file.read_bytes().partition(b"\n")
        if json.loads(head) != _head(fingerprint, content):
            return None
        return _rulebook(json.loads(content))
    except (OSError, ValueError, KeyError, TypeError, IndexError, RecursionError):
        return None


def _head(fingerprint: str, content: bytes) -> dict[str, str]:
    return {"rules": fingerprint, "sha256": hashlib.sha256(content).hexdigest()}


def _write(file: Path, fingerprint: str, book: Rulebook) -> None:
    content = json.dumps(_content(book), ensure_ascii=False, separators=(",", ":"), default=_plain).encode()
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f"{file.name}.{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as stream:
            stream.write(json.dumps(_head(fingerprint, content)).encode() + b"\n" + content)
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
    _remove_old(file.parent)


def _remove_old(folder: Path) -> None:
    dated = sorted(((path.stat().st_mtime, path) for path in folder.glob("rules-*.jsonl")), reverse=True)
    half = [path for path in folder.glob("*.tmp") if path.stat().st_mtime < time.time() - _HALF_WRITTEN]
    for path in [*(path for _, path in dated[_KEPT:]), *half]:
        path.unlink(missing_ok=True)


def _content(book: Rulebook) -> dict[str, Any]:
    """A rulebook as JSON: wordings are given by the index of their rule, bit masks by the positions of their set bits."""
    places = {id(rule): place for place, rule in enumerate(book.rules)}
    of_id = {rule.id: place for place, rule in enumerate(book.rules)}
    return {
        "types": list(book.types.values()),
        "scanned": [
            [places[id(rule)]] if id(rule) in places else [of_id[rule.id], rule.pattern, rule.anchors]
            for rule in book.scanned
        ],
        "contexts": book.contexts,
        "authorities": list(book.authorities.values()),
        "words": book.words,
        "bits": [_places(number) for number in book.bits],
    }


def _plain(value: object) -> object:
    if isinstance(value, Pattern):
        return value.pattern
    if isinstance(value, date):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _places(number: int) -> list[int]:
    """The positions of the bits that are set, ascending."""
    places = []
    while number:
        lowest = number & -number
        places.append(lowest.bit_length() - 1)
        number ^= lowest
    return places


def _number(places: Iterable[int]) -> int:
    number = 0
    for place in places:
        number |= 1 << place
    return number


def _rulebook(content: Mapping[str, Any]) -> Rulebook:
    types = {row["id"]: _type(row) for row in content["types"]}
    rules = [rule for kind in types.values() for rule in kind.rules]
    return Rulebook(
        types,
        tuple(_wording(rules, *row) for row in content["scanned"]),
        tuple(_context(row) for row in content["contexts"]),
        {row["subject"]: _authority(row) for row in content["authorities"]},
        tuple(content["words"]),
        tuple(map(_number, content["bits"])),
    )


def _type(row: Mapping[str, Any]) -> ClauseType:
    bases = tuple(map(_basis, row["bases"]))
    rules = tuple(map(_rule, row["rules"]))
    return ClauseType(**{**row, "severity": Severity(row["severity"]), "bases": bases, "rules": rules})


def _basis(row: Mapping[str, Any]) -> LegalBasis:
    since, until = (row[day] and date.fromisoformat(row[day]) for day in ("since", "until"))
    return LegalBasis(**{**row, "since": since, "until": until, "when": _pattern(row["when"])})


def _rule(row: Mapping[str, Any]) -> ClauseRule:
    severity = row["severity"] and Severity(row["severity"])
    return ClauseRule(
        **{
            **_frozen(row),
            "anchors": _anchors(row["anchors"]),
            "pattern": Pattern(row["pattern"]),
            "unless": _pattern(row["unless"]),
            "severity": severity,
        }
    )


def _wording(
    rules: Sequence[ClauseRule], at: int, pattern: str = "", anchors: Mapping[str, Any] | None = None
) -> ClauseRule:
    rule = rules[at]
    return dataclasses.replace(rule, pattern=Pattern(pattern), anchors=_anchors(anchors)) if anchors else rule


def _anchors(row: Mapping[str, Any]) -> Anchors:
    needs: tuple[Need, ...] = tuple(tuple(need) if isinstance(need, list) else Pattern(need) for need in row["needs"])
    return Anchors(tuple(row["first"]), tuple(row["second"]), needs)


def _context(row: Mapping[str, Any]) -> ContextRule:
    return ContextRule(**{**_frozen(row), "pattern": Pattern(row["pattern"]), "stops": _pattern(row["stops"])})


def _authority(row: Mapping[str, Any]) -> Authority:
    bans = tuple(Ban(**{**_frozen(ban), "pattern": Pattern(ban["pattern"])}) for ban in row["bans"])
    return Authority(**{**_frozen(row), "bases": tuple(map(_basis, row["bases"])), "bans": bans})


def _pattern(text: str | None) -> Pattern | None:
    return None if text is None else Pattern(text)


def _frozen(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
