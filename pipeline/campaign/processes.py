"""What processes that analyse files of a campaign are started with: where their code is, and how much they may take."""

import os
import sys
from contextlib import suppress

# bytes of memory that a process may take at least
_LEAST_MEMORY = 2 * 1024**3
# libraries that would start a thread a core otherwise
_ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def environment() -> dict[str, str]:
    """The environment of a process that uses one core and finds the code where this one does."""
    found = [os.environ.get("PYTHONPATH", ""), *sys.path]
    return {**os.environ, **_ONE_CORE, "PYTHONPATH": os.pathsep.join(path for path in found if path)}


def limit_memory() -> None:
    """A share of the memory of the machine for this process; more raises `MemoryError`, which becomes a problem of the file."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        share = max(total // (os.cpu_count() or 1), _LEAST_MEMORY)
        resource.setrlimit(resource.RLIMIT_DATA, (share, share))


def cores() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
