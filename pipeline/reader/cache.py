"""Opinions of second readers, kept in the home folder: one private file each, by provision, brief and model.

A list of the provisions of each paper, by the SHA-256 of its file, lets the desk find the opinions on a finding without reading
the paper again. This module knows neither rules nor database.
"""

import hashlib
import json
import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.document import Span
from pipeline.errors import StorageError
from pipeline.home import open_private, private_folder

_log = logging.getLogger(__name__)
_FOLDER = "reader"
# what an opinion says of whether the provision is to be raised, by verdict
STANDS = {
    "flag": "成立",
    "restates": "不成立，条款写明了上位法",
    "exempt": "不成立，属于例外",
    "none": "不成立，与各类型无关",
}


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a model says about a provision; `verdict` is a key of `STANDS`, `laws` are as they are cited, `at` is a day.

    `tokens_in` and `tokens_out` are what the answer cost.
    """

    model: str
    brief: str
    verdict: str
    types: tuple[str, ...]
    quote: str
    laws: tuple[str, ...]
    reason: str
    at: str
    tokens_in: int = 0
    tokens_out: int = 0

    @property
    def in_words(self) -> str:
        """The opinion as people read it, marked as that of a model and as no more than advice."""
        named = f"；涉及{'、'.join(f'《{law}》' if '《' not in law else law for law in self.laws)}" if self.laws else ""
        return f"大模型（{self.model}）：{STANDS[self.verdict]}，理由：{self.reason.rstrip('。；')}{named}。仅供参考，由人决定"


@dataclass(frozen=True, slots=True)
class Request:
    """A request that was written to a batch file: which brief and model, and the fields of its provision by name."""

    brief: str
    model: str
    provision: dict[str, str]


class Cache:
    """The opinions in a home folder. Methods that write raise `StorageError`."""

    def __init__(self, home: Path) -> None:
        self._folder = home / _FOLDER

    def find(self, key: str, brief: str, model: str) -> Opinion | None:
        """The opinion of a model on a provision (by its key) under a brief, None if there is none."""
        return _opinion(_read(self._answer(key, brief, model)))

    def all_on(self, key: str) -> list[Opinion]:
        """The latest opinion of each model on a provision, by name of the model."""
        found: dict[str, Opinion] = {}
        read = [_opinion(_read(path)) for path in sorted(self._answers(key).glob("*.json"))]
        for opinion in sorted(filter(None, read), key=lambda one: one.at):
            found[opinion.model] = opinion
        return [found[model] for model in sorted(found)]

    def keep(self, key: str, opinion: Opinion) -> None:
        """Keeps an opinion, in place of an earlier one of the same model under the same brief."""
        _write(self._answer(key, opinion.brief, opinion.model), asdict(opinion))

    def keep_request(self, number: str, request: Request) -> None:
        """Keeps what a request in a batch file asked, by its `custom_id`."""
        _write(self._folder / "requests" / f"{number}.json", asdict(request))

    def request(self, number: str) -> Request | None:
        """What the request with this `custom_id` (hexadecimal) asked, None where none was written here."""
        content = _read(self._folder / "requests" / f"{number}.json")
        try:
            return Request(content["brief"], content["model"], dict(content["provision"])) if content else None
        except (KeyError, TypeError, ValueError):
            return None

    def keep_places(self, digest: str, places: Iterable[tuple[Span, str, str]]) -> None:
        """Keeps where the provisions of a paper stand: span, words and key of each; `digest` is the SHA-256 of its file."""
        rows = [[span.start, span.end, _hash(words), key] for span, words, key in places]
        _write(self._folder / "papers" / f"{digest}.json", {"provisions": rows})

    def places(self, digest: str, text: str) -> list[tuple[Span, str]]:
        """Span and key of the provisions of a paper whose words still stand there in its text."""
        content = _read(self._folder / "papers" / f"{digest}.json") if digest else None
        try:
            rows = [(Span(start, end), words, key) for start, end, words, key in (content or {}).get("provisions", ())]
            return [(span, key) for span, words, key in rows if _hash(span.cut(text)) == words]
        except (TypeError, ValueError):
            return []

    def on_spans(self, digest: str, text: str) -> "OnSpans":
        """The opinions on the provisions of a paper, for looking up by span."""
        return OnSpans(self, tuple(self.places(digest, text)))

    def _answers(self, key: str) -> Path:
        return self._folder / "answers" / key[:2] / key

    def _answer(self, key: str, brief: str, model: str) -> Path:
        return self._answers(key) / f"{brief}.{_hash(model)[:16]}.json"


@dataclass(frozen=True, slots=True)
class OnSpans:
    """Opinions on the provisions of one paper."""

    cache: Cache
    places: tuple[tuple[Span, str], ...]

    def at(self, span: Span) -> list[Opinion]:
        """The opinions on the provisions that overlap a span."""
        return list(self._at(span))

    def _at(self, span: Span) -> Iterator[Opinion]:
        for place, key in self.places:
            if place.overlaps(span):
                yield from self.cache.all_on(key)


def _hash(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def _opinion(content: dict[str, Any] | None) -> Opinion | None:
    """An opinion from its file; None for a file of another form, which is left out as if it were not there."""
    if content is None:
        return None
    try:
        made = Opinion(**{**content, "types": tuple(content["types"]), "laws": tuple(content["laws"])})
    except (KeyError, TypeError):
        return None
    return made if made.verdict in STANDS else None


def _read(path: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        _log.warning("%s不能读取（%s），当作没有", path, error)
        return None
    return content if isinstance(content, dict) else None


def _write(path: Path, content: dict[str, Any]) -> None:
    """Writes a file whole or not at all; its owner alone may read it."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        private_folder(path.parent)
        with open_private(part, "wb") as stream:
            stream.write(json.dumps(content, ensure_ascii=False).encode())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StorageError(f"{path}无法写入（{error.strerror or error}）", remedy="请检查磁盘空间和权限") from error
