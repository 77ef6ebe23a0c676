"""What is remembered of the funds: developers' claims on the guarantee fund, and money that two of ops book."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import permissions as who
from common.guards import APPEND_ONLY
from developers.rules.fund import CAUSES
from developers.rules.fund_life import ASKED, BOOKING, LABELS, OF_DEVELOPERS, SORTS, State


class FundClaimQuerySet(models.QuerySet["FundClaim"]):
    def visible_to(self, reader: Any) -> "FundClaimQuerySet":
        """Ops all; developers their own."""
        if who.is_ops(reader):
            return self
        return self.filter(developer=reader) if who.role_of(reader) == "developer" else self.none()


class FundClaim(models.Model):
    """A developer asks back what they bore of cases that the platform caused."""

    no = models.CharField(_("编号"), max_length=16, unique=True)
    developer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="fund_claims", verbose_name=_("开发者")
    )
    cause = models.CharField(
        _("为什么"), max_length=16, choices=[(code, _(one.name)) for code, one in CAUSES.items()]
    )
    text = models.TextField(_("说明"))
    fen = models.BigIntegerField(_("申请（分）"))
    approvals_needed = models.PositiveSmallIntegerField(_("要几个人同意"), default=1)
    state = models.CharField(
        _("状态"),
        max_length=10,
        default=State.FILED,
        choices=[(str(code), _(name)) for code, name in LABELS.items()],
    )
    version = models.PositiveBigIntegerField(_("版本号"), default=0)
    filed_at = models.DateTimeField(_("提交于"))
    answer_by = models.DateTimeField(_("最迟答复"))
    appealed_at = models.DateTimeField(_("申诉于"), null=True)
    decided_at = models.DateTimeField(_("答复于"), null=True)
    paid_fen = models.BigIntegerField(_("赔了（分）"), default=0)
    paid_at = models.DateTimeField(_("赔付于"), null=True)

    objects = FundClaimQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("保障基金的申请")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "id"], name="fund_claims_by_state"),
            models.Index(fields=["developer", "id"], name="fund_claims_of_developer"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(fen__gt=0), name="fund_claim_asks_for_something"),
            models.CheckConstraint(
                condition=Q(paid_fen__gte=0) & Q(paid_fen__lte=models.F("fen")),
                name="fund_pays_no_more_than_asked",
            ),
            models.CheckConstraint(
                condition=Q(state="paid", paid_at__isnull=False)
                | (~Q(state="paid") & Q(paid_fen=0, paid_at=None)),
                name="fund_claim_paid_once",
            ),
        ]

    def __str__(self) -> str:
        return self.no


class FundClaimCase(models.Model):
    """A case of a claim, as the developer's account had it when it was filed."""

    claim = models.ForeignKey(FundClaim, models.PROTECT, related_name="cases", verbose_name=_("申请"))
    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="+", verbose_name=_("售后单"))
    live = models.BooleanField(_("占着这一张"), default=True)  # until the claim is withdrawn
    borne = models.BigIntegerField(_("记到名下（分）"))
    taken_off = models.BigIntegerField(_("已更正退回（分）"), default=0)
    from_fund = models.BigIntegerField(_("基金赔过（分）"), default=0)
    parts = models.JSONField(_("每一笔"))  # [[key, order number, fen at most]]
    shows = models.JSONField(_("凭的记录"), default=dict)  # {party, rows, shown}, as it was when it was filed

    class Meta:
        verbose_name = verbose_name_plural = _("申请里的售后单")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(live=True), name="one_fund_claim_per_ticket"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.ticket_id}"


class FundWord(models.Model):
    """What a person did to a claim, and what they wrote."""

    GUARDS = APPEND_ONLY
    claim = models.ForeignKey(FundClaim, models.PROTECT, related_name="words", verbose_name=_("申请"))
    action = models.CharField(_("做了什么"), max_length=10)
    turn = models.PositiveSmallIntegerField(_("第几次"), default=0)  # 1: after the appeal
    by = models.CharField(_("谁"), max_length=150)
    reason = models.TextField(_("写了什么"), blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("申请的经过")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "by", "turn"],
                condition=Q(action="approve"),
                name="one_yes_per_person_and_turn",
            )
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.action}"


class FundMove(models.Model):
    """Money that one of ops says came or went, and another one books."""

    no = models.CharField(_("编号"), max_length=16, unique=True)
    sort = models.CharField(
        _("哪一种"), max_length=10, choices=[(code, _(name)) for code, name in SORTS.items()]
    )
    developer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="fund_moves",
        verbose_name=_("开发者"),
    )  # fmt: skip
    fen = models.BigIntegerField(_("金额（分）"))
    why = models.CharField(_("凭据和说明"), max_length=500)
    state = models.CharField(
        _("状态"), max_length=8, default=ASKED, choices=[(code, _(name)) for code, name in BOOKING.items()]
    )
    version = models.PositiveBigIntegerField(_("版本号"), default=0)
    asked_by = models.CharField(_("谁提出的"), max_length=150)
    asked_at = models.DateTimeField(_("提出于"))
    ended_by = models.CharField(_("谁定的"), max_length=150, blank=True)
    ended_at = models.DateTimeField(_("定于"), null=True)
    note = models.CharField(_("为什么"), max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("资金入账")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "id"], name="fund_moves_by_state")]
        constraints = [
            models.CheckConstraint(condition=Q(fen__gt=0), name="fund_move_of_something"),
            models.CheckConstraint(
                condition=Q(sort__in=OF_DEVELOPERS, developer__isnull=False)
                | (~Q(sort__in=OF_DEVELOPERS) & Q(developer=None)),
                name="fund_move_names_whose_it_is",
            ),
            models.CheckConstraint(
                condition=~Q(state="booked") | ~Q(ended_by=models.F("asked_by")),
                name="fund_move_by_two_people",
            ),
        ]

    def __str__(self) -> str:
        return self.no
