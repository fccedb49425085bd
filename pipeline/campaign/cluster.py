"""Workers of a dask cluster, which only this run can use: TLS with a certificate that both sides must show.

A scheduler of dask runs any function that a client sends. A cluster given by its address is used with the certificate of the unit. A local
one, for the pages of dask, listens on the loopback only, with a key made for this run and kept in memory. The only module that needs dask.
"""

import ipaddress
import logging
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dask
import distributed
from distributed.security import Security

from pipeline.campaign.processes import cores
from pipeline.campaign.shards import Shard
from pipeline.campaign.workers import Outcome, RunOptions
from pipeline.errors import StorageError, UsageError

# seconds that a scheduler given by its address may take to answer
CONNECT_TIMEOUT = 10.0
# seconds: between two questions for the workers; without an answer of the scheduler, until the run ends with an error; without any worker,
# until new ones are started
_ASK_INTERVAL, _SCHEDULER_TIMEOUT, _NO_WORKERS_TIMEOUT = 1.0, 15.0, 30.0
LOOPBACK = "127.0.0.1"
# environment variables: files with the certificate of the authority, and certificate and key of this machine, as PEM
CERTIFICATES = ("QINGGUI_CLUSTER_CA", "QINGGUI_CLUSTER_CERT", "QINGGUI_CLUSTER_KEY")
# a local cluster measures itself and its machine less often than by default (20, 100, 500 ms, and disks too)
_CALM = {
    "distributed.admin.tick.interval": "500ms",
    "distributed.worker.memory.monitor-interval": "500ms",
    "distributed.admin.system-monitor.interval": "2s",
    "distributed.admin.system-monitor.disk": False,
}
_WAY = f"请写tls://地址，并用环境变量{'、'.join(CERTIFICATES)}指明证书文件，见docs/campaign.md"


@contextmanager
def cluster_workers(run_options: RunOptions) -> Iterator["ClusterWorkers"]:
    """The workers of `cluster`, with its errors."""
    with cluster(run_options) as client:
        yield ClusterWorkers(client, run_options.workers or cores())


@dataclass(slots=True)
class ClusterWorkers:
    """The workers that the scheduler of `client` has; a local cluster gets `wanted` new ones after it had none for a while."""

    client: distributed.Client
    wanted: int
    futures: dict[distributed.Future, int] = field(default_factory=dict)
    finished: threading.Event = field(default_factory=threading.Event)
    count: int = 0
    asked: float = 0.0
    lost_since: float | None = None
    no_workers_since: float | None = None

    def capacity(self) -> int:
        return 2 * max(self._count(), 1)

    def _count(self) -> int:
        """The number of workers, as the scheduler said within the last second; 0 if it has none or is lost."""
        if time.monotonic() - self.asked > _ASK_INTERVAL and self._alive():
            self.count, self.asked = len(self.client.nthreads()), time.monotonic()
        return self.count

    def _alive(self) -> bool:
        """Whether the cluster is connected. Raises `StorageError` if the connection is closed or lost for too long."""
        if self.client.status == "running":
            self.lost_since = None
            return True
        self.lost_since = self.lost_since or time.monotonic()
        if self.client.status == "closed" or time.monotonic() - self.lost_since > _SCHEDULER_TIMEOUT:
            raise StorageError("与计算集群失去联系", remedy="已完成的部分不会丢失，集群恢复后再次运行即可继续")
        return False

    def _replace(self) -> None:
        """Starts new workers if there were none for a while. Raises `StorageError` on a remote cluster."""
        if self._count():
            self.no_workers_since = None
            return
        self.no_workers_since = self.no_workers_since or time.monotonic()
        if time.monotonic() - self.no_workers_since < _NO_WORKERS_TIMEOUT:
            return
        local, self.no_workers_since = self.client.cluster, None
        if local is None:
            raise StorageError("计算集群没有工作进程", remedy="请启动工作进程后再次运行，已完成的部分不会丢失")
        local.scale(0)
        local.scale(self.wanted)

    def submit(self, shard: Shard) -> None:
        future = self.client.submit(_run_shard, shard, key=f"{shard.run}-{shard.number}-{time.time_ns()}", pure=False)
        self.futures[future] = shard.number
        future.add_done_callback(lambda _: self.finished.set())

    def wait(self, seconds: float) -> list[Outcome]:
        self.finished.wait(seconds)
        self.finished.clear()
        if self._alive():
            self._replace()
        done = [future for future in self.futures if future.done()]
        return [_outcome(future, self.futures.pop(future)) for future in done]

    def stop(self, shards: set[int]) -> None:
        keys = {future.key for future, shard in self.futures.items() if shard in shards}
        stuck = [worker for worker, assigned in self.client.processing().items() if keys & set(assigned)]
        if stuck:
            self.client.restart_workers(stuck, raise_for_error=False)


def _run_shard(shard: Shard) -> dict[str, Any]:
    """Runs a shard in a worker, which alone needs the code for that."""
    from pipeline.campaign.shard_work import run_shard

    return run_shard(shard)


def _outcome(future: distributed.Future, shard: int) -> Outcome:
    if future.status == "finished":
        return Outcome(shard, future.result())
    error = future.exception() if future.status == "error" else None
    return Outcome(shard, error=None if isinstance(error, distributed.KilledWorker) else error)


@contextmanager
def cluster(run_options: RunOptions) -> Iterator[distributed.Client]:
    """A client of the requested cluster, or of a local cluster that is closed on exit.

    Raises `StorageError` if it cannot be used, `UsageError` for an address that anybody could use, or without certificates.
    """
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        with _remote(run_options.scheduler) if run_options.scheduler else _local(run_options) as client:
            yield client
    except (OSError, TimeoutError) as error:
        where = run_options.scheduler or "本机"
        raise StorageError(
            f"无法使用{where}的计算集群（{error or type(error).__name__}）",
            remedy="请检查调度器地址、网络和证书；已完成的部分不会丢失，再次运行即可继续",
        ) from error


@contextmanager
def _remote(address: str) -> Iterator[distributed.Client]:
    security = remote_security(address, os.environ)
    with distributed.Client(address, security=security, timeout=CONNECT_TIMEOUT, set_as_default=False) as client:
        yield client


@contextmanager
def _local(run_options: RunOptions) -> Iterator[distributed.Client]:
    port = run_options.dashboard
    # dask opens ports for pages in any case: without routes they answer nothing; it samples what workers do for pages too
    settings: dict[str, object] = {
        "distributed.worker.http.routes": [],
        "distributed.worker.profile.enabled": port is not None,
        **_CALM,
    }
    if port is None:
        settings["distributed.scheduler.http.routes"] = []
    pages = {"dashboard": port is not None, "dashboard_address": f"{LOOPBACK}:{port or 0}"}
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=run_options.workers or cores(),
            threads_per_worker=1,
            host=LOOPBACK,
            protocol="tls://",
            security=temporary_security(),
            dashboard_address=None,
            scheduler_kwargs=pages,
            silence_logs=logging.CRITICAL,
        ) as local,
        distributed.Client(local, set_as_default=False) as client,
    ):
        yield client


def temporary_security() -> Security:
    """A key and certificate for one run, in memory only. Raises `UsageError` without the package cryptography."""
    try:
        return Security.temporary()
    except ImportError as error:
        remedy = "请运行 pip install 'qinggui[campaign]'，或者 make setup-dev"
        raise UsageError("清理所需的组件没有安装（cryptography）", remedy=remedy) from error


def remote_security(address: str, environment: Mapping[str, str]) -> Security | None:
    """The certificates for a scheduler given by its address; None for an address without TLS on the loopback of this machine.

    Raises `UsageError` where certificates are missing, and for an address without TLS on another machine.
    """
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    if parts.scheme != "tls":
        if _is_loopback(parts.hostname or ""):
            return None
        raise UsageError(f"{address}没有加密，能连上它的人都能在工作进程上运行程序", remedy=_WAY)
    missing = [name for name in CERTIFICATES if not Path(environment.get(name) or "/").is_file()]
    if missing:
        raise UsageError(f"没有找到{'、'.join(missing)}所指的证书文件", remedy=_WAY)
    authority, certificate, key = (environment[name] for name in CERTIFICATES)
    return Security(require_encryption=True, tls_ca_file=authority, tls_client_cert=certificate, tls_client_key=key)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
