"""What is remembered of goods, orders and what was counted."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts import permissions as who
from common.guards import APPEND_ONLY, Guard
from orders.rules.line import Frozen, Rolled, Seen, Terms

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
    # From a unit price on another policy: [{from_fen, policy}], rising. Null: as its kind has them; []: none.
    price_tiers = models.JSONField(_("按单价分的规则"), null=True, blank=True)
    # The policy while its maker's credit is low. Null: as its kind has it; "": none.
    credit_policy = models.CharField(_("开发者信用低时的规则"), max_length=64, null=True, blank=True)  # noqa: DJ001
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


class KindTiers(models.Model):
    """The tiers, by price and by the maker's credit, of the goods of a kind that name none of their own."""

    kind = models.CharField(_("种类"), max_length=16, choices=KINDS, unique=True)
    price_tiers = models.JSONField(_("按单价分的规则"), default=list)
    credit_policy = models.CharField(_("开发者信用低时的规则"), max_length=64, blank=True, default="")
    updated_at = models.DateTimeField(_("更新于"))

    class Meta:
        verbose_name = verbose_name_plural = _("各类商品按单价分的规则")
        ordering = ["kind"]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, reader: Any) -> "OrderQuerySet":
        """The one rule of who may see an order; lists, details, files and exports all start here."""
        if who.is_ops(reader) or who.is_shop(reader):
            return self
        if order_no := who.guest_order_of(reader):
            return self.filter(Q(order_no=order_no) | Q(origin_no=order_no))
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
    # Why, as it was at payment: months in a row up to it with an order, and how many make a long-term buyer. Null: an
    # order of before this was kept.
    streak_months = models.PositiveSmallIntegerField(_("连续几个月有单"), null=True, blank=True)
    streak_needed = models.PositiveSmallIntegerField(_("几个月算长期用户"), null=True, blank=True)
    content_hash = models.CharField(_("内容指纹"), max_length=64)
    created_at = models.DateTimeField(_("收到于"))
    # A gift is a line of its own: the order it was given for, and the key of the remedy that gave it, opaque here.
    origin_no = models.CharField(_("因哪一单赠送"), max_length=64, blank=True, default="")
    gift_key = models.UUIDField(_("赠送的键"), null=True, blank=True, unique=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("订单")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_quantity_positive"),
            models.CheckConstraint(condition=Q(paid_fen__gte=0), name="order_paid_not_negative"),
            models.CheckConstraint(
                condition=Q(origin_no="", gift_key=None)
                | (~Q(origin_no="") & Q(gift_key__isnull=False, paid_fen=0)),
                name="order_gift_is_free",
            ),
        ]
        indexes = [
            models.Index(fields=["target", "product"], name="order_by_target"),
            models.Index(fields=["origin_no"], name="order_by_origin"),
            models.Index(fields=["buyer", "paid_at"], name="order_by_buyer_and_payment"),
            models.Index(
                fields=["product", "paid_at", "id"], name="order_by_payment"
            ),  # what a recall reaches
        ]

    def __str__(self) -> str:
        return self.order_no

    @property
    def is_gift(self) -> bool:
        return self.gift_key is not None

    def terms(self, *, final_at: Any = None) -> Terms:
        """The line as the pure rules read it."""
        return Terms(self.quantity, self.baseline, self.deadline_at, final_at, self.window_seconds)


class Observation(models.Model):
    """One look at the outside counter; a fact, never changed, and gone only where a row of PrunedCounts says so."""

    GUARDS = (
        Guard("UPDATE"),
        Guard(
            "DELETE",
            when="NOT EXISTS (SELECT 1 FROM orders_prunedcounts p WHERE p.order_id = OLD.order_id"
            " AND OLD.observed_at <= p.until AND p.kept NOT LIKE '%,' || OLD.id || ',%')",
        ),
    )
    # No index of its own, the one of the constraint begins with it; and no check of each row, which was a third of an
    # ingest's time: rows come in only while the line's rollup is held, and that one's key keeps its order from going.
    order = models.ForeignKey(
        Order, models.CASCADE, related_name="observations", verbose_name=_("订单"), db_index=False,
        db_constraint=False,
    )  # fmt: skip
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


class PrunedCounts(models.Model):
    """The counts of a line up to an instant were pruned, all but those that are named; once a line."""

    GUARDS = APPEND_ONLY
    order = models.OneToOneField(Order, models.CASCADE, related_name="pruned_counts", verbose_name=_("订单"))
    until = models.DateTimeField(_("到何时为止的"))
    number = models.PositiveBigIntegerField(_("几条"))
    kept = models.TextField(_("留着的"))  # ",12,45,": rows that decisions name or the rollup is from
    pruned_at = models.DateTimeField(_("清理于"))

    class Meta:
        verbose_name = verbose_name_plural = _("清理过的计数")
        constraints = [
            models.CheckConstraint(condition=Q(number__gt=0), name="pruned_counts_some"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.until:%F %T}"


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
    # How often its counts changed while something was missing, and up to which of these changes somebody has looked.
    changes = models.PositiveIntegerField(_("变了几次"), default=0)
    looked = models.PositiveIntegerField(_("看到第几次"), default=0)
    # Over for good: no count comes in any more, and these figures stay. Else when to ask again, if it was asked before.
    closed_at = models.DateTimeField(_("不再收计数于"), null=True)
    close_after = models.DateTimeField(_("几时再看能不能清理"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("计数小结")
        indexes = [
            models.Index(
                fields=["window_ends_at"],
                condition=Q(closed_at=None, close_after=None),
                name="rollup_to_close",
            ),
            models.Index(
                fields=["close_after"], condition=Q(close_after__isnull=False), name="rollup_to_close_later"
            ),
            models.Index(fields=["order"], condition=Q(changes__gt=F("looked")), name="rollup_to_look"),
        ]

    def __str__(self) -> str:
        return str(self.order_id)

    def frozen(self) -> Frozen | None:
        """Completion and delivered as the first decision fixed them, or None while they may still move."""
        if self.frozen_at is None:
            return None
        return Frozen(self.completed_at, self.completed_by, self.delivered, self.delivered_seen_at)

    def rolled(self) -> Rolled:
        """What its counts come to, as the pure rules say it."""
        window = Seen(self.window_seen_at, self.window_present) if self.window_seen_at else None
        newest = Seen(self.newest_seen_at, self.newest_present) if self.newest_seen_at else None
        return Rolled(
            self.completed_at, self.completed_by, self.delivered, self.delivered_seen_at, window, newest
        )

    @property
    def warranty_ends_at(self) -> Any:
        return self.completed_at + timedelta(days=self.order.warranty_days)
