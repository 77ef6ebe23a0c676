"""How goods and their suppliers behave, counted by the day, and what is proposed to be suspended for it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from watch.rules.health import NAMES

PROPOSAL_STATES = [
    ("open", _("等人看")), ("accepted", _("已停")), ("dismissed", _("不停")), ("lifted", _("已恢复")),
]  # fmt: skip
FIGURES = [(name, _(said)) for name, said in NAMES.items()]


class DayFigure(models.Model):
    """So many of so many, of one subject on one day; what is shown of months is sums of these."""

    subject = models.CharField(_("谁的"), max_length=80)  # product:likes, supplier:nan, shop
    day = models.DateField(_("哪一天"))
    figure = models.CharField(_("哪个数"), max_length=16)
    part = models.BigIntegerField(_("其中"), default=0)
    whole = models.BigIntegerField(_("一共"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("每日小结")
        constraints = [
            models.UniqueConstraint(fields=["subject", "day", "figure"], name="one_figure_a_day"),
            models.CheckConstraint(condition=Q(part__gte=0, whole__gte=0), name="figures_not_negative"),
        ]
        indexes = [models.Index(fields=["figure", "day"], name="figures_by_day")]

    def __str__(self) -> str:
        return f"{self.subject} {self.day} {self.figure} {self.part}/{self.whole}"


class LineHealth(models.Model):
    """What one line adds to the figures of its day, so that counting it again adds the difference only."""

    order = models.OneToOneField(
        "orders.Order", models.PROTECT, primary_key=True, related_name="health", verbose_name=_("订单")
    )
    due_at = models.DateTimeField(_("该数于"), null=True)
    day = models.DateField(_("算在哪一天"), null=True)
    added = models.JSONField(_("加了什么"), default=dict)  # {figure: [part, whole]}
    bad = models.BooleanField(_("有问题"), default=False)
    # Whose line it was counted as, "" where nobody knows; and whether it was counted by supplier at all.
    supplier = models.CharField(_("算在哪家供货商"), max_length=64, blank=True, default="")
    by_supplier = models.BooleanField(_("按供货商数过"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("每单小结")
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="line_health_due"),
            models.Index(fields=["day"], condition=Q(bad=True), name="line_health_bad"),
            models.Index(
                fields=["supplier", "day"], condition=Q(bad=True), name="line_health_bad_of_supplier"
            ),
        ]

    def __str__(self) -> str:
        return str(self.order_id)


class Proposal(models.Model):
    """A product or supplier whose rate is beyond its range for certain: one of ops says whether it is suspended."""

    subject = models.CharField(_("谁"), max_length=80)
    figure = models.CharField(_("哪个数"), max_length=16, choices=FIGURES)
    part = models.BigIntegerField(_("其中"))
    whole = models.BigIntegerField(_("一共"))
    lower = models.PositiveIntegerField(_("至少（万分之）"))
    upper = models.PositiveIntegerField(_("至多（万分之）"))
    limit = models.PositiveIntegerField(_("不应超过（万分之）"))
    since = models.DateField(_("从哪一天"))
    until = models.DateField(_("到哪一天"))
    state = models.CharField(_("状态"), max_length=9, choices=PROPOSAL_STATES, default="open")
    made_at = models.DateTimeField(_("提议于"))
    ended_at = models.DateTimeField(_("处理于"), null=True)
    by = models.CharField(_("谁处理的"), max_length=150, blank=True)
    reason = models.CharField(_("为什么"), max_length=1000, blank=True)
    lifted_at = models.DateTimeField(_("恢复于"), null=True)
    lifted_by = models.CharField(_("谁恢复的"), max_length=150, blank=True)
    lifted_for = models.CharField(_("为什么恢复"), max_length=1000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("停售提议")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(state__in=["open", "accepted"]),
                name="one_proposal_per_subject",
            ),
            models.CheckConstraint(condition=Q(part__lte=F("whole")), name="proposal_part_of_whole"),
        ]
        indexes = [models.Index(fields=["subject", "-id"], name="proposal_of_subject")]

    def __str__(self) -> str:
        return f"{self.subject} {self.figure}"
