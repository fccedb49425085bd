"""A built wheel contains every package, and the models from the top level of a checkout."""

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT


def test_every_package_is_named_in_the_project_file() -> None:
    named = set(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"])
    folders = [path.parent for path in (ROOT / "pipeline").rglob("__init__.py")]
    there = {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    assert named == there | {"pipeline.models"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the unpacked wheel, as after installation."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "source"
    tracked = subprocess.run(
        ["git", "-c", "core.quotepath=off", "ls-files", "pipeline", "models", "pyproject.toml", "README.md", "LICENSE"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    for name in tracked:
        if (ROOT / name).exists():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    arguments = [
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
        "--wheel-dir",
        str(folder),
        str(copy),
    ]
    subprocess.run([sys.executable, "-m", "pip", *arguments], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def test_an_installed_copy_finds_its_model_and_its_rules(installed: Path, tmp_path: Path) -> None:
    code = (
        "from pipeline import analyze\nfrom pipeline.classify import load_model\nfrom pipeline.version import model_folder\n"
        "dossier = analyze('关于临时摊点的通知\\n第三条 设摊的，应当报镇人民政府批准后方可经营。'.encode(), name='通知.txt')\n"
        "print(model_folder(), load_model() is not None, [f.type for f in dossier.assessment.findings if f.type == 'LIC-01'])\n"
    )
    variables = {**os.environ, "PYTHONPATH": str(installed), "QINGGUI_HOME": str(tmp_path / "home")}
    arguments = [sys.executable, "-P", "-c", code]
    done = subprocess.run(arguments, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(installed / "pipeline" / "models"), "True", "['LIC-01']"]
