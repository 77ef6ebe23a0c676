"""Whose goods are sold under better protection, as the room that knows their makers says."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.guards import APPEND_ONLY


class MakerStanding(models.Model):
    """From an instant on: whether a developer's goods are sold under their stronger policy. The newest holds."""

    GUARDS = APPEND_ONLY
    developer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="standings", verbose_name=_("开发者"), db_index=False
    )  # fmt: skip
    raised = models.BooleanField(_("按保障更强的规则卖"))
    since = models.DateTimeField(_("从何时起"))

    class Meta:
        verbose_name = verbose_name_plural = _("开发者的商品按哪一份规则卖")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["developer", "since"], name="one_standing_per_instant")
        ]

    def __str__(self) -> str:
        return f"{self.developer_id} {self.raised} {self.since:%F %T}"
