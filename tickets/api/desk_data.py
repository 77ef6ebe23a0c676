"""What ops send with each of their moves; every body has the version of the case that was looked at."""

from typing import Any

from rest_framework import serializers

from common.language import spoken
from common.phrases import mark
from compensation.rules.facts import CHOICES, LARGEST
from compensation.rules.overrides import KINDS
from compensation.services.bearing import PARTIES
from orders.rules.rows import storable
from tickets.services.desk import ASKED


class DeskIn(serializers.Serializer[Any]):
    version = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, help_text="看的那一版：售后单里的 version；别人先动过就是 409"
    )


class ReasonIn(DeskIn):
    reason = serializers.CharField(max_length=4000, help_text="买家看得到")


class AssignIn(DeskIn):
    username = serializers.CharField(max_length=150, allow_null=True, help_text="交给谁；null 是谁也不交")


class WantedIn(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=20, help_text=f"{'、'.join(KINDS)} 里的一种")
    amount_fen = serializers.IntegerField(required=False, allow_null=True, max_value=LARGEST)
    quantity = serializers.IntegerField(required=False, allow_null=True, max_value=LARGEST)


class DecideIn(ReasonIn):
    approve = serializers.BooleanField(default=False, help_text="照算出的给；没有要给的，理由就是答复")
    override = serializers.BooleanField(
        default=False, help_text="改给 remedies 里写的；approve 和 override 选一个"
    )
    remedies = WantedIn(many=True, required=False, default=list)


class RequestProofIn(DeskIn):
    text = serializers.CharField(max_length=4000, help_text="要对方补充什么")

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of Python's own."""
        whom = serializers.ChoiceField(sorted(ASKED), help_text="buyer：72 小时；developer：48 小时")
        return super().get_fields() | {"from": whom}


class ResponsibilityIn(DeskIn):
    party = serializers.ChoiceField(PARTIES)
    reason = serializers.CharField(max_length=4000, help_text="只给运营看")


class ContestAnswerIn(DeskIn):
    party = serializers.ChoiceField(PARTIES, help_text="developer：维持；别的：改由它承担")
    reason = serializers.CharField(max_length=4000, help_text="书面答复，开发者看得到")


class FactsIn(ReasonIn):
    proof = serializers.ChoiceField(CHOICES["proof"], required=False)
    fault = serializers.ChoiceField(CHOICES["fault"], required=False)
    fake_units = serializers.IntegerField(required=False, min_value=0, max_value=LARGEST)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A fact under another name would be lost unseen."""
        if strange := [str(name) for name in self.initial_data if name not in self.fields]:
            words = spoken(mark("没有这一项，请核对名称或去掉它。"))
            raise serializers.ValidationError({name if storable(name) else "?": [words] for name in strange})
        return attrs
