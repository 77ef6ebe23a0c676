"""What is remembered of goods, orders and what was counted."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import permissions as who
from common.guards import APPEND_ONLY
from orders.rules.line import Frozen, Terms

KINDS = [
    ("metered", _("计量商品")),
    ("licence", _("卡密与授权")),
    ("game_item", _("游戏道具")),
    ("course", _("课程")),
    ("subscription", _("订阅")),
]
GATEWAYS = [
    ("wallet", _("余额")),
    ("alipay", _("支付宝")),
    ("wechat_pay", _("微信支付")),
    ("shop", _("商店代退")),
    ("manual", _("人工")),
]


class Product(models.Model):
    """Something the shop sells."""

    sku = models.CharField(_("货号"), max_length=64, unique=True)
    title = models.CharField(_("名称"), max_length=200)
    kind = models.CharField(_("种类"), max_length=16, choices=KINDS)
    policy_code = models.CharField(_("售后规则"), max_length=64)
    developer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("开发者"),
        related_name="products",
    )
    unit_price_fen = models.BigIntegerField(_("单价（分）"), default=0)
    description = models.TextField(_("说明"), blank=True)
    specification = models.JSONField(_("规格"), default=dict, blank=True)
    tutorial = models.TextField(_("教程"), blank=True)
    warranty_days = models.PositiveIntegerField(_("质保（天）"), default=30)
    delivery_seconds = models.PositiveIntegerField(_("交付时限（秒）"), default=259200)
    duration_seconds = models.PositiveBigIntegerField(_("时长（秒）"), null=True, blank=True)
    revocable = models.BooleanField(_("可收回"), default=True)
    updated_at = models.DateTimeField(_("更新于"))

    class Meta:
        verbose_name = verbose_name_plural = _("商品")
        ordering = ["sku"]

    def __str__(self) -> str:
        return self.title


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, reader: Any) -> "OrderQuerySet":
        """The one rule of who may see an order; lists, details, files and exports all start here."""
        if who.is_ops(reader) or who.is_shop(reader):
            return self
        if order_no := who.guest_order_of(reader):
            return self.filter(order_no=order_no)
        if buyer_id := who.buyer_id_of(reader):
            return self.filter(buyer_id=buyer_id)
        return self.none()


class Order(models.Model):
    """One line: one product bought once. The policy shown before payment is pinned here for ever."""

    order_no = models.CharField(_("订单号"), max_length=64, unique=True)
    product = models.ForeignKey(Product, models.PROTECT, verbose_name=_("商品"), related_name="orders")
    buyer = models.ForeignKey("accounts.Buyer", models.PROTECT, verbose_name=_("买家"), related_name="orders")
    quantity = models.BigIntegerField(_("数量"))
    paid_fen = models.BigIntegerField(_("实付（分）"))
    list_fen = models.BigIntegerField(_("原价（分）"))
    paid_at = models.DateTimeField(_("付款于"))
    target = models.CharField(_("目标"), max_length=500, blank=True)
    baseline = models.BigIntegerField(_("开始前的个数"), default=0)
    baseline_comments = models.BigIntegerField(_("开始前的评论"), null=True, blank=True)
    baseline_shares = models.BigIntegerField(_("开始前的转发"), null=True, blank=True)
    gateway = models.CharField(_("付款渠道"), max_length=16, choices=GATEWAYS, default="manual")
    payment_reference = models.CharField(_("付款流水号"), max_length=200, blank=True)
    deadline_at = models.DateTimeField(_("最迟交付"))
    starts_at = models.DateTimeField(_("开始于"), null=True, blank=True)
    policy_code = models.CharField(_("规则"), max_length=64)
    policy_version = models.PositiveIntegerField(_("规则版本"))
    policy_hash = models.CharField(_("规则指纹"), max_length=64)
    window_seconds = models.PositiveIntegerField(_("掉赞窗口（秒）"))
    warranty_days = models.PositiveIntegerField(_("质保（天）"))
    long_term = models.BooleanField(_("长期用户"), default=False)
    content_hash = models.CharField(_("内容指纹"), max_length=64)
    created_at = models.DateTimeField(_("收到于"))

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("订单")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_quantity_positive"),
            models.CheckConstraint(condition=Q(paid_fen__gte=0), name="order_paid_not_negative"),
        ]

    def __str__(self) -> str:
        return self.order_no

    def terms(self, *, final_at: Any = None) -> Terms:
        """The line as the pure rules read it."""
        return Terms(self.quantity, self.baseline, self.deadline_at, final_at, self.window_seconds)


class Delivery(models.Model):
    """A batch that the shop says it handed over."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="deliveries", verbose_name=_("订单"))
    delivered_at = models.DateTimeField(_("送达于"))
    quantity = models.BigIntegerField(_("数量"))
    final = models.BooleanField(_("送完"), default=False)
    units = models.JSONField(_("明细"), default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("发货")
        constraints = [
            models.UniqueConstraint(fields=["order", "delivered_at"], name="one_delivery_per_instant")
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.delivered_at:%F %T}"


class Observation(models.Model):
    """One look at the outside counter; a fact, never changed."""

    GUARDS = APPEND_ONLY
    order = models.ForeignKey(Order, models.CASCADE, related_name="observations", verbose_name=_("订单"))
    observed_at = models.DateTimeField(_("数于"))
    count = models.BigIntegerField(_("个数"), null=True)
    comments = models.BigIntegerField(_("评论"), null=True)
    shares = models.BigIntegerField(_("转发"), null=True)
    measurable = models.BooleanField(_("可信"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("计数")
        constraints = [models.UniqueConstraint(fields=["order", "observed_at"], name="one_count_per_instant")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.observed_at:%F %T} {self.count}"


class Rollup(models.Model):
    """What the counts of a line come to, kept up to date at ingest so that nobody reads history for it."""

    order = models.OneToOneField(Order, models.CASCADE, primary_key=True, related_name="rollup")
    final_at = models.DateTimeField(_("最后一批"), null=True)
    completed_at = models.DateTimeField(_("送完于"))
    completed_by = models.CharField(_("凭什么算送完"), max_length=8)
    window_ends_at = models.DateTimeField(_("窗口到"), db_index=True)
    delivered = models.BigIntegerField(_("送达"), null=True)
    delivered_seen_at = models.DateTimeField(_("送达数于"), null=True)
    window_seen_at = models.DateTimeField(_("窗口内数于"), null=True)
    window_present = models.BigIntegerField(_("窗口内的个数"), null=True)
    newest_seen_at = models.DateTimeField(_("最近数于"), null=True)
    newest_present = models.BigIntegerField(_("最近的个数"), null=True)
    frozen_at = models.DateTimeField(_("定下于"), null=True)
    contradicted_at = models.DateTimeField(_("与后到的数对不上"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("计数小结")

    def __str__(self) -> str:
        return str(self.order_id)

    def frozen(self) -> Frozen | None:
        """Completion and delivered as the first decision fixed them, or None while they may still move."""
        if self.frozen_at is None:
            return None
        return Frozen(self.completed_at, self.completed_by, self.delivered, self.delivered_seen_at)

    @property
    def warranty_ends_at(self) -> Any:
        return self.completed_at + timedelta(days=self.order.warranty_days)
