"""The shapes of decisions, remedies and policies as the API shows them."""

from typing import Any

from rest_framework import serializers

from accounts import permissions as who
from common.phrases import mark
from compensation.models import REMEDY_KINDS, DecisionRecord, PolicyVersion, Remedy
from compensation.queries import explanation_of


class PolicyRefData(serializers.Serializer[Any]):
    code = serializers.CharField()
    version = serializers.IntegerField()
    hash = serializers.CharField()


class RemedyOwedData(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(REMEDY_KINDS)
    amount_fen = serializers.IntegerField(allow_null=True)
    quantity = serializers.IntegerField(allow_null=True)
    grade = serializers.CharField(allow_null=True)


class RateData(serializers.Serializer[Any]):
    numerator = serializers.IntegerField()
    denominator = serializers.IntegerField()


class MeasuresData(serializers.Serializer[Any]):
    base = serializers.IntegerField()
    loss = serializers.IntegerField()
    rate = RateData()


class StepData(serializers.Serializer[Any]):
    text = serializers.CharField()
    formula = serializers.CharField(allow_null=True)
    inputs = serializers.DictField()
    result = serializers.CharField(allow_null=True)


class DecisionData(serializers.Serializer[Any]):
    """A decision as the engine gives it."""

    policy = PolicyRefData()
    clause = serializers.CharField()
    outcome = serializers.ChoiceField(
        ["compensate", "refund", "replace", "guide", "review", "refuse", "nothing"]
    )
    remedies = RemedyOwedData(many=True)
    measures = MeasuresData(allow_null=True)
    requires_review = serializers.BooleanField()
    review_reasons = serializers.ListField(child=serializers.CharField())
    explanation = StepData(many=True)


class StoredDecisionData(DecisionData):
    """A decision as it was made, with the rows that its facts were read from."""

    sources = serializers.DictField(
        help_text=mark(
            "事实的来处：counts、usage、deliveries、unshown、findings、given、keys、closed_by 里的 id 是各条记录的编号"
        )
    )


def decision_for(record: DecisionRecord, reader: Any) -> dict[str, Any]:
    """The frozen decision as this reader may see it, in their language.

    Only ops learn that a risk score asked for a person.
    """
    sources = {name: value for name, value in (record.sources or {}).items() if name != "pool"}
    body = record.body | {
        "sources": sources,
        "explanation": [step.as_data() for step in explanation_of(record)],
    }
    if not who.is_ops(reader):
        body["review_reasons"] = [
            "manual" if reason == "risk" else reason for reason in body["review_reasons"]
        ]
    return body


class RemedyData(serializers.ModelSerializer[Remedy]):
    class Meta:
        model = Remedy
        fields = ["key", "kind", "amount_fen", "quantity", "grade", "state", "settled_at"]


class PolicyData(serializers.ModelSerializer[PolicyVersion]):
    retired_at = serializers.DateTimeField(
        source="retirement.retired_at", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = PolicyVersion
        fields = ["code", "version", "kind", "title", "hash", "published_at", "retired_at", "data"]
