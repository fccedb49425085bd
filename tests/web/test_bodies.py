"""The server takes large bodies only from people with an account, files only from who may upload, and only at the addresses for them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.conftest import ROOT
from tests.homes import with_queue

PASSWORD = "bronze-lantern-42"
MADE = """
import sys, json
from pipeline.review.connection import connect
connect("pipeline.web.settings")
from django.test import Client
from pipeline.review.accounts import Role, add_user, make_token
found = {}
for name, role in (("reviewer", Role.REVIEWER), ("counsel", Role.COUNSEL)):
    user = add_user(name, sys.argv[1], role)
    browser = Client(headers={"host": "localhost"})
    browser.force_login(user, "pipeline.review.sign_in.Accounts")
    browser.get("/upload")
    found[name] = browser.cookies["sessionid"].value
    found[name + " token"] = make_token(user, "test")
print(json.dumps(found))
"""


class Desk:
    """A running desk: its port, and sessions and tokens by name."""

    def __init__(self, port: int, known: dict[str, str]) -> None:
        self.port = port
        self.known = known

    def post(self, path: str, size: int, headers: dict[str, str], *, chunked: bool = False) -> tuple[int, int]:
        """Sends a body and returns the status of the answer and the bytes that could be sent before it came."""
        with closing(socket.create_connection(("127.0.0.1", self.port), 30)) as connection:
            lines = [f"POST {path} HTTP/1.1", "Host: localhost", *(f"{key}: {value}" for key, value in headers.items())]
            lines.append("Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}")
            connection.sendall("\r\n".join([*lines, "", ""]).encode())
            sent = 0
            try:
                piece = b"x" * 65536
                while sent < size:
                    part = piece[: size - sent]
                    connection.sendall(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
                    sent += len(part)
                connection.sendall(b"0\r\n\r\n" if chunked else b"")
                return int(connection.recv(65536).split()[1]), sent
            except (ConnectionError, IndexError):
                return 0, sent

    def refuses(self, path: str, size: int, headers: dict[str, str], *, chunked: bool = False) -> bool:
        """Whether a body is refused: 413, or the connection is closed before all of it was sent."""
        status, _ = self.post(path, size, headers, chunked=chunked)
        return status in (0, 413)

    def session(self, name: str) -> dict[str, str]:
        return {"Cookie": f"sessionid={self.known[name]}"}

    def token(self, name: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.known[f'{name} token']}"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    import json

    home = with_queue(tmp_path_factory.mktemp("bodies"))
    variables = {**os.environ, "QINGGUI_HOME": str(home), "DATABASE_URL": ""}
    made = subprocess.run(
        [sys.executable, "-c", MADE, PASSWORD], cwd=ROOT, env=variables, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "pipeline", "serve", "--port", str(port), "--workers", "0"]
    server = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 120
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert time.monotonic() < end
                time.sleep(0.2)
        yield Desk(port, json.loads(made.stdout))
    finally:
        server.terminate()
        server.wait(30)


MB = 1024 * 1024


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "in pieces"])
@pytest.mark.parametrize("path", ["/login", "/upload", "/api/v1/uploads", "/", "/public/"])
def test_a_stranger_sends_no_large_body(desk: Desk, path: str, chunked: bool) -> None:
    assert desk.refuses(path, 3 * MB, {}, chunked=chunked)


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz012345"},
        {"Cookie": 'sessionid=;;;"', "X": "y"},
        {"Authorization": "Bearer nobody"},
        {"Authorization": "Basic eDp5"},
        {"Cookie": "csrftoken=abc"},
    ],
    ids=["invented session", "odd cookie", "invented token", "basic", "no session"],
)
def test_an_invented_session_or_token_is_a_stranger(desk: Desk, headers: dict[str, str]) -> None:
    assert desk.refuses("/upload", 3 * MB, headers)


def test_a_login_form_is_taken(desk: Desk) -> None:
    status, sent = desk.post("/login", 30_000, {"Content-Type": "application/x-www-form-urlencoded"})
    assert status == 403 and sent == 30_000


def test_who_may_upload_sends_files_to_the_addresses_for_them(desk: Desk) -> None:
    for chunked in (False, True):
        assert desk.post("/upload", 8 * MB, desk.session("reviewer"), chunked=chunked)[0] == 403  # no token of the form
    assert desk.post("/api/v1/uploads?kind=x", 8 * MB, desk.token("reviewer"))[0] in (400, 422)
    assert desk.refuses("/login", 8 * MB, desk.session("reviewer"))
    assert desk.refuses("/items/1/decide", 8 * MB, desk.token("reviewer"))
    assert not desk.refuses("/items/1/decide", 1 * MB, desk.session("reviewer"))


def test_who_may_not_upload_sends_no_files(desk: Desk) -> None:
    assert desk.refuses("/upload", 8 * MB, desk.session("counsel"))
    assert not desk.refuses("/bulk", 1 * MB, desk.session("counsel"))


def test_a_refusal_is_in_chinese_and_comes_before_the_body(desk: Desk) -> None:
    with closing(socket.create_connection(("127.0.0.1", desk.port), 30)) as connection:
        connection.sendall(b"POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n")
        answer = b""
        while part := connection.recv(65536):
            answer += part
    assert b" 413 " in answer.split(b"\r\n", 1)[0] and "请先登录" in answer.decode()
    assert desk.post("/login", 100, {})[0] == 403
