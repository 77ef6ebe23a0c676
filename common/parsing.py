"""JSON bodies, read only as far as the limit that the settings name."""

from typing import Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from common.digits import whole
from common.phrases import mark
from common.refusals import Refusal


class TooLarge(Refusal):
    status = 413
    code = "too_large"
    title = mark("内容太大")
    detail = mark("内容太大，请分几次提交。")


class BoundedJSONParser(JSONParser):
    """DRF's reads whatever comes; this one reads DATA_UPLOAD_MAX_MEMORY_SIZE at most, then 413."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        length = parser_context["request"].META.get("CONTENT_LENGTH") or "0"
        announced = whole(length)
        if announced is None:
            raise ParseError()
        if announced > limit:
            raise TooLarge()
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:  # brackets nested by the thousand
            raise ParseError() from None
