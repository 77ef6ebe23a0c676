"""Monthly reports: one pass a month, one report a buyer, and what its reader thinks."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import permissions as who
from common.guards import APPEND_ONLY, Guard

RUN_STATES = [("waiting", _("排队")), ("running", _("在做")), ("done", _("做完"))]


class ReportRun(models.Model):
    """The pass over all buyers for one month. The row is the queue; whoever moved its version last goes on with it.

    `cursor` is the last buyer that was looked at: what lies before it is done, with its reports, in one transaction.
    """

    month = models.CharField(_("哪个月"), max_length=7, unique=True)
    state = models.CharField(_("状态"), max_length=8, choices=RUN_STATES, default="waiting")
    version = models.PositiveIntegerField(default=0)
    cursor = models.BigIntegerField(_("看到第几位买家"), default=0)
    last = models.BigIntegerField(_("到第几位买家"))
    made = models.PositiveIntegerField(_("做了几份"), default=0)
    failed = models.PositiveIntegerField(_("没做成几份"), default=0)
    lease_until = models.DateTimeField(null=True)
    at = models.DateTimeField(_("始于"))
    finished_at = models.DateTimeField(_("做完于"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("月度报告的制作")
        ordering = ["-month"]

    def __str__(self) -> str:
        return self.month


class MonthlyReportQuerySet(models.QuerySet["MonthlyReport"]):
    def visible_to(self, reader: Any) -> "MonthlyReportQuerySet":
        """The buyer's own, and all for ops; a guest of one order sees none."""
        if who.is_ops(reader):
            return self
        buyer_id = who.buyer_id_of(reader)
        return self.filter(buyer_id=buyer_id) if buyer_id else self.none()


class MonthlyReport(models.Model):
    """What a buyer is told of a month, frozen as it was when it was written."""

    GUARDS = (
        Guard(
            "UPDATE",
            when="NEW.figures <> OLD.figures OR NEW.month <> OLD.month OR NEW.buyer_id <> OLD.buyer_id",
            says="报告里的数写下就不改。",
        ),
        Guard("DELETE"),
    )
    no = models.CharField(_("编号"), max_length=16, unique=True)
    month = models.CharField(_("哪个月"), max_length=7)
    buyer = models.ForeignKey(
        "accounts.Buyer", models.PROTECT, related_name="reports", verbose_name=_("买家"), db_index=False
    )
    figures = models.JSONField(_("数"))
    made_at = models.DateTimeField(_("写于"))
    expires_at = models.DateTimeField(_("链接到"))
    due_at = models.DateTimeField(
        _("该说于"), null=True
    )  # null: said, or of a month that nobody is written to about
    said_at = models.DateTimeField(_("说于"), null=True)
    ask_at = models.DateTimeField(_("该问于"), null=True)  # null: asked, answered, or not said yet
    asked_at = models.DateTimeField(_("问于"), null=True)

    objects = MonthlyReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("月度报告")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["buyer", "month"], name="one_report_per_buyer_and_month")
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="report_due"),
            models.Index(fields=["ask_at"], condition=Q(ask_at__isnull=False), name="report_to_ask"),
        ]

    def __str__(self) -> str:
        return self.no


class SurveyAnswer(models.Model):
    """What the reader of a report thinks of the after-sales, said once."""

    GUARDS = APPEND_ONLY
    report = models.OneToOneField(
        MonthlyReport, models.PROTECT, related_name="answer", verbose_name=_("月度报告")
    )
    stars = models.PositiveSmallIntegerField(_("几颗星"))
    text = models.TextField(_("说了什么"), blank=True)
    answered_at = models.DateTimeField(_("答于"))

    class Meta:
        verbose_name = verbose_name_plural = _("满意度")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="survey_one_to_five_stars")
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.stars}"
