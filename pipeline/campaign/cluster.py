"""The dask cluster of a run, which only this run can use: TLS with a certificate that both sides must show.

A scheduler of dask runs any function that a client sends. The local cluster listens on the loopback only, with a key made for
this run and kept in memory; a cluster given by its address is used with the certificate of the unit.
"""

import ipaddress
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import dask
import distributed
from distributed.security import Security

from pipeline.errors import StorageError, UsageError

# seconds; a file that takes longer is isolated
FILE_TIMEOUT = 300.0
# seconds that a scheduler given by its address may take to answer
CONNECT_TIMEOUT = 10.0
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


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to run a campaign.

    `scheduler` is the address of a dask cluster, None for a local one; `workers` the number of local worker processes,
    None for one per core; `limit` the seconds that one file may take; `again` retries only files that failed before;
    `dashboard` is the port of dask's pages on the loopback of this machine, None for no pages.
    """

    scheduler: str | None = None
    workers: int | None = None
    limit: float = FILE_TIMEOUT
    again: bool = False
    dashboard: int | None = None


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
            n_workers=run_options.workers,
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
