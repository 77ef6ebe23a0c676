"""Nothing is refunded while its licence still works (invariant 15), and refunding k of Q revokes exactly k."""

from datetime import timedelta

import pytest

from common import clock
from common.figures import time_of_day
from compensation.models import Remedy
from compensation.services import intake
from evidence.models import Entry
from orders.models import Licence
from tests.claims.conftest import claim, told
from tests.claims.licence_case import here, paid, refund, sold, steps, there
from tests.orders.conftest import PRODUCT
from tests.tickets.desk_case import act, person, sound
from tickets.services import conversation
from tickets.web import read_order, read_ticket
from tickets.web.given_words import remedy_state
from tickets.web.order_slip import slip_of
from tickets.web.ticket_notices import notice

ACTIVE, SUSPENDED, REVOKED = "active", "suspended", "revoked"
LARGE = {"paid_fen": 30_000, "list_fen": 30_000}  # above what goes without a person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    """The head kept outside is of this test's database."""
    settings.DATA_DIR = tmp_path


def test_the_licence_is_revoked_before_the_refund_is_sent(shop, work, sandbox):
    sold(units=1)
    ticket = claim("K-1", "refund")
    assert (refund().state, steps()) == ("pending", [("revoke", "pending")])
    work()
    assert told(ticket) == ("confirming", [("refund", "settled", 5000, 0)])
    assert (here(), there(sandbox), paid(sandbox)) == ([REVOKED], [REVOKED], 5000)
    log = [(row.channel, row.method) for row in sandbox.store.log() if row.effect == "created"]
    assert log == [("licence", "POST"), ("refund", "POST")]
    sound()


@pytest.mark.parametrize(("k", "fen"), [(1, 1000), (2, 2000), (4, 4000), (5, 5000), (None, 5000)])
def test_refunding_k_of_q_revokes_exactly_k(shop, work, sandbox, k, fen):
    sold()
    ticket = claim("K-1", "refund", quantity=k)
    work()
    assert told(ticket)[1] == [("refund", "settled", fen, 0)]
    expected = [REVOKED] * (k or 5) + [ACTIVE] * (5 - (k or 5))
    assert (here(), there(sandbox), paid(sandbox)) == (expected, expected, fen)


def test_parts_take_what_the_earlier_ones_left(shop, work, sandbox):
    sold()
    for k, left in ((2, 3), (1, 2), (None, 0)):
        ticket = claim("K-1", "refund", quantity=k)
        work()
        ticket.refresh_from_db()
        conversation.confirm(ticket=ticket, name="lin", now=clock.now())
        assert there(sandbox).count(ACTIVE) == left
    assert paid(sandbox) == 5000


def test_a_used_unit_is_the_last_to_be_taken(shop, work, sandbox):
    sold()
    Licence.objects.filter(unit__in=(1, 3)).update(used_at=clock.now())
    claim("K-1", "refund", quantity=2)
    work()
    assert there(sandbox) == [ACTIVE, REVOKED, ACTIVE, REVOKED, ACTIVE]


def test_each_step_is_in_the_record(shop, work):
    sold(units=1)
    claim("K-1", "refund")
    work()
    sealed = (
        Entry.objects.filter(kind="licence", order_no="K-1").order_by("id").values_list("body", flat=True)
    )
    assert ['"state":"pending"' in sealed[0], '"state":"settled"' in sealed[1]] == [True, True]
    assert not any("K-1.1" in body for body in sealed)  # the number itself is nobody's to publish


# ---- who is not served by the service


@pytest.mark.parametrize(
    "change",
    [{"ids": ["K-1.1", "K-1.2"]}, {"ids": []}, {"sku": "sealed"}, {"gateway": "wallet"}, {"absent": True}],
)
def test_what_the_service_can_not_take_back_waits_for_a_person(shop, work, settings, change):
    intake.put_product(
        sku="sealed", fields=PRODUCT | {"kind": "licence", "policy": "licence-standard", "revocable": False},
        now=clock.now(),
    )  # fmt: skip
    if change.pop("absent", False):
        settings.LICENCE_URL = ""
    sold(**change)
    ticket = claim("K-1", "refund")
    work()
    assert told(ticket) == ("waiting_ops", [("refund", "held", 5000, 0)])
    assert refund().held_reason == ("manual_gateway" if "gateway" in change else "revocation")
    assert (steps(), set(here())) == ([], {ACTIVE} if here() else set())


def test_a_part_within_the_known_licences_is_served(shop, work, sandbox):
    sold(ids=["K-1.1", "K-1.2"])
    ticket = claim("K-1", "refund", quantity=2)
    work()
    assert (told(ticket)[1], there(sandbox)) == ([("refund", "settled", 2000, 0)], [REVOKED, REVOKED])


def test_time_that_is_paid_back_ends_the_whole_licence(shop, work, sandbox):
    subscription = {"kind": "subscription", "policy": "subscription-standard", "duration_seconds": 30 * 86400}
    intake.put_product(sku="months", fields=PRODUCT | subscription, now=clock.now())
    sold(sku="months", units=1, paid_at=clock.now() - timedelta(days=10))
    ticket = claim("K-1", "refund")
    work()
    [(kind, state, fen, _)] = told(ticket)[1]
    assert (kind, state, ticket.decision.clause) == ("refund", "settled", "refund.pro_rata")
    assert (0 < fen < 5000, refund().units_back, there(sandbox)) == (True, 0, [REVOKED])


def test_likes_with_licences_lose_those_that_are_paid_back(fell, work, sandbox):
    fell("A-1", 700, licence_ids=("S-1", "S-2"))
    ticket = claim("A-1")
    work()
    assert told(ticket)[1] == [("gift", "settled", 1000, 1000), ("refund", "settled", 5000, 0)]
    assert there(sandbox, "A-1") == [REVOKED, REVOKED]


# ---- a person is asked first


def test_while_people_decide_the_units_are_suspended(shop, work, sandbox):
    sold(**LARGE)
    ticket = claim("K-1", "refund", quantity=4)
    work()
    assert there(sandbox) == here() == [SUSPENDED] * 4 + [ACTIVE]
    act(ticket, "approve")
    work()
    assert told(ticket)[1] == [("refund", "settled", 24_000, 0)]
    assert (there(sandbox), here()) == ([REVOKED] * 4 + [ACTIVE],) * 2
    sound()


@pytest.mark.parametrize("end", ["refuse", "withdraw"])
@pytest.mark.parametrize("heard", [True, False])
def test_what_is_not_paid_back_works_again(shop, work, sandbox, end, heard):
    sold(**LARGE)
    ticket = claim("K-1", "refund")
    if heard:
        work()
    if end == "refuse":
        act(ticket, "refuse")
    else:
        conversation.withdraw(ticket=ticket, name="lin", now=clock.now())
    work()
    assert (there(sandbox), here(), paid(sandbox)) == ([ACTIVE] * 5, [ACTIVE] * 5, 0)
    # What never went out is called back, and nothing has to be undone.
    kinds = [kind for kind, _ in steps()]
    assert kinds == ["suspend"] * 5 + (["reinstate"] * 5 if heard else [])
    assert not Licence.objects.exclude(taken_by=None).exists()


def test_refused_appealed_and_granted_after_all(shop, work, sandbox):
    sold(**LARGE)
    ticket = claim("K-1", "refund")
    work()
    act(ticket, "refuse")
    work()
    ticket.refresh_from_db()
    conversation.appeal(ticket=ticket, text="没有用过", name="lin", now=clock.now())
    act(ticket, "approve")
    work()
    assert (there(sandbox), paid(sandbox)) == ([REVOKED] * 5, 30_000)
    assert Remedy.objects.filter(kind="refund", state="settled").count() == 1


def test_an_override_takes_what_its_sum_pays_for(shop, work, sandbox):
    sold(**LARGE)
    ticket = claim("K-1", "refund")
    work()
    act(ticket, "override", remedies=[{"kind": "refund", "amount_fen": 6000}])
    work()
    assert (paid(sandbox), there(sandbox)) == (6000, [ACTIVE] * 5)  # a price cut: no unit goes with it


# ---- what the buyer reads


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "先收回您的授权，再退款：有了结果就退，不用您做什么。"),
        (LARGE, "按规定要专人看过才发放，2 小时内答复您。专人看的时候授权先停用，不退就恢复。"),
        ({"ids": []}, "退这一单要先收回您的授权，专人核对用了多少，24 小时内退给您。"),
    ],
)
def test_the_order_page_says_what_happens_next(shop, work, changes, said):
    sold(**changes)
    sheet = read_order.read(reader=person(), order_no="K-1", now=clock.now())
    slip, _ = slip_of(sheet=sheet, now=clock.now())
    assert said in slip.advice


def test_the_case_says_that_the_licence_goes_first(shop, work):
    sold(ids=["K-1.1.reject"], units=1)
    ticket = claim("K-1", "refund")
    time = time_of_day(ticket.opened_at)

    def words():
        ticket.refresh_from_db()
        sheet = read_ticket.sheet_of(ticket=ticket, now=clock.now())
        return remedy_state(sheet.remedies[0])[0], notice(sheet=sheet, now=clock.now())

    assert words() == ("先收回授权，再退款", "")
    work()
    assert words() == (
        "先停下，专人在看",
        f"您的授权还没有收回，钱先不退。专人接手在办，最迟明天 {time} 办好，您不用再提交。"
        "该退您的都记着，一分都不会少。",
    )  # fmt: skip
