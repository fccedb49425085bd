"""A local server that speaks the chat interface and answers as a test wants."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# what a test answers with: an answer (dict), a whole response (Raw), or a function of the fields of the provision
Answer = Any


@dataclass(slots=True)
class Raw:
    """A response as it is: status, body, headers; with `cut` fewer bytes come than were announced, `drip` are seconds before each byte."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    drip: float = 0.0


@dataclass(slots=True)
class Log:
    """What a server was asked: address, headers, bodies."""

    address: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def provisions(self) -> list[dict[str, str]]:
        return [json.loads(body["messages"][1]["content"]) for body in self.bodies]


def completion(content: str, finish: str = "stop", **message: Any) -> dict[str, Any]:
    """A response of the chat interface with words as its only choice."""
    return {
        "id": "x", "object": "chat.completion", "model": "m",
        "choices": [{"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content, **message}}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 80, "total_tokens": 1080},
    }  # fmt: skip


def verdict(asked: dict[str, str], **changed: Any) -> dict[str, Any]:
    """An answer that finds a fee in a provision, or that with other fields."""
    answer = {
        "id": asked["编号"], "verdict": "flag", "types": ["FEE-01"], "quote": asked["条款"][:12],
        "laws": [], "reason": "自行规定收费，没有写明依据。",
    }  # fmt: skip
    return answer | changed


@contextmanager
def serving(answer: Callable[[dict[str, str], int], Any]) -> Iterator[Log]:
    """A server; `answer` gets the fields of the provision and how many requests came before, and returns words, a dict or `Raw`."""
    log = Log()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            log.bodies.append(body)
            log.headers.append(dict(self.headers))
            log.paths.append(self.path)
            made = answer(json.loads(body["messages"][1]["content"]), len(log.bodies) - 1)
            made = json.dumps(made, ensure_ascii=False) if isinstance(made, dict) and "choices" not in made else made
            made = completion(made) if isinstance(made, str) else made
            raw = made if isinstance(made, Raw) else Raw(body=json.dumps(made).encode())
            self.send_response(raw.status)
            self.send_header("Content-Length", str(len(raw.body) + 50 * raw.cut))
            for name, value in raw.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if not raw.drip:
                self.wfile.write(raw.body)
            for byte in raw.body if raw.drip else b"":
                time.sleep(raw.drip)
                self.wfile.write(bytes((byte,)))

        def log_message(self, *_: Any) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:  # the client may be gone
            return

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    log.address = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield log
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
