"""What a recall gives one line, net of what the same cause gave it before: rules.md §4."""

from __future__ import annotations

from dataclasses import dataclass, replace

from common.money import half_up
from common.phrases import mark
from developers.rules.recalls import REFUND

# Why a line is given nothing.
CLOSED, IN_REVIEW, PAID_BEFORE, NOTHING_LEFT, FREE, SPENT, FAILED = (
    "closed", "in_review", "paid_before", "nothing_left", "free", "spent", "failed"
)  # fmt: skip
NOTHING_DUE = (CLOSED, PAID_BEFORE, NOTHING_LEFT, FREE)  # whoever looks again finds the same
SKIPS = {
    CLOSED: mark("这一单已经关闭"),
    IN_REVIEW: mark("同一件事的申请正等人看"),
    PAID_BEFORE: mark("同一件事先前已经赔够"),
    NOTHING_LEFT: mark("这一单没有剩下可退的"),
    FREE: mark("没有付过钱"),
    SPENT: mark("额度刚被另一笔占用"),
    FAILED: mark("这一单没有办成，要人看"),
}


@dataclass(frozen=True)
class Standing:
    """How a line stands: what was bought and given back, and what the same cause made good so far."""

    ordered: int
    paid_fen: int
    refunded_fen: int = 0
    refunded_units: int = 0
    closed: bool = False
    made_good: int = 0  # units, in whatever way: refunded, topped up, replaced
    bare_fen: int = 0  # cash for the same cause that took no units
    in_review: bool = False


@dataclass(frozen=True)
class Due:
    """What is given: fen, or units; `units_back` that the cash takes. `short`: the line's budget gives no more."""

    fen: int = 0
    units: int = 0
    units_back: int = 0
    skip: str = ""
    short: bool = False

    @property
    def gives(self) -> bool:
        return not self.skip


def due(*, remedy: str, quantity: int | None, line: Standing) -> Due:
    """What this line is due now; `quantity` None: all of it."""
    if line.closed:
        return Due(skip=CLOSED)
    if line.in_review:  # whatever it comes to: first that claim is answered
        return Due(skip=IN_REVIEW)
    if remedy == REFUND and not line.paid_fen:
        return Due(skip=FREE)
    asked = line.ordered if quantity is None else min(quantity, line.ordered)
    made_good = line.made_good + (0 if remedy == REFUND else _units_for(line))
    wanted = asked - made_good
    if wanted <= 0:
        return Due(skip=PAID_BEFORE)
    units = min(wanted, line.ordered - line.refunded_units)
    if units <= 0:
        return Due(skip=NOTHING_LEFT)
    if remedy != REFUND:
        return Due(units=units, short=quantity is not None and units < wanted)
    found = _refund(line, wanted=wanted, units=units)
    return found if quantity is not None else replace(found, short=False)  # the rest is what it is


def _units_for(line: Standing) -> int:
    """Cash without units counts as the whole units that it would have paid for."""
    return line.bare_fen * line.ordered // line.paid_fen if line.paid_fen else 0


def _refund(line: Standing, *, wanted: int, units: int) -> Due:
    """Cumulative, as every refund: parts add up to exactly what was paid."""
    up_to = half_up(line.paid_fen * (line.refunded_units + units), line.ordered)
    fen = up_to - line.refunded_fen
    if fen <= 0:
        return Due(skip=PAID_BEFORE if line.bare_fen else NOTHING_LEFT)
    worth = half_up(line.paid_fen * wanted, line.ordered) - line.bare_fen
    return Due(fen=fen, units_back=units, short=fen + 1 < worth)


def capped(now: Due, *, shown_fen: int, shown_units: int) -> Due:
    """Never more than was shown to whoever approved; where less is due now, that."""
    if not now.gives or (now.fen <= shown_fen and now.units <= shown_units):
        return now
    if not shown_fen and not shown_units:
        return Due(skip=PAID_BEFORE)
    units_back = now.units_back * shown_fen // now.fen if now.fen > shown_fen else now.units_back
    return Due(min(now.fen, shown_fen), min(now.units, shown_units), units_back, short=True)
