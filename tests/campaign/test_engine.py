"""The engine: local and remote clusters, files that crash or hang, random kills of all processes."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import distributed
import pytest

from pipeline.campaign import Campaign, Progress, run
from pipeline.campaign.folder import PAUSED
from pipeline.campaign.shard_work import BATCH
from pipeline.campaign.shards import in_work, manifests, read_rows
from pipeline.campaign.suspects import read_marker
from pipeline.campaign.workers import RunOptions
from pipeline.errors import RuleError, StorageError
from tests.campaign.material import campaign, write_documents
from tests.conftest import ROOT

pytestmark = pytest.mark.filterwarnings("default")
KILLS = 20
# of the run that is killed as a whole
FILES = 120
# enough that the run is killed several times
MANY = 240


def quiet(_: Progress) -> None:
    """Ignores the progress."""


def content(made: Campaign) -> list[dict[str, object]]:
    return [{**row, "seconds": 0} for row in read_rows(made.shards)]


@pytest.fixture
def trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In worker processes, opening a file whose name starts with 毒 ends the process, opening one with 停 hangs."""
    (tmp_path / "trap").mkdir()
    (tmp_path / "trap" / "sitecustomize.py").write_text(
        "import os, sys, time\n"
        "def look(event, args):\n"
        "    if event == 'open' and isinstance(args[0], str):\n"
        "        name = os.path.basename(args[0])\n"
        "        if name.startswith('毒'): os._exit(9)\n"
        "        if name.startswith('停'): time.sleep(600)\n"
        "sys.addaudithook(look)\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "trap"))


def test_files_that_crash_or_hang_are_quarantined_and_nothing_else_stops(tmp_path: Path, trap: None) -> None:
    source = write_documents(tmp_path / "in", 6)
    for name in ("毒.txt", "停.txt"):
        (source / name).write_text("关于加强管理的通知", encoding="utf-8")
    made = campaign(tmp_path / "home", source, per_shard=4)
    found = run(made, "0", RunOptions(workers=2, limit=15.0), quiet)  # a busy machine takes seconds for a first file
    assert (found.done, found.problems) == (8, 2)
    quarantined = {
        Path(str(row["name"])).name: row["stage"] for row in read_rows(made.shards) if row["status"] == "问题"
    }
    assert quarantined == {"毒.txt": "隔离", "停.txt": "隔离"}


def test_a_paused_run_resumes_where_it_stopped(tmp_path: Path) -> None:
    made = campaign(tmp_path / "home", write_documents(tmp_path / "in", 24), per_shard=2)

    def stop(progress: Progress) -> None:
        if progress.shards_done >= 2:
            made.request(PAUSED)

    first = run(made, "0", RunOptions(workers=1), stop)
    assert first.state == PAUSED and 4 <= first.done < 24
    kept = {path.name: path.stat().st_mtime_ns for path in made.shards.glob("*.parquet")}
    second = run(made, "0", RunOptions(workers=1), quiet)
    assert second.done == 24
    assert all((made.shards / name).stat().st_mtime_ns == when for name, when in kept.items())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(*arguments: str, cwd: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A process, with this checkout before any that is installed; it is killed in the end."""
    paths = [os.environ.get("PYTHONPATH", ""), str(ROOT)]
    quietly = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}
    started = subprocess.Popen(
        [sys.executable, *arguments], cwd=cwd, env=environment, start_new_session=True, **quietly
    )  # type: ignore[call-overload]
    try:
        yield started
    finally:
        kill(started.pid)
        started.wait()


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@contextmanager
def cluster(port: int, scratch: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A scheduler and a worker in separate processes, like a cluster of several machines; yields the scheduler."""
    scheduler = ("-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    worker = ("-m", "distributed.cli.dask_worker", f"tcp://127.0.0.1:{port}", "--nthreads", "1", "--no-dashboard")
    with process(*scheduler, cwd=scratch) as first, process(*worker, cwd=scratch):
        yield first


def test_a_run_on_a_cluster_given_by_its_address_is_complete(tmp_path: Path) -> None:
    made = campaign(tmp_path / "home", write_documents(tmp_path / "in", 6))
    port = free_port()
    with cluster(port, tmp_path):
        found = run(made, "0", RunOptions(scheduler=f"tcp://127.0.0.1:{port}"), quiet)
    assert found.done == 6


def test_a_cluster_that_does_not_answer_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.campaign.cluster.CONNECT_TIMEOUT", 1.0)
    made = campaign(tmp_path / "home", write_documents(tmp_path / "in", 1))
    with pytest.raises(StorageError, match="计算集群"):
        run(made, "0", RunOptions(scheduler=f"tcp://127.0.0.1:{free_port()}"), quiet)


RUN = """
import sys
from pathlib import Path
from pipeline.campaign import run
from pipeline.campaign.workers import RunOptions
from pipeline.campaign.folder import load
if __name__ == "__main__":
    scheduler = sys.argv[2] or None
    found = run(load(Path(sys.argv[1]), "清理"), "0", RunOptions(scheduler=scheduler, workers=2), lambda _: None)
    sys.exit(0 if found.done == found.files else 1)
"""


def heavy(folder: Path, count: int) -> Path:
    """Documents long enough that a kill hits a process at work."""
    write_documents(folder, count)
    for path in folder.iterdir():
        more = "".join(f"第{n}条 巡查人员发现第{n}处设施损坏的，应当在{n}日内告知养护单位。\n" for n in range(5, 900))
        path.write_text(path.read_text(encoding="utf-8") + "\n" + more, encoding="utf-8")
    return folder


def test_twenty_random_kills_lose_nothing_and_repeat_only_the_shards_in_work(tmp_path: Path) -> None:
    source = heavy(tmp_path / "in", 80)
    whole = campaign(tmp_path / "whole", source, per_shard=2)
    run(whole, "0", RunOptions(workers=2), quiet)
    made = campaign(tmp_path / "home", source, per_shard=2)
    (tmp_path / "go.py").write_text(RUN, encoding="utf-8")
    rng, kills, finished = random.Random(20261122), [], dict[str, int]()
    while len(kills) < KILLS and len(manifests(made.shards)) < 40:
        port = free_port() if rng.random() < 0.25 else 0
        with ExitStack() as stack:
            scheduler = stack.enter_context(cluster(port, tmp_path)) if port else None
            main = stack.enter_context(main_process(tmp_path, f"tcp://127.0.0.1:{port}" if port else ""))
            kills.extend(kill_at_random(made, main, scheduler, rng))
        for path in made.shards.glob("[0-9]*.json"):  # the manifest comes last; a table without one is not finished
            when = path.stat().st_mtime_ns
            assert finished.setdefault(path.name, when) == when, "a finished shard was run again"
    assert len(kills) >= KILLS, kills
    run(made, "0", RunOptions(workers=2), quiet)
    assert content(made) == content(whole)


@pytest.fixture
def count_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In worker processes, each opening of an input file adds its name as a line to the returned file."""
    (tmp_path / "count").mkdir()
    reads = tmp_path / "reads"
    (tmp_path / "count" / "sitecustomize.py").write_text(
        "import os, sys\n"
        f"log = os.open({str(reads)!r}, os.O_APPEND | os.O_CREAT | os.O_WRONLY)\n"
        "def look(event, args):\n"
        f"    if event == 'open' and str(args[0]).startswith({str(tmp_path / 'in')!r} + os.sep):\n"
        "        os.write(log, (os.path.basename(args[0]) + '\\n').encode())\n"
        "sys.addaudithook(look)\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "count"))
    return reads


def test_a_run_killed_again_and_again_finishes_with_the_results_of_an_undisturbed_one(
    tmp_path: Path, count_reads: Path
) -> None:
    source = heavy(tmp_path / "in", MANY)
    whole = campaign(tmp_path / "whole", source, per_shard=MANY // 2)
    run(whole, "0", RunOptions(workers=1), quiet)
    once = len(count_reads.read_text(encoding="utf-8").splitlines())
    count_reads.write_text("", encoding="utf-8")
    made = campaign(tmp_path / "home", source, per_shard=MANY // 2)
    (tmp_path / "go.py").write_text(RUN.replace("workers=2", "workers=1"), encoding="utf-8")
    rng, kills, code = random.Random(5), 0, 1
    while code != 0:
        with main_process(tmp_path, "") as main:
            if wait_for_work(made, main):
                time.sleep(rng.uniform(0.3, 1.3))
            if main.poll() is None and len(manifests(made.shards)) < 2:
                os.killpg(main.pid, signal.SIGKILL)
                kills += 1
            code = main.wait()
        assert kills < 60, "no progress"
    assert kills >= 2 and content(made) == content(whole)
    assert not [row for row in content(made) if row["status"] != "完成"]
    twice = len(count_reads.read_text(encoding="utf-8").splitlines()) - once
    shortest = min(len(path.read_text(encoding="utf-8")) for path in source.iterdir())
    assert twice <= kills * (BATCH / shortest + 1) * once / MANY
    assert sorted(path.suffix for path in made.shards.iterdir()) == [".json", ".json", ".parquet", ".parquet"]


@contextmanager
def main_process(folder: Path, address: str) -> Iterator[subprocess.Popen[bytes]]:
    with process(str(folder / "go.py"), str(folder / "home"), address, cwd=ROOT) as main:
        yield main


def kill_at_random(
    made: Campaign, main: subprocess.Popen[bytes], scheduler: subprocess.Popen[bytes] | None, rng: random.Random
) -> list[str]:
    """Kills some workers at random moments, then the scheduler or the main process; returns the kinds killed."""
    killed: list[str] = []
    for _ in range(rng.choice((1, 2, 3))):
        pids = wait_for_work(made, main)
        if not pids:
            return killed
        time.sleep(rng.uniform(0, 0.3))
        kill(rng.choice(pids))
        killed.append("worker")
    if not wait_for_work(made, main):
        return killed
    victim = scheduler if scheduler and rng.random() < 0.5 else main
    kill(victim.pid)
    return [*killed, "scheduler" if victim is scheduler else "main"]


def wait_for_work(made: Campaign, main: subprocess.Popen[bytes]) -> list[int]:
    """Waits for processes with a file in work and returns their ids; empty once the run is over or after 60 seconds."""
    deadline = time.monotonic() + 600  # far more than a busy machine needs
    before = time.time()
    while main.poll() is None and time.monotonic() < deadline:
        pids = [pid_of(marker) for marker, _, since in in_work(made.shards) if since > before]
        if any(pids):
            return [pid for pid in pids if pid]
        time.sleep(0.05)
    return []


def pid_of(marker: Path) -> int:
    return int(read_marker(marker).get("pid", 0))


def test_a_cluster_that_has_lost_every_worker_gets_new_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = campaign(tmp_path / "home", write_documents(tmp_path / "in", 12), per_shard=2)
    clusters: list[distributed.LocalCluster] = []

    class Known(distributed.LocalCluster):
        def __init__(self, **settings: object) -> None:
            super().__init__(**settings)
            clusters.append(self)

    def empty_once(progress: Progress) -> None:
        if clusters and not emptied:
            emptied.append(progress.done)
            clusters[0].scale(0)

    emptied: list[int] = []
    monkeypatch.setattr(distributed, "LocalCluster", Known)
    monkeypatch.setattr("pipeline.campaign.cluster._NO_WORKERS_TIMEOUT", 1.0)
    assert run(made, "0", RunOptions(workers=1, dashboard=free_port()), empty_once).done == 12 and emptied


def test_rules_that_cannot_be_used_end_a_run_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = campaign(tmp_path / "home", write_documents(tmp_path / "in", 4))
    monkeypatch.setenv("QINGGUI_RULES", str(tmp_path / "nowhere"))
    told: list[Progress] = []
    with pytest.raises(RuleError, match="本单位规则文件夹"):
        run(made, "0", RunOptions(workers=1), told.append)
    assert not any(progress.retries for progress in told)
