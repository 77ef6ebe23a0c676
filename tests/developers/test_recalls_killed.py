"""A recall that is killed anywhere and goes on ends as one that is not; so do workers that carry it out together."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from accounts.models import InboxMessage
from common import clock
from compensation.models import LineBudget, Remedy
from developers.models import Recall
from developers.services.recalls import ruling, working
from evidence.models import Entry
from tests.developers.recall_case import asked, fresh, keys, lines, named, user
from tests.tickets.case import assert_balanced
from tickets.models import Ticket

WRITES = ("INSERT", "UPDATE", "DELETE")
EVERY = 4  # with each run another step in between is the last one


class Killed(BaseException):
    """No service catches it, as none survives kill −9."""


class Axe:
    """Falls before the n-th write; counts them where n is 0."""

    def __init__(self, n=0):
        self.n, self.writes = n, 0

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith(WRITES):
            self.writes += 1
            if self.writes == self.n:
                raise Killed
        return execute(sql, params, many, context)


def all_there_is(recall):
    recall = fresh(recall)
    return {
        "recall": (recall.state, recall.figures, recall.progress, recall.walked),
        "lines": lines(recall),
        "remedies": sorted(Remedy.objects.values_list("order__order_no", "ordinal", "amount_fen", "state")),
        "budgets": sorted(LineBudget.objects.values_list("order__order_no", "reserved_fen", "refunded_units")),
        "tickets": sorted(Ticket.objects.values_list("order__order_no", "state", "channel", "responsibility")),
        "told": InboxMessage.objects.count(),
        "record": sorted(Entry.objects.filter(kind__startswith="recall").values_list("kind", "order_no")),
    }  # fmt: skip


def from_dry_run_to_end(axe):
    """Where it falls everything that hangs in the air is gone; then somebody starts the program again."""
    recall = Recall.objects.get()

    def workers():
        try:
            with connection.execute_wrapper(axe):
                working.run_due(now=clock.now())
        except Killed:
            working.run_due(now=clock.now())

    workers()
    ruling.approve(recall=fresh(recall), by=named("qiao"), now=clock.now())
    workers()
    return all_there_is(recall)


@pytest.mark.django_db
def test_killed_before_any_write_it_ends_the_same(goods, monkeypatch):
    monkeypatch.setattr(working, "AT_ONCE", 0)
    user("qiao")
    for n in (1, 2):
        keys(f"K-{n}", buyer_external_id=f"b-{n}")
    keys("K-3", paid_fen=0, list_fen=0)
    asked()

    def undone(axe):
        with transaction.atomic():
            found = from_dry_run_to_end(axe)
            transaction.set_rollback(True)
        return found

    whole = Axe()
    expected = undone(whole)
    assert (expected["recall"][0], len(expected["remedies"]), expected["told"]) == ("done", 2, 2)
    assert whole.writes > 50
    for n in range(1, whole.writes + 1, EVERY):
        assert undone(Axe(n)) == expected, f"killed before write {n}"


@pytest.mark.django_db(transaction=True)
def test_workers_together_give_each_line_once(goods):
    user("qiao")
    for n in range(1, 7):
        keys(f"K-{n}", buyer_external_id=f"b-{n}")
    recall = ruling.approve(recall=asked(), by=named("qiao"), now=clock.now())

    def worker(_):
        try:
            working.run_due(now=clock.now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(worker, range(3)))
    assert {state for state, *_ in lines(recall).values()} == {"given"}
    found = all_there_is(recall)
    assert (found["recall"][0], len(found["remedies"]), len(found["tickets"]), found["told"]) == (
        "done",
        6,
        6,
        6,
    )
    assert [kind for kind, _ in found["record"]].count("recall_line") == 6
    assert_balanced()
