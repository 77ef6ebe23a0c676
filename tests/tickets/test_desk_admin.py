"""The queue of ops: its order, its tabs and pages, who sees it, what it costs, the files, many at a time."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Buyer
from common import clock, counting
from orders.models import Order
from tests.tickets.desk_pages import QUEUE, at, person, waiting, words
from tickets.models import Event, ShiftNote, Ticket
from tickets.rules.queue import order_key
from tickets.web.desk import read_queue, tab_counts

MINUTE = timedelta(minutes=1)
BEYOND_CALENDARS = (
    "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwgMCwgMSwgMCwgIjk5OTktMTItMzFUMjM6NTk6NTktMTQ6MDAiLCAxXQ"
)


def shown(client, query=""):
    return [row.no for row in client.get(f"{QUEUE}{query}").context["rows"]]


def stand(ticket, now, *, limit, severity="normal", long_term=False, **changes):
    """As if it had come so: its only limit in so many minutes."""
    ticket.clocks.all().delete()
    Ticket.objects.filter(pk=ticket.pk).update(
        due_at=now + limit * MINUTE if limit is not None else None, severity=severity, **changes
    )
    Order.objects.filter(pk=ticket.order_id).update(long_term=long_term)
    return ticket


# (name, minutes to the limit, severity, long-term): as a person takes them up
ROWS = [
    ("late-dear", -1, "normal", True), ("late-urgent", -5, "urgent", False), ("late-major", -2, "major", False),
    ("late-most", -500, "normal", False), ("late", -3, "normal", False),
    ("dear-urgent", 30, "urgent", True), ("dear", 50, "normal", True), ("major", 40, "major", False),
    ("soon", 5, "normal", False), ("later", 300, "normal", False), ("never", None, "normal", False),
]  # fmt: skip


@pytest.fixture
def eleven(shop):
    """One case for each row, opened in another order than they are to be taken up; {name: ticket}, and the moment."""
    now = clock.now()
    made = {}
    for name, limit, severity, long_term in sorted(ROWS):
        made[name] = stand(waiting(name), now, limit=limit, severity=severity, long_term=long_term)
    return made, now


def test_late_first_then_long_term_then_urgent_then_the_nearest_limit(eleven):
    made, now = eleven
    assert shown(person()) == [made[name].no for name, *_ in ROWS]
    keys = {
        name: order_key(
            state="waiting_ops", limit=now + limit * MINUTE if limit is not None else read_queue.NEVER,
            long_term=long_term, severity=severity, pk=made[name].pk, now=now,
        )
        for name, limit, severity, long_term in ROWS
    }  # fmt: skip
    assert sorted(keys, key=keys.__getitem__) == [name for name, *_ in ROWS]


def test_page_by_page_is_the_same_order_though_time_goes_on(eleven):
    made, now = eleven
    reader, query, pages = person().user, {}, []
    for turn in range(9):
        want = read_queue.wanted(query=query, now=now + turn * 20 * MINUTE)
        found, beyond = read_queue.page_of(reader=reader, want=want, size=2)
        pages += [ticket.no for ticket in found]
        if not beyond:
            break
        query = {"after": beyond}
    assert pages == [made[name].no for name, *_ in ROWS]


@pytest.mark.parametrize("cursor", ["x", "W10", "WzFd", "bnVsbA", "WyJ4IiwxLDIsMyw0LDVd", BEYOND_CALENDARS])
def test_a_cursor_written_by_hand_is_the_first_page(eleven, cursor):
    client = person()
    assert shown(client, f"?after={cursor}") == shown(client)


def test_a_promise_counts_also_where_the_state_has_time_left(shop):
    now = clock.now()
    early, late = stand(waiting("A-1"), now, limit=60), stand(waiting("A-2"), now, limit=90)
    late.clocks.create(kind="first_reply", state="breached", due_at=now - MINUTE, explanation="试")
    early.clocks.create(kind="developer_answer", state="running", due_at=now - MINUTE, explanation="试")
    row, other = person().get(QUEUE).context["rows"]
    assert (row.no, row.left, row.late) == (late.no, "已超 1 分钟", True)
    assert (other.no, other.late) == (early.no, False)


def test_each_tab_has_its_own(shop):
    client, now = person(), clock.now()
    mine, appealed = waiting("A-1"), waiting("A-2")
    late, done = waiting("A-3"), waiting("A-4")
    asked = waiting("A-5")
    stand(mine, now, limit=9, assignee=client.user)
    stand(appealed, now, limit=60, state="appealed")
    stand(late, now, limit=-9)
    stand(done, now, limit=None, state="closed", assignee=client.user)
    stand(asked, now, limit=60, state="waiting_buyer", assignee=client.user)
    assert {tab: shown(client, f"?tab={tab}") for tab in read_queue.TABS} == {
        "ours": [late.no, mine.no, appealed.no], "late": [late.no], "mine": [mine.no, asked.no],
        "nobodys": [late.no, appealed.no], "appeals": [appealed.no],
        "all": [asked.no, done.no, late.no, appealed.no, mine.no],
    }  # fmt: skip
    assert shown(client) == shown(client, "?tab=nothing") == shown(client, "?tab=ours")


def numbers(client, query=""):
    return {tab.address: (tab.count, tab.hurry) for tab in client.get(f"{QUEUE}{query}").context["tabs"]}


def test_each_tab_says_how_many_as_it_lists_them(eleven):
    made, now = eleven
    client = person()
    assert numbers(client)["?tab=appeals"] == ("0", False)
    stand(made["later"], now, limit=300, assignee=client.user)
    stand(made["never"], now, limit=None, state="appealed")
    made["soon"].clocks.create(kind="first_reply", state="breached", due_at=now - MINUTE, explanation="试")
    stand(made["dear"], now, limit=-9, state="closed", assignee=client.user)
    listed = {tab: str(len(shown(client, f"?tab={tab}"))) for tab in read_queue.TABS if tab != "all"}
    said = numbers(client)
    assert {address: count for address, (count, _) in said.items()} == {
        **{f"?tab={tab}": count for tab, count in listed.items()}, "?tab=all": "",
    }  # fmt: skip
    assert listed["late"] == "6"
    assert [address for address, (_, hurry) in said.items() if hurry] == ["?tab=late"]


def test_nothing_is_counted_beyond_the_cap(shop, monkeypatch):
    assert set(tab_counts.counts(reader=person().user, now=clock.now()).values()) == {"0"}
    for number in range(4):
        waiting(f"A-{number}")
    monkeypatch.setattr(tab_counts, "counted", partial(counting.counted, cap=2))
    monkeypatch.setattr(counting, "CAP", 2)
    assert numbers(person())["?tab=ours"][0] == "2+"
    assert numbers(person())["?tab=nobodys"][0] == "2+"
    assert counting.counted({"every": Ticket.objects.all(), "none": Ticket.objects.none()}) == {
        "every": 4,
        "none": 0,
    }
    assert counting.counted({"every": Ticket.objects.all()}, cap=3) == {"every": 4}


def test_many_are_approved_only_where_one_of_them_may_be(shop):
    client, ticket = person(), waiting()
    assert "批准勾上的" in words(client.get(QUEUE))
    Ticket.objects.filter(pk=ticket.pk).update(state="confirming")
    assert "批准勾上的" not in words(client.get(f"{QUEUE}?tab=all"))


def test_found_by_order_number_ticket_number_and_buyer(shop):
    client = person()
    one, two = waiting("LD20261128-0001"), waiting("LD20261128-7742")
    Buyer.objects.create(external_id="b-9", name="王芳", contact="fang@shop.example")
    Order.objects.filter(pk=two.order_id).update(buyer=Buyer.objects.get(external_id="b-9"))
    both = [two.no, one.no]
    table = {
        "LD2026": both, "LD20261128-00": [one.no], "7742": [two.no], "王": [two.no], "b-9": [two.no],
        "fang@shop.example": [two.no], "没有的": [], "%": [], one.no[:4]: [],
    }  # fmt: skip
    assert {text: shown(client, f"?q={text}") for text in table} == table
    for whole in ("LD20261128-0001", one.no, one.no.lower()):
        assert client.get(QUEUE, {"q": whole}).headers["Location"] == at(one)
    assert words(client.get(QUEUE, {"q": "<b>"}))[-1] != "<b>"


WHO = [
    ("a stranger", None, {}, 302), ("a buyer", "buyer", {"is_staff": False}, 302),
    ("a developer", "developer", {"is_staff": False}, 302), ("a developer on the staff", "developer", {}, 404),
    ("the shop on the staff", "shop", {}, 404), ("ops", "ops", {}, 200),
    ("a superuser", "", {"is_superuser": True}, 200),
]  # fmt: skip


@pytest.mark.parametrize(("name", "role", "rights", "status"), WHO, ids=[row[0] for row in WHO])
def test_who_gets_to_the_desk(shop, name, role, rights, status):
    ticket = waiting()
    client = person("somebody", role, **rights)
    pages = [QUEUE, f"{QUEUE}export.csv", f"{QUEUE}export.xlsx", at(ticket)]
    assert {path: client.get(path).status_code for path in pages} == dict.fromkeys(pages, status)
    posted = [f"{QUEUE}bulk/", f"{QUEUE}shift/", f"{QUEUE}{ticket.pk}/say/"]
    refused = {path: client.post(path, {"text": "试", "version": 0}).status_code for path in posted}
    assert refused == dict.fromkeys(posted, 302 if status == 200 else status)
    if status != 200:
        assert (Event.objects.filter(kind="message").count(), ShiftNote.objects.count()) == (0, 0)


def test_reading_changes_nothing(shop):
    client, ticket = person(), waiting()
    before = (list(Ticket.objects.values()), list(Event.objects.values()))
    for path in (QUEUE, at(ticket), f"{QUEUE}export.csv", "/admin/"):
        assert client.get(path).status_code == 200
    for path in ("bulk/", "shift/", f"{ticket.pk}/approve/", f"{ticket.pk}/say/"):
        assert client.get(f"{QUEUE}{path}").status_code == 405
    assert (list(Ticket.objects.values()), list(Event.objects.values())) == before


def test_thirty_rows_cost_what_one_costs(shop):
    client = person()
    waiting("A-0")

    def cost(path):
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(path).status_code == 200
        assert not [row["sql"] for row in asked if "COUNT(*) AS" in row["sql"] and "LIMIT" not in row["sql"]]
        return len(asked)

    paths = (QUEUE, f"{QUEUE}?tab=all", f"{QUEUE}?q=A-", "/admin/", f"{QUEUE}export.csv")
    one = {path: cost(path) for path in paths if "q=" not in path}
    for number in range(1, 31):
        waiting(f"A-{number}")
    assert {path: cost(path) for path in one} == one
    assert one[QUEUE] <= 12
    assert cost(f"{QUEUE}?q=A-") <= 14
    assert len(client.get(QUEUE).context["rows"]) == 30
