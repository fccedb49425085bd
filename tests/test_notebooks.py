"""The notebooks run without errors, and their stored outputs are small and contain no bitmap images."""

from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason="the extra notebooks is not installed: make setup-dev")
nbclient = pytest.importorskip("nbclient", reason="the extra notebooks is not installed: make setup-dev")

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def test_there_are_twelve_notebooks() -> None:
    assert [path.name[:2] for path in NOTEBOOKS] == [f"{number:02}" for number in range(1, 13)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_any_folder(path: Path, tmp_path: Path) -> None:
    book = nbformat.read(path, 4)
    nbclient.NotebookClient(book, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    assert outputs and not any(output.output_type == "error" for output in outputs)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_stored_outputs_of_a_notebook_are_small(path: Path) -> None:
    assert path.stat().st_size < 200_000
    book = nbformat.read(path, 4)
    cells = [cell for cell in book.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in cells) and any(cell.outputs for cell in cells)
    shown = [output.get("data", {}) for cell in cells for output in cell.outputs]
    assert not any("image/png" in data for data in shown)
    assert "Warning" not in "".join(output.get("text", "") for cell in cells for output in cell.outputs)
    assert book.cells[0].source.startswith(f"# {path.name[:2]}") and "**问题**" in book.cells[0].source
    assert "**回答**" in book.cells[-1].source
