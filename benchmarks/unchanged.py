"""Compares what two versions find in the same papers: every dossier and every proposal of a cleanup, paper by paper.

    python -m benchmarks.unchanged --before CHECKOUT_OF_THE_EARLIER_VERSION [FOLDER…] [--pages FOLDER…]

With `--pages` also what both versions read in every PDF and OFD of some folders is compared, without recognition of pictures: text,
blocks, cells, places, notes. Both versions run in this environment, one after the other. Prints how many dossiers (facts, clauses, hits, findings, proposed
outcomes, with all spans and words) and how many proposals of a campaign over all papers differ; exits with 1 if any does.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
CORPUS = ROOT.parent / "shared" / "corpora" / "normative"
# runs in either version: of this folder it uses only what both have
WORKER = """
import hashlib, json, sys
from datetime import date
from pathlib import Path
from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.campaign import Campaign, Scope, freeze, propose, read_proposals, run
from pipeline.campaign.engine import RunOptions
from pipeline.campaign.folder import campaigns_folder, create
from pipeline.errors import PipelineError
from pipeline.ingest import Upload, ocr, read
out, day = Path(sys.argv[1]), date(2026, 11, 22)
at = sys.argv.index("--pages")
folders, paged = [Path(name) for name in sys.argv[2:at]], [Path(name) for name in sys.argv[at + 1 :]]
hashed = lambda found: hashlib.sha256(repr(found).encode()).hexdigest()
papers = [path for folder in folders for path in sorted(folder.rglob("*.txt"))]
dossiers = {str(path): hashed(analyze_upload(Upload(str(path), path.read_bytes()), LegalContext(day))) for path in papers}
made = create(out, Campaign(campaigns_folder(out) / "all", "all", day, None, Scope(), None, day))
freeze(made, folders)
run(made, "0", RunOptions(workers=2), lambda _: None)
propose(made)
proposals = {row.name: hashed(row) for row in read_proposals(made)}
ocr.available = lambda: False
def reading(path):
    try:
        return hashed(read(Upload(str(path), path.read_bytes())))
    except PipelineError as error:
        return repr(error)
pages = {str(path): reading(path) for folder in paged for path in sorted(folder.rglob("*")) if path.suffix.lower() in (".pdf", ".ofd")}
(out / "found.json").write_text(json.dumps([dossiers, proposals, pages]))
"""


def found_by(checkout: Path, folders: list[Path], paged: list[Path], out: Path) -> list[dict[str, str]]:
    """Hashes of the dossiers, of the proposals and of what is read in `paged`, by the path of the paper, as a version makes them."""
    out.mkdir()
    # sets have the same order in both
    environment = {**os.environ, "PYTHONPATH": str(checkout), "PYTHONHASHSEED": "0"}
    words = [sys.executable, "-c", WORKER, str(out), *map(str, folders), "--pages", *map(str, paged)]
    subprocess.run(words, env=environment, cwd=checkout, check=True)
    found: list[dict[str, str]] = json.loads((out / "found.json").read_text(encoding="utf-8"))
    return found


def compare(before: Path, folders: list[Path], paged: list[Path]) -> int:
    """Prints the comparison of `before` with this version, and returns how many dossiers, proposals and read files differ."""
    with tempfile.TemporaryDirectory() as scratch:
        old = found_by(before, folders, paged, Path(scratch) / "old")
        new = found_by(ROOT, folders, paged, Path(scratch) / "new")
    total = 0
    for what, was, now in zip(("dossiers", "proposals", "files with pages"), old, new, strict=True):
        differ = [name for name in was.keys() | now.keys() if was.get(name) != now.get(name)]
        print(f"{len(now)} {what}, {len(differ)} differ from {before}", *sorted(differ)[:3], flush=True)
        total += len(differ)
    return total


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--before", type=Path, required=True)
    options.add_argument("--pages", type=Path, nargs="+", default=[])
    options.add_argument("folders", type=Path, nargs="*", default=[CORPUS])
    asked = options.parse_args()
    folders, paged = ([folder.resolve() for folder in named] for named in (asked.folders, asked.pages))
    sys.exit(1 if compare(asked.before.resolve(), folders, paged) else 0)


if __name__ == "__main__":
    main()
