"""Defects: developers read and answer those of their own goods; they and ops put claims where they belong."""

from collections.abc import Callable, Mapping
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import IdempotentView
from accounts.api.permissions import IsReader
from common.clock import now
from developers.api import defect_data as data
from developers.models import Defect
from developers.permissions import IsDeveloperOrOps, developer_for
from developers.queries import defects as queries
from developers.services.defects import answering, regrouping

TAGS = ["缺陷"]


class Defects(ListAPIView[Defect]):
    """看得到的缺陷，新的在前：每个有几件属实、花了多少、最迟几时答复。运营不写 developer 就是全部。"""

    permission_classes = [IsReader, IsDeveloperOrOps]
    serializer_class = data.DefectData
    queryset = Defect.objects.none()

    def get_queryset(self) -> Any:
        asked = data.DefectAsked(data=self.request.query_params.dict())
        asked.is_valid(raise_exception=True)
        named = asked.validated_data["developer"]
        whose = developer_for(reader=self.request.user, named=named) if named else None
        wanted = queries.Wanted(whose, asked.validated_data["state"], asked.validated_data["sku"])
        return queries.chosen(self.request.user, wanted, now=now()).prefetch_related("owed")

    @extend_schema(
        tags=TAGS,
        parameters=[
            OpenApiParameter("developer", str, description="只有运营可以写：开发者的用户名"),
            OpenApiParameter(
                "state", str, enum=[*data.STATES, queries.CHECKING, queries.LATE],
                description="checking：有核实中的；late：过了时间还没答复",
            ),
            OpenApiParameter("sku", str, description="只看一件商品的"),
        ],
    )  # fmt: skip
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


def answer(request: Request, no: str) -> Response:
    found = queries.find_defect(reader=request.user, no=no)
    return Response(data.DefectDetailData(found, context={"request": request}).data)


class DefectView(IdempotentView):
    """一个缺陷：环比、几个样子（已遮）、说过和做过的、作数的修复、因它而起的召回。"""

    permission_classes = [IsReader, IsDeveloperOrOps]

    @extend_schema(tags=TAGS, responses=data.DefectDetailData)
    def get(self, request: Request, no: str) -> Response:
        return answer(request, no)


class _Act(IdempotentView):
    """One step on a defect: found first, so that another's looks absent whatever is sent."""

    permission_classes = [IsReader, IsDeveloperOrOps]
    form: type[serializers.Serializer[Any]]

    def act(self, defect: Defect, by: Any, given: Mapping[str, Any]) -> Defect:
        raise NotImplementedError

    def post(self, request: Request, no: str) -> Response:
        defect = queries.find_defect(reader=request.user, no=no)
        form = self.form(data=request.data)
        form.is_valid(raise_exception=True)
        return answer(request, self.act(defect, request.user, form.validated_data).no)


def _takes(form: type[serializers.Serializer[Any]]) -> Callable[[type[_Act]], type[_Act]]:
    """What the step takes, in the view and in its schema."""

    def told(view: type[_Act]) -> type[_Act]:
        view.form = form
        post = extend_schema(tags=TAGS, request=form, responses=data.DefectDetailData)
        return extend_schema_view(post=post)(view)

    return told


@_takes(data.DefectAnswerIn)
class Answer(_Act):
    """开发者答复查到了什么；写了 fix 就是宣布修复，这个缺陷的每一位买家各告诉一次。"""

    def act(self, defect: Defect, by: Any, given: Mapping[str, Any]) -> Defect:
        fix = data.fix_of(given["fix"])
        return answering.answer(
            defect=defect, by=by, text=given["text"], fix=fix, version=given["version"], now=now()
        )


@_takes(data.DefectVersionIn)
class Fixed(_Act):
    """宣布的那一版发布了，修好了。"""

    def act(self, defect: Defect, by: Any, given: Mapping[str, Any]) -> Defect:
        return answering.fixed(defect=defect, by=by, version=given["version"], now=now())


@_takes(data.DefectReasonIn)
class Close(_Act):
    """运营关掉它：不再欠答复，再来的另起一个。"""

    def act(self, defect: Defect, by: Any, given: Mapping[str, Any]) -> Defect:
        return answering.close(defect=defect, by=by, now=now(), **given)


@_takes(data.DefectReasonIn)
class Reopen(_Act):
    """运营重新打开关掉的。"""

    def act(self, defect: Defect, by: Any, given: Mapping[str, Any]) -> Defect:
        return answering.reopen(defect=defect, by=by, now=now(), **given)


@_takes(data.DefectMoveIn)
class Move(_Act):
    """把几张售后单放到同一件商品的另一个缺陷里；答的是放进去的那一个。"""

    def act(self, defect: Defect, by: Any, given: Mapping[str, Any]) -> Defect:
        to = queries.find_defect(reader=by, no=given["to"])
        return regrouping.move(
            defect=defect, tickets=given["tickets"], to=to, by=by, reason=given["reason"],
            version=given["version"], now=now(),
        )  # fmt: skip


@_takes(data.DefectSplitIn)
class Split(_Act):
    """把几张售后单拆成另一个缺陷；答的是新的那一个。"""

    def act(self, defect: Defect, by: Any, given: Mapping[str, Any]) -> Defect:
        return regrouping.split(defect=defect, by=by, now=now(), **given)


@_takes(data.DefectMergeIn)
class Merge(_Act):
    """整个并到另一个；还欠的答复跟过去。"""

    def act(self, defect: Defect, by: Any, given: Mapping[str, Any]) -> Defect:
        into = queries.find_defect(reader=by, no=given["into"])
        return regrouping.merge(
            defect=defect, into=into, by=by, reason=given["reason"], version=given["version"], now=now()
        )


@_takes(data.DefectTitleIn)
class Rename(_Act):
    """给它起个名字。"""

    def act(self, defect: Defect, by: Any, given: Mapping[str, Any]) -> Defect:
        return regrouping.rename(defect=defect, by=by, now=now(), **given)
