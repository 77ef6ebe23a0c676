"""What the shop listed of its goods, and from when: what "as described" is measured against."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.guards import Guard
from orders.models.goods import Product


class ListedSpecification(models.Model):
    """A product's specification from an instant on; an order goes by the one listed when it was paid.

    Goods that were never sold may go, and take these with them; those that were sold stay.
    """

    GUARDS = (Guard("UPDATE"),)
    product = models.ForeignKey(Product, models.CASCADE, related_name="listed", verbose_name=_("商品"))
    content = models.JSONField(_("规格"), default=dict)
    listed_at = models.DateTimeField(_("列出于"))

    class Meta:
        verbose_name = verbose_name_plural = _("列出过的规格")
        ordering = ["id"]
        indexes = [models.Index(fields=["product", "listed_at"], name="specification_by_time")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.listed_at:%F %T}"
