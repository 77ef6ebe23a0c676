"""Which policies goods are sold under: by kind, and from a unit price on by another; which of them an order pins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from common.phrases import mark, phrase
from common.refusals import Invalid
from compensation import queries
from compensation.rules.kinder import kinder
from compensation.rules.policy import Policy
from compensation.services.policies import lock_code
from orders import queries as orders
from orders.rules import tiers as price
from orders.services.intake import NewOrder

if TYPE_CHECKING:
    from orders.models import Product


class Shown:
    """The policies that goods are sold under now; each is asked for once, however many orders come in."""

    def __init__(self) -> None:
        self._policies: dict[str, Policy] = {}
        self._standings: dict[int, list[tuple[datetime, bool]]] = {}

    def policy_for(self, new: NewOrder, product: Product) -> Policy:
        """By what one unit cost, listed or paid, where they differ the kinder (0023); by its maker's credit (0036)."""
        tiers = orders.tiers_sold_by(product)
        dearer, cheaper = (
            self._policy(
                price.policy_code_at(
                    base=product.policy_code, tiers=tiers, total_fen=fen, quantity=new.quantity
                )
            )
            for fen in (max(new.list_fen, new.paid_fen), min(new.list_fen, new.paid_fen))
        )
        usual, stronger = kinder(dearer, cheaper), orders.credit_policy_of(product)
        if stronger and self._raised(product, new.paid_at):
            return kinder(usual, self._policy(stronger))
        return usual

    def _raised(self, product: Product, at: datetime) -> bool:
        """Whether its maker's credit was low when it was paid; asked of goods that have a policy for that, once."""
        maker = product.developer_id
        if maker is not None and maker not in self._standings:
            self._standings[maker] = orders.standings_of(developer_ids=[maker]).get(maker, [])
        return maker is not None and orders.raised_at(self._standings[maker], at)

    def _policy(self, code: str) -> Policy:
        if code not in self._policies:
            row = queries.newest_policy(code)
            assert row is not None, f"policy {code} is gone"
            self._policies[code] = queries.policy_version(row.code, row.version)
        return self._policies[code]


def tier_fields(tiers: Iterable[Mapping[str, Any]] | None) -> dict[str, str]:
    """{name of the field: code of the policy}, as a refusal names it."""
    return {f"price_tiers.{index}.policy": tier["policy"] for index, tier in enumerate(tiers or ())}


def lock(codes: Iterable[str]) -> None:
    """None of these is retired meanwhile; always in the same order, so that nobody waits for each other."""
    for code in sorted(set(codes)):
        lock_code(code)


def refuse_unsold(asked: Mapping[str, str], *, kind: str) -> None:
    """Each of these is in force, and for this kind of goods."""
    errors = [fault for name, code in asked.items() if (fault := _fault(name, code, kind))]
    if errors:
        raise Invalid(errors=errors)


def _fault(name: str, code: str, kind: str) -> dict[str, Any] | None:
    policy = queries.newest_policy(code)
    if policy is None:
        return {"field": name, "code": "unknown_policy", "detail": mark("没有这份售后规则，请核对代码。")}
    if policy.kind != kind:
        detail = phrase("「{policy}」是给另一种商品的，请换一份规则或改商品种类。", policy=policy.title)
        return {"field": name, "code": "policy_of_other_kind", "detail": detail}
    return None


def refuse_unordered(tiers: Iterable[Mapping[str, Any]] | None) -> None:
    """Limits of at least a fen, from low to high."""
    errors = [
        {"field": f"price_tiers.{fault.at}.from_fen", "code": fault.code, "detail": fault.detail}
        for fault in price.faults(price.tiers_of(tiers))
    ]
    if errors:
        raise Invalid(errors=errors)
