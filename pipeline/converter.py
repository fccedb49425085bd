"""Converts files with LibreOffice in a limited subprocess: macros disabled, links not followed, network requests sent to
a proxy address at which nothing listens.

Each conversion uses a new profile with these settings and works on a copy in its own temporary folder.
"""

import shutil
from pathlib import Path

from pipeline.sandbox import Bounds, StoppedError, run_sandboxed

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
    """Path of the LibreOffice executable, None if it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def convert(program: str, source: Path, to: str, bounds: Bounds) -> Path:
    """Convert a file to the format `to` (a suffix) and return the path of the result, in the same folder.

    The folder must be private to the call: a LibreOffice profile is created in it. Raises `StoppedError` if the program
    fails, reaches a limit of `bounds` or writes no result.
    """
    folder = source.parent
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(_PROFILE, encoding="utf-8")
    command = (
        program,
        "--headless",
        "--norestore",
        f"-env:UserInstallation=file://{folder}/profile",
        "--convert-to",
        to,
    )
    run_sandboxed((*command, "--outdir", str(folder), str(source)), folder, bounds)
    converted = source.with_suffix(f".{to}")
    if not converted.exists():
        raise StoppedError("转换程序没有给出结果，文件可能已损坏或者加密")
    return converted
