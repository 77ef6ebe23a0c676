"""Users and buyers and what is written to them, query passwords with their failures, and idempotency keys."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.rules import ROLES


class User(AbstractUser):
    """Somebody who signs in; the role says which operations are theirs."""

    role = models.CharField(
        _("角色"), max_length=16, choices=[(role, _(words)) for role, words in ROLES], blank=True, default=""
    )
    is_demo = models.BooleanField(
        _("演示账户"), default=False, help_text=_("口令公开的演示账户，只能从本机使用。")
    )

    class Meta(AbstractUser.Meta):
        verbose_name = verbose_name_plural = _("用户")  # type: ignore[assignment]  # the base's are plain text


class Buyer(models.Model):
    """A customer as the shop knows them; most never get an account here."""

    external_id = models.CharField(_("店铺客户号"), max_length=128, unique=True)
    name = models.CharField(_("称呼"), max_length=128, blank=True, default="")
    contact = models.CharField(_("联系方式"), max_length=254, blank=True, default="")
    user = models.OneToOneField(
        User, verbose_name=_("账户"), null=True, blank=True, on_delete=models.SET_NULL, related_name="buyer"
    )
    # Who looks after them while they are a long-term buyer: one of ops, whose name they may know.
    agent = models.ForeignKey(
        User, verbose_name=_("专属客服"), null=True, blank=True, on_delete=models.SET_NULL, related_name="looks_after",
        limit_choices_to={"role": "ops"},
    )  # fmt: skip

    class Meta:
        verbose_name = _("买家")
        verbose_name_plural = _("买家")

    def __str__(self) -> str:
        return self.name or self.external_id


class GuestAccess(models.Model):
    """The query password of one order, as a keyed hash; a new epoch ends the tokens of the old one."""

    order_no = models.CharField(_("订单号"), max_length=64, unique=True)
    # Empty means closed. The row stays, so that a later password can't revive tokens of an earlier epoch.
    password_hmac = models.CharField(_("查询密码摘要"), max_length=64, blank=True, default="")
    epoch = models.PositiveIntegerField(_("批次"), default=1)

    class Meta:
        verbose_name = _("订单查询")
        verbose_name_plural = _("订单查询")

    def __str__(self) -> str:
        return self.order_no


MESSAGE_KINDS = [
    ("warning", _("提醒")),
    ("reply", _("答复")),
    ("decision", _("决定")),
    ("settled", _("办好了")),
    ("report", _("月度报告")),
    ("survey", _("满意度")),
    ("recall", _("召回")),
    ("notice", _("通知")),
]


class InboxMessage(models.Model):
    """Something written to a buyer; `about` names its occasion, and each occasion is written about once."""

    no = models.CharField(_("编号"), max_length=16, unique=True)
    buyer = models.ForeignKey(Buyer, models.CASCADE, related_name="inbox", verbose_name=_("买家"))
    order_no = models.CharField(_("订单号"), max_length=64, blank=True, db_index=True)
    kind = models.CharField(_("类型"), max_length=8, choices=MESSAGE_KINDS)
    about = models.CharField(_("为哪件事"), max_length=100)
    text = models.TextField(_("内容"))
    words = models.JSONField(_("句子"))  # template and values of `text`, to say it in the reader's language
    link = models.CharField(_("链接"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("写于"))
    read_at = models.DateTimeField(_("读于"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("给买家的消息")
        constraints = [models.UniqueConstraint(fields=["kind", "about"], name="one_message_per_occasion")]
        indexes = [models.Index(fields=["buyer", "-id"], name="inbox_of_buyer")]

    def __str__(self) -> str:
        return self.no


class AccessFailure(models.Model):
    """One wrong guess, counted against an order number and again against an address."""

    # A keyed hash: a copy of this table must not say who asked about which order.
    scope = models.CharField(_("计数对象"), max_length=64)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("查询失败")
        verbose_name_plural = _("查询失败")
        indexes = [
            models.Index(fields=["scope", "at"], name="accounts_failure_scope_at"),
            models.Index(fields=["at"], name="accounts_failure_at"),
        ]

    def __str__(self) -> str:
        return f"{self.scope[:8]} {self.at:%Y-%m-%d %H:%M}"


class IdempotencyKey(models.Model):
    """The first answer to a POST, kept for whoever sends the same again."""

    STATES = [("running", _("处理中")), ("done", _("已完成"))]

    principal = models.CharField(_("主体"), max_length=160)
    method = models.CharField(_("方法"), max_length=8)
    path = models.CharField(_("路径"), max_length=200)
    key = models.CharField(_("幂等键"), max_length=200)
    body_hash = models.CharField(_("内容摘要"), max_length=64)
    state = models.CharField(_("状态"), max_length=8, choices=STATES, default="running")
    status = models.PositiveSmallIntegerField(_("应答码"), null=True, blank=True)
    response_body = models.BinaryField(_("应答内容"), default=b"")
    response_content_type = models.CharField(_("应答格式"), max_length=100, blank=True, default="")
    # Also the fence: whoever runs the request writes its answer only while this is still its own instant.
    created_at = models.DateTimeField(_("开始时间"), db_index=True)

    class Meta:
        verbose_name = _("幂等键")
        verbose_name_plural = _("幂等键")
        constraints = [
            models.UniqueConstraint(
                fields=["principal", "method", "path", "key"], name="accounts_idempotency_key_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state="running") | models.Q(state="done", status__isnull=False),
                name="accounts_idempotency_done_has_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.key}"
