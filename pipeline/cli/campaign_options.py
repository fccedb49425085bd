"""What the commands of a cleanup have in common: its name and options, and how it is opened."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from pipeline.cli import render
from pipeline.errors import UsageError
from pipeline.home import home_folder, keep_private
from pipeline.logs import to_file

if TYPE_CHECKING:
    from pipeline.campaign import Campaign, Row

Name = Annotated[str, typer.Argument(metavar="名称", help="清理的名称")]
By = Annotated[str, typer.Option("--by", help="谁的意见（姓名或者单位）")]


def load(name: str, *, private: bool = True) -> "Campaign":
    """The campaign with this name; what the command writes then can be read by its user alone, unless it goes elsewhere (not `private`)."""
    from pipeline.campaign import folder

    if private:
        keep_private()
    to_file(home_folder())
    campaign = folder.load(home_folder(), name)
    _tell_faults(campaign)
    return campaign


def _tell_faults(campaign: "Campaign") -> None:
    """Names every line of the decisions that cannot be read, on stderr."""
    from pipeline.campaign import Decisions

    for fault in Decisions.of(campaign).faults():
        render.message_console().print(escape(str(fault)), style="yellow")


def rows_of(campaign: "Campaign") -> list["Row"]:
    from pipeline import campaign as work

    rows = work.read_proposals(campaign)
    if not rows:
        raise UsageError(f"清理“{campaign.name}”还没有结果", remedy=f"请先运行 qinggui campaign run {campaign.name}")
    return rows


def open_queue() -> Path:
    """Opens the queue and returns its home folder. Modules that import Django models may be imported only afterwards."""
    from pipeline.cli.options import SETTINGS
    from pipeline.review.connection import connect

    return connect(SETTINGS)
