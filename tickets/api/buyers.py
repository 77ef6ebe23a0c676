"""Tickets for buyers, guests of one order, ops, and developers of the goods."""

from typing import Any

from django.db.models import Q
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import permissions as who
from accounts.api.idempotency import IdempotentMixin, IdempotentView
from accounts.api.permissions import IsReader
from common.clock import now
from compensation.api.ops import StatesFilter
from orders import queries as orders
from tickets.api import data
from tickets.models import REASONS, SEVERITIES, Event, Ticket
from tickets.permissions import IsBuyerSide, MayClaim, MaySpeak, side_of
from tickets.queries import bundle_of, events_of, find_ticket, shown, tickets_of
from tickets.rules.lifecycle import LABELS, State
from tickets.services import anew, claims, conversation


class TicketFilter(filters.FilterSet):
    state = StatesFilter(choices=[(state.value, LABELS[state]) for state in State])
    reason = filters.ChoiceFilter(choices=REASONS)
    severity = filters.ChoiceFilter(choices=SEVERITIES)
    order_no = filters.CharFilter(field_name="order__order_no")
    assignee = filters.CharFilter(field_name="assignee__username", label="经办的用户名")
    overdue = filters.BooleanFilter(method="past_its_limit", label="true：等到了时限还没有动的")

    def past_its_limit(self, rows: Any, name: str, value: bool) -> Any:
        """What has ended waits for nothing: its limit is null."""
        late = Q(due_at__lt=now())
        return rows.filter(late) if value else rows.exclude(late)

    class Meta:
        model = Ticket
        fields: list[str] = []


class TicketList(IdempotentMixin, ListAPIView[Ticket]):
    """售后单：读者看得到的，新的在前。"""

    serializer_class = data.TicketData
    filterset_class = TicketFilter

    def get_permissions(self) -> list[Any]:
        return [IsReader(), MayClaim()] if self.request.method == "POST" else [IsReader()]

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Ticket.objects.none()
        return tickets_of(self.request.user)

    @extend_schema(tags=["售后单"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def prepare(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """The shop's probe is asked before anything is locked."""
        form = data.TicketIn(data=request.data)
        form.is_valid(raise_exception=True)
        self.given = form.validated_data
        self.order = orders.find_order(reader=request.user, order_no=self.given["order_no"])
        self.missed = anew.look(
            order=self.order, reason=self.given["reason"], text=self.given["text"], now=now()
        )

    @extend_schema(tags=["售后单"], request=data.TicketIn, responses={201: data.TicketData})
    def post(self, request: Request) -> Response:
        """申请售后，当场给出决定。同一件事第二次提交是 409，并给出第一张的单号。"""
        given = self.given
        ticket = claims.open_claim(
            order=self.order, missed=self.missed, reason=given["reason"] or None, text=given["text"],
            quantity=given["quantity"],
            wants=given["wants"], units=given["units"] or (),
            channel="api", actor=request.user.username, now=now(),
            side="ops" if who.is_ops(request.user) else "buyer",
        )  # fmt: skip
        body = data.TicketData(shown(ticket), context={"request": request}).data
        return Response(body, status=201)


class TicketDetail(IdempotentView):
    """一张售后单。"""

    @extend_schema(tags=["售后单"], responses=data.TicketData)
    def get(self, request: Request, no: str) -> Response:
        return answer(request, no)


class TicketEvents(ListAPIView[Event]):
    """全部经过，从头到尾。"""

    serializer_class = data.EventData
    cursor_ordering = "id"

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Event.objects.none()
        ticket = find_ticket(reader=self.request.user, no=self.kwargs["no"])
        return events_of(ticket=ticket, internal=who.is_ops(self.request.user))

    @extend_schema(tags=["售后单"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class TicketEvidence(APIView):
    """凭据包：这一单在存证里的每一条，连同证明和规则；`manage.py verify_evidence 文件` 不连服务器就能核对。"""

    @extend_schema(tags=["售后单"], responses=data.BundleData)
    def get(self, request: Request, no: str) -> Response:
        ticket = find_ticket(reader=request.user, no=no)
        bundle = bundle_of(ticket=ticket, reader=request.user)
        name = f'attachment; filename="evidence-{ticket.no}.json"'
        return Response(bundle, headers={"Content-Disposition": name})


class Confirm(IdempotentView):
    """收到了，办结。"""

    permission_classes = [IsReader, IsBuyerSide]

    @extend_schema(tags=["售后单"], request=None, responses=data.TicketData)
    def post(self, request: Request, no: str) -> Response:
        ticket = find_ticket(reader=request.user, no=no)
        conversation.confirm(ticket=ticket, name=request.user.username, now=now())
        return answer(request, no)


class Withdraw(IdempotentView):
    """撤销这张售后单；还没到的不再补，已到的留着。"""

    permission_classes = [IsReader, IsBuyerSide]

    @extend_schema(tags=["售后单"], request=None, responses=data.TicketData)
    def post(self, request: Request, no: str) -> Response:
        ticket = find_ticket(reader=request.user, no=no)
        conversation.withdraw(ticket=ticket, name=request.user.username, now=now())
        return answer(request, no)


class Appeal(IdempotentView):
    """对不予补偿的决定申诉，由专人书面答复。"""

    permission_classes = [IsReader, IsBuyerSide]

    @extend_schema(tags=["售后单"], request=data.AppealIn, responses=data.TicketData)
    def post(self, request: Request, no: str) -> Response:
        ticket = find_ticket(reader=request.user, no=no)
        form = data.AppealIn(data=request.data)
        form.is_valid(raise_exception=True)
        conversation.appeal(
            ticket=ticket, text=form.validated_data["text"], name=request.user.username, now=now()
        )
        return answer(request, no)


class Messages(IdempotentView):
    """补充说明；请开发者说明的，由开发者在这里答复，买家看得到。"""

    permission_classes = [IsReader, MaySpeak]

    @extend_schema(tags=["售后单"], request=data.MessageIn, responses={201: data.EventData})
    def post(self, request: Request, no: str) -> Response:
        ticket = find_ticket(reader=request.user, no=no)
        form = data.MessageIn(data=request.data)
        form.is_valid(raise_exception=True)
        side = side_of(request.user)
        event = conversation.say(
            ticket=ticket, text=form.validated_data["text"], actor=side, name=request.user.username,
            internal=side == "ops" and form.validated_data["internal"], now=now(),
        )  # fmt: skip
        return Response(data.EventData(event).data, status=201)


def answer(request: Request, no: str, *, status: int = 200) -> Response:
    ticket = find_ticket(reader=request.user, no=no)
    return Response(data.TicketData(ticket, context={"request": request}).data, status=status)
