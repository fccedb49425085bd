"""原件: original files, stored unchanged under the SHA-256 of their bytes."""

import os
import tempfile
from pathlib import Path

from pipeline.errors import StorageError
from pipeline.home import private_folder


def original_path(home: Path, digest: str) -> Path:
    """The path at which the original with a SHA-256 is stored."""
    return home / "originals" / digest[:2] / digest


def store_original(home: Path, digest: str, data: bytes) -> Path:
    """Stores a file under its SHA-256 and returns the path; written atomically, and only once. Raises `StorageError`."""
    path = original_path(home, digest)
    if path.exists():
        return path
    try:
        private_folder(path.parent)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).replace(path)
    except OSError as error:
        raise StorageError(
            f"原件无法保存到{path.parent}（{error.strerror}）", remedy="请检查磁盘空间和写入权限"
        ) from error
    return path
