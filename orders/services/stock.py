"""Card keys come in as stock, by the thousand: each row judged by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, OperationalError, transaction

from common.transitions import deadlocked
from evidence.services import log
from orders.models import CardKey
from orders.rules import card_keys as rules
from orders.rules.card_keys import STOCK
from orders.services import vault
from orders.services.batches import Report, cleaned
from orders.services.card_keys import TRIES, known_keys, new_key

if TYPE_CHECKING:
    from orders.models import Product


def take_stock(*, product: Product, raw_rows: Sequence[Any], now: datetime) -> Report:
    """Store keys of the product; what is in its stock is a duplicate, what a buyer was given comes in no more."""
    for _ in range(TRIES - 1):
        try:
            return _take(product, raw_rows, now)
        except IntegrityError:  # somebody stored one of them meanwhile: now it is known
            continue
        except OperationalError as error:
            if not deadlocked(error):
                raise
    return _take(product, raw_rows, now)


@transaction.atomic
def _take(product: Product, raw_rows: Sequence[Any], now: datetime) -> Report:
    report = Report()
    rows = [
        (index, secret, vault.digest(secret=secret))
        for index, secret in cleaned(raw_rows, rules.stock_row, report, now)
    ]
    known: dict[str, tuple[str, str]] = {
        digest: _why_not(keys, product)
        for digest, keys in known_keys(digests=[row[2] for row in rows]).items()
    }
    fresh: list[CardKey] = []
    for index, secret, digest in rows:
        refusal = known.get(digest)
        if refusal is not None:
            code, detail = refusal
            if code == "duplicate":
                report.duplicates += 1
            else:
                report.reject(index, code, detail)
            continue
        known[digest] = ("duplicate", "")
        fresh.append(new_key(product_id=product.pk, secret=secret, digest=digest, now=now))
    CardKey.objects.bulk_create(fresh, batch_size=500)
    report.accepted = len(fresh)
    if fresh:
        data = {"sku": product.sku, "added": len(fresh)}
        log.record(kind="stock_added", order_no="", data=data, now=now, internal=True)
    return report


def _why_not(keys: Sequence[CardKey], product: Product) -> tuple[str, str]:
    """(code, detail) of why a secret that is known does not come in."""
    if any(key.state != STOCK for key in keys):
        return "already_delivered", rules.SPENT
    if all(key.product_id == product.pk for key in keys):
        return "duplicate", ""
    return "in_other_stock", rules.ELSEWHERE
