"""Checks of stored originals: their hashes against their names, those that are missing, those that nothing refers to."""

import hashlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet

from pipeline.home import tighten_paths
from pipeline.review.inspection.faults import Fault, Step
from pipeline.review.models import Export, Material, Occurrence, Original, Paper, ProblemEntry, Release, Version
from pipeline.review.queue.originals import original_path

_NAME = re.compile(r"[0-9a-f]{64}")
_PREFIXES = tuple(f"{number:02x}" for number in range(256))
# a file that is younger may be one that is being stored, or whose transaction has not ended
_SETTLED = 24 * 3600
_BACKUP = "请从备份取回原件"


def check_hashes(home: Path) -> Iterator[Step]:
    """Whether each original still has the SHA-256 that is its name."""
    for path in _stored(home):
        try:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except FileNotFoundError:  # a classified file that was deleted meanwhile
            continue
        except OSError as error:
            yield Fault(f"原件{path.name[:12]}无法读取（{error.strerror}），{_used_by(path.name)}；{_BACKUP}")
            continue
        if digest != path.name:
            yield Fault(f"原件{path.name[:12]}的内容与名称不符（被改动或者损坏），{_used_by(path.name)}；{_BACKUP}")
        yield 1


def _stored(home: Path) -> Iterator[Path]:
    for prefix in _PREFIXES:
        folder = home / "originals" / prefix
        yield from (path for path in sorted(folder.glob("*")) if _NAME.fullmatch(path.name))


def _used_by(digest: str) -> str:
    """The items that an original belongs to, in Chinese."""
    rows = Version.objects.filter(original_id=digest).values_list("item_id", "item__title")[:3]
    told = "、".join(f"编号{item}《{title}》" for item, title in rows)
    return f"涉及{told}" if told else "不是任何一版的原件"


def check_missing(home: Path) -> Iterator[Step]:
    """Whether the original of each version, material, release and file that waits to be read is there."""
    for prefix in _PREFIXES:
        needed = _needed(prefix)
        for digest in sorted(needed):
            if not original_path(home, digest).is_file():
                yield Fault(f"原件{digest[:12]}不在{home / 'originals'}，{_used_by(digest)}；{_BACKUP}")
        yield len(needed)


def _needed(prefix: str) -> set[str]:
    released = Release.objects.values("opinion"), Release.objects.exclude(annotated=None).values("annotated")
    exports = Export.objects.filter(Q(pk__in=released[0]) | Q(pk__in=released[1]))
    found = {
        digest
        for rows in (Version.objects.all(), Material.objects.all(), Occurrence.objects.all())
        for digest in _beginning(rows, "original_id", prefix)
    }
    return found | _beginning(exports, "digest", prefix)


def _beginning(rows: "QuerySet[Any]", field: str, prefix: str) -> set[str]:
    """The values of a column of digests that begin with two digits, found by a range since that uses the index."""
    beyond = f"{int(prefix, 16) + 1:02x}" if prefix != "ff" else "g"
    return set(rows.filter(**{f"{field}__gte": prefix, f"{field}__lt": beyond}).values_list(field, flat=True))


def check_orphans(home: Path) -> Iterator[Step]:
    """Files among the originals that nothing refers to, and half-written ones that a kill left."""
    now = time.time()
    for prefix in _PREFIXES:
        paths = [path for path in (home / "originals" / prefix).glob("*") if path.is_file()]
        known = _known(prefix) if paths else set()
        for path in paths:
            if path.name in known or path.stat().st_mtime > now - _SETTLED:
                continue
            if _NAME.fullmatch(path.name):
                yield Fault(f"{path}没有记录引用，可能是中断的提交留下的；确认不需要后可以删除", hint=True)
            else:
                yield Fault(f"{path}是没有写完的临时文件，可以删除", hint=True)
        yield len(paths)


def _known(prefix: str) -> set[str]:
    found = _beginning(Original.objects.all(), "digest", prefix)
    for rows in (Export.objects.all(), Paper.objects.all(), ProblemEntry.objects.all()):
        found |= _beginning(rows, "digest", prefix)
    return found


def check_permissions(home: Path) -> Iterator[Step]:
    """Whether the owner alone may read the home folder; permissions of others are taken off."""
    count = 0
    for folder, _, names in os.walk(home.resolve()):
        paths = [Path(folder), *(Path(folder) / name for name in names)]
        for told in tighten_paths(paths):
            if told.endswith("）"):
                yield Fault(f"{told}，别的用户可以读取；请由它的所有者或者root改为只有运行清规的用户可读")
            else:
                count += 1
        yield len(paths)
    if count:
        yield Fault(f"有{count}个文件和文件夹别的用户可以读取，已改为只有当前用户可读", hint=True)
