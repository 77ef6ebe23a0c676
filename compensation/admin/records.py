"""Decisions, budgets, what was forgotten and what people said, in the admin: to read."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from common import figures
from common.language import say, spoken
from common.reading import ReadOnlyAdmin
from compensation.models import DecisionRecord, ForgottenRemedy, HandWord, LineBudget
from compensation.rules import names


@admin.register(ForgottenRemedy)
class ForgottenRemedyAdmin(ReadOnlyAdmin):
    list_display = ["order", "what", "told_by", "answered_by", "found_at"]
    list_select_related = ["order", "told_by", "answered_by__order"]
    search_fields = ["=order__order_no"]
    search_help_text = _("订单号")

    @admin.display(description=_("对方给了什么"))
    def what(self, row: ForgottenRemedy) -> str:
        figure = figures.yuan(row.amount_fen) if row.amount_fen is not None else row.quantity or "?"
        return f"{row.get_kind_display()} {figure}"


@admin.register(DecisionRecord)
class DecisionRecordAdmin(ReadOnlyAdmin):
    list_display = ["order", "asked_for", "by_clause", "found", "for_a_person", "decided_at"]
    list_select_related = ["order"]
    plural = _("作过的决定")
    explains = _("照规则算出的每一个决定，和它所依据的全部事实，只增不改。要改给什么，到售后单里改判。")
    fields = [
        "order", "asked_for", "by_clause", "found", "why_a_person", "policy", "decided_at", "facts", "sources", "body",
    ]  # fmt: skip
    readonly_fields = ["asked_for", "by_clause", "found", "why_a_person"]
    search_fields = ["=order__order_no"]
    search_help_text = _("订单号")

    @admin.display(description=_("事由"))
    def asked_for(self, row: DecisionRecord) -> str:
        return spoken(names.REASONS.get(row.reason, row.reason))

    @admin.display(description=_("条款"))
    def by_clause(self, row: DecisionRecord) -> str:
        return spoken(names.CLAUSES.get(row.clause, row.clause))

    @admin.display(description=_("结果"))
    def found(self, row: DecisionRecord) -> str:
        return spoken(names.OUTCOMES.get(row.outcome, row.outcome))

    @admin.display(description=_("为什么要人看"))
    def why_a_person(self, row: DecisionRecord) -> str:
        return say("；").join(spoken(names.REVIEWS.get(each, each)) for each in row.review_reasons) or "—"

    @admin.display(description=_("要人看"))
    def for_a_person(self, row: DecisionRecord) -> str:
        """Said where it is so; the usual no is nothing to be warned of."""
        return say("要人看") if row.requires_review else ""


@admin.register(LineBudget)
class LineBudgetAdmin(ReadOnlyAdmin):
    list_display = ["order", "paid", "reserved", "settled", "refunded_units"]
    list_select_related = ["order"]
    search_fields = ["=order__order_no"]
    search_help_text = _("订单号")
    ordering = ["-order_id"]

    @admin.display(description=_("实付"))
    def paid(self, row: LineBudget) -> str:
        return figures.yuan(row.paid_fen)

    @admin.display(description=_("预留"))
    def reserved(self, row: LineBudget) -> str:
        return figures.yuan(row.reserved_fen)

    @admin.display(description=_("已退"))
    def settled(self, row: LineBudget) -> str:
        return figures.yuan(row.settled_fen)


@admin.register(HandWord)
class HandWordAdmin(ReadOnlyAdmin):
    list_display = ["at", "by", "action", "remedy", "reference", "reason", "carried_out"]
    list_select_related = ["remedy__order"]
    search_fields = ["=remedy__order__order_no", "=reference", "=by"]
    search_help_text = _("订单号、凭据或谁")
    ordering = ["-id"]
