"""Options and settings shared by several commands."""

from datetime import date
from typing import Annotated

import typer

from pipeline.errors import UsageError

# the Django settings of the review desk
SETTINGS = "pipeline.web.settings"

AsOf = Annotated[str, typer.Option("--as-of", help="按哪一天的法律状态审查（YYYY-MM-DD），缺省为今天")]
Place = Annotated[str | None, typer.Option("--place", help="制定机关所在地区（如 湖南），决定默认有效期")]
AsJson = Annotated[bool, typer.Option("--json", help="以JSON输出到标准输出")]


def read_day(text: str) -> date:
    """The day of an option in the form YYYY-MM-DD, today if it is empty. Raises `UsageError` for any other form."""
    if not text:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"日期“{text}”不正确", remedy="请写成YYYY-MM-DD，例如2026-11-22") from error
