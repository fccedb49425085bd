"""Classification stage: `Document` → `Labels`.

Determines the genre, the norm level, whether the document is normative, and which clause rules or the model find
something in its sentences, with contexts. Whether that is lawful is decided in `assess`.
"""

from pipeline.classify.clauses import find_hits
from pipeline.classify.kinds import as_issued, find_genre, find_level, stated_level
from pipeline.classify.model import ClauseModel, load_model
from pipeline.classify.normative import nature_of
from pipeline.document import Document, Labels, SourceText
from pipeline.law import Rulebook

__all__ = ["ClauseModel", "as_issued", "classify", "load_model"]


def classify(
    source: SourceText, document: Document, named_genre: str | None, book: Rulebook, model: ClauseModel | None
) -> Labels:
    """Classify a document; `named_genre` is the genre word that ends its title, None if there is none.

    Without a `model`, hits come from the rules of `book` only.
    """
    genre = find_genre(document, source.text, named_genre)
    level = stated_level(source) or find_level(document, source.text)
    hits = find_hits(source.text, document, book, model, level)
    nature = nature_of(document, source.text, (genre, level), hits)
    return Labels(genre, level, nature.is_normative, nature.reasons, hits, nature.in_doubt)
