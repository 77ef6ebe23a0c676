"""Every error of the API as application/problem+json, in the reader's language, in words that say what to do."""

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, JsonResponse
from django.http.request import HttpRequest
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import set_rollback

from common.language import spoken
from common.phrases import mark
from common.refusals import Refusal

CONTENT_TYPE = "application/problem+json"

TITLES = {
    400: ("malformed", mark("请求的写法不对"), mark("请求的内容读不懂，请按接口说明核对。")),
    401: ("unauthenticated", mark("请先验明身份"), mark("请带上有效的令牌，或先登录。")),
    403: ("forbidden", mark("您没有这项权限"), mark("这项操作要由别的角色来做。")),
    404: ("not_found", mark("没有找到"), mark("没有找到，请核对编号。")),
    405: ("method_not_allowed", mark("这里不接受这种请求"), mark("请按接口说明换一种方法。")),
    406: ("not_acceptable", mark("给不出这种格式"), mark("这里只有 JSON。")),
    409: ("conflict", mark("情况刚刚变了"), mark("请刷新后再看。")),
    413: ("too_large", mark("内容太大"), mark("请分几次提交。")),
    415: ("unsupported_media_type", mark("读不了这种格式"), mark("请用 application/json 提交。")),
    422: ("invalid", mark("有几处填得不对"), mark("请按下面逐项改好后再提交。")),
    429: ("too_many_requests", mark("太频繁了"), mark("请稍等一会儿再试。")),
    500: ("server_error", mark("我们这边出了问题"), mark("已经记下，请稍后再试，您提交的不会重复生效。")),
}


class FieldProblem(serializers.Serializer[Any]):
    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """The shape of every error, for the schema."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = FieldProblem(many=True)  # type: ignore[assignment]  # DRF takes it out of the class body


def problem(
    *,
    status: int,
    code: str | None = None,
    title: str | None = None,
    detail: str | None = None,
    errors: list[dict[str, str]] | None = None,
    extra: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The body: {type, title, status, code, detail, errors, …extra}."""
    known = TITLES.get(status, TITLES[400 if status < 500 else 500])
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": spoken(title or known[1]),
        "status": status,
        "code": code or known[0],
        "detail": spoken(detail or known[2]),
        "errors": [error | {"detail": spoken(error["detail"])} for error in errors or []],
    }
    return body | (extra or {})


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler; None lets Django answer 500."""
    if isinstance(error, Refusal):
        set_rollback()
        response = Response(
            problem(
                status=error.status,
                code=error.code,
                title=error.title,
                detail=error.detail,
                errors=error.errors,
                extra=error.extra,
            ),
            status=error.status,
        )
        if "retry_after" in error.extra:
            response["Retry-After"] = str(error.extra["retry_after"])
    elif isinstance(error, RequestDataTooBig):
        response = Response(problem(status=413, code="too_large"), status=413)
    elif isinstance(error, Http404):
        response = Response(problem(status=404), status=404)
    elif isinstance(error, PermissionDenied):
        response = Response(problem(status=403), status=403)
    elif isinstance(error, exceptions.APIException):
        response = _from_drf(error)
    else:
        return None
    response.content_type = CONTENT_TYPE
    return response


def _from_drf(error: exceptions.APIException) -> Response:
    set_rollback()
    if isinstance(error, exceptions.ValidationError):
        response = Response(problem(status=422, errors=_flatten(error.get_full_details())), status=422)
    else:
        response = Response(problem(status=error.status_code), status=error.status_code)
    if getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    if getattr(error, "wait", None):
        response["Retry-After"] = str(int(error.wait) + 1)  # type: ignore[attr-defined]
    return response


def _flatten(details: Any, path: str = "") -> list[dict[str, str]]:
    """DRF's nested error details as rows {field: "buyer.name", code, detail}."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        return [{"field": path, "code": str(details["code"]), "detail": _sayable(details["message"])}]
    if isinstance(details, dict):
        return [
            row for name, inner in details.items() for row in _flatten(inner, f"{path}.{name}".strip("."))
        ]
    if isinstance(details, list):
        many = len(details) > 1 and all(isinstance(item, dict) and "message" not in item for item in details)
        return [
            row
            for index, inner in enumerate(details)
            for row in _flatten(inner, f"{path}.{index}".strip(".") if many else path)
        ]
    return [{"field": path, "code": "invalid", "detail": _sayable(details)}]


def _sayable(message: Any) -> str:
    """A message may quote what was sent, and half a surrogate pair can't be sent back."""
    return str(message).encode("utf-8", "replace").decode()


def respond(request: HttpRequest, *, status: int) -> JsonResponse:
    """The same body where no view was reached (unknown path, crash)."""
    return JsonResponse(
        problem(status=status),
        status=status,
        content_type=CONTENT_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )
