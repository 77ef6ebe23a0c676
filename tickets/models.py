"""Tickets, what happened to them, and their clocks."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import permissions as who
from common.guards import APPEND_ONLY
from orders.permissions import on_orders_of
from tickets.rules.lifecycle import FINAL, LABELS, TURN, State

REASONS = [
    ("drop", _("掉赞")),
    ("delay", _("迟迟没到")),
    ("abnormal_data", _("数据异常")),
    ("fake_units", _("像是假号")),
    ("low_interaction", _("没有互动")),
    ("not_as_described", _("与描述不符")),
    ("defect", _("用不了")),
    ("compatibility", _("不兼容")),
    ("account_ban", _("账号被封")),
    ("refund", _("退款")),
    ("question", _("咨询")),
    ("suggestion", _("建议")),
    ("other", _("其他")),
]
SEVERITIES = [("normal", _("普通")), ("urgent", _("紧急")), ("major", _("重大"))]
CHANNELS = [
    ("web", _("网页")), ("api", _("接口")), ("qq", "QQ"), ("wechat", _("微信")), ("email", _("邮件")),
    ("warning", _("掉量提醒")), ("effect", _("互动检查")), ("recall", _("召回")),
]  # fmt: skip
CLOCK_KINDS = [
    ("first_reply", _("首次答复")),
    ("next_reply", _("再次答复")),
    ("intervention", _("紧急介入")),
    ("decision", _("做出决定")),
    ("fulfilment", _("办理完成")),
    ("keep_in_loop", _("同步进展")),
    ("developer_answer", _("开发者答复")),
]
CLOCK_STATES = [
    ("running", _("计时中")),
    ("paused", _("暂停")),
    ("met", _("按时")),
    ("breached", _("超时")),
    ("void", _("作废")),
]
ATTACHMENT_KINDS = [("png", "PNG"), ("jpeg", "JPEG"), ("webp", "WebP"), ("pdf", "PDF")]


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, reader: Any) -> "TicketQuerySet":
        """The one rule of who may see a ticket."""
        return self.filter(on_orders_of(reader))


class Ticket(models.Model):
    """One claim or question about one order line."""

    no = models.CharField(_("单号"), max_length=16, unique=True)
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="tickets", verbose_name=_("订单"))
    channel = models.CharField(_("渠道"), max_length=8, choices=CHANNELS)
    reason = models.CharField(_("事由"), max_length=24, choices=REASONS)
    text = models.TextField(_("说明"), blank=True)
    severity = models.CharField(_("轻重"), max_length=8, choices=SEVERITIES)
    state = models.CharField(_("状态"), max_length=20, choices=[(s.value, _(LABELS[s])) for s in State])
    version = models.PositiveIntegerField(_("版本"), default=0)
    decision = models.ForeignKey(
        "compensation.DecisionRecord", models.PROTECT, related_name="tickets", verbose_name=_("决定")
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("经办")
    )
    responsibility = models.CharField(_("责任方"), max_length=16, blank=True)
    opened_at = models.DateTimeField(_("提交于"))
    due_at = models.DateTimeField(_("最迟"), null=True, db_index=True)
    resolved_at = models.DateTimeField(_("办结于"), null=True)
    nudged_at = models.DateTimeField(_("买家催于"), null=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("售后单")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "reason"],
                # A recall's is beside them: nobody filed it, and the buyer may still ask whatever there is to ask.
                condition=~Q(state__in=sorted(FINAL)) & ~Q(channel="recall"),
                name="one_open_ticket_per_line_and_reason",
            )
        ]
        indexes = [
            models.Index(fields=["opened_at"], name="ticket_by_opening"),
            models.Index(fields=["state", "due_at"], name="ticket_by_state"),  # what waits for whom
        ]

    def __str__(self) -> str:
        return self.no

    @property
    def turn(self) -> str:
        """Whose move it is."""
        return TURN[State(self.state)]

    @property
    def is_final(self) -> bool:
        return self.state in FINAL


class Event(models.Model):
    """Something that happened to a ticket, in order; the whole history is these rows."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="events", verbose_name=_("售后单"))
    at = models.DateTimeField(_("时间"))
    kind = models.CharField(_("事件"), max_length=24)
    actor = models.CharField(_("谁"), max_length=16)  # system | buyer | ops | supplier
    name = models.CharField(_("姓名"), max_length=150, blank=True)
    text = models.TextField(_("内容"), blank=True)
    data = models.JSONField(_("数据"), default=dict)
    internal = models.BooleanField(_("仅内部可见"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("经过")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind}"


class Clock(models.Model):
    """A promise with a time, and whether it was kept."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="clocks", verbose_name=_("售后单"))
    kind = models.CharField(_("钟"), max_length=20, choices=CLOCK_KINDS)
    state = models.CharField(_("状态"), max_length=10, choices=CLOCK_STATES)
    due_at = models.DateTimeField(_("最迟"))
    stopped_at = models.DateTimeField(_("停于"), null=True)
    explanation = models.CharField(_("说明"), max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = _("时限")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["due_at"], name="clock_running", condition=Q(state="running")),
            models.Index(fields=["due_at"], name="clock_breached", condition=Q(state="breached")),
            # Developers are asked seldom: what their answers come to is found without the other clocks.
            models.Index(fields=["due_at"], name="clock_developer", condition=Q(kind="developer_answer")),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind}"

    def state_at(self, now: datetime) -> str:
        """A running clock past its time is breached at once, also before the sweep writes so."""
        return "breached" if self.state == "running" and now > self.due_at else self.state


class QuickReply(models.Model):
    """Words that ops say often: put into a reply, or sent to many; ops write them."""

    title = models.CharField(_("名称"), max_length=40, unique=True)
    text = models.TextField(
        _("内容"),
        max_length=2000,
        help_text=_("可以写「【单号】」「【订单号】」「【商品】」，发出去时换成那一张单的。"),
    )
    position = models.PositiveSmallIntegerField(_("排第几"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("快捷回复")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.title


class ShiftNote(models.Model):
    """What one shift tells the next; added to, never changed."""

    GUARDS = APPEND_ONLY
    text = models.TextField(_("备注"), max_length=2000)
    by = models.CharField(_("谁写的"), max_length=150)
    at = models.DateTimeField(_("写于"))

    class Meta:
        verbose_name = verbose_name_plural = _("交接班备注")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.by} {self.at:%F %H:%M}"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, reader: Any) -> "AttachmentQuerySet":
        """Of a case that they may see: ops all, the buyer's side its own, a developer what went with a contest of
        theirs: goods may come to another one."""
        if who.is_ops(reader):
            return self
        if who.role_of(reader) in ("buyer", "guest"):
            return self.filter(contest=None)
        if who.role_of(reader) == "developer":
            return self.filter(contest__by=reader.get_username())
        return self.none()


class Attachment(models.Model):
    """A file that was handed in as proof, by the buyer or with a developer's contest: the original's digest is in the
    record since then.

    `token` names its two files: the original, sealed, and what a reader is given.
    """

    GUARDS = APPEND_ONLY
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="attachments", verbose_name=_("售后单"))
    token = models.CharField(_("编号"), max_length=32, unique=True)
    name = models.CharField(_("文件名"), max_length=100)
    kind = models.CharField(_("格式"), max_length=4, choices=ATTACHMENT_KINDS)
    size = models.PositiveIntegerField(_("大小（字节）"))  # of the original
    sha256 = models.CharField(_("原件的摘要"), max_length=64)
    added_at = models.DateTimeField(_("上传于"))
    contest = models.ForeignKey(
        "compensation.Contest",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="files",
        verbose_name=_("哪个异议的"),
    )  # None: the buyer's

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("凭证")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Rating(models.Model):
    """What the buyer thinks of how it went, said once."""

    GUARDS = APPEND_ONLY
    ticket = models.OneToOneField(Ticket, models.CASCADE, related_name="rating", verbose_name=_("售后单"))
    stars = models.PositiveSmallIntegerField(_("几颗星"))
    text = models.TextField(_("说了什么"), blank=True)
    rated_at = models.DateTimeField(_("评于"))

    class Meta:
        verbose_name = verbose_name_plural = _("评价")
        constraints = [
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="one_to_five_stars")
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.stars}"
