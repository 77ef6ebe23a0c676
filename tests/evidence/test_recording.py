"""Every money and state event of a case is in the record once, in the transaction that made it true."""

from collections import Counter
from dataclasses import replace

import pytest
from django.db import connection

from accounts.models import Buyer, User
from accounts.services import people
from common import clock, guards
from common.progress import bar
from compensation.models import DecisionRecord, PolicyVersion, Remedy
from compensation.queries import quoting as queries
from compensation.services import policies
from evidence.models import Entry
from ledger.models import Hold, Transfer
from orders.services import intake
from shop_aftersales.record import check_everything, open_record
from tests.evidence.conftest import said, seal
from tests.tickets import case
from tickets.models import Event
from tickets.services import conversation

pytestmark = pytest.mark.django_db


def findings():
    return list(check_everything(bar=bar))


def datas(kind):
    return [each["data"] for each in said(kind)]


def test_the_way_of_a_drop_in_the_record(outside):
    case.fallen("A-1", left=850)
    ticket = case.claim("A-1")
    case.work()
    case.confirm(ticket)
    kinds = Counter(Entry.objects.filter(order_no="A-1").values_list("kind", flat=True))
    events = Event.objects.filter(ticket=ticket)
    assert kinds == {
        "order": 1, "decision": 1, "ticket": events.count(), "ticket_by": events.exclude(name="").count(),
        "remedy": 4, "transfer": 2,
    }  # fmt: skip
    remedy, decision = Remedy.objects.get(), DecisionRecord.objects.get()
    assert [(row["state"], row["delivered"]) for row in datas("remedy")] == [
        ("pending", 0), ("sending", 0), ("processing", 0), ("settled", 180),
    ]  # fmt: skip
    assert {row["key"] for row in datas("remedy")} == {str(remedy.key)}
    assert [(t["reason"], t["amount"], t["debit"], t["credit"]) for t in datas("transfer")] == [
        ("hold", 180, "owed.top_up", "reserved.top_up"), ("post", 180, "reserved.top_up", "delivered.top_up"),
    ]  # fmt: skip
    (recorded,) = datas("decision")
    assert (recorded["clause"], recorded["policy"]["hash"]) == ("drop.tier_b", decision.policy.hash)
    assert recorded["facts"]["present"] == 850
    assert [each["kind"] for each in datas("ticket")] == list(
        events.order_by("id").values_list("kind", flat=True)
    )
    assert {each["kind"] for each in datas("ticket_by")} == {"opened", "confirm"}
    seal()
    assert findings() == []


def test_who_did_it_and_notes_between_colleagues_are_for_ops_alone(outside):
    case.fallen("A-1", left=850)
    ticket = case.claim("A-1")
    conversation.say(
        ticket=ticket, text="只给同事看", actor="ops", name="qiao", internal=True, now=clock.now()
    )
    conversation.say(ticket=ticket, text="给您看", actor="ops", name="qiao", internal=False, now=clock.now())
    public = "".join(Entry.objects.filter(internal=False).values_list("body", flat=True))
    inside = "".join(Entry.objects.filter(internal=True).values_list("body", flat=True))
    assert ("给您看" in public, "只给同事看" in public, "qiao" in public, '"lin"' in public) == (
        True,
        False,
        False,
        False,
    )
    assert ("只给同事看" in inside, "qiao" in inside, '"lin"' in inside) == (True, True, True)


def test_what_only_ops_may_know_of_a_decision_is_an_entry_of_its_own(outside, monkeypatch):
    known = queries._base_facts
    monkeypatch.setattr(
        queries, "_base_facts", lambda *args, **named: replace(known(*args, **named), risk=99)
    )
    case.fallen("A-1", left=850)
    case.claim("A-1")
    public = "".join(Entry.objects.filter(internal=False).values_list("body", flat=True))
    assert "risk" not in public
    assert [row["facts"] for row in datas("decision_internal")] == [{"risk": 99}]
    assert datas("decision")[0]["review_reasons"] == ["manual"]
    seal()
    assert findings() == []


def test_policies_passwords_and_rights_are_recorded(shop, client, admin_user):
    assert policies.load_defaults(now=clock.now()) == 0  # the shop has loaded them
    published = set(PolicyVersion.objects.values_list("code", "version", "hash"))
    assert {(p["code"], p["version"], p["hash"]) for p in datas("policy")} == published
    order = case.fallen("A-1")
    intake.replace_query_password(order=order, password="new", by="shop", now=clock.now())
    assert datas("query_password") == [{"open": True}]
    assert datas("query_password_by") == [{"by": "shop"}]
    client.force_login(admin_user)
    yun = User.objects.create(username="yun-2", role="developer")
    form = {"username": "yun-2", "role": "ops", "is_active": "on", "is_staff": "on", "email": ""}
    assert client.post(f"/admin/accounts/user/{yun.pk}/change/", form).status_code == 302
    rights = datas("rights")[-1]
    assert (rights["username"], rights["role"], rights["staff"], rights["by"]) == (
        "yun-2",
        "ops",
        True,
        "admin",
    )
    assert not Entry.objects.filter(kind="rights", internal=False).exists()


@pytest.fixture
def settled(outside):
    case.fallen("A-1", left=700)
    case.claim("A-1")
    case.work()
    seal()
    assert findings() == []
    guards.remove(connection)


def unsound(key):
    return f"预留 {key}：预留的状态是「已入账」，分录却不是这样"


def test_a_transfer_changed_in_the_books(settled):
    row = Transfer.objects.order_by("id").first()
    Transfer.objects.filter(pk=row.pk).update(amount=row.amount - 1)
    assert findings() == [f"transfer #{row.pk}（A-1）：和存证说的不同：被改过", unsound(row.reference)]


def test_a_hold_ended_without_its_transfers(outside):
    case.fallen("A-1", left=850)
    case.claim("A-1")
    seal()
    assert findings() == []
    guards.remove(connection)
    hold = Hold.objects.get()
    Hold.objects.update(state=Hold.POSTED, posted=hold.amount)
    assert findings() == [unsound(hold.key)]


def test_a_remedy_and_an_event_changed_or_deleted(settled):
    remedy, event = Remedy.objects.order_by("id").first(), Event.objects.order_by("id").first()
    Remedy.objects.filter(pk=remedy.pk).update(delivered=1)
    Event.objects.filter(pk=event.pk).update(text="我没有说过")
    assert findings() == [
        f"{kind} #{pk}（A-1）：和存证说的不同：被改过"
        for kind, pk in (("remedy", remedy.pk), ("ticket", event.pk))
    ]
    gone = event.pk
    event.delete()
    assert findings()[1] == f"ticket #{gone}：存证里有，表里没有：被删了"


def test_a_transfer_slipped_in_and_one_deleted(settled):
    first, last = Transfer.objects.order_by("id").first(), Transfer.objects.order_by("id").last()
    holds = Hold.objects.order_by("pk").values_list("key", flat=True)
    first.pk, first.reason = None, "gift"
    first.save()
    gone = last.pk
    last.delete()
    assert findings() == [
        f"transfer #{first.pk}（A-1）：存证里没有：绕过程序写进来的", f"transfer #{gone}：存证里有，表里没有：被删了",
        *(unsound(key) for key in map(str, holds) if key in (first.reference, last.reference)),
    ]  # fmt: skip


def test_a_decision_changed_is_told_by_the_log_and_by_its_own_facts(settled):
    row = DecisionRecord.objects.get()
    DecisionRecord.objects.filter(pk=row.pk).update(clause="drop.tier_b")
    assert findings() == [f"决定 #{row.pk}（A-1）：按当时的事实和规则重算，clause 不同"]
    body = row.body | {"clause": "drop.tier_b"}
    DecisionRecord.objects.filter(pk=row.pk).update(body=body)
    assert findings()[0] == f"decision #{row.pk}（A-1）：和存证说的不同：被改过"


def test_the_record_says_from_when_on_it_vouches(outside):
    case.fallen("A-1", left=850)
    case.claim("A-1")
    guards.remove(connection)
    Entry.objects.all().delete()  # a shop from before the log
    open_record(now=clock.now())
    open_record(now=clock.now())
    newest = Transfer.objects.order_by("-id").first().pk
    assert datas("opened") == [{
        "transfer": newest, "decision": DecisionRecord.objects.get().pk, "remedy": Remedy.objects.get().pk,
        "ticket": Event.objects.order_by("-id").first().pk,
        "override": 0, "finding": 0, "approval": 0, "bearer": 0, "contest": 0, "contest_answer": 0,
    }]  # fmt: skip
    case.work()
    case.fallen("A-2", left=850)
    case.claim("A-2")
    seal()
    assert findings() == []
    assert Hold.objects.count() == 2


def test_everything_about_rights_is_recorded(client, admin_user):
    def recorded(kind):
        return [
            {name: row[name] for name in row if name in ("username", "agent", "deleted", "by", "external_id")}
            for row in datas(kind)
        ]

    made = people.ensure_user(
        username="yun-3", role="developer", buyer=people.ensure_buyer(external_id="b-9")
    )
    people.ensure_superuser(username="root-2", password="x", now=clock.now())
    people.ensure_user(username="yun-3", role="developer")
    assert recorded("rights") == [
        {"username": "yun-3", "deleted": False, "by": "program"},
        {"username": "root-2", "deleted": False, "by": "program"},
    ]  # fmt: skip
    client.force_login(admin_user)
    passwords = {
        "password1": "a-long-new-pass-9",
        "password2": "a-long-new-pass-9",
        "usable_password": "true",
    }
    assert client.post(f"/admin/accounts/user/{made.pk}/password/", passwords).status_code == 302
    buyer = made.buyer if hasattr(made, "buyer") else Buyer.objects.get(external_id="b-9")
    agent = people.ensure_user(username="qiao-3", role="ops")
    form = {"external_id": "b-9", "name": "", "contact": "", "user": "", "agent": agent.pk}
    assert client.post(f"/admin/accounts/buyer/{buyer.pk}/change/", form).status_code == 302
    assert client.post(f"/admin/accounts/user/{made.pk}/delete/", {"post": "yes"}).status_code == 302
    assert recorded("password_set") == [{"username": "yun-3", "by": "admin"}]
    assert recorded("buyer_account") == [
        {"external_id": "b-9", "username": "yun-3", "agent": None, "by": "program"},
        {"external_id": "b-9", "username": None, "agent": "qiao-3", "by": "admin"},
    ]  # fmt: skip
    assert recorded("rights")[-1] == {"username": "yun-3", "deleted": True, "by": "admin"}
    many = {
        "action": "delete_selected",
        "_selected_action": [User.objects.get(username="root-2").pk],
        "post": "yes",
    }
    assert client.post("/admin/accounts/user/", many).status_code == 302
    assert recorded("rights")[-1] == {"username": "root-2", "deleted": True, "by": "admin"}
