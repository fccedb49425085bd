"""The desk with the connections of browsers: 200 of them connected with three connections each, some reviewers clicking, in pairs with another server.

    python -m benchmarks.browsers [--other "gunicorn --threads 8 --bind 127.0.0.1:{port} pipeline.web.wsgi"]

The servers take turns on one queue, in one run: own, other, own, other. The command of the other server is run with {port} filled in;
its packages come from PYTHONPATH or the environment. Without it the desk is measured alone.
"""

import argparse
import http.client
import os
import random
import re
import shlex
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from timeit import default_timer

from benchmarks.crowd import PASSWORD, fill

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_ITEM = re.compile(r"/items/(\d+)/\"")
_OWN = f"{sys.executable} -m pipeline serve --workers 0 --port {{port}}"


@dataclass
class Round:
    """What the reviewers of one round saw: seconds of each request, answers by status; and the memory of the server in MiB."""

    seconds: list[float] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter[int])
    lasted: float = 0.0
    memory: float = 0.0
    visitor: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.lasted

    def high(self) -> float:
        return statistics.quantiles(self.seconds, n=20)[-1] if len(self.seconds) > 1 else 0.0

    def __str__(self) -> str:
        middle = statistics.median(self.seconds) if self.seconds else 0.0
        return (
            f"{self.rate:.1f} requests/s, median {middle * 1000:.0f} ms, p95 {self.high() * 1000:.0f} ms, a new visitor {self.visitor * 1000:.0f} ms,"
            f" {self.memory:.0f} MiB, answers {dict(self.answers)}"
        )


class Browser:
    """A browser with one connection that it keeps for its requests, and further ones that are idle."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}

    def ask(
        self, path: str, form: dict[str, str] | None = None, more: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        """Status and text of the answer; `more` are headers of the request."""
        headers = {**(more or {}), "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            body = urllib.parse.urlencode({"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **form})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request("POST" if form is not None else "GET", path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return answer.status, text

    def log_in(self, name: str) -> None:
        token = _TOKEN.findall(self.ask("/login")[1])[0]
        self.ask("/login", {"username": name, "password": PASSWORD, "csrfmiddlewaretoken": token})


def click(browser: Browser, found: Round, lock: threading.Lock, end: float) -> None:
    """One reviewer: the list, a document, a page of the list, with pauses as short as of somebody in a hurry."""
    rng = random.Random(id(browser))
    items = ["1"]
    while time.monotonic() < end:
        for path in (f"/?page={rng.randint(1, 3)}", f"/items/{rng.choice(items)}/", "/board"):
            start = default_timer()
            try:
                status, text = browser.ask(path)
            except (OSError, http.client.HTTPException):
                status, text = 0, ""
                browser.connection.close()
            with lock:
                found.seconds.append(default_timer() - start)
                found.answers[status] += 1
            items = _ITEM.findall(text) or items
            time.sleep(rng.uniform(0.05, 0.3))


@contextmanager
def serving(command: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Iterator[tuple[int, int]]:
    """A server started by a command with {port} in it: its port and process; `cwd` and `env` as for `subprocess`."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    words = shlex.split(command.format(port=port))
    process = subprocess.Popen(
        words, cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        while True:
            with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 1)):
                break
            time.sleep(0.2)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(60)


def memory_of(session: int) -> float:
    """MiB of memory of all processes of a session."""
    pages = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):
            if os.getsid(int(folder.name)) == session:
                pages += int((folder / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def measure(command: str, asked: argparse.Namespace) -> Round:
    """One round with a server."""
    found, lock = Round(), threading.Lock()
    with serving(command) as (port, pid), ExitStack() as opened:
        browsers = [Browser(port) for _ in range(asked.reviewers)]
        for number, browser in enumerate(browsers):
            browser.log_in(f"p{number}")
        for _ in range(asked.browsers * asked.connections):
            idle = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            opened.callback(idle.close)
            with suppress(OSError):
                idle.connect()
        begun = time.monotonic()
        people = [threading.Thread(target=click, args=(one, found, lock, begun + asked.seconds)) for one in browsers]
        for person in people:
            person.start()
        time.sleep(asked.seconds / 2)
        start = default_timer()
        with suppress(OSError, http.client.HTTPException):
            Browser(port).ask("/login")
        found.visitor = default_timer() - start
        found.memory = memory_of(pid)
        for person in people:
            person.join()
        found.lasted = time.monotonic() - begun
    return found


def _ratio(rounds: dict[str, list[Round]], measured: Callable[[Round], float]) -> float:
    """The median of the own server by that of the other."""
    own, other = (statistics.median(map(measured, rounds[name])) for name in ("own", "other"))
    return own / max(other, 1e-9)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--browsers", type=int, default=200)
    options.add_argument("--connections", type=int, default=3)
    options.add_argument("--reviewers", type=int, default=20)
    options.add_argument("--seconds", type=float, default=30)
    options.add_argument("--items", type=int, default=200)
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--other", default="")
    asked = options.parse_args()
    os.environ["QINGGUI_HOME"] = tempfile.mkdtemp(prefix="qinggui-browsers-")
    fill(asked.reviewers, asked.items)
    rounds: dict[str, list[Round]] = {"own": [], "other": []}
    for _ in range(asked.rounds):
        for name, command in (("own", _OWN), ("other", asked.other)):
            if command:
                rounds[name].append(measure(command, asked))
                print(f"{name}: {rounds[name][-1]}", flush=True)
    if asked.other:
        rate = _ratio(rounds, lambda one: one.rate)
        high = _ratio(rounds, Round.high)
        print(f"own against other: {rate:.2f} of the requests a second, {high:.2f} of the p95")


if __name__ == "__main__":
    main()
