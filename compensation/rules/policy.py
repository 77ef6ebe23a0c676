"""A policy: the numbers and the ordered clauses that decide() runs on, fixed for good once it is made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cached_property
from typing import Any, NamedTuple

from compensation.rules.facts import KINDS
from compensation.rules.figures import Ratio

OPTIONAL_NUMBERS = frozenset({"trial_used_seconds", "pro_rata_seconds"})


class PolicyUnsound(ValueError):
    """The data is no policy: the sentence says which entry and why."""


class PolicyRef(NamedTuple):
    """What a decision keeps of its policy."""

    code: str
    version: int
    hash: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Policy:
    """`clauses` says which clauses apply; a number that none of them reads may stay at its default."""

    code: str
    version: int
    kind: str
    title: str
    clauses: tuple[str, ...]
    # Review (rules §8, in all policies).
    auto_limit_fen: int
    dual_control_fen: int
    risk_review: int
    fast_lane_credit: int
    fast_lane_quota_fen: int
    # Drops of metered goods (§2, §3).
    tier_a_rate: Ratio = (0, 1)
    tier_b_rate: Ratio = (0, 1)
    factor_a: Ratio = (1, 1)
    factor_b: Ratio = (1, 1)
    factor_b_long_term: Ratio = (1, 1)
    warn_rate: Ratio = (0, 1)
    urgent_rate: Ratio = (0, 1)
    window_seconds: int = 0
    filing_seconds: int = 0
    warranty_days: int = 0
    # Loyalty (§5): consecutive months that make a long-term buyer.
    long_term_months: int = 3
    fake_limit: Ratio = (0, 1)
    # Effect guarantee (§4).
    effect_rate: Ratio = (0, 1)
    effect_after_seconds: int = 0
    effect_rounds: int = 0
    # Refunds (§4): a trial is bound by a share of the units, or by seconds of use on time-based goods.
    trial_seconds: int = 0
    trial_units: Ratio = (0, 1)
    trial_used_seconds: int | None = None
    cooling_off_seconds: int = 0
    pro_rata_seconds: int | None = None  # None: as long as anything is unused

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Policy:
        """The policy that `data` describes; PolicyUnsound for an entry missing, unknown or malformed."""
        known = {field.name: field for field in fields(cls)}
        for name in data:
            if name not in known:
                raise PolicyUnsound(f"unknown entry {name!r}")
        for name, field in known.items():
            if field.default is MISSING and name not in data:
                raise PolicyUnsound(f"missing entry {name!r}")
        values = {name: _entry(name, str(known[name].type), value) for name, value in data.items()}
        if values["kind"] not in KINDS:
            raise PolicyUnsound(f"unknown kind {values['kind']!r}")
        return cls(**values)

    def as_data(self) -> dict[str, Any]:
        """Plain JSON values. Defaults are left out, so that a parameter added later changes no old hash."""
        return {
            field.name: list(value) if isinstance(value, tuple) else value
            for field in fields(self)
            if (value := getattr(self, field.name)) != field.default
        }

    @cached_property
    def hash(self) -> str:
        """sha256 over the canonical JSON: sorted keys, no spaces, characters as they are."""
        text = json.dumps(self.as_data(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def ref(self) -> PolicyRef:
        return PolicyRef(self.code, self.version, self.hash)

    @cached_property
    def memo(self) -> dict[Any, Any]:
        """What is worked out of the policy alone, kept with it: quicker to find than by its hash."""
        return {}

    def factor_of(self, tier: str, *, long_term: bool) -> Ratio:
        """What tier A or B gives for each unit lost."""
        if tier == "A":
            return self.factor_a
        return self.factor_b_long_term if long_term else self.factor_b

    def __eq__(self, other: object) -> bool:
        return self.hash == other.hash if isinstance(other, Policy) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.hash)


def _entry(name: str, kind: str, value: Any) -> Any:
    if kind == "str":
        if isinstance(value, str) and value:
            return value
    elif kind == "tuple[str, ...]":
        if isinstance(value, list | tuple) and value and all(isinstance(item, str) for item in value):
            return tuple(value)
    elif kind == "Ratio":
        if isinstance(value, list | tuple) and len(value) == 2 and all(map(_whole, value)) and value[1] > 0:
            return (value[0], value[1])
    elif _whole(value) or (value is None and name in OPTIONAL_NUMBERS):
        return value
    raise PolicyUnsound(f"{name!r} can't be {value!r}")


def _whole(value: Any) -> bool:
    return type(value) is int and value >= 0
