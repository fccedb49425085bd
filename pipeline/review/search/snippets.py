"""The passage of a text that a search found, in pieces, so that a page can show where the words are."""

import re
from collections.abc import Iterator

from pipeline.review.search.terms import TEXT, Term, parts_of, regex_of, terms_of

# code points shown in all, and of them before the first hit
_LENGTH, _BEFORE = 60, 20
_BLANK = re.compile(r"\s+")
Piece = tuple[str, bool]


def snippet(text: str, query: str) -> list[Piece]:
    """The passage of a text around the first word of a search line (`terms_of`), as pieces: words, and whether they are a hit.

    It has about 60 code points in one line, with … where the text goes on; a hit stands as the text spells it. [] where no word
    of the line stands in the text: words that are excluded or asked of another field are not looked for.
    """
    wanted = _wanted(query)
    first = wanted.search(text) if wanted else None
    if wanted is None or first is None:
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


def in_context(text: str, query: str, width: int = 20) -> Iterator[tuple[int, str, str, str]]:
    """Key words in context: for each place where a word of a search line stands in a text its offset, what is before, the word, what is behind.

    Before and behind are at most `width` code points of the same paragraph, in one line.
    """
    wanted = _wanted(query)
    for hit in wanted.finditer(text) if wanted else ():
        first = max(text.rfind("\n", 0, hit.start()) + 1, hit.start() - width)
        end = text.find("\n", hit.end())
        last = min(len(text) if end < 0 else end, hit.end() + width)
        around = (text[first : hit.start()], hit[0], text[hit.end() : last])
        before, word, behind = (_BLANK.sub(" ", part) for part in around)
        yield hit.start(), before, word, behind


def _wanted(query: str) -> re.Pattern[str] | None:
    """What a search line looks for in texts; None where it asks for nothing there."""
    words = {tuple(parts_of(word)) for term in terms_of(query) if _in_text(term) for word in term.words} - {()}
    if not words:
        return None
    # the longest first: of 保证 and 保证金 the longer one is the hit
    ordered = sorted(words, key=lambda parts: (-sum(map(len, parts)), parts))
    return re.compile("|".join(regex_of(list(parts)) for parts in ordered))


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
