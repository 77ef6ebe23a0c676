"""From what is known of a line to the facts its claim is decided on: windows, pending, restored, granted. §1, §2."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from compensation.rules.decide import decide
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy


@dataclass(frozen=True, slots=True)
class Look:
    """A measurement: present units, None where the counter can't be trusted.

    Read in a pool, it says what the line has of it: `pending` as its part has it, `lines` all that were counted as one.
    """

    at: datetime
    present: int | None
    pending: int | None = None  # None: as the line's own grants say
    lines: tuple[int, ...] = ()
    under: int | None = field(default=None, compare=False)  # the other line whose number it was counted under


@dataclass(frozen=True, slots=True)
class Grant:
    """A top-up given on this line. `came`: (units, when) as the supplier reported them."""

    cover: str  # window | slow | other
    quantity: int
    loss_share: int
    ended: bool
    came: tuple[tuple[int, datetime], ...]
    given_at: datetime | None = None
    row: int = field(default=0, compare=False)  # the remedy's number, 0 where none is stored yet

    @property
    def delivered(self) -> int:
        return sum(units for units, _ in self.came)

    def counts_as(self) -> tuple[int, int]:
        """(restored, granted): in full while unfinished, afterwards what really came."""
        if not self.ended:
            return self.loss_share, self.quantity
        return min(self.loss_share, self.delivered), self.delivered

    @property
    def to_come(self) -> int:
        """Units that no count can show, whenever it is taken: they are not there yet."""
        # A supplier that sends more than was asked for leaves nothing to come, not less than nothing.
        return 0 if self.ended else max(0, self.quantity - self.delivered)

    def pending_at(self, seen_at: datetime) -> int:
        """Units that a count taken at `seen_at` can't show yet."""
        return sum(units for units, at in self.came if at >= seen_at) + self.to_come


@dataclass(frozen=True, slots=True)
class Line:
    """The rollup of a line with its grants. `delivered` None: can't be measured."""

    completed_at: datetime
    window_ends_at: datetime
    warranty_ends_at: datetime
    delivered: int | None
    window: Look | None
    newest: Look | None
    grants: tuple[Grant, ...]

    def inside_look(self) -> Look | None:
        """The window's newest count, raised to the newest of all where that is higher: a recovery counts."""
        if self.window is None or self.window.present is None:
            return self.window
        if self.newest and self.newest.present is not None and self.newest.present > self.window.present:
            return self.newest
        return self.window

    def pending_at(self, look: Look) -> int:
        """Granted units that this measurement can't show yet."""
        if look.pending is not None:
            return look.pending
        return sum(grant.pending_at(look.at) for grant in self.grants)

    def is_delivering(self, now: datetime) -> bool:
        return now < self.completed_at

    def files_inside(self, now: datetime, policy: Policy) -> bool:
        """Whether a claim made now is still in time for the drop window."""
        return now <= self.completed_at + timedelta(seconds=policy.filing_seconds)


def counted(base: Facts, line: Line, look: Look | None, window: str) -> Facts:
    """The drop facts as one measurement shows them."""
    restored = granted = slow = 0
    for grant in line.grants:
        r, g = grant.counts_as()
        if grant.cover == "window":
            restored, granted = restored + r, granted + g
        elif grant.cover == "slow":
            slow += g
    delivered = line.delivered or 0
    trusted = look is not None and look.present is not None and line.delivered is not None
    return replace(
        base,
        delivered=delivered,
        # Nothing delivered, nothing to lose: what came after the deadline is no part of the base.
        present=(look.present or 0) if trusted and delivered and look else 0,
        pending=line.pending_at(look) if look else 0,
        restored=restored,
        granted=granted,
        slow_granted=slow,
        measurable=trusted,
        window=window,
    )


def drop_facts(base: Facts, line: Line, *, policy: Policy, now: datetime) -> tuple[Facts, Look | None]:
    """(facts, the measurement they rest on) of a drop claimed now.

    While the claim is in time for the window, the window's count decides; once the window has closed and its count
    owes nothing, what is missing by the newest count is a slow drop.
    """
    if line.is_delivering(now):
        known = line.newest.present if line.newest else 0
        return replace(
            base, delivered=min(base.ordered, known or 0), present=known or 0, delivering=True
        ), line.newest
    slow = counted(base, line, line.newest, "warranty"), line.newest
    if line.files_inside(now, policy):
        look = line.inside_look()
        inside = counted(base, line, look, "inside"), look
        after_window = now > line.window_ends_at and now <= line.warranty_ends_at
        if not after_window or not inside[0].measurable or decide(inside[0], policy).remedies:
            return inside
        return slow if decide(slow[0], policy).remedies else inside
    if now <= line.warranty_ends_at:
        return slow
    return replace(slow[0], window="outside"), slow[1]


def unshown(facts: Facts) -> Facts:
    """The same facts, with a top-up behind them that the supplier calls done and no count ever showed."""
    return replace(facts, unshown=True)


def refund_facts(base: Facts, line: Line, *, now: datetime) -> tuple[Facts, Look | None]:
    """Facts of a metered line for a refund and the reasons that need no drop measured."""
    delivering = line.is_delivering(now)
    seen = line.newest.present if line.newest else 0
    delivered = line.delivered if not delivering else min(base.ordered, seen or 0)
    measurable = seen is not None if delivering else line.delivered is not None
    facts = replace(base, delivered=delivered or 0, measurable=measurable, delivering=delivering)
    return facts, line.newest


def covers(clause: str) -> str:
    """Which sum a top-up of this clause counts in later."""
    return {"drop.tier_a": "window", "drop.tier_b": "window", "drop.slow": "slow"}.get(clause, "other")


def loss_share(facts: Facts, clause: str) -> int:
    """r of a window top-up: L − R at its decision; nothing for the others."""
    if covers(clause) != "window":
        return 0
    return max(0, facts.delivered - facts.present - facts.pending)
