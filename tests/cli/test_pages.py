"""The page of one document in the terminal: no brackets around nothing."""

from collections.abc import Sequence
from typing import Any

import pytest
from rich.console import Console

from pipeline.cli.render import dossier_page
from pipeline.review.queue.store import as_json
from tests.builders import NOTICE, dossier


def _shown(reasons: Sequence[str]) -> str:
    content: dict[str, Any] = as_json(dossier(*NOTICE, "请各单位遵照办理。"))
    content["labels"]["reasons"] = list(reasons)
    console = Console(width=200)
    with console.capture() as capture:
        console.print(dossier_page(content, [], softened=False))
    return capture.get()


def test_a_document_without_reasons_has_no_empty_brackets() -> None:
    assert "行政规范性文件" in _shown(()) and "（）" not in _shown(())
    assert "（规定了施行日期）" in _shown(("规定了施行日期",))


@pytest.mark.parametrize("lines", [("请各单位遵照办理。",), ("附图",)])
def test_whether_a_document_is_normative_always_has_a_reason(lines: tuple[str, ...]) -> None:
    assert dossier(*NOTICE, *lines).labels.reasons
