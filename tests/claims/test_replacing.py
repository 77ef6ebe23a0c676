"""A replacement out of the stock: given and booked at once, each key to one buyer, and held where the stock is gone."""

import json
from datetime import timedelta

import pytest

from common import clock
from common.refusals import Invalid
from compensation import queries as compensation
from compensation.models import Finding, Remedy
from compensation.queries import quoting
from compensation.services import by_hand, revealing
from evidence.models import Entry
from integrations.services import standstill
from ledger.queries import trial_balance
from orders.models import CardKey, Product
from orders.services import vault
from tests.claims.conftest import claim, find, told
from tests.claims.licence_case import sold as sold_with_licence
from tests.orders import card_key_case as case
from tests.orders.card_key_case import SECRETS, SPARE, keys, stocked
from tests.orders.test_concurrency import together
from tests.tickets.desk_case import act, sound, story
from tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)
VERIFIED = {"facts": {"proof": "verified", "fault": "supplier"}}
DONE, HELD = "settled", "held"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    """The head kept outside is of this test's database."""
    settings.DATA_DIR = tmp_path


def sold(order_no="K-1", **changes):
    """Bought an hour ago, paid in the shop's own way."""
    now = clock.now()
    usual = {"paid_at": now - timedelta(hours=1), "gateway": "shop", "payment_reference": f"PAY-{order_no}"}
    return case.sold(order_no, now=now, **usual | changes)


def faulty(order_no="K-1", **given):
    """Said not to work, and a new one is wanted."""
    return claim(order_no, "defect", wants="replacement", **given)


def says(order_no, unit):
    row = CardKey.objects.get(order__order_no=order_no, unit=unit, state="delivered")
    return vault.unseal(key=row)


def stock():
    return CardKey.objects.filter(state="stock").count()


def reveal(order_no, unit):
    return revealing.reveal(order=find(order_no), unit=unit, now=clock.now())


def remedy(order_no="K-1"):
    return Remedy.objects.select_related("order__product", "decision__policy").get(
        order__order_no=order_no, kind="replacement"
    )


def test_verified_it_is_replaced_at_once_and_the_buyer_is_asked(shop):
    sold(secrets=SECRETS[:1])
    stocked(*SPARE[:2])
    ticket = faulty()
    assert (told(ticket), ticket.decision.clause) == (("waiting_ops", []), "defect.unproven")
    act(ticket, "establish", **VERIFIED)
    assert told(ticket) == ("confirming", [("replacement", DONE, 1, 1)])
    assert (keys(), says("K-1", 1), stock()) == ([(1, "replaced"), (1, "delivered")], SPARE[0], 1)
    assert [kind for kind, _, _ in story(ticket)][-3:] == ["decided", "remedy", "fulfilled"]
    facts = [json.loads(row.body)["data"] for row in Entry.objects.filter(kind="card_keys_replaced")]
    assert facts == [{"units": [1], "remedy": str(remedy().key)}]
    booked = {
        (row["account"], row["unit"]): row["debit"] - row["credit"] for row in trial_balance()["accounts"]
    }
    assert abs(booked["delivered.replacement", "unit"]) == 1
    assert booked["reserved.replacement", "unit"] == 0
    sound()


def test_the_new_one_is_looked_at_and_the_old_one_no_more(shop):
    sold(secrets=SECRETS[:1])
    stocked(SPARE[0])
    assert reveal("K-1", 1).secret == SECRETS[0]
    act(faulty(), "establish", **VERIFIED)
    assert compensation.quote(order=find("K-1"), reason="refund", now=clock.now()).facts.revealed_units == 0
    assert reveal("K-1", 1).secret == SPARE[0]


@pytest.mark.parametrize(
    ("in_stock", "quantity", "given"),
    [(2, None, ("refund", 5000)), (3, None, ("replacement", 3)), (2, 2, ("replacement", 2)), (1, 2, ("refund", 3333)),
     (0, 1, ("refund", 1667))],
)  # fmt: skip
def test_the_stock_covers_all_of_it_or_it_is_money(shop, in_stock, quantity, given):
    sold()
    stocked(*SPARE[:in_stock])
    ticket = faulty(quantity=quantity)
    act(ticket, "establish", **VERIFIED)
    kind, figure = given
    [row] = ticket.decision.__class__.objects.order_by("id").last().remedies.all()
    assert (row.kind, row.amount_fen or row.quantity) == (kind, figure)


def test_money_is_given_where_nothing_else_was_asked_for(shop):
    sold(secrets=SECRETS[:1])
    stocked(*SPARE)
    ticket = claim("K-1", "defect")
    act(ticket, "establish", **VERIFIED)
    assert [row[0] for row in told(ticket)[1]] == ["refund"]
    assert stock() == 3


def test_the_units_named_are_the_ones_replaced(shop):
    sold()
    stocked(*SPARE)
    for unit in (1, 3):
        reveal("K-1", unit)
    ticket = faulty(units=[1])
    assert ticket.decision.facts["quantity"] == 1
    act(ticket, "establish", **VERIFIED)
    assert keys() == [(1, "replaced"), (1, "delivered"), (2, "delivered"), (3, "delivered")]
    assert [says("K-1", n) for n in (1, 2, 3)] == [SPARE[0], SECRETS[1], SECRETS[2]]
    reported = [json.loads(row.body)["data"] for row in Entry.objects.filter(kind="card_keys_reported")]
    assert reported == [{"units": [1]}]


def test_what_an_earlier_case_named_and_what_is_doubled_come_after_what_this_one_names(shop):
    sold("K-0", secrets=SECRETS[1:2])
    sold()
    stocked(*SPARE)
    act(faulty(units=[1]), "refuse", reason="能用")
    Ticket.objects.update(state="closed")
    act(faulty(units=[3]), "establish", **VERIFIED)
    assert keys() == [(1, "delivered"), (2, "doubled"), (3, "replaced"), (3, "delivered")]


def test_a_doubled_one_is_replaced_first(shop):
    sold("K-0", secrets=SECRETS[1:2])
    sold()
    stocked(*SPARE)
    with pytest.raises(revealing.SecretInDoubt):
        reveal("K-1", 2)
    act(faulty(quantity=1), "establish", **VERIFIED)
    assert keys() == [(1, "delivered"), (2, "replaced"), (2, "delivered"), (3, "delivered")]
    assert (reveal("K-1", 2).secret, says("K-0", 1)) == (SPARE[0], SECRETS[1])


def test_what_was_found_of_the_old_one_says_nothing_of_the_new_one(shop):
    """Else each further claim would take another key out of the stock, and nobody would look."""
    sold(secrets=SECRETS[:1])
    stocked(*SPARE)
    ticket = faulty()
    act(ticket, "establish", **VERIFIED)
    Ticket.objects.update(state="resolved")
    again = faulty()
    assert (again.state, again.decision.clause) == ("waiting_ops", "defect.unproven")
    act(again, "establish", **VERIFIED)
    assert told(again) == ("confirming", [("replacement", DONE, 1, 1)])
    assert (keys(), stock()) == ([(1, "replaced"), (1, "replaced"), (1, "delivered")], 1)
    assert Finding.objects.count() == 2


def test_the_stock_gone_between_is_held_and_goes_on_when_there_is_more(shop, monkeypatch):
    sold(secrets=SECRETS[:1])
    monkeypatch.setattr("compensation.queries.quoting.orders.stock_of", lambda *, product: 1)
    stocked(SPARE[0])
    CardKey.objects.filter(state="stock").update(state="void", order=find("K-1"), unit=9)
    ticket = faulty()
    act(ticket, "establish", **VERIFIED)
    assert told(ticket) == ("waiting_ops", [("replacement", HELD, 1, 0)])
    assert (remedy().held_reason, keys()[0]) == ("stock_gone", (1, "delivered"))
    said = by_hand.send_again(remedy=remedy(), by="qiao", reason="补过货了", now=clock.now())
    assert (said.carried_out, said.says) == (
        False, "发不出去，仍等人处理：库存里的卡密不够换：决定的时候还够，轮到这一笔已经给了别人。",
    )  # fmt: skip
    stocked(SPARE[1])
    said = by_hand.send_again(remedy=remedy(), by="qiao", reason="补过货了", now=clock.now())
    assert (said.carried_out, said.says) == (True, "已从库存换给买家，买家在订单页就能看到新的。")
    assert told(ticket) == ("confirming", [("replacement", DONE, 1, 1)])
    assert says("K-1", 1) == SPARE[1]
    sound()


def test_of_two_claims_on_the_last_key_one_gets_it(shop):
    """Both were decided on a stock of one; nothing is given twice, nothing is lost without a word."""
    numbers = ["K-1", "K-2", "K-3"]
    for n, number in enumerate(numbers):
        sold(number, secrets=(f"old-{n}",))
    stocked(SPARE[0])
    tickets = [faulty(number) for number in numbers]
    answers = together(
        *[lambda t=t, n=n: act(t, "establish", by=f"ops-{n}", **VERIFIED) for n, t in enumerate(tickets)]
    )
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    new = list(CardKey.objects.filter(taken_by__isnull=False, state="delivered"))
    assert len(new) == 1
    ends = sorted((told(ticket)[0], *[(row[0], row[1]) for row in told(ticket)[1]]) for ticket in tickets)
    assert ends[0] == ("confirming", ("replacement", DONE))
    # Who came after it was gone is paid back, the old key shut; who was decided on it before is held for a person.
    goes_on = {"refund": "fulfilling", "replacement": "waiting_ops"}
    assert [end[0] for end in ends[1:]] == [goes_on[end[1][0]] for end in ends[1:]]
    sound()


def test_many_at_once_take_each_key_once(shop):
    numbers = [f"K-{n}" for n in range(1, 6)]
    for number in numbers:
        sold(number, secrets=(f"old-{number}-1", f"old-{number}-2"))
    stocked(*[f"new-{n}" for n in range(10)])
    tickets = [faulty(number) for number in numbers]
    together(
        *[lambda t=t, n=n: act(t, "establish", by=f"ops-{n}", **VERIFIED) for n, t in enumerate(tickets)]
    )
    given = [row for ticket in tickets for row in told(ticket)[1]]
    delivered = CardKey.objects.filter(state="delivered", taken_by__isnull=False)
    assert (
        delivered.count()
        == delivered.values("digest").distinct().count()
        == 2 * given.count(("replacement", DONE, 2, 2))
    )
    assert given.count(("replacement", DONE, 2, 2)) + given.count(("replacement", HELD, 2, 0)) == 5
    sound()


def test_goods_with_licences_and_goods_without_keys_wait_for_a_person(shop):
    stocked(SPARE[0])
    sold_with_licence("L-1", units=1)
    ticket = claim("L-1", "defect", wants="replacement")
    act(ticket, "establish", **VERIFIED)
    assert (told(ticket)[0], remedy("L-1").held_reason) == ("waiting_ops", "no_adapter")
    assert stock() == 1


def test_an_order_without_secrets_gets_them_from_the_stock(shop):
    sold(secrets=(), quantity=2)
    stocked(*SPARE)
    act(faulty(), "establish", **VERIFIED)
    assert (keys(), stock()) == ([(1, "delivered"), (2, "delivered")], 1)


def test_while_a_restored_database_is_checked_nothing_is_replaced(shop, monkeypatch):
    sold(secrets=SECRETS[:1])
    stocked(SPARE[0])
    monkeypatch.setattr(standstill, "sends", lambda: False)
    ticket = faulty()
    act(ticket, "establish", **VERIFIED)
    assert (told(ticket)[0], remedy().held_reason, stock()) == ("waiting_ops", "stock_stale", 1)


def test_people_give_a_replacement_too(shop):
    sold(secrets=SECRETS[:1])
    stocked(*SPARE)
    ticket = claim("K-1", "defect")
    act(ticket, "override", remedies=[{"kind": "replacement", "quantity": 1}])
    assert told(ticket) == ("confirming", [("replacement", DONE, 1, 1)])
    more = claim("K-1", "compatibility")
    act(more, "override", remedies=[{"kind": "replacement", "quantity": 2}])  # more than was bought
    assert told(more) == ("waiting_ops", [("replacement", HELD, 2, 0)])
    sound()


def test_approved_it_is_given(shop, monkeypatch):
    """A risk sends it to a person first: nothing leaves the stock before their yes."""
    sold(secrets=SECRETS[:1])
    stocked(*SPARE)
    found = quoting._established
    monkeypatch.setattr(quoting, "_established", lambda *of: found(*of) | {"risk": 70})
    ticket = faulty()
    act(ticket, "establish", **VERIFIED)
    assert (told(ticket), stock()) == (("waiting_ops", [("replacement", "awaiting_approval", 1, 0)]), 3)
    act(ticket, "approve")
    assert (told(ticket), stock()) == (("confirming", [("replacement", DONE, 1, 1)]), 2)


def test_units_are_named_only_of_what_does_not_work(shop):
    sold()
    with pytest.raises(Invalid) as refused:
        claim("K-1", reason="refund", units=[1])
    assert [(e["field"], e["code"]) for e in refused.value.errors] == [("units", "not_for_reason")]
    assert set(CardKey.objects.values_list("reported_at", flat=True)) == {None}


@pytest.mark.parametrize(
    ("units", "field"), [([4], "out_of_range"), ([0], "out_of_range"), ([2], "unknown_unit")]
)
def test_units_that_are_not_there_are_refused(shop, units, field):
    sold(secrets=SECRETS[:1], quantity=3)
    with pytest.raises(Invalid) as refused:
        faulty(units=units)
    assert [(e["field"], e["code"]) for e in refused.value.errors] == [("units", field)]
    assert not Ticket.objects.exists()


def test_products_stock_is_its_own(shop):
    sold(secrets=SECRETS[:1])
    stocked(*SPARE, sku="likes")
    act(faulty(), "establish", **VERIFIED)
    assert Product.objects.get(sku="likes").card_keys.filter(state="stock").count() == 3
    assert Remedy.objects.get().kind == "refund"
