"""The desk behind nginx with TLS: people log in, cookies go over TLS only, other hosts and origins are refused."""

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.conftest import ROOT
from tests.homes import with_queue

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
HOST, ACCOUNT, PASSWORD = "desk.example.cn", "zhang", "bronze-lantern-42"
SETTINGS = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{tls} ssl;
    ssl_certificate {folder}/certificate.pem; ssl_certificate_key {folder}/key.pem;
    client_max_body_size 210m;
    location / {{ proxy_pass http://127.0.0.1:{port}; proxy_set_header Host $host; }}
  }}
}}
"""
pytestmark = pytest.mark.skipif(NGINX is None, reason="no nginx here: apt-get install nginx-light")


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_certificate(folder: Path) -> None:
    """A certificate of its own for `HOST`, with its key."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1)).add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@contextmanager
def running(command: list[str], port: int, **settings: str) -> Iterator[None]:
    """A program until it is asked to end; waits until it listens."""
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 120
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < end
                time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(30)


class Proxy:
    """The desk as a browser reaches it."""

    def __init__(self, port: int, certificate: Path) -> None:
        self.port = port
        self.origin = f"https://{HOST}:{port}"
        self.certificate = certificate
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
        trusted = ssl.create_default_context(cafile=str(self.certificate))
        connection = http.client.HTTPSConnection(HOST, self.port)
        plain = socket.create_connection(("127.0.0.1", self.port), 60)
        connection.sock = trusted.wrap_socket(plain, server_hostname=HOST)
        words = {"Host": f"{HOST}:{self.port}", **headers}
        words["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection.request(method, path, body or None, words)
        answer = connection.getresponse()
        self.text = answer.read().decode("utf-8", "replace")
        connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return answer

    def log_in(self, origin: str) -> http.client.HTTPResponse:
        self.ask("GET", "/login")
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.text)[0]
        form = urlencode({"username": ACCOUNT, "password": PASSWORD, "csrfmiddlewaretoken": token}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"{origin}/login", "Origin": origin}
        return self.ask("POST", "/login", form, **kind)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = with_queue(tmp_path_factory.mktemp("proxied"))
    command = [sys.executable, "-m", "pipeline", "user", "add", ACCOUNT, "--role", "审查员"]
    settings = {"QINGGUI_HOME": str(home), "DATABASE_URL": "", "QINGGUI_PASSWORD": PASSWORD}
    subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, check=True, capture_output=True)
    return home


@contextmanager
def proxied(home: Path, folder: Path, *, named: bool) -> Iterator[Proxy]:
    """The desk behind nginx; `named`: the desk knows the address under which people reach it."""
    port, tls = free_port(), free_port()
    write_certificate(folder)
    (folder / "nginx.conf").write_text(SETTINGS.format(folder=folder, port=port, tls=tls), encoding="utf-8")
    desk = [sys.executable, "-m", "pipeline", "serve", "--port", str(port), "--workers", "0"]
    settings = {"QINGGUI_HOME": str(home), "DATABASE_URL": "", "QINGGUI_HOSTS": ""}
    settings["QINGGUI_URL"] = f"https://{HOST}:{tls}" if named else ""
    with ExitStack() as started:
        started.enter_context(running(desk, port, **settings))
        started.enter_context(running([str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")], tls))
        yield Proxy(tls, folder / "certificate.pem")


@pytest.fixture(scope="module")
def proxy(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with proxied(home, tmp_path_factory.mktemp("nginx"), named=True) as found:
        yield found


def test_people_log_in_and_their_cookies_go_over_tls_only(proxy: Proxy) -> None:
    answer = proxy.log_in(proxy.origin)
    assert answer.status == 302, proxy.text
    cookies = answer.headers.get_all("Set-Cookie") or []
    session = next(cookie for cookie in cookies if cookie.startswith("sessionid="))
    assert "Secure" in session and "HttpOnly" in session and "SameSite=Lax" in session
    assert all("Secure" in cookie for cookie in cookies)
    assert proxy.ask("GET", "/").status == 200 and ACCOUNT in proxy.text


def test_a_form_of_another_origin_is_refused(proxy: Proxy) -> None:
    stranger = Proxy(proxy.port, proxy.certificate)
    for origin in ("https://attacker.example", f"http://{HOST}:{proxy.port}", f"https://{HOST}.attacker.example"):
        assert stranger.log_in(origin).status == 403
    assert "sessionid" not in stranger.cookies


@pytest.mark.parametrize("host", ["attacker.example", "desk.example.cn.attacker.example", "example.cn", "10.1.2.3"])
def test_an_unknown_host_is_refused(proxy: Proxy, host: str) -> None:
    assert proxy.ask("GET", "/login", Host=host).status == 400


def test_a_stranger_sends_no_large_body_through_the_proxy(proxy: Proxy) -> None:
    stranger = Proxy(proxy.port, proxy.certificate)
    # 502 where the desk closes the connection while the proxy is still passing the body on
    assert stranger.ask("POST", "/upload", b"x" * 3_000_000).status in (413, 502)
    assert stranger.ask("GET", "/login").status == 200


def test_links_of_redirects_stay_on_https(proxy: Proxy) -> None:
    stranger = Proxy(proxy.port, proxy.certificate)
    where = stranger.ask("GET", "/board").headers["Location"]
    assert where.startswith("/login") or where.startswith(proxy.origin)


def test_without_its_address_the_desk_refuses_the_host_of_the_proxy(home: Path, tmp_path: Path) -> None:
    with proxied(home, tmp_path, named=False) as proxy:
        assert proxy.ask("GET", "/login").status == 400 and "QINGGUI_URL" in proxy.text
