"""The admin's pages of what doesn't add up and of a standstill: read, pressed with a reason, for ops only."""

import pytest
from django.test import Client

from accounts.services import people
from common import clock
from integrations.models import Standstill
from integrations.services import standstill
from ledger.models import Break, BreakClosing
from ledger.services import breaks

pytestmark = pytest.mark.django_db
BREAKS, STILL = "/admin/ledger/break/", "/admin/integrations/standstill/"


def signed_in(role="ops"):
    client = Client()
    client.force_login(people.ensure_user(username=f"s-{role}", role=role, is_staff=True))
    return client


@pytest.fixture
def qiao(db):
    return signed_in()


@pytest.fixture
def found(db):
    for kind, reference in (("amount", "supplier:1"), ("refund_failed", "2"), ("unheard_of", "3")):
        breaks.open_break(
            kind=kind, reference=reference, detail=f"订单 A-{reference[-1]} <差>", now=clock.now()
        )
    return Break.objects.order_by("id")


@pytest.fixture
def still(db):
    standstill.begin(last_known=None, now=clock.now())
    return Standstill.objects.get()


def page(row):
    return f"{BREAKS if isinstance(row, Break) else STILL}{row.pk}/change/"


def listed(client, query=""):
    return [row.kind for row in client.get(f"{BREAKS}{query}").context["cl"].result_list]


def test_open_ones_the_oldest_first(found, qiao):
    assert listed(qiao) == ["amount", "refund_failed", "unheard_of"]
    breaks.close_break(pk=found[0].pk, by="he", note="对了", now=clock.now())
    assert listed(qiao) == ["refund_failed", "unheard_of"]
    assert listed(qiao, "?show=closed") == ["amount"]
    assert listed(qiao, "?show=all") == ["unheard_of", "refund_failed", "amount"]
    assert listed(qiao, "?q=A-1") == ["amount"]


def test_the_page_says_what_to_do(found, qiao):
    text = qiao.get(page(found[0])).content.decode()
    for said in (
        "金额不一样",
        "到对方后台按键找这一笔",
        "订单 A-1 &lt;差&gt;",
        "supplier:1",
        "核对过了，结案",
    ):
        assert said in text
    assert qiao.get(page(found[2])).status_code == 200  # a kind that nobody has described


def test_closed_by_a_button_with_a_note(found, qiao):
    row = found[0]
    refused = qiao.post(page(row), {"action": "close", "reason": "  "})
    assert (refused.status_code, BreakClosing.objects.count()) == (422, 0)
    assert "请写下核对的结果" in refused.content.decode()
    assert qiao.post(page(row), {"action": "close", "reason": "对方改正了"}).status_code == 302
    closing = BreakClosing.objects.get()
    assert (closing.found_id, closing.by, closing.note) == (row.pk, "s-ops", "对方改正了")
    text = qiao.get(page(row)).content.decode()
    assert "对方改正了" in text
    assert "核对过了，结案" not in text
    late = qiao.post(page(row), {"action": "close", "reason": "我也看过"})
    assert (late.status_code, BreakClosing.objects.count()) == (409, 1)
    for said in ("刚刚有了新的进展", "我也看过"):
        assert said in late.content.decode()


def test_sending_goes_on_by_a_button_with_a_reason(still, qiao):
    assert qiao.get(STILL).status_code == 200
    assert "对账没有问题，恢复发送" in qiao.get(page(still)).content.decode()
    assert qiao.post(page(still), {"action": "resume", "reason": ""}).status_code == 422
    assert not standstill.sends()
    assert qiao.post(page(still), {"action": "resume", "reason": "两方的后台都看过"}).status_code == 302
    assert standstill.sends()
    assert "对账没有问题" not in qiao.get(page(still)).content.decode()
    assert qiao.post(page(still), {"action": "resume", "reason": "再按"}).status_code == 409


@pytest.mark.parametrize("action", ["", "resume", "close", "delete"])
def test_only_what_a_page_offers(found, still, qiao, action):
    wrong = [row for row, own in ((found[0], "close"), (still, "resume")) if action != own]
    for row in wrong:
        assert qiao.post(page(row), {"action": action, "reason": "试"}).status_code == 409
    assert BreakClosing.objects.count() + Standstill.objects.exclude(ended_at=None).count() == 0


@pytest.mark.parametrize("role", ["developer", "panel", "shop", "buyer", ""])
def test_to_other_staff_there_is_no_such_page(found, still, role):
    client = signed_in(role)
    for row in (found[0], still):
        assert client.get(page(row)).status_code == 404
        assert client.post(page(row), {"action": "close", "reason": "x"}).status_code == 404
    assert (BreakClosing.objects.count(), standstill.sends()) == (0, False)
