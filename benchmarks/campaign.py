"""Measures a cleanup of many documents: throughput, memory, joins, compared with jieba and a plain process pool.

    python -m benchmarks.campaign [--documents 10000] [--workers 2]

Documents are made from ../shared/corpora/normative (else from our own samples) by varying numbers, dates and
names; the same seed makes the same documents. Prints one table; nothing is asserted.
"""

import argparse
import random
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from itertools import islice
from pathlib import Path
from timeit import default_timer
from typing import TypeVar

import jieba
import psutil

from pipeline.analyzer import LegalContext
from pipeline.campaign import Campaign, Scope, freeze, propose, run
from pipeline.campaign.engine import RunOptions
from pipeline.campaign.folder import campaigns_folder, create
from pipeline.campaign.rows import cards
from pipeline.campaign.shards import as_shards, read_rows, run_shard
from pipeline.campaign.snapshot import read_snapshot
from pipeline.register import audit, relate, settle

ROOT = Path(__file__).parents[1]
AS_OF = date(2026, 11, 22)
SAMPLE = 1000
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
    """Peak memory of this process and its children together, in MB, sampled every half second."""

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
                    held += process.memory_info().rss
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


def alternatives(home: Path, source: Path, workers: int) -> list[str]:
    """Times on the same thousand documents: the engine, a plain process pool, and jieba segmenting the text."""
    lines = []
    ours = campaign(home, "same", [source])
    _, engine = timed(lambda: run(ours, "0", RunOptions(workers=workers), lambda _: None))
    plain = campaign(home, "plain", [source])
    shards = as_shards({**read_snapshot(plain)}, plain.shards, LegalContext(AS_OF), "0", again=False)

    def pool() -> None:
        with ProcessPoolExecutor(workers) as executor:
            list(executor.map(run_shard, shards))

    _, processes = timed(pool)
    texts = [path.read_text(encoding="utf-8") for path in sorted(source.glob("*.txt"))]
    jieba.initialize()
    _, cut = timed(lambda: [sum(1 for _ in jieba.cut(text)) for text in texts])
    lines.append(
        f"same {len(texts)} documents: engine with start {engine:.1f} s; plain processes {processes:.1f} s ({processes / engine:.2f})"
    )
    lines.append(
        f"  jieba cutting them, one process {cut:.1f} s; on {workers} processes at best {cut / workers:.1f} s ({cut / workers / engine:.2f})"
    )
    return lines


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--documents", type=int, default=10_000)
    options.add_argument("--workers", type=int, default=2)
    asked = options.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="qinggui-campaign-"))
    try:
        characters = write_documents(scratch / "in", asked.documents)
        print(f"{asked.documents} documents, {characters / 1e6:.1f} M characters, {asked.workers} workers", flush=True)
        for line in alternatives(scratch / "home", scratch / "in" / "000", asked.workers):
            print(line, flush=True)
        made, froze = timed(lambda: campaign(scratch / "home", "all", [scratch / "in"]))
        with Memory() as memory:
            _, ran = timed(lambda: run(made, "0", RunOptions(workers=asked.workers), lambda _: None))
        print(
            f"snapshot {froze:.1f} s; run {ran:.1f} s, {asked.documents / ran:.0f} documents/s, {characters / ran / 1e6:.2f} M characters/s; most memory {memory.most:.0f} MB",
            flush=True,
        )
        with Memory() as memory:
            _, proposed = timed(lambda: propose(made))
        print(f"proposals {proposed:.1f} s, most memory {memory.most:.0f} MB", flush=True)
        rows = list(read_rows(made.shards))
        for count in (asked.documents // 10, asked.documents // 3, asked.documents):
            seconds = joins(rows, count)
            print(
                f"joins over {count:>7} documents: {seconds:7.2f} s, {seconds / count * 1e6:6.1f} µs a document",
                flush=True,
            )
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
