"""The third room: a `Document` comes in, `Labels` go out.

What kind of paper it is, where it stands in the order of norms, and which clause rules its sentences
touch in which context. Whether that is lawful is not asked here.
"""

from pipeline.classify.clauses import find_hits
from pipeline.classify.kinds import find_genre, find_level, stated_level
from pipeline.classify.model import ClauseModel, load_model
from pipeline.classify.normative import is_normative
from pipeline.document import Document, Labels, SourceText
from pipeline.law import Rulebook

__all__ = ["ClauseModel", "classify", "load_model"]


def classify(
    source: SourceText, document: Document, named_genre: str | None, book: Rulebook, model: ClauseModel | None
) -> Labels:
    """The labels of a document; `named_genre` is the genre word that ends its title."""
    genre = find_genre(document, source.text, named_genre)
    level = stated_level(source) or find_level(document, source.text)
    normative, reasons = is_normative(document, source.text, genre, level)
    return Labels(genre, level, normative, reasons, find_hits(source.text, document, book, model))
