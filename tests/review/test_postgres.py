"""The queue on PostgreSQL: a server is started, and the tests of the queue run against it."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT


def binaries() -> Path | None:
    """The folder of initdb and pg_ctl: on the path, or where Debian installs them."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    return next(
        (
            path
            for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
            if (path / "initdb").exists()
        ),
        None,
    )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The URL of a PostgreSQL server that runs for the duration of the test."""
    folder = binaries()
    if folder is None:
        pytest.skip("no PostgreSQL here: apt-get install postgresql")
    user = "postgres" if os.geteuid() == 0 else None
    data = Path("/tmp") / f"qinggui-pg-{os.getpid()}"
    data.mkdir()
    if user:
        shutil.chown(data, user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def call(*words: str) -> None:
        subprocess.run(
            [str(folder / words[0]), *words[1:]],
            check=True,
            capture_output=True,
            user=user,
            cwd="/tmp",
            stdin=subprocess.DEVNULL,
        )

    try:
        call(
            "initdb",
            "-D",
            str(data / "db"),
            "-U",
            "qinggui",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        )
        call(
            "pg_ctl",
            "-D",
            str(data / "db"),
            "-l",
            str(data / "log"),
            "-w",
            "-o",
            f"-p {port} -k {data} -h 127.0.0.1 -F",
            "start",
        )
        yield f"postgres://qinggui@127.0.0.1:{port}/postgres"
        call("pg_ctl", "-D", str(data / "db"), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(data, ignore_errors=True)


def test_the_queue_behaves_alike_on_postgresql(server: str, tmp_path: Path) -> None:
    if os.environ.get("DATABASE_URL"):
        pytest.skip("already running on the database of DATABASE_URL")
    pytest.importorskip("psycopg")
    variables = {**os.environ, "DATABASE_URL": server, "QINGGUI_HOME": str(tmp_path)}
    words = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/review/queue",
        "tests/review/search",
        "tests/review/decisions",
        "tests/web/test_desk.py",
        "tests/web/test_uploads.py",
        "tests/web/test_walk.py",
    ]
    result = subprocess.run(words, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-3000:]
    triage = [
        sys.executable,
        "-m",
        "pipeline",
        "triage",
        "corpora/samples",
        "--as-of",
        "2026-11-22",
    ]
    result = subprocess.run(triage, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert result.returncode == 3 and "问题6件，待识别1件" in result.stderr, result.stderr


def test_three_processes_make_the_queue_on_postgresql_and_a_newer_one_is_refused(server: str, tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    variables = {**os.environ, "DATABASE_URL": server, "QINGGUI_HOME": str(tmp_path), "COLUMNS": "200"}
    words = [sys.executable, "-m", "pipeline", "queue"]
    started = [
        subprocess.Popen(words, cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    printed = [process.communicate() for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], printed
    record = (
        "import django; django.setup(); from django.db import connection;"
        "from django.db.migrations.recorder import MigrationRecorder as M; M(connection).record_applied('review', '0099_later')"
    )
    variables["DJANGO_SETTINGS_MODULE"] = "pipeline.web.settings"
    subprocess.run([sys.executable, "-c", record], cwd=ROOT, env=variables, check=True)
    done = subprocess.run(words, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 5 and "0099_later" in done.stderr, done.stderr
