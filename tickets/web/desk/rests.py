"""The rows behind a decision as ops open them: on the order's page of records, or as another order's row."""

from typing import Any

from django.urls import reverse

from tickets.web.resting import resting_of


def rests_of(*, record: Any, order_no: str) -> tuple[tuple[str, str], ...]:
    """(words with the row's number, the page on which it opens)"""
    return tuple((row.text, _address(row, order_no)) for row in resting_of(record.sources))


def _address(row: Any, order_no: str) -> str:
    if row.page:
        query, anchor = row.query and f"?{row.query}", row.anchor and f"#{row.anchor}"
        return f"{reverse(row.page, args=[order_no])}{query}{anchor}"
    number = row.anchor.rpartition("-")[2]
    return reverse("admin:orders_observation_change", args=[number])
