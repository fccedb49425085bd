"""The folder of one handed fault."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def handed(shared: Path) -> Callable[[str], Path]:
    """Finds the folder of a handed fault by the number it begins with, such as “d13”; the test is skipped without ../shared."""

    def folder(number: str) -> Path:
        return next((shared / "faults").glob(f"{number}-*"))

    return folder
