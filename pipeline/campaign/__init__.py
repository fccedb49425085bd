"""清理: many documents, from a frozen snapshot to published catalogues.

`folder` holds a campaign on disk; `snapshot` freezes what is in it; `shards` is the unit of work, written
atomically; `engine` runs shards on dask.distributed; `proposals` relates everything and proposes an outcome
for each document; `decisions` records what people say; `lists`, `papers` and `sunsets` are what leaves the house.
"""

from pipeline.campaign.decisions import Decision, Decisions
from pipeline.campaign.engine import Progress, run
from pipeline.campaign.folder import Campaign, Scope, all_campaigns
from pipeline.campaign.proposals import Row, difference, propose, read_proposals
from pipeline.campaign.snapshot import freeze

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
