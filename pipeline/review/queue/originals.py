"""原件: files kept untouched, each under the SHA-256 of its bytes."""

import os
import tempfile
from pathlib import Path

from pipeline.errors import StorageError


def where(home: Path, digest: str) -> Path:
    """The path of a kept file."""
    return home / "originals" / digest[:2] / digest


def keep(home: Path, digest: str, data: bytes) -> Path:
    """The path under which a file is kept; written once, whole or not at all. Raises `StorageError`."""
    path = where(home, digest)
    if path.exists():
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).replace(path)
    except OSError as error:
        raise StorageError(
            f"原件无法保存到{path.parent}（{error.strerror}）", remedy="请检查磁盘空间和写入权限"
        ) from error
    return path
