"""Golden tests: expected results for the samples; --update-golden rewrites them, and the diff is reviewed."""

import json
from pathlib import Path
from typing import Any

import pytest

from corpora.make_samples import SAMPLES
from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.document import Dossier, Problem
from pipeline.evaluation.scores import field_answers, set_answers
from pipeline.ingest import uploads
from tests.conftest import AS_OF

EXPECTED = Path(__file__).parent / "golden"


def outcome(result: Dossier | Problem) -> dict[str, Any]:
    """The compared part of a result: all of a problem, the facts and findings of a dossier."""
    if isinstance(result, Problem):
        return {"kind": result.kind, "message": result.message, "remedy": result.remedy, "waiting": result.waiting}
    text = result.source.text
    return {
        "format": result.source.format,
        "notes": [note.message for note in result.source.notes],
        "fields": field_answers(result),
        "is_normative": result.labels.is_normative,
        "lists": set_answers(result),
        "validity": result.assessment.validity.reasons,
        "risk": [list(part) for part in result.assessment.risk.parts],
        "findings": [
            [f.type, f.severity.value, "软化" if f.softened else "", f.path, f.evidence.cut(text)] for f in result.assessment.findings
        ],
        "noise": [note.message for note in result.document.noise],
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.iterdir()))
def test_a_sample_gives_the_expected_result(
    name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    # behave like an installation without optional dependencies
    # `scans` has the function under its own name, and keeps what it is given when it is imported first
    monkeypatch.setattr("pipeline.ingest.scans.available", lambda: False)
    monkeypatch.setattr("pipeline.ingest.ocr.available", lambda: False)
    found = {}
    for upload in uploads(SAMPLES / name):
        result = upload if isinstance(upload, Problem) else analyze_upload(upload, LegalContext(AS_OF, "湖南"))
        found[upload.name.removeprefix(str(SAMPLES) + "/")] = outcome(result)
    content = json.loads(json.dumps(found, ensure_ascii=False))
    path = EXPECTED / f"{name}.json"
    if request.config.getoption("--update-golden"):
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert content == json.loads(path.read_text(encoding="utf-8"))
