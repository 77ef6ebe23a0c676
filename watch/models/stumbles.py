"""Lines on which our own code broke: looked at ever more rarely, in nobody's way, and for ops to see."""

from django.db import models
from django.utils.translation import gettext_lazy as _

WORK = [
    ("look", _("看掉了没有")),
    ("count", _("数进每日小结")),
    ("earn", _("算积分")),
    ("grade", _("定轻重")),
]


class Stumble(models.Model):
    """Gone as soon as the line is got through."""

    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="+", verbose_name=_("订单"))
    work = models.CharField(_("做什么时"), max_length=5, choices=WORK)
    tries = models.PositiveIntegerField(_("试了几次"), default=0)
    since = models.DateTimeField(_("始于"))
    due_at = models.DateTimeField(_("下次再试"))

    class Meta:
        verbose_name = verbose_name_plural = _("出错的单")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "work"], name="one_stumble_per_line_and_work")
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.work}"
