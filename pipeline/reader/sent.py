"""What left this machine for a second reader, in the audit: address, count and hash, before the first byte is sent.

The queue must be open.
"""

import hashlib
from collections.abc import Iterable

from pipeline.reader.provisions import Provision
from pipeline.reader.settings import Settings
from pipeline.review.accounts import COMMAND_LINE
from pipeline.review.audit.chain import note
from pipeline.review.models import Version

# kinds of entries
SENT, SENT_LESS, EXPORTED, IMPORTED = "发往大模型", "发往大模型（实际）", "导出大模型请求", "收入大模型答复"


def digest_of(provisions: Iterable[Provision]) -> str:
    """The SHA-256 (hexadecimal) over the keys of provisions in order: the same words in the same context give the same."""
    return hashlib.sha256("\n".join(provision.key for provision in provisions).encode()).hexdigest()


def item_of(digest: str) -> int | None:
    """The number of the item whose file has this SHA-256, the latest of several; None where it is not in the queue."""
    found = Version.objects.filter(original_id=digest).order_by("-id").values_list("item_id", flat=True).first()
    return None if found is None else int(found)


def note_sending(settings: Settings, item: int | None, name: str, provisions: list[Provision]) -> None:
    """Records that provisions of a paper are about to be sent."""
    said = f"{settings.address} 模型{settings.model} 条款{len(provisions)}条 {name[:100]} {digest_of(provisions)}"
    note(COMMAND_LINE, SENT, item, said)


def note_less(settings: Settings, item: int | None, name: str, provisions: list[Provision]) -> None:
    """Records which provisions of a paper were really sent, where a run ended before all were."""
    said = f"{settings.address} 模型{settings.model} 实际发送{len(provisions)}条 {name[:100]} {digest_of(provisions)}"
    note(COMMAND_LINE, SENT_LESS, item, said)


def note_export(model: str, item: int | None, name: str, provisions: list[Provision], file: str) -> None:
    """Records that requests about provisions of a paper were written to a batch file."""
    said = f"{file[-100:]} 模型{model} 条款{len(provisions)}条 {name[:100]} {digest_of(provisions)}"
    note(COMMAND_LINE, EXPORTED, item, said)


def note_import(file: str, taken: int, dropped: int, digest: str) -> None:
    """Records that a file of answers, with its SHA-256, was read."""
    note(COMMAND_LINE, IMPORTED, None, f"{file[-100:]} 采用{taken}条 不采用{dropped}条 {digest}")
