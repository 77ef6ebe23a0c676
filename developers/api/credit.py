"""A developer's credit, the same as on the page."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsReader
from common.language import spoken
from developers.models import Credit
from developers.permissions import IsDeveloperOrOps, developer_for
from developers.queries import credit as queries
from developers.rules import credit as rules
from developers.rules.credit import GRADES, LOW, NAMES, NONE, SCALES
from developers.rules.credit_words import advice


class CountsData(serializers.Serializer[Any]):
    sales = serializers.IntegerField(help_text="这几个月付款的订单")
    defects = serializers.IntegerField(help_text="其中货有毛病、属实的")
    missed = serializers.IntegerField(help_text="没有按时答复的")
    asked = serializers.IntegerField(help_text="请开发者答复的")
    overturned = serializers.IntegerField(help_text="没有站住的")
    refusals = serializers.IntegerField(help_text="异议，和照开发者说的拒绝，有了答复的")


class CreditPart(serializers.Serializer[Any]):
    name = serializers.ChoiceField(list(NAMES))
    bad = serializers.IntegerField()
    whole = serializers.IntegerField()
    lower = serializers.IntegerField(help_text="95% 的区间的下端，万分之几")
    upper = serializers.IntegerField(help_text="上端，万分之几")
    held = serializers.IntegerField(help_text="照多少扣的，万分之几")
    points = serializers.IntegerField()
    most = serializers.IntegerField(source="weight.points", help_text="最多几分")


class CreditStep(serializers.Serializer[Any]):
    text = serializers.CharField()
    formula = serializers.CharField(allow_null=True)
    inputs = serializers.DictField(child=serializers.IntegerField())
    result = serializers.CharField(allow_null=True)


class CreditMonth(serializers.Serializer[Any]):
    month = serializers.CharField()
    total = serializers.IntegerField(allow_null=True)
    grade = serializers.ChoiceField(list(GRADES))
    counts = CountsData()


class CreditData(serializers.Serializer[Any]):
    """还没有算过的：month 是 null，grade 是 none，history 是空的。"""

    developer = serializers.CharField()
    month = serializers.CharField(allow_null=True)
    since = serializers.DateTimeField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True)
    made_at = serializers.DateTimeField(allow_null=True)
    scale = serializers.IntegerField(allow_null=True, help_text="第几版算法")
    total = serializers.IntegerField(allow_null=True, help_text="0–1000；卖得太少是 null，不算低")
    grade = serializers.ChoiceField(list(GRADES))
    raises_protection = serializers.BooleanField(help_text="商品有信用低时的规则的，改按它卖；只会多给买家")
    counts = CountsData(allow_null=True)
    parts = CreditPart(many=True)
    explanation = CreditStep(many=True)
    advice = serializers.ListField(child=serializers.CharField())
    history = CreditMonth(many=True)


class CreditView(APIView):
    """开发者信用：各部分、区间、怎么算的、近十二个月。运营用 ?developer= 看某一位的。"""

    permission_classes = [IsReader, IsDeveloperOrOps]

    @extend_schema(
        tags=["开发者"],
        parameters=[
            OpenApiParameter("month", str, description="2026-11；不写就是最近算过的"),
            OpenApiParameter("developer", str, description="只有运营可以写：开发者的用户名"),
        ],
        responses=CreditData,
    )
    def get(self, request: Request) -> Response:
        developer = developer_for(reader=request.user, named=request.query_params.get("developer", ""))
        month, history = request.query_params.get("month", ""), queries.history(developer=developer)
        row = None
        if month or history:
            row = queries.credit_of(developer=developer, month=month)
        return Response(CreditData(_data(developer.username, row, history)).data)


def _data(developer: str, row: Credit | None, history: list[Credit]) -> dict[str, Any]:
    nothing = dict.fromkeys(("month", "since", "until", "made_at", "scale", "total", "counts"))
    whole = {"developer": developer, "history": history, **nothing}
    if row is None:
        return whole | {
            "grade": NONE, "raises_protection": False, "parts": [], "explanation": [], "advice": [],
        }  # fmt: skip
    counts, scale = rules.counts_of(row.counts), SCALES[row.scale]
    return whole | {name: getattr(row, name) for name in nothing} | {
        "grade": row.grade, "raises_protection": row.grade == LOW, "parts": rules.credit(counts, scale).parts,
        "explanation": [_step(step) for step in rules.steps(counts, scale)],
        "advice": [spoken(text) for text in advice(counts, scale)],
    }  # fmt: skip


def _step(step: Any) -> Any:
    return step._replace(text=spoken(step.text), result=spoken(step.result) if step.result else None)
