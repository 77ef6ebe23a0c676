"""A recorded decision made again from its recorded facts: checkable by anyone who has the policy's data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from common.phrases import phrase
from compensation.rules.decide import decide
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy, PolicyUnsound

# A person's look may have been asked for by what only ops may know; what is owed never depends on that.
COMPARED = ("clause", "outcome", "remedies", "measures")


def differences(said: dict[str, Any], *, policies: Any) -> Iterator[str]:
    """What of the recorded decision its facts and policy don't give again; `policies` are [{hash, data}]."""
    wanted = said["policy"].get("hash") if isinstance(said.get("policy"), dict) else None
    policy = _policy(wanted, policies)
    if policy is None:
        yield phrase("凭据包里没有它的规则，或规则的指纹不对")
        return
    try:
        again = decide(Facts(**said["facts"]), policy).as_data()
    except (ArithmeticError, LookupError, TypeError, ValueError):
        yield phrase("事实读不懂")
        return
    for name in COMPARED:
        if again[name] != said.get(name):
            yield phrase("{name} 重算不同", name=name)


def _policy(wanted: Any, policies: Any) -> Policy | None:
    for row in policies if isinstance(policies, list) else []:
        if isinstance(row, dict) and row.get("hash") == wanted and isinstance(row.get("data"), dict):
            try:
                policy = Policy.from_data(row["data"])
            except (PolicyUnsound, TypeError, ValueError, LookupError):
                return None
            return policy if policy.hash == wanted else None
    return None
