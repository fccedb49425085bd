"""A campaign on disk: its settings, its files, and whether it may go on."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import UsageError

_NAME = re.compile(r"[\w\u4e00-\u9fff][\w\u4e00-\u9fff.\-]{0,63}")
RUNNING, PAUSED, CANCELLED = "运行", "暂停", "取消"


@dataclass(frozen=True, slots=True)
class Scope:
    """范围: which documents a campaign decides on. `before` is the cut-off day of making; `issuers` words of which an
    issuer's name must hold one (none: all); `normative_only` leaves out what is no normative document."""

    before: date | None = None
    issuers: tuple[str, ...] = ()
    normative_only: bool = False

    def leaves_out(self, made: date | None, issuers: tuple[str, ...], *, is_normative: bool) -> str:
        """Why a document is out of scope, in Chinese; "" where it is in."""
        if self.normative_only and not is_normative:
            return "不是行政规范性文件"
        if self.before and made and made >= self.before:
            return f"{made}制定，不早于清理截止日{self.before}"
        if self.issuers and not any(word in issuer for word in self.issuers for issuer in issuers):
            return "不是本次清理的制定机关"
        return ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign: where it lies and what was settled when it was made."""

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
    def proposals(self) -> Path:
        return self.folder / "proposals.parquet"

    @property
    def control(self) -> Path:
        return self.folder / "control"

    def state(self) -> str:
        """What was last asked of the campaign: 运行, 暂停 or 取消."""
        return self.control.read_text(encoding="utf-8") if self.control.exists() else RUNNING

    def ask(self, state: str) -> None:
        """Asks a running campaign to go on, pause or stop; the engine looks before every shard."""
        write_atomically(self.control, state.encode())


def campaigns_folder(home: Path) -> Path:
    """Where the campaigns of a home folder lie."""
    return home / "campaigns"


def home_of(folder: Path) -> Path:
    """The home folder of the campaign that lies in `folder`."""
    return folder.parents[1]


def create(home: Path, settings: Campaign) -> Campaign:
    """Writes a new campaign. Raises `UsageError` for a bad name or one that is taken."""
    if not _NAME.fullmatch(settings.name):
        raise UsageError(
            f"清理名称“{settings.name}”不能用作文件夹名", remedy="请只用汉字、字母、数字、点、横线，不超过64字"
        )
    if settings.folder.exists():
        raise UsageError(f"清理“{settings.name}”已经存在", remedy="请换一个名称，或者用qinggui campaign run继续")
    settings.shards.mkdir(parents=True)
    told: dict[str, Any] = asdict(settings)
    del told["folder"]
    write_atomically(settings.folder / "campaign.json", json.dumps(told, ensure_ascii=False, default=str).encode())
    return settings


def load(home: Path, name: str) -> Campaign:
    """The campaign of a name. Raises `UsageError` where there is none."""
    file = campaigns_folder(home) / name / "campaign.json"
    if not _NAME.fullmatch(name) or not file.exists():
        known = "、".join(campaign.name for campaign in all_campaigns(home)) or "还没有"
        raise UsageError(f"没有名为“{name}”的清理", remedy=f"现有的清理：{known}；新建请用qinggui campaign new")
    return _from_json(file.parent, json.loads(file.read_text(encoding="utf-8")))


def _from_json(folder: Path, told: Mapping[str, Any]) -> Campaign:
    scope = told["scope"]
    before = date.fromisoformat(scope["before"]) if scope["before"] else None
    return Campaign(
        folder=folder,
        name=told["name"],
        as_of=date.fromisoformat(told["as_of"]),
        place=told["place"],
        scope=Scope(before, tuple(scope["issuers"]), scope["normative_only"]),
        previous=told["previous"],
        created=date.fromisoformat(told["created"]),
    )


def all_campaigns(home: Path) -> Iterator[Campaign]:
    """Every campaign of a home folder, in order of name."""
    for file in sorted(campaigns_folder(home).glob("*/campaign.json")):
        yield _from_json(file.parent, json.loads(file.read_text(encoding="utf-8")))


def write_table(path: Path, table: pa.Table) -> None:
    """A Parquet file that is there with all its rows or not at all."""
    waiting = path.with_suffix(f".{os.getpid()}.tmp")
    pq.write_table(table, waiting)
    waiting.replace(path)


def write_atomically(path: Path, data: bytes) -> None:
    """A file that is there with all its content or not at all."""
    waiting = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    waiting.write_bytes(data)
    waiting.replace(path)
