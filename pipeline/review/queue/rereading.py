"""重新读取: items whose current version an earlier version of the program read are read anew from their originals."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db.models import QuerySet

from pipeline.document import Dossier, Problem
from pipeline.review.models import Item, Kind, Status
from pipeline.review.queue.originals import original_path
from pipeline.review.queue.store import Outcome, QueueWriter, may_refresh

# reads bytes under a name: place, whether it is a draft → dossier, or why not
Reader = Callable[[str, bytes, str | None, bool], Dossier | Problem]


@dataclass(frozen=True, slots=True)
class Reread:
    """What became of an item: its title before and after, or why it was left as it was."""

    item: int
    before: str
    after: str
    left: str = ""


def outdated(engine: str, kind: str = "", numbers: Sequence[int] = ()) -> "QuerySet[Item]":
    """The items whose current version another version of the program than `engine` read, of a kind or with some numbers where these are given."""
    found = Item.objects.exclude(current=None).exclude(current__engine=engine).select_related("current").order_by("id")
    found = found.filter(kind=kind) if kind else found
    return found.filter(pk__in=numbers) if numbers else found


def reread(items: "QuerySet[Item]", read: Reader, home: Path, engine: str) -> Iterator[Reread]:
    """Reads items anew and yields what became of each; finished, sent and published ones are left, and so is what cannot be read.

    What people decided, corrected and raised stays, as it does after each new analysis.
    """
    writer = QueueWriter(home, engine)
    for item in items.iterator(chunk_size=50):
        version = item.current
        if version is None:
            continue
        if not may_refresh(item, version):
            why = "已经送达或者公开" if item.status in (Status.PENDING, Status.WAITING) else item.status
            yield Reread(item.pk, item.title, item.title, f"{why}，没有重新读取")
            continue
        path = original_path(home, version.original_id)
        if not path.exists():
            yield Reread(item.pk, item.title, item.title, "原件不在本系统，没有重新读取")
            continue
        data = path.read_bytes()
        found = read(version.name or item.name, data, version.place or None, item.kind == Kind.DRAFT)
        if isinstance(found, Problem):
            yield Reread(item.pk, item.title, item.title, f"{found.message}，没有重新读取")
            continue
        stored = writer.put(found, data, version.place or None)
        after = Item.objects.get(pk=item.pk).title
        left = "" if stored.outcome is Outcome.REFRESHED else "没有改动"
        yield Reread(item.pk, item.title, after, left)
