"""A developer's credit by the month, and each row that it was counted from: written once, never changed."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import permissions as who
from common.guards import APPEND_ONLY
from developers.rules.credit import GRADES, NAMES
from developers.rules.credit_rows import SOURCES


class CreditQuerySet(models.QuerySet["Credit"]):
    def visible_to(self, reader: Any) -> "CreditQuerySet":
        """Ops all; developers their own."""
        if who.is_ops(reader):
            return self
        return self.filter(developer=reader) if who.role_of(reader) == "developer" else self.none()


class Credit(models.Model):
    """What the months up to this one came to, as it was when it was written."""

    GUARDS = APPEND_ONLY
    developer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="credits", verbose_name=_("开发者"), db_index=False
    )  # fmt: skip
    month = models.CharField(_("到哪个月"), max_length=7)
    since = models.DateTimeField(_("从"))
    until = models.DateTimeField(_("到"))
    scale = models.PositiveSmallIntegerField(_("第几版算法"))
    counts = models.JSONField(_("数"))
    total = models.PositiveSmallIntegerField(_("信用"), null=True)  # null: too few sales
    grade = models.CharField(_("等级"), max_length=4, choices=[(k, _(v)) for k, v in GRADES.items()])
    made_at = models.DateTimeField(_("算于"))

    objects = CreditQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("开发者信用")
        ordering = ["-month", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["developer", "month"], name="one_credit_per_developer_and_month"),
            models.CheckConstraint(condition=Q(total__lte=1000), name="credit_at_most_a_thousand"),
            models.CheckConstraint(
                condition=Q(total=None, grade="none") | Q(total__isnull=False) & ~Q(grade="none"),
                name="credit_has_a_grade",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.developer_id} {self.month}"


class CreditRow(models.Model):
    """One thing that a credit counts: what it was, in which case, and whether it went wrong."""

    GUARDS = APPEND_ONLY
    credit = models.ForeignKey(
        Credit, models.PROTECT, related_name="rows", verbose_name=_("开发者信用"), db_index=False
    )
    part = models.CharField(_("哪一部分"), max_length=8, choices=[(k, _(v)) for k, v in NAMES.items()])
    source = models.CharField(_("是什么"), max_length=8, choices=[(k, _(v)) for k, v in SOURCES.items()])
    ref = models.PositiveBigIntegerField(_("第几号"))  # of the case, the clock, the contest: by `source`
    bad = models.BooleanField(_("未达标"))
    at = models.DateTimeField(_("时间"))
    ticket = models.ForeignKey(
        "tickets.Ticket",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("售后单"),
        db_index=False,
    )

    class Meta:
        verbose_name = verbose_name_plural = _("信用是怎么数的")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["credit", "source", "ref"], name="counted_once_in_a_credit")
        ]
        indexes = [models.Index(fields=["credit", "part", "id"], name="credit_rows_of_part")]

    def __str__(self) -> str:
        return f"{self.credit_id} {self.source} {self.ref}"
