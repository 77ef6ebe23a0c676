"""Entries, the leaves that seal them, the tiles that make proofs cheap, and the published heads."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.guards import APPEND_ONLY, Guard

_FIXED = ("id", "kind", "order_no", "digest", "internal", "recorded_at")
_NO_ENTRY_CHANGES_BUT = " OR ".join([
    *(f"NEW.{name} <> OLD.{name}" for name in _FIXED),
    "COALESCE(NEW.row_id, -1) <> COALESCE(OLD.row_id, -1)",
    # … by being erased: words, salt and the instant of it together, once.
    "((NEW.body <> OLD.body OR NEW.salt <> OLD.salt)"
    " AND (NEW.body <> '' OR NEW.salt <> '' OR NEW.erased_at IS NULL OR OLD.erased_at IS NOT NULL))",
    "(OLD.erased_at IS NOT NULL AND (NEW.erased_at IS NULL OR NEW.erased_at <> OLD.erased_at))",
    "(OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.body <> '')",
    # … or by being sealed.
    "(NEW.waiting AND NOT OLD.waiting)",
    "(OLD.waiting AND NOT NEW.waiting"
    " AND NOT EXISTS (SELECT 1 FROM evidence_leaf WHERE evidence_leaf.entry_id = OLD.id))",
])  # fmt: skip
_NO_HASH = "length(NEW.{0}) <> 64 OR ltrim(NEW.{0}, '0123456789abcdef') <> ''"


class Entry(models.Model):
    """Something that happened, written with it. Its words can be erased; the digest stays, and so does its leaf."""

    kind = models.CharField(_("种类"), max_length=24)
    order_no = models.CharField(_("订单号"), max_length=64, blank=True)
    row_id = models.BigIntegerField(
        _("记的是哪一行"), null=True
    )  # of the table that this kind records, if it has one
    body = models.TextField(_("内容"), blank=True)  # canonical JSON, '' once erased
    salt = models.CharField(_("盐"), max_length=32, blank=True)
    digest = models.CharField(_("摘要"), max_length=64)
    internal = models.BooleanField(_("仅内部可见"), default=False)
    recorded_at = models.DateTimeField(_("记于"))
    # The sealer's queue; that it is sealed says its leaf.
    waiting = models.BooleanField(_("待封存"), default=True)
    erased_at = models.DateTimeField(_("抹去于"), null=True)

    GUARDS = (
        Guard("INSERT", when=_NO_HASH.format("digest"), says="存证的摘要要是 64 位十六进制。"),
        Guard("UPDATE", when=_NO_ENTRY_CHANGES_BUT, says="存证只能抹去内容，不能改写。"),
        Guard("DELETE", says="存证不能删除；要抹去个人信息，用 erase_evidence。"),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("存证")
        indexes = [
            models.Index(fields=["order_no", "id"], name="evidence_of_order"),
            models.Index(
                fields=["kind", "row_id"], name="evidence_of_row", condition=Q(row_id__isnull=False)
            ),
            models.Index(fields=["id"], name="evidence_waiting", condition=Q(waiting=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.order_no}"


class Leaf(models.Model):
    """The place of an entry in the log, counted from 0, and its RFC 6962 leaf hash."""

    seq = models.BigIntegerField(_("序号"), primary_key=True)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="leaf", verbose_name=_("存证"))
    hash = models.CharField(_("叶"), max_length=64)

    GUARDS = (*APPEND_ONLY, Guard("INSERT", when=_NO_HASH.format("hash"), says="叶要是 64 位十六进制。"))

    class Meta:
        verbose_name = verbose_name_plural = _("存证叶")

    def __str__(self) -> str:
        return str(self.seq)


class Tile(models.Model):
    """The hash of a complete subtree of 256, 65 536, … leaves: a proof reads hundreds of rows, never all."""

    level = models.PositiveSmallIntegerField(_("层"))
    index = models.BigIntegerField(_("序号"))
    hash = models.CharField(_("节点"), max_length=64)

    GUARDS = APPEND_ONLY

    class Meta:
        verbose_name = verbose_name_plural = _("存证节点")
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="one_tile_per_place")]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class Head(models.Model):
    """The root over the first `size` leaves, as it was published and signed."""

    size = models.BigIntegerField(_("条数"), primary_key=True)
    root = models.CharField(_("根"), max_length=64)
    sealed_at = models.DateTimeField(_("封存于"))
    key = models.CharField(_("公钥"), max_length=64)
    signature = models.CharField(_("签名"), max_length=128)

    GUARDS = APPEND_ONLY

    class Meta:
        verbose_name = verbose_name_plural = _("存证头")
        ordering = ["-size"]

    def __str__(self) -> str:
        return f"{self.size} {self.root[:12]}"
