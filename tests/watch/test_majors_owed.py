"""Claims filed before an incident was seen: which are graded, in what order, and what breaks while they are."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext

from common import clock
from tests.tickets.case import claim, fallen
from tests.watch.test_let_go import rule
from tests.watch.test_majors import MINUTE, severities
from tests.watch.test_supplier_incidents import fell, goods, over
from tests.watch.test_warnings import later, links, look
from tickets.models import Ticket
from tickets.services import grading, history
from watch.models import Incident, Stumble
from watch.services import majors, mass, saying

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two(monkeypatch):
    """The limit in these tests."""
    monkeypatch.setattr(mass, "MOST", 2)


def filed_first(*prefixes):
    """A claim of the first of four lines of each of these goods, before it is seen that they fell together."""
    for prefix in prefixes:
        goods(prefix)
        for n in range(4):
            fallen(f"{prefix}-{n}", sku=prefix, target=f"https://v.example/{prefix}{n}")
        claim(f"{prefix}-0")


def breaks_for(monkeypatch, *order_nos, error=RuntimeError):
    """Our own code breaks on these lines' claims; how many claims each try was of."""
    tried, log_all = [], history.log_all

    def broken(*, rows, now):
        tried.append(len(rows))
        if any(row.ticket.order.order_no in order_nos for row in rows):
            raise error
        return log_all(rows=rows, now=now)

    monkeypatch.setattr(history, "log_all", broken)
    return tried


def stumbles():
    return list(Stumble.objects.order_by("order__order_no").values_list("order__order_no", "work", "tries"))


# ---- which


@pytest.mark.parametrize(("minutes", "severity"), [(59, "major"), (61, "normal")])
def test_what_is_filed_when_it_is_over_is_not_graded_however_late_it_is_looked_at(
    shop, by_day, minutes, severity
):
    fell(*((f"A-{n}", "g") for n in range(3)))
    rule("dismissed")
    later(by_day, minutes=minutes)
    assert claim("A-0").severity == severity
    look(), look()
    assert (severities(), Incident.objects.get().grade_until) == ({"A-0": severity}, None)


def test_of_what_is_filed_later_than_the_incident_nothing_is_looked_at(shop, by_day):
    fell(*((f"A-{n}", "g") for n in range(3)))
    incident = Incident.objects.get()
    for no, seconds in (("A-0", 60), ("A-1", 61)):
        ticket = claim(no)
        at = incident.opened_at + timedelta(seconds=seconds)
        Ticket.objects.filter(pk=ticket.pk).update(severity="normal", opened_at=at)
    majors.run_due(now=clock.now())
    assert severities() == {"A-0": "major", "A-1": "normal"}


@pytest.mark.parametrize(("state", "about", "hours", "graded"), [
    ("open", "drop", 30, True), ("open", "effect", 30, False), ("released", "drop", 1, True),
    ("dismissed", "drop", 2, False),
])  # fmt: skip
def test_what_went_on_before_claims_were_graded_is_owed_too(shop, by_day, state, about, hours, graded):
    module = __import__("watch.migrations.0011_grade_what_goes_on", fromlist=["owe"])
    fallen()
    ticket = claim()
    ended = None if state == "open" else clock.now()
    Incident.objects.create(
        product=ticket.order.product, about=about, state=state, opened_at=clock.now(), ended_at=ended
    )
    later(by_day, hours=hours)
    module.owe(MigrationExecutor(connection).loader.project_state().apps, None)
    look()
    later(by_day, minutes=61)
    look()
    assert (severities(), Incident.objects.get().grade_until) == (
        {"A-1": "major" if graded else "normal"},
        None,
    )


# ---- as many, and in which order


def test_claims_are_read_once_for_all_incidents_along_their_index(shop, monkeypatch):
    monkeypatch.setattr(majors, "BATCH", 2)
    filed_first("g", "h", "i")
    newest = Ticket.objects.order_by("-pk")[0]
    Ticket.objects.filter(pk=newest.pk).update(
        opened_at=clock.now() - MINUTE
    )  # read first, though its id is the last
    fell(*over("A", 3))
    seen, filed = [], grading.filed_and_open

    def read(**given):
        page = filed(**given)
        seen.append([one.pk for one in page])
        return page

    monkeypatch.setattr(grading, "filed_and_open", read)
    Ticket.objects.update(severity="normal")
    look()
    pks = sorted(Ticket.objects.values_list("pk", flat=True))
    assert (seen, Incident.objects.count()) == ([[pks[2], pks[0]], [pks[1]]], 4)


def test_the_page_of_claims_is_found_by_when_they_were_opened(shop):
    now = clock.now()
    with CaptureQueriesContext(connection) as asked:
        grading.filed_and_open(reason="drop", since=now - 60 * MINUTE, until=now, after=3, most=200)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            # Which way a small table is read hangs on what other tests left of its indexes.
            cursor.execute("SET LOCAL enable_sort = off")
        plan = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{plan} {asked[0]['sql']}")
        found = " ".join(str(row) for row in cursor.fetchall())
    assert ("ticket_by_opening" in found, "TEMP B-TREE" in found) == (True, False)


def test_what_there_is_no_time_for_is_graded_by_the_next_pass(shop, by_day, monkeypatch):
    monkeypatch.setattr(majors, "BATCH", 1)
    filed_first("g", "h")
    spent = iter([timedelta(), timedelta(seconds=9)])
    clock_of = SimpleNamespace(running_from=lambda now: lambda: now + next(spent, timedelta()))
    monkeypatch.setattr(majors, "moments", clock_of)
    look()
    assert severities() == {"g-0": "major", "h-0": "normal"}
    later(by_day, minutes=2)
    look(), look()
    assert (severities(), set(Incident.objects.values_list("grade_until", flat=True))) == (
        {"g-0": "major", "h-0": "major"}, {None},
    )  # fmt: skip


def test_what_is_due_is_said_before_claims_are_graded(shop, monkeypatch):
    filed_first("g")
    monkeypatch.setattr(majors, "run_due", lambda *, now: 1 / 0)
    said = []
    monkeypatch.setattr(saying, "say_due", lambda *, now: said.append(now))
    with pytest.raises(ZeroDivisionError):
        look()
    assert len(said) == 1


# ---- what breaks


def test_one_that_breaks_waits_alone_is_seen_by_ops_and_tried_ever_more_rarely(
    shop, by_day, monkeypatch, admin_client
):
    fell(("g-0", "g"), ("g-1", "g"), by="")
    for no in ("g-0", "g-1"):
        claim(no)
    tried = breaks_for(monkeypatch, "g-0")
    fell(("g-2", "g"), by="")
    assert (severities(), tried) == ({"g-0": "normal", "g-1": "major"}, [2, 1, 1])
    look()
    assert (tried, stumbles()) == ([2, 1, 1], [("g-0", "grade", 1)])
    for minutes in (1, 1, 1, 1):
        later(by_day, minutes=minutes)
        look()
    assert (tried[3:], stumbles()) == ([1, 1], [("g-0", "grade", 3)])
    page = admin_client.get("/admin/watch/stumble/").content.decode()
    assert ("定轻重" in page, "g-0" in page) == (True, True)
    assert Incident.objects.get().grade_until is not None
    monkeypatch.undo()
    later(by_day, minutes=4)
    look()
    assert (severities()["g-0"], stumbles(), Incident.objects.get().grade_until) == ("major", [], None)


def test_one_that_breaks_is_forgotten_when_its_claim_has_ended(shop, by_day, monkeypatch):
    fell(("g-0", "g"), ("g-1", "g"), by="")
    claim("g-0")
    breaks_for(monkeypatch, "g-0")
    fell(("g-2", "g"), by="")
    assert stumbles() == [("g-0", "grade", 1)]
    Ticket.objects.update(state="closed")
    later(by_day, minutes=2)
    look()
    assert (stumbles(), Incident.objects.get().grade_until) == ([], None)


def test_a_database_that_fails_is_no_claims_fault(shop, monkeypatch):
    filed_first("g")
    breaks_for(monkeypatch, "g-0", error=OperationalError)
    with pytest.raises(OperationalError):
        look()
    assert (stumbles(), len(links())) == ([], 2)
