"""Chinese fonts of this machine: the one that pages would be drawn with here, or none.

pdfium takes the fonts that a PDF does not hold from folders of the system, LibreOffice from fontconfig; each is asked as
it runs apart, without the folders of a user. Without a font nothing fails: boxes are drawn for the characters. That a font
is missing is asked anew each time, so that one installed meanwhile is seen at once.
"""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pipeline.sandbox import Bounds, StoppedError, run_sandboxed

INSTALL = "在服务器上安装中文字体（apt-get install fonts-noto-cjk；Windows和macOS自带）"
_NAMES = re.compile(
    r"cjk|wqy|zenhei|uming|ukai|fandol|lxgw|droidsansfallback|source.?han|noto(?:sans|serif)(?:sc|hans)"
    r"|simsun|simhei|simfang|simkai|msyh|deng|pingfang|songti|stheiti|hiragino sans gb",
    re.IGNORECASE,
)
_FOLDERS = {
    "win32": (Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts",),
    "darwin": (Path("/System/Library/Fonts"), Path("/Library/Fonts")),
    "linux": (Path("/usr/share/fonts"), Path("/usr/local/share/fonts")),
}
_found: dict[str, str] = {}


def pdf_font() -> str | None:
    """The font that Chinese of a PDF without fonts of its own is drawn with."""
    return _kept("pdf", lambda: _asked((sys.executable, "-m", "pipeline.review.output.page_drawing", "font")))


def office_font() -> str | None:
    """The font that LibreOffice lays Chinese out with."""
    return _kept("office", _of_fontconfig if sys.platform == "linux" and shutil.which("fc-match") else _of_folders)


def _kept(program: str, ask: Callable[[], str]) -> str | None:
    if program not in _found:
        answer = ask()
        if not answer:
            return None
        _found[program] = answer
    return _found[program]


def _of_fontconfig() -> str:
    languages, _, family = _asked(("fc-match", "-f", "%{lang}\n%{family[0]}", ":lang=zh-cn")).partition("\n")
    return family if "zh-cn" in languages.split("|") else ""


def _of_folders() -> str:
    return next(_chinese_by_name(_FOLDERS.get(sys.platform, ())), "")


def _chinese_by_name(folders: Sequence[Path]) -> Iterator[str]:
    """Font files whose names say that they hold Chinese; what fonts hold is not looked at."""
    for folder in folders:
        for path in sorted(folder.rglob("*.[TtOo][Tt][CcFf]")):
            if _NAMES.search(path.name):
                yield path.stem


def _asked(words: Sequence[str]) -> str:
    """What a program prints; nothing where it fails."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return run_sandboxed(words, Path(folder), Bounds(60)).strip()
        except StoppedError:
            return ""
