"""Workers on this machine: without dask and without an address, one dies alone, and none outlives the run."""

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from pipeline.campaign import Campaign, Progress, fork_server, run
from pipeline.campaign.local_workers import LocalWorkers, local_workers
from pipeline.campaign.shards import Shard, as_shards
from pipeline.campaign.snapshot import read_snapshot
from pipeline.campaign.workers import Outcome, RunOptions
from pipeline.errors import StorageError
from pipeline.guard import REPORT
from pipeline.legal_context import LegalContext
from tests.campaign.material import campaign, write_documents
from tests.campaign.test_engine import heavy, quiet, wait_for_work
from tests.conftest import AS_OF, ROOT

pytestmark = [
    pytest.mark.filterwarnings("default"),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be forked here"),
]
# seconds; far more than a busy machine needs
PATIENCE = 120.0


def shards_of(made: Campaign) -> list[Shard]:
    return as_shards({**read_snapshot(made)}, made.shards, LegalContext(AS_OF), "0", again=False)


def outcomes(workers: LocalWorkers, count: int) -> dict[int, Outcome]:
    """What became of so many shards, by number."""
    found: dict[int, Outcome] = {}
    deadline = time.monotonic() + PATIENCE
    while len(found) < count and time.monotonic() < deadline:
        found |= {outcome.shard: outcome for outcome in workers.wait(1.0)}
    return found


def wait_until(true: Callable[[], bool]) -> bool:
    """Whether something becomes true before patience ends."""
    deadline = time.monotonic() + PATIENCE
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


def told(workers: LocalWorkers, count: int) -> list[int]:
    """The process ids of so many workers, once they have told them; the shards they have must take longer than that."""
    deadline = time.monotonic() + PATIENCE
    while len(workers.pids) < count and time.monotonic() < deadline:
        assert not workers.wait(0.1)
    return list(workers.pids.values())


@pytest.fixture
def long(tmp_path: Path) -> list[Shard]:
    """Two shards that take seconds."""
    return shards_of(campaign(tmp_path / "home", heavy(tmp_path / "in", 40), per_shard=20))


def test_the_death_of_a_worker_ends_its_own_shard_only(long: list[Shard]) -> None:
    with local_workers(RunOptions(workers=2)) as workers:
        for shard in long:
            workers.submit(shard)
        told(workers, 2)
        (victim,) = (worker for worker, number in workers.busy.items() if number == 1)
        os.kill(workers.pids[victim], signal.SIGKILL)
        found = outcomes(workers, 2)
        assert found[1] == Outcome(1) and found[0].manifest is not None
        workers.submit(long[1])  # another worker takes it
        assert outcomes(workers, 1)[1].manifest is not None


def test_workers_on_a_shard_that_hangs_are_stopped_and_told_as_dead(long: list[Shard]) -> None:
    with local_workers(RunOptions(workers=2)) as workers:
        for shard in long:
            workers.submit(shard)
        told(workers, 2)
        workers.stop({0})
        found = outcomes(workers, 2)
    assert found[0] == Outcome(0) and found[1].manifest is not None


def test_a_worker_that_died_while_idle_takes_no_shard_with_it(tmp_path: Path) -> None:
    first, second = shards_of(campaign(tmp_path / "home", write_documents(tmp_path / "in", 4), per_shard=2))
    with local_workers(RunOptions(workers=1)) as workers:
        workers.submit(first)
        assert outcomes(workers, 1)[0].manifest is not None
        (pid,) = workers.pids.values()
        os.kill(pid, signal.SIGKILL)
        assert wait_until(lambda: has_ended(pid))
        workers.submit(second)
        assert outcomes(workers, 1)[1].manifest is not None


@pytest.mark.parametrize("with_workers", [True, False])
def test_a_run_whose_fork_server_is_killed_is_complete(tmp_path: Path, with_workers: bool) -> None:
    made = campaign(tmp_path / "home", write_documents(tmp_path / "in", 12), per_shard=2)
    killed: list[int] = []

    def kill_once(progress: Progress) -> None:
        if killed or not progress.shards_done:
            return
        (server,) = (one for one in psutil.Process().children() if "pipeline.campaign.fork_server" in one.cmdline())
        killed.append(server.pid)
        for one in (*(server.children() if with_workers else ()), server):
            one.kill()

    assert run(made, "0", RunOptions(workers=2), kill_once).done == 12 and killed


def test_a_worker_has_its_share_of_the_memory_and_one_core(long: list[Shard]) -> None:
    with local_workers(RunOptions(workers=1)) as workers:
        workers.submit(long[0])
        (pid,) = told(workers, 1)
        worker = psutil.Process(pid)
        assert 0 < worker.rlimit(psutil.RLIMIT_DATA)[0] <= max(psutil.virtual_memory().total, 2 * 1024**3)
        assert worker.environ()["OMP_NUM_THREADS"] == "1"


def test_results_that_cannot_be_written_end_the_run_with_the_reason(tmp_path: Path) -> None:
    made = campaign(tmp_path / "home", write_documents(tmp_path / "in", 2))
    (made.shards / "00000.parquet").mkdir()
    with pytest.raises(StorageError, match="第0片的结果无法写入"):
        run(made, "0", RunOptions(workers=1), quiet)


def test_an_unforeseen_exception_of_a_shard_can_be_sent_and_names_its_report(
    long: list[Shard], monkeypatch: pytest.MonkeyPatch
) -> None:
    class OddError(Exception):
        def __init__(self, one: int, two: int) -> None:
            super().__init__("坏了")

    def fail(_: Shard) -> None:
        raise OddError(1, 2)

    monkeypatch.setattr("pipeline.campaign.shard_work.run_shard", fail)
    sent = pickle.loads(pickle.dumps(fork_server.answer(long[0])))
    assert sent.manifest is None and REPORT.search(str(sent.error))


GO = """
import sys
from pathlib import Path
import psutil
from pipeline.campaign import run
from pipeline.campaign.folder import load
from pipeline.campaign.workers import RunOptions
found = []
def look(_):
    here = psutil.Process()
    found.extend(one for each in (here, *here.children(recursive=True)) for one in each.net_connections(kind="inet"))
run(load(Path(sys.argv[1]), "清理"), "0", RunOptions(workers=2), look)
assert not found, found
assert not {"dask", "distributed"} & set(sys.modules)
"""


def test_a_run_on_this_machine_needs_no_dask_and_opens_no_port(tmp_path: Path) -> None:
    campaign(tmp_path / "home", write_documents(tmp_path / "in", 4), per_shard=2)
    done = subprocess.run(
        [sys.executable, "-c", GO, str(tmp_path / "home")], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def has_ended(pid: int) -> bool:
    """Whether a process and all its threads have ended: until then its end of a connection may be open."""
    threads = Path(f"/proc/{pid}/task")
    return not alive(pid) and (not threads.exists() or len(list(threads.iterdir())) <= 1)


@contextmanager
def command(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`campaign run` in a session of its own, like a command in a terminal."""
    started = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "campaign", "run", "清理", "--workers", "2"], cwd=ROOT,
        env={**os.environ, "QINGGUI_HOME": str(home)}, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # tests that run in the background inherit that Ctrl+C is ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


@pytest.mark.parametrize("how", ["killed", "interrupted"])
def test_a_run_that_ends_early_leaves_no_process_and_prints_no_traceback(tmp_path: Path, how: str) -> None:
    made = campaign(tmp_path / "home", heavy(tmp_path / "in", 600), per_shard=20)
    with command(tmp_path / "home") as main:
        assert wait_for_work(made, main)
        others = [one.pid for one in psutil.Process(main.pid).children(recursive=True)]
        if how == "killed":
            os.kill(main.pid, signal.SIGKILL)
        else:
            os.killpg(main.pid, signal.SIGINT)  # as Ctrl+C does
        out, errors = main.communicate(timeout=PATIENCE)
        assert len(others) >= 2 and wait_until(lambda: not any(map(alive, others)))
        assert b"Traceback" not in errors
        if how == "interrupted":
            assert main.returncode == 130 and out.decode().startswith("已中断") and len(out.splitlines()) == 1
