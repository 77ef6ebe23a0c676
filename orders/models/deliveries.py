"""What the shop says that it handed over, and from which supplier and batch it came, where it says so."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.models.goods import Order
from orders.rules.rows import LONGEST_NAME


class Supplier(models.Model):
    """Whoever the shop had a delivery from, known since it first named them."""

    code = models.CharField(_("代号"), max_length=LONGEST_NAME, unique=True)
    title = models.CharField(_("名称"), max_length=200)
    named_at = models.DateTimeField(_("第一次提到"))
    # Since when nothing new shall be ordered from them; null: it may.
    suspended_at = models.DateTimeField(_("停用的时刻"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("供货商")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title


class Delivery(models.Model):
    """A batch that the shop says it handed over."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="deliveries", verbose_name=_("订单"))
    delivered_at = models.DateTimeField(_("送达于"))
    quantity = models.BigIntegerField(_("数量"))
    final = models.BooleanField(_("送完"), default=False)
    units = models.JSONField(_("明细"), default=list, blank=True)
    supplier = models.ForeignKey(
        Supplier,
        models.PROTECT,
        null=True,
        related_name="deliveries",
        verbose_name=_("供货商"),
        db_index=False,
    )
    batch = models.CharField(_("批号"), max_length=LONGEST_NAME, blank=True, default="")
    # It was handed over while its supplier was suspended: a fact like any other, that a person should know of.
    while_suspended = models.BooleanField(_("停用期间送的"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("发货")
        constraints = [
            models.UniqueConstraint(fields=["order", "delivered_at"], name="one_delivery_per_instant")
        ]
        indexes = [  # what a recall reaches
            models.Index(fields=["delivered_at", "order"], name="delivery_by_time"),
            models.Index(
                fields=["supplier", "delivered_at", "order"],
                condition=Q(supplier__isnull=False),
                name="delivery_by_supplier",
            ),
            models.Index(
                fields=["supplier"], condition=Q(while_suspended=True), name="delivery_while_suspended"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.delivered_at:%F %T}"


class DeliveredBatch(models.Model):
    """A batch that some of a delivery is of, said of the whole or of a unit: to be found by its name."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="batches", verbose_name=_("发货"))
    batch = models.CharField(_("批号"), max_length=LONGEST_NAME)
    # As the delivery has them.
    order = models.ForeignKey(Order, models.CASCADE, related_name="+", verbose_name=_("订单"), db_index=False)
    delivered_at = models.DateTimeField(_("送达于"))

    class Meta:
        verbose_name = verbose_name_plural = _("发货的批次")
        indexes = [models.Index(fields=["batch", "delivered_at", "order"], name="delivery_by_batch")]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.batch}"
