"""Runs the shards of a campaign: on processes of this machine, or on a cluster of dask by its address (`workers`).

A run may be killed at any moment without loss: finished shards are kept, unfinished ones are run again. A dead worker is
replaced, and its shard is submitted again. The pause and cancel requests are checked before every shard.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.campaign.folder import RUNNING, Campaign
from pipeline.campaign.processes import cores
from pipeline.campaign.shards import Shard, as_shards, in_work, manifests
from pipeline.campaign.snapshot import read_snapshot
from pipeline.campaign.suspects import MAX_DEATHS, mark_hung
from pipeline.campaign.workers import Outcome, RunOptions, Workers, open_workers
from pipeline.errors import RuleError, StorageError
from pipeline.legal_context import LegalContext

# all times in seconds
_POLL_INTERVAL = 0.4
# submissions of one shard without any progress, besides the retries of the cluster itself
_MAX_ATTEMPTS = MAX_DEATHS + 4
# seconds between two looks at a file in work that count at most, so that a clock or a machine that stood still does not
_LONGEST_LOOK = 5.0


# a marker file, the path of the file in work, the time of its begin
Marker = tuple[Path, str, float]


@dataclass(slots=True)
class Progress:
    """The progress of a run.

    `files` and `shards` are totals; `done` and `shards_done` count finished ones, `done_before` the files that were
    finished before this run. `retries` counts shards submitted again, `problems` files that failed. `state` is
    RUNNING, PAUSED or CANCELLED; `current_files` are the paths in work; `started` is a monotonic clock in seconds.
    """

    files: int = 0
    done: int = 0
    done_before: int = 0
    shards: int = 0
    shards_done: int = 0
    problems: int = 0
    retries: int = 0
    state: str = RUNNING
    current_files: tuple[str, ...] = ()
    started: float = field(default_factory=time.monotonic)

    @property
    def rate(self) -> float:
        """Files per second in this run."""
        return (self.done - self.done_before) / max(time.monotonic() - self.started, 1e-6)

    @property
    def remaining(self) -> float | None:
        """Estimated seconds to the end at this rate, None before the first shard of this run is finished."""
        return (self.files - self.done) / self.rate if self.done > self.done_before else None


def run(campaign: Campaign, engine: str, run_options: RunOptions, on_progress: Callable[[Progress], None]) -> Progress:
    """Runs the unfinished shards of a campaign until all are done or the run is paused or cancelled.

    `engine` is the version of code, rules and model; shards of another version are run anew. `on_progress` is called at
    the start, about every 0.4 seconds, and at the end. Returns the final progress. Raises `StorageError` if
    workers cannot be started or reached or are lost, if results cannot be written, or if a shard fails at every attempt, and `UsageError` where
    another process runs the campaign.
    """
    legal_context = LegalContext(campaign.as_of, campaign.place)
    files = read_snapshot(campaign)
    shards = as_shards({**files}, campaign.shards, legal_context, engine, again=run_options.again)
    todo = [shard for shard in shards if _is_due(shard)]
    progress = Progress(sum(map(len, files.values())), shards=len(shards), shards_done=len(shards) - len(todo))
    progress.done = progress.done_before = sum(len(shard.files) for shard in shards) - sum(len(s.files) for s in todo)
    with campaign.as_runner():
        campaign.request(RUNNING)
        on_progress(progress)
        if todo:
            run_options = replace(run_options, workers=min(run_options.workers or cores(), len(todo)))
            with open_workers(run_options) as workers:
                _Run(campaign, workers, run_options, progress, on_progress).run_all(todo)
    progress.problems = sum(manifest["problems"] for manifest in manifests(campaign.shards))
    progress.current_files = ()
    on_progress(progress)
    return progress


def _is_due(shard: Shard) -> bool:
    manifest = shard.finished()
    return manifest is None or (shard.again and manifest["problems"] > 0)


@dataclass(slots=True)
class _Run:
    """The scheduling loop of one run over the shards that are due."""

    campaign: Campaign
    workers: Workers
    run_options: RunOptions
    progress: Progress
    on_progress: Callable[[Progress], None]
    attempts: dict[int, int] = field(default_factory=dict)
    written: dict[int, int] = field(default_factory=dict)
    watched: dict[tuple[str, float], float] = field(default_factory=dict)
    looked: float = field(default_factory=time.monotonic)

    def run_all(self, todo: list[Shard]) -> None:
        waiting, active = deque(todo), dict[int, Shard]()
        while waiting or active:
            self.progress.state = self.campaign.state()
            if self.progress.state != RUNNING:
                waiting.clear()
            while waiting and len(active) < self.workers.capacity():
                shard = waiting.popleft()
                self.attempts[shard.number] = self.attempts.get(shard.number, 0) + 1
                self.workers.submit(shard)
                active[shard.number] = shard
            self._poll(active, waiting)

    def _poll(self, active: dict[int, Shard], waiting: deque[Shard]) -> None:
        """Waits, collects finished shards, puts lost ones back into `waiting`, and stops files that hang."""
        for outcome in self.workers.wait(_POLL_INTERVAL):
            self._collect(outcome, active.pop(outcome.shard), waiting)
        markers = list(in_work(self.campaign.shards))
        self.progress.current_files = tuple(path for _, path, _ in markers)
        self._stop_hanging_files(markers)
        self.on_progress(self.progress)

    def _collect(self, outcome: Outcome, shard: Shard, waiting: deque[Shard]) -> None:
        if outcome.manifest is not None:
            self.progress.shards_done += 1
            self.progress.done += outcome.manifest["files"]
            self.progress.problems += outcome.manifest["problems"]
            return
        error = outcome.error
        if isinstance(error, RuleError):
            raise error  # rules or the model of the installation cannot be used: no attempt would end otherwise
        if isinstance(error, OSError):
            raise StorageError(
                f"第{shard.number}片的结果无法写入（{error}）", remedy="请检查磁盘空间和权限，再次运行即可继续"
            ) from error
        self._forgive_after_progress(shard)
        if self.attempts[shard.number] >= _MAX_ATTEMPTS:
            raise StorageError(
                f"第{shard.number}片运行{_MAX_ATTEMPTS}次都没有完成（{error or '工作进程中止'}）",
                remedy="请查看doctor，再次运行即可继续",
            ) from error
        self.progress.retries += 1
        waiting.appendleft(shard)

    def _forgive_after_progress(self, shard: Shard) -> None:
        """Counts attempts anew for a shard that has written more results than at its last death."""
        written = shard.parts.count()
        if written > self.written.get(shard.number, 0):
            self.attempts[shard.number] = 0
        self.written[shard.number] = written

    def _stop_hanging_files(self, markers: Sequence[Marker]) -> None:
        """Marks each file that is in work for longer than the limit, and stops its worker."""
        slow = self._slow_markers(markers)
        for marker in slow:
            mark_hung(marker, self.run_options.limit)
        if slow:
            self.workers.stop({int(marker.stem) for marker in slow})

    def _slow_markers(self, markers: Sequence[Marker]) -> list[Path]:
        """The markers of files seen in work for longer than the limit, by the clock of this process alone."""
        now = time.monotonic()
        look, self.looked = min(now - self.looked, _LONGEST_LOOK), now
        seen = {(path, since): marker for marker, path, since in markers}
        self.watched = {key: self.watched[key] + look if key in self.watched else 0.0 for key in seen}
        slow = [key for key, seconds in self.watched.items() if seconds > self.run_options.limit]
        for key in slow:
            self.watched[key] = 0.0
        return [seen[key] for key in slow]
