"""What claims, money and sales come to by the day: written by the follower alone (services/figures).

What each case, remedy and sale adds is kept beside the sums, so that counting it again adds the difference.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Follower(models.Model):
    """How far the record has been followed; one row, and whoever moves it on is the only one who counts."""

    name = models.CharField(_("哪一个"), max_length=16, unique=True)
    seq = models.BigIntegerField(_("读到第几条"), default=0)  # the next leaf of the record
    walked = models.BigIntegerField(
        _("走到哪一单"), null=True, default=0
    )  # null: every order was walked once
    version = models.PositiveBigIntegerField(_("版本"), default=0)
    counted_at = models.DateTimeField(_("算到"), null=True)  # when what was counted last had happened

    class Meta:
        verbose_name = verbose_name_plural = _("算到哪里")

    def __str__(self) -> str:
        return f"{self.name} {self.seq}"


class CountedClaim(models.Model):
    """What a case adds to the figures of its product; `fen` to `owed_gifts`: what it came to and waits for."""

    ticket = models.OneToOneField(
        "tickets.Ticket", models.PROTECT, primary_key=True, related_name="counted", verbose_name=_("售后单")
    )
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="+", verbose_name=_("订单"))
    product = models.ForeignKey(
        "orders.Product", models.PROTECT, related_name="+", verbose_name=_("商品"), db_index=False
    )
    goods_version = models.CharField(_("商品版本"), max_length=64, blank=True)
    opened_at = models.DateTimeField(_("提交于"))
    day = models.DateField(_("提交那天"))
    reason = models.CharField(_("事由"), max_length=24)
    filed = models.BooleanField(_("有人提的"))  # a recall's is nobody's complaint
    real = models.BooleanField(_("属实"))
    checking = models.BooleanField(_("核实中"))
    fen = models.BigIntegerField(_("已退（分）"), default=0)
    units = models.BigIntegerField(_("已补（个）"), default=0)
    gifts = models.BigIntegerField(_("其中赠送（个）"), default=0)
    owed_fen = models.BigIntegerField(_("还没退（分）"), default=0)
    owed_units = models.BigIntegerField(_("还没补（个）"), default=0)
    owed_gifts = models.BigIntegerField(_("其中赠送（个）"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("算进去的售后单")
        indexes = [
            models.Index(fields=["product", "day"], name="counted_claims_of_goods"),
            models.Index(
                fields=["-opened_at", "-ticket"], condition=models.Q(filed=True), name="counted_claims_newest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.reason}"


class CountedCost(models.Model):
    """What a remedy adds: what came of it on the day it ended, what is owed until then."""

    remedy = models.OneToOneField(
        "compensation.Remedy", models.PROTECT, primary_key=True, related_name="+", verbose_name=_("补偿")
    )
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="+", verbose_name=_("订单"))
    product = models.ForeignKey(
        "orders.Product", models.PROTECT, related_name="+", verbose_name=_("商品"), db_index=False
    )
    reason = models.CharField(_("事由"), max_length=24)
    day = models.DateField(_("了结那天"), null=True)
    fen = models.BigIntegerField(_("已退（分）"), default=0)
    units = models.BigIntegerField(_("已补（个）"), default=0)
    gifts = models.BigIntegerField(_("其中赠送（个）"), default=0)
    owed_fen = models.BigIntegerField(_("还没退（分）"), default=0)
    owed_units = models.BigIntegerField(_("还没补（个）"), default=0)
    owed_gifts = models.BigIntegerField(_("其中赠送（个）"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("算进去的补偿")
        indexes = [
            models.Index(fields=["product", "day"], name="counted_costs_of_goods"),
            models.Index(fields=["product"], name="counted_owed_of_goods", condition=models.Q(day=None)),
        ]

    def __str__(self) -> str:
        return f"{self.remedy_id} {self.reason}"


class CountedSale(models.Model):
    """A line that was bought; one that was given is none."""

    order = models.OneToOneField(
        "orders.Order", models.PROTECT, primary_key=True, related_name="+", verbose_name=_("订单")
    )
    product = models.ForeignKey(
        "orders.Product", models.PROTECT, related_name="+", verbose_name=_("商品"), db_index=False
    )
    day = models.DateField(_("付款那天"))
    orders = models.PositiveSmallIntegerField(_("几单"), default=1)
    sold = models.BigIntegerField(_("卖出（个）"))

    class Meta:
        verbose_name = verbose_name_plural = _("算进去的销售")

    def __str__(self) -> str:
        return f"{self.order_id} {self.sold}"


def _sum(name: Any) -> Any:
    return models.BigIntegerField(name, default=0)


class Sums(models.Model):
    """The columns of rules.counting.FIGURES."""

    claims = _sum(_("售后单"))
    real = _sum(_("属实"))
    questions = _sum(_("咨询与建议"))
    checking = _sum(_("核实中"))
    fen = _sum(_("已退（分）"))
    units = _sum(_("已补（个）"))
    gifts = _sum(_("其中赠送（个）"))
    orders = _sum(_("几单"))
    sold = _sum(_("卖出（个）"))
    active = _sum(_("用过的单"))  # each once a day

    class Meta:
        abstract = True


class GoodsDay(Sums):
    """Of one product on one day for one reason; sales are under no reason."""

    product = models.ForeignKey(
        "orders.Product", models.PROTECT, related_name="+", verbose_name=_("商品"), db_index=False
    )
    day = models.DateField(_("哪一天"))
    reason = models.CharField(_("事由"), max_length=24, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("商品每天的数")
        constraints = [
            models.UniqueConstraint(fields=["product", "day", "reason"], name="one_goods_day_per_reason")
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.day} {self.reason}"


class GoodsMonth(Sums):
    """Of one product in one calendar month, all reasons together."""

    product = models.ForeignKey(
        "orders.Product", models.PROTECT, related_name="+", verbose_name=_("商品"), db_index=False
    )
    month = models.DateField(_("哪个月"))  # its first day

    class Meta:
        verbose_name = verbose_name_plural = _("商品每月的数")
        constraints = [models.UniqueConstraint(fields=["month", "product"], name="one_goods_month")]
        # All goods of some months by the one, some goods of some months by the other.
        indexes = [models.Index(fields=["product", "month"], name="goods_months_of_goods")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.month:%Y-%m}"


class MakerDay(Sums):
    """Of all goods that a developer makes now, on one day for one reason."""

    developer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("开发者"), db_index=False
    )
    day = models.DateField(_("哪一天"))
    reason = models.CharField(_("事由"), max_length=24, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("开发者每天的数")
        constraints = [
            models.UniqueConstraint(fields=["developer", "day", "reason"], name="one_maker_day_per_reason")
        ]

    def __str__(self) -> str:
        return f"{self.developer_id} {self.day} {self.reason}"


class GoodsNow(models.Model):
    """What is owed on a product now, and under whose figures its days are counted."""

    product = models.OneToOneField(
        "orders.Product", models.PROTECT, primary_key=True, related_name="+", verbose_name=_("商品")
    )
    developer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("算在谁名下")
    )
    owed_fen = _sum(_("还没退（分）"))
    owed_units = _sum(_("还没补（个）"))
    owed_gifts = _sum(_("其中赠送（个）"))

    class Meta:
        verbose_name = verbose_name_plural = _("商品眼下的数")

    def __str__(self) -> str:
        return str(self.product_id)
