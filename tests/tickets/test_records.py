"""补单记录, over the API and as a page: how many came, from which accounts, what is missing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.services import people
from common import clock
from common.figures import mask_account
from compensation.models import DeliveredUnit, Remedy, UnitList
from tests.tickets.case import RUNNING, claim, close, confirm, fallen, work
from tickets.web import present_records, records

pytestmark = pytest.mark.django_db
API = "/api/v1/orders/A-1/remedies/"
PAGE = "/orders/A-1/records/"


def named(remedy, upto, *, start=1):
    """The supplier has named the accounts of its first so many."""
    at = remedy.created_at
    DeliveredUnit.objects.bulk_create(
        DeliveredUnit(
            order_id=remedy.order_id, remedy=remedy, n=n, account_id=f"3100{n:06d}", delivered_at=at
        )
        for n in range(start, upto + 1)
    )
    UnitList.objects.update_or_create(remedy=remedy, defaults={"known": upto, "next_at": None})


@pytest.fixture
def came(outside):
    fallen()
    ticket = claim()
    work()
    named(Remedy.objects.get(), 180)
    return ticket


@pytest.fixture
def browser(shop):
    """The buyer of A-1, signed in."""
    user = people.ensure_user(
        username="lin", role="buyer", password="pass", buyer=people.ensure_buyer(external_id="b-1")
    )
    client = Client()
    client.force_login(user)
    return client


def seen(reader="buyer", **asked):
    asked = {"chosen": "", "tab": "", "before": None} | asked
    user = people.ensure_user(
        username="lin", role="buyer", password="pass", buyer=people.ensure_buyer(external_id="b-1")
    )
    sheet = records.read(reader=user, no="A-1", **asked)
    return present_records.present_records(sheet=sheet, now=clock.now())


@pytest.mark.parametrize(
    ("account", "shown"),
    [
        ("3100000072", "31****072"), ("31000072", "31****072"), ("3100072", "3****2"), ("1234", "1****4"),
        ("123", "1****"), ("1", "1****"), ("张三丰同学的小号一二", "张三****号一二"),
    ],
)  # fmt: skip
def test_an_account_is_masked(account, shown):
    assert mask_account(account) == shown


@pytest.mark.parametrize(
    ("role", "first"),
    [("buyer", "31****001"), ("guest:A-1", "31****001"), ("ops", "3100000001"), ("shop", "31****001")],
)
def test_whose_account_it_was_only_ops_read_whole(came, client_as, role, first):
    client = client_as(role)
    (row,) = client.get(API).json()["results"]
    assert [
        (unit["quantity"], unit["account_ids"][0], len(unit["account_ids"])) for unit in row["units"]
    ] == [(180, first, 180)]
    newest = client.get(f"{API}{row['key']}/units/").json()["results"][0]
    assert (newest["n"], newest["account_id"][:2], len(newest["account_id"])) == (180, "31", len(first))


@pytest.mark.parametrize("role", ["developer", "guest:B-1"])
def test_records_of_anothers_order_are_absent(came, client_as, role):
    fallen("B-1", buyer_external_id="b-2")
    key = Remedy.objects.get().key
    codes = [client_as(role).get(path).status_code for path in (API, f"{API}{key}/units/")]
    assert codes == [404, 404]


def test_units_stand_with_the_batch_that_they_came_in(outside, client_as):
    outside.supplies = [{"state": "in_progress", "delivered": 70}]
    fallen()
    claim()
    work(5)
    remedy = Remedy.objects.get()
    remedy.deliveries.create(quantity=50, delivered_at=clock.now())
    named(remedy, 100)
    (row,) = client_as("buyer").get(API).json()["results"]
    assert [(u["quantity"], len(u["account_ids"])) for u in row["units"]] == [(70, 70), (50, 30)]


def test_as_many_queries_for_one_remedy_as_for_three(came, client_as):
    buyer = client_as("buyer")

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert buyer.get(API).status_code == 200
        return len(queries)

    asked()
    one = asked()
    for _ in range(2):
        Remedy.objects.create(**_copy(came))
    assert (Remedy.objects.count(), asked()) == (3, one)


def _copy(ticket):
    first, n = Remedy.objects.order_by("id").first(), Remedy.objects.count()
    return {
        "key": f"00000000-0000-0000-0000-00000000000{n}", "order": first.order, "decision": ticket.decision,
        "kind": "top_up", "ordinal": 10 + n, "quantity": 5, "state": "settled", "created_at": clock.now(),
    }  # fmt: skip


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_takes_at_most_twelve_queries(came, browser, rows):
    for n in range(rows - 1):
        remedy = Remedy.objects.create(
            **_copy(came) | {"ordinal": 100 + n, "key": f"{n:08d}-0000-0000-0000-000000000000"}
        )
        named(remedy, 5)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(PAGE).status_code == 200
    assert len(queries) <= 12


def test_pages_by_key_reach_every_unit_once(came):
    found, before = [], None
    while True:
        page = seen(before=before)
        found += [row.account for day in page.days for row in day.rows]
        if page.more is None:
            break
        before = page.more
    assert found == [mask_account(f"3100{n:06d}") for n in range(180, 0, -1)]


def test_what_is_on_its_way_is_counted_apart(outside):
    outside.supplies = [{"state": "in_progress", "delivered": 70}]
    fallen()
    claim()
    work(5)
    page = seen()
    assert (page.came, page.owed, [(pair.label, pair.value) for pair in page.sums]) == (
        70, 180, [("已到", "70 个"), ("送达中", "110 个"), ("这次补给您", "180 个")],
    )  # fmt: skip
    assert [(row.label, row.state) for row in page.missing] == [("还差 110 个", "正在办")]
    assert [tab.label for tab in page.tabs] == ["全部 180", "已到 70", "没到 110"]


def test_without_accounts_the_batches_are_told(outside):
    fallen()
    claim()
    work()
    page = seen()
    assert [row.account for day in page.days for row in day.rows] == ["180 个，没给账号"]
    assert (page.note, page.masks) == ("还有 180 个的账号供货方还没给到，给了就补在这里。", False)
    UnitList.objects.update(next_at=None)
    assert seen().note == ""


def test_what_was_called_back_is_owed_no_more(outside):
    outside.supplies = [{"state": "in_progress", "delivered": 70}]
    fallen()
    claim()
    work(5)
    Remedy.objects.update(state="voided")
    page = seen()
    assert (page.came, page.owed, page.missing) == (70, 70, ())


def test_several_are_listed_and_each_can_be_seen_alone(came):
    confirm(came)
    second = Remedy.objects.create(**_copy(came))
    page = seen()
    assert [(row.label, row.state) for row in page.promises] == [
        ("补发 5 个", "已到"),
        ("补发 180 个", "已到"),
    ]
    one = seen(chosen=str(second.key))
    assert (one.owed, one.days, one.promises[0].chosen) == (5, (), True)


def test_a_refund_says_its_number_and_how_it_comes(outside):
    fallen(left=700)
    claim()
    work()
    (refund,) = seen().refunds
    assert (refund.label, refund.state) == ("¥50.00", "已退")
    number = outside.jobs[str(Remedy.objects.get(kind="refund").key)]["reference"]
    assert refund.note.splitlines()[1:] == [
        "已退回原付款账户，一般 1 至 3 个工作日到账",
        f"退款编号 {number}",
    ]


MATCH = "在您的内容下面找这些账号：开头和末尾几位对得上，就是这一个到了。"
COUNT = "打开您的内容看现在的个数，和这里已到的个数对一对。"
BANK = "在原付款账户的收支明细里按金额找退款。"
ASK = "对不上、找不到，回售后单写一句，专人替您查。"


def test_the_page_is_named_for_what_it_holds_and_says_how_to_check_it(outside):
    """Nothing, a top-up on its way, one that came without its accounts."""
    fallen()
    assert (seen().title, seen().checks) == ("补单记录", ())
    claim()
    assert (seen().title, seen().checks) == ("补单记录", ())
    work()
    assert (seen().title, seen().checks) == ("补单记录", (COUNT, ASK))


def test_accounts_are_compared_and_the_page_leads_to_the_record(came, browser):
    assert seen().checks == (MATCH, ASK)
    page = browser.get(PAGE).content.decode()
    assert ("怎么核对" in page, 'href="/evidence/"' in page, "manage.py" in page) == (True, True, False)


def test_a_refund_is_looked_for_where_it_was_paid_from(outside):
    fallen(left=700)
    claim()
    work()
    assert (seen().title, seen().checks) == ("退款和补单记录", (COUNT, BANK, ASK))


def test_a_refund_alone_has_a_name_of_its_own(outside):
    fallen(sku="licence", quantity=1, paid_at=clock.now() - timedelta(hours=1))
    claim(reason="refund")
    assert (seen().title, seen().checks) == ("退款记录", ())


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200), ("?before=999999999999999999", 200), ("?before=x", 200), ("?before=-1", 200), ("?before=²", 200),
        ("?state=magic", 200), ("?of=nobody", 404), ("?of=%00", 404), ("?before=" + "9" * 400, 200),
    ],
)  # fmt: skip
def test_an_address_written_by_hand(came, browser, query, status):
    assert browser.get(PAGE + query).status_code == status


def test_a_stranger_sees_no_records(came, db):
    assert Client().get(PAGE).status_code == 404


def test_nothing_yet(shop):
    fallen()
    assert seen().empty == present_records.Empty(
        "还没有补过", "申请以后，补了多少、每一个什么时候到，都会记在这里。"
    )


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("processing", "供货方接单后，到一个记一个，多半几分钟内开始。"),
        ("held", "专人在安排，安排好就开始送，到一个记一个。"),
    ],
)  # fmt: skip
def test_nothing_came_yet(outside, state, text):
    outside.supplies = [RUNNING]
    fallen()
    claim()
    work(1)
    Remedy.objects.update(state=state)
    assert seen(tab="here").empty.text == text


def test_days_are_apart(came):
    close(came)
    remedy = Remedy.objects.create(**_copy(came) | {"delivered": 2})
    remedy.deliveries.create(quantity=2, delivered_at=clock.now() - timedelta(days=3))
    assert [len(day.rows) for day in seen(before=None).days] == [50, 1]
