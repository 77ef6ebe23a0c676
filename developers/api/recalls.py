"""Recalls: developers ask for one of their own goods, ops for any; ops agree, stop it and let it go on."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import IdempotentMixin, IdempotentView
from accounts.api.permissions import IsReader
from common.clock import now
from developers import queries
from developers.api.recall_data import (
    RecallApproveIn,
    RecallData,
    RecallDetailData,
    RecallIn,
    RecallReasonIn,
    wanted_of,
)  # fmt: skip
from developers.models import Recall
from developers.permissions import IsDeveloperOrOps
from developers.services.recalls import asking, ruling
from tickets.permissions import IsDesk

TAGS, OPS_TAGS = ["召回"], ["召回（运营）"]


def _person(request: Request) -> Any:
    """A user: the permissions let nobody else through."""
    return request.user


def answer(request: Request, no: str, *, status: int = 200) -> Response:
    found = queries.find_recall(reader=request.user, no=no)
    return Response(RecallDetailData(found, context={"request": request}).data, status=status)


class Recalls(IdempotentMixin, ListAPIView[Recall]):
    """看得到的召回，新的在前；POST 试算一次，dry_run 写 false 的试算完就提交批准。"""

    permission_classes = [IsReader, IsDeveloperOrOps]
    serializer_class = RecallData
    queryset = Recall.objects.none()

    def get_queryset(self) -> Any:
        return queries.recalls_of(self.request.user)

    @extend_schema(tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(tags=TAGS, request=RecallIn, responses={201: RecallDetailData})
    def post(self, request: Request) -> Response:
        form = RecallIn(data=request.data)
        form.is_valid(raise_exception=True)
        given = form.validated_data
        row = asking.ask(wanted=wanted_of(given), by=_person(request), submit=not given["dry_run"], now=now())
        return answer(request, row.no, status=201)


class RecallView(IdempotentView):
    """一次召回：试算的数、几个样子（已遮）、进展。"""

    permission_classes = [IsReader, IsDeveloperOrOps]

    @extend_schema(tags=TAGS, responses=RecallDetailData)
    def get(self, request: Request, no: str) -> Response:
        return answer(request, no)


class Submit(IdempotentView):
    """把试算过的提交批准；只有提出的人可以。"""

    permission_classes = [IsReader, IsDeveloperOrOps]

    @extend_schema(tags=TAGS, request=None, responses=RecallDetailData)
    def post(self, request: Request, no: str) -> Response:
        recall = queries.find_recall(reader=request.user, no=no)
        asking.submit(recall=recall, by=_person(request), now=now())
        return answer(request, no)


class Approve(IdempotentView):
    """批准。提出的人不能批；要两位的，第一位只记下。名单和试算时不一样了是 409，要重新试算。"""

    permission_classes = [IsReader, IsDesk]

    @extend_schema(tags=OPS_TAGS, request=RecallApproveIn, responses=RecallDetailData)
    def post(self, request: Request, no: str) -> Response:
        recall = queries.find_recall(reader=request.user, no=no)
        form = RecallApproveIn(data=request.data)
        form.is_valid(raise_exception=True)
        ruling.approve(recall=recall, by=_person(request), now=now(), **form.validated_data)
        return answer(request, no)


class _Ruling(IdempotentView):
    """One move of ops with its reason."""

    permission_classes = [IsReader, IsDesk]
    move: Any

    @extend_schema(tags=OPS_TAGS, request=RecallReasonIn, responses=RecallDetailData)
    def post(self, request: Request, no: str) -> Response:
        recall = queries.find_recall(reader=request.user, no=no)
        form = RecallReasonIn(data=request.data)
        form.is_valid(raise_exception=True)
        self.move(recall=recall, by=_person(request), reason=form.validated_data["reason"], now=now())
        return answer(request, no)


class Refuse(_Ruling):
    """不批准，要写理由。"""

    move = staticmethod(ruling.refuse)


class Stop(_Ruling):
    """先停下，要写理由；已经给的不收回。"""

    move = staticmethod(ruling.stop)


class Resume(_Ruling):
    """从停下的地方接着办。"""

    move = staticmethod(ruling.resume)


class Again(_Ruling):
    """跳过的再看一遍；已经给过的一分也不多给。"""

    move = staticmethod(ruling.again)
