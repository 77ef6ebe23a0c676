"""Who the record says bears a case (rules §4): a proposal with the rows that show it. A person sets it, never this."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from common.phrases import mark
from compensation.rules.facts import DEFECTS

PLATFORM, DEVELOPER, SUPPLIER, BUYER, UNKNOWN = "platform", "developer", "supplier", "buyer", "unknown"
# rules §3: the developer's answer 48 h, and an appeal's answer 24 h.
CONTEST_WITHIN = timedelta(hours=48)
ANSWER_WITHIN = timedelta(hours=24)
_FELL = ("drop.tier_a", "drop.tier_b", "drop.tier_c", "drop.slow", "drop.gift")
Rows = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is on record of a decided case; `rows`: {kind of record: numbers}, the kinds of names.RECORDS."""

    reason: str
    clause: str
    fault: str = "none"
    proof: str = "none"
    late: bool = False
    contradicted: bool = False
    has_developer: bool = False
    rows: Rows = field(default_factory=dict)

    def of(self, *kinds: str) -> dict[str, tuple[int, ...]]:
        return {kind: self.rows[kind] for kind in kinds if self.rows.get(kind)}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A party, one sentence, and the rows that show it."""

    party: str
    why: str
    rows: Rows = field(default_factory=dict)


def propose(shown: Shown) -> Proposal:
    """The first cause that the record shows with rows; what it contradicts or leaves out is nobody's yet.

    Where it is the supplier, and one alone delivered the line, the rows name it; a name by itself shows nothing.
    """
    found = next((one for cause in _CAUSES if (one := cause(shown)) is not None), None)
    if found is not None and found.party == SUPPLIER and found.rows:
        return replace(found, rows=dict(found.rows) | shown.of("suppliers"))
    if found is None or (found.party != UNKNOWN and not found.rows):
        rows = {kind: ids for kind, ids in shown.rows.items() if kind != "suppliers"}
        return Proposal(UNKNOWN, mark("记录里看不出是谁的责任，要人来看。"), rows)
    return found


def contest_until(said_at: datetime) -> datetime:
    """Until when the developer may contest it; that instant counts."""
    return said_at + CONTEST_WITHIN


def answer_until(contested_at: datetime) -> datetime:
    return contested_at + ANSWER_WITHIN


def _found(shown: Shown) -> Proposal | None:
    """What a person established goes before what the counts suggest."""
    said = _FAULTS.get(shown.fault)
    if said is None:
        return None
    if shown.fault == DEVELOPER and not shown.has_developer:
        return Proposal(UNKNOWN, _NO_DEVELOPER, shown.of("findings"))
    return Proposal(shown.fault, said, shown.of("findings"))


def _contradicted(shown: Shown) -> Proposal | None:
    if not shown.contradicted:
        return None
    why = mark("后到的计数和定下的对不上，先不归谁。")
    return Proposal(UNKNOWN, why, shown.of("counts", "deliveries"))


def _fake(shown: Shown) -> Proposal | None:
    if shown.clause != "fake.replace":
        return None
    return Proposal(
        SUPPLIER, mark("假号已核实，是供货商给的。"), shown.of("findings", "deliveries", "counts")
    )


def _fell(shown: Shown) -> Proposal | None:
    if shown.clause not in _FELL or not shown.rows.get("counts"):
        return None
    why = mark("送完以后数到的少了，少的是供货商给的。")
    return Proposal(SUPPLIER, why, shown.of("deliveries", "counts", "unshown"))


def _effect(shown: Shown) -> Proposal | None:
    if shown.clause not in ("effect.shortfall", "effect.exhausted"):
        return None
    why = mark("数到的互动不够，是供货商给的赞带不来。")
    return Proposal(SUPPLIER, why, shown.of("deliveries", "counts"))


def _outage(shown: Shown) -> Proposal | None:
    """Only where the time or the delivery is what was lost."""
    late = shown.clause == "delay.choice" or (shown.late and shown.reason == "refund")
    timed = shown.reason == "refund" and not shown.late
    if not (late or timed) or not shown.rows.get("outages"):
        return None
    return Proposal(PLATFORM, mark("商店报来过停服，停服是平台的。"), shown.of("outages", "deliveries"))


def _late(shown: Shown) -> Proposal | None:
    if shown.clause != "delay.choice" and not (shown.late and shown.reason == "refund"):
        return None
    why = (
        mark("过了送达时限没有送齐，送货的是供货商。")
        if shown.rows.get("deliveries")
        else mark("过了送达时限一件也没送到，送货的是供货商。")
    )
    return Proposal(SUPPLIER, why, shown.of("orders", "deliveries"))


def _defect(shown: Shown) -> Proposal | None:
    if shown.reason not in DEFECTS or shown.proof != "verified":
        return None
    rows = shown.of("findings", "listed")
    if not shown.has_developer:
        return Proposal(UNKNOWN, _NO_DEVELOPER, rows)
    if shown.reason == "not_as_described":
        return Proposal(DEVELOPER, mark("和付款时的商品说明不符，已核实。"), rows)
    return Proposal(DEVELOPER, mark("货的毛病已核实，货是开发者做的。"), rows)


_NO_DEVELOPER = mark("问题在货上，这件商品没有登记开发者。")
_FAULTS = {
    PLATFORM: mark("专人查明问题出在平台。"),
    DEVELOPER: mark("专人查明问题出在开发者。"),
    SUPPLIER: mark("专人查明问题出在供货商。"),
    BUYER: mark("专人查明是买家用错了。"),
}
_CAUSES: tuple[Callable[[Shown], Proposal | None], ...] = (
    _found, _contradicted, _fake, _fell, _effect, _outage, _late, _defect,
)  # fmt: skip
