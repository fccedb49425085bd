"""Calls of the API for analysts: the tables of the queue as Parquet and csv, and the answers on trends with their data."""

from datetime import datetime
from typing import Any

from django.http import FileResponse, HttpRequest
from ninja import Router, Schema

from pipeline.home import home_folder
from pipeline.review.accounts import Action
from pipeline.review.output import kept_tables
from pipeline.web.api_access import needs, user_of_call
from pipeline.web.trends import CONTENT_TYPES, stream

router = Router()


def _files(kinds: tuple[str, ...]) -> dict[str, Any]:
    """What a call answers with, for the description: a file of one of several kinds."""
    content = {CONTENT_TYPES[kind]: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
    return {"responses": {200: {"description": "文件", "content": content}}}


class ColumnOut(Schema):
    """A column of a table: name, type of Arrow, and what it means."""

    name: str
    type: str
    says: str


class TableOut(Schema):
    """A table: number of rows, sizes of its files in bytes, columns."""

    name: str
    rows: int
    parquet: int
    csv: int
    columns: list[ColumnOut]


class TablesOut(Schema):
    """The tables that are kept: when they were `made`, of how many `items`; `asked` while a worker is to make new ones, `failed` why it could not."""

    made: datetime | None
    as_of: str
    items: int
    asked: bool
    failed: str
    tables: list[TableOut]


class BarOut(Schema):
    """A row of the chart of an answer: label, value, bounds, further words; `few` for one that rests on few documents."""

    label: str
    value: float
    low: float | None
    high: float | None
    words: str
    few: bool


class AnswerOut(Schema):
    """An answer on trends: question, a title that states what the data show, what was counted, unit, rows of the chart, `rows` of the whole table."""

    key: str
    question: str
    title: str
    note: str
    chart: str
    unit: str
    rows: int
    bars: list[BarOut]


@router.get("/tables", response=TablesOut, summary="数据表：何时做好、各有多少行、每一列的含义")
@needs(Action.EXPORT)
def tables(request: HttpRequest) -> Any:
    return kept_tables.kept(home_folder())


@router.post("/tables", response=TablesOut, summary="请处理进程更新数据表和趋势；做好以前asked为true")
@needs(Action.EXPORT)
def ask(request: HttpRequest) -> Any:
    kept_tables.ask(home_folder())
    return kept_tables.kept(home_folder())


@router.get(
    "/tables/{name}.{kind}", summary="下载一张数据表：parquet、csv", openapi_extra=_files(kept_tables.TABLE_KINDS)
)
@needs(Action.EXPORT)
def table(request: HttpRequest, name: str, kind: str) -> FileResponse:
    return stream(kept_tables.take_table(home_folder(), name, kind, user_of_call(request)))


@router.get("/trends", response=list[AnswerOut], summary="趋势：各年、各类、各层级、各地的警示，存续，负担，沿用")
@needs(Action.TRENDS)
def trends(request: HttpRequest) -> Any:
    return list(kept_tables.there(home_folder()).answers)


@router.get(
    "/trends/{name}.{kind}",
    summary="下载一项趋势的数据：xlsx、csv、parquet",
    openapi_extra=_files(kept_tables.ANSWER_KINDS),
)
@needs(Action.TRENDS)
def answer(request: HttpRequest, name: str, kind: str) -> FileResponse:
    return stream(kept_tables.take_answer(home_folder(), name, kind, user_of_call(request)))
