"""One engine for all: shards on dask.distributed, a local cluster by default or any by its address.

Killed at any moment it loses nothing: a finished shard stays, an unfinished one is run again. A dead worker is
replaced by the cluster; its shard is given to another. Pause and cancel are looked for before every shard.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import distributed

from pipeline.analyzer import LegalContext
from pipeline.campaign.folder import RUNNING, Campaign
from pipeline.campaign.shards import STRIKES, Shard, as_shards, in_work, manifests, mark_hung, run_shard
from pipeline.campaign.snapshot import read_snapshot
from pipeline.errors import StorageError

# a file that takes longer is given up, in seconds
LIMIT = 300.0
_LOOK = 0.4
_LOST = 15.0
# seconds without any worker until new ones are started
_BARE = 30.0
# a shard is given out again so often, besides what the cluster does by itself
_ATTEMPTS = STRIKES + 4


@dataclass(slots=True)
class Progress:
    """How far a run is: files and shards in all and done, problems, files in work, seconds since the start."""

    files: int = 0
    done: int = 0
    before: int = 0
    shards: int = 0
    shards_done: int = 0
    problems: int = 0
    again: int = 0
    state: str = RUNNING
    now: tuple[str, ...] = ()
    began: float = field(default_factory=time.monotonic)

    @property
    def rate(self) -> float:
        """Files a second in this run."""
        return (self.done - self.before) / max(time.monotonic() - self.began, 1e-6)

    @property
    def remaining(self) -> float | None:
        """Seconds that are left at this rate, None while nothing is known."""
        return (self.files - self.done) / self.rate if self.done > self.before else None


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to run: the address of a cluster (None: a local one), its workers, seconds a file may take."""

    scheduler: str | None = None
    workers: int | None = None
    limit: float = LIMIT
    again: bool = False


def run(campaign: Campaign, engine: str, run_options: RunOptions, told: Callable[[Progress], None]) -> Progress:
    """Runs what is not finished, until done, paused or cancelled. Raises `StorageError` if the cluster is lost.

    `engine` names code and rules; shards of another version are run anew.
    """
    legal_context = LegalContext(campaign.as_of, campaign.place)
    files = read_snapshot(campaign)
    shards = as_shards({**files}, campaign.shards, legal_context, engine, again=run_options.again)
    todo = [shard for shard in shards if _is_due(shard)]
    progress = Progress(sum(map(len, files.values())), shards=len(shards), shards_done=len(shards) - len(todo))
    progress.done = progress.before = sum(len(shard.files) for shard in shards) - sum(len(s.files) for s in todo)
    campaign.ask(RUNNING)
    told(progress)
    if todo:
        with _cluster(run_options) as client:
            _Run(campaign, client, run_options, progress, told).go(todo)
    progress.problems = sum(manifest["problems"] for manifest in manifests(campaign.shards))
    progress.now = ()
    told(progress)
    return progress


def _is_due(shard: Shard) -> bool:
    manifest = shard.finished()
    return manifest is None or (shard.again and manifest["problems"] > 0)


@contextmanager
def _cluster(run_options: RunOptions) -> Iterator[distributed.Client]:
    """A client of the cluster asked for, or of one of our own that ends with it."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        if run_options.scheduler:
            with distributed.Client(run_options.scheduler, timeout=10, set_as_default=False) as client:
                yield client
            return
        with (
            distributed.LocalCluster(
                n_workers=run_options.workers,
                threads_per_worker=1,
                dashboard_address=None,
                silence_logs=logging.CRITICAL,
            ) as cluster,
            distributed.Client(cluster, set_as_default=False) as client,
        ):
            yield client
    except (OSError, TimeoutError) as error:
        where = run_options.scheduler or "本机"
        raise StorageError(
            f"无法使用{where}的计算集群（{error or type(error).__name__}）",
            remedy="请检查调度器地址和网络；已完成的部分不会丢失，再次运行即可继续",
        ) from error


@dataclass(slots=True)
class _Run:
    """One run over the shards that are due."""

    campaign: Campaign
    client: distributed.Client
    run_options: RunOptions
    progress: Progress
    told: Callable[[Progress], None]
    attempts: dict[int, int] = field(default_factory=dict)
    lost_since: float | None = None
    bare_since: float | None = None

    def go(self, todo: list[Shard]) -> None:
        waiting, active = deque(todo), dict[distributed.Future, Shard]()
        while waiting or active:
            self.progress.state = self.campaign.state()
            if self.progress.state != RUNNING:
                waiting.clear()
            while waiting and len(active) < 2 * self._width():
                shard = waiting.popleft()
                active[self._submit(shard)] = shard
            self._look(active, waiting)

    def _width(self) -> int:
        return max(len(self.client.nthreads()), 1) if self._alive() else 1

    def _alive(self) -> bool:
        """Whether the cluster answers. Raises `StorageError` after it was silent for a while."""
        if self.client.status == "running":
            self.lost_since = None
            return True
        self.lost_since = self.lost_since or time.monotonic()
        if self.client.status == "closed" or time.monotonic() - self.lost_since > _LOST:
            raise StorageError("与计算集群失去联系", remedy="已完成的部分不会丢失，集群恢复后再次运行即可继续")
        return False

    def _revive(self) -> None:
        """New workers where all have ended and none comes back by itself. Raises `StorageError` on a cluster not ours."""
        if self.client.nthreads():
            self.bare_since = None
            return
        self.bare_since = self.bare_since or time.monotonic()
        if time.monotonic() - self.bare_since < _BARE:
            return
        cluster, self.bare_since = self.client.cluster, None
        if cluster is None:
            raise StorageError("计算集群没有工作进程", remedy="请启动工作进程后再次运行，已完成的部分不会丢失")
        cluster.scale(0)
        cluster.scale(self.run_options.workers or 1)

    def _submit(self, shard: Shard) -> distributed.Future:
        attempt = self.attempts[shard.number] = self.attempts.get(shard.number, 0) + 1
        key = f"{self.campaign.name}-{shard.number}-{attempt}-{time.time_ns()}"
        return self.client.submit(run_shard, shard, key=key, pure=False)

    def _look(self, active: dict[distributed.Future, Shard], waiting: deque[Shard]) -> None:
        """Waits a moment, takes in what is finished, gives out again what was lost, gives up what hangs."""
        time.sleep(_LOOK if not any(future.done() for future in active) else 0)
        if self._alive():
            self._revive()
        for future in [future for future in active if future.done()]:
            self._take(future, active.pop(future), waiting)
        self.progress.now = tuple(path for _, path, _ in in_work(self.campaign.shards))
        self._give_up_hanging(active)
        self.told(self.progress)

    def _take(self, future: distributed.Future, shard: Shard, waiting: deque[Shard]) -> None:
        if future.status == "finished":
            manifest = future.result()
            self.progress.shards_done += 1
            self.progress.done += manifest["files"]
            self.progress.problems += manifest["problems"]
            return
        error = future.exception() if future.status == "error" else None
        died = error is None or isinstance(error, distributed.KilledWorker)
        if not died and isinstance(error, OSError):
            raise StorageError(
                f"第{shard.number}片的结果无法写入（{error}）", remedy="请检查磁盘空间和权限，再次运行即可继续"
            ) from error
        if self.attempts[shard.number] >= _ATTEMPTS:
            raise StorageError(
                f"第{shard.number}片运行{_ATTEMPTS}次都没有完成（{error or '工作进程中止'}）",
                remedy="请查看doctor，再次运行即可继续",
            ) from error
        self.progress.again += 1
        waiting.appendleft(shard)

    def _give_up_hanging(self, active: dict[distributed.Future, Shard]) -> None:
        """A file that is in work for too long is marked, and its worker replaced."""
        slow = [
            marker for marker, _, since in in_work(self.campaign.shards) if time.time() - since > self.run_options.limit
        ]
        if not slow:
            return
        numbers = {int(marker.stem) for marker in slow}
        keys = {future.key for future, shard in active.items() if shard.number in numbers}
        for marker in slow:
            mark_hung(marker)
        stuck = [worker for worker, at in self.client.processing().items() if keys & set(at)]
        if stuck:
            self.client.restart_workers(stuck, raise_for_error=False)
