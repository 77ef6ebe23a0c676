"""A recall that is killed anywhere and goes on ends as one that is not; so do workers that carry it out together."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from accounts.models import InboxMessage
from common import clock
from compensation.models import LineBudget, Remedy
from developers.models import Recall
from developers.services.recalls import carrying, ruling, walking, working
from evidence.models import Entry
from tests import killing
from tests.developers.recall_case import asked, fresh, keys, lines, named, user
from tests.tickets.case import assert_balanced
from tickets.models import Ticket


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
        killing.struck(axe, lambda: working.run_due(now=clock.now()))
        working.run_due(now=clock.now())

    workers()
    ruling.approve(recall=fresh(recall), by=named("qiao"), now=clock.now())
    workers()
    return all_there_is(recall)


@pytest.mark.django_db
def test_killed_before_and_after_every_commit_it_ends_the_same(goods, monkeypatch):
    monkeypatch.setattr(working, "AT_ONCE", 0)
    for module in (walking, carrying):
        monkeypatch.setattr(module, "BATCH", 2)
    user("qiao")
    for n in (1, 2):
        keys(f"K-{n}", buyer_external_id=f"b-{n}")
    keys("K-3", paid_fen=0, list_fen=0)
    asked()
    whole = killing.Axe()
    expected = killing.undone(lambda: from_dry_run_to_end(whole))
    assert (expected["recall"][0], len(expected["remedies"]), expected["told"]) == ("done", 2, 2)
    assert whole.commits == 7  # two batches listed and two held against them, two lines given, the end
    for axe in killing.each(whole):
        assert killing.undone(lambda axe=axe: from_dry_run_to_end(axe)) == expected, axe


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
