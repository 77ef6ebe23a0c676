"""The effect guarantee of each line, looked at by the system itself: one row a round."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from watch.models.warnings import Incident

RESULTS = [
    ("", _("还没有")), ("granted", _("补了互动包")), ("met", _("已经达标")), ("person", _("转给专人")),
    ("over", _("过了质保")), ("none", _("没有要补的")), ("dismissed", _("不补，人看过")),
]  # fmt: skip


class EffectCheck(models.Model):
    """One round on one line: looked at from `due_at` on, until it comes to something."""

    order = models.ForeignKey(
        "orders.Order", models.PROTECT, related_name="effect_checks", verbose_name=_("订单")
    )
    round = models.PositiveSmallIntegerField(_("第几轮"), default=1)
    due_at = models.DateTimeField(_("该看于"), null=True)  # null: ended, or waits for a person's word
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, related_name="effect_checks", verbose_name=_("一起缺的")
    )
    # Whose the line was when it was given something or held back; null: nobody could tell.
    supplier = models.ForeignKey(
        "orders.Supplier",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("供货商"),
        db_index=False,
    )
    result = models.CharField(_("结果"), max_length=9, choices=RESULTS, blank=True, default="")
    owed = models.BigIntegerField(_("补了多少"), default=0)
    ticket_no = models.CharField(_("售后单"), max_length=16, blank=True)
    ended_at = models.DateTimeField(_("了结于"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("互动检查")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "round"], name="one_effect_check_per_round"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(ended_at=None), name="one_effect_check_waiting"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="effect_check_due"),
            models.Index(fields=["ended_at"], condition=Q(result="granted"), name="effect_pack_granted"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.round}"


class Pass(models.Model):
    """How far something that only ever grows has been gone through: up to which row, or which instant."""

    name = models.CharField(_("名称"), max_length=32, primary_key=True)
    after = models.BigIntegerField(_("到第几行"), default=0)
    until = models.DateTimeField(_("到何时"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("看到哪里了")

    def __str__(self) -> str:
        return self.name
