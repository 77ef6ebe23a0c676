"""How the figures of a developer's page are said."""

from dataclasses import replace
from datetime import datetime

from common import figures
from common.language import is_english, say, spoken
from common.phrases import mark
from developers.queries import Cost, Freshness
from developers.rules import periods
from tickets.rules.lifecycle import LABELS, State

# Where a buyer's page says 您 it means the buyer.
STATES = {
    **LABELS,
    State.WAITING_BUYER: mark("等买家补充"),
    State.WAITING_DEVELOPER: mark("等您答复"),
    State.CONFIRMING: mark("等买家确认"),
}


def state(of: str) -> str:
    return spoken(STATES[State(of)])


def cost(spent: Cost) -> str:
    """退 ¥50.00，补 180 个，送 1000 个; what is nothing is left out."""
    if not (spent.fen or spent.units):
        return ""
    return (", " if is_english() else "，").join(_parts(spent))


def beside_cash(spent: Cost) -> str:
    """另补 180 个，送 1000 个"""
    return say("另{units}", units=cost(replace(spent, fen=0))) if spent.units else ""


def _parts(spent: Cost) -> list[str]:
    cash = [say("退 {amount}", amount=figures.yuan(spent.fen))] if spent.fen else []
    units = spent.units - spent.gifts
    return cash + ([say("补 {n} 个", n=units)] if units else []) + gift(spent)


def gift(spent: Cost) -> list[str]:
    """What was given on top is never summed with what was owed."""
    return [say("送 {n} 个", n=spent.gifts)] if spent.gifts else []


def since(code: str, *, before: int, more: int) -> str:
    """上月同期 42，少 5"""
    words = spoken(periods.BEFORE[code])
    if more == 0:
        return say("{before} {n}，一样", before=words, n=before)
    if more > 0:
        return say("{before} {n}，多 {d}", before=words, n=before, d=more)
    return say("{before} {n}，少 {d}", before=words, n=before, d=-more)


def change(now: int, before: int) -> str:
    """＋12%, −5%, or that there was nothing to compare with."""
    percent = periods.change(now, before)
    if percent is None:
        return "" if now == 0 else say("上期没有")
    return f"{'−' if percent < 0 else '＋' if percent else ''}{abs(percent)}%"


def headline(claims: int, real: int, checking: int) -> str:
    if claims == 0:
        return say("这段时间没有售后单")
    if checking:
        return say("货的问题：属实 {n} 件，另 {m} 件核实中", n=real, m=checking)
    if real == 0:
        return say("没有一件是货的问题")
    return say("货的问题：属实 {n} 件", n=real)


def fresh(found: Freshness, *, now: datetime) -> str:
    """算到 16:05; nothing while it is counted from the start."""
    return say("算到 {when}", when=figures.moment(found.until, now=now)) if found.until else ""
