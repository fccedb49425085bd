"""Evaluates the extraction of figures from annual reports: errors and F1 on annotated pages.

    python -m benchmarks.figures [--pages FILE] [FILE …]

A figure counts as found when value, unit and change against the year before are those of the annotation and the names of
the item share most of the pairs of characters of the shorter one. Further files are read and their figures printed.
"""

import argparse
import json
import sys
from pathlib import Path

from pipeline.ingest import Upload, read
from pipeline.parse.figures import figures_of, same_item


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--pages", type=Path, default=Path("corpora/reports/figures.jsonl"))
    options.add_argument("files", nargs="*", type=Path)
    asked = options.parse_args()
    right, missed, wrong = 0, [], []
    for number, line in enumerate(asked.pages.read_text(encoding="utf-8").splitlines(), 1):
        page = json.loads(line)
        found = list(figures_of(page["text"]))
        for item, *rest in page["figures"]:
            hit = next((f for f in found if [f.value, f.unit, f.change] == rest and same_item(f.item, item)), None)
            if hit is None:
                missed.append(f"page {number}: {item} {rest}")
                continue
            found.remove(hit)
            right += 1
        wrong += [f"page {number}: {f.item} {f.value:g}{f.unit} {f.change or ''}" for f in found]
    f1 = 2 * right / (2 * right + len(missed) + len(wrong))
    print(f"{number} pages: {right} right, {len(missed)} missed, {len(wrong)} wrong, F1 {f1:.3f}")
    print(*(f"  missed {line}" for line in missed), *(f"  wrong {line}" for line in wrong), sep="\n")
    for path in asked.files:
        print(path.name)
        for figure in figures_of(read(Upload(path.name, path.read_bytes())).text):
            print(
                f"  {figure.item} {'about ' if figure.about else ''}{figure.value:g}{figure.unit} {figure.change or ''}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
