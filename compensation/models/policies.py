"""Policies: versions that are published for good, what is no longer sold under, and drafts that bind nobody yet."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.guards import Guard
from common.language import say
from compensation.rules.drafting import STATES

DRAFT_STATES = [(state, _(name)) for state, name in STATES.items()]


class PolicyVersion(models.Model):
    """One version of a policy as data; never changed once written."""

    GUARDS = (
        Guard("UPDATE", says="发布过的规则不改：请另发一版。"),
        Guard("DELETE", says="发布过的规则不删：订单按它算；不再用请停用。"),
    )
    code = models.CharField(_("规则"), max_length=64)
    version = models.PositiveIntegerField(_("版本"))
    kind = models.CharField(_("商品种类"), max_length=16)
    title = models.CharField(_("名称"), max_length=200)
    data = models.JSONField(_("内容"))
    hash = models.CharField(_("指纹"), max_length=64)
    published_at = models.DateTimeField(_("发布于"))
    effective_at = models.DateTimeField(_("起用于"), null=True)  # None: from its publication
    retroactive = models.BooleanField(_("也管已经下的单"), default=False)
    note = models.TextField(_("改了什么、为什么"), blank=True, default="")
    proposed_by = models.CharField(_("谁提请发布"), max_length=150, blank=True, default="")
    published_by = models.CharField(_("谁发布的"), max_length=150, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = _("售后规则")
        ordering = ["code", "-version"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="one_row_per_policy_version")]

    def __str__(self) -> str:
        return say("{title} 第 {version} 版", title=self.title, version=self.version)


class PolicyRetirement(models.Model):
    """A version that no new order gets. A row of its own: the version itself never changes."""

    GUARDS = (
        Guard("UPDATE", says="停用的记录不改：要再用请另发一版。"),
        Guard("DELETE", says="停用不能撤回：要再用请另发一版。"),
    )
    policy = models.OneToOneField(
        PolicyVersion, models.PROTECT, related_name="retirement", verbose_name=_("规则")
    )
    reason = models.CharField(_("为什么"), max_length=400)
    by = models.CharField(_("谁停用的"), max_length=150)
    retired_at = models.DateTimeField(_("停用于"))

    class Meta:
        verbose_name = verbose_name_plural = _("停用的规则")
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.policy)


class PolicyDraft(models.Model):
    """`data` is the policy without its code, version, kind and title; what was published is the version's own copy."""

    GUARDS = (
        Guard(
            "UPDATE",
            when="OLD.state IN ('published', 'dropped')",
            says="发布了或放弃了的草稿不改：请另起一份。",
        ),
        Guard("DELETE", says="草稿不删：不要了请放弃它。"),
    )
    code = models.CharField(_("规则"), max_length=64)
    kind = models.CharField(_("商品种类"), max_length=16)
    title = models.CharField(_("名称"), max_length=200)
    data = models.JSONField(_("内容"))
    based_on = models.ForeignKey(
        PolicyVersion, models.PROTECT, null=True, related_name="drafts", verbose_name=_("从哪一版改来")
    )
    note = models.TextField(_("改了什么、为什么"), blank=True, default="")
    effective_at = models.DateTimeField(_("何时起用"), null=True)
    retroactive = models.BooleanField(_("也管已经下的单"), default=False)
    state = models.CharField(_("状态"), max_length=16, choices=DRAFT_STATES, default="draft")
    version = models.PositiveIntegerField(default=0)
    written_by = models.CharField(_("谁写的"), max_length=150)
    written_at = models.DateTimeField(_("写于"))
    proposed_by = models.CharField(_("谁提请发布"), max_length=150, blank=True, default="")
    proposed_at = models.DateTimeField(_("提请于"), null=True)
    published_as = models.OneToOneField(
        PolicyVersion, models.PROTECT, null=True, related_name="draft", verbose_name=_("发布为")
    )
    ended_by = models.CharField(_("谁发布或放弃的"), max_length=150, blank=True, default="")
    ended_at = models.DateTimeField(_("结束于"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("规则草稿")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(state__in=("draft", "proposed")),
                name="one_open_draft_per_policy",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.code})"
