"""What everybody may check: the newest head, that an entry is in the log, and that the log only grew."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.phrases import mark
from common.refusals import Invalid
from evidence import queries

HASH = serializers.CharField(help_text="SHA-256，十六进制")
PATH = serializers.ListField(child=serializers.CharField())
LARGEST = 10**15


class Sizes(serializers.Serializer[Any]):
    """Which sizes of the log to compare; malformed ones are named."""

    size = serializers.IntegerField(min_value=1, max_value=LARGEST, required=False, default=None)
    first = serializers.IntegerField(min_value=1, max_value=LARGEST, required=False, default=None)
    second = serializers.IntegerField(min_value=1, max_value=LARGEST, required=False, default=None)


def _sizes(request: Request) -> dict[str, Any]:
    form = Sizes(data=request.query_params.dict())
    form.is_valid(raise_exception=True)
    return form.validated_data


def _whole(name: str, *, required: bool, text: str) -> OpenApiParameter:
    return OpenApiParameter(name, int, required=required, description=text)


class EvidenceHead(APIView):
    """存证的最新头：封存了多少条，根是什么。抄下它，以后就能查有没有人改过。"""

    permission_classes = []

    @extend_schema(
        tags=["公开"],
        responses=inline_serializer(
            "EvidenceHead",
            {
                "size": serializers.IntegerField(), "root": HASH,
                "sealed_at": serializers.DateTimeField(allow_null=True),
                "public_key": serializers.CharField(allow_null=True, help_text="Ed25519，十六进制"),
                "signature": serializers.CharField(allow_null=True),
            },
        ),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        return Response(queries.head_data(queries.newest_head()))


class EvidenceProof(APIView):
    """第 n 条（从 0 数起）确实在存证里：从它的叶到根的路径（RFC 6962）。"""

    permission_classes = []

    @extend_schema(
        tags=["公开"],
        parameters=[_whole("size", required=False, text="按多少条时的根来证；不写就按最新的头")],
        responses=inline_serializer(
            "EvidenceProof",
            {
                "n": serializers.IntegerField(), "size": serializers.IntegerField(), "digest": HASH,
                "leaf_hash": HASH, "root": HASH, "path": PATH,
            },
        ),
    )  # fmt: skip
    def get(self, request: Request, n: int) -> Response:
        return Response(queries.proof(seq=n, size=_sizes(request)["size"]))


class EvidenceConsistency(APIView):
    """较早的 first 条原样是后来 second 条的开头：只增加过，没有改过。"""

    permission_classes = []

    @extend_schema(
        tags=["公开"],
        parameters=[
            _whole("first", required=True, text="较早的条数"),
            _whole("second", required=False, text="后来的条数；不写就是最新的头"),
        ],
        responses={
            200: inline_serializer(
                "EvidenceConsistency",
                {
                    "first": serializers.IntegerField(), "second": serializers.IntegerField(),
                    "first_root": HASH, "second_root": HASH, "path": PATH,
                },
            ),
        },
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        sizes = _sizes(request)
        if sizes["first"] is None:
            detail = mark("请写明 first：您先前抄下的头有多少条。")
            raise Invalid(errors=[{"field": "first", "code": "required", "detail": detail}])
        return Response(queries.consistency(first=sizes["first"], second=sizes["second"]))
