"""The command `reread`: items that an earlier version of the program read are read anew."""

from datetime import date
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from pipeline.analyzer import LegalContext
from pipeline.cli.options import SETTINGS
from pipeline.confinement import Confined
from pipeline.document import Dossier, Problem
from pipeline.errors import UsageError
from pipeline.ingest import Upload
from pipeline.version import engine


def reread_items(
    numbers: Annotated[list[int] | None, typer.Argument(metavar="[编号]...", help="只读这些编号")] = None,
    kind: Annotated[str, typer.Option("--kind", metavar="类别", help="只读这类案件，如 合同")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说有几件，不改动")] = False,
) -> None:
    """升级以后，把以前的版本读出的文件按现在的规则重新读取：题名、制定机关、发现等。

    已办结、待复核、已送达和已公开的不动；审查人员的决定、更正和提出的发现不变。
    """
    from pipeline.review.connection import connect

    home = connect(SETTINGS)
    from pipeline.review.models import Kind
    from pipeline.review.queue.rereading import outdated, reread

    if kind and kind not in Kind.values:
        raise UsageError(f"没有“{kind}”这类案件", remedy=f"请用{'、'.join(Kind.values)}之一")
    console, found = Console(highlight=False), outdated(engine(), kind, numbers or ())
    if dry_run:
        console.print(f"有{found.count()}件由以前的版本读出")
        return
    analysis = Confined()

    def read(name: str, data: bytes, place: str | None, draft: bool) -> Dossier | Problem:
        return analysis.analyze(Upload(name, data), LegalContext(date.today(), place, draft=draft))

    done = left = 0
    try:
        for one in reread(found, read, home, engine()):
            changed = f"《{one.before}》→《{one.after}》" if one.before != one.after else f"《{one.after}》"
            console.print(escape(f"编号{one.item}{changed}{'：' + one.left if one.left else ''}"), soft_wrap=True)
            done, left = done + (not one.left), left + bool(one.left)
    finally:
        analysis.close()
    console.print(f"重新读取{done}件，没有改动{left}件")
