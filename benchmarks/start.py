"""Measures start-up cost: processor time of short commands, compared with an earlier version.

    python benchmarks/start.py --old PATH_OF_QINGGUI_0.8.0 [--new PATH_OF_QINGGUI] [--pairs 9]

Each version has a separate home folder, in which a sample was triaged once before. Both run alternately, and the processor
time of all their processes (user and system), which depends less on the machine than wall-clock time, is compared in
pairs. The ratio is the median of the pairs. Exits with 1 if a limit is exceeded. A version may also be given as a command
line, such as "python -m pipeline".
"""

import argparse
import os
import resource
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

SAMPLE = Path(__file__).parents[1] / "corpora" / "samples" / "02停车秩序规定.docx"
# command → maximum cost as a fraction of its cost in 0.8.0
LIMITS: tuple[tuple[tuple[str, ...], float], ...] = (
    (("version",), 0.4),
    (("--help",), 0.4),
    (("show", "1"), 0.6),
    (("queue",), 0.6),
    (("triage", str(SAMPLE)), 0.4),
)
# variables that would change the rules, the database or the imported code
_UNSET = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTHONPATH", "QINGGUI_RULES")


@dataclass(frozen=True, slots=True)
class Version:
    """The command that starts a version, and its home folder."""

    start: tuple[str, ...]
    home: Path

    def cost(self, words: Sequence[str]) -> float:
        """Processor time of a command and its child processes, in seconds. Exits if the command fails."""
        variables = {name: value for name, value in os.environ.items() if name not in _UNSET}
        variables["QINGGUI_HOME"] = str(self.home)
        before = _spent()
        done = subprocess.run([*self.start, *words], env=variables, capture_output=True, check=False)
        spent = _spent() - before
        if done.returncode:
            print(done.stderr.decode(errors="replace"), file=sys.stderr)
            sys.exit(f"{shlex.join([*self.start, *words])} exited with {done.returncode}")
        return spent


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def compare(words: Sequence[str], old: Version, new: Version, pairs: int) -> tuple[float, float, float]:
    """Median seconds of the old and of the new version, and the median ratio of the pairs."""
    costs = []
    for number in range(pairs):
        if number % 2:
            later = new.cost(words)
            costs.append((old.cost(words), later))
        else:
            costs.append((old.cost(words), new.cost(words)))
    return median(old for old, _ in costs), median(new for _, new in costs), median(new / old for old, new in costs)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--old", required=True, help="the qinggui of 0.8.0")
    parser.add_argument("--new", default=str(Path(sys.executable).with_name("qinggui")), help="the qinggui to measure")
    parser.add_argument("--pairs", type=int, default=9)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        old, new = (
            Version(tuple(shlex.split(start)), Path(folder) / name)
            for name, start in (("old", asked.old), ("new", asked.new))
        )
        for version in (old, new):
            version.home.mkdir()
            version.cost(("triage", str(SAMPLE)))
        print(f"{'command':<16} {'old s':>7} {'new s':>7} {'ratio':>7} {'limit':>7}")
        held = True
        for words, limit in LIMITS:
            before, after, ratio = compare(words, old, new, asked.pairs)
            held = held and ratio <= limit
            mark = "holds" if ratio <= limit else "does not hold"
            shown = " ".join(Path(word).suffix or word for word in words)
            print(f"{shown:<16} {before:>7.2f} {after:>7.2f} {ratio:>7.2f} {limit:>7.2f}  {mark}", flush=True)
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
