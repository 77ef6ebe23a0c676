"""What people ruled: rows beside the decision, which itself stays as it was made."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.guards import APPEND_ONLY

PARTIES = [
    ("platform", _("平台")),
    ("developer", _("开发者")),
    ("supplier", _("供货商")),
    ("buyer", _("买家")),
    ("unknown", _("还不清楚")),
]


class Override(models.Model):
    """Other remedies than the decision's own; the newest of a decision is the one that holds."""

    GUARDS = APPEND_ONLY
    decision = models.ForeignKey(
        "compensation.DecisionRecord", models.PROTECT, related_name="overrides", verbose_name=_("决定")
    )
    remedies = models.JSONField(_("改成给什么"))
    needs_second = models.BooleanField(_("要另一位批准"))
    reason = models.TextField(_("为什么"))
    by = models.CharField(_("谁改判的"), max_length=150)
    at = models.DateTimeField(_("改判于"))

    class Meta:
        verbose_name = verbose_name_plural = _("改判")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.by}"


class Approval(models.Model):
    """One person's yes to what a decision, or an override of it, gives."""

    GUARDS = APPEND_ONLY
    decision = models.ForeignKey(
        "compensation.DecisionRecord", models.PROTECT, related_name="approvals", verbose_name=_("决定")
    )
    override = models.ForeignKey(
        Override, models.PROTECT, null=True, related_name="approvals", verbose_name=_("改判")
    )
    reason = models.TextField(_("为什么"))
    by = models.CharField(_("谁批准的"), max_length=150)
    at = models.DateTimeField(_("批准于"))

    class Meta:
        verbose_name = verbose_name_plural = _("批准")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "by"], condition=Q(override=None), name="one_approval_per_person"
            ),
            models.UniqueConstraint(
                fields=["override", "by"], condition=~Q(override=None), name="one_approval_per_override"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.by}"


class FindingQuerySet(models.QuerySet["Finding"]):
    def newest_for(self, *, order: Any, reason: str) -> "Finding | None":
        """The one that holds."""
        return self.filter(order=order, reason=reason).order_by("-id").first()


class Finding(models.Model):
    """What ops established of a line, for claims of one reason; every quote and decision after it reads the newest."""

    GUARDS = APPEND_ONLY
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="findings", verbose_name=_("订单"))
    reason = models.CharField(_("事由"), max_length=24)
    facts = models.JSONField(_("查明的事实"))
    replaces = models.ForeignKey(
        "compensation.DecisionRecord", models.PROTECT, related_name="+", verbose_name=_("原来的决定")
    )
    why = models.TextField(_("为什么"))
    by = models.CharField(_("谁查明的"), max_length=150)
    at = models.DateTimeField(_("查明于"))

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("查明的事实")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.order_id} {self.reason}"


class Bearer(models.Model):
    """Who bears what a decision costs; the newest holds. Never what the buyer gets."""

    GUARDS = APPEND_ONLY
    decision = models.ForeignKey(
        "compensation.DecisionRecord", models.PROTECT, related_name="bearers", verbose_name=_("决定")
    )
    party = models.CharField(_("责任方"), max_length=16, choices=PARTIES)
    reason = models.TextField(_("为什么"))
    by = models.CharField(_("谁定的"), max_length=150)
    at = models.DateTimeField(_("定于"))
    # {proposed: party, rows: {kind of record: numbers}} as it was on record then; {}: of before this was kept.
    rests_on = models.JSONField(_("凭的记录"), default=dict)
    # The person's word that a finding carried to the decision made anew, and that a contest is of; null: it is one.
    carries = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name=_("沿用的认定")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("谁来承担")
        ordering = ["-id"]
        indexes = [models.Index(fields=["at"], name="bearer_by_time")]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.party}"
