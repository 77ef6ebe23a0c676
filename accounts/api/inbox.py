"""What was written to the reader: warnings, answers, reports."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import IdempotentView
from accounts.api.permissions import IsReader
from accounts.models import InboxMessage
from accounts.services import inbox
from common.clock import now
from common.language import spoken
from common.phrases import unpacked


class InboxData(serializers.ModelSerializer[InboxMessage]):
    text = serializers.SerializerMethodField(help_text="读者的语言")

    class Meta:
        model = InboxMessage
        fields = ["no", "kind", "text", "link", "order_no", "created_at", "read_at"]

    @extend_schema_field(str)
    def get_text(self, row: InboxMessage) -> str:
        return spoken(unpacked(row.words))


class Inbox(ListAPIView[InboxMessage]):
    """写给读者的消息，新的在前：买家看到自己的全部，凭查询密码来的看到那一单的。"""

    permission_classes = [IsReader]
    serializer_class = InboxData

    def get_queryset(self) -> Any:
        return inbox.inbox_of(self.request.user)

    @extend_schema(tags=["消息"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class InboxRead(IdempotentView):
    """读过了；再说一次，还是第一次的时刻。"""

    permission_classes = [IsReader]

    @extend_schema(tags=["消息"], request=None, responses=InboxData)
    def post(self, request: Request, no: str) -> Response:
        return Response(InboxData(inbox.read(reader=request.user, no=no, now=now())).data)
