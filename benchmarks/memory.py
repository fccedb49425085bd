"""Measures peak memory of a folder run by number of files; it should be constant.

Writes 200, 800 and 3,200 documents into folders, analyses each folder in a separate process without a database, and
prints the peak memory. Usage: python benchmarks/memory.py
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from corpora import papers

COUNTS = (200, 800, 3200)
WORKER = """
import resource, sys
from datetime import date
from pathlib import Path
from pipeline.ingest import uploads
from pipeline.analyzer import LegalContext, analyze_upload
for upload in uploads(Path(sys.argv[1])):
    analyze_upload(upload, LegalContext(date(2026, 11, 22)))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def main() -> None:
    print(f"{'files':>6} {'peak MB':>8}")
    for count in COUNTS:
        with tempfile.TemporaryDirectory() as folder:
            for number in range(count):
                text = "\n".join((*papers.FARMHOUSE, f"第{number}号存档。"))
                (Path(folder) / f"{number}.txt").write_text(text, encoding="utf-8")
            words = [sys.executable, "-c", WORKER, folder]
            peak = int(subprocess.run(words, capture_output=True, text=True, check=True, env={**os.environ}).stdout)
            print(f"{count:>6} {peak / 1024:>8.0f}")


if __name__ == "__main__":
    main()
