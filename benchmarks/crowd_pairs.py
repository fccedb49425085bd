"""A crowd of reviewers at this version and at 0.8.0, by turns in one run: requests a second and p95 of both, and whether anything was lost or claimed twice.

    python -m benchmarks.crowd_pairs --old PATH_OF_QINGGUI_0.8.0 [--rounds 3] [--seconds 120] [--people 50] [--browsers 200]

Both versions have a queue of the same papers, filled by each version itself, and serve it on one core (`taskset`) with one worker beside; the
reviewers run on the other core. Each reviewer keeps a connection as a browser does and repeats: open the list, filter it, claim an item,
open it, decide on its findings with a comment, search now and then, export seldom. Beside them idle browsers hold connections to this
version; 0.8.0 takes no more than 100 connections and is measured without them.
"""

import argparse
import http.client
import json
import os
import random
import re
import shlex
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from contextlib import AbstractContextManager, ExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from timeit import default_timer
from urllib.parse import quote

from benchmarks.browsers import Browser, serving

ROOT = Path(__file__).parents[1]
_KEY = re.compile(r'name="key" value="([0-9a-f]{32})"')
_ITEM = re.compile(r"/items/(\d+)/[\"?]")
# findings of an item that a reviewer decides on; one item in so many is followed by a search or an export
_DECIDED, _SEARCH_EVERY, _EXPORT_EVERY = 4, 3, 20
_FREE = f"/?status={quote('待审')}&reviewer={quote('无')}"
_HTMX = {"HX-Request": "true"}


@dataclass
class Round:
    """What the reviewers of one round saw: seconds of the requests by act, answers by status, what was acknowledged; and the processor time of the server."""

    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    answers: Counter[int] = field(default_factory=Counter[int])
    claimed: list[int] = field(default_factory=list)
    decided: set[tuple[int, str, str]] = field(default_factory=set)
    end: float = 0.0
    lasted: float = 0.0
    processor: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def all(self) -> list[float]:
        return [one for many in self.seconds.values() for one in many]

    def rate(self) -> float:
        return len(self.all) / self.lasted

    def high(self) -> float:
        return statistics.quantiles(self.all, n=20)[-1]

    def cost(self) -> float:
        """Processor time of the server a request, in seconds."""
        return self.processor / len(self.all)

    def __str__(self) -> str:
        acts = ", ".join(f"{act} {statistics.median(took) * 1000:.0f}" for act, took in self.seconds.items())
        return (
            f"{self.rate():.1f} requests/s, median {statistics.median(self.all) * 1000:.0f} ms, p95 {self.high() * 1000:.0f} ms, processor"
            f" {self.cost() * 1000:.1f} ms a request, answers {dict(self.answers)}; medians in ms: {acts}"
        )


@dataclass
class Version:
    """A version of the program: its checkout, its home folder, its rounds, and all that it acknowledged in them."""

    name: str
    checkout: Path
    home: Path
    rounds: list[Round] = field(default_factory=list)

    @property
    def program(self) -> str:
        return str(self.checkout / ".venv" / "bin" / "python")

    @property
    def settings(self) -> dict[str, str]:
        return {**os.environ, "QINGGUI_HOME": str(self.home)}

    def fill(self, people: int, items: int) -> None:
        """Accounts and items, by the version itself; a home that was filled before stays."""
        if not (self.home / "filled").exists():
            command = [self.program, "-c", f"from benchmarks.crowd import fill; fill({people}, {items})"]
            subprocess.run(command, cwd=self.checkout, env=self.settings, check=True)
            (self.home / "filled").touch()

    def serving(self, core: int) -> AbstractContextManager[tuple[int, int]]:
        """The server and its worker on one core: port and process."""
        command = f"taskset -c {core} {shlex.quote(str(self.program))} -m pipeline serve --port {{port}}"
        return serving(command, self.checkout, self.settings)

    def lost(self) -> tuple[int, int, int]:
        """Acknowledged decisions that the queue does not have, acknowledged claims that it does not have, and items claimed twice."""
        with closing(sqlite3.connect(self.home / "queue.sqlite3")) as database:
            kept = set(database.execute("SELECT item_id, finding_key, comment FROM review_decision"))
            held = {item for (item,) in database.execute("SELECT id FROM review_item WHERE assignee_id IS NOT NULL")}
        claimed = [item for one in self.rounds for item in one.claimed]
        decided = {made for one in self.rounds for made in one.decided}
        return len(decided - kept), len(set(claimed) - held), len(claimed) - len(set(claimed))


class Reviewer:
    """A signed-in reviewer with a browser of one connection."""

    def __init__(self, port: int, name: str, found: Round, rng: random.Random) -> None:
        self.name, self.found, self.rng, self.items = name, found, rng, 0
        self.browser = Browser(port)
        self.browser.log_in(name)

    def ask(self, act: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        start = default_timer()
        try:
            status, text = self.browser.ask(path, form, _HTMX if form is not None or act == "facets" else {})
        except (OSError, http.client.HTTPException):
            status, text = 0, ""
            self.browser.connection.close()
        with self.found.lock:
            if self.running():
                self.found.seconds[act].append(default_timer() - start)
                self.found.answers[status] += 1
        time.sleep(self.rng.uniform(*self.pause))
        return status, text

    pause = (0.1, 0.5)

    def running(self) -> bool:
        """Whether the round still lasts; what is answered later is not counted."""
        return time.monotonic() < self.found.end

    def work(self) -> None:
        """List, filter, claim, read, decide on one item; search and export now and then."""
        self.ask("list", "/")
        self.ask("facets", "/facets")
        _, page = self.ask("filter", _FREE)
        self.ask("facets", f"/facets{_FREE[1:]}")
        items = list(dict.fromkeys(_ITEM.findall(page)))
        if not items:
            return
        item = int(self.rng.choice(items))
        status, _ = self.ask("claim", f"/items/{item}/claim", {})
        if status not in (200, 302):
            return
        with self.found.lock:
            self.found.claimed.append(item)
        _, page = self.ask("document", f"/items/{item}/")
        for key in list(dict.fromkeys(_KEY.findall(page)))[:_DECIDED]:
            if not self.running():
                return
            comment = f"{self.name}：{self.rng.randrange(10**9)}"
            form = {"key": key, "verdict": self.rng.choice(("成立", "不成立")), "comment": comment}
            status, _ = self.ask("decide", f"/items/{item}/decide", form)
            if status == 200:
                with self.found.lock:
                    self.found.decided.add((item, key, comment))
        self.items += 1
        if self.items % _SEARCH_EVERY == 0:
            self.ask("search", f"/?q={quote('农家乐')}")
        if self.items % _EXPORT_EVERY == self.rng.randrange(_EXPORT_EVERY):
            self.ask("export", f"/export.csv?status={quote('待审')}")


def processor_of(session: int) -> float:
    """Seconds of processor time that all processes of a session used."""
    ticks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):
            if os.getsid(int(folder.name)) == session:
                ticks += sum(map(int, (folder / "stat").read_text().rsplit(") ", 1)[1].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(version: Version, asked: argparse.Namespace, turn: int) -> Round:
    """One round with a version."""
    found = Round()
    with version.serving(asked.core) as (port, pid), ExitStack() as opened:
        people = [Reviewer(port, f"p{n}", found, random.Random(f"{turn} {n}")) for n in range(asked.people)]
        for _ in range(asked.browsers * asked.connections if version.name == "new" else 0):
            idle = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            opened.callback(idle.close)
            idle.connect()
        found.end = time.monotonic() + asked.seconds
        before = processor_of(pid)

        def stay(person: Reviewer) -> None:
            time.sleep(person.rng.random())
            while person.running():
                person.work()

        threads = [threading.Thread(target=stay, args=(person,)) for person in people]
        for thread in threads:
            thread.start()
        time.sleep(asked.seconds)
        found.lasted, found.processor = asked.seconds, processor_of(pid) - before
        for thread in threads:
            thread.join()
    version.rounds.append(found)
    return found


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--old", type=Path, required=True)
    options.add_argument("--homes", type=Path)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=float, default=120)
    options.add_argument("--people", type=int, default=50)
    options.add_argument("--items", type=int, default=2500)
    options.add_argument("--browsers", type=int, default=200)
    options.add_argument("--connections", type=int, default=3)
    options.add_argument("--core", type=int, default=0)
    asked = options.parse_args()
    homes = asked.homes or Path(tempfile.mkdtemp(prefix="qinggui-crowd-"))
    os.sched_setaffinity(0, os.sched_getaffinity(0) - {asked.core})
    versions = [Version("old", asked.old, homes / "old"), Version("new", ROOT, homes / "new")]
    for version in versions:
        version.fill(asked.people, asked.items)
    for turn in range(asked.rounds):
        for version in versions[:: 1 if turn % 2 == 0 else -1]:
            print(f"{version.name}: {measure(version, asked, turn)}", flush=True)
    old, new = versions
    for what, of in (("requests a second", Round.rate), ("p95", Round.high), ("processor time a request", Round.cost)):
        pairs = [of(one) / of(other) for one, other in zip(new.rounds, old.rounds, strict=True)]
        print(f"{what}, new ÷ old: {', '.join(f'{pair:.2f}' for pair in pairs)}, median {statistics.median(pairs):.2f}")
    losses = {version.name: version.lost() for version in versions}
    print("lost decisions, lost claims, claimed twice:", json.dumps(losses), "load", os.getloadavg())
    return int(any(losses["new"]))


if __name__ == "__main__":
    sys.exit(main())
