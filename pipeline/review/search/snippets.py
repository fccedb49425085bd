"""The passage of a text that a search found, in pieces, so that a page can show where the words are."""

import re

from pipeline.review.search.index import TEXT, Term, terms_of
from pipeline.review.search.spelling import fold, pattern_of

# code points shown in all, and of them before the first hit
_LENGTH, _BEFORE = 60, 20
_BLANK = re.compile(r"\s+")
Piece = tuple[str, bool]


def snippet(text: str, query: str) -> list[Piece]:
    """The passage of a text around the first word of a search line (`terms_of`), as pieces: words, and whether they are a hit.

    It has about 60 code points in one line, with … where the text goes on; a hit stands as the text spells it. [] where no word
    of the line stands in the text: words that are excluded or asked of another field are not looked for.
    """
    words = {word for term in terms_of(query) if _in_text(term) for word in map(fold, term.words) if word}
    if not words:
        return []
    # the longest first: of 保证 and 保证金 the longer one is the hit
    wanted = re.compile("|".join(map(pattern_of, sorted(words, key=lambda word: (-len(word), word)))))
    first = wanted.search(text)
    if first is None:
        return []
    start = max(first.start() - _BEFORE, 0)
    end = max(start + _LENGTH, first.end())
    pieces, at = [], start
    for hit in wanted.finditer(text, first.start(), end):
        pieces += [(text[at : hit.start()], False), (hit[0], True)]
        at = hit.end()
    pieces.append((text[at:end], False))
    shown = [("…" if start else "", False), *pieces, ("…" if end < len(text) else "", False)]
    return _merged([(_BLANK.sub(" ", piece), is_hit) for piece, is_hit in shown])


def _in_text(term: Term) -> bool:
    return not term.without and term.field in ("", TEXT)


def _merged(pieces: list[Piece]) -> list[Piece]:
    """The pieces without empty ones, and neighbours that are no hits in one."""
    merged: list[Piece] = []
    for piece, is_hit in pieces:
        if piece and merged and not is_hit and not merged[-1][1]:
            merged[-1] = (merged[-1][0] + piece, False)
        elif piece:
            merged.append((piece, is_hit))
    return merged
