"""Batch files for an office whose model stands in another network: requests out and answers in, as JSON lines in the common form.

A request is {"custom_id", "method", "url", "body"}; an answer {"custom_id", "response": {"status_code", "body"}, "error"}, where body is
a response of the chat interface.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError
from pipeline.home import open_private
from pipeline.law import Rulebook
from pipeline.reader.answers import Dropped, Reply, Standard, standard, take
from pipeline.reader.brief import brief_id, request_body
from pipeline.reader.cache import Cache, Request
from pipeline.reader.provisions import Provision
from pipeline.reader.service import reply_of
from pipeline.records import line_of

URL = "/v1/chat/completions"
_NUMBER = re.compile("[0-9a-f]{40}")
_BLANK = "空行"
_LONGEST_LINE = 2**21
# what a request keeps of a provision
_FIELDS = ("sentence", "title", "place", "above", "article")
_FORM, _UNKNOWN, _OLD, _REFUSED = (
    "不是通用批处理答复的格式", "没有从本机导出过这个请求（custom_id）", "导出以后审查口径或者类型变了，请重新导出", "对方报告请求失败",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """What a batch file holds: number of requests, and its SHA-256 (hexadecimal)."""

    requests: int
    digest: str


@dataclass(slots=True)
class Imported:
    """What came of a file of answers: how many were taken, reasons for the others, (line number, reason) of each dropped one."""

    digest: str = ""
    taken: int = 0
    dropped: Counter[str] = field(default_factory=Counter[str])
    lines: list[tuple[int, str]] = field(default_factory=list)


def unanswered(provisions: Iterable[Provision], model: str, book: Rulebook, cache: Cache) -> list[Provision]:
    """The provisions on which the cache has no opinion of a model under the present brief, each once."""
    brief = brief_id(types_of(book))
    by_key = {provision.key: provision for provision in provisions}
    return [one for one in by_key.values() if cache.find(one.key, brief, model) is None]


def types_of(book: Rulebook) -> dict[str, str]:
    """Id and Chinese name of the types of a rulebook."""
    return {key: kind.name for key, kind in book.types.items()}


def write_requests(provisions: Sequence[Provision], out: Path, model: str, book: Rulebook, cache: Cache) -> Written:
    """Writes a request for each provision; the file can be read by its owner alone.

    Raises `UsageError` where the file exists or cannot be written, `StorageError` where the requests cannot be kept.
    """
    types = types_of(book)
    brief, digest = brief_id(types), hashlib.sha256()
    if out.exists():
        raise UsageError(f"{out}已经存在，没有覆盖", remedy="请换一个文件名")
    try:
        with open_private(out, "wb") as stream:
            for provision in provisions:
                number = number_of(provision, brief, model)
                cache.keep_request(number, Request(brief, model, {name: getattr(provision, name) for name in _FIELDS}))
                body = request_body(provision, model, types)
                line = line_of({"custom_id": number, "method": "POST", "url": URL, "body": body}).encode()
                digest.update(line)
                stream.write(line)
    except OSError as error:
        raise UsageError(f"{out}无法写入（{error.strerror or error}）", remedy="请检查路径、磁盘空间和权限") from error
    return Written(len(provisions), digest.hexdigest())


def number_of(provision: Provision, brief: str, model: str) -> str:
    """The `custom_id` of a request: 40 hexadecimal digits for provision, brief and model."""
    return hashlib.sha256(f"{provision.key}\n{brief}\n{model}".encode()).hexdigest()[:40]


def read_answers(path: Path, book: Rulebook, cache: Cache) -> Imported:
    """Takes the answers of a file into the cache; what cannot be taken is counted with its reason and the others follow.

    Raises `UsageError` where the file cannot be read, `StorageError` where nothing can be kept.
    """
    found, digest = Imported(), hashlib.sha256()
    wanted = standard(book, date.today())
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(_lines(stream), 1):
                digest.update(line)
                _count(found, number, _why_dropped(line, wanted, cache))
    except OSError as error:
        raise UsageError(f"{path}无法读取（{error.strerror or error}）", remedy="请检查路径和权限") from error
    found.digest = digest.hexdigest()
    return found


def _count(found: Imported, number: int, why: str) -> None:
    if not why:
        found.taken += 1
    elif why != _BLANK:
        found.dropped[why] += 1
        found.lines.append((number, why))


def _lines(stream: Any) -> Iterator[bytes]:
    """The lines of a file; a longer one than any answer is cut, so that it is no JSON, and its rest passed over."""
    while line := stream.readline(_LONGEST_LINE):
        yield line
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = stream.readline(_LONGEST_LINE)


def _why_dropped(line: bytes, wanted: Standard, cache: Cache) -> str:
    """Why the answer of a line was dropped, "" where it was taken."""
    if not line.strip():
        return _BLANK
    try:
        row = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        return _FORM
    number = row.get("custom_id") if isinstance(row, dict) else None
    if not isinstance(number, str):
        return _FORM
    request = cache.request(number) if _NUMBER.fullmatch(number) else None
    if request is None:
        return _UNKNOWN
    reply = _reply(row)
    return reply if isinstance(reply, str) else _why_not_kept(reply, request, wanted, cache)


def _why_not_kept(reply: Reply, request: Request, wanted: Standard, cache: Cache) -> str:
    """Keeps the opinion in a reply; why there is none, else ""."""
    brief, fields = brief_id(wanted.types), request.provision
    if request.brief != brief:
        return _OLD
    sentence, title, place, above, article = (str(fields.get(name, "")) for name in _FIELDS)
    provision = Provision(sentence, title, place, above, article)
    taken = take(reply, provision, wanted, model=request.model, brief=brief)
    if isinstance(taken, Dropped):
        return taken.value
    cache.keep(provision.key, taken)
    return ""


def _reply(row: dict[str, Any]) -> Reply | str:
    """The reply in a line of answers, or why there is none."""
    response = row.get("response")
    if row.get("error") and not response:
        return _REFUSED
    if not isinstance(response, dict):
        return _FORM
    if response.get("status_code", 200) not in (200, "200"):
        return _REFUSED
    reply = reply_of(response.get("body"))
    return reply if isinstance(reply, Reply) else reply.value
