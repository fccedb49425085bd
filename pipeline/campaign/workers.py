"""Who runs the shards of a campaign: processes of this machine, or a cluster of dask; both are used in the same way."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from pipeline.campaign.shards import Shard

# seconds; a file that takes longer is isolated
FILE_TIMEOUT = 300.0


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to run a campaign.

    `scheduler` is the address of a dask cluster, None for this machine; `workers` the number of worker processes here,
    None for one per core; `limit` the seconds that one file may take; `again` retries only files that failed before;
    `dashboard` is the port of dask's pages on the loopback of this machine, None for no pages.
    """

    scheduler: str | None = None
    workers: int | None = None
    limit: float = FILE_TIMEOUT
    again: bool = False
    dashboard: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a shard, by its number: its manifest, or the error that was raised; neither if its worker died."""

    shard: int
    manifest: dict[str, Any] | None = None
    error: Exception | None = None


class Workers(Protocol):
    """Workers that run shards. Each method raises `StorageError` if they cannot be used any more."""

    def capacity(self) -> int:
        """How many shards may be in their hands at a time."""
        ...

    def submit(self, shard: Shard) -> None:
        """Hands over a shard."""
        ...

    def wait(self, seconds: float) -> list[Outcome]:
        """What became of shards since the last call; waits at most so long for the first."""
        ...

    def stop(self, shards: set[int]) -> None:
        """Kills the workers on these shards, which are told as dead by `wait`."""
        ...


@contextmanager
def open_workers(run_options: RunOptions) -> Iterator[Workers]:
    """The workers that are asked for, which end with the context. Raises `StorageError` and `UsageError` as their module says.

    Dask is needed for a scheduler and for its pages, and where processes cannot be forked.
    """
    if run_options.scheduler or run_options.dashboard is not None or not hasattr(os, "fork"):
        from pipeline.campaign.cluster import cluster_workers

        with cluster_workers(run_options) as cluster:
            yield cluster
    else:
        from pipeline.campaign.local_workers import local_workers

        with local_workers(run_options) as local:
            yield local
