"""A developer's case: who bears it with the rows that show it, and the developer's word against that."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import permissions as who
from accounts.api.idempotency import IdempotentView
from accounts.api.permissions import IsReader
from common.clock import now
from compensation.services.bearing import PARTIES
from developers.api.own import ClaimRow
from developers.permissions import IsDeveloperOrOps, developer_for
from developers.queries import cases
from tickets.queries import TicketAbsent
from tickets.services import contesting

TAGS = ["开发者"]


class AnswerData(serializers.Serializer[Any]):
    party = serializers.ChoiceField(PARTIES, help_text="developer：维持")
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class ContestData(serializers.Serializer[Any]):
    text = serializers.CharField()
    at = serializers.DateTimeField()
    answer_by = serializers.DateTimeField(help_text="最迟几时答复")
    answer = serializers.SerializerMethodField(help_text="还没有答复是 null")

    @extend_schema_field(AnswerData(allow_null=True))
    def get_answer(self, row: Any) -> Any:
        return AnswerData(row.answer).data if hasattr(row, "answer") else None


class CaseData(serializers.Serializer[Any]):
    ticket = ClaimRow(source="row")
    party = serializers.SerializerMethodField(help_text="由谁承担；还没有定是 null")
    set_at = serializers.DateTimeField(source="bearer.at", default=None, allow_null=True)
    rows = serializers.SerializerMethodField(help_text="凭的记录：{种类: [号]}")
    contest_until = serializers.DateTimeField(
        source="until", allow_null=True, help_text="到几时可以提异议；不能提是 null"
    )
    contests = ContestData(many=True)

    @extend_schema_field(serializers.ChoiceField(PARTIES, allow_null=True))
    def get_party(self, case: cases.Case) -> str | None:
        return case.bearer.party if case.bearer else None

    @extend_schema_field(serializers.DictField(child=serializers.ListField(child=serializers.IntegerField())))
    def get_rows(self, case: cases.Case) -> Any:
        return case.bearer.rests_on.get("rows", {}) if case.bearer else {}


class ContestIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=4000, help_text="为什么不该由您承担；运营看得到")


def answer(developer: Any, no: str) -> Response:
    return Response(CaseData(cases.case_of(developer=developer, no=no, now=now())).data)


class CaseDetail(APIView):
    """自己商品的一张售后单：由谁承担、凭哪些记录、到几时可以提异议、提过的和答复。买家已遮。"""

    permission_classes = [IsReader, IsDeveloperOrOps]

    @extend_schema(
        tags=TAGS,
        parameters=[OpenApiParameter("developer", str, description="只有运营可以写：开发者的用户名")],
        responses=CaseData,
    )
    def get(self, request: Request, no: str) -> Response:
        named = request.query_params.get("developer", "")
        return answer(developer_for(reader=request.user, named=named), no)


class Contest(IdempotentView):
    """对「由开发者承担」提异议：定责任起 48 小时内，一个认定一次。不动买家得到的；运营 24 小时内书面答复。"""

    permission_classes = [IsReader, IsDeveloperOrOps]

    @extend_schema(tags=TAGS, request=ContestIn, responses={201: CaseData})
    def post(self, request: Request, no: str) -> Response:
        if isinstance(request.user, AnonymousUser) or who.role_of(request.user) != "developer":
            raise TicketAbsent()
        developer: Any = request.user
        case = cases.case_of(developer=developer, no=no, now=now())
        form = ContestIn(data=request.data)
        form.is_valid(raise_exception=True)
        text = form.validated_data["text"]
        contesting.contest(ticket=case.ticket, by=developer, text=text, now=now())
        told = answer(developer, no)
        told.status_code = 201
        return told
