"""The address of the desk: QINGGUI_URL, and the names under which it may be reached.

`QINGGUI_URL` (https://desk.example.gov.cn) is how people reach the desk: it sets the trusted origin of forms, the scheme behind a proxy
with TLS, cookies that go over https only, the links in mails and the allowed host. Without it the desk answers only under the names and
addresses of its own machine, and those of QINGGUI_HOSTS; a request for another host is refused.
"""

import socket
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.errors import StorageError

_LOCAL = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class Address:
    """The address of the desk: `url` without a slash at the end ("" where none is set), its host, and whether it is https."""

    url: str = ""
    host: str = ""
    secure: bool = False


def address_of(url: str) -> Address:
    """The address in QINGGUI_URL. Raises `StorageError` where it is not a scheme with a host, or has a path."""
    if not url.strip():
        return Address()
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise StorageError(
            f"环境变量QINGGUI_URL（{url}）不是审查台的地址", remedy="请写协议和主机，例如https://desk.example.gov.cn"
        )
    return Address(url.strip().rstrip("/"), parts.hostname, parts.scheme == "https")


def allowed_hosts(address: Address, more: str) -> list[str]:
    """The hosts under which the desk answers: that of its address, its own machine's, and `more` (names separated by commas)."""
    given = [name.strip() for name in more.split(",") if name.strip()]
    return list(dict.fromkeys([*given, *([address.host] if address.host else []), *_LOCAL, *_own_names()]))


def _own_names() -> list[str]:
    """Names and addresses of this machine."""
    name = socket.gethostname()
    found = [name.lower(), socket.getfqdn().lower()]
    with suppress(OSError):
        found += [str(entry[4][0]) for entry in socket.getaddrinfo(name, None)]
    return [f"[{one}]" if ":" in one else one for one in found if one] + _outward_addresses()


def _outward_addresses() -> list[str]:
    """The address with which this machine reaches its network; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("10.255.255.255", 1))
            return [str(probe.getsockname()[0])]
        except OSError:
            return []
