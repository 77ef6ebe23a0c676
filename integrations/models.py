"""What is owed to the outside and what was heard from it: intents, inbound events, and what stops or keeps it going."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.guards import APPEND_ONLY
from integrations.rules.bodies import PROVIDER_OF
from integrations.rules.lifecycle import FINAL, Held, State
from integrations.rules.standing import Standing

STATE_LABELS = {
    State.PENDING: _("待发出"),
    State.SENDING: _("发出中"),
    State.PROCESSING: _("对方处理中"),
    State.UNKNOWN: _("结果待查"),
    State.HELD: _("等人处理"),
    State.SETTLED: _("已完成"),
    State.FAILED: _("对方拒绝"),
    State.VOIDED: _("已作废"),
}
HELD_LABELS = {
    Held.PROVIDER_ABSENT: _("没有接入这一方"),
    Held.UNAUTHORISED: _("签名不被对方接受"),
    Held.DECLINED: _("对方不接受这个请求"),
    Held.FAULTS: _("多次没有得到答复"),
    Held.NO_SECOND_SEND: _("对方不支持重发，不能自动再发"),
    Held.GONE: _("对方受理过，现在查不到"),
    Held.CONFLICT: _("对方说这个单号已用于别的内容"),
    Held.MISMATCH: _("对方说的与我们要的不一致"),
    Held.RESTORED: _("数据库退回时忘了这一单的别的补偿"),
}
KIND_LABELS = {
    "top_up": _("补量"), "gift": _("赠量"), "interaction_pack": _("互动包"), "refund": _("退款"),
    "suspend": _("停用授权"), "reinstate": _("恢复授权"), "revoke": _("收回授权"), "message": _("给买家的消息"),
}  # fmt: skip
_STATES = [state.value for state in State]
_ENDS = sorted(state.value for state in FINAL)
PROVIDER_LABELS = {
    "supplier": _("供货方"), "shop_refund": _("商店退款"), "licence": _("授权服务"), "messages": _("消息服务"),
}  # fmt: skip


class Intent(models.Model):
    """One external effect: what is to happen, under one key, with one frozen body, and how far it got."""

    key = models.UUIDField(_("幂等键"), unique=True, editable=False)
    kind = models.CharField(_("类型"), max_length=16, choices=list(KIND_LABELS.items()))
    provider = models.CharField(_("对方"), max_length=16, choices=list(PROVIDER_LABELS.items()))
    order_no = models.CharField(_("订单号"), max_length=64, db_index=True, blank=True)
    body = models.TextField(_("请求内容"), editable=False)  # canonical JSON; these bytes go out on every try
    amount_fen = models.BigIntegerField(_("金额（分）"), null=True)
    quantity = models.BigIntegerField(_("数量"), null=True)

    state = models.CharField(_("状态"), max_length=12, choices=[(s.value, STATE_LABELS[s]) for s in State])
    version = models.PositiveIntegerField(_("版本"), default=0)
    token = models.UUIDField(_("持有者"), null=True)
    lease_until = models.DateTimeField(_("持有到"), null=True)
    next_at = models.DateTimeField(_("下次处理"), null=True)  # null: nothing is due until somebody acts
    # A message that can wait goes out by day only; the database has a default so that an older program may write, too.
    by_day = models.BooleanField(_("只在白天发"), default=False, db_default=False)
    attempts = models.PositiveIntegerField(_("发送次数"), default=0)
    faults = models.PositiveIntegerField(_("连续故障"), default=0)
    faulty_since = models.DateTimeField(_("故障自"), null=True)
    first_sent_at = models.DateTimeField(_("首次发出"), null=True)
    last_sent_at = models.DateTimeField(_("最近发出"), null=True)
    reference = models.CharField(_("对方单号"), max_length=200, blank=True, default="")
    delivered = models.BigIntegerField(_("已到数量"), default=0)  # cumulative, only grows
    # When the provider's last word became true: units count as delivered from then on, not from when we heard.
    heard_at = models.DateTimeField(_("对方所说的时刻"), null=True)
    void_asked_at = models.DateTimeField(_("要求作废"), null=True)
    void_sent_at = models.DateTimeField(_("作废已送达"), null=True)
    held_reason = models.CharField(_("等人原因"), max_length=32, blank=True, default="")
    # Null unless a person closed it: how much the provider was known to have done, so that more is one too many.
    closed_knowing = models.BigIntegerField(_("由人结案时对方已办"), null=True)
    last_error = models.CharField(_("最近故障"), max_length=300, blank=True, default="")
    created_at = models.DateTimeField(_("建立"))
    finished_at = models.DateTimeField(_("结束"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("对外意图")
        ordering = ["-created_at", "-id"]
        indexes = [
            # What is due: rows of final states carry no next_at, so the index holds unfinished work only.
            # By provider: ten thousand messages that wait stand in the way of no refund.
            models.Index(
                fields=["provider", "next_at"], name="intent_due_of", condition=Q(next_at__isnull=False)
            ),
            models.Index(fields=["provider", "first_sent_at"], name="intent_provider_sent"),
            models.Index(fields=["provider", "finished_at"], name="intent_provider_finished"),
        ]
        constraints = [
            models.CheckConstraint(name="intent_state_known", condition=Q(state__in=sorted(_STATES))),
            models.CheckConstraint(name="intent_kind_known", condition=Q(kind__in=sorted(PROVIDER_OF))),
            models.CheckConstraint(
                name="intent_counts_one_thing",
                # "not null" is said aloud: a CHECK that comes out NULL passes.
                condition=Q(amount_fen__isnull=False, amount_fen__gt=0, quantity__isnull=True)
                | Q(quantity__isnull=False, quantity__gt=0, amount_fen__isnull=True),
            ),
            models.CheckConstraint(
                name="intent_delivered_within",
                condition=Q(delivered=0)
                | Q(delivered__gt=0, quantity__isnull=False, delivered__lte=F("quantity")),
            ),
            models.CheckConstraint(
                name="intent_final_is_finished",
                condition=Q(state__in=_ENDS, finished_at__isnull=False, next_at__isnull=True)
                | (~Q(state__in=_ENDS) & Q(finished_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="intent_sending_is_leased",
                condition=~Q(state="sending")
                | Q(token__isnull=False, lease_until__isnull=False, next_at__isnull=False),
            ),
            models.CheckConstraint(
                name="intent_held_has_reason",
                condition=~Q(state="held") | ~Q(held_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.order_no} {self.get_state_display()}"

    def standing(self) -> Standing:
        """The facts that the rules decide by."""
        return Standing(
            key=self.key, order_no=self.order_no, state=self.state, amount_fen=self.amount_fen,
            quantity=self.quantity, delivered=self.delivered, reference=self.reference, faults=self.faults,
            faulty_since=self.faulty_since, last_sent_at=self.last_sent_at, created_at=self.created_at,
            next_at=self.next_at, void_asked=self.void_asked_at is not None,
            void_sent=self.void_sent_at is not None, held_reason=self.held_reason,
            closed_knowing=self.closed_knowing, by_day=self.by_day,
        )  # fmt: skip


class InboundEvent(models.Model):
    """One call-back that was taken: its id on its channel, once, with a digest of its bytes."""

    GUARDS = APPEND_ONLY
    channel = models.CharField(_("通道"), max_length=16)
    event_id = models.CharField(_("事件号"), max_length=200)
    digest = models.CharField(_("内容摘要"), max_length=64)
    key = models.CharField(_("幂等键"), max_length=200, blank=True)
    received_at = models.DateTimeField(_("收到"))

    class Meta:
        verbose_name = verbose_name_plural = _("收到的回调")
        constraints = [
            models.UniqueConstraint(fields=["channel", "event_id"], name="inbound_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.event_id}"


class Breaker(models.Model):
    """How many sends to a provider failed in a row, and until when none is tried."""

    provider = models.CharField(_("对方"), max_length=16, unique=True)
    faults = models.PositiveIntegerField(_("连续故障"), default=0)
    open_until = models.DateTimeField(_("暂停到"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("断路器")

    def __str__(self) -> str:
        return f"{self.provider} {self.faults}"


class Standstill(models.Model):
    """Nothing is sent while one is open: the database was restored, and the lists since then are not read yet."""

    RESTORED = "restored"
    reason = models.CharField(_("原因"), max_length=16, choices=[(RESTORED, _("数据库退回过"))])
    since = models.DateTimeField(_("从何时起对账"))
    began_at = models.DateTimeField(_("停于"))
    ended_at = models.DateTimeField(_("恢复于"), null=True)
    tries = models.PositiveIntegerField(_("对账次数"), default=0)
    next_at = models.DateTimeField(_("下次对账"))

    class Meta:
        verbose_name = verbose_name_plural = _("只对账的时段")
        constraints = [
            models.UniqueConstraint(
                fields=["reason"], condition=Q(ended_at=None), name="one_open_standstill_per_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.began_at:%Y-%m-%d %H:%M}"


class Heartbeat(models.Model):
    """When something that must keep running was last alive."""

    name = models.CharField(_("名称"), max_length=64, unique=True)
    beat_at = models.DateTimeField(_("最近心跳"))

    class Meta:
        verbose_name = verbose_name_plural = _("心跳")

    def __str__(self) -> str:
        return self.name
