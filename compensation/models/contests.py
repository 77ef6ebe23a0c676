"""A developer's word against bearing a cost, and what ops answered."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.guards import APPEND_ONLY
from compensation.models.rulings import PARTIES


class Contest(models.Model):
    """One per ruling of who bears a cost: contested once, answered once."""

    GUARDS = APPEND_ONLY
    bearer = models.OneToOneField(
        "compensation.Bearer", models.PROTECT, related_name="contest", verbose_name=_("对哪个认定")
    )
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="contests", verbose_name=_("订单"))
    # The case as the room above calls it, opaque here: it stays the same where it is decided again.
    ticket_no = models.CharField(_("售后单"), max_length=16, db_index=True)
    text = models.TextField(_("为什么不该由他承担"))
    by = models.CharField(_("谁提的"), max_length=150)
    at = models.DateTimeField(_("提于"))
    answer_by = models.DateTimeField(_("最迟答复"))

    class Meta:
        verbose_name = verbose_name_plural = _("对责任的异议")
        ordering = ["-id"]
        indexes = [models.Index(fields=["answer_by"], name="contest_by_limit")]

    def __str__(self) -> str:
        return f"{self.bearer_id} {self.by}"


class ContestAnswer(models.Model):
    """What ops answered in writing: who bears it from now on."""

    GUARDS = APPEND_ONLY
    contest = models.OneToOneField(
        Contest, models.PROTECT, related_name="answer", verbose_name=_("对责任的异议")
    )
    party = models.CharField(_("由谁承担"), max_length=16, choices=PARTIES)
    reason = models.TextField(_("答复"))
    by = models.CharField(_("谁答的"), max_length=150)
    at = models.DateTimeField(_("答于"))

    class Meta:
        verbose_name = verbose_name_plural = _("对异议的答复")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.contest_id} {self.party}"
