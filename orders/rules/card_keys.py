"""Card keys: which secrets can be kept, what makes two of them the same, and which units a replacement is for."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.phrases import mark, phrase
from orders.rules.rows import RowError, storable

STOCK, DELIVERED, DOUBLED, REPLACED, VOID = "stock", "delivered", "doubled", "replaced", "void"
LIVE = (STOCK, DELIVERED)  # of these a secret has one at the most
HELD = (DELIVERED, DOUBLED)  # of these a unit of a line has one at the most
LONGEST = 1000
# More than that in one order, and replacing them would hold up the claim: sell them in several.
MOST = 500
MASK = "••••••••"

Fault = dict[str, str]


def normal(secret: str) -> str:
    """What is compared: full-width letters and spaces make no other key; case and hyphens may."""
    return "".join(unicodedata.normalize("NFKC", secret).split())


def faults_of(secrets: Sequence[str], *, quantity: int) -> list[Fault]:
    """What is wrong with the secrets of an order of so many units. A secret is never quoted: answers are kept."""
    if len(secrets) > min(quantity, MOST):
        detail = phrase("卡密不能多于数量 {n}，也不能多于 {most} 个。", n=quantity, most=MOST)
        return [_fault("too_many", detail)]
    faults: list[Fault] = []
    seen: set[str] = set()
    for at, secret in enumerate(secrets, 1):
        if not is_sound(secret):
            detail = phrase("第 {n} 个卡密要是 1 到 {most} 个字的文字。", n=at, most=LONGEST)
            faults.append(_fault("malformed", detail))
            continue
        if normal(secret) in seen:
            faults.append(_fault("twice", phrase("第 {n} 个卡密与前面的一个相同，请去掉或换一个。", n=at)))
        seen.add(normal(secret))
    return faults


def is_sound(secret: Any) -> bool:
    """Whether it says anything, every database can keep it, and a page can show it."""
    return isinstance(secret, str) and len(secret) <= LONGEST and storable(secret) and bool(normal(secret))


def stock_row(raw: Any, *, now: datetime) -> str:
    """The secret of one row of stock."""
    if not isinstance(raw, Mapping):
        raise RowError("malformed", phrase("每一行要是一个对象。"))
    if any(name != "secret" for name in raw):
        # Not named: what stands in the wrong place may be a secret, and answers are kept.
        raise RowError("unknown_field", mark("这一行有不认识的项，只要 secret。"))
    secret = raw.get("secret")
    if not is_sound(secret):
        raise RowError("malformed", phrase("secret 要是 1 到 {most} 个字的文字。", most=LONGEST))
    return str(secret).strip()


SPENT = mark("这个卡密已经给过买家，不能再进库存。")
ELSEWHERE = mark("这个卡密已经在另一件商品的库存里。")


def _fault(code: str, detail: str) -> Fault:
    return {"field": "secrets", "code": code, "detail": detail}


@dataclass(frozen=True)
class Unit:
    """A unit of a line with the key that its buyer has, or should have."""

    unit: int
    doubled: bool = False  # its secret is another order's too, and stays shut
    reported_at: datetime | None = None  # when the buyer said that it doesn't work
    revealed_at: datetime | None = None


def choose(units: Iterable[Unit], *, ordered: int, count: int, paid_back: Collection[int] = ()) -> list[int]:
    """So many units for a replacement, always the same, by number; never one whose key a refund took.

    First those the buyer said don't work, what was said last before what was said of an earlier case; then those that
    nobody can use, then the ones looked at last: it is they that were tried; then units whose key was never known here;
    then the rest.
    """
    known = {one.unit: one for one in units}
    unknown = [n for n in range(1, ordered + 1) if n not in known and n not in paid_back]
    first = sorted(known.values(), key=_urgency)
    tried = [one.unit for one in first if _urgency(one)[0] < 3]
    shut = [one.unit for one in first if _urgency(one)[0] == 3]
    return sorted([*tried, *unknown, *shut][:count])


def _urgency(one: Unit) -> tuple[int, float, int]:
    if one.reported_at:
        return 0, -one.reported_at.timestamp(), one.unit
    if one.doubled:
        return 1, 0, one.unit
    if one.revealed_at:
        return 2, -one.revealed_at.timestamp(), one.unit
    return 3, 0, one.unit
