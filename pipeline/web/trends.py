"""The trend page (趋势) and downloads of its data and of the tables; all of it is made by a worker and kept in the home folder."""

from pathlib import Path
from urllib.parse import quote

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from pipeline.home import home_folder
from pipeline.review.accounts import Action
from pipeline.review.output import kept_tables
from pipeline.review.queue.heartbeat import is_alive
from pipeline.web.permissions import allowed, user_of
from pipeline.web.trend_charts import trend_chart

CONTENT_TYPES = {
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


# answers whose labels are long
_WIDE = ("alarms-by-type", "reuse")


@require_http_methods(["GET", "POST"])
@allowed(Action.TRENDS)
def trends(request: HttpRequest) -> HttpResponse:
    """The answers on trends as charts with their data; POST asks a worker to bring them up to date."""
    if request.method == "POST":
        kept_tables.ask(home_folder())
        return redirect("trends")
    kept = kept_tables.kept(home_folder())
    context = {
        "kept": kept,
        "answers": [(answer, trend_chart(answer)) for answer in kept.answers],
        "answer_kinds": kept_tables.ANSWER_KINDS,
        "table_kinds": kept_tables.TABLE_KINDS,
        "wide": _WIDE,
        "worker": is_alive(home_folder()),
    }
    return render(request, "trends.html", context)


@require_GET
@allowed(Action.TRENDS)
def answer_file(request: HttpRequest, name: str, kind: str) -> HttpResponseBase:
    """The data of an answer as xlsx, csv or Parquet."""
    return stream(kept_tables.take_answer(home_folder(), name, kind, user_of(request)))


@require_GET
@allowed(Action.EXPORT)
def table_file(request: HttpRequest, name: str, kind: str) -> HttpResponseBase:
    """A table of the frames as Parquet or csv."""
    return stream(kept_tables.take_table(home_folder(), name, kind, user_of(request)))


def stream(file: Path) -> FileResponse:
    """A kept file as a download that is read while it is sent."""
    response = FileResponse(file.open("rb"), content_type=CONTENT_TYPES[file.suffix.removeprefix(".")])
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    return response
