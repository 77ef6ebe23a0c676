"""Accounts, transfers, holds and breaks: what the books are made of."""

from django.db import models
from django.db.models import F, Q

UNITS = [("fen", "分"), ("unit", "个"), ("point", "积分")]


class Account(models.Model):
    """One account in one unit."""

    code = models.CharField("科目", max_length=64)
    unit = models.CharField("单位", max_length=8, choices=UNITS)

    class Meta:
        verbose_name = verbose_name_plural = "科目"
        constraints = [models.UniqueConstraint(fields=["code", "unit"], name="one_account_per_code_and_unit")]

    def __str__(self) -> str:
        return f"{self.code}（{self.get_unit_display()}）"


class Hold(models.Model):
    """What is set aside for a remedy until it is known how it ended: posted or voided, once."""

    PENDING, POSTED, VOIDED = "pending", "posted", "voided"

    key = models.UUIDField("键", unique=True)
    cost = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name="谁承担")
    reserve = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name="预留")
    goal = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name="去处")
    amount = models.BigIntegerField("数额")
    posted = models.BigIntegerField("已入账", default=0)
    state = models.CharField(
        "状态",
        max_length=8,
        default=PENDING,
        choices=[(PENDING, "预留"), (POSTED, "已入账"), (VOIDED, "已撤")],
    )
    opened_at = models.DateTimeField("预留于")
    ended_at = models.DateTimeField("了结于", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "预留"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="hold_amount_positive"),
            models.CheckConstraint(
                condition=Q(posted__gte=0, posted__lte=F("amount")), name="hold_posted_within"
            ),
        ]

    def __str__(self) -> str:
        return str(self.key)


class Transfer(models.Model):
    """One movement between two accounts of one unit; corrected only by another."""

    debit = models.ForeignKey(Account, models.PROTECT, related_name="debits", verbose_name="借方")
    credit = models.ForeignKey(Account, models.PROTECT, related_name="credits", verbose_name="贷方")
    unit = models.CharField("单位", max_length=8, choices=UNITS)
    amount = models.BigIntegerField("数额")
    reason = models.CharField("事由", max_length=16)
    reference = models.CharField("凭据", max_length=64, db_index=True)
    order_no = models.CharField("订单号", max_length=64, db_index=True)
    booked_at = models.DateTimeField("记于")

    class Meta:
        verbose_name = verbose_name_plural = "分录"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_amount_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_between_two"),
            models.UniqueConstraint(fields=["reference", "reason"], name="transfer_once_per_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.reason} {self.amount}"


class Break(models.Model):
    """Whatever reconciliation can't explain; open until a person closes it."""

    kind = models.CharField("种类", max_length=32)
    reference = models.CharField("凭据", max_length=200)
    detail = models.TextField("情况")
    opened_at = models.DateTimeField("发现于")
    closed_at = models.DateTimeField("结案于", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "对不上的账"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "reference"], condition=Q(closed_at=None), name="one_open_break_per_reference"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"
