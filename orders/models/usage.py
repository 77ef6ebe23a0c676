"""How much of a line has been used, as the shop reports it: every report, and what they come to."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.guards import APPEND_ONLY
from orders.models.goods import Order, Product


class UsageReport(models.Model):
    """What the shop says was used up to an instant; a fact, never changed. What a report doesn't say is null."""

    GUARDS = APPEND_ONLY
    order = models.ForeignKey(Order, models.CASCADE, related_name="usage_reports", verbose_name=_("订单"))
    observed_at = models.DateTimeField(_("截至"))
    used_units = models.BigIntegerField(_("用掉的数量"), null=True)
    # As it was said, in hundredths of a per cent; `used_units` is what it comes to.
    progress = models.PositiveIntegerField(_("进度（百分之一个百分点）"), null=True)
    used_seconds = models.BigIntegerField(_("用过的秒数"), null=True)
    revealed_units = models.BigIntegerField(_("看过内容的数量"), null=True)
    outage_seconds = models.BigIntegerField(_("停服的秒数"), null=True)
    supplier_unused = models.BooleanField(_("供货方确认没用过"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("用量")
        constraints = [
            models.UniqueConstraint(fields=["order", "observed_at"], name="one_usage_per_instant"),
            models.CheckConstraint(
                condition=Q(progress=None) | Q(progress__lte=10_000, used_units__isnull=False),
                name="usage_progress_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.observed_at:%F %T}"


class Usage(models.Model):
    """What the reports of a line come to, kept as they arrive. A line that nobody reported on has no row.

    Of each figure the newest report that says it counts, by the instant it speaks of and not by its arrival: figures
    are cumulative and may be corrected, downwards too, by a later instant. A report that leaves a figure out says
    nothing of it.
    """

    order = models.OneToOneField(Order, models.CASCADE, primary_key=True, related_name="usage")
    observed_at = models.DateTimeField(_("截至"))
    used_units = models.BigIntegerField(_("用掉的数量"), null=True)
    used_seconds = models.BigIntegerField(_("用过的秒数"), null=True)
    revealed_units = models.BigIntegerField(_("看过内容的数量"), default=0)
    outage_seconds = models.BigIntegerField(_("停服的秒数"), default=0)
    supplier_unused = models.BooleanField(_("供货方确认没用过"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("用量小结")

    def __str__(self) -> str:
        return str(self.order_id)


class UsageDay(models.Model):
    """How many lines of a product were used on a day, as reports speak of it; a line once, however many there are."""

    product = models.ForeignKey(
        Product, models.CASCADE, related_name="+", verbose_name=_("商品"), db_index=False
    )
    day = models.DateField(_("哪一天"))
    lines = models.BigIntegerField(_("用过的单"), default=0)
    touched = models.BooleanField(_("有变动"), default=True)  # until whoever adds it up has seen it

    class Meta:
        verbose_name = verbose_name_plural = _("每天用过的单")
        constraints = [models.UniqueConstraint(fields=["product", "day"], name="one_usage_day_per_product")]
        indexes = [models.Index(fields=["id"], condition=Q(touched=True), name="usage_day_touched")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.day} {self.lines}"
