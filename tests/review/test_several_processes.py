"""Several web processes at one address, on SQLite and on PostgreSQL: nothing is claimed twice, and no acknowledged decision is lost, also when one is killed."""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

from tests.conftest import ROOT
from tests.homes import with_queue

_REVIEWERS, _ITEMS, _PROCESSES = 6, 10, 3
_PREPARE = f"""
import json
from datetime import date
from pipeline.review.connection import connect
home = connect("pipeline.web.settings")
from django.conf import settings
from django.test import Client
from corpora import papers
from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.ingest import Upload
from pipeline.review.accounts import Role, add_user
from pipeline.review.models import Item
from pipeline.review.queue.store import QueueWriter
writer, items = QueueWriter(home, "several"), {{}}
for number in range({_ITEMS}):
    data = "\\n".join((*papers.FARMHOUSE, f"第{{number}}号并行存档。")).encode()
    made = writer.put(analyze_upload(Upload(f"{{number}}.txt", data), LegalContext(date(2026, 11, 22), None)), data, None)
    items[made.item] = list(Item.objects.get(pk=made.item).current.findings.filter(softened=False).values_list("key", flat=True))[:3]
cookies = []
for number in range({_REVIEWERS}):
    browser = Client()
    browser.force_login(add_user(f"several{{number}}", "bronze-lantern-42", Role.REVIEWER))
    cookies.append(browser.cookies[settings.SESSION_COOKIE_NAME].value)
print(json.dumps([items, cookies]))
"""
_LOOK = """
import json
from pipeline.review.connection import connect
connect("pipeline.web.settings")
from pipeline.review.audit.verification import verify
from pipeline.review.models import AuditEntry, Decision, Item
print(json.dumps({
    "holders": dict(Item.objects.values_list("pk", "assignee__username")), "claims": AuditEntry.objects.filter(what="领取").count(),
    "decisions": [list(row) for row in Decision.objects.values_list("item_id", "finding_key", "account", "comment")],
    "faults": list(map(str, verify()))}))
"""


class Reviewer(threading.Thread):
    """Claims items in an order of its own, decides on those it gets, and keeps what was acknowledged."""

    def __init__(self, port: int, number: int, cookie: str, items: dict[str, list[str]]) -> None:
        super().__init__()
        self.port, self.name, self.cookie, self.items = port, f"several{number}", cookie, items
        self.claimed: list[int] = []
        self.decided: list[list[object]] = []

    def post(self, path: str, **form: str) -> int:
        """The status of the answer; 0 where none came."""
        token = "a" * 32
        headers = {
            "Cookie": f"sessionid={self.cookie}; csrftoken={token}", "HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded",
        }  # fmt: skip
        body = urlencode({**form, "csrfmiddlewaretoken": token})
        with (
            suppress(OSError, http.client.HTTPException),
            closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection,
        ):
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        return 0

    def run(self) -> None:
        order = list(self.items)
        random.Random(self.name).shuffle(order)
        for item in order:
            if self.post(f"/items/{item}/claim") != 200:
                continue
            self.claimed.append(int(item))
            for key in self.items[item]:
                comment = f"{self.name}：{key[:8]}"
                if self.post(f"/items/{item}/decide", key=key, verdict="成立", comment=comment) == 200:
                    self.decided.append([int(item), key, self.name, comment])


def run(settings: dict[str, str], script: str) -> str:
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=settings, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    return done.stdout


@contextmanager
def serving(settings: dict[str, str]) -> Iterator[tuple[int, int]]:
    """The port of a desk with several processes, and the number of the first."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "pipeline", "serve", "--workers", "0", "--processes", str(_PROCESSES)]
    process = subprocess.Popen([*command, "--port", str(port)], cwd=ROOT, env=settings, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline and len(children(process.pid)) < _PROCESSES - 1:
            time.sleep(0.2)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(60)


def children(parent: int) -> list[int]:
    """The processes that a process started."""
    found = Path(f"/proc/{parent}/task").glob("*/children")
    return [int(number) for file in found for number in file.read_text().split()]


def claim_and_decide(settings: dict[str, str]) -> None:
    """Reviewers at several processes, one of which is killed meanwhile; then what is stored is compared with what was acknowledged."""
    items, cookies = json.loads(run(settings, _PREPARE))
    with serving(settings) as (port, pid):
        reviewers = [Reviewer(port, number, cookie, items) for number, cookie in enumerate(cookies)]
        for reviewer in reviewers:
            reviewer.start()
        time.sleep(1)
        killed = children(pid)[0]
        os.kill(killed, signal.SIGKILL)
        for reviewer in reviewers:
            reviewer.join()
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and len(children(pid)) < _PROCESSES - 1:
            time.sleep(0.2)
        others = children(pid)
        assert len(others) == _PROCESSES - 1 and killed not in others, "a process that ended is started again"
        # one more round: what a killed process had claimed without an answer is decided by nobody else
        assert reviewers[0].post(f"/items/{reviewers[0].claimed[0]}/claim") == 200
    assert not [one for one in others if Path(f"/proc/{one}").exists()], "all end with the first one"
    found = json.loads(run(settings, _LOOK))
    claimed = Counter(number for reviewer in reviewers for number in reviewer.claimed)
    assert claimed and max(claimed.values()) == 1, "claimed twice"
    assert all(found["holders"][str(one)] == reviewer.name for reviewer in reviewers for one in reviewer.claimed)
    assert found["claims"] == len([holder for holder in found["holders"].values() if holder])
    acknowledged = [made for reviewer in reviewers for made in reviewer.decided]
    assert acknowledged and [made for made in acknowledged if made not in found["decisions"]] == []
    assert len(found["decisions"]) == len({tuple(made) for made in found["decisions"]}) and found["faults"] == []


def test_several_processes_on_sqlite_claim_nothing_twice_and_lose_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    claim_and_decide({**os.environ, "QINGGUI_HOME": str(with_queue(home)), "DATABASE_URL": ""})


def test_several_processes_on_postgresql_claim_nothing_twice_and_lose_nothing(server: str, tmp_path: Path) -> None:
    claim_and_decide({**os.environ, "QINGGUI_HOME": str(tmp_path / "home"), "DATABASE_URL": server})
