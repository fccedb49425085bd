"""The server of the desk and the processes beside it: `qinggui serve` runs them, and starts one again that has ended.

Connections that browsers keep open cost nothing but a descriptor. Several processes can answer requests at one address: the first one
listens, and the others accept connections from the same socket. A process ends by itself when the one that started it is gone.
"""

import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from django.conf import settings

from pipeline.errors import UsageError

log = logging.getLogger(__name__)
# browsers keep two or three connections open each
_CONNECTIONS, _THREADS, _BACKLOG = 4000, 8, 1024
# objects made until garbage is searched for; a page makes some ten thousand
_GARBAGE = (50_000, 20, 20)
# seconds until a worker that ended is started again, doubled each time it ends soon, and the most of it
_FIRST_PAUSE, _LONGEST_PAUSE, _SOON = 1.0, 60.0, 30.0


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on an address, for several processes. Raises `UsageError` where the port cannot be had, and on Windows."""
    if sys.platform == "win32":
        raise UsageError("Windows上只能有一个网页进程", remedy="请不要写--processes，或者在Linux上运行")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise _no_port(port, error) from error


def inherited(descriptor: int) -> socket.socket:
    """The socket of the process that started this one, which ends with it."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    return socket.socket(fileno=descriptor)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def _no_port(port: int, error: OSError) -> UsageError:
    return UsageError(f"端口{port}不能使用（{error.strerror}）", remedy="请用--port换一个端口")


def make_server(application: Any, host: str, port: int, listening: socket.socket | None = None) -> Any:
    """A server that listens on an address, or on a socket that does. Raises `UsageError` where the port cannot be had."""
    from waitress import create_server

    from pipeline.web.bodies import UPLOADS, limit_bodies

    # waitress warns of every short backlog of requests, which the operator need not see
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        server = create_server(
            application, **({"sockets": [listening]} if listening else {"host": host, "port": port}), threads=_THREADS, ident="qinggui", connection_limit=_CONNECTIONS,
            # select() takes no descriptor above 1023
            asyncore_use_poll=True, channel_timeout=300, cleanup_interval=30, backlog=_BACKLOG, max_request_body_size=UPLOADS,
            url_scheme="https" if settings.ADDRESS.secure else "http", **_behind_a_proxy(),
        )  # fmt: skip
    except OSError as error:
        raise _no_port(port, error) from error
    limit_bodies(server)
    return server


def _behind_a_proxy() -> dict[str, Any]:
    """What a proxy on this machine may tell where the desk has an address of its own: from which address a request came."""
    if not settings.ADDRESS.url:
        return {}
    return {"trusted_proxy": "127.0.0.1", "trusted_proxy_count": 1, "trusted_proxy_headers": {"x-forwarded-for"}}


class Supervisor:
    """Keeps `count` processes running until it is stopped, by default workers; they inherit the socket `listening`."""

    def __init__(
        self,
        count: int,
        command: Sequence[str] = (sys.executable, "-m", "pipeline", "worker", "--with-server"),
        listening: socket.socket | None = None,
    ) -> None:
        self._inherited = (listening.fileno(),) if listening else ()
        self.command = list(command)
        self.count = count
        self.processes: list[subprocess.Popen[bytes]] = []
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Starts the processes, each watched by a thread."""
        for _ in range(self.count):
            thread = threading.Thread(target=self._watch, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _watch(self) -> None:
        pause = _FIRST_PAUSE
        while not self._stopped.is_set():
            began = time.monotonic()
            process = subprocess.Popen(self.command, pass_fds=self._inherited)
            self.processes.append(process)
            code = process.wait()
            self.processes.remove(process)
            if self._stopped.is_set():
                return
            pause = _FIRST_PAUSE if time.monotonic() - began > _SOON else min(pause * 2, _LONGEST_PAUSE)
            log.error("进程%s结束（%s），%.0f秒后重新启动", process.pid, code, pause)
            self._stopped.wait(pause)

    def stop(self, patience: float = 10.0) -> None:
        """Ends the processes; one that does not end within `patience` seconds is killed."""
        self._stopped.set()
        for process in list(self.processes):
            process.terminate()
        for process in list(self.processes):
            with suppress(subprocess.TimeoutExpired):
                process.wait(patience)
        for process in list(self.processes):
            process.kill()


def run(server: Any, supervisors: Sequence[Supervisor], ready: Callable[[], None]) -> None:
    """Runs the server and the processes beside it until Ctrl+C or SIGTERM (as `KeyboardInterrupt`)."""
    for supervisor in supervisors:
        supervisor.start()
    ready()
    # what is loaded now stays until the end: it is not searched for garbage with every few requests
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GARBAGE)
    try:
        with suppress(KeyboardInterrupt):
            server.run()
    finally:
        for supervisor in supervisors:
            supervisor.stop()
