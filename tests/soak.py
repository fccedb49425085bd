"""What the program survives: kills of web, worker, campaign and database, a full disk, a clock set back, thirty writers, hostile files.

    make soak                      # all of it, a table on stdout; ten to twenty minutes
    python -m tests.soak web disk  # some of it

Every row counts what was acknowledged or handed in, and what of it was lost. Ends with 1 if anything was.
"""

import http.client
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
PASSWORD = "bronze-lantern-42"
PREPARE = """
import sys
from pipeline.review.connection import connect
connect("pipeline.web.settings")
from pipeline.review.accounts import Role, add_user, make_token
print(make_token(add_user("writer", sys.argv[1], Role.REVIEWER), "soak"))
"""
LOOK = """
import json, sys
from pipeline.review.connection import connect
home = connect("pipeline.web.settings")
from pipeline.review.audit.verification import verify
from pipeline.review.models import AuditEntry, Job, JobState, Paper, Version
from pipeline.review.queue.originals import original_path
import hashlib
jobs = {job.pk: job for job in Job.objects.all()}
kept = [pk for pk, job in jobs.items() if original_path(home, job.original_id).exists()
        and hashlib.sha256(original_path(home, job.original_id).read_bytes()).hexdigest() == job.original_id]
print(json.dumps({"kept": kept, "done": [pk for pk, job in jobs.items() if job.state == JobState.DONE],
    "versions": Version.objects.count(), "papers": Paper.objects.count(), "faults": len(list(verify())), "lines": AuditEntry.objects.count()}))
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what was done, how often, what held, and how much was lost (0: nothing)."""

    what: str
    tried: str
    survived: str
    lost: int

    def __str__(self) -> str:
        return f"| {self.what} | {self.tried} | {self.survived} | {self.lost or 'nothing'} |"


@dataclass
class Desk:
    """A desk in a home folder of its own, started and killed by the scenarios."""

    home: Path
    database: str = ""
    token: str = ""
    port: int = 0
    acknowledged: list[int] = field(default_factory=list)
    refused: int = 0
    number: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.token = self.run("-c", PREPARE, PASSWORD).strip()
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])

    @property
    def settings(self) -> dict[str, str]:
        return {
            **os.environ,
            "QINGGUI_HOME": str(self.home),
            "DATABASE_URL": self.database,
            "QINGGUI_FILE_SECONDS": "60",
        }

    def run(self, *words: str) -> str:
        done = subprocess.run([sys.executable, *words], cwd=ROOT, env=self.settings, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        return done.stdout

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "pipeline", *words], cwd=ROOT, env=self.settings, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def serve(self) -> "subprocess.Popen[bytes]":
        process = self.start("serve", "--workers", "0", "--port", str(self.port))
        end = time.monotonic() + 120
        while time.monotonic() < end and process.poll() is None:
            # the first request loads what the following ones need
            if self.submit():
                return process
            time.sleep(0.1)
        raise RuntimeError("the desk did not start")

    def submit(self, size: int = 0) -> bool:
        """Hands in a document; True where it was acknowledged, and then it is counted."""
        with self.lock:
            self.number += 1
            number = self.number
        words = f"关于第{number}号事项的通知\n各乡镇人民政府：\n第{number}条 请遵照执行。\n临溪县人民政府\n2026年3月{number % 28 + 1}日\n"
        words += "附注。" * (size // 9)
        body = (
            f'--b\r\nContent-Disposition: form-data; name="files"; filename="n{number}.txt"\r\n\r\n{words}\r\n--b--\r\n'
        ).encode()
        headers = {"Content-Type": "multipart/form-data; boundary=b", "Authorization": f"Bearer {self.token}"}
        path = "/api/v1/uploads?kind=%E5%A4%87%E6%A1%88"
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
                connection.request("POST", path, body, headers)
                answer = connection.getresponse()
                text = answer.read()
            job = int(json.loads(text)[0]["id"]) if answer.status == 200 else 0
        except (OSError, http.client.HTTPException, ValueError):
            job = 0
        with self.lock:
            if job:
                self.acknowledged.append(job)
            else:
                self.refused += 1
        return bool(job)

    @contextmanager
    def writers(self, count: int) -> Iterator[None]:
        """Writers that hand in documents meanwhile."""
        stopped = threading.Event()

        def write() -> None:
            while not stopped.is_set():
                if not self.submit():
                    stopped.wait(0.3)
                stopped.wait(0.2)

        threads = [threading.Thread(target=write) for _ in range(count)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stopped.set()
            for thread in threads:
                thread.join()

    def found(self) -> dict[str, list[int] | int]:
        found: dict[str, list[int] | int] = json.loads(self.run("-c", LOOK))
        return found

    def lost(self) -> int:
        """Acknowledged uploads that are not there or whose bytes are others, and faults of the audit."""
        found = self.found()
        assert isinstance(found["kept"], list) and isinstance(found["faults"], int)
        return len(set(self.acknowledged) - set(found["kept"])) + found["faults"]


def kill_web(folder: Path, rng: random.Random) -> Row:
    desk = Desk(folder)
    for _ in range(4):
        process = desk.serve()
        with desk.writers(4):
            time.sleep(rng.uniform(1.5, 4))
            process.kill()
            process.wait()
    survived = f"{len(desk.acknowledged)} uploads acknowledged, all stored; {desk.refused} requests failed and said so"
    return Row("`kill -9` of the web process, 4 writers", "4 kills", survived, desk.lost())


def kill_worker(folder: Path, rng: random.Random) -> Row:
    desk = Desk(folder)
    process = desk.serve()
    for _ in range(16):
        desk.submit()
    process.terminate()
    process.wait()
    for _ in range(4):
        worker = desk.start("worker", "--once")
        time.sleep(rng.uniform(3, 9))
        worker.kill()
        worker.wait()
        # as if the time after which a worker counts as dead were over
        with closing(sqlite3.connect(desk.home / "queue.sqlite3", timeout=60)) as database:
            database.execute(
                "UPDATE review_job SET taken = '2020-01-01 00:00:00' WHERE taken IS NOT NULL AND state = '处理中'"
            )
            database.commit()
    desk.start("worker", "--once").wait(600)
    found = desk.found()
    assert isinstance(found["done"], list) and isinstance(found["versions"], int)
    missing = len(set(desk.acknowledged) - set(found["done"])) + abs(found["versions"] - len(desk.acknowledged))
    survived = f"{len(found['done'])} of {len(desk.acknowledged)} documents analysed, each once"
    return Row("`kill -9` of the worker", "4 kills", survived, missing + desk.lost())


@contextmanager
def postgresql() -> Iterator[tuple[str, Callable[[], None]] | None]:
    """A PostgreSQL server: its address, and what stops it without a checkpoint and starts it again; None where there is none."""
    from tests.homes import binaries

    programs = binaries()
    if programs is None:
        yield None
        return
    user = "postgres" if os.geteuid() == 0 else None
    data = Path(tempfile.mkdtemp(prefix="qinggui-soak-pg-", dir="/tmp"))
    if user:
        shutil.chown(data, user)
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])

    def call(*words: str) -> None:
        command = [str(programs / words[0]), "-D", str(data / "db"), *words[1:]]
        subprocess.run(command, check=True, capture_output=True, user=user, cwd="/tmp", stdin=subprocess.DEVNULL)

    begin = ("pg_ctl", "-l", str(data / "log"), "-w", "-o", f"-p {port} -k {data} -h 127.0.0.1", "start")

    def kill() -> None:
        call("pg_ctl", "-m", "immediate", "stop")
        time.sleep(2)
        call(*begin)

    call("initdb", "-U", "qinggui", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    call(*begin)
    try:
        yield f"postgres://qinggui@127.0.0.1:{port}/postgres", kill
    finally:
        with suppress(subprocess.CalledProcessError):
            call("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(data, ignore_errors=True)


def kill_database(folder: Path, rng: random.Random) -> Row:
    what = "PostgreSQL stopped without a checkpoint, 4 writers"
    with postgresql() as found:
        if found is None:
            return Row(what, "not tried", "no PostgreSQL here", 0)
        address, kill = found
        desk = Desk(folder, address)
        process = desk.serve()
        with desk.writers(4):
            for _ in range(3):
                time.sleep(rng.uniform(1.5, 4))
                kill()
            time.sleep(3)
        process.terminate()
        process.wait()
        survived = f"{len(desk.acknowledged)} uploads acknowledged, all stored; {desk.refused} requests failed and said so; the desk went on by itself"
        return Row(what, "3 times", survived, desk.lost())


def fill_disk(folder: Path, rng: random.Random) -> Row:
    """In a file system of 40 MB that is made for it, in a name space of its own."""
    inside = f"mount -t tmpfs -o size=40m none {folder} && exec {sys.executable} -m tests.soak --inside {folder}"
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", inside]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        return Row("a full disk", "not tried", f"no name spaces here: {done.stderr[-80:]!r}", 0)
    return Row(**json.loads(done.stdout.splitlines()[-1]))


def on_full_disk(folder: Path) -> Row:
    desk = Desk(folder)
    process = desk.serve()
    filler = folder / "filler"
    filler.write_bytes(bytes(shutil.disk_usage(folder).free - 6 * 2**20))
    while desk.submit(400_000) and desk.number < 200:
        pass
    for _ in range(5):
        desk.submit(400_000)
    before, refused = len(desk.acknowledged), desk.refused
    filler.unlink()
    again = desk.submit(400_000)
    process.terminate()
    process.wait()
    with closing(sqlite3.connect(folder / "queue.sqlite3")) as database:
        whole = database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    survived = f"{before} acknowledged before, all stored; {refused} refused while full; goes on when there is space"
    return Row("a full disk (40 MB)", f"{refused} uploads", survived, desk.lost() + (not whole) + (not again))


def set_clock_back(folder: Path, rng: random.Random) -> Row:
    script = """
import sys
from datetime import timedelta
from pipeline.review.connection import connect
home = connect("pipeline.web.settings")
from datetime import date
from django.utils import timezone
from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.ingest import Upload
from corpora import papers
from pipeline.review.accounts import Role, add_user
from pipeline.review.audit.verification import verify
from pipeline.review.decisions import workflow
from pipeline.review.decisions.workflow import Statement
from pipeline.review.decisions.agreement import effective_verdicts
from pipeline.review.models import Decision, Item
from pipeline.review.queue.store import QueueWriter
QueueWriter(home, "soak").put(analyze_upload(Upload("a.txt", "\\n".join(papers.FARMHOUSE).encode()), LegalContext(date(2026, 11, 22), None)), b"a", None)
item, user = Item.objects.get(), add_user("clock", "bronze-lantern-42", Role.REVIEWER)
key = item.current.findings.first().key
workflow.claim(item, user)
real, wrong = timezone.now, 0
for turn, verdict in enumerate(("成立", "不成立", "成立", "不成立")):
    timezone.now = lambda turn=turn: real() - timedelta(days=turn)
    workflow.decide(Item.objects.get(), key, Statement(verdict, ""), user)
    wrong += effective_verdicts(Decision.objects.all())[key].verdict != verdict
print(f"verdicts {wrong}, decisions {Decision.objects.count()}, audit {list(verify())}", file=sys.stderr)
print(wrong + (Decision.objects.count() != 4) + len(list(verify())))
"""
    desk = Desk(folder)
    lost = int(desk.run("-c", script).split()[-1])
    return Row(
        "the clock set back a day between decisions", "3 times", "the later decision counts; the audit is whole", lost
    )


def hostile_files(folder: Path, rng: random.Random) -> Row:
    from corpora import papers, writers
    from pipeline.analyzer import LegalContext
    from pipeline.budget import Budget
    from pipeline.confinement import Confined
    from pipeline.document import Dossier
    from pipeline.ingest import Upload
    from tests.ingest.test_hostile import HOSTILE, tables_in_tables

    files = {name: make() for name, make in HOSTILE.items()} | {"nested.docx": tables_in_tables(50)}
    whole = {
        "a.docx": writers.as_docx(papers.WATER),
        "a.pdf": writers.as_pdf(papers.WATER),
        "a.ofd": writers.as_ofd(papers.WATER),
    }
    for number in range(30):
        name, data = rng.choice(sorted(whole.items()))
        broken = bytearray(data)
        for _ in range(60):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        files[f"{number}-{name}"] = bytes(broken)
    confined, without = Confined(Budget(seconds=60, memory=3000)), 0
    for name, data in files.items():
        found = confined.analyze(Upload(name, data), LegalContext(date(2026, 11, 22)))
        without += not isinstance(found, Dossier) and not (found.message and found.remedy)
    good = confined.analyze(Upload("a.txt", "\n".join(papers.WATER).encode()), LegalContext(date(2026, 11, 22)))
    confined.close()
    survived = "each read or refused with a reason; the next document is analysed"
    return Row("hostile and damaged files", f"{len(files)} files", survived, without + (not isinstance(good, Dossier)))


def by_tests(what: str, tried: str, survived: str, *tests: str) -> Callable[[Path, random.Random], Row]:
    """A scenario that is a test of its own."""

    def run(folder: Path, rng: random.Random) -> Row:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, "CI": "true"}, capture_output=True, text=True)
        closing_line = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else "no output"
        return Row(what, tried, f"{survived} ({closing_line.strip('= ')})", done.returncode)

    return run


CHAIN, ENGINE = "tests/review/audit/test_chain.py", "tests/campaign/test_engine.py"
SCENARIOS: dict[str, Callable[[Path, random.Random], Row]] = {
    "web": kill_web,
    "worker": kill_worker,
    "database": kill_database,
    "disk": fill_disk,
    "clock": set_clock_back,
    "writers": by_tests(
        "30 writers of the audit on SQLite and PostgreSQL", "2 databases", "no predecessor used twice",
        f"{CHAIN}::test_thirty_writers_on_sqlite_use_no_predecessor_twice",
        f"{CHAIN}::test_thirty_writers_on_postgresql_use_no_predecessor_twice",
    ),
    "files": hostile_files,
    "campaign": by_tests(
        "`kill -9` of a cleanup and its processes", "20 kills", "the results of an undisturbed run",
        f"{ENGINE}::test_twenty_random_kills_lose_nothing_and_repeat_only_the_shards_in_work",
    ),
}  # fmt: skip


def main() -> int:
    if sys.argv[1:2] == ["--inside"]:
        row = on_full_disk(Path(sys.argv[2]))
        print(json.dumps({"what": row.what, "tried": row.tried, "survived": row.survived, "lost": row.lost}))
        return 0
    lost = 0
    print("| what happened | tried | survived | lost |\n|---|---|---|---|", flush=True)
    for name in sys.argv[1:] or list(SCENARIOS):
        folder = Path(tempfile.mkdtemp(prefix=f"qinggui-soak-{name}-"))
        try:
            row = SCENARIOS[name](folder, random.Random(name))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        print(row, flush=True)
        lost += row.lost
    return min(lost, 1)


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main())
