"""Answers to requests that fail, in Chinese and with the way out: a page, a fragment for htmx, or JSON for a program."""

from math import ceil
from typing import Any

from axes.helpers import get_client_ip_address
from django.core.exceptions import (
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseServerError,
    JsonResponse,
)
from django.shortcuts import render
from django.template import loader
from django.utils import timezone

from pipeline.review.account_changes import locked_until

API = "/api/"
_AGAIN = "请返回上一页，刷新后再试"


def for_a_program(request: HttpRequest) -> bool:
    """Whether a request goes to the API, whose answers are JSON."""
    return request.path.startswith(API)


def answer(request: HttpRequest, status: int, message: str, remedy: str, *, page: str = "error.html") -> HttpResponse:
    """An error with what is wrong and the way out, as the sender of the request can show it; `page` is the template of a page."""
    context = {"message": message, "remedy": remedy}
    if for_a_program(request):
        return JsonResponse(context, status=status, json_dumps_params={"ensure_ascii": False})
    template = "part_error.html" if getattr(request, "htmx", False) else page
    return render(request, template, context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400 or 413: a request that Django refuses before any view sees it."""
    if isinstance(exception, RequestDataTooBig):
        return answer(
            request, 413, "提交的内容太多", "一次最多提交4兆字节的文字，请分几次提交；文件请在“提交文件”页提交"
        )
    if isinstance(exception, TooManyFilesSent | TooManyFieldsSent):
        return answer(request, 413, "一次提交的文件或者栏目太多", "请分几次提交，每次最多500个文件")
    if isinstance(exception, DisallowedHost):
        return answer(
            request,
            400,
            "不能用这个地址访问审查台",
            "请用管理员告知的地址；管理员可以用QINGGUI_URL写明审查台的地址，或者在QINGGUI_HOSTS中加上它",
        )
    return answer(request, 400, "请求不完整，或者格式不正确", _AGAIN)


def forbidden(request: HttpRequest, exception: PermissionDenied | None = None) -> HttpResponse:
    """403: an action that the role does not permit."""
    return answer(request, 403, "您的角色不能进行这项操作", "需要的话，请联系管理员调整角色", page="403.html")


def not_found(request: HttpRequest, exception: Http404 | None = None) -> HttpResponse:
    """404: an address that there is not, or an item that the account may not see."""
    if for_a_program(request):
        return answer(request, 404, "没有这个接口地址", "接口说明：/api/v1/openapi.json")
    return answer(request, 404, "没有这个页面，或者您无权查看", "请检查地址", page="404.html")


def not_allowed(request: HttpRequest, refusal: HttpResponseNotAllowed) -> HttpResponse:
    """405: an address with a method that it does not take, such as an action that was opened as a page; keeps the header Allow."""
    allowed = refusal.headers.get("Allow", "")
    if for_a_program(request):
        made = answer(request, 405, f"这个地址不能用{request.method}方法", f"可以用的方法：{allowed}")
    else:
        made = answer(request, 405, "这个地址不能直接打开", "请回到首页，用页面上的链接和按钮操作")
    made["Allow"] = allowed
    return made


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a fault of the program; the page asks neither the database nor the session, which may be what failed."""
    number = getattr(request, "report", "")
    if for_a_program(request):
        named = f"编号{number}" if number else "时间和请求"
        return answer(
            request,
            500,
            f"程序出错，可能没有完成{number and '（' + number + '）'}",
            f"请核对后再决定要不要重做，并把{named}告诉维护人员",
        )
    return HttpResponseServerError(loader.render_to_string("500.html", {"number": number}))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form that was open across a login, or a browser without cookies; nothing was done."""
    remedy = "页面打开后重新登录过，或者浏览器不接受Cookie。请用浏览器的“后退”回到刚才的页面，刷新后再提交"
    return answer(request, 403, "没有提交，什么都没有改动", remedy)


def locked(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """429: an account name that is locked after wrong passwords from the address of the request, with the minutes that are left."""
    name = str((credentials or {}).get("username") or request.POST.get("username", ""))
    until = locked_until(name, get_client_ip_address(request))
    minutes = ceil((until - timezone.now()).total_seconds() / 60) if until else 1
    return render(request, "locked.html", {"name": name, "minutes": max(minutes, 1), "until": until}, status=429)
