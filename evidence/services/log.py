"""Writing down what happened, in the transaction in which it happens."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from common.inserting import insert
from evidence.models import Entry
from evidence.rules.entries import Fact, body_of, digest_of, mark_of

OPENED, ERASED = "opened", "erased"


def record(
    *, kind: str, order_no: str, data: Mapping[str, Any], now: datetime, internal: bool = False,
    row_id: int | None = None,
) -> None:  # fmt: skip
    """One entry; the caller's transaction is the fact's own, so that both are kept or neither."""
    record_many(facts=[Fact(kind, order_no, data, internal, row_id)], now=now)


def record_many(*, facts: Sequence[Fact], now: datetime) -> None:
    assert connection.in_atomic_block, "an entry belongs into the transaction of its fact"
    if facts:
        insert(*[_entry(fact, now) for fact in facts])


@transaction.atomic
def open_log(*, known: Mapping[str, int], now: datetime) -> None:
    """The first entry says from when on the log vouches: `known` are the last ids of the tables it records."""
    if not Entry.objects.exists():
        record(kind=OPENED, order_no="", data=known, now=now)


@transaction.atomic
def erase(*, order_no: str, now: datetime) -> int:
    """Forget what the entries of an order say; digests, leaves and proofs stay. How many were erased."""
    known = Entry.objects.filter(order_no=order_no, erased_at=None).exclude(order_no="").exclude(kind=ERASED)
    rows = list(known.order_by("id"))
    if not rows:
        return 0
    # By its digest each is known for erased and not for gone; by its mark a row can still be held against it.
    marks = [[row.kind, row.row_id, mark_of(json.loads(row.body)["data"])] for row in rows if row.row_id]
    record(
        kind=ERASED, order_no=order_no, data={"digests": [row.digest for row in rows], "rows": marks}, now=now
    )
    return Entry.objects.filter(pk__in=[row.pk for row in rows]).update(body="", salt="", erased_at=now)


def _entry(fact: Fact, now: datetime) -> Entry:
    salt, body = secrets.token_hex(16), body_of(fact, at=now)
    return Entry(
        kind=fact.kind, order_no=fact.order_no, body=body, salt=salt, internal=fact.internal,
        digest=digest_of(salt=salt, body=body), recorded_at=now, row_id=fact.row_id,
    )  # fmt: skip
