"""The server of the desk and its worker processes: `qinggui serve` runs both, and starts a worker again that has ended.

Connections that browsers keep open cost nothing but a descriptor. A worker ends by itself when the server that started it is gone.
"""

import gc
import logging
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
_CONNECTIONS, _THREADS = 4000, 8
# objects made until garbage is searched for; a page makes some ten thousand
_GARBAGE = (50_000, 20, 20)
# seconds until a worker that ended is started again, doubled each time it ends soon, and the most of it
_FIRST_PAUSE, _LONGEST_PAUSE, _SOON = 1.0, 60.0, 30.0


def make_server(application: Any, host: str, port: int) -> Any:
    """A server that listens on an address. Raises `UsageError` where the port cannot be had."""
    from waitress import create_server

    from pipeline.web.bodies import UPLOADS, limit_bodies

    # waitress warns of every short backlog of requests, which the operator need not see
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        server = create_server(
            application, host=host, port=port, threads=_THREADS, ident="qinggui", connection_limit=_CONNECTIONS,
            # select() takes no descriptor above 1023
            asyncore_use_poll=True, channel_timeout=300, cleanup_interval=30, backlog=1024, max_request_body_size=UPLOADS,
            url_scheme="https" if settings.ADDRESS.secure else "http", **_behind_a_proxy(),
        )  # fmt: skip
    except OSError as error:
        raise UsageError(f"端口{port}不能使用（{error.strerror}）", remedy="请用--port换一个端口") from error
    limit_bodies(server)
    return server


def _behind_a_proxy() -> dict[str, Any]:
    """What a proxy on this machine may tell where the desk has an address of its own: from which address a request came."""
    if not settings.ADDRESS.url:
        return {}
    return {"trusted_proxy": "127.0.0.1", "trusted_proxy_count": 1, "trusted_proxy_headers": {"x-forwarded-for"}}


class Supervisor:
    """Keeps `count` worker processes running until it is stopped."""

    def __init__(
        self, count: int, command: Sequence[str] = (sys.executable, "-m", "pipeline", "worker", "--with-server")
    ) -> None:
        self.command = list(command)
        self.count = count
        self.processes: list[subprocess.Popen[bytes]] = []
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Starts the worker processes, each watched by a thread."""
        for _ in range(self.count):
            thread = threading.Thread(target=self._watch, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _watch(self) -> None:
        pause = _FIRST_PAUSE
        while not self._stopped.is_set():
            began = time.monotonic()
            process = subprocess.Popen(self.command)
            self.processes.append(process)
            code = process.wait()
            self.processes.remove(process)
            if self._stopped.is_set():
                return
            pause = _FIRST_PAUSE if time.monotonic() - began > _SOON else min(pause * 2, _LONGEST_PAUSE)
            log.error("处理进程%s结束（%s），%.0f秒后重新启动", process.pid, code, pause)
            self._stopped.wait(pause)

    def stop(self, patience: float = 10.0) -> None:
        """Ends the worker processes; one that does not end within `patience` seconds is killed."""
        self._stopped.set()
        for process in list(self.processes):
            process.terminate()
        for process in list(self.processes):
            with suppress(subprocess.TimeoutExpired):
                process.wait(patience)
        for process in list(self.processes):
            process.kill()


def run(server: Any, supervisor: Supervisor, ready: Callable[[], None]) -> None:
    """Runs server and worker processes until Ctrl+C or SIGTERM (as `KeyboardInterrupt`)."""
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
        supervisor.stop()
