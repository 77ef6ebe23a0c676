"""The guarantee fund: a developer claims back what the platform caused; ops answer in writing."""

from dataclasses import dataclass
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.idempotency import IdempotentView
from accounts.api.permissions import IsReader
from common.clock import now
from developers.api.fund_data import (
    FundAppealIn,
    FundClaimData,
    FundClaimIn,
    FundData,
    FundDecideIn,
)  # fmt: skip
from developers.permissions import IsDeveloperOrOps, developer_for
from developers.queries import fund as queries
from developers.services.fund import deciding, filing
from tickets.permissions import IsDesk

TAGS, OPS_TAGS = ["保障基金"], ["保障基金（运营）"]


@dataclass(frozen=True)
class _Fund:
    balances: Any
    claimable: Any
    claims: Any


def _person(request: Request) -> Any:
    """A user: the permissions let nobody else through."""
    return request.user


def answer(request: Request, no: str, *, status: int = 200) -> Response:
    found = queries.find_claim(reader=request.user, no=no)
    return Response(FundClaimData(found, context={"request": request}).data, status=status)


class Fund(APIView):
    """两个基金的余额、您能申请的、申请过的。运营用 ?developer= 看某一位的。"""

    permission_classes = [IsReader, IsDeveloperOrOps]

    @extend_schema(
        tags=TAGS,
        parameters=[OpenApiParameter("developer", str, description="只有运营可以写：开发者的用户名")],
        responses=FundData,
    )
    def get(self, request: Request) -> Response:
        developer = developer_for(reader=request.user, named=request.query_params.get("developer", ""))
        claims = queries.claims_of(developer)[: queries.A_PAGE]
        found = queries.claimable(developer=developer, now=now())
        return Response(FundData(_Fund(queries.balances(developer=developer), found, claims)).data)


class Claims(IdempotentView):
    """申请赔付：选记在您名下的售后单，写明平台哪里出了问题；赔多少是算出来的。一张售后单只能申请一次。"""

    permission_classes = [IsReader, IsDeveloperOrOps]

    @extend_schema(tags=TAGS, request=FundClaimIn, responses={201: FundClaimData})
    def post(self, request: Request) -> Response:
        form = FundClaimIn(data=request.data)
        form.is_valid(raise_exception=True)
        given = form.validated_data
        row = filing.file(
            by=_person(request), cause=given["cause"], nos=given["cases"], text=given["text"], now=now()
        )
        return answer(request, row.no, status=201)


class ClaimView(APIView):
    """一份申请：算出来的数一步步、答复、赔了多少。"""

    permission_classes = [IsReader, IsDeveloperOrOps]

    @extend_schema(tags=TAGS, responses=FundClaimData)
    def get(self, request: Request, no: str) -> Response:
        return answer(request, no)


class Withdraw(IdempotentView):
    """撤回还没有答复的申请，里面的售后单以后可以再申请。"""

    permission_classes = [IsReader, IsDeveloperOrOps]

    @extend_schema(tags=TAGS, request=None, responses=FundClaimData)
    def post(self, request: Request, no: str) -> Response:
        claim = queries.find_claim(reader=request.user, no=no)
        filing.withdraw(claim=claim, by=_person(request), now=now())
        return answer(request, no)


class Appeal(IdempotentView):
    """不赔的，可以申诉一次，由另一位同事书面答复。"""

    permission_classes = [IsReader, IsDeveloperOrOps]

    @extend_schema(tags=TAGS, request=FundAppealIn, responses=FundClaimData)
    def post(self, request: Request, no: str) -> Response:
        claim = queries.find_claim(reader=request.user, no=no)
        form = FundAppealIn(data=request.data)
        form.is_valid(raise_exception=True)
        filing.appeal(claim=claim, by=_person(request), text=form.validated_data["text"], now=now())
        return answer(request, no)


class Decide(IdempotentView):
    """答复一份申请。超过 ¥200 的要两位同意，第一位只记下；基金钱不够的等有了钱再付，不会付成负数。"""

    permission_classes = [IsReader, IsDesk]

    @extend_schema(tags=OPS_TAGS, request=FundDecideIn, responses=FundClaimData)
    def post(self, request: Request, no: str) -> Response:
        claim = queries.find_claim(reader=request.user, no=no)
        form = FundDecideIn(data=request.data)
        form.is_valid(raise_exception=True)
        given = form.validated_data
        step = deciding.approve if given["decision"] == "approve" else deciding.refuse
        step(claim=claim, by=_person(request), reason=given["reason"], version=given["version"], now=now())
        return answer(request, no)
