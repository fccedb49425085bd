"""The chat interface that vLLM, Ollama, llama.cpp and domestic gateways speak: one request out, one reply back.

The address is called directly: no proxy of the environment, no redirect, so that the words of a paper reach no other host.
"""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Timer
from typing import Any
from urllib.parse import urlsplit

from pipeline.errors import UsageError
from pipeline.reader.answers import Dropped, Reply
from pipeline.reader.settings import Settings

# seconds before each further attempt; a service may ask for more, up to `_LONGEST_PAUSE`
PAUSES = (1.0, 2.0, 4.0, 8.0)
_LONGEST_PAUSE = 60.0
_LARGEST = 2**20
_BUSY = (408, 425, 429, 500, 502, 503, 504)
_WAYS_OUT = {
    401: "密钥不对，请检查QINGGUI_READER_KEY",
    403: "没有权限，请检查QINGGUI_READER_KEY",
    404: "没有这个地址或者模型，请检查QINGGUI_READER（一般以/v1结尾）和QINGGUI_READER_MODEL",
}


@dataclass(frozen=True, slots=True)
class _Response:
    status: int
    retry_after: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """When a run ends (`time.monotonic`), and the event that ends it before."""

    until: float
    cancelled: Event

    @property
    def left(self) -> float:
        """The seconds left."""
        return self.until - time.monotonic()


def ask(body: Mapping[str, Any], settings: Settings, limits: Limits, sending: Callable[[], None]) -> Reply | Dropped:
    """The reply of the service to a request; a busy service is asked again after a while.

    `sending` is called before each attempt. Raises `UsageError` where the service refuses the request as such (key, address, model).
    """
    failed = Dropped.FAILED
    for pause in (*PAUSES, None):
        if limits.cancelled.is_set() or limits.left <= 0:
            return Dropped.TIMEOUT
        sending()
        response: _Response | None = None
        try:
            response = _post(body, settings, min(settings.seconds, limits.left))
        except TimeoutError:
            return Dropped.TIMEOUT
        except (OSError, http.client.HTTPException):
            failed = Dropped.FAILED
        if response is not None and response.status not in _BUSY:
            return _understood(response, body, settings, limits, sending)
        if pause is None or not _waited(pause, response, limits):
            break
    return failed


def _understood(
    response: _Response, body: Mapping[str, Any], settings: Settings, limits: Limits, sending: Callable[[], None]
) -> Reply | Dropped:
    if response.status == http.client.OK:
        return read_reply(response.data)
    if response.status in (400, 422) and "response_format" in body:  # services that do not know this field
        return ask(
            {name: value for name, value in body.items() if name != "response_format"}, settings, limits, sending
        )
    if 300 <= response.status < 400:
        raise UsageError("大模型服务要求转到别的地址，没有照办", remedy="请把QINGGUI_READER设为最终的地址")
    if response.status in (400, 422, 413):
        return Dropped.FAILED
    way_out = _WAYS_OUT.get(response.status, "请检查服务")
    raise UsageError(f"大模型服务不接受请求（HTTP {response.status}）", remedy=way_out)


def _waited(pause: float, response: _Response | None, limits: Limits) -> bool:
    """Whether there was time to wait before another attempt."""
    asked = response.retry_after.strip() if response else ""
    seconds = max(pause, float(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else pause
    if seconds > _LONGEST_PAUSE or seconds >= limits.left:
        return False
    return not limits.cancelled.wait(seconds)


def _post(body: Mapping[str, Any], settings: Settings, seconds: float) -> _Response:
    """Sends a request. Raises `TimeoutError` once `seconds` are over, however slowly bytes arrive, `OSError` or `HTTPException`."""
    began, over = time.monotonic(), Event()
    connection = _connection(settings.address, seconds)
    timer: Timer | None = None
    headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "qinggui"}
    headers |= {"Authorization": f"Bearer {settings.key}"} if settings.key else {}
    try:
        connection.connect()
        timer = Timer(max(0.0, began + seconds - time.monotonic()), _end, (connection.sock, over))
        timer.daemon = True
        timer.start()
        path = f"{urlsplit(settings.address).path}/chat/completions"
        connection.request("POST", path, json.dumps(body).encode(), headers)
        response = connection.getresponse()
        data = response.read(_LARGEST + 1)
        if over.is_set():
            raise TimeoutError
        return _Response(response.status, response.headers.get("Retry-After", ""), data)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if over.is_set():
            raise TimeoutError from error
        if isinstance(error, ValueError):  # reading from a socket that was shut
            raise http.client.HTTPException(str(error)) from error
        raise
    finally:
        if timer is not None:
            timer.cancel()
        connection.close()


def _connection(address: str, seconds: float) -> http.client.HTTPConnection:
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, parts.port, timeout=seconds, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, parts.port, timeout=seconds)


def _end(sock: socket.socket, over: Event) -> None:
    """Ends a connection whose time is over: reading from it ends at once, also where the connection has handed it to its response."""
    over.set()
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def read_reply(data: bytes) -> Reply | Dropped:
    """The reply in the body of a response of the chat interface."""
    if len(data) > _LARGEST:
        return Dropped.FORM
    try:
        return reply_of(json.loads(data))
    except (ValueError, RecursionError):
        return Dropped.CUT if data.lstrip()[:1] == b"{" else Dropped.NO_JSON


def reply_of(found: Any) -> Reply | Dropped:
    """The reply in the JSON of a response: the first choice and what it cost."""
    choice = _first(found, "choices")
    message = choice.get("message") if choice else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        return Dropped.FORM
    content, refusal, finish = message.get("content"), message.get("refusal"), choice.get("finish_reason")
    if not content and not refusal and finish not in ("length", "content_filter"):
        return Dropped.REFUSED
    usage = found.get("usage")
    return Reply(
        content if isinstance(content, str) else "",
        finish if isinstance(finish, str) else "",
        str(refusal or ""),
        _tokens(usage, "prompt_tokens"),
        _tokens(usage, "completion_tokens"),
    )


def _first(found: Any, name: str) -> dict[str, Any] | None:
    values = found.get(name) if isinstance(found, dict) else None
    return values[0] if isinstance(values, list) and values and isinstance(values[0], dict) else None


def _tokens(usage: Any, name: str) -> int:
    """A number of tokens as the service states it, 0 where it states none."""
    value = usage.get(name) if isinstance(usage, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else 0
