"""Accounts, transfers, holds and breaks: what the books are made of."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.guards import APPEND_ONLY, Guard

# What a developer's or a fund's account is moved by, apart from holds: corrections of who bears a cost, the guarantee
# fund's answers to claims, contributions, a developer's share, and what was paid out to them.
ACCOUNTED = ("bear", "claim", "fund", "share", "paid_out")
UNITS = [("fen", _("分")), ("unit", _("个")), ("point", _("积分"))]
_SAME = ("id", "key", "cost_id", "reserve_id", "goal_id", "amount", "opened_at")
_SAME_UNIT = (
    "SELECT COUNT(*) FROM ledger_account WHERE id IN (NEW.debit_id, NEW.credit_id) AND unit = NEW.unit"
)

_HEX = "replace(CAST(NEW.key AS text), '-', '')"  # SQLite keeps the key without hyphens, a transfer refers to it with
_KEY = " || '-' || ".join(
    f"substr({_HEX}, {start}, {size})" for start, size in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
)
_BOOKED = (
    "EXISTS (SELECT 1 FROM ledger_transfer WHERE ledger_transfer.reference = {key} AND reason = '{reason}'"
    " AND debit_id = NEW.reserve_id AND credit_id = NEW.{goal} AND ledger_transfer.amount = {amount})"
)
_POSTED = _BOOKED.format(key=_KEY, reason="post", goal="goal_id", amount="NEW.posted")
_VOIDED = _BOOKED.format(key=_KEY, reason="void", goal="cost_id", amount="NEW.amount - NEW.posted")
_NO_END_OF_A_HOLD = " OR ".join([
    "OLD.state <> 'pending'",
    *(f"NEW.{name} <> OLD.{name}" for name in _SAME),
    "(NEW.state = 'posted') <> (NEW.posted > 0)",
    # What it says it posted is booked, and what it gave back is.
    f"(NEW.posted > 0 AND NOT {_POSTED})",
    f"(NEW.state <> 'pending' AND NEW.posted < NEW.amount AND NOT {_VOIDED})",
])  # fmt: skip


class Account(models.Model):
    """One account in one unit."""

    GUARDS = (
        Guard("UPDATE", says="科目的代码和单位不改：账是按它们记的，要用别的请另开一个科目。"),
        Guard("DELETE", says="科目不能删：账是按它记的；不再用就放着。"),
    )
    code = models.CharField(_("科目"), max_length=64)
    unit = models.CharField(_("单位"), max_length=8, choices=UNITS)

    class Meta:
        verbose_name = verbose_name_plural = _("科目")
        constraints = [models.UniqueConstraint(fields=["code", "unit"], name="one_account_per_code_and_unit")]

    def __str__(self) -> str:
        return f"{self.code}（{self.get_unit_display()}）"


class Hold(models.Model):
    """What is set aside for a remedy until it is known how it ended: posted or voided, once."""

    PENDING, POSTED, VOIDED = "pending", "posted", "voided"
    GUARDS = (
        Guard(
            "UPDATE",
            when=_NO_END_OF_A_HOLD,
            says="预留只入账或撤回一次，先有分录，号、科目和数额也不改：要更正请另记一笔。",
        ),
        Guard(
            "INSERT",
            when="NEW.state <> 'pending' OR NEW.posted <> 0 OR NEW.ended_at IS NOT NULL",
            says="预留从待定开始：先预留，再入账或撤回。",
        ),
        Guard("DELETE", says="预留不能删：不要了就撤回。"),
    )

    key = models.UUIDField(_("键"), unique=True)
    cost = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("谁承担"))
    reserve = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("预留"))
    goal = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("去处"))
    amount = models.BigIntegerField(_("数额"))
    posted = models.BigIntegerField(_("已入账"), default=0)
    state = models.CharField(
        _("状态"),
        max_length=8,
        default=PENDING,
        choices=[(PENDING, _("预留")), (POSTED, _("已入账")), (VOIDED, _("已撤"))],
    )
    opened_at = models.DateTimeField(_("预留于"))
    ended_at = models.DateTimeField(_("了结于"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("预留")
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

    GUARDS = (
        # Both sides in the transfer's own unit: so the sum over all accounts is zero in every unit, row by row.
        Guard("INSERT", when=f"({_SAME_UNIT}) <> 2", says="借贷双方要是同一单位的两个科目，分录没有写入。"),
        *(Guard(on, says="账目只增不改：要更正请另记一笔。") for on in ("UPDATE", "DELETE")),
    )
    debit = models.ForeignKey(Account, models.PROTECT, related_name="debits", verbose_name=_("借方"))
    credit = models.ForeignKey(Account, models.PROTECT, related_name="credits", verbose_name=_("贷方"))
    unit = models.CharField(_("单位"), max_length=8, choices=UNITS)
    amount = models.BigIntegerField(_("数额"))
    reason = models.CharField(_("事由"), max_length=16)
    reference = models.CharField(_("凭据"), max_length=64, db_index=True)
    order_no = models.CharField(_("订单号"), max_length=64, db_index=True)
    booked_at = models.DateTimeField(_("记于"))

    class Meta:
        verbose_name = verbose_name_plural = _("分录")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_amount_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_between_two"),
            models.UniqueConstraint(fields=["reference", "reason"], name="transfer_once_per_reason"),
        ]
        # What an account was moved by, by time: a statement reads its own rows and no others.
        indexes = [
            models.Index(
                fields=[side, "booked_at"], condition=Q(reason__in=ACCOUNTED), name=f"transfer_moved_{side}"
            )
            for side in ("debit", "credit")
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.reason} {self.amount}"


class Balance(models.Model):
    """What lies on an account of a developer, of the guarantee fund or of a buyer's points: credits less debits, in
    the account's own unit, at any moment.

    Written with every transfer of the account, and compared with them by `recording.unsound_funds` and
    `recording.unsound_points`.
    """

    account = models.OneToOneField(Account, models.PROTECT, related_name="balance", verbose_name=_("科目"))
    amount = models.BigIntegerField(_("余额"), default=0)
    never_negative = models.BooleanField(_("不能是负数"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("科目余额")
        constraints = [
            models.CheckConstraint(
                condition=Q(never_negative=False) | Q(amount__gte=0), name="marked_account_never_negative"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount}"


class FundDay(models.Model):
    """What a fund was moved by on a day, by reason: the public page reads these, never the transfers."""

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="days", verbose_name=_("科目"), db_index=False
    )
    day = models.DateField(_("哪天"))
    reason = models.CharField(_("事由"), max_length=16)
    taken = models.BigIntegerField(_("支出（分）"), default=0)
    given = models.BigIntegerField(_("收入（分）"), default=0)
    outs = models.BigIntegerField(_("支出几笔"), default=0)
    ins = models.BigIntegerField(_("收入几笔"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("基金每日小结")
        constraints = [
            models.UniqueConstraint(fields=["account", "day", "reason"], name="one_row_per_fund_day")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day} {self.reason}"


class FundPass(models.Model):
    """Up to which transfer the days of the funds have been counted, and up to which instant."""

    name = models.CharField(_("名称"), max_length=16, primary_key=True)
    after = models.BigIntegerField(_("到第几行"), default=0)
    until = models.DateTimeField(_("到何时"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("数到哪里了")

    def __str__(self) -> str:
        return self.name


class Break(models.Model):
    """Whatever reconciliation can't explain; open until a person closes it."""

    kind = models.CharField(_("种类"), max_length=32)
    reference = models.CharField(_("凭据"), max_length=200)
    detail = models.TextField(_("情况"))
    opened_at = models.DateTimeField(_("发现于"))
    closed_at = models.DateTimeField(_("结案于"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("对不上的账")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "reference"], condition=Q(closed_at=None), name="one_open_break_per_reference"
            )
        ]
        indexes = [models.Index(fields=["reference"], name="break_by_reference")]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class BreakClosing(models.Model):
    """Who closed a break, and what was found out. A row of its own, so that it can't be said differently later."""

    GUARDS = APPEND_ONLY
    found = models.OneToOneField(Break, models.PROTECT, related_name="closing", verbose_name=_("对不上的账"))
    by = models.CharField(_("谁"), max_length=150)
    note = models.CharField(_("核对的结果"), max_length=1000)
    closed_at = models.DateTimeField(_("结案于"))

    class Meta:
        verbose_name = verbose_name_plural = _("结案")

    def __str__(self) -> str:
        return f"{self.found_id} {self.by}"
