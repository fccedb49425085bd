"""清理的决定: each line of a campaign's decisions is recorded in the audit of the queue, or, where there is none, in a chained file.

A decision that is changed, removed or added in the file afterwards is found by comparing its lines with what was recorded.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline.home import home_folder
from pipeline.review.audit.file_chain import alone, append, breaks, links
from pipeline.review.connection import connect

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from pipeline.review.models import AuditEntry

DECISIONS, CHAIN = "decisions.jsonl", "audit.jsonl"
# kinds of entries: a decision; how many lines, with which hash, a campaign had before its first recorded one
DECIDED, BEGUN = "清理决定", "清理起点"


class _Recorded(NamedTuple):
    """What a chain knows of a campaign: the lines before it, their hash, and the hashes of the lines since."""

    before: int
    digest: str
    lines: tuple[str, ...]


@contextmanager
def audited(file: Path, lines: Sequence[tuple[str, str]]) -> Iterator[None]:
    """Records lines that the body of the `with` appends to `file`, the decisions of a campaign, each with words in Chinese on what it is.

    In a queue both are kept or neither. Raises `StorageError` where it cannot be recorded.
    """
    home, chain = file.parents[2], file.with_name(CHAIN)
    with alone(chain), _in_audit(file, lines) if has_queue(home) and _open_queue(home) else nullcontext() as done:
        entries = [] if done else _entries(file, lines, begun=chain.exists())
        yield
        for what, detail in entries:
            append(chain, what, detail)


@contextmanager
def _in_audit(file: Path, lines: Sequence[tuple[str, str]]) -> Iterator[bool]:
    """Records lines in the audit of the queue, in one transaction with the body of the `with`."""
    from django.db import transaction

    from pipeline.review.accounts import COMMAND_LINE
    from pipeline.review.audit.chain import note

    with transaction.atomic():
        for what, detail in _entries(file, lines, begun=_of_queue(file.parent.name).exists()):
            note(COMMAND_LINE, what, None, detail)
        yield True


def has_queue(home: Path) -> bool:
    """Whether a home folder is the one in use and has a queue."""
    file = home / "queue.sqlite3"
    return home == home_folder() and bool(
        os.environ.get("DATABASE_URL") or (file.exists() and file.stat().st_size)
    )  # fmt: skip


@cache
def _open_queue(home: Path) -> bool:
    """Opens the queue; False where this process has opened that of another home folder before."""
    connect("pipeline.web.settings")
    from django.db import connection

    return connection.vendor != "sqlite" or Path(connection.settings_dict["NAME"]).parent == home


def _entries(file: Path, lines: Sequence[tuple[str, str]], *, begun: bool) -> list[tuple[str, str]]:
    """Kind and text of the entries that record lines; with the state of the file before them where they are the first ones."""
    name = file.parent.name
    entries = [(DECIDED, f"{name} {words[:300]} {_hash(line)}") for line, words in lines]
    if lines and not begun:
        before = lines_of(file)
        entries.insert(0, (BEGUN, f"{name} 此前{len(before)}条 {_hash(''.join(before))}"))
    return entries


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def lines_of(file: Path) -> list[str]:
    """The lines of the decisions of a campaign, each with its line feed; [] where there are none."""
    if not file.exists():
        return []
    return [f"{line}\n" for line in file.read_text(encoding="utf-8", errors="replace").split("\n") if line]


def _recorded(name: str, entries: Sequence[tuple[str, str]]) -> _Recorded | None:
    """What entries (kind and text) know of a campaign; None where they begin with none."""
    if not entries:
        return None
    first = entries[0][1].split() if entries[0][0] == BEGUN else [name, "此前0条", _hash("")]
    lines = tuple(detail.rsplit(" ", 1)[-1] for what, detail in entries if what == DECIDED)
    return _Recorded(int(first[1][2:-1]), first[2], lines)


def _in_queue(name: str) -> _Recorded | None:
    return _recorded(name, list(_of_queue(name).values_list("what", "detail")))


def _of_queue(name: str) -> "QuerySet[AuditEntry]":
    from pipeline.review.models import AuditEntry

    return AuditEntry.objects.filter(what__in=(BEGUN, DECIDED), detail__startswith=f"{name} ").order_by("id")


def _in_file(chain: Path) -> _Recorded | None:
    return _recorded(chain.parent.name, [(link.what, link.detail) for link in links(chain)])


def check_campaigns(home: Path) -> Iterator[str | None]:
    """Yields in Chinese what does not agree between decisions and records of campaigns, and None after each campaign.

    The queue must be open.
    """
    for folder in sorted(path.parent for path in (home / "campaigns").glob("*/campaign.json")):
        yield from breaks(folder / CHAIN)
        yield from _differences(folder)
        yield None


def _differences(folder: Path) -> Iterator[str]:
    lines, name = lines_of(folder / DECISIONS), folder.name
    chains = [found for found in (_in_file(folder / CHAIN), _in_queue(name)) if found is not None]
    for at, found in enumerate(chains):
        until = chains[at + 1].before if at + 1 < len(chains) else len(lines)
        if _hash("".join(lines[: found.before])) != found.digest:
            yield f"清理“{name}”的决定，前{found.before}条与开始入链时不一致"
        yield from _compare(name, [_hash(line) for line in lines[found.before : until]], found)


def _compare(name: str, present: list[str], found: _Recorded) -> Iterator[str]:
    """Yields what does not agree between the lines of a file and what was recorded of them."""
    lost, added = Counter(found.lines) - Counter(present), Counter(present) - Counter(found.lines)
    if lost:
        yield f"清理“{name}”有{lost.total()}条决定被删除或者改动，请用备份核对"
    for at, digest in enumerate(present, found.before + 1):
        if added[digest]:
            yield f"清理“{name}”的第{at}条决定没有审计记录：记录时中断，或者事后添加、改动"
    kept = [digest for digest in present if not added[digest]]
    if kept != [digest for digest in found.lines if not lost[digest]]:
        yield f"清理“{name}”的决定次序被改动"


def unrecorded(home: Path) -> list[str]:
    """The campaigns whose decisions were all made by versions before 0.11.0, which recorded none."""
    folders = sorted(path.parent for path in (home / "campaigns").glob("*/campaign.json"))
    return [
        folder.name
        for folder in folders
        if lines_of(folder / DECISIONS) and _in_file(folder / CHAIN) is None and _in_queue(folder.name) is None
    ]
