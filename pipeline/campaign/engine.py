"""Runs the shards of a campaign on dask.distributed: a local cluster by default, or a remote one by its address.

A run may be killed at any moment without loss: finished shards are kept, unfinished ones are run again. The cluster
replaces a dead worker, and its shard is submitted again. The pause and cancel requests are checked before every shard.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import distributed
from dask.system import CPU_COUNT

from pipeline.analyzer import LegalContext
from pipeline.campaign.cluster import RunOptions, cluster
from pipeline.campaign.folder import RUNNING, Campaign
from pipeline.campaign.shards import Shard, as_shards, in_work, manifests, run_shard
from pipeline.campaign.snapshot import read_snapshot
from pipeline.campaign.suspects import MAX_DEATHS, mark_hung
from pipeline.errors import RuleError, StorageError

# all times in seconds
_POLL_INTERVAL = 0.4
_ASK_INTERVAL = 1.0
# without an answer of the scheduler for so long, the run ends with an error
_SCHEDULER_TIMEOUT = 15.0
# without any worker for so long, new ones are started
_NO_WORKERS_TIMEOUT = 30.0
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
    the start, about every 0.4 seconds, and at the end. Returns the final progress. Raises `StorageError` if the
    cluster cannot be reached or is lost, if results cannot be written, or if a shard fails at every attempt, and `UsageError` where
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
            run_options = replace(run_options, workers=min(run_options.workers or CPU_COUNT, len(todo)))
            with cluster(run_options) as client:
                _Run(campaign, client, run_options, progress, on_progress).run_all(todo)
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
    client: distributed.Client
    run_options: RunOptions
    progress: Progress
    on_progress: Callable[[Progress], None]
    attempts: dict[int, int] = field(default_factory=dict)
    written: dict[int, int] = field(default_factory=dict)
    watched: dict[tuple[str, float], float] = field(default_factory=dict)
    looked: float = field(default_factory=time.monotonic)
    workers: int = 0
    asked: float = 0.0
    finished: threading.Event = field(default_factory=threading.Event)
    lost_since: float | None = None
    no_workers_since: float | None = None

    def run_all(self, todo: list[Shard]) -> None:
        waiting, active = deque(todo), dict[distributed.Future, Shard]()
        while waiting or active:
            self.progress.state = self.campaign.state()
            if self.progress.state != RUNNING:
                waiting.clear()
            while waiting and len(active) < 2 * max(self._worker_count(), 1):
                shard = waiting.popleft()
                active[self._submit(shard)] = shard
            self._poll(active, waiting)

    def _worker_count(self) -> int:
        """The number of workers, as the scheduler said within the last second; 0 if it has none or is lost."""
        if time.monotonic() - self.asked > _ASK_INTERVAL and self._alive():
            self.workers, self.asked = len(self.client.nthreads()), time.monotonic()
        return self.workers

    def _alive(self) -> bool:
        """Whether the cluster is connected. Raises `StorageError` if the connection is closed or lost for too long."""
        if self.client.status == "running":
            self.lost_since = None
            return True
        self.lost_since = self.lost_since or time.monotonic()
        if self.client.status == "closed" or time.monotonic() - self.lost_since > _SCHEDULER_TIMEOUT:
            raise StorageError("与计算集群失去联系", remedy="已完成的部分不会丢失，集群恢复后再次运行即可继续")
        return False

    def _replace_workers(self) -> None:
        """Starts new workers if there were none for a while. Raises `StorageError` on a remote cluster."""
        if self._worker_count():
            self.no_workers_since = None
            return
        self.no_workers_since = self.no_workers_since or time.monotonic()
        if time.monotonic() - self.no_workers_since < _NO_WORKERS_TIMEOUT:
            return
        cluster, self.no_workers_since = self.client.cluster, None
        if cluster is None:
            raise StorageError("计算集群没有工作进程", remedy="请启动工作进程后再次运行，已完成的部分不会丢失")
        cluster.scale(0)
        cluster.scale(self.run_options.workers or 1)

    def _submit(self, shard: Shard) -> distributed.Future:
        attempt = self.attempts[shard.number] = self.attempts.get(shard.number, 0) + 1
        key = f"{self.campaign.name}-{shard.number}-{attempt}-{time.time_ns()}"
        future = self.client.submit(run_shard, shard, key=key, pure=False)
        future.add_done_callback(lambda _: self.finished.set())
        return future

    def _poll(self, active: dict[distributed.Future, Shard], waiting: deque[Shard]) -> None:
        """Waits, collects finished shards, puts lost ones back into `waiting`, and stops files that hang."""
        self.finished.wait(_POLL_INTERVAL)
        self.finished.clear()
        if self._alive():
            self._replace_workers()
        for future in [future for future in active if future.done()]:
            self._collect(future, active.pop(future), waiting)
        markers = list(in_work(self.campaign.shards))
        self.progress.current_files = tuple(path for _, path, _ in markers)
        self._stop_hanging_files(active, markers)
        self.on_progress(self.progress)

    def _collect(self, future: distributed.Future, shard: Shard, waiting: deque[Shard]) -> None:
        if future.status == "finished":
            manifest = future.result()
            self.progress.shards_done += 1
            self.progress.done += manifest["files"]
            self.progress.problems += manifest["problems"]
            return
        error = future.exception() if future.status == "error" else None
        if isinstance(error, RuleError):
            raise error  # rules or the model of the installation cannot be used: no attempt would end otherwise
        died = error is None or isinstance(error, distributed.KilledWorker)
        if not died and isinstance(error, OSError):
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

    def _stop_hanging_files(self, active: dict[distributed.Future, Shard], markers: Sequence[Marker]) -> None:
        """Marks each file that is in work for longer than the limit, and restarts its worker."""
        slow = self._slow_markers(markers)
        if not slow:
            return
        numbers = {int(marker.stem) for marker in slow}
        keys = {future.key for future, shard in active.items() if shard.number in numbers}
        for marker in slow:
            mark_hung(marker, self.run_options.limit)
        stuck = [worker for worker, assigned in self.client.processing().items() if keys & set(assigned)]
        if stuck:
            self.client.restart_workers(stuck, raise_for_error=False)

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
