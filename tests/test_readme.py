"""What README and docs/ say is true: commands run, results are those shown, links lead somewhere, nothing is left out."""

import doctest
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import ExitCode
from tests.conftest import ROOT
from tests.web.conftest import PASSWORD

PAGES = (
    "README.md",
    "README.zh-CN.md",
    "corpora/README.md",
    *sorted(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md")),
)
TRACKED = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
    "\0"
)[:-1]
DOCUMENTS = sorted(name for name in TRACKED if name.endswith(".md"))
VARIABLE = re.compile(r"\bQINGGUI_[A-Z_]*[A-Z]\b")
# runs the commands of a list one after the other in one process, so that rules and model are loaded once
RUN_ALL = """
import contextlib, io, json, shlex, sys
from pipeline import cli
def run(command):
    sys.argv, printed, code = shlex.split(command), io.StringIO(), 0
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
    return [code, printed.getvalue()]
print(json.dumps({command: run(command) for command in json.load(sys.stdin)}))
"""


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text_of(name), re.DOTALL | re.MULTILINE)


def commands() -> list[str]:
    """Every command of a console block once, in the order of the pages: the first ones fill the queue."""
    lines = [line for name in PAGES for block in blocks(name, "console") for line in block.splitlines()]
    shown = [re.split(r"\s{2,}#|\s#\s", line[2:])[0].strip() for line in lines if line.startswith("$ ")]
    return list(dict.fromkeys(shown))


def test_every_command_of_the_pages_runs_and_the_finding_shown_is_what_show_prints(tmp_path: Path) -> None:
    asked = [command for command in commands() if command.startswith("qinggui ")]
    if not (ROOT.parent / "shared").is_dir():
        asked = [command for command in asked if "../shared" not in command]
    variables = {**os.environ, "QINGGUI_HOME": str(tmp_path), "COLUMNS": "300", "QINGGUI_PASSWORD": PASSWORD}
    done = subprocess.run([sys.executable, "-c", RUN_ALL], cwd=ROOT, env=variables, input=json.dumps(asked),
                          capture_output=True, text=True, check=True)  # fmt: skip
    results = json.loads(done.stdout)
    failed = {
        name: result
        for name, result in results.items()
        if result[0] not in (0, ExitCode.PROBLEM_FILES) or not result[1]
    }
    assert len(asked) > 15 and not failed
    finding = blocks("README.md", "text")[0].splitlines()
    assert [line for line in finding if line.strip() not in results["qinggui show 1"][1]] == []


def test_every_make_target_of_the_pages_exists() -> None:
    targets = {word for command in commands() if command.startswith("make ") for word in command.split()[1:]}
    targets |= {word for name in DOCUMENTS for word in re.findall(r"`make ([a-z-]+)`", text_of(name))}
    result = subprocess.run(["make", "-n", *sorted(targets)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert len(targets) > 5 and result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", [name for name in PAGES if blocks(name, "pycon")])
def test_python_on_a_page_prints_what_the_page_shows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    source = "\n".join(blocks(name, "pycon"))
    runner = doctest.DocTestRunner()
    said: list[str] = []
    runner.run(doctest.DocTestParser().get_doctest(source, {}, name, name, 0), out=said.append)
    assert not said


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_of_a_page_leads_to_a_file_and_a_heading(name: str) -> None:
    prose = re.sub(r"^```.*?^```|`[^`\n]*`", "", text_of(name), flags=re.DOTALL | re.MULTILINE)
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", prose) if not re.match(r"[a-z]+:", link)]
    broken = [link for link in links if not leads_somewhere(ROOT / name, link)]
    assert not broken


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, heading = link.partition("#")
    target = page.parent / path if path else page
    if not heading:
        return target.exists()
    titles = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
    return heading in {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def test_every_page_of_docs_is_named_in_the_readme() -> None:
    assert all(f"({name})" in text_of("README.md") for name in PAGES if name.startswith("docs/"))


def test_the_readme_has_fewer_than_200_lines_and_its_picture_comes_before_the_uses() -> None:
    text = text_of("README.md")
    assert len(text.splitlines()) < 200
    assert text.index("$ make demo") < text.index("docs/pictures/desk.png") < text.index("\n## Use")


@pytest.mark.parametrize("name", ["desk.png", "document.png", "trends.png"])
def test_a_picture_is_small_enough_for_a_slow_line(name: str) -> None:
    assert 10_000 < (ROOT / "docs/pictures" / name).stat().st_size < 300_000


def test_the_figures_of_unseen_sentences_come_before_those_of_known_ones() -> None:
    text = text_of("docs/accuracy.md")
    assert text.index("closed folds") < text.index("0.769") < text.index("material it was developed with")
    for name in ("README.md", "README.zh-CN.md"):
        assert all(figure in text_of(name) for figure in ("0.77", "0.74", "0.67", "0.64", "0.40", "0.48"))


def test_every_exit_code_is_in_the_readme() -> None:
    text = text_of("README.md")
    assert all(f"\n| {code.value} |" in text for code in ExitCode)


def test_every_dependency_has_its_line_with_a_licence_in_the_readme() -> None:
    rows = [
        row.split("|")[1:-1] for row in text_of("README.md").split("## Parts")[1].splitlines() if row.startswith("| ")
    ]
    named = " ".join(row[0] for row in rows).lower()
    assert all(len(row) == 3 and row[2].strip() for row in rows)
    project = text_of("pyproject.toml").split("[project.scripts]")[0]
    listed = project.split("\ndependencies = [")[1]
    names = set(re.findall(r'"([A-Za-z0-9_-]+)(?:\[\w+\])?(?:[<>=~,.0-9]*)"', listed))
    assert len(names) > 40
    assert not [name for name in names if not re.search(rf"(?<![\w-]){re.escape(name.lower())}(?![\w-])", named)]


def test_every_environment_variable_is_described_and_none_that_does_not_exist() -> None:
    kept = [name for name in TRACKED if not name.startswith("corpora/samples/") and name != "tests/test_readme.py"]
    code = [name for name in kept if name.endswith((".py", ".ipynb", ".html", ".yaml", "Dockerfile"))]
    used = {variable for name in code for variable in VARIABLE.findall(text_of(name))}
    table = re.findall(r"^\| `(\w+)` \|[^|]+\|[^|]+\|$", text_of("docs/installing.md"), re.MULTILINE)
    assert used and set(table) - {"DATABASE_URL"} == used and len(table) == len(set(table))
    current = [name for name in DOCUMENTS if name != "CHANGELOG.md"]  # which tells also what is gone
    assert {variable for name in current for variable in VARIABLE.findall(text_of(name))} <= used


def test_the_tests_that_the_page_on_reliability_names_are_there() -> None:
    file, named = "", 0
    for found in re.finditer(
        r"`(?:tests/)?((?:[a-z_]+/)*test_[a-z_0-9]+[.]py)?(?:::)?(test_[a-z_0-9]+)?`", text_of("docs/reliability.md")
    ):
        if not found[1] and not found[2]:
            continue
        file = f"tests/{found[1]}" if found[1] else file
        assert found[2] is None or f"def {found[2]}(" in text_of(file), found[0]
        assert (ROOT / file).exists(), file
        named += 1
    assert named > 30
