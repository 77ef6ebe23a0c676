"""A developer's case: who bears it with the rows that show it, and the developer's word against that."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import permissions as who
from accounts.api.idempotency import IdempotentView
from accounts.api.permissions import IsReader
from common import uploads
from common.clock import now
from compensation.services.bearing import PARTIES
from developers.api.own import ClaimRow
from developers.permissions import IsDeveloperOrOps, developer_for
from developers.queries import cases, witnesses
from tickets.queries import TicketAbsent, find_ticket
from tickets.services import attachments, contesting
from tickets.services.attachments import Given

TAGS = ["开发者"]


class AnswerData(serializers.Serializer[Any]):
    party = serializers.ChoiceField(PARTIES, help_text="developer：维持")
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class FileData(serializers.Serializer[Any]):
    id = serializers.CharField(source="token")
    name = serializers.CharField()
    kind = serializers.CharField(help_text="png、jpeg、webp 或 pdf")
    size = serializers.IntegerField(help_text="字节")


class ContestData(serializers.Serializer[Any]):
    text = serializers.CharField()
    at = serializers.DateTimeField()
    answer_by = serializers.DateTimeField(help_text="最迟几时答复")
    answer = serializers.SerializerMethodField(help_text="还没有答复是 null")
    files = serializers.SerializerMethodField(
        help_text="一起交的文件；凭 id 从 /tickets/{no}/attachments/{id}/ 下载"
    )

    @extend_schema_field(AnswerData(allow_null=True))
    def get_answer(self, row: Any) -> Any:
        return AnswerData(row.answer).data if hasattr(row, "answer") else None

    @extend_schema_field(FileData(many=True))
    def get_files(self, row: Any) -> Any:
        return FileData(self.context["files"].get(row.pk, ()), many=True).data


class CaseData(serializers.Serializer[Any]):
    ticket = ClaimRow(source="row")
    party = serializers.SerializerMethodField(help_text="由谁承担；还没有定是 null")
    set_at = serializers.DateTimeField(source="bearer.at", default=None, allow_null=True)
    rows = serializers.SerializerMethodField(help_text="凭的记录：{种类: [号]}")
    proposed = serializers.SerializerMethodField(help_text="定的时候记录指向谁；没有记是 null")
    told = serializers.SerializerMethodField(help_text="凭的记录各写着什么，一条一句")
    contest_until = serializers.DateTimeField(
        source="until", allow_null=True, help_text="到几时可以提异议；不能提是 null"
    )
    contests = serializers.SerializerMethodField()

    @extend_schema_field(ContestData(many=True))
    def get_contests(self, case: cases.Case) -> Any:
        return ContestData(case.contests, many=True, context={"files": case.files}).data

    @extend_schema_field(serializers.ChoiceField(PARTIES, allow_null=True))
    def get_party(self, case: cases.Case) -> str | None:
        return case.bearer.party if case.bearer else None

    @extend_schema_field(serializers.DictField(child=serializers.ListField(child=serializers.IntegerField())))
    def get_rows(self, case: cases.Case) -> Any:
        return case.bearer.rests_on.get("rows", {}) if case.bearer else {}

    @extend_schema_field(serializers.ChoiceField(PARTIES, allow_null=True))
    def get_proposed(self, case: cases.Case) -> str | None:
        return case.bearer.rests_on.get("proposed") if case.bearer else None

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_told(self, case: cases.Case) -> list[str]:
        return witnesses.told(self.get_rows(case), now=now())


class ContestIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=4000, help_text="为什么不该由您承担；运营看得到")


class ContestWithFilesIn(ContestIn):
    file = serializers.ListField(
        child=serializers.FileField(), required=False,
        help_text="最多 6 个 PNG、JPEG、WebP 或 PDF，每个不超过 8 MiB；只有运营和您看得到",
    )  # fmt: skip


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

    parser_classes = [*APIView.parser_classes, MultiPartParser]

    @extend_schema(
        tags=TAGS, request={"application/json": ContestIn, "multipart/form-data": ContestWithFilesIn},
        responses={201: CaseData},
    )  # fmt: skip
    def post(self, request: Request, no: str) -> Response:
        developer: Any = request.user
        case = cases.case_of(developer=developer, no=no, now=now())
        form = ContestIn(data=request.data)
        form.is_valid(raise_exception=True)
        text = form.validated_data["text"]
        contesting.contest(ticket=case.ticket, by=developer, text=text, files=self._files, now=now())
        told = answer(developer, no)
        told.status_code = 201
        return told

    def prepare(self, request: Request, no: str) -> None:
        """Decoding takes up to seconds: it must not keep everybody else from writing."""
        if isinstance(request.user, AnonymousUser) or who.role_of(request.user) != "developer":
            raise TicketAbsent()
        find_ticket(reader=request.user, no=no)
        _ = request.FILES  # read, before it is asked whether it was too much
        chosen = uploads.chosen(request._request)
        self._files = attachments.decoded(files=[Given(*file) for file in chosen]) if chosen else []
