"""The server: connections that browsers keep open cost nothing, workers come back, addresses other than the desk's are refused."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import override_settings

from pipeline.errors import StorageError
from pipeline.home import home_folder
from pipeline.review.queue import heartbeat
from pipeline.web.address import address_of, allowed_hosts
from pipeline.web.server import Supervisor, make_server
from tests.conftest import ROOT
from tests.web.conftest import client


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a desk without worker, started by `qinggui serve`."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        number = int(probe.getsockname()[1])
    settings = {**os.environ, "QINGGUI_HOME": str(tmp_path_factory.mktemp("server")), "DATABASE_URL": ""}
    command = [sys.executable, "-m", "pipeline", "serve", "--port", str(number), "--workers", "0"]
    server = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline and not status_of(number):
            time.sleep(0.2)
        yield number
    finally:
        server.terminate()
        server.wait(30)


def ask(connection: socket.socket, host: str) -> bytes:
    connection.sendall(f"GET /login HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    received = b""
    while b"</html>" not in received and (part := connection.recv(65536)):
        received += part
    return received


def status_of(port: int, host: str = "127.0.0.1") -> int:
    try:
        with closing(socket.create_connection(("127.0.0.1", port), 5)) as connection:
            return int(ask(connection, host).split()[1])
    except (OSError, IndexError):
        return 0


def test_five_hundred_connections_kept_open_leave_the_desk_open(port: int) -> None:
    with ExitStack() as opened:
        kept = [opened.enter_context(closing(socket.create_connection(("127.0.0.1", port), 60))) for _ in range(500)]
        assert all(b"200 OK" in ask(connection, "127.0.0.1") for connection in kept[:20])
        assert status_of(port) == 200
        # a connection that was idle meanwhile goes on working
        assert b"200 OK" in ask(kept[0], "127.0.0.1")


def test_a_request_for_another_host_is_refused_with_the_way_out(port: int) -> None:
    with closing(socket.create_connection(("127.0.0.1", port), 5)) as connection:
        answer = ask(connection, "attacker.example").decode()
    assert " 400 " in answer.split("\r\n", 1)[0] and "QINGGUI_URL" in answer


def test_the_address_names_host_origin_and_scheme() -> None:
    address = address_of("https://desk.example.gov.cn:8443/")
    assert (address.url, address.host, address.secure) == (
        "https://desk.example.gov.cn:8443",
        "desk.example.gov.cn",
        True,
    )
    assert {"desk.example.gov.cn", "localhost", "127.0.0.1", "desk2"} <= set(allowed_hosts(address, "desk2, "))
    assert "*" not in allowed_hosts(address_of(""), "")


@pytest.mark.parametrize(
    "url", ["desk.example.gov.cn", "ftp://desk", "https://", "https://desk/qinggui", "https://desk?x=1"]
)
def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(StorageError, match="QINGGUI_URL"):
        address_of(url)


def test_a_worker_that_ends_is_started_again_and_all_end_with_the_server(tmp_path: Path) -> None:
    script = f"import os,time,pathlib; pathlib.Path({str(tmp_path)!r}, str(os.getpid())).touch(); time.sleep(600)"
    supervisor = Supervisor(1, (sys.executable, "-c", script))
    supervisor.start()
    try:
        first = wait_for_files(tmp_path, 1)[0]
        os.kill(int(first), signal.SIGKILL)
        second = next(name for name in wait_for_files(tmp_path, 2) if name != first)
    finally:
        supervisor.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(int(second), 0)


def wait_for_files(folder: Path, count: int) -> list[str]:
    deadline = time.monotonic() + 60
    while len(found := [file.name for file in folder.iterdir()]) < count and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def test_a_worker_outlives_a_database_that_is_away(people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline import worker

    outcomes = iter([OperationalError("away"), OperationalError("away"), True, False, KeyboardInterrupt()])
    pauses: list[float] = []

    def work_once(_: object) -> bool:
        outcome = next(outcomes)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    monkeypatch.setattr(worker, "_work_once", work_once)
    monkeypatch.setattr(worker, "time", SimpleNamespace(sleep=pauses.append, monotonic=time.monotonic))
    monkeypatch.setattr(worker, "look_after", lambda: None)
    with pytest.raises(KeyboardInterrupt):
        worker.work()
    # two errors, each pause longer; then an upload without a pause; then an idle second
    assert pauses == [2.0, 4.0, 1.0]


def test_the_page_says_when_no_worker_is_there(people: dict[str, User]) -> None:
    from pipeline.review.queue.uploads import Purpose, submit

    job = submit(home_folder(), "等待.txt", "关于等待的通知".encode(), people["审查员"], Purpose("备案"))
    alive = home_folder() / "worker.alive"
    alive.unlink(missing_ok=True)
    browser = client(people, "审查员")
    assert "处理进程没有运行" in browser.get("/jobs").content.decode()
    heartbeat.beat(home_folder())
    assert "处理进程没有运行" not in browser.get("/jobs").content.decode()
    job.delete()


def test_behind_a_proxy_with_tls_a_form_from_the_address_is_accepted(people: dict[str, User]) -> None:
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    with override_settings(ALLOWED_HOSTS=["desk.example.gov.cn"], CSRF_TRUSTED_ORIGINS=["https://desk.example.gov.cn"]):
        headers = {"Host": "desk.example.gov.cn"}
        page = strict.get("/login", headers=headers, secure=True).content.decode()
        token = page.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]
        body = {"username": "nobody", "password": "x", "csrfmiddlewaretoken": token}
        sent = {**headers, "Origin": "https://desk.example.gov.cn", "Referer": "https://desk.example.gov.cn/login"}
        answer = strict.post("/login", body, headers=sent, secure=True)
    assert answer.status_code == 200 and "账号或者密码不正确" in answer.content.decode()


@pytest.mark.parametrize(
    ("address", "came_from"), [("https://desk.example.gov.cn", "10.1.2.3"), ("", "127.0.0.1")], ids=["proxy", "alone"]
)
def test_the_address_of_a_visitor_is_that_which_a_proxy_of_this_machine_tells(
    people: dict[str, User], address: str, came_from: str
) -> None:
    def tell(environ: dict[str, str], start: Callable[..., Any]) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/plain")])
        return [environ["REMOTE_ADDR"].encode()]

    with override_settings(ADDRESS=address_of(address)):
        server = make_server(tell, "127.0.0.1", 0)
    running = threading.Thread(target=server.run, daemon=True)
    running.start()
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", server.effective_port, timeout=30)) as connection:
            # what a visitor claims stands before what the proxy adds
            connection.request("GET", "/", headers={"X-Forwarded-For": "192.0.2.9, 10.1.2.3"})
            assert connection.getresponse().read().decode() == came_from
    finally:
        server.close()
        running.join(30)
