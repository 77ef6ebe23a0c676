"""What a backtest found: exact integers, and for each figure some of the decisions behind it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

MOST = 10  # of those who gain or lose most; a list of all of them is no summary
BEHIND = 20  # decisions kept behind a figure: those that differ most, and of a person the oldest


@dataclass(frozen=True, slots=True)
class Sample:
    """One decision behind a figure."""

    ref: int
    order_no: str


@dataclass(frozen=True, slots=True)
class Amounts:
    """What so many decisions give, as they were made and by the policy that is tried."""

    decisions: int = 0
    cash_before: int = 0
    cash_after: int = 0
    units_before: int = 0
    units_after: int = 0


@dataclass(frozen=True, slots=True)
class Named:
    """The decisions of one account, or of one reason."""

    name: str
    amounts: Amounts
    behind: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """Decisions that one clause made and that another would, or the same one with other amounts."""

    before: str
    after: str
    amounts: Amounts
    behind: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A buyer or a developer: the difference to them, the decision that weighs most in it, and the oldest by ref."""

    ref: int
    decisions: int
    cash: int
    units: int
    sample: Sample
    borne: int = 0  # of a developer: the part of `cash` that the developer's own account bears
    behind: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """All who are better off, or worse: how many, by how much in all, and the first few of them."""

    people: int
    cash: int
    units: int
    most: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Pile:
    """Decisions within 1 % of a limit: on it or short of it, and past it. `limit` is a ratio."""

    name: str
    limit: tuple[int, int]
    below: int
    above: int
    below_behind: tuple[Sample, ...]
    above_behind: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """So many decisions of one sort, such as claims that would go from the rules to a person."""

    decisions: int
    behind: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """`unmeasured` counts what could not be tried, by why; none of the other figures has them in it.

    `resting` counts decisions whose facts hold what earlier ones of the line gave; `unseen` names the numbers of the
    policy that decide which facts a claim has, so that no stored fact shows their change.
    `apart` has the decisions behind `unmeasured`, and those behind `resting` under that name.
    """

    total: Amounts
    verdicts: dict[str, int]
    accounts: tuple[Named, ...]
    reasons: tuple[Named, ...]
    moves: tuple[Moved, ...]
    buyers: dict[str, Side]
    developers: Side
    piles: tuple[Pile, ...]
    to_person: Shift
    from_person: Shift
    unmeasured: dict[str, int]
    resting: int
    unseen: tuple[str, ...]
    apart: dict[str, Shift]

    def as_data(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)
