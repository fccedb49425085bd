"""Fifty reviewers at once on one desk, over HTTP: nothing lost, nothing claimed twice, no error.

    python -m benchmarks.crowd [--people 50] [--minutes 10]

Starts `qinggui serve` on a queue of its own. Each reviewer claims, reads, decides and finishes items, a decision every second or so;
afterwards the queue is compared with what the reviewers were told.
"""

import argparse
import http.cookiejar
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date

PASSWORD = "ceshi-mima-2026"
_KEY = re.compile(r'name="key" value="([0-9a-f]{32})"')
_ITEM = re.compile(r"/items/(\d+)/\"")


@dataclass
class Told:
    """What the reviewers saw, together."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    answers: Counter[int] = field(default_factory=Counter)
    claimed: list[int] = field(default_factory=list)
    decisions: int = 0
    seconds: list[float] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


class Reviewer:
    """A person with a browser of its own."""

    def __init__(self, address: str, name: str, told: Told) -> None:
        self.address, self.name, self.told = address, name, told
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.ask("/login")
        self.ask("/login", {"username": name, "password": PASSWORD})

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        token = next((cookie.value for cookie in self.cookies if cookie.name == "csrftoken"), "") or ""
        data = urllib.parse.urlencode(form | {"csrfmiddlewaretoken": token}).encode() if form is not None else None
        began = time.perf_counter()
        try:
            with self.opener.open(self.address + path, data, timeout=60) as answer:
                code, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            code, text = error.code, error.read().decode()
        except OSError as error:
            code, text = 0, str(error)
        with self.told.lock:
            self.told.seconds.append(time.perf_counter() - began)
            self.told.answers[code] += 1
            if code >= 500 or code == 0:
                self.told.broken.append(f"{self.name} {path} {code} {text[:200]}")
        return code, text

    def work(self, chance: random.Random) -> None:
        """One item from the queue to its end, if nobody else was faster."""
        _, page = self.ask(f"/?status={urllib.parse.quote('待审')}&reviewer={urllib.parse.quote('无')}")
        items = _ITEM.findall(page)
        if not items:
            return
        item = chance.choice(items)
        code, _ = self.ask(f"/items/{item}/claim", {})
        if code != 200:
            return
        with self.told.lock:
            self.told.claimed.append(int(item))
        _, page = self.ask(f"/items/{item}/")
        for key in dict.fromkeys(_KEY.findall(page)):
            time.sleep(chance.uniform(0.5, 2))
            code, _ = self.ask(f"/items/{item}/decide", {"key": key, "verdict": chance.choice(("成立", "不成立"))})
            with self.told.lock:
                self.told.decisions += code == 200
        self.ask(f"/items/{item}/finish", {})


def fill(people: int, items: int) -> None:
    """Accounts and items of our own in the queue."""
    from pipeline.review.connection import connect

    home = connect("pipeline.web.settings")
    from corpora import papers
    from pipeline.analyzer import LegalContext, analyze_upload
    from pipeline.document import Dossier
    from pipeline.ingest import Upload
    from pipeline.review.accounts import Role, add_user
    from pipeline.review.queue.store import QueueWriter

    for number in range(people):
        add_user(f"p{number}", PASSWORD, Role.REVIEWER)
    desk, legal_context = QueueWriter(home, "crowd"), LegalContext(date(2026, 11, 22), None)
    for number in range(items):
        data = "\n".join((*papers.FARMHOUSE, f"第{number}号存档。")).encode()
        result = analyze_upload(Upload(f"{number}.txt", data), legal_context)
        if isinstance(result, Dossier):
            desk.put(result, data, None)


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--people", type=int, default=50)
    options.add_argument("--minutes", type=float, default=10)
    options.add_argument("--items", type=int, default=2500)
    asked = options.parse_args()
    os.environ["QINGGUI_HOME"] = tempfile.mkdtemp(prefix="qinggui-crowd-")
    fill(asked.people, asked.items)
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "serve", "--port", str(port)], stdout=subprocess.DEVNULL
    )
    told = Told()
    try:
        time.sleep(8)
        end = time.monotonic() + asked.minutes * 60
        crowd = [
            threading.Thread(target=stay, args=(f"http://127.0.0.1:{port}", n, told, end)) for n in range(asked.people)
        ]
        for person in crowd:
            person.start()
        for person in crowd:
            person.join()
    finally:
        server.terminate()
        server.wait(30)
    return report(told)


def stay(address: str, number: int, told: Told, end: float) -> None:
    """One reviewer until the end, with pauses as people make."""
    chance = random.Random(number)
    time.sleep(chance.random() * 5)
    person = Reviewer(address, f"p{number}", told)
    while time.monotonic() < end:
        person.work(chance)
        time.sleep(chance.uniform(0.5, 3))


def report(told: Told) -> int:
    """What was said and what is in the queue, side by side."""
    from pipeline.review.audit.chain import verify
    from pipeline.review.models import AuditEntry, Decision, Item

    told.seconds.sort()
    middle, high = told.seconds[len(told.seconds) // 2], told.seconds[int(len(told.seconds) * 0.95)]
    print(
        f"requests {len(told.seconds)}, median {middle * 1000:.0f} ms, p95 {high * 1000:.0f} ms, answers {dict(told.answers)}"
    )
    twice = len(told.claimed) - len(set(told.claimed))
    held = Item.objects.exclude(assignee=None).count()
    claims = AuditEntry.objects.filter(what="领取").count()
    print(f"claims told {len(told.claimed)}, items held {held}, claims in the audit {claims}, claimed twice {twice}")
    print(f"decisions told {told.decisions}, decisions kept {Decision.objects.count()}")
    faults = list(verify())
    print(f"audit: {AuditEntry.objects.count()} lines, {len(faults)} faults; errors {len(told.broken)}")
    for line in told.broken[:10]:
        print("  ", line)
    return int(bool(twice or faults or told.broken or told.decisions != Decision.objects.count()))


if __name__ == "__main__":
    sys.exit(main())
