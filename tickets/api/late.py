"""The buyer's choice where goods are late."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import IdempotentView
from accounts.api.permissions import IsReader
from common.clock import now
from orders import queries as orders
from tickets.api.buyers import answer
from tickets.api.data import TicketData
from tickets.permissions import IsBuyerSide
from tickets.services import late


class LateChoiceIn(serializers.Serializer[Any]):
    choice = serializers.ChoiceField(
        [(late.WAIT, "再等一个送达时限"), (late.REFUND, "退没送到的")], help_text="选了再等，以后还可以选退"
    )


class LateChoice(IdempotentView):
    """过了送达时限没送齐，由买家选：再等一个时限（到时没送齐转给专人），或退没送到的。没到时限、已经送齐是 409。"""

    permission_classes = [IsReader, IsBuyerSide]

    @extend_schema(tags=["售后单"], request=LateChoiceIn, responses={201: TicketData})
    def post(self, request: Request, order_no: str) -> Response:
        order = orders.find_order(reader=request.user, order_no=order_no)
        form = LateChoiceIn(data=request.data)
        form.is_valid(raise_exception=True)
        ticket = late.choose(
            order=order, choice=form.validated_data["choice"], channel="api", actor=request.user.username,
            side="buyer", now=now(),
        )  # fmt: skip
        return answer(request, ticket.no, status=201)
