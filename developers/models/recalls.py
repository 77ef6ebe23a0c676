"""What is remembered of recalls: each with its rule, what people said of it, and a row for every line it reaches."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import permissions as who
from common.guards import APPEND_ONLY
from developers.rules import netting
from developers.rules.recall_life import LABELS, LINE_STATES, LISTED, PUBLIC, State, called
from developers.rules.recall_words import ended
from developers.rules.recalls import BASES, CAUSES, PARTIES, REFUND, REMEDIES, Rule


def _choices(labels: dict[Any, str]) -> list[tuple[str, Any]]:
    return [(str(value), _(label)) for value, label in labels.items()]


class RecallQuerySet(models.QuerySet["Recall"]):
    def visible_to(self, reader: Any) -> "RecallQuerySet":
        """Ops all; developers those of their own goods."""
        if who.is_ops(reader):
            return self
        if who.role_of(reader) == "developer":
            return self.filter(product__developer=reader)
        return self.none()

    def public(self) -> "RecallQuerySet":
        return self.filter(state__in=PUBLIC)


class Recall(models.Model):
    """One dry run of a rule, and what became of it. What was shown never changes: counted anew, it is another one."""

    no = models.CharField(_("编号"), max_length=16, unique=True)
    product = models.ForeignKey(
        "orders.Product", models.PROTECT, related_name="recalls", verbose_name=_("商品")
    )
    by = models.CharField(_("按什么时间"), max_length=10, choices=_choices(BASES))
    start = models.DateTimeField(_("从"))
    end = models.DateTimeField(_("到"))
    supplier = models.ForeignKey(
        "orders.Supplier", models.PROTECT, null=True, related_name="recalls", verbose_name=_("供货商")
    )
    batch = models.CharField(_("批次"), max_length=64, blank=True)
    goods_version = models.CharField(_("商品版本"), max_length=64, blank=True)
    cause = models.CharField(
        _("原因"), max_length=24, choices=_choices({k: c.name for k, c in CAUSES.items()})
    )
    party = models.CharField(_("谁来承担"), max_length=16, choices=_choices(PARTIES))
    remedy = models.CharField(_("给什么"), max_length=16, choices=_choices(REMEDIES))
    quantity = models.BigIntegerField(_("每单几个"), null=True)  # null: all of the line
    text = models.TextField(_("对买家说"), blank=True)
    defect = models.ForeignKey(
        "developers.Defect", models.PROTECT, null=True, related_name="recalls", verbose_name=_("因哪个缺陷")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("谁提出的")
    )
    asked_at = models.DateTimeField(_("提出于"))
    submitted_at = models.DateTimeField(_("提交批准于"), null=True)
    state = models.CharField(_("状态"), max_length=10, choices=_choices(LABELS), default=State.COUNTING)
    version = models.PositiveBigIntegerField(_("版本号"), default=0)
    # How far the walk over the orders has come: [instant, id], and how many lines it found.
    place = models.JSONField(_("走到哪里"), null=True)
    walked = models.PositiveBigIntegerField(_("走过几单"), default=0)
    figures = models.JSONField(_("试算的数"), default=dict)
    digest = models.CharField(_("试算的指纹"), max_length=64, blank=True)
    approvals_needed = models.PositiveSmallIntegerField(_("要几个人批"), default=1)
    approved_at = models.DateTimeField(_("批准于"), null=True)
    progress = models.JSONField(_("进展"), default=dict)
    ended_at = models.DateTimeField(_("办完于"), null=True)

    objects = RecallQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("召回")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "id"], name="recall_by_state"),
            models.Index(fields=["product", "state"], name="recall_of_goods"),
        ]

    def __str__(self) -> str:
        return self.no

    @property
    def gives_the_rest(self) -> bool:
        """All that was paid, net of what was given before."""
        return self.remedy == REFUND and self.quantity is None

    def standing(self, *, coming: int, undone: int) -> str:
        """What it is called, where so many lines wait for what they were given, or will not get it after all."""
        if self.state == State.DONE:
            return ended(self.remedy, self.progress, coming=coming, undone=undone)
        return called(self.state, submitted=self.submitted_at is not None)

    @property
    def rule(self) -> Rule:
        supplier = self.supplier.code if self.supplier else ""
        return Rule(self.by, self.start, self.end, self.batch, self.goods_version, supplier)


class RecallWord(models.Model):
    """What a person did to a recall, and why. An approval names the fingerprint of what its giver was shown."""

    GUARDS = APPEND_ONLY
    recall = models.ForeignKey(Recall, models.PROTECT, related_name="words", verbose_name=_("召回"))
    action = models.CharField(_("做了什么"), max_length=12)
    by = models.CharField(_("谁"), max_length=150)
    reason = models.TextField(_("为什么"), blank=True)
    digest = models.CharField(_("看到的指纹"), max_length=64, blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("召回的经过")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recall", "by"], condition=Q(action="approve"), name="one_yes_per_person_and_recall"
            )
        ]

    def __str__(self) -> str:
        return f"{self.recall_id} {self.action}"


class RecallLine(models.Model):
    """A line that a recall reaches: what was shown for it, and what it was given, once."""

    recall = models.ForeignKey(
        Recall, models.PROTECT, related_name="lines", verbose_name=_("召回"), db_index=False
    )
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="recalls", verbose_name=_("订单"))
    state = models.CharField(_("状态"), max_length=8, choices=_choices(LINE_STATES), default=LISTED)
    skip = models.CharField(_("为什么没给"), max_length=16, blank=True, choices=_choices(netting.SKIPS))
    shown_fen = models.BigIntegerField(_("试算退（分）"), default=0)
    shown_units = models.BigIntegerField(_("试算给（个）"), default=0)
    short = models.BooleanField(_("额度不够给全"), default=False)
    fen = models.BigIntegerField(_("退了（分）"), default=0)
    units = models.BigIntegerField(_("给了（个）"), default=0)
    decision = models.ForeignKey(
        "compensation.DecisionRecord", models.PROTECT, null=True, related_name="+", verbose_name=_("决定")
    )
    ticket = models.ForeignKey(
        "tickets.Ticket", models.PROTECT, null=True, related_name="+", verbose_name=_("售后单")
    )
    at = models.DateTimeField(_("办于"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("召回的订单")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["recall", "order"], name="one_remedy_per_recall_and_line"),
            models.CheckConstraint(
                condition=Q(state="given", ticket__isnull=False, decision__isnull=False)
                | (~Q(state="given") & Q(fen=0, units=0, ticket=None, decision=None)),
                name="recall_gives_with_its_case",
            ),
        ]
        indexes = [models.Index(fields=["recall", "state", "id"], name="recall_lines_by_state")]

    def __str__(self) -> str:
        return f"{self.recall_id} {self.order_id}"
