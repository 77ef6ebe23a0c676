"""What is sent of the guarantee fund, and what comes back."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts import permissions as who
from common.language import spoken
from developers.models import FundClaim
from developers.queries import fund as queries
from developers.rules import fund as rules
from developers.rules.fund_life import LABELS

LONGEST = 4000
STATES, CAUSES = [str(state) for state in LABELS], list(rules.CAUSES)


class FundCaseData(serializers.Serializer[Any]):
    ticket_no = serializers.CharField(source="case.no")
    borne_fen = serializers.IntegerField(source="case.borne", help_text="记到您名下")
    given_back_fen = serializers.IntegerField(source="case.taken_off", help_text="已经更正退回")
    from_fund_fen = serializers.IntegerField(source="case.from_fund", help_text="基金赔过")
    fen = serializers.IntegerField(source="case.left", help_text="还由您承担，就是能申请的")
    until = serializers.DateTimeField(help_text="最迟几时申请")
    claimed = serializers.BooleanField(help_text="已经申请过，一张只能一次")


class FundClaimRow(serializers.Serializer[Any]):
    no = serializers.CharField()
    developer = serializers.CharField(source="developer.username")
    cause = serializers.ChoiceField(
        CAUSES, help_text="outage 平台停服，moved 责任该在平台，wrong 平台多赔、错赔"
    )
    state = serializers.ChoiceField(STATES)
    version = serializers.IntegerField()
    fen = serializers.IntegerField(help_text="申请多少，是算出来的")
    paid_fen = serializers.IntegerField(help_text="赔了多少；提交以后又更正退回的不再赔")
    filed_at = serializers.DateTimeField()
    answer_by = serializers.DateTimeField(help_text="最迟几时答复")
    decided_at = serializers.DateTimeField(allow_null=True)
    paid_at = serializers.DateTimeField(allow_null=True)


class FundStepData(serializers.Serializer[Any]):
    text = serializers.CharField()
    formula = serializers.CharField(allow_blank=True)
    result = serializers.CharField()


class FundWordData(serializers.Serializer[Any]):
    action = serializers.ChoiceField(["file", "take", "approve", "refuse", "appeal", "withdraw"])
    reason = serializers.CharField(allow_blank=True)
    by = serializers.SerializerMethodField(help_text="谁；只有运营看得到，别人是 null")
    at = serializers.DateTimeField()

    def get_by(self, word: Any) -> str | None:
        return word.by if who.is_ops(self.context["request"].user) else None


class FundClaimData(FundClaimRow):
    text = serializers.CharField()
    cases = serializers.SerializerMethodField(help_text="售后单号")
    steps = serializers.SerializerMethodField(help_text="申请的数一步步怎么算的")
    words = serializers.SerializerMethodField(help_text="谁做过什么，旧的在前")

    def get_cases(self, claim: FundClaim) -> list[str]:
        return [row.ticket.no for row in claim.cases.all()]

    @extend_schema_field(FundStepData(many=True))
    def get_steps(self, claim: FundClaim) -> Any:
        found = rules.steps(queries.sums_of(claim.cases.all()))
        rows = [{"text": spoken(s.text), "formula": spoken(s.note), "result": s.result} for s in found]
        return FundStepData(rows, many=True).data

    @extend_schema_field(FundWordData(many=True))
    def get_words(self, claim: FundClaim) -> Any:
        return FundWordData(queries.words_of(claim), many=True, context=self.context).data


class FundData(serializers.Serializer[Any]):
    guarantee_fen = serializers.IntegerField(
        source="balances.guarantee", help_text="开发者保障基金现在有多少"
    )
    disputes_fen = serializers.IntegerField(
        source="balances.disputes", help_text="争议基金；负数是平台先垫着"
    )
    counted_until = serializers.DateTimeField(
        source="balances.until", allow_null=True, help_text="争议基金数到几时"
    )
    kept_fen = serializers.IntegerField(
        source="balances.kept", allow_null=True, help_text="平台替您存着的分成；没有存过是 null"
    )
    claimable = FundCaseData(many=True, help_text="30 天以内记到您名下、还由您承担的")
    claims = FundClaimRow(many=True, help_text="最近的 50 份")


class FundClaimIn(serializers.Serializer[Any]):
    cause = serializers.CharField(max_length=16, help_text="outage、moved 或 wrong")
    cases = serializers.ListField(
        child=serializers.CharField(max_length=16), max_length=200, help_text="售后单号，最多 50 个"
    )
    text = serializers.CharField(max_length=LONGEST, help_text="平台哪里出了问题；运营看得到")


class FundAppealIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=LONGEST, help_text="为什么该赔；另一位同事书面答复")


class FundDecideIn(serializers.Serializer[Any]):
    decision = serializers.ChoiceField(["approve", "refuse"])
    reason = serializers.CharField(max_length=1000, help_text="理由，开发者看得到")
    version = serializers.IntegerField(help_text="看到的是第几版；别人先动了是 409")
