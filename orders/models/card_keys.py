"""Card keys: what a shop has in stock, and which key each unit of a line was given. The secret itself is sealed."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import permissions as who
from common.guards import Guard
from orders.models.goods import Order, Product
from orders.rules.card_keys import DELIVERED, DOUBLED, HELD, LIVE, REPLACED, STOCK, VOID

CARD_KEY_STATES = [
    (STOCK, _("在库存")),
    (DELIVERED, _("已交给买家")),
    (DOUBLED, _("与别处重复")),
    (REPLACED, _("已换掉")),
    (VOID, _("已作废")),
]
_STATES = sorted(state for state, _label in CARD_KEY_STATES)


class CardKeyQuerySet(models.QuerySet["CardKey"]):
    def visible_to(self, reader: Any) -> "CardKeyQuerySet":
        """Whoever sees the order sees that it has keys; what is in stock is the shop's and ops'."""
        if who.is_ops(reader) or who.is_shop(reader):
            return self
        return self.filter(order__in=Order.objects.visible_to(reader))


class CardKey(models.Model):
    """One secret of a product. `digest` tells whether two are the same, without telling what they say."""

    GUARDS = (
        Guard(
            "UPDATE",
            when="NEW.id <> OLD.id OR NEW.product_id <> OLD.product_id OR NEW.sealed <> OLD.sealed"
            " OR NEW.digest <> OLD.digest OR NEW.key_id <> OLD.key_id"
            " OR (OLD.order_id IS NOT NULL AND (NEW.order_id IS NULL OR NEW.order_id <> OLD.order_id))"
            " OR (OLD.revealed_at IS NOT NULL AND (NEW.revealed_at IS NULL OR NEW.revealed_at <> OLD.revealed_at))"
            " OR (OLD.state = 'replaced' AND NEW.state <> OLD.state)",
            says="卡密交出去以后不改：要换请另给一张。",
        ),
        Guard("DELETE", says="卡密不删：不用了就作废，换掉的留着备查。"),
    )
    product = models.ForeignKey(Product, models.PROTECT, related_name="card_keys", verbose_name=_("商品"))
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, blank=True, related_name="card_keys", verbose_name=_("订单")
    )
    unit = models.PositiveIntegerField(_("第几份"), null=True, blank=True)  # from 1
    sealed = models.BinaryField(_("封好的卡密"))
    digest = models.CharField(_("摘要"), max_length=64)
    key_id = models.CharField(_("用哪一把密钥封的"), max_length=8)
    state = models.CharField(_("状态"), max_length=12, choices=CARD_KEY_STATES, default=STOCK)
    # The remedy that took it: a replacement out of the stock, or away from the buyer; opaque here.
    taken_by = models.UUIDField(_("为哪一笔补偿"), null=True, blank=True, db_index=True)
    voided_for = models.UUIDField(_("为哪一笔退款收回"), null=True, blank=True, db_index=True)
    added_at = models.DateTimeField(_("收到于"))
    delivered_at = models.DateTimeField(_("交给买家于"), null=True, blank=True)
    revealed_at = models.DateTimeField(_("买家看过于"), null=True, blank=True)
    reported_at = models.DateTimeField(_("买家说用不了于"), null=True, blank=True)
    ended_at = models.DateTimeField(_("换掉或作废于"), null=True, blank=True)

    objects = CardKeyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("卡密")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "unit"], condition=Q(state__in=HELD), name="one_live_secret_per_unit"
            ),
            models.UniqueConstraint(
                fields=["digest"], condition=Q(state__in=LIVE), name="one_live_card_key_per_secret"
            ),
            models.CheckConstraint(condition=Q(state__in=_STATES), name="card_key_state_known"),
            models.CheckConstraint(
                condition=Q(state=STOCK, order=None, unit=None, revealed_at=None)
                | (~Q(state=STOCK) & Q(order__isnull=False, unit__isnull=False, unit__gte=1)),
                name="card_key_in_stock_or_on_a_line",
            ),
        ]
        indexes = [
            models.Index(fields=["product", "state", "id"], name="card_key_by_stock"),
            models.Index(fields=["digest"], name="card_key_by_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} #{self.pk}"
