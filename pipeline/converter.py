"""LibreOffice as a converter of files: apart, with limits, macros switched off, links not followed.

The profile of each conversion is new and says so; what is converted is a copy in a folder of its own.
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
    """The LibreOffice of this machine, None where there is none."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def convert(program: str, source: Path, to: str, bounds: Bounds) -> Path:
    """Converts a file beside itself with a profile of its own. Raises `StoppedError`, also where nothing came out."""
    folder = source.parent
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(_PROFILE, encoding="utf-8")
    words = (program, "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", to)
    run_sandboxed((*words, "--outdir", str(folder), str(source)), folder, bounds)
    made = source.with_suffix(f".{to}")
    if not made.exists():
        raise StoppedError("转换程序没有给出结果，文件可能已损坏或者加密")
    return made
