"""The process from which the workers of a run on this machine are forked: `python -m pipeline.campaign.fork_server`.

It loads code, rules and model once, so that all workers share them in memory. For each worker it receives the end of a connection on its
standard input; where that is closed, it kills its workers and ends. A worker answers each `Shard` with an `Outcome`, after its
process id, and ends with the process that sends them.
"""

import gc
import os
import queue
import signal
import socket
import sys
import threading
from contextlib import suppress
from multiprocessing.connection import Connection

from pipeline.campaign.processes import limit_memory
from pipeline.campaign.shards import Shard
from pipeline.campaign.workers import Outcome
from pipeline.errors import RuleError, StorageError, UnreadableFile
from pipeline.guard import guarded


def main() -> None:
    """Forks a worker for each connection that is received."""
    # Ctrl+C reaches all processes of a terminal; it was blocked until here
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    _load()
    control = socket.socket(fileno=os.dup(sys.stdin.fileno()))
    workers: set[int] = set()
    while received := _receive(control):
        worker = os.fork()
        if not worker:
            control.close()
            _work(Connection(received))
        os.close(received)
        workers.add(worker)
        workers -= {dead for dead in workers if os.waitpid(dead, os.WNOHANG)[0]}
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)


def _receive(control: socket.socket) -> int | None:
    """The next connection, None where there will be no more."""
    content, received, _, _ = socket.recv_fds(control, 1, 1)
    return received[0] if content else None


def _load() -> None:
    """Loads what a worker needs; rules that cannot be used are told by the first shard."""
    from pipeline.analyzer import load_judge
    from pipeline.campaign import shard_work  # noqa: F401

    with suppress(RuleError):
        load_judge()
    gc.freeze()


def _work(connection: Connection) -> None:
    """Runs shards until the connection is closed; does not return."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    limit_memory()
    shards: queue.SimpleQueue[Shard] = queue.SimpleQueue()
    threading.Thread(target=_shards, args=(connection, shards), daemon=True).start()
    try:
        connection.send(os.getpid())
        while True:
            connection.send(answer(shards.get()))
    finally:
        os._exit(1)


def _shards(connection: Connection, shards: "queue.SimpleQueue[Shard]") -> None:
    """Receives shards; the process ends with the one that sends them, also in the middle of work."""
    with suppress(EOFError, OSError):
        while True:
            shards.put(connection.recv())
    os._exit(0)


def answer(shard: Shard) -> Outcome:
    """Runs a shard; its outcome can be sent, whatever was raised."""
    try:
        with guarded(step="运行这一片"):
            return _run(shard)
    except UnreadableFile as error:  # an unforeseen one, which is in the log; as such it cannot be sent
        return Outcome(shard.number, error=StorageError(error.message, remedy=error.remedy))


def _run(shard: Shard) -> Outcome:
    from pipeline.campaign.shard_work import run_shard

    try:
        return Outcome(shard.number, run_shard(shard))
    except (RuleError, OSError) as error:
        return Outcome(shard.number, error=error)


if __name__ == "__main__":
    main()
