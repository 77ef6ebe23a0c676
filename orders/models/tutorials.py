"""Tutorials of goods: what is read before a claim and in its answer, in versions, and whether it helped."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.guards import APPEND_ONLY
from orders.models.goods import KINDS, Order, Product
from orders.rules.tutorials import HELPED, NOT_HELPED, PUBLISHED, SILENT, SYMPTOMS, WITHDRAWN, Tally

TUTORIAL_STATES = [(PUBLISHED, _("已发布")), (WITHDRAWN, _("已撤下"))]
SAID = [(SILENT, _("没说")), (HELPED, _("解决了")), (NOT_HELPED, _("还是不行"))]


class Tutorial(models.Model):
    """One symptom of a product, or of all goods of a kind; its words are the newest version's."""

    no = models.CharField(_("编号"), max_length=16, unique=True)
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="tutorials", verbose_name=_("商品")
    )
    kind = models.CharField(_("种类"), max_length=16, choices=KINDS, blank=True)
    symptom = models.CharField(_("症状"), max_length=24, choices=[(k, _(v)) for k, v in SYMPTOMS.items()])
    symptom_title = models.CharField(_("具体一点"), max_length=40, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=TUTORIAL_STATES)
    newest = models.PositiveIntegerField(_("最新一版"), default=0)
    updated_at = models.DateTimeField(_("更新于"))

    class Meta:
        verbose_name = verbose_name_plural = _("分症状的教程")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(product=None) & ~Q(kind="") | Q(product__isnull=False, kind=""),
                name="tutorial_of_a_product_or_a_kind",
            )
        ]
        indexes = [models.Index(fields=["kind", "state"], name="tutorial_by_kind")]

    def __str__(self) -> str:
        return self.no


class TutorialVersion(models.Model):
    """The words of a tutorial from an instant on; an answer keeps the version that it gave."""

    GUARDS = APPEND_ONLY
    tutorial = models.ForeignKey(Tutorial, models.PROTECT, related_name="versions", verbose_name=_("教程"))
    number = models.PositiveIntegerField(_("第几版"))
    title = models.CharField(_("标题"), max_length=80)
    text = models.TextField(_("怎么做"))
    written_by = models.CharField(_("谁写的"), max_length=150)
    written_at = models.DateTimeField(_("写于"))

    class Meta:
        verbose_name = verbose_name_plural = _("教程的版本")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tutorial", "number"], name="one_version_per_number")]

    def __str__(self) -> str:
        return f"{self.tutorial_id} {self.number}"


class TutorialTally(models.Model):
    """How many had a version before them and what they said, kept at write time so that nobody counts readings."""

    version = models.OneToOneField(
        TutorialVersion, models.PROTECT, primary_key=True, related_name="tally", verbose_name=_("版本")
    )
    shown = models.PositiveIntegerField(_("看到的"), default=0)
    helped = models.PositiveIntegerField(_("解决了的"), default=0)
    not_helped = models.PositiveIntegerField(_("还是不行的"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("教程的计数")

    def __str__(self) -> str:
        return str(self.version_id)

    @property
    def of(self) -> Tally:
        return Tally(self.shown, self.helped, self.not_helped)


class TutorialReading(models.Model):
    """A reader of a version, once: the order is the reader."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="tutorial_readings", verbose_name=_("订单"))
    version = models.ForeignKey(
        TutorialVersion, models.PROTECT, related_name="readings", verbose_name=_("版本")
    )
    said = models.CharField(_("说了什么"), max_length=10, choices=SAID, blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("教程的读者")
        constraints = [
            models.UniqueConstraint(fields=["order", "version"], name="one_reading_per_order_and_version")
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.version_id} {self.said}"
