"""Policies by version, which of them binds a line, and their words for a reader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from common import clock
from common.language import is_english
from common.phrases import mark
from common.refusals import Absent
from compensation.models import DecisionRecord, PolicyVersion
from compensation.rules.decide import decide
from compensation.rules.facts import Facts
from compensation.rules.kinder import kinder
from compensation.rules.policy import Policy, PolicyUnsound
from compensation.rules.steps import Step
from compensation.rules.vocabulary import CHINESE, ENGLISH, Vocabulary
from orders import queries as orders
from orders.rules.tiers import Band, bands, joined

if TYPE_CHECKING:
    from orders.models import Order, Product


@lru_cache(maxsize=256)
def policy_version(code: str, version: int) -> Policy:
    """A published version; immutable, so that each process reads it once."""
    row = PolicyVersion.objects.filter(code=code, version=version).first()
    if row is None:
        raise Absent(mark("没有这一版规则，请核对代码和版本号。"))
    return Policy.from_data(row.data)


def in_use(now: datetime) -> Q:
    """Versions that are not only announced: an effective date may still be to come."""
    return Q(effective_at=None) | Q(effective_at__lte=now)


def policies_in_force() -> QuerySet[PolicyVersion]:
    """The versions that an order placed now may pin."""
    return PolicyVersion.objects.filter(in_use(clock.now()), retirement=None).select_related("retirement")


def newest_policy(code: str) -> PolicyVersion | None:
    """The version that an order placed now pins; None where every version is retired, or there was none."""
    return policies_in_force().filter(code=code).order_by("-version").first()


def policies_by_price(product: Product) -> list[tuple[Band, PolicyVersion]]:
    """Each band of unit prices of a product with the version that an order placed now in it would pin; one question.

    One more where the product has a policy for the time in which its maker's credit is low: in such a time that one
    stands in each band to whose policy it is the kinder.
    """
    found, stronger = bands(base=product.policy_code, tiers=orders.tiers_sold_by(product)), ""
    if orders.credit_policy_of(product) and orders.is_raised(product, clock.now()):
        stronger = orders.credit_policy_of(product)
    rows = (
        policies_in_force().filter(code__in={stronger, *(band.policy for band in found)}).order_by("version")
    )
    newest = {row.code: row for row in rows}
    if stronger in newest:
        found = joined(
            [band._replace(policy=_kinder(newest[band.policy], newest[stronger])) for band in found]
        )
    return [(band, newest[band.policy]) for band in found]


def _kinder(usual: PolicyVersion, stronger: PolicyVersion) -> str:
    """The code of the policy that an order pins: see `services.selling`."""
    known = (policy_version(row.code, row.version) for row in (usual, stronger))
    return kinder(*known).code


def versions_of(code: str) -> QuerySet[PolicyVersion]:
    """Every version there ever was, the newest first: retired and announced ones too."""
    return PolicyVersion.objects.filter(code=code).select_related("retirement").order_by("-version")


def binding_version(*, order: Order, now: datetime) -> int:
    """The version a claim is decided under: the line's first decision's, else the newest retroactive one, else its own.

    One question to the database, whatever the answer; none where the order knows (`bound_to`).
    """
    known: int | None = getattr(order, "bound_to", None)
    if known is not None:
        return known
    first = DecisionRecord.objects.filter(order=order).order_by("id").values("policy__version")[:1]
    later = PolicyVersion.objects.filter(
        in_use(now), code=order.policy_code, version__gt=order.policy_version, retroactive=True
    )
    pinned = PolicyVersion.objects.filter(code=order.policy_code, version=order.policy_version)
    newest = later.order_by("-version").values("version")[:1]
    version = pinned.values_list(Coalesce(Subquery(first), Subquery(newest), F("version"))).first()
    return version[0] if version else order.policy_version


def bind(*, some: Sequence[Order], now: datetime) -> None:
    """Each of these learns which version binds it, as above; two questions for all of them."""
    ids = [order.pk for order in some]
    first: dict[int, int] = {}
    decided = DecisionRecord.objects.filter(order_id__in=ids).order_by("id")
    for order_id, version in decided.values_list("order_id", "policy__version"):
        first.setdefault(order_id, version)
    later = PolicyVersion.objects.filter(
        in_use(now), code__in={order.policy_code for order in some}, retroactive=True
    )
    newest = dict(later.order_by("version").values_list("code", "version"))
    for order in some:
        after = max(order.policy_version, newest.get(order.policy_code, 0))
        order.bound_to = first.get(order.pk, after)  # type: ignore[attr-defined]


def policies_of(*, order: Order) -> list[dict[str, Any]]:
    """[{code, version, hash, data}] of all that the order's decisions were made by."""
    used = PolicyVersion.objects.filter(pk__in=order.decisions.values("policy_id")).order_by("pk")
    return [dict(row) for row in used.values("code", "version", "hash", "data")]


def vocabulary() -> Vocabulary:
    """What the rules say to the reader of this request; where nobody reads, Chinese."""
    return ENGLISH if is_english() else CHINESE


def explanation_of(record: DecisionRecord) -> tuple[Step, ...]:
    """The stored sums in the reader's language; as they are stored where its facts don't give them again."""
    stored, reader = record.body["explanation"], vocabulary()
    if reader is not CHINESE:
        ref = record.body["policy"]
        try:
            again = decide(Facts(**record.facts), policy_version(ref["code"], ref["version"]))
            if [step.as_data() for step in again.explanation] == stored:
                return again.explained(reader)
        except (Absent, PolicyUnsound, ArithmeticError, LookupError, TypeError, ValueError):
            pass
    return tuple(Step(**step) for step in stored)
