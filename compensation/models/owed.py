"""Decisions, remedies and the cash budget of each line: what is remembered of what is owed."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.guards import APPEND_ONLY, Guard
from compensation.rules.fate import ENDED, KINDS, STATES
from orders.permissions import on_orders_of

REMEDY_KINDS = [(kind, _(name)) for kind, name in KINDS.items()]
REMEDY_STATES = [(state, _(name)) for state, name in STATES.items()]


class LineBudget(models.Model):
    """The cash and units of a line that claims may still give back. Its row is the lock of the line."""

    order = models.OneToOneField("orders.Order", models.CASCADE, primary_key=True, related_name="budget")
    paid_fen = models.BigIntegerField(_("实付（分）"))
    reserved_fen = models.BigIntegerField(_("预留（分）"), default=0)
    settled_fen = models.BigIntegerField(_("已退（分）"), default=0)
    refunded_units = models.BigIntegerField(_("已退数量"), default=0)
    closed_by = models.ForeignKey(
        "DecisionRecord", models.PROTECT, null=True, related_name="+", verbose_name=_("因何关闭")
    )
    version = models.PositiveBigIntegerField(_("版本"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("退款额度")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    reserved_fen__gte=0,
                    settled_fen__gte=0,
                    paid_fen__gte=F("reserved_fen") + F("settled_fen"),
                ),
                name="cash_never_exceeds_paid",
            ),
            models.CheckConstraint(condition=Q(refunded_units__gte=0), name="refunded_units_not_negative"),
        ]

    def __str__(self) -> str:
        return str(self.order_id)


class DecisionRecord(models.Model):
    """A decision with the facts and the policy it was made from, frozen."""

    GUARDS = (
        Guard("UPDATE", says="决定只增不改：要更正请另作一个决定。"),
        Guard("DELETE", says="决定只增不删：要更正请另作一个决定。"),
    )
    order = models.ForeignKey(
        "orders.Order", models.PROTECT, related_name="decisions", verbose_name=_("订单")
    )
    reason = models.CharField(_("事由"), max_length=24)
    policy = models.ForeignKey("PolicyVersion", models.PROTECT, related_name="+", verbose_name=_("规则"))
    facts = models.JSONField(_("事实"))
    sources = models.JSONField(_("事实的来处"))
    clause = models.CharField(_("条款"), max_length=32)
    outcome = models.CharField(_("结果"), max_length=16)
    requires_review = models.BooleanField(_("要人看"))
    review_reasons = models.JSONField(_("为什么要人看"))
    body = models.JSONField(_("决定"))
    decided_at = models.DateTimeField(_("决定于"))

    class Meta:
        verbose_name = verbose_name_plural = _("决定")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.order} {self.clause}"


class RemedyQuerySet(models.QuerySet["Remedy"]):
    def visible_to(self, reader: Any) -> "RemedyQuerySet":
        return self.filter(on_orders_of(reader))


class Remedy(models.Model):
    """One thing a decision gives. What is owed never changes; state and delivered follow the kernel's intent."""

    key = models.UUIDField(_("键"), unique=True)
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="remedies", verbose_name=_("订单"))
    decision = models.ForeignKey(
        DecisionRecord, models.PROTECT, related_name="remedies", verbose_name=_("决定")
    )
    follows = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="followed_by", verbose_name=_("续补")
    )
    override = models.ForeignKey(
        "compensation.Override", models.PROTECT, null=True, related_name="given", verbose_name=_("改判")
    )
    kind = models.CharField(_("种类"), max_length=20, choices=REMEDY_KINDS)
    ordinal = models.PositiveIntegerField(_("第几次"))
    amount_fen = models.BigIntegerField(_("金额（分）"), null=True)
    quantity = models.BigIntegerField(_("数量"), null=True)
    grade = models.CharField(_("等级"), max_length=16, null=True)  # noqa: DJ001  the contract's null
    loss_share = models.BigIntegerField(_("其中补回的"), default=0)
    units_back = models.BigIntegerField(_("退回的数量"), default=0)
    calling_back = models.BooleanField(_("正在收回"), default=False)
    cover = models.CharField(_("依据"), max_length=8, default="other")  # window | slow | other
    state = models.CharField(_("状态"), max_length=20, choices=REMEDY_STATES)
    delivered = models.BigIntegerField(_("已到"), default=0)
    held_reason = models.CharField(_("等人原因"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("记于"))
    settled_at = models.DateTimeField(_("完成于"), null=True)
    ended_at = models.DateTimeField(_("了结于"), null=True)

    objects = RemedyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("补偿")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "kind", "ordinal"], name="one_remedy_per_ordinal"),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, quantity=None) | Q(quantity__gt=0, amount_fen=None),
                name="remedy_is_cash_or_units",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="remedy_by_state"),
            models.Index(fields=["ended_at"], name="remedy_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.order}"

    @property
    def ended(self) -> bool:
        return self.state in ENDED


class ForgottenRemedy(models.Model):
    """What a provider did and a restored database forgot: it binds its order until it is made again, or looked at."""

    GUARDS = (
        Guard(
            "UPDATE",
            when="NEW.id <> OLD.id OR NEW.key <> OLD.key OR NEW.order_id <> OLD.order_id"
            " OR NEW.told_by_id <> OLD.told_by_id"
            " OR COALESCE(NEW.amount_fen, 0) <> COALESCE(OLD.amount_fen, 0)"
            " OR COALESCE(NEW.quantity, 0) <> COALESCE(OLD.quantity, 0)"
            " OR COALESCE(NEW.answered_by_id, 0) < COALESCE(OLD.answered_by_id, 0)",
            says="对方做过的不改：核对完请把那条对不上的账结案。",
        ),
        Guard("DELETE", says="对方做过的不删：核对完请把那条对不上的账结案。"),
    )
    key = models.UUIDField(_("键"), unique=True)
    order = models.ForeignKey(
        "orders.Order", models.PROTECT, related_name="forgotten", verbose_name=_("订单")
    )
    kind = models.CharField(_("种类"), max_length=20, choices=REMEDY_KINDS)
    ordinal = models.PositiveIntegerField(_("第几次"))
    amount_fen = models.BigIntegerField(_("金额（分）"), null=True)  # null: units, or the provider didn't say
    quantity = models.BigIntegerField(_("数量"), null=True)
    meaning = models.CharField(_("对方说"), max_length=16)
    told_by = models.ForeignKey(
        "ledger.Break", models.PROTECT, related_name="+", verbose_name=_("对不上的账")
    )
    found_at = models.DateTimeField(_("发现于"))
    reserved_fen = models.BigIntegerField(_("占着的额度（分）"), default=0)
    answered_by = models.ForeignKey(
        Remedy, models.PROTECT, null=True, related_name="+", verbose_name=_("重新记上的")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("忘掉的补偿")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(reserved_fen__gte=0), name="forgotten_reserve_not_negative")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.order}"


class UnitDelivery(models.Model):
    """Units of a remedy that were reported delivered, as they came."""

    GUARDS = APPEND_ONLY
    remedy = models.ForeignKey(Remedy, models.CASCADE, related_name="deliveries", verbose_name=_("补偿"))
    quantity = models.BigIntegerField(_("数量"))
    delivered_at = models.DateTimeField(_("到达于"))

    class Meta:
        verbose_name = verbose_name_plural = _("到达记录")
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="units_came")]

    def __str__(self) -> str:
        return f"{self.remedy_id} +{self.quantity}"


class UnitList(models.Model):
    """How far the accounts behind a remedy's units are known; the row is the queue, no `next_at`: nothing to ask."""

    remedy = models.OneToOneField(Remedy, models.CASCADE, primary_key=True, related_name="unit_list")
    known = models.BigIntegerField(_("已记下"), default=0)
    tries = models.PositiveIntegerField(_("没问到几次"), default=0)
    next_at = models.DateTimeField(_("下次问"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("账号清单")
        indexes = [models.Index(fields=["next_at"], name="unit_list_due", condition=Q(next_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.remedy_id} {self.known}"


class DeliveredUnit(models.Model):
    """One unit that came, and the account it came from, as the supplier lists it."""

    GUARDS = APPEND_ONLY
    order = models.ForeignKey(
        "orders.Order", models.PROTECT, related_name="+", verbose_name=_("订单"), db_index=False
    )
    remedy = models.ForeignKey(
        Remedy, models.CASCADE, related_name="accounts", verbose_name=_("补偿"), db_index=False
    )
    n = models.BigIntegerField(_("第几个"))
    account_id = models.CharField(_("账号"), max_length=64)
    delivered_at = models.DateTimeField(_("到达于"))

    class Meta:
        verbose_name = verbose_name_plural = _("补到的每一个")
        constraints = [models.UniqueConstraint(fields=["remedy", "n"], name="one_account_per_unit")]
        indexes = [models.Index(fields=["order", "-id"], name="units_of_an_order")]

    def __str__(self) -> str:
        return f"{self.remedy_id} #{self.n}"
