"""Many dossiers → what they are to each other, and the cleanup outcome that only the whole register shows.

A `Card` is what the register keeps of a dossier. `relate` finds repeals, amendments, renewals, successors and
mirrors between cards; published catalogues are read and applied; `settle` weighs what follows with what each
paper says of itself; `audit` lists what is missing. Everything grows about linearly with the number of cards.
"""

from pipeline.register.audit import Audit, audit
from pipeline.register.cards import Card, card_of, sketch
from pipeline.register.catalogues import Catalogue, Entry, read_catalogue
from pipeline.register.relations import MIRROR, Relation, relate
from pipeline.register.settle import Proposal, settle

__all__ = [
    "MIRROR",
    "Audit",
    "Card",
    "Catalogue",
    "Entry",
    "Proposal",
    "Relation",
    "audit",
    "card_of",
    "read_catalogue",
    "relate",
    "settle",
    "sketch",
]
