"""What is sent of defects, and what comes back."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts import permissions as who
from common.clock import now
from developers.api.own import CostData
from developers.models import AnswerOwed, Defect, DefectMember, DefectWord
from developers.queries import defects as queries
from developers.rules import masking, periods
from developers.rules.defect_life import LABELS, SIDES
from developers.rules.defect_words import named
from developers.rules.versions import LONGEST
from developers.services.defects.answering import LONGEST_TEXT, Fix
from developers.services.defects.regrouping import LONGEST_TITLE, MOST
from orders.rules.rows import LARGEST
from tickets.queries import reason_names

STATES = [str(state) for state in LABELS]


class DefectAsked(serializers.Serializer[Any]):
    developer = serializers.CharField(max_length=150, default="", allow_blank=True)
    state = serializers.ChoiceField([*STATES, queries.CHECKING, queries.LATE], default="", allow_blank=True)
    sku = serializers.CharField(max_length=64, default="", allow_blank=True)


class DefectTrend(serializers.Serializer[Any]):
    this = serializers.IntegerField(help_text="本月至今属实的")
    before = serializers.IntegerField(help_text="上月同期")
    change = serializers.IntegerField(allow_null=True, help_text="百分比；上期没有是 null")


class DefectOwed(serializers.Serializer[Any]):
    owed_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    late = serializers.SerializerMethodField()

    def get_late(self, row: AnswerOwed) -> bool:
        return row.due_at < now()


class DefectData(serializers.ModelSerializer[Defect]):
    id = serializers.CharField(source="no")
    sku = serializers.CharField(source="product.sku")
    goods_version = serializers.CharField(help_text="空着：不知道是哪一版")
    title = serializers.SerializerMethodField()
    state = serializers.ChoiceField(STATES)
    version = serializers.IntegerField(help_text="动手时带上它：别人先动过是 409")
    cost = CostData(source="*")
    due_at = serializers.SerializerMethodField(help_text="最迟几时答复；不欠答复是 null")
    merged_into = serializers.CharField(source="merged_into.no", default=None, allow_null=True)

    class Meta:
        model = Defect
        fields = (
            "id", "sku", "goods_version", "reason", "title", "state", "version", "real", "checking", "cost",
            "first_at", "last_at", "fix_version", "due_at", "merged_into",
        )  # fmt: skip
        read_only_fields = fields

    def get_title(self, row: Defect) -> str:
        reason = str(reason_names()[row.reason])
        return named(title=row.title, symptoms=row.symptoms, reason=reason)

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_due_at(self, row: Defect) -> Any:
        owed = [one for one in row.owed.all() if one.answered_at is None and one.void_at is None]
        return owed[0].due_at if owed else None


class DefectCase(serializers.ModelSerializer[DefectMember]):
    no = serializers.CharField(source="ticket.no")
    order_no = serializers.SerializerMethodField(help_text="已遮")
    buyer = serializers.SerializerMethodField(help_text="已遮")
    text = serializers.SerializerMethodField(help_text="已遮去号码和地址")

    class Meta:
        model = DefectMember
        fields = ("no", "order_no", "buyer", "text", "goods_version", "opened_at", "fen", "units", "gifts")
        read_only_fields = fields

    def get_order_no(self, row: DefectMember) -> str:
        return masking.order_no(row.ticket.order.order_no)

    def get_buyer(self, row: DefectMember) -> str:
        return masking.name(row.ticket.order.buyer.name)

    def get_text(self, row: DefectMember) -> str:
        return masking.words(row.ticket.text)


class DefectSaid(serializers.ModelSerializer[DefectWord]):
    side = serializers.ChoiceField(list(SIDES))
    by = serializers.SerializerMethodField(help_text="运营的名字只给运营看")

    class Meta:
        model = DefectWord
        fields = ("action", "side", "by", "text", "data", "at")
        read_only_fields = fields

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_by(self, row: DefectWord) -> str | None:
        return row.by if row.side != "ops" or who.is_ops(self.context["request"].user) else None


class DefectFixData(serializers.Serializer[Any]):
    version = serializers.CharField(source="goods_version")
    fixed_on = serializers.DateField()
    found = serializers.CharField()
    advice = serializers.CharField()
    at = serializers.DateTimeField()
    told = serializers.IntegerField(help_text="告诉了几位买家")
    done_at = serializers.DateTimeField(allow_null=True, help_text="都告诉了；还在告诉是 null")


class DefectDetailData(DefectData):
    trend = serializers.SerializerMethodField()
    examples = serializers.SerializerMethodField()
    words = serializers.SerializerMethodField()
    fix = serializers.SerializerMethodField(help_text="作数的修复；没有是 null")
    recalls = serializers.SerializerMethodField(help_text="因它而起的召回")

    class Meta:
        model = Defect
        fields = (*DefectData.Meta.fields, "trend", "examples", "words", "fix", "recalls")
        read_only_fields = fields

    @extend_schema_field(DefectTrend)
    def get_trend(self, row: Defect) -> Any:
        period = periods.period(periods.MONTH, now=now())
        this, before = queries.trends_of([row.pk], period=period).get(row.pk, (0, 0))
        return {"this": this, "before": before, "change": periods.change(this, before)}

    @extend_schema_field(DefectCase(many=True))
    def get_examples(self, row: Defect) -> Any:
        found = queries.members_of(defect=row, what=queries.REAL, now=now(), most=queries.EXAMPLES)
        return DefectCase(found[: queries.EXAMPLES], many=True).data

    @extend_schema_field(DefectSaid(many=True))
    def get_words(self, row: Defect) -> Any:
        return DefectSaid(queries.words_of(defect=row), many=True, context=self.context).data

    @extend_schema_field(DefectFixData(allow_null=True))
    def get_fix(self, row: Defect) -> Any:
        fix = queries.fix_of(defect=row)
        return DefectFixData(fix).data if fix else None

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_recalls(self, row: Defect) -> Any:
        return [recall.no for recall in queries.recalls_of_defect(defect=row)]


class DefectVersionIn(serializers.Serializer[Any]):
    version = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        max_value=LARGEST,
        help_text="看到的那一版",
    )


class DefectFixIn(serializers.Serializer[Any]):
    version = serializers.CharField(max_length=LONGEST, help_text="在哪一版修好")
    fixed_on = serializers.DateField(help_text="哪一天发布，可以是将来")
    advice = serializers.CharField(max_length=LONGEST_TEXT, help_text="买家现在可以怎么做；会告诉每一位买家")


class DefectAnswerIn(DefectVersionIn):
    text = serializers.CharField(max_length=LONGEST_TEXT, help_text="查到了什么；有 fix 的会告诉每一位买家")
    fix = DefectFixIn(required=False, allow_null=True, default=None)


class DefectReasonIn(DefectVersionIn):
    reason = serializers.CharField(max_length=LONGEST_TEXT, help_text="为什么；进存证")


class _Cases(DefectReasonIn):
    tickets = serializers.ListField(
        child=serializers.CharField(max_length=16), min_length=1, max_length=MOST, help_text="售后单号"
    )


class DefectMoveIn(_Cases):
    to = serializers.CharField(max_length=16, help_text="放到哪个缺陷；同一件商品的")


class DefectSplitIn(_Cases):
    title = serializers.CharField(max_length=LONGEST_TITLE, default="", allow_blank=True)


class DefectMergeIn(DefectReasonIn):
    into = serializers.CharField(max_length=16)


class DefectTitleIn(DefectVersionIn):
    title = serializers.CharField(max_length=LONGEST_TITLE)


def fix_of(given: dict[str, Any] | None) -> Fix | None:
    return Fix(given["version"], given["fixed_on"], given["advice"]) if given else None
