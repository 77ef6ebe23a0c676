"""What everybody may read: products with their rules, policies by version, and a preview that stores nothing."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import permissions as who
from common.phrases import mark
from common.refusals import Absent, Invalid
from compensation.api import data
from compensation.models import PolicyVersion
from compensation.queries import (
    newest_policy,
    policies_by_price,
    policies_in_force,
    policy_version,
    vocabulary,
)
from compensation.rules import words
from compensation.rules.decide import decide
from compensation.rules.facts import FactsRefused, parse_facts
from compensation.rules.policy import Policy
from orders import queries as orders
from orders.api import data as shapes
from orders.rules.rows import storable
from orders.rules.tutorials import SYMPTOMS

EXAMPLE = ("case", "share", "gets", "gets_long_term")


class FactsInvalid(Invalid):
    code = "facts_refused"
    title = mark("这些事实算不了")


class SectionData(serializers.Serializer[Any]):
    heading = serializers.CharField()
    paragraphs = serializers.ListField(child=serializers.CharField())


class PolicyInWords(data.PolicyData):
    """A version as data, and the text that buyers read, made from the same data."""

    text = SectionData(many=True)
    examples = serializers.ListField(child=serializers.DictField())

    class Meta(data.PolicyData.Meta):
        fields = [*data.PolicyData.Meta.fields, "text", "examples"]


class BandInWords(serializers.Serializer[Any]):
    """The unit prices that a policy is for, from the one up to below the other, and the policy in words."""

    from_fen = serializers.IntegerField()
    below_fen = serializers.IntegerField(allow_null=True)
    after_sales = PolicyInWords()


class TutorialData(serializers.Serializer[Any]):
    """What to try for a symptom, in the words of its newest version."""

    tutorial = serializers.CharField(source="tutorial.no")
    version = serializers.IntegerField(source="number")
    symptom = serializers.ChoiceField(list(SYMPTOMS), source="tutorial.symptom")
    symptom_title = serializers.CharField(source="tutorial.symptom_title")
    title = serializers.CharField()
    text = serializers.CharField()


class ProductWithRules(shapes.ProductData):
    """A product with the policy version that an order placed now at its unit price would pin, and the others."""

    tutorials = TutorialData(
        many=True, help_text=mark("分症状的教程，这件商品自己的在前；tutorial 是通用的那一篇")
    )

    after_sales = PolicyInWords()
    after_sales_by_price = BandInWords(many=True)

    class Meta(shapes.ProductData.Meta):
        fields = [*shapes.ProductData.Meta.fields, "tutorials", "after_sales", "after_sales_by_price"]


def in_words(row: PolicyVersion, *, quantity: int = 1000, unit_price_fen: int = 5) -> dict[str, Any]:
    policy, v = policy_version(row.code, row.version), vocabulary()
    examples = words.worked_examples(policy, quantity=quantity, unit_price_fen=unit_price_fen, vocabulary=v)
    return {
        **data.PolicyData(row).data,
        "text": [{"heading": h, "paragraphs": list(p)} for h, p in words.sections(policy, v)],
        "examples": [{name: getattr(example, name) for name in EXAMPLE} for example in examples],
    }


def product_with_rules(product: Any) -> dict[str, Any]:
    bands = []
    for band, row in policies_by_price(product):
        price = band.example_fen(product.unit_price_fen)
        bands.append((band, in_words(row, unit_price_fen=price)))
    return {
        **shapes.ProductData(product).data,
        "tutorials": TutorialData(orders.tutorials_for(product), many=True).data,
        "after_sales": next(words for band, words in bands if band.holds(product.unit_price_fen)),
        "after_sales_by_price": [
            {"from_fen": band.from_fen, "below_fen": band.below_fen, "after_sales": words}
            for band, words in bands
            if len(bands) > 1
        ],
    }


class ProductList(ListAPIView[Any]):
    """全部商品。"""

    permission_classes = []
    serializer_class = shapes.ProductData
    filterset_fields = ["kind"]
    queryset = orders.products().order_by("-id")

    @extend_schema(tags=["公开"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class PolicyList(ListAPIView[PolicyVersion]):
    """在用的规则，新的在前；停用的按版本号仍可读。"""

    permission_classes = []
    serializer_class = data.PolicyData
    queryset = policies_in_force().order_by("-id")

    @extend_schema(tags=["公开"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class PolicyDetail(APIView):
    """一份规则的现行版。"""

    permission_classes = []

    @extend_schema(tags=["公开"], responses=PolicyInWords)
    def get(self, request: Request, code: str) -> Response:
        return Response(in_words(_row(code, None)))


class PolicyVersionDetail(APIView):
    """一份规则的某一版；旧的和停用的一直可读。"""

    permission_classes = []

    @extend_schema(tags=["公开"], responses=PolicyInWords)
    def get(self, request: Request, code: str, version: int) -> Response:
        return Response(in_words(_row(code, version)))


class PreviewIn(serializers.Serializer[Any]):
    facts = serializers.DictField()


class Preview(APIView):
    """按这份规则试算：给出事实，得到决定。什么都不存。"""

    permission_classes = []

    @extend_schema(tags=["公开"], request=PreviewIn, responses=data.DecisionData)
    def post(self, request: Request, code: str) -> Response:
        row = _row(code, None)
        raw = request.data.get("facts") if isinstance(request.data, dict) else None
        if not isinstance(raw, dict):
            detail = mark("请把事实放在 facts 里，写成一个对象。")
            raise Invalid(errors=[{"field": "facts", "code": "required", "detail": detail}])
        unknown = [name for name in request.data if name != "facts"]
        if unknown:
            detail = mark("没有这一项，请只传 facts。")
            raise Invalid(
                errors=[
                    {"field": _readable(name), "code": "unknown_field", "detail": detail} for name in unknown
                ]
            )
        policy = policy_version(row.code, row.version)
        ops = who.is_ops(request.user)
        return Response(_decided(raw, policy, ops=ops))


def _decided(raw: dict[str, Any], policy: Policy, *, ops: bool) -> dict[str, Any]:
    try:
        facts = parse_facts(raw, kind=policy.kind, public=not ops)
    except FactsRefused as refused:
        raise FactsInvalid(
            errors=[{"field": _readable(e.field), "code": e.code, "detail": e.detail} for e in refused.errors]
        ) from None
    return decide(facts, policy).for_reader(ops=ops).as_data(vocabulary())


def _readable(name: str) -> str:
    """A name that a stranger made up, as an answer can carry it: half pairs are no text, and none is that long."""
    return name[:64].encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _row(code: str, version: int | None) -> PolicyVersion:
    row = None
    if storable(code):
        row = (
            newest_policy(code)
            if version is None
            else PolicyVersion.objects.select_related("retirement").filter(code=code, version=version).first()
        )
    if row is None:
        raise Absent(mark("没有这份规则，请核对代码和版本号。"))
    return row
