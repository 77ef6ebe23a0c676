"""Defects of goods: claims of a kind together, what is owed on them, and what became of them."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import permissions as who
from common.guards import APPEND_ONLY, Guard
from developers.rules.defect_life import LABELS, SIDES, State

REAL, CHECKING, OUT = "real", "checking", "out"
STANDINGS = [(REAL, _("属实")), (CHECKING, _("核实中")), (OUT, _("不成立"))]


class DefectQuerySet(models.QuerySet["Defect"]):
    def visible_to(self, reader: Any) -> "DefectQuerySet":
        """Ops all; developers those of their own goods."""
        if who.is_ops(reader):
            return self
        if who.role_of(reader) == "developer":
            return self.filter(product__developer=reader)
        return self.none()


class Defect(models.Model):
    """What goes wrong with one version of a product, as several buyers say it. The sums are those of its members."""

    no = models.CharField(_("编号"), max_length=16, unique=True)
    product = models.ForeignKey(
        "orders.Product", models.PROTECT, related_name="defects", verbose_name=_("商品"), db_index=False
    )
    goods_version = models.CharField(_("商品版本"), max_length=64, blank=True)
    reason = models.CharField(_("事由"), max_length=24)
    title = models.CharField(_("名称"), max_length=80, blank=True)  # "": nobody has named it
    symptoms = models.JSONField(_("症状"), default=list)  # what claims are held against
    versions = models.JSONField(_("出现过的版本"), default=list)
    state = models.CharField(
        _("状态"), max_length=16, choices=[(s.value, _(LABELS[s])) for s in State], default=State.OPEN
    )
    version = models.PositiveBigIntegerField(_("版本号"), default=0)  # of what people did to it
    fix_version = models.CharField(_("修好的版本"), max_length=64, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged", verbose_name=_("并到")
    )
    real = models.BigIntegerField(_("属实"), default=0)
    checking = models.BigIntegerField(_("核实中"), default=0)
    fen = models.BigIntegerField(_("已退（分）"), default=0)
    units = models.BigIntegerField(_("已补（个）"), default=0)
    gifts = models.BigIntegerField(_("其中赠送（个）"), default=0)
    first_at = models.DateTimeField(_("最早一件"), null=True)
    last_at = models.DateTimeField(_("最近一件"), null=True)
    touched = models.BooleanField(_("有变动"), default=False)

    objects = DefectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("缺陷")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into=None)),
                name="defect_merged_into_another",
            ),
            models.CheckConstraint(
                condition=Q(real__gte=0, checking__gte=0, fen__gte=0, units__gte=0, gifts__gte=0),
                name="defect_sums_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["product", "reason"], name="defect_of_goods"),
            models.Index(fields=["id"], condition=Q(touched=True), name="defect_touched"),
        ]

    def __str__(self) -> str:
        return self.no


class DefectMember(models.Model):
    """A case among those of its defect, and what it adds to the sums. A person's place for it stays."""

    ticket = models.OneToOneField(
        "tickets.Ticket",
        models.PROTECT,
        primary_key=True,
        related_name="defect_member",
        verbose_name=_("售后单"),
    )
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="+", verbose_name=_("订单"))
    defect = models.ForeignKey(
        Defect, models.PROTECT, related_name="members", verbose_name=_("缺陷"), db_index=False
    )
    standing = models.CharField(_("怎样"), max_length=8, choices=STANDINGS)
    goods_version = models.CharField(_("商品版本"), max_length=64, blank=True)
    opened_at = models.DateTimeField(_("提交于"))
    major = models.BooleanField(_("重大"), default=False)
    fen = models.BigIntegerField(_("已退（分）"), default=0)
    units = models.BigIntegerField(_("已补（个）"), default=0)
    gifts = models.BigIntegerField(_("其中赠送（个）"), default=0)
    seq = models.PositiveBigIntegerField(_("改过几次"), default=0)
    placed_by = models.CharField(_("谁归的"), max_length=150, blank=True)  # "": the rule
    why = models.JSONField(_("为什么归在这里"), default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("归到缺陷的售后单")
        constraints = [
            models.CheckConstraint(
                condition=~Q(standing="out") | Q(fen=0, units=0, gifts=0),
                name="defect_member_out_adds_nothing",
            )
        ]
        indexes = [
            models.Index(fields=["defect", "standing", "-opened_at", "-ticket"], name="defect_members"),
            models.Index(fields=["defect"], condition=Q(standing="real", major=True), name="defect_major"),
        ]

    def __str__(self) -> str:
        return f"{self.defect_id} {self.ticket_id}"


class DefectDay(models.Model):
    """How many real cases of a defect were opened on one day."""

    defect = models.ForeignKey(
        Defect, models.PROTECT, related_name="days", verbose_name=_("缺陷"), db_index=False
    )
    day = models.DateField(_("哪一天"))
    real = models.BigIntegerField(_("属实"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("缺陷每天的数")
        constraints = [models.UniqueConstraint(fields=["defect", "day"], name="one_defect_day")]

    def __str__(self) -> str:
        return f"{self.defect_id} {self.day} {self.real}"


class AnswerOwed(models.Model):
    """An answer that the developer owes, by when, and when it came; it stays owed however claims are moved."""

    defect = models.ForeignKey(Defect, models.PROTECT, related_name="owed", verbose_name=_("缺陷"))
    owed_at = models.DateTimeField(_("从何时起"))
    due_at = models.DateTimeField(_("最迟"))
    answered_at = models.DateTimeField(_("答于"), null=True)
    void_at = models.DateTimeField(_("作废于"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("欠着的答复")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["defect"],
                condition=Q(answered_at=None, void_at=None),
                name="one_answer_owed_per_defect",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(answered_at=None, void_at=None), name="answer_owed_by_limit"
            )
        ]

    def __str__(self) -> str:
        return f"{self.defect_id} {self.due_at:%F %H:%M}"


class DefectWord(models.Model):
    """What was said of a defect or done to it, by whom, and why."""

    GUARDS = APPEND_ONLY
    defect = models.ForeignKey(Defect, models.PROTECT, related_name="words", verbose_name=_("缺陷"))
    action = models.CharField(_("做了什么"), max_length=12)
    side = models.CharField(_("哪一方"), max_length=10, choices=[(k, _(v)) for k, v in SIDES.items()])
    by = models.CharField(_("谁"), max_length=150, blank=True)
    text = models.TextField(_("说了什么"), blank=True)
    data = models.JSONField(_("数据"), default=dict)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("缺陷的经过")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.defect_id} {self.action}"


class DefectFix(models.Model):
    """A fix as its developer announced it; what buyers are told of it never changes. The newest one is in force."""

    GUARDS = (
        Guard(
            "UPDATE",
            when="NEW.defect_id <> OLD.defect_id OR NEW.goods_version <> OLD.goods_version"
            " OR NEW.fixed_on <> OLD.fixed_on OR NEW.found <> OLD.found OR NEW.advice <> OLD.advice",
            says="告诉过买家的修复不能改，要更正请另宣布一次。",
        ),
        Guard("DELETE", says="告诉过买家的修复不能删。"),
    )
    defect = models.ForeignKey(Defect, models.PROTECT, related_name="fixes", verbose_name=_("缺陷"))
    goods_version = models.CharField(_("修好的版本"), max_length=64)
    fixed_on = models.DateField(_("哪一天"))
    found = models.TextField(_("查到了什么"))
    advice = models.TextField(_("买家现在可以怎么做"))
    by = models.CharField(_("谁"), max_length=150)
    at = models.DateTimeField(_("宣布于"))
    told = models.PositiveBigIntegerField(_("告诉了几位"), default=0)
    done_at = models.DateTimeField(_("都告诉了于"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("宣布的修复")
        ordering = ["id"]
        indexes = [models.Index(fields=["id"], condition=Q(done_at=None), name="fix_to_tell")]

    def __str__(self) -> str:
        return f"{self.defect_id} {self.goods_version}"


class DefectTold(models.Model):
    """A buyer who was told of a fix, once."""

    GUARDS = APPEND_ONLY
    fix = models.ForeignKey(
        DefectFix, models.PROTECT, related_name="told_to", verbose_name=_("修复"), db_index=False
    )
    buyer = models.ForeignKey("accounts.Buyer", models.PROTECT, related_name="+", verbose_name=_("买家"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("告诉过修复的买家")
        constraints = [models.UniqueConstraint(fields=["fix", "buyer"], name="one_word_of_a_fix_per_buyer")]

    def __str__(self) -> str:
        return f"{self.fix_id} {self.buyer_id}"
