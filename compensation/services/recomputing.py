"""Every stored decision, made again from its facts and its policy: what comes out otherwise is told."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import QuerySet

from compensation.models import DecisionRecord
from compensation.rules.decide import decide
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy, PolicyUnsound


def decisions() -> QuerySet[DecisionRecord]:
    """All stored decisions, as they were made."""
    return DecisionRecord.objects.select_related("policy", "order").order_by("id")


def recomputed_differently(
    *, seen: Callable[[int], Any] = lambda count: None
) -> Iterator[tuple[int, str, list[str]]]:
    """(record, order number, what differs) of each stored decision that its facts and policy don't give again.

    `seen(1)` is called for each record, so that a caller can show how far it is.
    """
    for record in decisions().iterator(chunk_size=500):
        if found := _differences(record):
            yield record.pk, record.order.order_no, found
        seen(1)


def _differences(record: DecisionRecord) -> list[str]:
    row, order = record.policy, record.order
    try:
        policy = Policy.from_data(row.data)
        again = decide(Facts(**record.facts), policy)
        body = again.as_data()
    except PolicyUnsound:
        return ["policy"]
    except (ArithmeticError, LookupError, TypeError, ValueError):  # facts that no claim can have had
        return ["facts"]
    compared = {
        "policy": ([policy.hash, True], [row.hash, row.hash == order.policy_hash or row.retroactive]),
        "reason": (record.facts["reason"], record.reason),
        "clause": (again.clause, record.clause),
        "outcome": (again.outcome, record.outcome),
        "requires_review": (again.requires_review, record.requires_review),
        "review_reasons": (body["review_reasons"], record.review_reasons),
        "body": (body, record.body),
    }
    return [name for name, (computed, stored) in compared.items() if _json(computed) != _json(stored)]


def _json(value: Any) -> str:
    """As text: in Python 1 equals true and 1.0, in JSON it doesn't."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
