"""Shared test configuration: database, fonts, options, and fixtures for the queue and the folder ../shared."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import django
import pypdfium2 as pdfium
import pytest
from django.conf import settings

from corpora import fonts
from pipeline import substitute_font

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
AS_OF = date(2026, 11, 22)

# files of tests lie in memory where that is large enough: waiting for a disk was a third of the time
MEMORY = Path("/dev/shm")
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 4 * 2**30:
    tempfile.tempdir = os.environ["TMPDIR"] = str(MEMORY)
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
# one database for each process of the run, made before Django reads its settings
FOLDERS = [tempfile.mkdtemp(prefix="qinggui-tests-"), tempfile.mkdtemp(prefix="qinggui-fonts-")]
os.environ["QINGGUI_HOME"] = FOLDERS[0]
# rules are prepared once for all processes of a run: workers inherit the folder
MADE_HERE = "QINGGUI_PREPARED" not in os.environ
if MADE_HERE:
    os.environ["QINGGUI_PREPARED"] = tempfile.mkdtemp(prefix="qinggui-prepared-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pipeline.web.settings")
# the host that Django's test client names
os.environ["QINGGUI_HOSTS"] = "testserver"
django.setup()
# a password costs half a second with the hasher of the desk, and tests make accounts by the dozen
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# programs that use fontconfig (Chromium, LibreOffice) find only the bundled fonts, none of the system's
os.environ["FONTCONFIG_FILE"] = str(fonts.only_these(Path(FOLDERS[1])))


class _NoSystemFonts(pdfium.PdfSysfontBase):
    """Hides the system fonts from pdfium, which searches system folders regardless of fontconfig."""

    def MapFont(self, _: object, *arguments: object) -> None:  # noqa: N802
        return None

    def GetFont(self, _: object, name: object) -> None:  # noqa: N802
        return None


substitute_font.install(_NoSystemFonts())


def pytest_unconfigure(config: pytest.Config) -> None:
    for folder in (*FOLDERS, *([os.environ["QINGGUI_PREPARED"]] if MADE_HERE else [])):
        shutil.rmtree(folder, ignore_errors=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run over all material in ../shared")
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the expected files of golden documents",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--slow") or os.environ.get("CI"):
        return
    skip = pytest.mark.skip(reason="takes minutes: run with --slow")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)


@pytest.fixture
def shared() -> Path:
    """The folder ../shared with test material; tests that use it are skipped if it is missing."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared is not here")
    return SHARED


@pytest.fixture
def queue_home(tmp_path: Path) -> Iterator[Path]:
    """An empty queue; returns a temporary home folder."""
    from django.apps import apps

    from pipeline.review.connection import connect
    from pipeline.review.models import Item

    connect("pipeline.web.settings")
    Item.objects.update(current=None, public_version=None, rival=None)
    names = (
        "Reply Release Amendment Explanation Check Correction Material Decision Conclusion Finding Occurrence Paper Job Export Version"
        " Item Original ProblemEntry Batch"
    )
    for name in names.split():
        apps.get_model("review", name).objects.all().delete()
    yield tmp_path
