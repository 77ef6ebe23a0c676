"""Backtests of drafts: asked for on a page, run by a worker, kept with what they found."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.language import spoken
from common.phrases import unpacked

BACKTEST_STATES = [
    ("waiting", _("排队")),
    ("running", _("回测中")),
    ("done", _("做完")),
    ("failed", _("没做成")),
]
OPEN_BACKTESTS = ("waiting", "running")


class BacktestRun(models.Model):
    """One backtest. The row is the queue; whoever moved its version last goes on with it, all others stop.

    `data` is the policy as it was when it was asked for: the draft may be written on meanwhile.
    """

    draft = models.ForeignKey(
        "compensation.PolicyDraft", models.PROTECT, related_name="backtests", verbose_name=_("规则草稿")
    )
    data = models.JSONField(_("内容"))
    policy_hash = models.CharField(_("指纹"), max_length=64)
    since = models.DateTimeField(_("从"))
    until = models.DateTimeField(_("到"))
    all_of_kind = models.BooleanField(_("同类商品的所有规则"), default=False)
    state = models.CharField(_("状态"), max_length=8, choices=BACKTEST_STATES, default="waiting")
    version = models.PositiveIntegerField(default=0)
    total = models.BigIntegerField(_("共几个决定"), null=True)
    done = models.BigIntegerField(_("看过几个"), default=0)
    tries = models.PositiveSmallIntegerField(default=0)  # takes that it did not survive
    lease_until = models.DateTimeField(null=True)
    report = models.JSONField(_("结果"), null=True)
    error_said = models.JSONField(default=dict)
    by = models.CharField(_("谁"), max_length=150)
    at = models.DateTimeField(_("何时"))
    finished_at = models.DateTimeField(_("结束于"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("回测")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "policy_hash", "since", "until", "all_of_kind"],
                condition=Q(state__in=OPEN_BACKTESTS),
                name="one_open_backtest_of_the_same",
            )
        ]
        indexes = [models.Index(fields=["state", "id"], name="backtest_queue")]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.since:%F} {self.until:%F}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_BACKTESTS

    @property
    def why(self) -> str:
        """Why it failed, in the reader's language."""
        return spoken(unpacked(self.error_said)) if self.error_said else ""
