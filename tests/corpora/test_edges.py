"""The weights of cues are learnt from papers with line breaks: what is learnt, and from which places."""

from collections.abc import Callable, Iterator

from corpora import papers as ours
from corpora.edges import Place, day_edges, learn, right_lines, title_places
from pipeline.document import Document, SourceText
from pipeline.ingest import read_text
from pipeline.parse import parse
from pipeline.parse.cues import BIAS

PAPERS = {"农家乐": ours.FARMHOUSE, "停车": ours.PARKING_HEAD, "补助": ours.SUBSIDY, "用水": ours.WATER}


def places(read: Callable[[str, SourceText, Document], Iterator[Place]]) -> list[Place]:
    found: list[Place] = []
    for name, lines in PAPERS.items():
        source = read_text(name, "\n".join(str(line) for line in lines))
        found += list(read(name, source, parse(source)))
    return found


def test_each_title_is_an_edge_in_every_layout_that_is_made_of_its_paper() -> None:
    found = places(title_places)
    assert {place.paper for place in found if place.is_edge} == set(PAPERS)
    weights = learn(found)
    right, total = right_lines(found, weights)
    assert BIAS in weights and right / total > 0.9


def test_the_day_of_the_signature_is_an_edge_and_other_days_are_none() -> None:
    found = places(day_edges)
    assert any(place.is_edge for place in found)
    assert all("后=接续" not in place.cues for place in found if place.is_edge)
