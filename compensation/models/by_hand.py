"""What people said of a remedy that waited for them, or that failed: who, what, why, when."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.guards import APPEND_ONLY
from compensation.rules import held

# Of these a remedy has one at the most: each is its end, or the end of what can be done about it.
ENDS = (held.DONE_BY_HAND, held.GIVE_UP, held.PAY_AGAIN, held.PAY_BY_HAND, held.LEAVE)


class HandWord(models.Model):
    """One person's word on one remedy. Where two are needed, the first is kept and nothing else happens."""

    GUARDS = APPEND_ONLY
    remedy = models.ForeignKey(
        "compensation.Remedy", models.PROTECT, related_name="words", verbose_name=_("补偿")
    )
    action = models.CharField(
        _("怎么办"), max_length=16, choices=[(name, _(label)) for name, label in held.LABELS.items()]
    )
    # The reason it was held for, and how often it had been sent: a word holds for what its person was looking at.
    about = models.CharField(_("当时"), max_length=80)
    reference = models.CharField(_("凭据"), max_length=200, blank=True, default="")
    reason = models.CharField(_("为什么"), max_length=1000)
    by = models.CharField(_("谁"), max_length=150)
    at = models.DateTimeField(_("何时"))
    carried_out = models.BooleanField(_("已照办"))

    class Meta:
        verbose_name = verbose_name_plural = _("由人办的")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["remedy"], condition=Q(carried_out=True, action__in=ENDS), name="one_end_by_hand"
            )
        ]

    def __str__(self) -> str:
        return f"{self.remedy_id} {self.action} {self.by}"
