"""The warnings written to buyers, and the many at once that wait for a person."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.language import say

WINDOWS = [("inside", _("24 小时内")), ("slow", _("质保内"))]
INCIDENT_STATES = [("open", _("等人看")), ("released", _("已放行")), ("dismissed", _("不提醒"))]
ABOUT = [("drop", _("一起掉")), ("effect", _("一起缺互动"))]


class Incident(models.Model):
    """Many lines of one product or supplier fell, or lack interactions, together: the rest waits for a person."""

    about = models.CharField(_("什么事"), max_length=6, choices=ABOUT, default="drop")
    # Of one of the two.
    product = models.ForeignKey(
        "orders.Product", models.PROTECT, null=True, related_name="+", verbose_name=_("商品")
    )
    supplier = models.ForeignKey(
        "orders.Supplier", models.PROTECT, null=True, related_name="+", verbose_name=_("供货商")
    )
    state = models.CharField(_("状态"), max_length=10, choices=INCIDENT_STATES, default="open")
    lines = models.PositiveIntegerField(_("压着几单"), default=0)
    opened_at = models.DateTimeField(_("始于"))
    ended_at = models.DateTimeField(_("处理于"), null=True)
    # Until when claims filed before it are still to be looked for and graded; null: that is done.
    grade_until = models.DateTimeField(_("定轻重到"), null=True)
    by = models.CharField(_("谁"), max_length=150, blank=True)
    reason = models.CharField(_("为什么"), max_length=1000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("一起掉的")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "about"], condition=Q(state="open"), name="one_open_incident_per_product"
            ),
            models.UniqueConstraint(
                fields=["supplier", "about"], condition=Q(state="open"), name="one_open_incident_per_supplier"
            ),
            models.CheckConstraint(
                condition=Q(product__isnull=True, supplier__isnull=False)
                | Q(product__isnull=False, supplier__isnull=True),
                name="incident_of_product_or_supplier",
            ),
        ]
        indexes = [
            models.Index(
                fields=["grade_until"], condition=Q(grade_until__isnull=False), name="incident_to_grade"
            ),
            # What goes on: the few that are open or were ended within the hour.
            models.Index(fields=["ended_at"], name="incident_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.called} {self.opened_at:%Y-%m-%d %H:%M}"

    @property
    def called(self) -> str:
        """What it is of, by name."""
        return str(self.product) if self.product else say("供货商 {name}", name=str(self.supplier))


class DropWarning(models.Model):
    """A drop that we noticed, once per line and window, and the one press that claims it."""

    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="warnings", verbose_name=_("订单"))
    window = models.CharField(_("哪个时段"), max_length=6, choices=WINDOWS)
    base = models.BigIntegerField(_("底数"))
    loss = models.BigIntegerField(_("少了"))
    observed_at = models.DateTimeField(_("数于"))
    # Whose the line was when it was noticed; null: nobody could tell.
    supplier = models.ForeignKey(
        "orders.Supplier",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("供货商"),
        db_index=False,
    )
    urgent = models.BooleanField(_("紧急"), default=False)
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, related_name="warnings", verbose_name=_("一起掉的")
    )
    made_at = models.DateTimeField(_("发现于"))
    due_at = models.DateTimeField(_("该说于"), null=True)  # null: said, or not to be said until somebody acts
    tries = models.PositiveSmallIntegerField(_("没说成几次"), default=0)
    said_at = models.DateTimeField(_("说于"), null=True)
    dropped_at = models.DateTimeField(_("不必说了"), null=True)
    expires_at = models.DateTimeField(_("链接到"))
    used_at = models.DateTimeField(_("用于"), null=True)
    ticket_no = models.CharField(_("售后单"), max_length=16, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("掉量提醒")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "window"], name="one_warning_per_line_and_window"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="warning_due"),
            models.Index(fields=["made_at"], name="warning_made"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.window}"
