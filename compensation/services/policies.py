"""Policies come in as data: loaded once, never changed."""

from datetime import datetime

from compensation.models import PolicyVersion
from compensation.rules.defaults import DEFAULT_POLICIES
from compensation.rules.policy import Policy


def load_defaults(*, now: datetime) -> int:
    """Write the default policies that are not there yet; how many were new."""
    known = set(PolicyVersion.objects.values_list("code", "version"))
    fresh = [
        PolicyVersion(
            code=policy.code, version=policy.version, kind=policy.kind, title=policy.title,
            data=policy.as_data(), hash=policy.hash, published_at=now,
        )
        for policy in map(Policy.from_data, DEFAULT_POLICIES)
        if (policy.code, policy.version) not in known
    ]  # fmt: skip
    PolicyVersion.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)
