"""The rows behind a proposal: which lines of it, or which top-ups ordered from it, were counted against it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from common.clock import SHANGHAI
from compensation.services import troubles
from integrations import queries as integrations
from watch.models import LineHealth, Proposal
from watch.rules import health

MOST = 50


class Behind(NamedTuple):
    """An order that was counted against it."""

    order_id: int
    order_no: str


def rows(*, proposal: Proposal) -> list[Behind]:
    """The newest first, at most fifty; the number of queries is fixed."""
    kind, _, name = proposal.subject.partition(":")
    if kind == health.PRODUCT:
        return _lines(proposal, order__product__sku=name)
    return (
        _lines(proposal, supplier=name)
        if proposal.figure in health.OF_SUPPLIERS
        else _supplied(proposal, name)
    )


def _lines(proposal: Proposal, **whose: str) -> list[Behind]:
    bad = LineHealth.objects.filter(bad=True, day__gte=proposal.since, day__lte=proposal.until, **whose)
    counted = bad.select_related("order").only("added", "order__order_no").order_by("-day", "-pk")
    against = (row for row in counted[: MOST * 10] if row.added.get(proposal.figure, [0])[0])
    return [Behind(row.order_id, row.order.order_no) for row, _ in zip(against, range(MOST), strict=False)]


def _supplied(proposal: Proposal, provider: str) -> list[Behind]:
    ended = troubles.ended_between(
        since=_midnight(proposal.since), until=_midnight(proposal.until + timedelta(days=1)), most=MOST * 10
    )
    sent = integrations.sent(keys=[one.key for one in ended])
    theirs = [one for one in ended if one.key in sent and sent[one.key][0] == provider]
    against = [one for one in theirs if _counts(one, sent[one.key][1], proposal.figure)]
    return [Behind(one.order_id, one.order_no) for one in against[:MOST]]


def _counts(one: troubles.Ended, sent_at: datetime, figure: str) -> bool:
    return health.against(figure, asked=one.asked, came=one.came, took=one.ended_at - sent_at)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
