"""Measures a cleanup of many documents: throughput beside the analysis alone, memory, joins; or beside an earlier version.

    python -m benchmarks.campaign [--documents 10000] [--workers 2]
    python -m benchmarks.campaign --documents 2000 --old PATH_OF_QINGGUI_0.8.0 [--pairs 3]

Documents are made from ../shared/corpora/normative (else from our own samples) by varying numbers, dates and
names; the same seed makes the same documents. Prints one table; nothing is asserted.
"""

import argparse
import multiprocessing
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from statistics import median
from time import process_time
from timeit import default_timer
from typing import TypeVar

import psutil

from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.campaign import Campaign, Progress, Scope, freeze, propose, run
from pipeline.campaign.folder import campaigns_folder, create
from pipeline.campaign.rows import cards
from pipeline.campaign.shards import read_rows
from pipeline.campaign.workers import RunOptions
from pipeline.ingest import Upload
from pipeline.register import audit, relate, settle

ROOT = Path(__file__).parents[1]
AS_OF = date(2026, 11, 22)
WARM_UP = 50
PLACES = tuple(f"{a}{b}" for a in "临长青白安兴" for b in "溪河山水平宁")
T = TypeVar("T")


def sources() -> list[str]:
    """The texts from which documents are generated."""
    shared = ROOT.parent / "shared" / "corpora" / "normative"
    folder = shared if shared.is_dir() else ROOT / "corpora" / "samples"
    return [path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.glob("*.txt"))]


def vary(text: str, number: int, rng: random.Random) -> str:
    """A text with other serial numbers, dates and place names."""
    text = re.sub(r"(〔[0-9]{4}〕)[0-9]{1,4}号", lambda m: f"{m[1]}{number % 997 + 1}号", text)
    text = re.sub(
        r"([0-9]{4}年)[0-9]{1,2}月[0-9]{1,2}日",
        lambda m: f"{m[1]}{rng.randint(1, 12)}月{rng.randint(1, 28)}日",
        text,
    )
    place = PLACES[number % len(PLACES)]
    return re.sub("河北省|石家庄市|上海市|北京市", f"{place}省", text)


def write_documents(folder: Path, count: int) -> int:
    """Write `count` documents into folders of a thousand; returns the number of characters written."""
    texts, rng, total = sources(), random.Random(20261122), 0
    for number in range(count):
        text = vary(texts[number % len(texts)], number, rng)
        place = folder / f"{number // 1000:03}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number:06}.txt").write_text(text, encoding="utf-8")
        total += len(text)
    return total


class Memory:
    """Peak memory of this process and its children together, in MB, sampled every half second.

    Memory that processes share counts once where the system tells it (Linux), else as often as they are.
    """

    def __init__(self) -> None:
        self.most = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        me = psutil.Process()
        while not self._stop.wait(0.5):
            held = 0
            for process in (me, *me.children(recursive=True)):
                try:
                    found = process.memory_full_info()
                    held += getattr(found, "pss", found.rss)
                except psutil.Error:
                    continue
            self.most = max(self.most, held / 1e6)


def timed(work: Callable[[], T]) -> tuple[T, float]:
    start = default_timer()
    return work(), default_timer() - start


def campaign(home: Path, name: str, source: Sequence[Path]) -> Campaign:
    where = campaigns_folder(home) / name
    made = create(home, Campaign(where, name, AS_OF, None, Scope(), None, AS_OF))
    freeze(made, source)
    return made


def joins(rows: list[dict[str, object]], count: int) -> float:
    """Seconds to relate, settle and audit the first `count` documents."""
    records = list(cards(islice(rows, count)))

    def work() -> None:
        relations = relate(records)
        settle(records, relations, AS_OF)
        audit(records)

    return timed(work)[1]


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds by the clock and seconds of processor time, user and system, of all processes that took part."""

    clock: float
    processor: float

    def __truediv__(self, other: "Cost") -> str:
        return f"{self.clock / other.clock:.2f} by the clock, {self.processor / other.processor:.2f} by processor time"


def spent() -> float:
    """Processor time of this process and of those children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(found.ru_utime + found.ru_stime for found in used)


def share(paths: Sequence[str]) -> Cost:
    """Analyses files from their bytes, after some to warm up; returns what only the analysis cost."""
    context = LegalContext(AS_OF)
    uploads = [Upload(path, Path(path).read_bytes()) for path in paths]
    for upload in uploads[:WARM_UP]:
        analyze_upload(upload, context)
    begin, used = default_timer(), process_time()
    for upload in uploads:
        analyze_upload(upload, context)
    return Cost(default_timer() - begin, process_time() - used)


def in_process(paths: Sequence[str], workers: int) -> Cost:
    """The analysis alone in as many processes as the campaign has workers, at the same time, each with its share."""
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as executor:
        found = list(executor.map(share, [paths[at::workers] for at in range(workers)]))
    return Cost(max(one.clock for one in found), sum(one.processor for one in found))


class Start:
    """What a campaign costs until its first file is in work, taken from its progress."""

    def __init__(self) -> None:
        self.begun, self.used = default_timer(), spent()
        self.cost: Cost | None = None

    def see(self, progress: Progress) -> None:
        if self.cost is None and progress.current_files:
            children = sum(sum(one.cpu_times()[:2]) for one in psutil.Process().children(recursive=True))
            self.cost = Cost(default_timer() - self.begun, spent() - self.used + children)


def engine(made: Campaign, workers: int) -> tuple[Cost, Cost]:
    """The cost of a run, and of its start alone."""
    start = Start()
    run(made, "0", RunOptions(workers=workers), start.see)
    whole = Cost(default_timer() - start.begun, spent() - start.used)
    return whole, start.cost or Cost(0, 0)


def load() -> str:
    return f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def throughput(scratch: Path, characters: int, workers: int) -> None:
    """Prints the run of a campaign beside the analysis alone in as many processes, before and after it."""
    paths = [str(path) for path in sorted((scratch / "in").rglob("*.txt"))]
    print(load(), flush=True)
    before = in_process(paths[: len(paths) // 2], workers)
    made, froze = timed(lambda: campaign(scratch / "home", "all", [scratch / "in"]))
    with Memory() as memory:
        whole, start = engine(made, workers)
    after = in_process(paths[len(paths) // 2 :], workers)
    alone = Cost(before.clock + after.clock, before.processor + after.processor)
    work = Cost(whole.clock - start.clock, whole.processor - start.processor)
    print(
        f"snapshot {froze:.1f} s; run {whole.clock:.1f} s ({whole.processor:.1f} s of processor time, {start.processor:.1f} of it before the first file),"
    )
    print(
        f"  {len(paths) / whole.clock:.0f} documents/s, {characters / whole.clock / 1e6:.2f} M characters/s; most memory {memory.most:.0f} MB"
    )
    print(f"analysis alone in {workers} processes {alone.clock:.1f} s ({alone.processor:.1f} s of processor time)")
    print(f"campaign ÷ analysis alone: {alone / whole}; without the start {alone / work}")
    print(load(), flush=True)
    with Memory() as memory:
        _, proposed = timed(lambda: propose(made))
    print(f"proposals {proposed:.1f} s, most memory {memory.most:.0f} MB", flush=True)
    rows = list(read_rows(made.shards))
    for count in (len(paths) // 10, len(paths) // 3, len(paths)):
        seconds = joins(rows, count)
        print(
            f"joins over {count:>7} documents: {seconds:7.2f} s, {seconds / count * 1e6:6.1f} µs a document", flush=True
        )


def command(qinggui: str, home: Path, source: Path, workers: int) -> Cost:
    """What `campaign new` and `campaign run` cost, from start to proposals, by the command line of a version."""
    unset = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTHONPATH", "QINGGUI_RULES")
    variables = {name: value for name, value in os.environ.items() if name not in unset}
    begin, used = default_timer(), spent()
    for words in (("new", "all", str(source), "--as-of", str(AS_OF)), ("run", "all", "--workers", str(workers))):
        done = subprocess.run(
            [qinggui, "campaign", *words],
            env={**variables, "QINGGUI_HOME": str(home)},
            capture_output=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"{qinggui} {words}: {done.stderr.decode(errors='replace')}")
    return Cost(default_timer() - begin, spent() - used)


def pairs(scratch: Path, old: str, count: int, workers: int) -> None:
    """Prints the costs of an earlier version and of this one, by turns, and the median of their ratios."""
    new = str(Path(sys.executable).with_name("qinggui"))
    print(load(), flush=True)
    clock, processor = [], []
    for number in range(count + 1):
        was, now = (
            command(words, scratch / f"{name}{number}", scratch / "in", workers)
            for words, name in ((old, "old"), (new, "new"))
        )
        if number:  # the first one makes rules ready and fills the cache of files
            clock.append(was.clock / now.clock)
            processor.append(was.processor / now.processor)
        print(
            f"{old} {was.clock:.1f} s ({was.processor:.1f} s of processor time), this version {now.clock:.1f} s ({now.processor:.1f}): {was / now}",
            flush=True,
        )
    print(
        f"median of {count} pairs: {median(clock):.2f} by the clock, {median(processor):.2f} by processor time; {load()}"
    )


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--documents", type=int, default=10_000)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument(
        "--old", help="the qinggui of an earlier version: compare with it from start to proposals, in pairs"
    )
    options.add_argument("--pairs", type=int, default=3)
    asked = options.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="qinggui-campaign-"))
    try:
        characters = write_documents(scratch / "in", asked.documents)
        print(f"{asked.documents} documents, {characters / 1e6:.1f} M characters, {asked.workers} workers", flush=True)
        if asked.old:
            pairs(scratch, asked.old, asked.pairs, asked.workers)
        else:
            throughput(scratch, characters, asked.workers)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
