"""The accounts and the item of the desk, also for tests of what is behind its pages; a PostgreSQL server."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.homes import binaries
from tests.web.conftest import item, people

__all__ = ["item", "people"]


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
