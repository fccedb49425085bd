"""Converts files with LibreOffice in a limited subprocess that sees no file but its own and has no network.

Each conversion works on a copy in its own temporary folder, with a new profile: macros disabled, links not followed. Where this machine
has no means to hide its files (`pipeline.isolation`), documents that name other files or addresses are refused.
"""

import shutil
from pathlib import Path

from pipeline.isolation import isolated, protection
from pipeline.sandbox import Bounds, StoppedError, run_sandboxed

REFUSED = "文件按地址引用了别处的图片或文件，本机没有隔离手段，没有转换；请把图片嵌入文件，或者请管理员安装bubblewrap"
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
    fails, reaches a limit of `bounds` or writes no result, and without protection for a document that names other files.
    """
    folder, shield = source.parent, protection()
    if shield is None:
        from pipeline.references import names_others  # imports lxml

        if names_others(source.read_bytes(), source.suffix.removeprefix(".")):
            raise StoppedError(REFUSED)
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(_PROFILE, encoding="utf-8")
    command = (
        program, "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", to,
        "--outdir", str(folder), str(source),
    )  # fmt: skip
    run_sandboxed(command if shield is None else isolated(command, folder, shield), folder, bounds)
    converted = source.with_suffix(f".{to}")
    if not converted.exists():
        raise StoppedError("转换程序没有给出结果，文件可能已损坏或者加密")
    return converted
