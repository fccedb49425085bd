"""Compares the complete analysis of text documents, without a database, with jieba segmenting the same text.

Both run in one process on one core, alternating per document. Prints characters per second of processor time, their ratio, and the load
of the machine. Usage: python benchmarks/against_jieba.py FOLDER [FOLDER…]
"""

import logging
import os
import sys
from datetime import date
from pathlib import Path
from time import process_time

import jieba

from pipeline.analyzer import LegalContext, analyze_upload, load_judge
from pipeline.document import Dossier
from pipeline.ingest import Upload


def load(folders: list[Path]) -> list[Upload]:
    """Every text file of the folders."""
    return [Upload(str(path), path.read_bytes()) for folder in folders for path in sorted(folder.rglob("*.txt"))]


def main(folders: list[Path]) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0})
    jieba.setLogLevel(logging.ERROR)
    jieba.initialize()
    files, legal_context = load(folders), LegalContext(date(2026, 11, 22))
    for upload in files[:50]:  # load rules and tables before measuring
        analyze_upload(upload, legal_context)
    for rule in load_judge().book.scanned:  # compile the patterns not used so far
        _ = rule.pattern.compiled
    ours = theirs = 0.0
    characters = 0
    for upload in files:
        begin = process_time()
        result = analyze_upload(upload, legal_context)
        middle = process_time()
        if not isinstance(result, Dossier):
            continue  # empty, damaged or scanned: no text to segment
        text = upload.data.decode("utf-8", errors="replace")
        for _ in jieba.cut(text):
            pass
        end = process_time()
        ours, theirs = ours + middle - begin, theirs + end - middle
        characters += len(text)
    print(f"{len(files)} documents, {characters:,} characters, one core")
    print(f"qinggui, whole run   {characters / ours:>12,.0f} characters/s")
    print(f"jieba.cut            {characters / theirs:>12,.0f} characters/s")
    print(f"ratio                {theirs / ours:>12.2f}  (load of the machine {os.getloadavg()[0]:.1f})")


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]] or [Path("corpora/samples")])
