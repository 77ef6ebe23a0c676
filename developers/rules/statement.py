"""What a developer's statement is made of: pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from common.phrases import mark

BORNE, CORRECTION, FROM_FUND = "borne", "correction", "fund"
SHARE, PAID_OUT = "share", "paid_out"
OWN, FUND, PLATFORM, SUPPLIER, OTHERS, SHOP = "own", "dispute_fund", "platform", "supplier", "others", "shop"
GUARANTEE = "guarantee_fund"
SOURCES = {
    OWN: mark("您的应付"), FUND: mark("争议基金"), PLATFORM: mark("平台"), SUPPLIER: mark("供货商"),
    OTHERS: mark("别的开发者"), GUARANTEE: mark("开发者保障基金"), SHOP: mark("商店"),
}  # fmt: skip
_ACCOUNTS = {
    "dispute_fund": FUND, "platform_expense": PLATFORM, "supplier_payable": SUPPLIER, "guarantee_fund": GUARANTEE,
    "sales": SHOP, "developer_paid": SHOP,
}  # fmt: skip


def sort_of(reason: str, reference: str) -> str:
    """A remedy's first move is what was put on an account, every later one corrects it; others say what they are."""
    if reason == "bear":
        return BORNE if reference.endswith(":1") else CORRECTION
    return FROM_FUND if reason == "claim" else reason


@dataclass(frozen=True)
class Kept:
    """A developer's share as it is kept for them: what came, what was taken off it, what was paid out to them."""

    opening: int
    shares: int
    borne: int
    paid_out: int

    @property
    def closing(self) -> int:
        return self.opening + self.shares - self.borne - self.paid_out


def source_of(account: str, *, own: str) -> str:
    """Which of SOURCES an account is, to the developer who owns `own`."""
    return OWN if account == own else _ACCOUNTS.get(account, OTHERS)


def paid_from(
    refunds: Iterable[tuple[str, int]], moved: Mapping[str, Mapping[str, int]], *, unmoved: str, own: str
) -> dict[str, int]:
    """{source: fen} of refunds (key, fen) by who bears what of each now; nothing twice."""
    sums: Counter[str] = Counter()
    for key, fen in refunds:
        bears = Counter({unmoved: fen})
        bears.update(moved.get(key, {}))
        for account, part in bears.items():
            sums[source_of(account, own=own)] += part
    return {source: sums[source] for source in SOURCES if sums[source]}
