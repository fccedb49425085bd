"""Rules prepared once: what reading the rule files computes lies as JSON beside the queue, for the next start.

The file bears the fingerprint of the rules; what is damaged or foreign is made anew and never an error. It is data
alone: nothing in it is run.
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
from pipeline.home import prepared_folder
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

# so many stay, for units with rules of their own and for two versions in turn
_KEPT = 3
# what a process that was stopped left half written goes after an hour
_HALF_WRITTEN = 3600.0


@cache
def load_rulebook() -> Rulebook:
    """The rulebook that `read_rulebook` gives, from a prepared file where there is one; else one is written. Raises `RuleError`."""
    folder, mark = prepared_folder(), rules_fingerprint()
    if folder is None:
        return read_rulebook()
    file = folder / f"rules-{mark}.jsonl"
    kept = _read(file, mark)
    if kept is not None:
        return kept
    book = read_rulebook()
    if rules_fingerprint() == mark:  # else a rule file was changed while it was read
        with suppress(OSError, TypeError, ValueError):  # a folder that cannot be written costs time, no more
            _write(file, mark, book)
    return book


def _read(file: Path, mark: str) -> Rulebook | None:
    """The rulebook of a prepared file, None where there is none or it is not what was written under this mark."""
    try:
        head, _, content = file.read_bytes().partition(b"\n")
        if json.loads(head) != _head(mark, content):
            return None
        return _rulebook(json.loads(content))
    except (OSError, ValueError, KeyError, TypeError, IndexError, RecursionError):
        return None


def _head(mark: str, content: bytes) -> dict[str, str]:
    return {"rules": mark, "sha256": hashlib.sha256(content).hexdigest()}


def _write(file: Path, mark: str, book: Rulebook) -> None:
    content = json.dumps(_content(book), ensure_ascii=False, separators=(",", ":"), default=_plain).encode()
    file.parent.mkdir(parents=True, exist_ok=True)
    waiting = file.with_name(f"{file.name}.{secrets.token_hex(8)}.tmp")
    try:
        with waiting.open("xb") as stream:
            stream.write(json.dumps(_head(mark, content)).encode() + b"\n" + content)
        waiting.replace(file)
    finally:
        waiting.unlink(missing_ok=True)
    _remove_old(file.parent)


def _remove_old(folder: Path) -> None:
    dated = sorted(((path.stat().st_mtime, path) for path in folder.glob("rules-*.jsonl")), reverse=True)
    half = [path for path in folder.glob("*.tmp") if path.stat().st_mtime < time.time() - _HALF_WRITTEN]
    for path in [*(path for _, path in dated[_KEPT:]), *half]:
        path.unlink(missing_ok=True)


def _content(book: Rulebook) -> dict[str, Any]:
    """A rulebook as JSON holds it: wordings by the place of their rule, bit numbers by the places of their bits."""
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
        "force": book.force,
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
    """The places of the bits that are set."""
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
        Pattern(content["force"]),
    )


def _type(row: Mapping[str, Any]) -> ClauseType:
    bases = tuple(LegalBasis(**{**basis, "since": date.fromisoformat(basis["since"])}) for basis in row["bases"])
    rules = tuple(map(_rule, row["rules"]))
    return ClauseType(**{**row, "severity": Severity(row["severity"]), "bases": bases, "rules": rules})


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
    return Authority(**{**_frozen(row), "bans": bans})


def _pattern(text: str | None) -> Pattern | None:
    return None if text is None else Pattern(text)


def _frozen(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
