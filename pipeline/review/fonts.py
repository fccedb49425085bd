"""Chinese fonts installed on this machine: the name of the font that pages would be rendered with, or None.

pdfium takes fonts that a PDF does not embed from the font folders of the system, LibreOffice from fontconfig. Each is queried
in a sandboxed subprocess, the way pages are rendered, so that fonts in a user's own folders do not count. A missing font is
not an error: characters are then drawn as boxes. A font that was found is cached for the life of the process; a missing one is
looked for again at each call, so that a font installed meanwhile is found at once.
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
_cache: dict[str, str] = {}


def pdf_font() -> str | None:
    """Name of the font that pdfium draws Chinese with where a PDF embeds none, None where the machine has no such font."""
    return _cached("pdf", lambda: _output_of((sys.executable, "-m", "pipeline.review.output.page_drawing", "font")))


def office_font() -> str | None:
    """Name of the font that LibreOffice sets Chinese in, None where the machine has no such font."""
    return _cached(
        "office", _fontconfig_font if sys.platform == "linux" and shutil.which("fc-match") else _system_folder_font
    )


def _cached(program: str, query: Callable[[], str]) -> str | None:
    if program not in _cache:
        answer = query()
        if not answer:
            return None
        _cache[program] = answer
    return _cache[program]


def _fontconfig_font() -> str:
    languages, _, family = _output_of(("fc-match", "-f", "%{lang}\n%{family[0]}", ":lang=zh-cn")).partition("\n")
    return family if "zh-cn" in languages.split("|") else ""


def _system_folder_font() -> str:
    return next(_chinese_by_name(_FOLDERS.get(sys.platform, ())), "")


def _chinese_by_name(folders: Sequence[Path]) -> Iterator[str]:
    """Stems of font files whose names are those of Chinese fonts; the files are not opened."""
    for folder in folders:
        for path in sorted(folder.rglob("*.[TtOo][Tt][CcFf]")):
            if _NAMES.search(path.name):
                yield path.stem


def _output_of(command: Sequence[str]) -> str:
    """The standard output of a command run in the sandbox (60 seconds at most); "" where it fails."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return run_sandboxed(command, Path(folder), Bounds(60)).strip()
        except StoppedError:
            return ""
