"""Reads of policies, facts and remedies; `quote` is what filing now would give."""

from compensation.queries.lines import (
    ACCOUNTS_SHOWN,
    delivered_units,
    line_of,
    metered_lines,
    paid_months,
    remedies,
    remedies_of,
    top_ups,
    unit_records,
)
from compensation.queries.policies import (
    binding_version,
    explanation_of,
    in_use,
    newest_policy,
    policies_in_force,
    policies_of,
    policy_version,
    versions_of,
    vocabulary,
)
from compensation.queries.quoting import BY_FINDING, Quote, quote, quotes, refunded

__all__ = [
    "ACCOUNTS_SHOWN", "BY_FINDING", "Quote", "binding_version", "delivered_units", "explanation_of", "in_use",
    "line_of", "metered_lines", "newest_policy", "paid_months", "policies_in_force", "policies_of", "policy_version",
    "quote", "quotes", "refunded", "remedies", "remedies_of", "top_ups", "unit_records", "versions_of", "vocabulary",
]  # fmt: skip
