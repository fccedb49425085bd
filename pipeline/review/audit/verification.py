"""核验: whether the audit is complete, by its own hashes, by its head, and by anchors that were taken of it earlier."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.review.audit.chain import START, digest_of, seal
from pipeline.review.clock import local_time
from pipeline.review.models import AuditEntry, AuditHead

# entries that are read at once
_CHUNK = 1000
# a fork of 0.8.0 lies among writers of the same moment: so many entries back, and within so much time
_NEAR, _MOMENT = 500, timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Anchor:
    """锚点: the head of the audit at a moment (`at`, UTC): number and digest of the last entry, and how many entries there were.

    `database` names the database it was taken of, without a password.
    """

    number: int
    digest: str
    count: int
    at: datetime
    database: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A break of the chain in Chinese; `fork` for two entries with the same predecessor, as 0.8.0 wrote them."""

    words: str
    fork: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification found: the number of entries, breaks of the chain, and what is said of forks of 0.8.0 ("" for none)."""

    count: int
    faults: tuple[str, ...]
    forks: str


def verify(anchors: Iterable[Anchor] = ()) -> Iterator[str]:
    """Yields each break of the chain in Chinese (entries removed, inserted or changed); nothing where it is intact."""
    return (fault.words for fault in walk(anchors) if fault is not None and not fault.fork)


def examine(anchors: Iterable[Anchor] = ()) -> Report:
    """Verifies the whole chain against its head and against anchors."""
    found = [fault for fault in walk(anchors) if fault is not None]
    faults = tuple(fault.words for fault in found if not fault.fork)
    return Report(AuditEntry.objects.count(), faults, told_of_forks([fault for fault in found if fault.fork]))


def told_of_forks(forks: list[Fault]) -> str:
    """What is said of the forks of 0.8.0, "" for none."""
    if not forks:
        return ""
    where = forks[0].words if len(forks) == 1 else f"{forks[0].words}至{forks[-1].words}之间，共{len(forks)}处"
    return (
        f"{where}：并发写入造成的分叉，0.8.0的已知缺陷，不是改动。这些记录的内容已逐条核对；但分叉的末梢如有记录被删除，"
        "链上看不出，请以当时的备份为准。升级以后的记录不再分叉"
    )


def walk(anchors: Iterable[Anchor] = ()) -> Iterator[Fault | None]:
    """Goes through the chain and yields its breaks, and None after every thousand entries, where a reader may pause.

    What is written meanwhile is not looked at.
    """
    head = seal()
    trail, wanted = _Trail(head), sorted(anchors, key=lambda anchor: anchor.number)
    number = 0
    while entries := _after(number, head):
        for entry in entries:
            yield from trail.follow(entry)
            while wanted and wanted[0].number <= trail.number:
                yield from trail.compare(wanted.pop(0))
        number = trail.number
        yield None
    yield from trail.end()
    for anchor in wanted:
        if anchor.number:
            yield Fault(
                f"锚点（第{anchor.number}条，{local_time(anchor.at)}）所指的记录已经不在：之后的记录被截去，请用备份核对"
            )


def _after(number: int, head: AuditHead) -> list[AuditEntry]:
    entries = AuditEntry.objects.filter(number__gt=number, number__lte=head.number)
    return list(entries.order_by("number")[:_CHUNK])


class _Trail:
    """A walk along the chain: the last entry that was seen, how many there were, and the digests of those just before it."""

    def __init__(self, head: AuditHead) -> None:
        self.head = head
        self.number, self.count, self.digest = 0, 0, START
        self.at: datetime | None = None
        self.near: deque[str] = deque([START], maxlen=_NEAR)

    def follow(self, entry: AuditEntry) -> Iterator[Fault]:
        """Goes on to the next entry and yields what is wrong with it."""
        if entry.previous != self.digest:
            if self._is_fork(entry):
                yield Fault(f"第{entry.number}条", fork=True)
            else:
                yield Fault(f"第{entry.number}条与前一条不衔接，之前有记录被删除或者插入")
        if entry.digest != digest_of(entry):
            yield Fault(f"第{entry.number}条（{local_time(entry.at)} {entry.who} {entry.what}）的内容被改动")
        self.number, self.digest, self.at = entry.number or 0, entry.digest, entry.at
        self.count += 1
        self.near.append(entry.digest)

    def _is_fork(self, entry: AuditEntry) -> bool:
        """Whether 0.8.0 chained an entry to one that had a successor of the same moment already."""
        old = (entry.number or 0) <= self.head.forks_until
        return old and entry.previous in self.near and self.at is not None and abs(entry.at - self.at) <= _MOMENT

    def compare(self, anchor: Anchor) -> Iterator[Fault]:
        """Yields what does not agree with an anchor whose entry has just been passed."""
        if anchor.number and (anchor.number, anchor.digest, anchor.count) != (self.number, self.digest, self.count):
            yield Fault(
                f"锚点（第{anchor.number}条，{local_time(anchor.at)}）与现在的记录不一致：锚点之前的记录被改写、删除或者插入，请用备份核对"
            )

    def end(self) -> Iterator[Fault]:
        """Yields what the head knows of and the chain lacks."""
        if (self.number, self.digest, self.count) != (self.head.number, self.head.digest, self.head.count):
            yield Fault(
                f"链的末尾应是第{self.head.number}条，共{self.head.count}条，现有{self.count}条：有记录被删除或者改写"
            )
