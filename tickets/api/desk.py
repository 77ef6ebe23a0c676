"""What ops do to a ticket. For every other reader these addresses are not there."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import queries as people
from accounts.api.idempotency import IdempotentView
from accounts.api.permissions import IsReader
from common.clock import now
from common.phrases import mark
from common.refusals import Invalid
from orders.rules.rows import storable
from tickets.api import data, desk_data
from tickets.api.buyers import answer
from tickets.permissions import IsDesk
from tickets.queries import find_ticket
from tickets.services import contesting, desk

TAGS = ["售后单（运营）"]


class DeskView(IdempotentView):
    """One move: the body read, one call, the ticket as it is then."""

    permission_classes = [IsReader, IsDesk]
    form: type[desk_data.DeskIn]

    def post(self, request: Request, no: str) -> Response:
        ticket = find_ticket(reader=request.user, no=no)
        form = self.form(data=request.data)
        form.is_valid(raise_exception=True)
        given = dict(form.validated_data)
        self.move(given, ticket=ticket, by=request.user, version=given.pop("version"), now=now())
        return answer(request, no)

    def move(self, given: dict[str, Any], **case: Any) -> None:
        raise NotImplementedError


class Assign(DeskView):
    """交给谁经办；只有同事知道。"""

    form = desk_data.AssignIn

    @extend_schema(tags=TAGS, request=desk_data.AssignIn, responses=data.TicketData)
    def post(self, request: Request, no: str) -> Response:
        return super().post(request, no)

    def move(self, given: dict[str, Any], **case: Any) -> None:
        name = given["username"]
        person = people.user_named(name) if name and storable(name) else None
        if name and person is None:
            detail = mark("没有这个用户，请核对用户名。")
            raise Invalid(errors=[{"field": "username", "code": "unknown_user", "detail": detail}])
        desk.assign(to=person, **case)


class Decide(DeskView):
    """批准或改判。超过双人限额的，第一次只记下，要另一位再批；改判超过免审限额的，也要另一位批。"""

    form = desk_data.DecideIn

    @extend_schema(tags=TAGS, request=desk_data.DecideIn, responses=data.TicketData)
    def post(self, request: Request, no: str) -> Response:
        return super().post(request, no)

    def move(self, given: dict[str, Any], **case: Any) -> None:
        if given["approve"] == given["override"]:
            detail = mark("approve 和 override 请选一个，写成 true。")
            raise Invalid(errors=[{"field": "approve", "code": "choose_one", "detail": detail}])
        if given["approve"]:
            desk.approve(reason=given["reason"], **case)
        else:
            desk.override(remedies=given["remedies"], reason=given["reason"], **case)


class Refuse(DeskView):
    """不予补偿，写明理由；买家七天内可以申诉一次。申诉后再拒绝就是书面答复，这一单关闭。"""

    form = desk_data.ReasonIn

    @extend_schema(tags=TAGS, request=desk_data.ReasonIn, responses=data.TicketData)
    def post(self, request: Request, no: str) -> Response:
        return super().post(request, no)

    def move(self, given: dict[str, Any], **case: Any) -> None:
        desk.refuse(reason=given["reason"], **case)


class RequestProof(DeskView):
    """请买家（72 小时）或开发者（48 小时）补充；到时没有答复，由运营按现有的情况决定。"""

    form = desk_data.RequestProofIn

    @extend_schema(tags=TAGS, request=desk_data.RequestProofIn, responses=data.TicketData)
    def post(self, request: Request, no: str) -> Response:
        return super().post(request, no)

    def move(self, given: dict[str, Any], **case: Any) -> None:
        desk.request_proof(whom=given["from"], text=given["text"], **case)


class Responsibility(DeskView):
    """谁来承担：只动成本记在谁名下，不动买家得到的。"""

    form = desk_data.ResponsibilityIn

    @extend_schema(tags=TAGS, request=desk_data.ResponsibilityIn, responses=data.TicketData)
    def post(self, request: Request, no: str) -> Response:
        return super().post(request, no)

    def move(self, given: dict[str, Any], **case: Any) -> None:
        desk.set_responsibility(party=given["party"], reason=given["reason"], **case)


class ContestAnswer(DeskView):
    """答复开发者的异议：维持，或改由别人承担；已付的成本随着改记，买家得到的不变。定责任的人不能自己答复。"""

    form = desk_data.ContestAnswerIn

    @extend_schema(tags=TAGS, request=desk_data.ContestAnswerIn, responses=data.TicketData)
    def post(self, request: Request, no: str) -> Response:
        return super().post(request, no)

    def move(self, given: dict[str, Any], **case: Any) -> None:
        contesting.answer(party=given["party"], reason=given["reason"], **case)


class Facts(DeskView):
    """写下查明的事实，这一单照它重新决定；给过的都算在内，不会再给一次。"""

    form = desk_data.FactsIn

    @extend_schema(tags=TAGS, request=desk_data.FactsIn, responses=data.TicketData)
    def post(self, request: Request, no: str) -> Response:
        return super().post(request, no)

    def move(self, given: dict[str, Any], **case: Any) -> None:
        reason = given.pop("reason")
        desk.establish(facts=given, reason=reason, **case)
