"""Whether each order earned its buyer points, looked at when its last window has ended: one row an order."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

ENDS = [("", _("还没有")), ("earned", _("得了积分")), ("claimed", _("申请过售后")), ("refunded", _("退过款"))]


class OrderPoints(models.Model):
    """Looked at from `due_at` on, until it is known; what was earned is in the books, under the order's number."""

    order = models.OneToOneField(
        "orders.Order", models.PROTECT, primary_key=True, related_name="points", verbose_name=_("订单")
    )
    due_at = models.DateTimeField(_("该看于"), null=True)
    result = models.CharField(_("结果"), max_length=8, choices=ENDS, blank=True, default="")
    ended_at = models.DateTimeField(_("了结于"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("订单的积分")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(result="", ended_at=None, due_at__isnull=False)
                | (~Q(result="") & Q(ended_at__isnull=False, due_at=None)),
                name="order_points_known_once",
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="order_points_due")
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.result}"
