"""锚点: heads of the audit that are kept outside of the database, so that cutting its end or hashing all of it anew is noticed.

Each is appended to a file of the home folder, exported for a second person to keep (`qinggui audit anchor`), and mailed once a day to
QINGGUI_AUDIT_MAIL where that is set. Nothing signs an anchor: it is worth what the place is worth where it is kept.
"""

import json
import logging
import os
import smtplib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone

from pipeline.errors import StorageError, UsageError
from pipeline.home import open_private
from pipeline.review.accounts import COMMAND_LINE
from pipeline.review.audit.chain import note, seal
from pipeline.review.audit.file_chain import ends_torn
from pipeline.review.audit.verification import Anchor
from pipeline.review.clock import local_time
from pipeline.review.models import AuditEntry

log = logging.getLogger(__name__)
FILE = "audit-anchors.jsonl"
ANCHORED = "锚定"
_MAILED = "邮件"


@dataclass(frozen=True, slots=True)
class KeptAnchors:
    """The anchors in the file of a home folder: those of the database in use, and what is said of other lines in Chinese."""

    anchors: tuple[Anchor, ...]
    remarks: tuple[str, ...]


def database_name() -> str:
    """The database in use, as anchors name it: sqlite, or host and name of a PostgreSQL database."""
    if connection.vendor == "sqlite":
        return "sqlite"
    place = connection.settings_dict
    return f"{connection.vendor} {place.get('HOST') or 'localhost'}:{place.get('PORT') or 5432}/{place['NAME']}"


def take_anchor(home: Path) -> Anchor:
    """Takes an anchor now and appends it to the file of the home folder. Raises `StorageError` where that cannot be written."""
    head = seal()
    anchor = Anchor(head.number, head.digest, head.count, datetime.now(UTC).replace(microsecond=0), database_name())
    file = home / FILE
    try:
        with open_private(file, "ab") as stream:
            stream.write((b"\n" if ends_torn(file) else b"") + _line(anchor) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise StorageError(
            f"锚点没有写进{file}（{error.strerror}）", remedy="请检查磁盘空间和写入权限，然后运行qinggui audit anchor"
        ) from error
    return anchor


def _line(anchor: Anchor) -> bytes:
    return json.dumps(asdict(anchor), ensure_ascii=False, default=lambda at: at.isoformat()).encode()


def export_anchor(anchor: Anchor, out: Path) -> None:
    """Writes an anchor to a file for another person to keep. Raises `StorageError`."""
    try:
        out.write_bytes(_line(anchor) + b"\n")
    except OSError as error:
        raise StorageError(f"锚点没有写到{out}（{error.strerror}）", remedy="请换一个可以写入的位置") from error


def in_words(anchor: Anchor) -> str:
    """An anchor as Chinese text that can be printed, filed or read out."""
    return (
        f"清规审计锚点\n  时间  {local_time(anchor.at, seconds=True)}\n  条数  {anchor.count}\n  末条  第{anchor.number}条\n"
        f"  哈希  {anchor.digest}\n  数据库  {anchor.database}"
    )


def read_anchor(file: Path) -> list[Anchor]:
    """The anchors in a file that was exported, one a line. Raises `UsageError` for a file that is none."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"无法读取锚点{file}（{error}）", remedy="请检查路径") from error
    anchors = [_parse(line) for line in lines if line.strip()]
    if not anchors or None in anchors:
        raise UsageError(f"{file}不是审计锚点，或者不完整", remedy="请用qinggui audit anchor --out导出的文件")
    return [anchor for anchor in anchors if anchor is not None]


def _parse(line: str) -> Anchor | None:
    """The anchor in a line; None for a line that is none, such as a torn one."""
    try:
        found = json.loads(line)
        return Anchor(
            int(found["number"]), str(found["digest"]), int(found["count"]), datetime.fromisoformat(found["at"]), str(found["database"])
        )  # fmt: skip
    except (ValueError, KeyError, TypeError):
        return None


def kept_anchors(home: Path) -> KeptAnchors:
    """The anchors that the file of a home folder holds of the database in use."""
    file = home / FILE
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.exists() else []
    except OSError as error:
        return KeptAnchors((), (f"{file}无法读取（{error.strerror}），没有核对其中的锚点",))
    read = [_parse(line) for line in lines if line.strip()]
    here = database_name()
    mine = tuple(anchor for anchor in read if anchor is not None and anchor.database == here)
    torn = sum(anchor is None for anchor in read)
    others = len(read) - len(mine) - torn
    remarks = [f"{file}有{torn}行不完整，没有核对"] if torn else []
    if others:
        remarks.append(f"{file}有{others}个锚点属于另一个数据库，没有核对（现在的数据库：{here}）")
    return KeptAnchors(mine, tuple(remarks))


def anchor_daily(home: Path, to: str) -> Anchor | None:
    """Takes the anchor of the day where there is none yet, and mails it to the address `to`, "" for none.

    Returns the anchor that was taken. A mail that could not be sent is logged and tried again the next time.
    """
    today = timezone.localdate()
    days = {timezone.localdate(anchor.at) for anchor in kept_anchors(home).anchors}
    mail = bool(to and settings.EMAIL_HOST) and not _mailed_since(timezone.now().replace(hour=0, minute=0))
    if today in days and not mail:
        return None
    anchor = take_anchor(home)
    if mail:
        try:
            mail_anchor(anchor, to)
        except (OSError, smtplib.SMTPException) as error:
            log.error("审计锚点没有寄给%s（%s），下次再寄", to, error)
    return anchor


def _mailed_since(moment: datetime) -> bool:
    return AuditEntry.objects.filter(what=ANCHORED, at__gte=moment, detail__startswith=_MAILED).exists()


def mail_to(anchor: Anchor, to: str) -> None:
    """Mails an anchor. Raises `UsageError` where no mail server is configured, `StorageError` where it does not take the mail."""
    if not settings.EMAIL_HOST:
        raise UsageError("没有配置邮件服务器", remedy="请设置环境变量QINGGUI_MAIL，例如smtp://用户:密码@主机:25")
    try:
        mail_anchor(anchor, to)
    except (OSError, smtplib.SMTPException) as error:
        raise StorageError(
            f"锚点没有寄出（{error}）", remedy="请检查QINGGUI_MAIL，或者用--out导出后交给另一人"
        ) from error


def mail_anchor(anchor: Anchor, to: str) -> None:
    """Mails an anchor to a second person and records that."""
    body = (
        f"{in_words(anchor)}\n\n请保存这封邮件。以后核验：把下面一行存成文件，在服务器上运行 qinggui audit verify --anchor 文件\n\n"
        f"{_line(anchor).decode()}\n"
    )
    subject = f"清规：审计锚点 {local_time(anchor.at)}，第{anchor.number}条"
    EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [to]).send()
    note(COMMAND_LINE, ANCHORED, None, f"{_MAILED}寄给{to}：第{anchor.number}条 {anchor.digest}")


def anchors_for(home: Path, files: Sequence[Path]) -> KeptAnchors:
    """The anchors of a home folder together with those in files that people kept, which count whatever database they name."""
    kept = kept_anchors(home)
    return KeptAnchors((*kept.anchors, *(one for file in files for one in read_anchor(file))), kept.remarks)
