"""Anticipated refusals: named exceptions with a sentence that says what to do.

The sentences are Chinese, also in the log and where they are kept; who shows one says it with `language.spoken`.
"""

from collections.abc import Sequence
from typing import Any

from common.phrases import mark


class Refusal(Exception):
    """Base of every refusal; the API turns it into problem+json, a page into a message.

    `detail` may be a phrase; `errors` is a list of {field, code, detail}; `extra` is merged into the problem body;
    extra["retry_after"] (seconds) becomes the Retry-After header.
    """

    status = 422
    code = "refused"
    title = mark("按规则办不了")
    detail = mark("这一步现在办不了，请核对后再试。")

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Sequence[dict[str, str]] = (),
        extra: dict[str, Any] | None = None,
    ) -> None:
        self.detail = detail or type(self).detail
        self.errors = list(errors)
        self.extra = extra or {}
        super().__init__(self.detail)


class Absent(Refusal):
    """Also for what is there but not the reader's: forbidden looks like absent."""

    status = 404
    code = "not_found"
    title = mark("没有找到")
    detail = mark("没有找到，请核对编号。")


class Malformed(Refusal):
    status = 400
    code = "malformed"
    title = mark("请求的写法不对")
    detail = mark("请求的内容读不懂，请按接口说明核对。")


class Invalid(Refusal):
    status = 422
    code = "invalid"
    title = mark("有几处填得不对")
    detail = mark("请按下面逐项改好后再提交。")


class StateMoved(Refusal):
    status = 409
    code = "state_moved"
    title = mark("情况刚刚变了")
    detail = mark("这一单刚刚有了新的进展，请刷新后再看。")
