"""Which request goes wrong, and how: chosen by the request alone, so that a run can be repeated."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from integrations.vendors.sandbox.plans import steering_of

WIRE_BEFORE = frozenset({"reset_before", "500"})  # nothing is done
WIRE_AFTER = frozenset({"timeout", "reset", "500_after", "truncated", "slow", "slow_late"})  # done, then this
FATES = frozenset({"partial", "rejected", "unknown_state"})  # answered well; what comes of it is the fault
KINDS = tuple(sorted(WIRE_BEFORE | WIRE_AFTER | FATES))
STEERING = "fault-"


@dataclass(frozen=True, kw_only=True)
class Faults:
    """The switch for a whole run: a share of all requests, never more than so many for one key."""

    share: float = 0.0
    kinds: tuple[str, ...] = KINDS
    seed: str = ""
    per_key: int = 2
    mute: float = 0.0  # share of keys of which no call-back ever speaks

    def __post_init__(self) -> None:
        unknown = sorted(set(self.kinds) - set(KINDS))
        if unknown or not self.kinds:
            raise ValueError(f"unknown fault kinds: {', '.join(unknown) or 'none given'}")
        if not (0 <= self.share <= 1 and 0 <= self.mute <= 1) or self.per_key < 0:
            raise ValueError("a share goes from 0 to 1, and per_key is no negative number")

    def choose(self, *, method: str, key: str, number: int, given: int) -> str:
        """The fault of the `number`-th request by that method for the key, which has been `given` so many."""
        kinds = [kind for kind in self.kinds if suits(kind, method=method, number=number)]
        if not key or not kinds or given >= self.per_key:
            return ""
        if self._drawn(key, method, number, "whether") >= self.share * 2**64:
            return ""
        return kinds[self._drawn(key, method, number, "which") % len(kinds)]

    def silences(self, *, key: str) -> bool:
        """Whether nothing is ever announced of the key: then it has to be asked about."""
        return self._drawn(key, "call-back") < self.mute * 2**64

    def _drawn(self, *what: object) -> int:
        text = ":".join(map(str, (self.seed, *what)))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


NO_FAULTS = Faults()


def suits(kind: str, *, method: str, number: int) -> bool:
    """A fate is decided by the first order only; a question that changes nothing has no before and after."""
    if kind in FATES:
        return method == "POST" and number == 1
    return method != "GET" or kind not in ("reset_before", "500_after")


def steered(*, channel: str, body: Mapping[str, object], method: str) -> str:
    """The fault that a word of the body asks for the key's first request by the method: fault-KIND, fault-get-KIND."""
    word = STEERING if method == "POST" else f"{STEERING}{method.lower()}-"
    text = steering_of(channel=channel, body=body)
    # The longest first: "500" is the beginning of "500_after".
    found = (kind for kind in sorted(KINDS, key=len, reverse=True) if word + kind in text)
    return next((kind for kind in found if suits(kind, method=method, number=1)), "")
