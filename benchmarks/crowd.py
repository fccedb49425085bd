"""Load test with fifty concurrent reviewers over HTTP: no lost decision, no item claimed twice, no error.

    python -m benchmarks.crowd [--people 50] [--minutes 10]

Starts `qinggui serve` on a new queue. Each reviewer claims, reads, decides and finishes items, about one decision a second;
afterwards the queue is compared with the responses the reviewers received.
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
from timeit import default_timer

PASSWORD = "ceshi-mima-2026"
_KEY = re.compile(r'name="key" value="([0-9a-f]{32})"')
_ITEM = re.compile(r"/items/(\d+)/\"")


@dataclass
class Responses:
    """The responses that all reviewers received."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    answers: Counter[int] = field(default_factory=Counter[int])
    claimed: list[int] = field(default_factory=list)
    decisions: int = 0
    seconds: list[float] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


class Reviewer:
    """A logged-in reviewer with a separate HTTP session."""

    def __init__(self, address: str, name: str, responses: Responses) -> None:
        self.address, self.name, self.responses = address, name, responses
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.ask("/login")
        self.ask("/login", {"username": name, "password": PASSWORD})

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        token = next((cookie.value for cookie in self.cookies if cookie.name == "csrftoken"), "") or ""
        data = urllib.parse.urlencode(form | {"csrfmiddlewaretoken": token}).encode() if form is not None else None
        start = default_timer()
        try:
            with self.opener.open(self.address + path, data, timeout=60) as answer:
                code, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            code, text = error.code, error.read().decode()
        except OSError as error:
            code, text = 0, str(error)
        with self.responses.lock:
            self.responses.seconds.append(default_timer() - start)
            self.responses.answers[code] += 1
            if code >= 500 or code == 0:
                self.responses.broken.append(f"{self.name} {path} {code} {text[:200]}")
        return code, text

    def work(self, rng: random.Random) -> None:
        """Claim, decide and finish one item, unless another reviewer claimed it first."""
        _, page = self.ask(f"/?status={urllib.parse.quote('待审')}&reviewer={urllib.parse.quote('无')}")
        items = _ITEM.findall(page)
        if not items:
            return
        item = rng.choice(items)
        code, _ = self.ask(f"/items/{item}/claim", {})
        if code != 200:
            return
        with self.responses.lock:
            self.responses.claimed.append(int(item))
        _, page = self.ask(f"/items/{item}/")
        for key in dict.fromkeys(_KEY.findall(page)):
            time.sleep(rng.uniform(0.5, 2))
            code, _ = self.ask(f"/items/{item}/decide", {"key": key, "verdict": rng.choice(("成立", "不成立"))})
            with self.responses.lock:
                self.responses.decisions += code == 200
        self.ask(f"/items/{item}/finish", {})


def fill(people: int, items: int) -> None:
    """Create accounts and items in the queue."""
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
    responses = Responses()
    try:
        time.sleep(8)
        end = time.monotonic() + asked.minutes * 60
        crowd = [
            threading.Thread(target=run_reviewer, args=(f"http://127.0.0.1:{port}", n, responses, end))
            for n in range(asked.people)
        ]
        for person in crowd:
            person.start()
        for person in crowd:
            person.join()
    finally:
        server.terminate()
        server.wait(30)
    return report(responses)


def run_reviewer(address: str, number: int, responses: Responses, end: float) -> None:
    """Run one reviewer until the time `end`, with random pauses."""
    rng = random.Random(number)
    time.sleep(rng.random() * 5)
    person = Reviewer(address, f"p{number}", responses)
    while time.monotonic() < end:
        person.work(rng)
        time.sleep(rng.uniform(0.5, 3))


def report(responses: Responses) -> int:
    """Compare the responses with the queue; returns 1 if they differ."""
    from pipeline.review.audit.verification import verify
    from pipeline.review.models import AuditEntry, Decision, Item

    responses.seconds.sort()
    middle, high = responses.seconds[len(responses.seconds) // 2], responses.seconds[int(len(responses.seconds) * 0.95)]
    print(
        f"requests {len(responses.seconds)}, median {middle * 1000:.0f} ms, p95 {high * 1000:.0f} ms, answers {dict(responses.answers)}"
    )
    twice = len(responses.claimed) - len(set(responses.claimed))
    held = Item.objects.exclude(assignee=None).count()
    claims = AuditEntry.objects.filter(what="领取").count()
    print(
        f"claims confirmed {len(responses.claimed)}, items held {held}, claims in the audit {claims}, claimed twice {twice}"
    )
    print(f"decisions confirmed {responses.decisions}, decisions kept {Decision.objects.count()}")
    faults = list(verify())
    print(f"audit: {AuditEntry.objects.count()} lines, {len(faults)} faults; errors {len(responses.broken)}")
    for line in responses.broken[:10]:
        print("  ", line)
    return int(bool(twice or faults or responses.broken or responses.decisions != Decision.objects.count()))


if __name__ == "__main__":
    sys.exit(main())
