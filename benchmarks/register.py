"""Measures the register: time and peak memory of the proposals of a cleanup, over simulated cards of more and more documents.

    python -m benchmarks.register [--cards 10000 100000 1000000] [--texts FOLDER]

The documents of a folder are analysed once; their cards are then repeated in other regions: five versions of each document a
region, with places, issuing codes and days of their own, and with texts that are alike within the region only. Each number of cards is
measured in a process of its own, which prints seconds, microseconds a card, and the most memory that it held.
"""

import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from timeit import default_timer
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

AS_OF, SHARD, VERSIONS = date(2026, 11, 22), 2000, 5
_SYLLABLES = "临长青白安兴溪河山水平宁石泉林沙江湖海岭原川阳阴东西南北中新"


def analysed(texts: Path) -> list[dict[str, Any]]:
    """The rows of a shard for the documents of a folder."""
    from pipeline.analyzer import LegalContext, analyze_upload
    from pipeline.campaign.rows import card_row
    from pipeline.document import Problem
    from pipeline.ingest import uploads

    rows = []
    for upload in uploads(texts):
        found = upload if isinstance(upload, Problem) else analyze_upload(upload, LegalContext(AS_OF))
        if not isinstance(found, Problem):
            rows.append(card_row(found, 0.0))
    return rows


def simulated(rows: list[dict[str, Any]], count: int) -> Iterator[dict[str, Any]]:
    """Rows of `count` documents, made from those of real ones."""
    for number in range(count):
        row = rows[number % len(rows)]
        copy = number // len(rows)
        region, version = divmod(copy, VERSIONS)
        yield _moved(row, number, region, version)


def _moved(row: dict[str, Any], number: int, region: int, version: int) -> dict[str, Any]:
    """The row of a document in another region and version; region 0, version 0 is the document itself."""
    if not region and not version:
        return row
    place = _place(region)
    later = timedelta(days=61 * version)
    references = [
        {**each, "number": f"{place}{each['number']}" if each["number"] and number % 2 else each["number"]}
        for each in row["references"]
    ]
    rng = random.Random(region)
    masks = [rng.getrandbits(32) for _ in row["sketch"]]
    return {
        **row, "name": f"{number:07}.txt", "digest": f"{number:064x}", "issuers": [f"{place}{name}" for name in row["issuers"]],
        "number": f"{place}{row['number'].replace('号', f'{version or str()}号')}" if row["number"] else None,
        "made": row["made"] + later if row["made"] else None, "effective": row["effective"] + later if row["effective"] else None,
        "references": references, "sketch": [value ^ mask for value, mask in zip(row["sketch"], masks, strict=True)],
    }  # fmt: skip


def _place(region: int) -> str:
    first, second = divmod(region, len(_SYLLABLES))
    return f"{_SYLLABLES[first % len(_SYLLABLES)]}{_SYLLABLES[second]}县" if region else ""


def write_shards(base: Path, folder: Path, count: int) -> None:
    """Writes the tables of the shards of `count` simulated documents."""
    from pipeline.campaign.rows import SCHEMA

    rows: list[dict[str, Any]] = pq.read_table(base).to_pylist()
    held: list[dict[str, Any]] = []
    shard = 0
    for row in simulated(rows, count):
        held.append(row)
        if len(held) == SHARD:
            pq.write_table(pa.Table.from_pylist(held, schema=SCHEMA), folder / f"{shard:06}.parquet")
            held, shard = [], shard + 1
    if held:
        pq.write_table(pa.Table.from_pylist(held, schema=SCHEMA), folder / f"{shard:06}.parquet")


def measure(home: Path) -> str:
    """Proposes for the campaign of a home folder, and tells processor time and peak memory of this process."""
    from pipeline.campaign import propose
    from pipeline.campaign.folder import load

    campaign = load(home, "all")
    began, worked = default_timer(), sum(os.times()[:2])
    count = propose(campaign)
    seconds, work = default_timer() - began, sum(os.times()[:2]) - worked
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return f"{count:>8} cards: proposals {seconds:7.1f} s ({work:.1f} s of processor time, {work / count * 1e6:.0f} µs a card), most memory {most:.0f} MB"


def measure_joins(home: Path) -> str:
    """Relates, settles and audits the cards of the campaign of a home folder, on disk, and tells processor time."""
    from pipeline.campaign.folder import load
    from pipeline.campaign.rows import cards
    from pipeline.campaign.shards import read_rows
    from pipeline.register import CardFile, audit, relate, settle

    campaign = load(home, "all")
    register = CardFile(campaign.folder)
    for card in cards(read_rows(campaign.shards)):
        register.append(card)
    worked = [sum(os.times()[:2])]
    relations = relate(register)
    worked.append(sum(os.times()[:2]))
    settle(register, relations, AS_OF)
    worked.append(sum(os.times()[:2]))
    audit(register)
    worked.append(sum(os.times()[:2]))
    steps = [f"{(after - before) / len(register) * 1e6:.0f}" for before, after in pairwise(worked)]
    whole = (worked[-1] - worked[0]) / len(register) * 1e6
    return f"{len(register):>8} cards: joins {whole:.0f} µs of processor time a card (relate, settle, audit: {', '.join(steps)}), {len(relations)} relations"


def prepare(base: Path, home: Path, count: int) -> None:
    """A campaign of `count` simulated documents in a home folder."""
    from pipeline.campaign import Campaign, Scope
    from pipeline.campaign.folder import campaigns_folder, create

    made = create(home, Campaign(campaigns_folder(home) / "all", "all", AS_OF, None, Scope(), None, AS_OF))
    write_shards(base, made.shards, count)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--cards", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    options.add_argument("--texts", type=Path, default=Path("../shared/corpora/normative"))
    options.add_argument("--measure", type=Path, help="propose in this home folder, and do nothing else")
    options.add_argument("--joins", type=Path, help="relate, settle and audit in this home folder, and do nothing else")
    asked = options.parse_args()
    if asked.measure or asked.joins:
        print(measure(asked.measure) if asked.measure else measure_joins(asked.joins), flush=True)
        return
    scratch = Path(tempfile.mkdtemp(prefix="qinggui-register-"))
    try:
        from pipeline.campaign.rows import SCHEMA

        base = scratch / "base.parquet"
        pq.write_table(pa.Table.from_pylist(analysed(asked.texts), schema=SCHEMA), base)
        for count in asked.cards:
            home = scratch / str(count)
            prepare(base, home, count)
            for what in ("--measure", "--joins"):
                subprocess.run([sys.executable, "-m", "benchmarks.register", what, str(home)], check=True)
            shutil.rmtree(home)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
