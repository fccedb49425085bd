"""Asking a second reader about many provisions, within limits of tokens and time, and telling what came of it."""

import logging
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from threading import Event

from pipeline.law import Rulebook
from pipeline.reader.answers import Dropped, Reply, Standard, standard, take
from pipeline.reader.brief import MOST_ANSWER_TOKENS, brief_id, request_body
from pipeline.reader.cache import Cache, Opinion
from pipeline.reader.provisions import Provision
from pipeline.reader.service import Limits, ask
from pipeline.reader.settings import Settings

_log = logging.getLogger(__name__)
# so many provisions one after the other without any reply: the service is not there
_MOST_FAILURES = 3


@dataclass(slots=True)
class Outcome:
    """What came of a run: opinions by source, dropped answers by reason, tokens, and why it ended early ("" if it did not).

    `sent` counts the provisions that were sent, whether or not an answer came; `attempts` the requests.
    """

    known: int = 0
    answered: int = 0
    sent: int = 0
    attempts: int = 0
    dropped: Counter[Dropped] = field(default_factory=Counter[Dropped])
    tokens_in: int = 0
    tokens_out: int = 0
    stopped: str = ""

    @property
    def tokens(self) -> int:
        """All tokens used."""
        return self.tokens_in + self.tokens_out


class Reader:
    """A second reader for one run: settings, brief, cache, and what is left of its tokens and time."""

    def __init__(self, settings: Settings, book: Rulebook, cache: Cache, cancelled: Event | None = None) -> None:
        self.settings = settings
        self.outcome = Outcome()
        self._wanted: Standard = standard(book, date.today())
        self._brief = brief_id(self._wanted.types)
        self._cache = cache
        self._limits = Limits(time.monotonic() + settings.run_seconds, cancelled or Event())
        self._failures = 0

    def unknown(self, provisions: Iterable[Provision]) -> list[Provision]:
        """The provisions on which the cache has no opinion of this model under this brief, each once."""
        by_key = {provision.key: provision for provision in provisions}
        found = [one for key, one in by_key.items() if self._cache.find(key, self._brief, self.settings.model) is None]
        self.outcome.known += len(by_key) - len(found)
        return found

    def ask_about(self, provisions: Iterable[Provision]) -> int:
        """Asks about provisions in order and keeps what is taken; returns how many were sent.

        Ends early, with the reason in `outcome.stopped`, where tokens or time are used up, the run is cancelled or the service is
        not there. Raises `UsageError` where the service refuses requests as such, `StorageError` where nothing can be kept.
        """
        before = self.outcome.sent
        for provision in provisions:
            body = request_body(provision, self.settings.model, self._wanted.types)
            self.outcome.stopped = self._why_stop(_most_tokens(body))
            if self.outcome.stopped:
                break
            attempts = self.outcome.attempts
            try:
                reply = ask(body, self.settings, self._limits, self._sending)
            finally:
                self.outcome.sent += self.outcome.attempts > attempts
            self._take(provision, reply, sum(len(message["content"]) for message in body["messages"]))
        return self.outcome.sent - before

    def _sending(self) -> None:
        self.outcome.attempts += 1

    def _why_stop(self, needed: int) -> str:
        if self._limits.cancelled.is_set():
            return "已取消"
        if self._limits.left <= 0:
            return f"用满了{self.settings.run_seconds}秒（QINGGUI_READER_RUN_SECONDS）"
        if self.outcome.tokens + needed > self.settings.tokens:
            return f"再问就超过{self.settings.tokens}个词元（QINGGUI_READER_TOKENS）"
        return "大模型服务接连没有答复" if self._failures >= _MOST_FAILURES else ""

    def _take(self, provision: Provision, reply: Reply | Dropped, characters: int) -> None:
        """Keeps the opinion in a reply, or counts why there is none; a service that does not state its tokens is reckoned by characters."""
        if isinstance(reply, Reply):
            self.outcome.tokens_in += reply.tokens_in or characters
            self.outcome.tokens_out += reply.tokens_out or len(reply.content)
            taken: Opinion | Dropped = take(
                reply, provision, self._wanted, model=self.settings.model, brief=self._brief
            )  # fmt: skip
        else:
            # what a service has read costs, answered or not
            self.outcome.tokens_in += characters if reply is not Dropped.FAILED else 0
            taken = reply
        lost = reply in (Dropped.TIMEOUT, Dropped.FAILED)
        self._failures = self._failures + 1 if lost else 0
        if isinstance(taken, Dropped):
            self.outcome.dropped[taken] += 1
            _log.info("大模型的答复没有采用：%s", taken)
            return
        self._cache.keep(provision.key, taken)
        self.outcome.answered += 1


def _most_tokens(body: dict[str, object]) -> int:
    """What a request and its answer may cost: a character of Chinese is about one token or less."""
    messages = body["messages"]
    assert isinstance(messages, list)
    return sum(len(message["content"]) for message in messages) + MOST_ANSWER_TOKENS
