"""A policy for goods whose maker's credit is low: it may only raise what the buyer gets, which is proven beforehand.

Set, or published anew, it is walked against every policy that it would stand in for (`first_loss`, as retroactive
versions are). Where one of these was changed afterwards and gives more, that one holds: `kinder` asks again at payment.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from common.phrases import Phrase, mark, phrase
from common.refusals import Refusal
from compensation import queries
from compensation.rules.policy import Policy
from compensation.rules.publishing import Words, first_loss
from compensation.rules.publishing.faults import Fault
from compensation.services import selling
from orders import queries as orders
from orders.rules.tiers import tiers_of
from orders.services import catalogue

if TYPE_CHECKING:
    from orders.models import KindTiers, Product

FIELD = "credit_policy"
LESS = Words(mark("同样的情况会少给"), mark("「{name}」对买家更不利，不能在开发者信用低的时候用。"))


class GivesLess(Refusal):
    code = "credit_policy_gives_less"
    title = mark("这份规则会少给")


def refuse_weaker(*, code: str, instead_of: Iterable[str]) -> None:
    """GivesLess with the first case in which a buyer would get less than under a policy that it stands in for."""
    stronger = _newest(code)
    for base in sorted(set(instead_of) - {code}):
        _compare(stronger, _newest(base))


def refuse_weaker_version(policy: Policy) -> None:
    """The same for a version about to be published, wherever its code is used for makers of low credit."""
    for product in orders.products():
        if orders.credit_policy_of(product) == policy.code:
            for base in _bases(product):
                if base != policy.code:
                    _compare(policy, _newest(base))


@transaction.atomic
def put_kind_credit_policy(*, kind: str, code: str, now: datetime) -> KindTiers:
    """For the goods of a kind that name none themselves; "" takes it away."""
    orders.credit_policy_of_kind(kind)  # absent where there is no such kind
    if code:
        following = [one for one in orders.products() if one.kind == kind and one.credit_policy is None]
        bases = {base for one in following for base in _bases(one)}
        selling.lock([code, *bases])
        selling.refuse_unsold({FIELD: code}, kind=kind)
        refuse_weaker(code=code, instead_of=bases)
    return catalogue.put_kind_credit_policy(kind=kind, code=code, now=now)


def bases_of(*, policy: str, tiers: list[dict[str, object]] | None, kind: str) -> list[str]:
    """What goods about to be stored would be sold under, whatever the price."""
    found = orders.tiers_of_kind(kind) if tiers is None else tiers_of(tiers)
    return [policy, *(tier.policy for tier in found)]


def _bases(product: Product) -> list[str]:
    return [product.policy_code, *(tier.policy for tier in orders.tiers_sold_by(product))]


def _newest(code: str) -> Policy:
    row = queries.newest_policy(code)
    assert row is not None, f"policy {code} is gone"
    return queries.policy_version(row.code, row.version)


def _compare(stronger: Policy, base: Policy) -> None:
    fault = first_loss(base, stronger, LESS)
    if fault is None:
        return
    detail = phrase("和「{base}」比：{why}", base=base.title, why=fault.detail)
    detail = _with_facts(detail, fault)
    raise GivesLess(detail, errors=[{"field": FIELD, "code": "gives_less", "detail": detail}])


def _with_facts(detail: Phrase, fault: Fault) -> Phrase:
    """The counter-example, as it can be typed into a preview."""
    if not fault.facts:
        return detail
    facts = "，".join(f"{name}={value}" for name, value in fault.facts.items())
    return phrase("{detail}（试算的事实：{facts}）", detail=detail, facts=facts)
