"""Old Word, WPS, RTF and ODT: an installed LibreOffice turns them into docx, apart and with limits.

Macros are switched off and links are not followed: the profile of each conversion is new and says so.
"""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from pipeline.apart import Bounds, StoppedError, run_apart
from pipeline.errors import UnreadableFile
from pipeline.ingest.assemble import Reading
from pipeline.ingest.docx import read_docx

# kind of file → what LibreOffice is told it is
NAMES = {"ole": "doc", "rtf": "rtf", "odt": "odt"}
_CALLED = {"ole": "旧版Word或WPS文档", "rtf": "RTF文档", "odt": "ODT文档"}
_BOUNDS = Bounds(seconds=60, memory=0, output=256)
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetProxyType"><value>1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyName"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyPort"><value>9</value></prop></item>
</oor:items>
"""


def office_program() -> str | None:
    """The LibreOffice of this machine, None where there is none."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def read_office(data: bytes, kind: str) -> Reading:
    """The text of a file of a kind of `NAMES`. Raises `UnreadableFile`, of that kind where LibreOffice is missing."""
    program, called = office_program(), _CALLED[kind]
    if program is None:
        raise UnreadableFile(
            kind,
            f"{called}需要LibreOffice才能读取",
            remedy="已保存原件，待识别；安装LibreOffice后重新提交，或者另存为docx提交",
        )
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"source.{NAMES[kind]}"
        source.write_bytes(data)
        try:
            made = convert(program, source, "docx", _BOUNDS)
        except StoppedError as error:
            raise UnreadableFile(
                "truncated", f"{called}不能转换（{error}）", remedy="请用WPS或Word打开并另存为docx后重新提交"
            ) from error
        reading = read_docx(made.read_bytes())
    return replace(reading, format=NAMES[kind])


def convert(program: str, source: Path, to: str, bounds: Bounds) -> Path:
    """Converts a file beside itself with a profile of its own. Raises `StoppedError`, also where nothing came out."""
    folder = source.parent
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(_PROFILE, encoding="utf-8")
    words = (program, "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", to)
    run_apart((*words, "--outdir", str(folder), str(source)), folder, bounds)
    made = source.with_suffix(f".{to}")
    if not made.exists():
        raise StoppedError("转换程序没有给出结果，文件可能已损坏或者加密")
    return made
