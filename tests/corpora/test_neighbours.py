"""The invented neighbouring counties: what they take over and report is the same every time and is found."""

from pathlib import Path

from corpora import neighbours
from pipeline.ingest import read_text
from pipeline.parse.figure_tables import figures_in
from pipeline.parse.figures import is_report, year_of


def test_the_documents_are_the_same_every_time(tmp_path: Path) -> None:
    folder = neighbours.written(neighbours.measures(), tmp_path / "new")
    assert {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()} == neighbours.measures()
    assert len(neighbours.measures()) == 8


def test_every_report_has_its_year_four_figures_and_those_of_two_towns() -> None:
    for name, text in neighbours.reports().items():
        title = text.split("\n", 1)[0]
        assert is_report(title) and str(year_of(title, text)) in name
        found = figures_in(read_text(name, text))
        assert [figure.subject is None for figure in found] == [True] * 4 + [False] * 2
        assert {figure.item for figure in found[4:]} == {"调解矛盾纠纷"}
