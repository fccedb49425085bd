"""Negative test: analyses laws and local regulations, which should raise almost no serious findings.

Prints documents by norm level, serious findings by severity and type, and a sample for manual review.
Usage: python benchmarks/real_law.py FOLDER [FOLDER…]
"""

import random
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.document import Dossier, Severity
from pipeline.evaluation.scores import alarms
from pipeline.ingest import Upload, uploads

SAMPLE = 100


def dossiers(folders: list[Path]) -> Iterator[Dossier]:
    """The dossiers of all readable files in the folders."""
    for folder in folders:
        for upload in uploads(folder):
            result = analyze_upload(upload, LegalContext(date(2026, 11, 22))) if isinstance(upload, Upload) else None
            if isinstance(result, Dossier):
                yield result


def main(folders: list[Path]) -> None:
    levels: Counter[str] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    critical: list[str] = []
    for dossier in dossiers(folders):
        level = dossier.labels.norm_level.value
        levels[level] += 1
        for finding in alarms(dossier):
            found[finding.severity.value, finding.type] += 1
            if finding.severity is Severity.CRITICAL:
                text = finding.evidence.cut(dossier.source.text).replace("\n", " ")
                critical.append(f"{level}  {finding.type}  {text[:80]}  {dossier.source.name}")
    total = sum(levels.values())
    print(f"{total} documents: {dict(levels)}")
    print(
        f"critical alarms {len(critical)}, {100 * len(critical) / max(total, 1):.2f} a hundred documents; by type {found}"
    )
    for line in random.Random(1).sample(critical, min(SAMPLE, len(critical))):
        print(line)


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
