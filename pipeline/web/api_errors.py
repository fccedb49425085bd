"""Errors of the API: `message` and `remedy` in Chinese, beside `detail` as programs know it."""

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from pipeline.errors import PipelineError

_DESCRIBED = "接口说明：/api/v1/openapi.json"
# status → message and remedy, where the error itself says nothing in Chinese
_BY_STATUS = {
    400: ("请求的正文不是JSON", f"请检查正文和Content-Type。{_DESCRIBED}"),
    401: ("没有令牌，或者令牌不正确、已停用", "请在请求头写Authorization: Bearer 令牌；令牌在网页“接口令牌”中新建"),
    403: ("这个账号不能进行这项操作", "需要的话，请联系管理员调整角色"),
    404: ("没有找到，或者没有权限查看", "请检查编号"),
    413: ("提交的内容太大", "请压缩或者拆分后再提交"),
}
_UNKNOWN = ("没有完成", _DESCRIBED)
# the beginning of the type of an error of pydantic → what is wrong with the value
_WRONG = {
    "missing": "没有填写", "int": "应当是整数", "bool": "应当是true或者false", "float": "应当是数字", "string_too": "长短不合要求",
    "string": "应当是文字", "date": "应当是日期，例如2026-11-22", "list": "应当是列表", "dict": "应当是对象", "model": "应当是对象",
    "json": "不是JSON", "greater": "太小", "less": "太大", "enum": "不在可选的范围内", "literal": "不在可选的范围内",
}  # fmt: skip
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def explain_errors(api: NinjaAPI) -> None:
    """Adds the handlers of all errors of the API that can be foreseen; others become status 500 (`errors.server_error`)."""

    def answer(request: HttpRequest, status: int, words: tuple[str, str], detail: Any) -> HttpResponse:
        content = {"message": words[0], "remedy": words[1], "detail": detail}
        return api.create_response(request, content, status=status)

    @api.exception_handler(PipelineError)
    def on_pipeline_error(request: HttpRequest, error: PipelineError) -> HttpResponse:
        return answer(request, 400, (error.message, error.remedy), error.message)

    @api.exception_handler(Http404)
    def on_not_found(request: HttpRequest, error: Http404) -> HttpResponse:
        return answer(request, 404, _BY_STATUS[404], _BY_STATUS[404][0])

    @api.exception_handler(HttpError)
    def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
        message, remedy = _BY_STATUS.get(error.status_code, _UNKNOWN)
        said = str(error)
        words = (said if _CHINESE.search(said) else message, remedy)
        return answer(request, error.status_code, words, said)

    @api.exception_handler(ValidationError)
    def on_validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return answer(request, 422, (in_words(error.errors), _DESCRIBED), error.errors)


def in_words(errors: list[dict[str, Any]]) -> str:
    """The errors of a validation (`loc` and `type` as pydantic names them) as one Chinese clause that names each field."""
    wrong = dict.fromkeys(f"{_field(error)}{_what(str(error.get('type', '')))}" for error in errors)
    return f"参数不正确：{'；'.join(wrong)}"


def _field(error: dict[str, Any]) -> str:
    """The name of the field: the last name of its place, with the position in a list; 正文 for the whole body."""
    names = [str(part) for part in error.get("loc", ())[1:]]
    if not names:
        return "正文"
    return f"{names[-2]}第{int(names[-1]) + 1}项" if names[-1].isdigit() and len(names) > 1 else names[-1]


def _what(kind: str) -> str:
    return next((words for start, words in _WRONG.items() if kind.startswith(start)), "不正确")
