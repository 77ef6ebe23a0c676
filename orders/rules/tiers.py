"""Price tiers: from a unit price on, a product is sold under another after-sales policy. Fen, compared exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from common.phrases import mark, phrase

MOST = 10


class Tier(NamedTuple):
    """From this unit price on (inclusive: 以上), this policy, by its code."""

    from_fen: int
    policy: str


class Band(NamedTuple):
    """The unit prices that one policy is for: from the one, up to below the other; None where there is no end."""

    from_fen: int
    below_fen: int | None
    policy: str

    def holds(self, fen: int) -> bool:
        return self.from_fen <= fen and (self.below_fen is None or fen < self.below_fen)

    def example_fen(self, fen: int) -> int:
        """A unit price to show sums at: this one where it belongs here, else the nearest one that does."""
        if fen < self.from_fen:
            return self.from_fen
        return fen if self.holds(fen) or self.below_fen is None else self.below_fen - 1


class TierFault(NamedTuple):
    """Why these are no tiers, and which of them it is."""

    at: int
    code: str
    detail: str


def tiers_of(rows: Iterable[Mapping[str, Any]] | None) -> tuple[Tier, ...]:
    """As they are stored; nothing stored is none."""
    return tuple(Tier(row["from_fen"], row["policy"]) for row in rows or ())


def policy_code_at(*, base: str, tiers: Sequence[Tier], total_fen: int, quantity: int) -> str:
    """The policy of the last tier that a unit of this line reaches; nothing is divided, so nothing is rounded."""
    reached = [tier.policy for tier in tiers if total_fen >= tier.from_fen * quantity]
    return reached[-1] if reached else base


def bands(*, base: str, tiers: Sequence[Tier]) -> tuple[Band, ...]:
    """All unit prices, the lowest first: what a reader is shown."""
    starts = [Tier(0, base), *tiers]
    ends = [tier.from_fen for tier in tiers]
    return tuple(
        Band(tier.from_fen, end, tier.policy) for tier, end in zip(starts, [*ends, None], strict=True)
    )


def joined(found: Sequence[Band]) -> tuple[Band, ...]:
    """The same with neighbours of one policy as one band."""
    whole: list[Band] = []
    for band in found:
        if whole and whole[-1].policy == band.policy:
            whole[-1] = whole[-1]._replace(below_fen=band.below_fen)
        else:
            whole.append(band)
    return tuple(whole)


def faults(tiers: Sequence[Tier]) -> Iterator[TierFault]:
    """Limits of at least a fen that rise from tier to tier, and not more of them than a reader can follow."""
    if len(tiers) > MOST:
        yield TierFault(MOST, "too_many", phrase("最多分 {n} 档。", n=MOST))
    for index, tier in enumerate(tiers):
        if tier.from_fen < 1:
            yield TierFault(index, "below_one", mark("单价门槛至少 1 分；从 0 元起的规则请写在 policy 里。"))
    for index, (before, after) in enumerate(pairwise(tiers), start=1):
        if after.from_fen <= before.from_fen:
            detail = phrase("单价门槛要从低到高，不能重复：{fen} 分不比前一档高。", fen=after.from_fen)
            yield TierFault(index, "not_rising", detail)
