"""The books as figures."""

from collections import defaultdict
from typing import Any

from django.db.models import QuerySet, Sum

from integrations.rules.bodies import PROVIDER_OF
from ledger.models import Account, Break, Transfer

PROVIDERS = tuple(sorted(set(PROVIDER_OF.values())))


def trial_balance() -> dict[str, list[dict[str, Any]]]:
    """{accounts: [{account, unit, debit, credit}], totals: [{unit, debit, credit}]}; a unit's two sides are equal."""
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for side, column in enumerate(("debit_id", "credit_id")):
        for account_id, amount in Transfer.objects.values_list(column).annotate(Sum("amount")).order_by():
            sums[account_id][side] = amount
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    accounts = []
    for account in Account.objects.order_by("unit", "code"):
        debit, credit = sums[account.pk]
        totals[account.unit][0] += debit
        totals[account.unit][1] += credit
        accounts.append({"account": account.code, "unit": account.unit, "debit": debit, "credit": credit})
    return {
        "accounts": accounts,
        "totals": [{"unit": unit, "debit": d, "credit": c} for unit, (d, c) in sorted(totals.items())],
    }


def open_breaks(*, naming: str) -> QuerySet[Break]:
    """What doesn't add up of that key, however it was told: by the key alone, or behind its provider's name."""
    names = [naming, *(f"{provider}:{naming}" for provider in PROVIDERS)]
    return Break.objects.filter(reference__in=names, closed_at=None).order_by("id")
