"""A drop is noticed, said once, claimed by one press; and all that must not happen."""

from datetime import timedelta

import pytest
from django.core.signing import Signer
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.models import InboxMessage
from common import clock
from compensation.services import intake
from evidence.models import Entry
from integrations.models import Intent
from orders.models import Rollup
from tests.orders.conftest import PRODUCT
from tests.tickets.case import claim, count, fallen
from tests.tickets.desk_case import sound
from tickets.models import Ticket
from watch.models import DropWarning, Incident
from watch.queries import token_of
from watch.services import looking, mass, noticing

pytestmark = pytest.mark.django_db


def look(*, after=timedelta()):
    return looking.run_due(now=clock.now() + after)


def warnings():
    """(order, window, lost of, said) of each."""
    rows = DropWarning.objects.order_by("id").select_related("order")
    return [(r.order.order_no, r.window, r.loss, r.base, r.said_at is not None) for r in rows]


def links():
    return list(InboxMessage.objects.order_by("id").values_list("link", flat=True))


def waiting():
    return Rollup.objects.filter(changes__gt=F("looked")).count()


def later(by_day, **time):
    by_day.shift(timedelta(**time))


# ---- noticed


def test_a_drop_is_said_once_however_often_it_is_looked_at(shop):
    fallen()
    assert [look(), look(), look()] == [1, 0, 0]
    assert (warnings(), waiting()) == ([("A-1", "inside", 150, 1000, True)], 0)
    message = InboxMessage.objects.get()
    assert (message.kind, message.order_no, message.text) == (
        "warning", "A-1", "您买的「说说点赞」少了 150 个，按规则可以补 180 个。点开看一眼，按一下就能申请。",
    )  # fmt: skip


@pytest.mark.parametrize("left", [1000, 999, 920])
def test_what_fell_less_is_seen_and_not_said(shop, left):
    fallen(left=left)
    assert (look(), warnings(), links(), waiting()) == (0, [], [], 0)


def test_what_cannot_be_counted_warns_nobody(shop):
    fallen(left=None)
    assert (look(), warnings()) == (0, [])


def test_more_of_the_same_says_nothing_new_and_a_slow_drop_is_said_once_more(shop, by_day):
    fallen()
    look()
    count("A-1", 800, clock.now() - timedelta(minutes=1))
    assert (look(), len(links())) == (0, 1)
    later(by_day, days=4)
    count("A-1", 780, clock.now() - timedelta(minutes=1))
    assert (look(), warnings()[-1]) == (1, ("A-1", "slow", 220, 1000, True))
    later(by_day, days=2)
    count("A-1", 500, clock.now() - timedelta(minutes=1))
    assert (look(), len(links())) == (0, 2)


def test_whoever_has_a_case_open_for_it_is_not_told_again(shop):
    fallen()
    claim()
    assert (look(), warnings(), waiting()) == (0, [], 0)


def test_a_count_that_came_meanwhile_stays_to_be_looked_at(shop, monkeypatch):
    fallen(left=950)
    falling = looking.falling

    def meanwhile(*, orders, now):
        found = falling(orders=orders, now=now)
        count("A-1", 850, clock.now() - timedelta(minutes=1))
        return found

    monkeypatch.setattr(looking, "falling", meanwhile)
    assert (look(), waiting()) == (0, 1)
    monkeypatch.undo()
    assert (look(), waiting()) == (1, 0)
    assert warnings() == [("A-1", "inside", 150, 1000, True)]


def test_a_count_of_one_line_is_news_of_all_on_its_target(shop):
    here = {"target": "https://v.example/1"}
    fallen("A-1", left=1000, **here)
    fallen("A-2", left=2000, baseline=1020, **here)  # the second thousand on the same counter
    look()
    count("A-1", 1700, clock.now() - timedelta(minutes=1))  # of two thousand
    assert (look(), warnings(), waiting()) == (
        2, [("A-1", "inside", 150, 1000, True), ("A-2", "inside", 150, 1000, True)], 0,
    )  # fmt: skip


def test_one_line_that_breaks_does_not_keep_the_others(shop, monkeypatch):
    fallen("A-1")
    fallen("A-2", target="https://v.example/2")
    quote = noticing.quote

    def broken(*, order, **more):
        if order.order_no == "A-1":
            raise RuntimeError
        return quote(order=order, **more)

    monkeypatch.setattr(noticing, "quote", broken)
    assert (look(), waiting()) == (1, 1)
    monkeypatch.undo()
    assert (look(), look(after=timedelta(minutes=1)), [row[0] for row in warnings()]) == (
        0,
        1,
        ["A-2", "A-1"],
    )


def test_lines_that_lost_little_cost_the_same_at_one_and_at_three(shop):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            look()
        return sum(
            "observation" in query["sql"].lower() or "remedy" in query["sql"].lower() for query in seen
        )

    fallen("A-1", left=950)
    one = queries()
    for n in (2, 3, 4):
        fallen(f"A-{n}", left=950, target=f"https://v.example/{n}")
    assert queries() == one


def test_many_warnings_take_as_many_questions_as_one(shop):
    def asked():
        with CaptureQueriesContext(connection) as seen:
            look()
        return len(seen)

    fallen("A-0", target="https://v.example/0")
    look()  # the first of all also writes down whose turn it is
    fallen("A-1")
    one = asked()
    for n in (2, 3, 4):
        fallen(f"A-{n}", target=f"https://v.example/{n}")
    assert (asked(), len(links())) == (one, 5)


# ---- said


def test_at_night_it_waits_for_the_morning_and_what_recovered_is_not_said(shop, by_day):
    later(by_day, hours=10, minutes=30)  # half past ten in the evening
    fallen("A-1")
    fallen("A-2", target="https://v.example/2")
    assert (look(), links()) == (2, [])
    later(by_day, hours=1)
    count("A-2", 1000, clock.now() - timedelta(minutes=1))
    later(by_day, hours=8, minutes=29)
    look()
    assert links() == []
    later(by_day, minutes=1)  # eight
    look()
    assert [row[0] for row in warnings() if row[4]] == ["A-1"]
    assert list(DropWarning.objects.exclude(dropped_at=None).values_list("order__order_no", flat=True)) == [
        "A-2"
    ]
    assert len(links()) == 1


def test_an_urgent_one_is_said_at_night(shop, by_day):
    later(by_day, hours=12)
    fallen(left=699)
    assert (look(), len(links())) == (1, 1)


def test_only_an_urgent_one_may_be_brought_at_night(shop, settings):
    settings.MESSAGE_URL, settings.MESSAGE_SECRET = "http://127.0.0.1:9", "s"
    fallen("A-1")
    fallen("A-2", left=699, target="https://v.example/2")
    look()
    assert list(Intent.objects.order_by("order_no").values_list("order_no", "by_day")) == [
        ("A-1", True),
        ("A-2", False),
    ]


def test_many_of_one_product_wait_for_a_person(shop, monkeypatch, by_day):
    monkeypatch.setattr(mass, "MOST", 2)
    intake.put_product(sku="other", fields=PRODUCT | {"title": "另一件"}, now=clock.now())
    for n in range(5):
        fallen(f"A-{n}", target=f"https://v.example/{n}")
    fallen("B-1", sku="other")
    assert (look(), len(links())) == (6, 3)
    incident = Incident.objects.get()
    assert (incident.product.sku, incident.state, incident.lines) == ("likes", "open", 3)
    look()
    assert len(links()) == 3
    with pytest.raises(mass.ReasonMissing):
        mass.end(pk=incident.pk, release=True, by="qiao", reason=" ", now=clock.now())
    mass.end(pk=incident.pk, release=True, by="qiao", reason="抽了三单，真的少了", now=clock.now())
    look()
    assert (len(links()), {row[0] for row in warnings() if row[4]}) == (
        6,
        {f"A-{n}" for n in range(5)} | {"B-1"},
    )
    with pytest.raises(mass.AlreadyEnded):
        mass.end(pk=incident.pk, release=False, by="qiao", reason="又想了想", now=clock.now())


def test_while_a_person_is_asked_the_next_hours_wait_too(shop, monkeypatch, by_day):
    monkeypatch.setattr(mass, "MOST", 1)
    for n in range(2):
        fallen(f"A-{n}", target=f"https://v.example/{n}")
    look()
    later(by_day, hours=2)
    fallen("A-9", target="https://v.example/9")
    assert (look(), len(links()), Incident.objects.get().lines) == (1, 1, 2)


def test_what_a_person_dismisses_is_never_said(shop, monkeypatch):
    monkeypatch.setattr(mass, "MOST", 1)
    for n in range(3):
        fallen(f"A-{n}", target=f"https://v.example/{n}")
    look()
    mass.end(pk=Incident.objects.get().pk, release=False, by="qiao", reason="数错了", now=clock.now())
    look()
    assert (len(links()), DropWarning.objects.exclude(dropped_at=None).count()) == (1, 2)


# ---- claimed


def press(client, link, offer="drop.tier_b|top_up:180"):
    return client.post(link, {"offer": offer})


def test_a_look_at_the_page_changes_nothing(shop, client):
    fallen()
    look()
    before = (Entry.objects.count(), DropWarning.objects.values().get())
    answers = [client.get(links()[0]) for _ in range(3)]
    assert ([answer.status_code for answer in answers], Ticket.objects.count()) == ([200] * 3, 0)
    assert (Entry.objects.count(), DropWarning.objects.values().get()) == before
    assert answers[0].context["page"].heading == "少了 150 个"


def test_one_press_files_it_and_the_second_finds_it_filed(shop, client):
    fallen()
    look()
    answers = [press(client, links()[0]) for _ in range(3)]
    ticket = Ticket.objects.get()
    assert [answer.status_code for answer in answers] == [200, 409, 409]
    assert [answer.context["page"].heading for answer in answers] == [
        "申请好了：补 180 个", "已经申请过了", "已经申请过了",
    ]  # fmt: skip
    assert (ticket.channel, ticket.reason, ticket.decision.clause) == ("warning", "drop", "drop.tier_b")
    assert client.get(links()[0]).context["page"].heading == "已经申请过了"
    assert client.get(f"/tickets/{ticket.no}/").status_code == 404  # it opens nothing else
    sound()


def test_what_is_pressed_is_what_was_read(shop, client):
    fallen()
    look()
    count("A-1", 700, clock.now() - timedelta(minutes=1))
    answer = press(client, links()[0])
    assert (answer.status_code, Ticket.objects.count()) == (409, 0)
    page = answer.context["page"]
    assert (page.heading, page.offer) == ("少了 300 个", "drop.tier_c|gift:1000|refund:5000")
    assert press(client, links()[0], page.offer).status_code == 200
    assert Ticket.objects.get().decision.clause == "drop.tier_c"


def test_what_recovered_says_so_and_files_nothing(shop, client):
    fallen()
    look()
    count("A-1", 1000, clock.now() - timedelta(minutes=1))
    assert client.get(links()[0]).context["page"].heading == "已经涨回来了"
    assert press(client, links()[0]).status_code == 409
    assert (Ticket.objects.count(), DropWarning.objects.get().used_at) == (0, None)


def test_a_case_opened_elsewhere_is_told_of(shop, client):
    fallen()
    look()
    no = claim().no
    answer = press(client, links()[0], "drop.none")
    assert (answer.status_code, no in answer.context["page"].text) == (409, True)
    assert Ticket.objects.count() == 1


def test_it_expires_with_the_time_to_claim(shop, client, by_day):
    fallen()
    look()
    later(by_day, hours=54, seconds=1)  # complete eighteen hours before: 72 in all, and a second
    assert client.get(links()[0]).context["page"].heading == "这个链接过期了"
    assert (press(client, links()[0]).status_code, Ticket.objects.count()) == (409, 0)


@pytest.mark.parametrize(
    "token",
    ["1", "1:", "1:aaaa", "x", "", "%00", "1" * 200, Signer(salt="other").sign("1"), Signer().sign("1")],
)
def test_a_link_that_was_made_up_is_absent(shop, client, token):
    fallen()
    look()
    answers = [client.get(f"/claim/{token}/").status_code, press(client, f"/claim/{token}/").status_code]
    assert (answers, Ticket.objects.count()) == ([404, 404], 0)


def test_another_warnings_number_under_this_signature_is_absent(shop, client):
    fallen("A-1")
    fallen("A-2", target="https://v.example/2")
    look()
    one, two = DropWarning.objects.order_by("id")
    moved = token_of(one).replace(f"{one.pk}:", f"{two.pk}:", 1)
    assert client.get(f"/claim/{moved}/").status_code == 404


def test_a_link_is_no_link_before_it_was_said(shop, client, by_day):
    later(by_day, hours=12)
    fallen()
    look()
    assert client.get(f"/claim/{token_of(DropWarning.objects.get())}/").status_code == 404


def test_the_link_never_gets_into_the_record(shop):
    fallen()
    look()
    signature = links()[0].rstrip("/").rpartition(":")[2]
    assert [entry.kind for entry in Entry.objects.filter(body__contains=signature)] == []
    assert Entry.objects.filter(kind="warning").count() == 1


# ---- read


@pytest.mark.parametrize(
    ("role", "expected"),
    [("buyer", ["A-1"]), ("guest:A-1", ["A-1"]), ("guest:B-1", ["B-1"]), ("ops", []), ("shop", []),
     ("developer", []), ("panel", [])],
)  # fmt: skip
def test_who_reads_what(shop, client_as, role, expected):
    fallen("A-1")
    fallen("B-1", buyer_external_id="b-2", target="https://v.example/2")
    look()
    answer = client_as(role).get("/api/v1/me/inbox/").json()
    assert [row["order_no"] for row in answer["results"]] == expected


def test_strangers_read_nothing(client):
    assert client.get("/api/v1/me/inbox/").status_code == 401


def test_it_is_read_once_and_by_its_reader_alone(shop, client_as, by_day):
    fallen()
    look()
    no = InboxMessage.objects.get().no
    others = [
        client_as(role).post(f"/api/v1/me/inbox/{no}/read/").status_code for role in ("ops", "developer")
    ]
    first = client_as("buyer").post(f"/api/v1/me/inbox/{no}/read/").json()
    later(by_day, minutes=5)
    again = client_as("buyer").post(f"/api/v1/me/inbox/{no}/read/").json()
    assert (others, again) == ([404, 404], first)
    assert first["read_at"] == "2026-11-24T04:00:00Z"


def test_it_is_said_in_the_readers_language(shop, client_as):
    fallen()
    look()
    text = (
        client_as("buyer")
        .get("/api/v1/me/inbox/", headers={"Accept-Language": "en"})
        .json()["results"][0]["text"]
    )
    assert "150" in text
    assert "180" in text
    assert not any(0x4E00 <= ord(letter) <= 0x9FFF for letter in text.replace("说说点赞", ""))
