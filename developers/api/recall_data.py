"""What is sent of recalls, and what comes back."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts import permissions as who
from compensation.rules.facts import LARGEST
from developers import queries
from developers.models import Recall
from developers.rules.netting import SKIPS
from developers.rules.recall_life import LABELS
from developers.rules.recalls import (
    BASES,
    CAUSES,
    LONGEST_NAME,
    LONGEST_WORDS,
    PAID,
    PARTIES,
    REMEDIES,
    Rule,
)  # fmt: skip
from developers.services.recalls.asking import Wanted

KINDS, STATES, BEARERS = list(REMEDIES), [str(state) for state in LABELS], list(PARTIES)
CAUSE_CODES = list(CAUSES)


class RecallRemedyIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(KINDS, help_text="top_up 只给计量商品，replacement 只给别的")
    quantity = serializers.IntegerField(
        required=False, allow_null=True, default=None, max_value=LARGEST, help_text="每单几个；不写就是整单"
    )


class RecallIn(serializers.Serializer[Any]):
    sku = serializers.CharField(max_length=64)
    by = serializers.ChoiceField(list(BASES), default=PAID, help_text="按付款还是按交付的时间")
    to = serializers.DateTimeField(help_text="含这一刻，不能晚于现在")
    supplier = serializers.CharField(
        max_length=LONGEST_NAME,
        default="",
        allow_blank=True,
        help_text="只要发货写着这家供货商的：推送时用的代号",
    )
    batch = serializers.CharField(
        max_length=LONGEST_NAME, default="", allow_blank=True, help_text="只要发货或明细里写着这个 batch 的"
    )
    version = serializers.CharField(
        max_length=LONGEST_NAME, default="", allow_blank=True,
        help_text="只要交付明细或付款时的商品规格里写着这个 version 的",
    )  # fmt: skip
    cause = serializers.ChoiceField(CAUSE_CODES, help_text="同一个原因先前赔过的不再赔")
    party = serializers.ChoiceField(BEARERS, default="", allow_blank=True, help_text="谁来承担；不写就按原因")
    text = serializers.CharField(
        max_length=LONGEST_WORDS, default="", allow_blank=True, help_text="对买家说的话，会公开"
    )
    remedy = RecallRemedyIn()
    defect = serializers.CharField(
        max_length=16, default="", allow_blank=True, help_text="因哪个缺陷，它的编号"
    )
    dry_run = serializers.BooleanField(default=True, help_text="true 只试算；false 试算完就提交批准")

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of Python's own."""
        return super().get_fields() | {"from": serializers.DateTimeField(help_text="含这一刻")}


def wanted_of(given: dict[str, Any]) -> Wanted:
    names = (given[name].strip() for name in ("batch", "version", "supplier"))
    rule = Rule(given["by"], given["from"], given["to"], *names)
    remedy = given["remedy"]
    return Wanted(
        sku=given["sku"], rule=rule, cause=given["cause"], party=given["party"], text=given["text"],
        remedy=remedy["kind"], quantity=remedy["quantity"], defect=given["defect"],
    )  # fmt: skip


class RecallApproveIn(serializers.Serializer[Any]):
    digest = serializers.CharField(
        max_length=64, default="", allow_blank=True, help_text="看到的那一份的指纹；不一样就是 409"
    )
    reason = serializers.CharField(max_length=1000, default="", allow_blank=True)


class RecallReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=1000, default="", allow_blank=True)


class RecallAccount(serializers.Serializer[Any]):
    account = serializers.CharField()
    fen = serializers.IntegerField()


class RecallSkipped(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(list(SKIPS))
    lines = serializers.IntegerField()


class RecallFigures(serializers.Serializer[Any]):
    lines = serializers.IntegerField(help_text="规则选中的单数")
    gets = serializers.IntegerField(help_text="其中有东西给的")
    buyers = serializers.IntegerField()
    fen = serializers.IntegerField()
    units = serializers.IntegerField()
    short = serializers.IntegerField(help_text="额度不够给全的单数")
    accounts = RecallAccount(many=True, help_text="钱由谁承担")
    nothing = RecallSkipped(many=True)


class RecallProgress(serializers.Serializer[Any]):
    given = serializers.IntegerField()
    waiting = serializers.IntegerField()
    fen = serializers.IntegerField()
    units = serializers.IntegerField()
    skipped = RecallSkipped(many=True)


class RecallExample(serializers.Serializer[Any]):
    order_no = serializers.CharField(help_text="已遮")
    buyer = serializers.CharField(help_text="已遮")
    paid_fen = serializers.IntegerField()
    fen = serializers.IntegerField()
    units = serializers.IntegerField()
    skip = serializers.CharField(allow_blank=True, help_text="没有东西给的，为什么")
    short = serializers.BooleanField()


class RecallRemedy(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(KINDS, source="remedy")
    quantity = serializers.IntegerField(allow_null=True)


class RecallData(serializers.ModelSerializer[Recall]):
    id = serializers.CharField(source="no")
    sku = serializers.CharField(source="product.sku")
    by = serializers.ChoiceField(list(BASES))
    to = serializers.DateTimeField(source="end")
    cause = serializers.ChoiceField(CAUSE_CODES)
    party = serializers.ChoiceField(BEARERS)
    version = serializers.CharField(source="goods_version")
    supplier = serializers.CharField(
        source="supplier.code", default="", help_text="只选了哪家供货商送的；没有限定是空的"
    )
    defect = serializers.CharField(source="defect.no", default=None, allow_null=True)
    remedy = RecallRemedy(source="*")
    state = serializers.ChoiceField(STATES)
    dry_run = serializers.SerializerMethodField()
    asked_by = serializers.SerializerMethodField()
    figures = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()

    class Meta:
        model = Recall
        fields = (
            "id", "sku", "by", "to", "supplier", "batch", "version", "cause", "party", "text", "remedy", "defect",
            "state", "dry_run", "asked_by", "asked_at", "submitted_at", "approvals_needed", "approved_at", "ended_at",
            "digest", "figures", "progress",
        )  # fmt: skip
        read_only_fields = fields

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {"from": serializers.DateTimeField(source="start")}

    def get_dry_run(self, recall: Recall) -> bool:
        return recall.submitted_at is None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_asked_by(self, recall: Recall) -> str | None:
        """Developers learn no names of ops."""
        reader = self.context["request"].user
        return recall.asked_by.get_username() if who.is_ops(reader) or reader == recall.asked_by else None

    @extend_schema_field(RecallFigures(allow_null=True))
    def get_figures(self, recall: Recall) -> Any:
        if not recall.figures:
            return None
        accounts = [{"account": name, "fen": fen} for name, fen in recall.figures["accounts"].items()]
        return recall.figures | {"accounts": accounts, "nothing": _skipped(recall.figures["nothing"])}

    @extend_schema_field(RecallProgress(allow_null=True))
    def get_progress(self, recall: Recall) -> Any:
        if not recall.progress:
            return None
        return recall.progress | {"skipped": _skipped(recall.progress["skipped"])}


class RecallDetailData(RecallData):
    examples = serializers.SerializerMethodField()
    approvals = serializers.SerializerMethodField()
    refusal = serializers.SerializerMethodField(help_text="没有批准的，为什么；别的时候为空")

    class Meta:
        model = Recall
        fields = (*RecallData.Meta.fields, "approvals", "refusal", "examples")
        read_only_fields = fields

    @extend_schema_field(RecallExample(many=True))
    def get_examples(self, recall: Recall) -> Any:
        return RecallExample(queries.examples(recall=recall), many=True).data

    def get_approvals(self, recall: Recall) -> int:
        return queries.yeses(recall=recall)

    def get_refusal(self, recall: Recall) -> str:
        return queries.refusal_of(recall=recall)


def _skipped(counted: dict[str, int]) -> list[dict[str, Any]]:
    return [{"reason": reason, "lines": n} for reason, n in counted.items()]
