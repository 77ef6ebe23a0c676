"""What a buyer adds to a case: haste, proof, and at the end an opinion."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.idempotency import IdempotentView
from accounts.api.permissions import IsReader
from common import uploads
from common.clock import now
from tickets.api.buyers import answer
from tickets.api.data import TicketData
from tickets.models import Attachment, Rating
from tickets.permissions import IsBuyerSide
from tickets.queries import find_attachment, find_ticket
from tickets.rules.rating import LONGEST_TEXT
from tickets.services import attachments, keeping, nudging, rating
from tickets.services.attachments import Given


class Nudge(IdempotentView):
    """催一下：提醒经手的一方，系统在办的马上去问供货方。每 30 分钟一次，再早是 429；不等别人的是 409。"""

    permission_classes = [IsReader, IsBuyerSide]

    @extend_schema(tags=["售后单"], request=None, responses=TicketData)
    def post(self, request: Request, no: str) -> Response:
        ticket = find_ticket(reader=request.user, no=no)
        nudging.nudge(ticket=ticket, name=request.user.username, now=now())
        return answer(request, no)


class AttachmentIn(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="PNG、JPEG、WebP 或 PDF，不超过 8 MiB；图片不超过 2500 万像素")


class AttachmentData(serializers.ModelSerializer[Attachment]):
    id = serializers.CharField(source="token", help_text="下载时用它")

    class Meta:
        model = Attachment
        fields = ["id", "name", "kind", "size", "sha256", "added_at"]


class Attachments(IdempotentView):
    """补充凭证：传一个文件，算买家说了一句话。图片会重新编码，去掉位置等信息；原件封存，摘要进存证。"""

    permission_classes = [IsReader, IsBuyerSide]
    parser_classes = [MultiPartParser]

    @extend_schema(
        tags=["售后单"], request={"multipart/form-data": AttachmentIn}, responses={201: AttachmentData}
    )
    def post(self, request: Request, no: str) -> Response:
        (kept,) = attachments.attach(
            ticket=self._ticket, files=self._files, name=request.user.username, now=now()
        )
        return Response(AttachmentData(kept).data, status=201)

    def prepare(self, request: Request, no: str) -> None:
        """Decoding takes up to seconds: it must not keep everybody else from writing."""
        self._ticket = find_ticket(reader=request.user, no=no)
        _ = request.FILES  # read, before it is asked whether it was too much
        files = [Given(*file) for file in uploads.chosen(request._request, most=1)]
        self._files = attachments.check(ticket=self._ticket, files=files)


class AttachmentFile(APIView):
    """下载一个凭证，买家和运营可以。"""

    permission_classes = [IsReader]

    @extend_schema(
        tags=["售后单"],
        responses={
            (200, kind): OpenApiResponse(OpenApiTypes.BINARY) for kind in sorted(uploads.MEDIA.values())
        },
    )
    def get(self, request: Request, no: str, token: str) -> HttpResponse:
        found = find_attachment(reader=request.user, no=no, token=token)
        return uploads.as_download(name=found.name, content=keeping.copy_of(found.token))


class RatingIn(serializers.Serializer[Any]):
    stars = serializers.IntegerField(min_value=1, max_value=5)
    text = serializers.CharField(required=False, allow_blank=True, default="", max_length=LONGEST_TEXT)


class RatingData(serializers.ModelSerializer[Rating]):
    class Meta:
        model = Rating
        fields = ["stars", "text", "rated_at"]


class Rate(IdempotentView):
    """评价，办结或关闭以后一次。"""

    permission_classes = [IsReader, IsBuyerSide]

    @extend_schema(tags=["售后单"], request=RatingIn, responses={201: RatingData})
    def post(self, request: Request, no: str) -> Response:
        ticket = find_ticket(reader=request.user, no=no)
        form = RatingIn(data=request.data)
        form.is_valid(raise_exception=True)
        said = form.validated_data
        given = rating.rate(
            ticket=ticket, stars=said["stars"], text=said["text"], name=request.user.username, now=now()
        )
        return Response(RatingData(given).data, status=201)
