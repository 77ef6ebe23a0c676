"""Whether a tutorial helped, as the order's reader says."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import IdempotentView
from accounts.api.permissions import IsReader
from common.clock import now
from orders import queries as orders
from tickets.permissions import IsBuyerSide
from tickets.queries import TicketAbsent, find_ticket
from tickets.services import teaching


class TutorialAnswerIn(serializers.Serializer[Any]):
    tutorial = serializers.CharField(max_length=16, help_text="教程的编号")
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="看的是第几版")
    helped = serializers.BooleanField(help_text="true：解决了；false：还是不行")
    ticket = serializers.CharField(
        max_length=16,
        required=False,
        allow_blank=True,
        default="",
        help_text="在售后单里答的写单号；提交之前答的不写",
    )


class TutorialAnswerData(serializers.Serializer[Any]):
    tutorial = serializers.CharField()
    version = serializers.IntegerField()
    helped = serializers.BooleanField()
    state = serializers.CharField(allow_null=True, help_text="那张售后单现在的状态；提交之前答的为 null")


class TutorialAnswers(IdempotentView):
    """教程解决了没有。一单对一版只算一次，以最后说的为准；在售后单里说「解决了」就办结，「还是不行」由专人接着办。"""

    permission_classes = [IsReader, IsBuyerSide]

    @extend_schema(tags=["售后单"], request=TutorialAnswerIn, responses={201: TutorialAnswerData})
    def post(self, request: Request, order_no: str) -> Response:
        order = orders.find_order(reader=request.user, order_no=order_no)
        form = TutorialAnswerIn(data=request.data)
        form.is_valid(raise_exception=True)
        given = form.validated_data
        ticket = find_ticket(reader=request.user, no=given["ticket"]) if given["ticket"] else None
        if ticket is not None and ticket.order_id != order.pk:
            raise TicketAbsent()
        teaching.hear(
            order=order, ticket=ticket, no=given["tutorial"], version=given["version"], helped=given["helped"],
            name=request.user.username, now=now(),
        )  # fmt: skip
        said = {name: given[name] for name in ("tutorial", "version", "helped")}
        return Response(said | {"state": str(ticket.state) if ticket else None}, status=201)
