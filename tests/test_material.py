"""All material in ../shared is analysed without a crash, and no law is reported for what laws may provide."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.document import Dossier, NormLevel, Problem, Severity, Span
from pipeline.ingest import Upload, uploads
from tests.conftest import AS_OF

ALARMS = (Severity.CRITICAL, Severity.HIGH)
LAW_LIKE = (
    NormLevel.LAW,
    NormLevel.ADMINISTRATIVE_REGULATION,
    NormLevel.LOCAL_REGULATION,
    NormLevel.JUDICIAL_INTERPRETATION,
)

# scanned standards that take minutes: read with `--slow` only, not in CI; the other scans of the folder are
LONG_SCANS = ("GB-3838-2002", "GB-14553-93", "GB-20952-2020", "GB-12348-2008", "GB-8978-1996")
FORMATS = {
    "GovDoc-CN": ("pdf", "image"),
    "cee": ("pdf", "doc", "xls"),
    "format_twins": ("docx", "doc", "ofd", "pdf"),
    "html": ("html",),
    "ofd_samples": ("ofd",),
}


def dossiers(*folders: Path) -> Iterator[Dossier]:
    """The dossiers of all texts of some folders, one at a time: kept together they would fill gigabytes."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in (".md", ".txt"):
                result = analyze_upload(Upload(str(path), path.read_bytes()), LegalContext(AS_OF))
                assert isinstance(result, Dossier), result
                yield result


def packed(text: str, spans: Iterable[Span]) -> str:
    """What spans cut out of a text, without blanks."""
    return "".join("".join(span.cut(text) for span in spans).split())


@pytest.mark.slow
def test_all_normative_documents_run_and_keep_their_text(shared: Path) -> None:
    count = 0
    for dossier in dossiers(shared / "corpora" / "normative", shared / "corpora" / "district"):
        count += 1
        text = dossier.source.text
        spans = [clause.span for member in dossier.document.family() for clause in member.clauses]
        spans.sort(key=lambda span: span.start)
        own = [block.span for block in dossier.source.blocks if block.kind not in ("页面附着物", "网页信息表")]
        # a line in which several were joined gives several clauses; no character is lost and none stands in two
        assert all(one.end <= other.start for one, other in pairwise(spans))
        assert packed(text, spans) == packed(text, own)
    assert count == 1068 + 26


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["laws", "laws_current", "local_regulations"])
def test_no_law_is_reported_for_what_laws_may_provide(shared: Path, folder: str) -> None:
    levels: Counter[NormLevel] = Counter()
    for dossier in dossiers(shared / "corpora" / folder):
        level = dossier.labels.norm_level
        levels[level] += 1
        raised = [f.type for f in dossier.assessment.findings if f.severity in ALARMS and not f.softened]
        assert level not in LAW_LIKE or not raised, (dossier.source.name, raised)
    assert sum(levels[level] for level in LAW_LIKE) >= 0.93 * levels.total(), levels


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["GovDoc-CN", "cee", "format_twins", "html", "ofd_samples"])
def test_files_in_every_format_give_a_dossier_or_a_problem(
    shared: Path, request: pytest.FixtureRequest, folder: str
) -> None:
    kinds: Counter[str] = Counter()
    for upload in uploads(shared / "corpora" / "formats" / folder):
        if Path(upload.name).stem in LONG_SCANS and not request.config.getoption("--slow"):
            continue
        result = upload if isinstance(upload, Problem) else analyze_upload(upload, LegalContext(AS_OF))
        kinds[result.kind if isinstance(result, Problem) else result.source.format] += 1
    assert all(kinds[kind] for kind in FORMATS[folder]), kinds
