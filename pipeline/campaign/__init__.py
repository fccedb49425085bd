"""清理: a cleanup campaign over many documents, from a frozen snapshot to published catalogues.

What it offers is loaded when it is asked for: making a campaign or telling how far it is does not need the rules, and only `cluster` needs dask.

- `folder`: a campaign on disk, its settings and its control file
- `snapshot`: the input files with their hashes, divided into shards
- `shards`, `shard_work`, `rows`: the unit of work, how it is run, its result rows, written atomically
- `engine`: runs shards by `workers`, which are processes of this machine (`local_workers`, `fork_server`) or a cluster of dask (`cluster`)
- `proposals`: relates all documents and proposes an outcome for each
- `ledger`: the office's own list of its documents (台账), which completes what was not read
- `decisions`: opinions, decisions and confirmations of people, append-only; `returned`: lists that came back, checked row by row
- `handover`: exchange with the review queue
- `lists`, `publication`, `sunsets`: workbooks, documents, catalogues and the expiry calendar
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.campaign.decisions import Decision, Decisions
    from pipeline.campaign.engine import Progress, run
    from pipeline.campaign.folder import Campaign, Scope, all_campaigns
    from pipeline.campaign.proposals import Row, difference, propose, read_proposals
    from pipeline.campaign.snapshot import freeze

_MODULES = {
    "decisions": ("Decision", "Decisions"),
    "engine": ("Progress", "run"),
    "folder": ("Campaign", "Scope", "all_campaigns"),
    "proposals": ("Row", "difference", "propose", "read_proposals"),
    "snapshot": ("freeze",),
}

__all__ = [
    "Campaign",
    "Decision",
    "Decisions",
    "Progress",
    "Row",
    "Scope",
    "all_campaigns",
    "difference",
    "freeze",
    "propose",
    "read_proposals",
    "run",
]


def __getattr__(name: str) -> object:
    """What the package offers, from its module. Raises `AttributeError` for other names."""
    module = next((module for module, names in _MODULES.items() if name in names), None)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{module}"), name)
