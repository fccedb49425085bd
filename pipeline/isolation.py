"""Gives an external program a root of its own: the folders of programs read-only, one folder to work in, and no network.

A document can name files of the server and addresses of the network, which a program that converts it would fetch. Bubblewrap makes
that root where it is installed, else `unshare` and `mount` of util-linux, in a user namespace; where neither works, there is no
`Protection`, and whoever converts has to refuse such documents (`pipeline.references`).
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path

# what programs need to start; none of it holds documents
_SYSTEM = (
    "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/share",
    "/usr/local/share/fonts", "/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache", "/etc/libreoffice", "/var/cache/fontconfig",
    "/var/lib/libreoffice",
)  # fmt: skip
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_FONT_SETTINGS = (Path("/etc/fonts/fonts.conf"), Path("/etc/fonts/local.conf"))
_FONT_FOLDER = re.compile(r"<dir[^>]*>\s*(/[^<]+?)\s*</dir>")
# arguments: mount point, working folder, read-only paths, --, command; the old root is gone before the command starts
_SCRIPT = """set -eu
root=$1 folder=$2; shift 2
mount -t tmpfs -o mode=755,size=16m none "$root"
while [ "$1" != -- ]; do
  mkdir -p "$root$(dirname "$1")"
  if [ -L "$1" ]; then ln -s "$(readlink "$1")" "$root$1"
  elif [ -d "$1" ]; then
    mkdir -p "$root$1"; mount --rbind "$1" "$root$1"
    mount -o remount,bind,ro "$root$1" 2>/dev/null || true
  else : > "$root$1"; mount --bind "$1" "$root$1"; fi
  shift
done
shift
mkdir -p "$root$folder" "$root/proc" "$root/tmp" "$root/old"
mount --bind "$folder" "$root$folder"
mount -t proc proc "$root/proc" 2>/dev/null || true
cd "$root"
pivot_root . old
umount -l /old
cd "$folder"
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all -- "$@"
"""
_UNSHARE = (
    "unshare",
    "--user",
    "--map-root-user",
    "--mount",
    "--net",
    "--pid",
    "--ipc",
    "--uts",
    "--fork",
    "--kill-child",
)


class Protection(StrEnum):
    """How the root of its own is made."""

    BUBBLEWRAP = "bubblewrap"
    NAMESPACE = "命名空间（unshare）"


@cache
def protection() -> Protection | None:
    """The protection that works on this machine, tried once per process; None where there is none."""
    return next((kind for kind in Protection if sys.platform == "linux" and _works(kind)), None)


def isolated(command: Sequence[str], folder: Path, kind: Protection) -> list[str]:
    """The command that runs `command` with a root in which it sees programs, fonts and `folder`, the only place it may write."""
    readable = list(_readable(command[0]))
    if kind is Protection.BUBBLEWRAP:
        return ["bwrap", "--unshare-all", "--die-with-parent", "--cap-drop", "ALL", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",
                *(word for path in readable for word in _bound(path)), "--bind", str(folder), str(folder), "--chdir", str(folder), "--", *command]  # fmt: skip
    root = folder / "root"
    root.mkdir(exist_ok=True)
    devices = [path for path in _DEVICES if Path(path).exists()]
    return [*_UNSHARE, "sh", "-c", _SCRIPT, "sh", str(root), str(folder), *readable, *devices, "--", *command]


def _bound(path: str) -> tuple[str, ...]:
    """The options of Bubblewrap that show a path, a link as a link."""
    return ("--symlink", str(Path(path).readlink()), path) if Path(path).is_symlink() else ("--ro-bind", path, path)


def _readable(program: str) -> Iterator[str]:
    """The paths that are shown: system folders, the folder of the program, and the fonts that the environment names."""
    found = [*_SYSTEM, *_fonts()]
    where = Path(shutil.which(program) or program).resolve().parent
    yield from dict.fromkeys(path for path in found if os.path.lexists(path))
    if not any(where.is_relative_to(Path(path).resolve()) for path in found):
        # /opt/libreoffice/program/soffice
        yield str(where.parent if where.name == "program" else where)


def _fonts() -> Iterator[str]:
    """The settings of fontconfig that the environment names, the folders of fonts named there or in those of the system, and what their links show."""
    named = [Path(os.environ[name]) for name in ("FONTCONFIG_FILE", "FONTCONFIG_PATH") if os.environ.get(name)]
    yield from map(str, named)
    for settings in filter(Path.is_file, (*_FONT_SETTINGS, *named)):
        for folder in _FONT_FOLDER.findall(settings.read_text(encoding="utf-8", errors="replace")):
            yield folder
            linked = [path for path in Path(folder).glob("*") if path.is_symlink()] if settings in named else []
            # a link may lead through another one (a virtual environment that is linked itself): both ways are shown
            yield from (str(path.resolve()) for path in linked)
            yield from (str(path.readlink()) for path in linked if path.readlink().is_absolute())


def _works(kind: Protection) -> bool:
    """Whether a program starts under a protection."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            command = isolated(("true",), Path(folder), kind)
            return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0
        except (OSError, subprocess.TimeoutExpired):
            return False
