"""Register of documents: relations between many dossiers and the cleanup proposals that follow from them.

A `Card` is the summary of a dossier that the register works on. `relate` finds repeals, amendments, renewals,
successors and copies between cards; `read_catalogue` reads published catalogues; `settle` combines relations and
catalogues with the indicators of each document into its final proposal; `audit` lists what is missing. Running time
grows about linearly with the number of cards; cards in a `CardFile` lie on disk, so that memory hardly grows.
"""

from pipeline.register.audit import Audit, audit
from pipeline.register.card_file import CardFile
from pipeline.register.cards import Card, card_of, sketch
from pipeline.register.catalogues import Catalogue, Entry, read_catalogue
from pipeline.register.relations import MIRROR, Relation, Relations, relate
from pipeline.register.settle import Proposal, settle

__all__ = [
    "MIRROR",
    "Audit",
    "Card",
    "CardFile",
    "Catalogue",
    "Entry",
    "Proposal",
    "Relation",
    "Relations",
    "audit",
    "card_of",
    "read_catalogue",
    "relate",
    "settle",
    "sketch",
]
