"""The licences of a line: one row per unit that has one, and what its service has confirmed of it."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import permissions as who
from orders.models.goods import Order
from orders.rules.licences import ACTIVE, LONGEST, REVOKED, SUSPENDED

LICENCE_STATES = [(ACTIVE, _("可用")), (SUSPENDED, _("停用中")), (REVOKED, _("已收回"))]
_STATES = sorted(state for state, _label in LICENCE_STATES)


class LicenceQuerySet(models.QuerySet["Licence"]):
    def visible_to(self, reader: Any) -> "LicenceQuerySet":
        """Whoever sees the order sees its licences; nobody else sees a letter of them."""
        if who.is_ops(reader) or who.is_shop(reader):
            return self
        return self.filter(order__in=Order.objects.visible_to(reader))


class Licence(models.Model):
    """What lets the buyer use one unit. `state` is what the service confirmed, `wanted` where it is on its way to."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="licences", verbose_name=_("订单"))
    unit = models.PositiveIntegerField(_("第几份"))  # from 1; a unit without a licence has no row
    licence_id = models.CharField(_("授权号"), max_length=LONGEST)
    state = models.CharField(_("状态"), max_length=12, choices=LICENCE_STATES, default=ACTIVE)
    wanted = models.CharField(_("要变成"), max_length=12, choices=LICENCE_STATES, default=ACTIVE)
    # The refund that takes the unit back; opaque here, it is the key of a remedy one room above.
    taken_by = models.UUIDField(_("为哪一笔退款"), null=True, blank=True, db_index=True)
    # The newest step asked of the service; what an older one says later is overtaken.
    step_key = models.UUIDField(_("最近一步的键"), null=True, blank=True)
    used_at = models.DateTimeField(_("用过于"), null=True, blank=True)
    changed_at = models.DateTimeField(_("变动于"))

    objects = LicenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("授权")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "unit"], name="one_licence_per_unit"),
            models.UniqueConstraint(
                fields=["licence_id"], condition=~Q(state=REVOKED), name="one_live_licence_per_id"
            ),
            models.CheckConstraint(
                condition=Q(state__in=_STATES, wanted__in=_STATES), name="licence_states_known"
            ),
            # Only a refund takes anything away from the buyer.
            models.CheckConstraint(
                condition=Q(wanted=ACTIVE, taken_by=None) | (~Q(wanted=ACTIVE) & Q(taken_by__isnull=False)),
                name="licence_wanted_for_a_refund",
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="licence_by_state")]

    def __str__(self) -> str:
        return f"{self.order_id} #{self.unit}"
