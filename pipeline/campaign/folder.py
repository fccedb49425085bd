"""A campaign on disk: its settings, the paths of its files, and its control file (run, pause, cancel)."""

import json
import logging
import os
import platform
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.errors import UsageError

_log = logging.getLogger(__name__)
_NAME = re.compile(r"[\w\u4e00-\u9fff][\w\u4e00-\u9fff.\-]{0,63}")
RUNNING, PAUSED, CANCELLED = "运行", "暂停", "取消"
# how far a campaign is, as people are told
NOT_BEGUN, IN_WORK, INTERRUPTED, DONE = "未开始", "运行中", "中断", "完成"


@dataclass(frozen=True, slots=True)
class Scope:
    """范围: the documents that a campaign decides on.

    `before` excludes documents made on or after that day; `issuers` are words one of which must occur in an issuer's
    name (empty: all issuers); `normative_only` excludes documents that are not 行政规范性文件.
    """

    before: date | None = None
    issuers: tuple[str, ...] = ()
    normative_only: bool = False

    def leaves_out(self, made: date | None, issuers: tuple[str, ...], *, is_normative: bool) -> str:
        """The reason why a document is out of scope, in Chinese; "" if it is in scope. `made` is None if unknown."""
        if self.normative_only and not is_normative:
            return "不是行政规范性文件"
        if self.before and made and made >= self.before:
            return f"{made}制定，不早于清理截止日{self.before}"
        if self.issuers and not any(word in issuer for word in self.issuers for issuer in issuers):
            return "不是本次清理的制定机关"
        return ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign: its folder and the settings fixed at its creation.

    `as_of` is the day whose law applies (基准日); `place` the region that decides default terms of validity, None to
    derive it from the issuer; `previous` the name of the campaign whose decisions may be carried over.
    """

    folder: Path
    name: str
    as_of: date
    place: str | None
    scope: Scope
    previous: str | None
    created: date

    @property
    def snapshot(self) -> Path:
        return self.folder / "snapshot.parquet"

    @property
    def shards(self) -> Path:
        return self.folder / "shards"

    @property
    def audit(self) -> Path:
        """What is missing or contradicts itself among all documents; the last file that is written with the proposals."""
        return self.folder / "audit.json"

    @property
    def proposals(self) -> Path:
        return self.folder / "proposals.parquet"

    @property
    def control(self) -> Path:
        return self.folder / "control"

    def state(self) -> str:
        """The last requested state: RUNNING (also without any legible request), PAUSED or CANCELLED."""
        found = self.control.read_text(encoding="utf-8", errors="replace") if self.control.exists() else RUNNING
        return found if found in (PAUSED, CANCELLED) else RUNNING

    @property
    def runner(self) -> Path:
        return self.folder / "run.json"

    def is_running(self) -> bool:
        """Whether a process of this machine runs the campaign now."""
        import psutil

        try:
            content = json.loads(self.runner.read_text(encoding="utf-8"))
            process = psutil.Process(content["process"])
            return bool(content["host"] == platform.node() and process.create_time() == content["began"])
        except (OSError, ValueError, KeyError, TypeError, psutil.Error):
            return False

    @contextmanager
    def as_runner(self) -> Iterator[None]:
        """Marks this process as the one that runs the campaign. Raises `UsageError` where another one does."""
        if self.is_running():
            raise UsageError(
                f"清理“{self.name}”正在运行",
                remedy=f"看进度：qinggui campaign status {self.name}；要停下：qinggui campaign pause {self.name}",
            )
        import psutil

        process = psutil.Process()
        content = {"host": platform.node(), "process": process.pid, "began": process.create_time()}
        write_atomically(self.runner, json.dumps(content).encode())
        try:
            yield
        finally:
            self.runner.unlink(missing_ok=True)

    def how_far(self, done: int, files: int) -> str:
        """How far it is, in Chinese, when `done` of `files` are finished: 未开始, 运行中, 暂停, 取消, 中断 or 完成.

        Without proposals a campaign is not 完成, even where all files are read.
        """
        if self.is_running():
            return IN_WORK
        if files and done >= files:
            return DONE if self.audit.exists() else INTERRUPTED
        if self.state() != RUNNING:
            return self.state()
        return INTERRUPTED if self.control.exists() else NOT_BEGUN

    def request(self, state: str) -> None:
        """Requests RUNNING, PAUSED or CANCELLED; the engine checks it before every shard."""
        write_atomically(self.control, state.encode())


def campaigns_folder(home: Path) -> Path:
    """The folder of all campaigns in a home folder (QINGGUI_HOME)."""
    return home / "campaigns"


def home_of(folder: Path) -> Path:
    """The home folder of the campaign whose folder is `folder`."""
    return folder.parents[1]


def create(home: Path, settings: Campaign) -> Campaign:
    """Creates the folder of a new campaign and writes its settings. Raises `UsageError` for an invalid or existing name."""
    if not _NAME.fullmatch(settings.name):
        raise UsageError(
            f"清理名称“{settings.name}”不能用作文件夹名", remedy="请只用汉字、字母、数字、点、横线，不超过64字"
        )
    if settings.folder.exists():
        raise UsageError(f"清理“{settings.name}”已经存在", remedy="请换一个名称，或者用qinggui campaign run继续")
    settings.shards.mkdir(parents=True)
    content: dict[str, Any] = asdict(settings)
    del content["folder"]
    write_atomically(settings.folder / "campaign.json", json.dumps(content, ensure_ascii=False, default=str).encode())
    return settings


def load(home: Path, name: str) -> Campaign:
    """The campaign with this name. Raises `UsageError` if it does not exist."""
    file = campaigns_folder(home) / name / "campaign.json"
    if not _NAME.fullmatch(name) or not file.exists():
        known = "、".join(campaign.name for campaign in all_campaigns(home)) or "还没有"
        raise UsageError(f"没有名为“{name}”的清理", remedy=f"现有的清理：{known}；新建请用qinggui campaign new")
    return _read(file)


def _read(file: Path) -> Campaign:
    """The campaign of a settings file. Raises `UsageError` for one that cannot be read."""
    try:
        return _from_json(file.parent, json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"清理的设置{file}不能读取", remedy="请从备份恢复这个文件，或者移走它所在的文件夹，新建一次清理"
        ) from error


def _from_json(folder: Path, content: Mapping[str, Any]) -> Campaign:
    scope = content["scope"]
    before = date.fromisoformat(scope["before"]) if scope["before"] else None
    return Campaign(
        folder=folder,
        name=content["name"],
        as_of=date.fromisoformat(content["as_of"]),
        place=content["place"],
        scope=Scope(before, tuple(scope["issuers"]), scope["normative_only"]),
        previous=content["previous"],
        created=date.fromisoformat(content["created"]),
    )


def all_campaigns(home: Path) -> Iterator[Campaign]:
    """Every campaign of a home folder whose settings can be read, sorted by name; the others are named in the log."""
    for file in sorted(campaigns_folder(home).glob("*/campaign.json")):
        try:
            yield _read(file)
        except UsageError as error:
            _log.error("%s", error)


@contextmanager
def replaced(path: Path) -> Iterator[BinaryIO]:
    """A temporary file in the same folder to write to, which replaces `path` once it is on disk; on an error `path` stays as it was."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with temporary.open("wb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


def write_atomically(path: Path, data: bytes) -> None:
    """Writes a file atomically and to disk, so that a kill or a power failure leaves the old or the new file."""
    with replaced(path) as stream:
        stream.write(data)
