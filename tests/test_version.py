"""The version of a result depends on the program, its rules and those of the unit."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import __version__, version
from pipeline.errors import RuleError
from pipeline.home import home_folder
from tests.conftest import ROOT


def test_the_version_of_a_result_depends_on_the_rules_of_the_unit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QINGGUI_RULES", raising=False)
    ours = version.engine()
    assert ours.startswith(f"{__version__}+") and ours == version.engine()
    monkeypatch.setenv("QINGGUI_RULES", str(tmp_path))
    assert version.engine() == ours
    (tmp_path / "本单位.yaml").write_text("rules: []", encoding="utf-8")
    changed = version.engine()
    (tmp_path / "本单位.yaml").write_text("rules: [ ]", encoding="utf-8")
    assert len({ours, changed, version.engine()}) == 3


def test_a_missing_rule_folder_raises_with_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QINGGUI_RULES", str(tmp_path / "没有"))
    for fingerprint in (version.fingerprint, version.rules_fingerprint):
        with pytest.raises(RuleError, match="没有不存在"):
            fingerprint()


def test_computing_the_version_loads_no_rules_libraries_or_django() -> None:
    script = "import sys; from pipeline.version import engine; engine(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"yaml", "django", "numpy", "ahocorasick_rs", "pipeline.law", "pipeline.document"} & {
        *done.stdout.split()
    }


def test_the_home_folder_is_taken_from_the_environment_else_from_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/srv/wang")
    monkeypatch.setenv("QINGGUI_HOME", "~/queue")
    assert home_folder() == Path("/srv/wang/queue")
    monkeypatch.setenv("QINGGUI_HOME", "")
    assert home_folder() == Path("/srv/wang/.qinggui")
