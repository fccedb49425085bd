"""Worker processes on this machine. They have no address: each is reached by a pair of sockets that only this process has the other end of.

The death of a worker ends its own shard only, and another one takes its place; all end when this process does.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait

from pipeline.campaign.processes import cores, environment
from pipeline.campaign.shards import Shard
from pipeline.campaign.workers import Outcome, RunOptions
from pipeline.errors import StorageError

# seconds in which the fork server kills its workers and ends
_END_TIMEOUT = 10.0


@contextmanager
def local_workers(run_options: RunOptions) -> Iterator["LocalWorkers"]:
    """Up to `run_options.workers` processes, each started with the first shard for it. Raises `StorageError` if none can be started."""
    workers = LocalWorkers(run_options.workers or cores())
    try:
        workers.prepare()
        yield workers
    finally:
        workers.close()


@dataclass(slots=True)
class _ForkServer:
    """The process from which workers are forked (`fork_server`), and the socket over which it receives their connections."""

    process: subprocess.Popen[bytes]
    control: socket.socket

    @classmethod
    def start(cls) -> "_ForkServer":
        """Starts it. Raises `OSError`."""
        here, there = socket.socketpair()
        # it inherits what is blocked, so that Ctrl+C does not end it before it can ignore that
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            with there:
                command = [sys.executable, "-m", "pipeline.campaign.fork_server"]
                process = subprocess.Popen(command, stdin=there.fileno(), stdout=subprocess.DEVNULL, env=environment())
            return cls(process, here)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def fork(self) -> Connection:
        """The connection to a new worker, which answers once everything is loaded. Raises `OSError` if the server has ended."""
        here, there = socket.socketpair()
        with there:
            socket.send_fds(self.control, [b"w"], [there.fileno()])
        return Connection(here.detach())

    def end(self) -> None:
        """Ends it with all its workers."""
        self.control.close()
        try:
            self.process.wait(_END_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass(slots=True)
class LocalWorkers:
    """At most `most` workers: `idle` ones, and the shard in work at each `busy` one; `pids` are their process ids once told.

    `lost` are the shards that found no worker alive.
    """

    most: int
    server: _ForkServer | None = None
    idle: list[Connection] = field(default_factory=list)
    busy: dict[Connection, int] = field(default_factory=dict)
    pids: dict[Connection, int] = field(default_factory=dict)
    lost: list[int] = field(default_factory=list)

    def capacity(self) -> int:
        return self.most

    def submit(self, shard: Shard) -> None:
        while self.idle:
            if self._send(self.idle.pop(), shard):
                return
        try:
            taken = self._send(self._new(), shard)
        except OSError:
            taken = False
        if not taken:
            self.lost.append(shard.number)

    def _new(self) -> Connection:
        """The connection to a new worker. Raises `OSError` if the fork server dies whenever it is started, and `StorageError`."""
        server = self.prepare()
        try:
            return server.fork()
        except OSError:  # killed a moment ago
            server.end()
            return self.prepare().fork()

    def prepare(self) -> _ForkServer:
        """Starts the fork server if it does not run; its workers live on if it was killed. Raises `StorageError`."""
        if self.server is not None and self.server.process.poll() is not None:
            self.server.end()
            self.server = None
        try:
            self.server = self.server or _ForkServer.start()
        except OSError as error:
            remedy = "请检查内存和进程数的限制，再次运行即可继续"
            raise StorageError(f"无法启动工作进程（{error}）", remedy=remedy) from error
        return self.server

    def _send(self, worker: Connection, shard: Shard) -> bool:
        """Hands a shard to a worker; False if that has died."""
        try:
            worker.send(shard)
        except OSError:
            self._forget(worker)
            return False
        self.busy[worker] = shard.number
        return True

    def _forget(self, worker: Connection) -> None:
        self.pids.pop(worker, None)
        worker.close()

    def wait(self, seconds: float) -> list[Outcome]:
        lost, self.lost = self.lost, []
        ready = [worker for worker in wait(list(self.busy), 0 if lost else seconds) if isinstance(worker, Connection)]
        answers = [outcome for worker in ready if (outcome := self._answer(worker)) is not None]
        return [*map(Outcome, lost), *answers]

    def _answer(self, worker: Connection) -> Outcome | None:
        """What a worker has sent; None for its process id."""
        try:
            answer = worker.recv()
        except (EOFError, OSError):
            self._forget(worker)
            return Outcome(self.busy.pop(worker))
        if isinstance(answer, Outcome):
            del self.busy[worker]
            self.idle.append(worker)
            return answer
        self.pids[worker] = answer
        return None

    def stop(self, shards: set[int]) -> None:
        for worker, shard in self.busy.items():
            if shard in shards and worker in self.pids:
                with suppress(ProcessLookupError):
                    os.kill(self.pids[worker], signal.SIGKILL)

    def close(self) -> None:
        """Ends all workers at once."""
        for worker in (*self.idle, *self.busy):
            worker.close()
        if self.server is not None:
            self.server.end()
