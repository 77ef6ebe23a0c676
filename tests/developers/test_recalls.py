"""A recall from its rule to the money: shown first, agreed to by another, given once, borne by whoever is named."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import InboxMessage
from common import clock
from common.refusals import Absent, Invalid, StateMoved
from compensation.models import Bearer, LineBudget, Remedy
from compensation.services import intake
from developers.models import Recall, RecallLine
from developers.services.recalls import asking, ruling, walking, working
from evidence.models import Entry
from ledger.queries import trial_balance
from orders.models import Supplier
from orders.services.deliveries import take_deliveries
from tests.developers.recall_case import (
    HOUR,
    approved,
    asked,
    carried_out,
    fresh,
    keys,
    lines,
    named,
    user,
    wanted,
)  # fmt: skip
from tests.orders.conftest import new_order
from tests.tickets.case import assert_balanced, claim, order_of, work
from tests.tickets.conftest import outside
from tickets.models import Ticket

__all__ = ["outside"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def goods_of_yun(goods):
    """All of these tests."""


def test_what_the_rule_reaches_and_what_it_comes_to():
    keys("K-1")
    keys("K-2", paid_fen=300, buyer_external_id="b-2")
    keys("K-3", ago=11 * HOUR)
    keys("K-4", paid_fen=0, list_fen=0)
    recall = asked(submit=False)
    assert (recall.state, recall.figures) == (
        "shown",
        {
            "lines": 3, "gets": 2, "buyers": 2, "fen": 5300, "units": 0, "short": 0,
            "accounts": {f"developer_payable.{named('yun').pk}": 5300}, "nothing": {"free": 1},
        },
    )  # fmt: skip
    assert len(recall.digest) == 64
    assert (Ticket.objects.count(), Remedy.objects.count(), InboxMessage.objects.count()) == (0, 0, 0)


def test_both_ends_belong_to_the_stretch():
    now = clock.now()
    for number, ago in enumerate((3 * HOUR, 2 * HOUR, HOUR, HOUR - timedelta(seconds=1)), start=1):
        keys(f"K-{number}", paid_at=now - ago)
    recall = asked(rule={"start": now - 3 * HOUR, "end": now - HOUR})
    assert list(lines(recall)) == ["K-1", "K-2", "K-3"]


# order, hours ago, of which supplier and batch the whole is, and of which batch its units.
SENT = [
    ("K-1", 3, "nan", "", "B7"), ("K-1", 2, "nan", "B7", ""), ("K-2", 2, "bei", "", "B6"), ("K-3", 20, "nan", "", "B7"),
    ("K-3", 4, "nan", "", "B6"), ("K-4", 1, "", "B7", ""), ("K-5", 1, "", "", ""),
]  # fmt: skip


@pytest.fixture
def sent():
    """Five lines paid four days ago and delivered since, of two suppliers and two batches, one of neither."""
    now = clock.now()
    rows = [
        {
            "order_no": order_no, "delivered_at": (now - ago * HOUR).isoformat(), "quantity": 1, "batch": batch,
            "supplier": supplier, "units": [{"batch": told, "version": "2.1"}] if told else [],
        }
        for order_no, ago, supplier, batch, told in SENT
    ]  # fmt: skip
    for n in range(1, 6):
        keys(f"K-{n}", ago=90 * HOUR)
    assert take_deliveries(raw_rows=rows, now=now).accepted == len(rows)


LONG_AGO = {"start": clock.now() - 99 * HOUR}


@pytest.mark.parametrize(
    ("rule", "reached"),
    [
        ({}, "12345"),
        ({"batch": "B7"}, "14"),
        ({"supplier": "nan"}, "13"),
        ({"supplier": "nan", "batch": "B7"}, "1"),
        ({"supplier": "nan", "batch": "B7"} | LONG_AGO, "13"),
        ({"supplier": "bei", "batch": "B7"} | LONG_AGO, ""),
        ({"version": "2.1"}, "123"),
        ({"version": "2"}, ""),
        ({"supplier": "bei", "version": "2.1"}, "2"),
        ({"by": "paid"} | LONG_AGO, "12345"),
        ({"by": "paid", "supplier": "nan"} | LONG_AGO, "13"),
        ({"by": "paid", "batch": "B7"} | LONG_AGO, "134"),
        ({"by": "paid", "supplier": "nan", "batch": "B6"} | LONG_AGO, "3"),
    ],
)
def test_by_supplier_batch_and_version_each_line_comes_once(sent, rule, reached, monkeypatch):
    """By delivery it is one and the same delivery that has to fit: when, from whom, of which batch."""
    for at_once in (walking.BATCH, 1):
        monkeypatch.setattr(walking, "BATCH", at_once)
        recall = asked(rule={"by": "delivered"} | rule)
        if recall.state == "counting":
            working.run_due(now=clock.now())
        assert list(lines(recall)) == [f"K-{n}" for n in reached]


def test_by_a_supplier_it_goes_from_the_dry_run_to_the_public_page(sent, outside, client):
    with pytest.raises(Invalid) as refused:
        asked(rule={"by": "delivered", "supplier": "dong"})
    assert [(one["field"], one["code"]) for one in refused.value.errors] == [("supplier", "unknown_supplier")]
    Supplier.objects.filter(code="nan").update(title="南方号池")
    bare, rule = asked(rule={"by": "delivered"}), {"by": "delivered", "supplier": "nan", "batch": "B7"}
    recall = approved(asked(rule=rule, cause="supplier_failure"))
    assert (recall.supplier.code, recall.party, recall.figures["lines"]) == ("nan", "supplier", 1)
    assert recall.digest != bare.digest
    public = client.get(f"/recalls/{recall.no}/").content.decode()
    assert "交付的，供货商 南方号池，批次 B7" in public
    assert lines(carried_out(recall)) == {"K-1": ("given", "", 5000, 0)}
    assert '"supplier":"nan"' in Entry.objects.filter(kind="recall").latest("id").body


def test_the_whole_story(outside):
    """Two lines are refunded in full, their buyers told, the developer bears it, and the books balance."""
    keys("K-1")
    keys("K-2", paid_fen=30000, buyer_external_id="b-2")  # above what one of ops may give alone
    recall = approved()
    assert recall.state == "running"
    recall = carried_out(recall)
    assert (recall.state, recall.progress) == (
        "done", {"fen": 35000, "units": 0, "given": 2, "waiting": 0, "skipped": {}}
    )  # fmt: skip
    work()
    assert [(r.order.order_no, r.state, r.amount_fen, r.units_back) for r in Remedy.objects.order_by("id")] == [
        ("K-1", "settled", 5000, 5), ("K-2", "settled", 30000, 5),
    ]  # fmt: skip
    tickets = Ticket.objects.order_by("id")
    assert [(t.channel, t.state, t.responsibility) for t in tickets] == [
        ("recall", "confirming", "developer")
    ] * 2
    assert [(m.kind, m.order_no, m.link) for m in InboxMessage.objects.order_by("id")] == [
        ("recall", ticket.order.order_no, f"/tickets/{ticket.no}/") for ticket in tickets
    ]
    assert (
        InboxMessage.objects.first().text == "您买的「激活码」在召回，退您 ¥50.00，不用您做什么。点开看进展。"
    )
    balance = {row["account"]: row["debit"] - row["credit"] for row in trial_balance()["accounts"]}
    assert abs(balance[f"developer_payable.{named('yun').pk}"]) == 35000
    assert balance.get("dispute_fund", 0) == 0
    assert Bearer.objects.filter(party="developer").count() == 2
    assert all(LineBudget.objects.values_list("closed_by", flat=True))


@pytest.mark.parametrize(
    ("party", "account"),
    [("supplier", "supplier_payable"), ("platform", "platform_expense"), ("unknown", "dispute_fund")],
)
def test_who_is_named_bears_it(outside, party, account):
    keys()
    recall = carried_out(approved(party=party))
    work()
    balance = {row["account"]: abs(row["debit"] - row["credit"]) for row in trial_balance()["accounts"]}
    assert (recall.figures["accounts"], balance[account]) == ({account: 5000}, 5000)


def test_some_units_of_each_line_are_refunded_and_taken_back(outside):
    keys()
    carried_out(approved(quantity=2))
    work()
    budget = LineBudget.objects.get()
    assert (budget.settled_fen, budget.refunded_units, budget.closed_by) == (2000, 2, None)


def test_once_per_line_and_again_pays_nothing_more(outside):
    keys()
    recall = carried_out(approved(quantity=2))
    recall = carried_out(ruling.again(recall=recall, by=user("qiao"), now=clock.now()))
    assert (recall.state, Remedy.objects.count()) == ("done", 1)
    same = asked(quantity=2)
    assert lines(same) == {"K-1": ("nothing", "paid_before", 0, 0)}
    more = carried_out(approved(quantity=3))
    assert lines(more) == {"K-1": ("given", "", 1000, 0)}
    other = asked(quantity=1, cause="platform_error")
    assert (other.figures["gets"], other.figures["fen"]) == (1, 1000)
    assert_balanced()


def test_what_a_claim_for_the_same_gave_is_taken_off(outside):
    """Two of five were refunded for a defect by ops; the recall of three gives the one that is left."""
    keys()
    ticket = claim("K-1", reason="defect", quantity=2)
    from tickets.services import desk

    desk.establish(
        ticket=ticket, by=user("qiao"), facts={"proof": "verified"}, reason="真的坏了", version=ticket.version,
        now=clock.now(),
    )  # fmt: skip
    work()
    recall = carried_out(approved(quantity=3))
    assert lines(recall) == {"K-1": ("given", "", 1000, 0)}


def test_a_claim_that_waits_for_a_person_comes_first():
    keys(paid_fen=30000)
    from tickets.services import desk

    ticket = claim("K-1", reason="defect")
    desk.establish(
        ticket=ticket, by=user("qiao"), facts={"proof": "verified"}, reason="真的坏了", version=ticket.version,
        now=clock.now(),
    )  # fmt: skip
    assert Remedy.objects.get().state == "awaiting_approval"
    assert asked().figures["nothing"] == {"in_review": 1}


def test_so_does_one_that_has_no_remedy_yet():
    """What a person may still find would be given beside the recall, twice for one cause."""
    keys()
    ticket = claim("K-1", reason="defect")
    assert (ticket.state, Remedy.objects.count()) == ("waiting_ops", 0)
    assert asked().figures["nothing"] == {"in_review": 1}


def test_the_line_is_looked_at_anew_when_its_turn_comes(outside):
    """Closed after it was shown: skipped, with the reason; looked at once more, still so."""
    keys()
    keys("K-2", buyer_external_id="b-2")
    recall = approved()
    claim("K-1", reason="refund")
    recall = carried_out(recall)
    assert lines(recall) == {"K-1": ("skipped", "closed", 0, 0), "K-2": ("given", "", 5000, 0)}
    assert recall.progress["skipped"] == {"closed": 1}
    recall = carried_out(ruling.again(recall=recall, by=user("qiao"), now=clock.now()))
    assert lines(recall)["K-1"] == ("skipped", "closed", 0, 0)


def test_an_open_question_of_the_buyer_stands_beside_it(outside):
    keys()
    first = claim("K-1", reason="other", text="发票怎么开")
    carried_out(approved())
    assert list(Ticket.objects.order_by("id").values_list("channel", flat=True)) == ["web", "recall"]
    assert Ticket.objects.get(pk=first.pk).state == "waiting_ops"
    with pytest.raises(StateMoved):
        claim("K-1", reason="other", text="发票呢")


def test_likes_are_topped_up(outside):
    now = clock.now()
    order = new_order("A-1", paid_at=now - HOUR, gateway="shop", payment_reference="PAY")
    intake.take_order(new=order, now=now)
    carried_out(approved(sku="likes", remedy="top_up", quantity=300, cause="supplier_failure"))
    work()
    remedy = Remedy.objects.get()
    assert (remedy.kind, remedy.state, remedy.delivered, remedy.grade) == (
        "top_up",
        "settled",
        300,
        "standard",
    )
    assert order_of().tickets.get().responsibility == "supplier"


def test_a_code_without_stock_is_replaced_by_a_person():
    keys(secrets=())
    recall = carried_out(approved(remedy="replacement", quantity=1))
    assert lines(recall) == {"K-1": ("given", "", 0, 1)}
    assert (Remedy.objects.get().held_reason, Ticket.objects.get().state) == ("no_adapter", "waiting_ops")


def test_the_requester_does_not_approve_and_refusal_says_why():
    keys()
    recall = asked()
    with pytest.raises(ruling.OwnRecall):
        ruling.approve(recall=recall, by=named("wen"), now=clock.now())
    with pytest.raises(ruling.RecallReasonMissing):
        ruling.refuse(recall=recall, by=user("qiao"), reason=" ", now=clock.now())
    refused = ruling.refuse(recall=fresh(recall), by=named("qiao"), reason="没有证据", now=clock.now())
    assert (refused.state, refused.words.last().reason) == ("refused", "没有证据")
    with pytest.raises(StateMoved):
        ruling.approve(recall=refused, by=named("qiao"), now=clock.now())


def test_a_dry_run_is_not_approved_before_its_requester_submits_it():
    keys()
    recall = asked(submit=False)
    with pytest.raises(ruling.NotSubmitted):
        ruling.approve(recall=recall, by=user("qiao"), now=clock.now())
    with pytest.raises(asking.NotYours):
        asking.submit(recall=recall, by=named("qiao"), now=clock.now())
    asking.submit(recall=recall, by=named("wen"), now=clock.now())
    with pytest.raises(asking.NotCountedYet):
        asking.submit(recall=recall, by=named("wen"), now=clock.now())
    assert approved(recall).state == "running"


def test_a_developers_recall_of_much_money_needs_two_of_ops():
    keys(paid_fen=100_001)
    recall = asked(by=named("yun"))
    assert recall.approvals_needed == 2
    first = ruling.approve(recall=recall, by=user("qiao"), now=clock.now())
    assert first.state == "shown"
    with pytest.raises(ruling.ApprovedBefore):
        ruling.approve(recall=fresh(recall), by=named("qiao"), now=clock.now())
    assert ruling.approve(recall=fresh(recall), by=user("wen"), now=clock.now()).state == "running"


def test_a_developer_reaches_their_own_goods_only():
    keys()
    assert asked(by=named("yun")).figures["gets"] == 1
    with pytest.raises(Absent):
        asked(by=named("bo"))
    with pytest.raises(Absent):
        asked(by=user("some-shop", "shop"))
    with pytest.raises(Absent):
        asked(sku="nothing-such")
    assert [Recall.objects.visible_to(named(name)).count() for name in ("yun", "bo", "some-shop")] == [
        1,
        0,
        0,
    ]


def test_what_changed_since_it_was_shown_is_shown_again_first():
    keys()
    recall = asked()
    keys("K-2", ago=4 * HOUR, buyer_external_id="b-2")
    with pytest.raises(ruling.RecallChanged):
        approved(recall)
    assert (fresh(recall).state, carried_out(recall).state, Remedy.objects.count()) == (
        "changed",
        "changed",
        0,
    )
    assert Entry.objects.filter(kind="recall").count() == 4  # asked, shown, approve, changed


def test_nothing_to_give_and_another_fingerprint():
    recall = asked()
    with pytest.raises(ruling.NothingToGive):
        approved(recall)
    keys()
    with pytest.raises(ruling.RecallChanged):
        ruling.approve(recall=asked(), by=named("qiao"), digest="0" * 64, now=clock.now())


def test_never_more_than_was_shown(outside):
    """Two units were on their way back for another reason when it was shown, and that was refused since."""
    keys()
    recall = asked()
    RecallLine.objects.update(shown_fen=3000)
    carried_out(approved(recall))
    assert Remedy.objects.values_list("amount_fen", "units_back").get() == (3000, 3)


def test_it_stops_and_goes_on(outside, monkeypatch):
    from developers.services.recalls import carrying

    monkeypatch.setattr(carrying, "BATCH", 2)
    for n in range(1, 6):
        keys(f"K-{n}", buyer_external_id=f"b-{n}")
    recall = approved()
    carrying.step(recall=recall, now=clock.now())
    stopped = ruling.stop(recall=fresh(recall), by=user("qiao"), reason="先看看", now=clock.now())
    carrying.step(recall=recall, now=clock.now())
    assert (carried_out(stopped).state, Remedy.objects.count()) == ("stopped", 2)
    assert fresh(recall).progress["waiting"] == 3
    with pytest.raises(StateMoved):
        ruling.again(recall=fresh(recall), by=named("qiao"), now=clock.now())
    ruling.resume(recall=fresh(recall), by=named("qiao"), now=clock.now())
    recall = carried_out(recall)
    assert (recall.state, Remedy.objects.count(), InboxMessage.objects.count()) == ("done", 5, 5)


@pytest.mark.parametrize("number", [1, 3])
def test_progress_is_counted_once_a_pass(outside, monkeypatch, number):
    from developers.services.recalls import carrying

    counted, whole = [], carrying.progress_of
    monkeypatch.setattr(carrying, "progress_of", lambda recall: counted.append(whole(recall)) or counted[-1])
    monkeypatch.setattr(carrying, "BATCH", 1)
    for n in range(number):
        keys(f"K-{n}", buyer_external_id=f"b-{n}")
    recall = approved()
    clock_ = iter([timedelta(), *[timedelta()] * number, working.LONGEST_PASS * 2])
    working.work(pk=recall.pk, clock=clock.now, in_time=lambda: next(clock_) <= working.LONGEST_PASS)
    assert (fresh(recall).progress, len(counted)) == (counted[0], 1)
    assert (fresh(recall).state, counted[0]["given"], counted[0]["waiting"]) == ("done", number, 0)


def test_a_large_one_is_walked_in_batches(monkeypatch):
    monkeypatch.setattr(walking, "BATCH", 2)
    monkeypatch.setattr(working, "AT_ONCE", 1)
    for n in range(1, 6):
        keys(f"K-{n}", paid_at=clock.now() - HOUR, buyer_external_id=f"b-{n}")
    recall = asked()
    assert (recall.state, recall.walked) == ("counting", 2)
    with pytest.raises(StateMoved):
        ruling.approve(recall=recall, by=user("qiao"), now=clock.now())
    recall = carried_out(recall)
    assert (recall.state, recall.figures["lines"], list(lines(recall))) == (
        "shown", 5, [f"K-{n}" for n in range(1, 6)]
    )  # fmt: skip
    recall = approved(recall)
    assert recall.state == "checking"
    assert carried_out(recall).state == "done"


def test_wrong_words_are_refused_together():
    with pytest.raises(Invalid) as refused:
        asked(cause="weather", remedy="top_up", quantity=0)
    assert [fault["field"] for fault in refused.value.errors] == ["cause", "remedy", "quantity"]


def test_a_batch_asks_as_much_of_many_as_of_few(django_assert_num_queries):
    def ask_once(expected):
        with django_assert_num_queries(expected):
            asking.ask(wanted=wanted(), by=named("yun"), submit=False, now=clock.now())

    keys()
    ask_once(23)
    for n in range(2, 8):
        keys(f"K-{n}", buyer_external_id=f"b-{n}")
    ask_once(23)


def test_the_record_tells_it_line_by_line(outside):
    keys()
    recall = carried_out(approved())
    kinds = list(
        Entry.objects.filter(kind__startswith="recall").order_by("id").values_list("kind", "order_no")
    )
    assert kinds == [
        ("recall", ""), ("recall_by", ""), ("recall", ""), ("recall", ""), ("recall_by", ""), ("recall", ""),
        ("recall_line", "K-1"), ("recall", ""),
    ]  # fmt: skip
    assert f'"recall":"{recall.no}"' in Entry.objects.get(kind="recall_line").body


@pytest.mark.parametrize(
    ("rule", "index"),
    [
        ({"by": "paid"}, "order_by_payment"),
        ({"by": "delivered"}, "delivery_by_time"),
        ({"by": "delivered", "supplier": "nan"}, "delivery_by_supplier"),
        ({"by": "delivered", "supplier": "nan", "batch": "B7"}, "delivery_by_batch"),
    ],
)
def test_the_walk_goes_by_an_index(sent, rule, index):
    """However many orders there are; of a table of ten rows PostgreSQL reads all, so it is told not to."""
    recall = asked(rule=rule)
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as asked_for:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
        walking._next(recall)
        (select,) = [one["sql"] for one in asked_for if one["sql"].startswith("SELECT")]
        cursor.execute(f"{'EXPLAIN' if connection.vendor == 'postgresql' else 'EXPLAIN QUERY PLAN'} {select}")
        assert index in str(cursor.fetchall())
