"""Every command that a README shows is run as it stands."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import ExitCode
from tests.conftest import ROOT

READMES = ("README.md", "README.zh-CN.md")
COMMANDS = sorted(
    {
        line[2:].split("   #")[0].split("  #")[0].strip()
        for name in READMES
        for block in re.findall(r"```console\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
        for line in block.splitlines()
        if line.startswith("$ ")
    }
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A queue with one document, so that there is something to show."""
    folder = tmp_path_factory.mktemp("readme")
    words = [sys.executable, "-m", "pipeline", "triage", "corpora/samples/01农家乐管理办法.txt"]
    subprocess.run(words, cwd=ROOT, env={**os.environ, "QINGGUI_HOME": str(folder)}, capture_output=True, check=True)
    return folder


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.startswith("qinggui")])
def test_a_command_of_the_readme_runs(command: str, home: Path) -> None:
    if "../shared" in command and not (ROOT.parent / "shared").is_dir():
        pytest.skip("the folder ../shared is not here")
    variables = {**os.environ, "QINGGUI_HOME": str(home)}
    words = [sys.executable, "-m", "pipeline", *shlex.split(command)[1:]]
    result = subprocess.run(words, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert result.returncode in (ExitCode.OK, ExitCode.PROBLEM_FILES), result.stderr
    assert result.stdout


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.startswith("make")])
def test_a_make_target_of_the_readme_exists(command: str) -> None:
    result = subprocess.run([*shlex.split(command), "-n"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_every_exit_code_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"\n| {code.value} |" in text for code in ExitCode)


def test_every_part_earns_its_line_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8").lower()
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = re.search(r"dependencies = \[(.*?)\]", project, re.DOTALL)
    assert block
    for name in re.findall(r'"([A-Za-z0-9-]+)', block[1]):
        assert name.lower() in text, name


def test_the_finding_in_the_readme_is_what_show_prints(tmp_path: Path) -> None:
    variables = {**os.environ, "QINGGUI_HOME": str(tmp_path), "COLUMNS": "300"}
    for words in (["triage", "corpora/samples/01农家乐管理办法.txt", "--as-of", "2026-11-22"], ["show", "1"]):
        result = subprocess.run(
            [sys.executable, "-m", "pipeline", *words],
            cwd=ROOT,
            env=variables,
            capture_output=True,
            text=True,
            check=True,
        )
    shown = re.search(r"```text\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert shown and all(line.strip() in result.stdout for line in shown[1].splitlines())
