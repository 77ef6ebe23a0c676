"""Many cases at once: files of the list, and steps that each stand alone."""

import csv
import io

import pytest
from openpyxl import load_workbook

from accounts.services import people
from common.clock import SHANGHAI
from orders.models import Order
from tests.tickets.case import fallen, rows, state
from tests.tickets.desk_pages import QUEUE, dear, do, person, said, waiting
from tickets.models import Event, QuickReply, Ticket

HEAD = [
    "单号", "订单", "商品", "事由", "算得", "轻重", "状态", "轮到", "还剩或已超", "提交于", "经办", "买家", "长期用户",
]  # fmt: skip


def bulk(client, what, *tickets, **given):
    chosen = [f"{ticket.pk}.{Ticket.objects.get(pk=ticket.pk).version}" for ticket in tickets]
    return client.post(f"{QUEUE}bulk/", {"do": what, "chosen": chosen, **given}, follow=True)


@pytest.fixture
def listed(shop):
    """A hostile title, a number of digits alone, money waiting."""
    first, second = waiting("123456789012345678"), dear("=A-2")
    Order.objects.filter(pk=second.order_id).update(long_term=True)
    second.order.product.title = "=HYPERLINK(1)"
    second.order.product.save()
    Ticket.objects.update(due_at=None)
    for ticket in (first, second):
        ticket.clocks.all().delete()
        ticket.refresh_from_db()
    return first, second


def lines(first, second, *, plain):
    when = [f"{ticket.opened_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" for ticket in (first, second)]
    title = "'=HYPERLINK(1)"
    return [
        HEAD,
        [
            second.no, "'=A-2", title, "掉赞", "退款 ¥300.00，赠送 1,000 个", "紧急", "等我们处理", "我们", "", when[1],
            "", "林**", "是",
        ],
        [first.no, plain, title, "建议", "", "普通", "等我们处理", "我们", "", when[0], "", "林**", ""],
    ]  # fmt: skip


def test_the_csv_opens_as_it_is(listed):
    answer = person().get(f"{QUEUE}export.csv")
    raw = answer.content
    assert raw.startswith(b"\xef\xbb\xbf")
    found = [
        [cell.removesuffix("") for cell in row] for row in csv.reader(io.StringIO(raw.decode("utf-8-sig")))
    ]
    wanted = lines(*listed, plain="\t123456789012345678")
    assert found == wanted
    assert answer["Content-Disposition"].startswith('attachment; filename="tickets-')


def test_the_workbook_holds_text_and_no_formula(listed):
    book = load_workbook(io.BytesIO(person().get(f"{QUEUE}export.xlsx").content))
    cells = list(book.active.iter_rows())
    wanted = lines(*listed, plain="123456789012345678")
    assert [[cell.value or "" for cell in row] for row in cells] == wanted
    assert {cell.data_type for row in cells for cell in row if cell.value} == {"s"}
    assert {cell.number_format for row in cells for cell in row if cell.value} == {"@"}


def test_a_file_is_of_the_list_that_is_shown(listed):
    first, second = listed
    client = person()

    def numbers(query):
        text = client.get(f"{QUEUE}export.csv{query}").content.decode("utf-8-sig")
        return [row[0] for row in csv.reader(io.StringIO(text))][1:]

    assert numbers("?q=1234") == [first.no]
    assert numbers("?tab=late") == []
    assert numbers("?tab=all") == [second.no, first.no]


def test_taken_on_and_handed_to_a_colleague(shop):
    client, ticket, other = person(), waiting("A-1"), waiting("A-2")
    fang = people.ensure_user(username="fang", role="ops", password="pass", is_staff=True)
    assert said(bulk(client, "mine", ticket, other)) == ["交出去 2 张。"]
    assert said(bulk(client, "assign", other, to=str(fang.pk))) == ["交出去 1 张。"]
    owners = {one.order.order_no: one.assignee.username for one in Ticket.objects.all()}
    assert owners == {"A-1": "qiao", "A-2": "fang"}
    assert said(bulk(client, "assign", other, to="")) == ["请选一位同事。"]


def test_each_approval_stands_alone_and_what_failed_is_told(shop):
    client = person()
    one, stale, two = dear("A-1"), dear("A-2"), dear("A-3", paid_fen=150_000)
    old = f"{stale.pk}.{stale.version}"
    do(person("fang"), stale, "assign", to=str(client.user.pk))
    chosen = [f"{one.pk}.{one.version}", old, f"{two.pk}.{two.version}"]
    answer = client.post(
        f"{QUEUE}bulk/",
        {"do": "approve", "reason": "数对了", "chosen": chosen, "next": f"{QUEUE}?tab=all"},
        follow=True,
    )
    assert answer.redirect_chain == [(f"{QUEUE}?tab=all", 302)]
    assert said(answer) == [
        "批准 1 张。",
        f"{stale.no} 没有办成：您看的时候，这一单已经有了新的进展，可能是同事先办了。请刷新，看过经过再决定。",
        f"{two.no} 没有办成：要两个人批准的，请打开这一张再批。",
    ]
    assert [state(ticket) for ticket in (one, stale, two)] == ["fulfilling", "waiting_ops", "waiting_ops"]
    assert {row[1] for row in rows(one)} != {"awaiting_approval"} == {row[1] for row in rows(two)}
    assert two.decision.approvals.count() == 0


def test_a_quick_reply_to_many_speaks_of_each(shop):
    client, one, two = person(), waiting("A-1"), waiting("A-2")
    quick = QuickReply.objects.create(title="在看", text="订单【订单号】（【单号】，【商品】）在核对。")
    assert said(bulk(client, "reply", one, two, quick=str(quick.pk))) == ["发给买家 2 张。"]
    told = list(
        Event.objects.filter(kind="message").order_by("id").values_list("text", "actor", "name", "internal")
    )
    assert told == [
        (f"订单{ticket.order.order_no}（{ticket.no}，说说点赞）在核对。", "ops", "qiao", False)
        for ticket in (one, two)
    ]
    assert said(bulk(client, "reply", one)) == ["请选一句快捷回复。"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "请先勾上要办的单。"), ({"do": "approve"}, "请先勾上要办的单。"),
        ({"do": "approve", "chosen": "1.0"}, "请写批准的理由，买家看得到。"),
        ({"do": "drop", "chosen": "1.0"}, "请选要做的事。"),
        ({"do": "mine", "chosen": ["x.y", "1"]}, "勾选的单读不懂，请刷新后再勾。"),
    ],
)  # fmt: skip
def test_a_press_that_says_nothing_changes_nothing(shop, given, told):
    fallen()
    answer = person().post(f"{QUEUE}bulk/", {"next": "https://evil.example/", **given}, follow=True)
    assert (said(answer), answer.redirect_chain) == ([told], [(QUEUE, 302)])
