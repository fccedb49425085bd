"""The repository itself: layers, sizes of files and functions, rule files, names, and what must not be committed."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipeline.cli import COMMANDS
from pipeline.law.files import read_tsv
from pipeline.law.rulebook import GROUPS
from tests.conftest import ROOT

MODULES = sorted((ROOT / "pipeline").rglob("*.py"))
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
STAGES = ("ingest", "parse", "classify", "assess", "review", "law", "web")
TRACKED = subprocess.run(
    ["git", "-c", "core.quotepath=off", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
).stdout.splitlines()


def test_imports_go_downwards_only() -> None:
    result = subprocess.run([LINT_IMPORTS], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_at_most_500_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_function_is_at_most_40_lines_and_a_module_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    long = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 40
    ]
    assert not long
    assert ast.get_docstring(tree) or "migrations" in path.parts


@pytest.mark.parametrize("package", STAGES)
def test_the_docstring_of_a_package_names_input_and_output(package: str) -> None:
    docstring = ast.get_docstring(ast.parse((ROOT / "pipeline" / package / "__init__.py").read_text(encoding="utf-8")))
    assert docstring and len(docstring) > 60


@pytest.mark.parametrize("group", GROUPS)
def test_a_legal_question_has_one_name_in_three_places(group: str) -> None:
    assert (ROOT / "pipeline/law/rules" / f"{group}.yaml").exists()
    assert (ROOT / "pipeline/assess" / f"{group}.py").exists()
    assert (ROOT / "tests/assess" / f"test_{group}.py").exists()


@pytest.mark.parametrize("table", ["bodies.tsv", "repealed.tsv"])
def test_every_fact_carries_its_tag(table: str) -> None:
    assert all(re.fullmatch(r"V\*?|M-[HML]", row["tag"]) for row in read_tsv(table))


def test_no_address_of_a_registry_and_no_path_of_a_machine_is_kept() -> None:
    bad = re.compile(
        r"(?<![\w.])/(?:home|root|mnt|work)/\w|files\.pythonhosted|pypi\.org/simple|registry\.npmjs|deb\.debian\.org"
    )
    kept = [name for name in TRACKED if name.endswith((".py", ".md", ".toml", ".lock", ".yaml", ".tsv", "Makefile"))]
    found = [
        name
        for name in kept
        if name != "tests/test_architecture.py" and bad.search((ROOT / name).read_text(encoding="utf-8"))
    ]
    assert not found


def test_the_compose_file_starts_commands_and_files_that_exist() -> None:
    known = {name for topic in COMMANDS.values() for name in topic}
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    told = [service["command"] for service in services.values() if "command" in service]
    told.append(json.loads(image.split("CMD ", 1)[1]))
    assert {command[0] for command in told} == {"qinggui"} and {command[1] for command in told} <= known
    copied = re.findall(r"^COPY (.+) \S+$", image, re.MULTILINE)
    assert all((ROOT / name).exists() for line in copied for name in line.split())


# metaphors and private words of earlier versions, with what is used instead
LEFT = {
    r"corridors?": "analyzer", r"(?<!collections\.)counters?": "cli", r"houses?": "package, project", r"rooms?": "stage, package",
    r"front door": "command line", r"(?:front|behind the) window": "desk, web", r"shel(?:f|ves)": "law", r"apart": "sandbox, separately",
    r"sureness": "confidence", r"deeds?": "action, kind", r"sightings?": "occurrence", r"troubles?": "problem", r"handouts?": "export",
    r"teaching|taught": "training export", r"trials?": "rule impact", r"\bkin\b": "related",
}  # fmt: skip
# where an older word must stand: databases of earlier versions, scripts in browsers, names of others
KEPT = re.compile(
    r"collections import .*Counter|Counter[(\[]|: Counter|\bwindow\.|Windows|window_|_window|windows-|review_(?:sighting|trouble|handout)|apart from"
)


def test_words_of_a_private_language_do_not_come_back() -> None:
    pattern = re.compile(r"(?<![A-Za-z])(?:" + "|".join(LEFT) + r")(?![A-Za-z])", re.IGNORECASE)
    suffixes = (
        ".py",
        ".md",
        ".toml",
        ".html",
        ".css",
        ".js",
        ".yaml",
        ".yml",
        ".ipynb",
        "Makefile",
        ".ci/run",
        "Dockerfile",
    )
    passed_over = ("tests/test_architecture.py", "CHANGELOG.md")
    found = [
        f"{name}:{number}: {match[0]}"
        for name in TRACKED
        if name.endswith(suffixes)
        and name not in passed_over
        and "/migrations/" not in name
        and not name.startswith("corpora/samples/")
        and (ROOT / name).exists()
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), 1)
        if (match := pattern.search(KEPT.sub("", line)))
    ]
    assert not found, "\n".join(found)
