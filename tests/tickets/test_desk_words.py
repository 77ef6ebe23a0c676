"""What the buyer reads after each move of ops: title, whose turn, receipt, and the line in the history."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from common import clock
from orders.models import Product
from tests.tickets.case import claim, fallen, work
from tests.tickets.desk_case import (
    ONE,
    TWO,
    act,
    appealed,
    large,
    person,
    refused,
    story,
    unhappy,
    unmeasured,
)
from tickets.services import conversation, waiting
from tickets.web import read_ticket
from tickets.web.present_ticket import present_ticket

pytestmark = pytest.mark.django_db
GIVEN = [{"kind": "refund", "amount_fen": 3000}, {"kind": "gift", "quantity": 50}]


def page(ticket):
    """As the buyer sees it now."""
    now = clock.now()
    return present_ticket(
        sheet=read_ticket.read(reader=person("boss"), no=ticket.no, acts=True, now=now), now=now
    )


def seen(ticket):
    """(title, whose turn, what the receipt says, the newest line of the history)."""
    shown = page(ticket)
    past = [item for item in shown.flow if not item.upcoming][-1]
    receipt = " ".join(part for part in (shown.slip.lead, shown.slip.figure, shown.slip.unit) if part)
    return shown.title, shown.turn.value, (receipt, *shown.slip.lines), (past.text, past.note)


def test_refused_by_a_person_the_reason_stands_on_the_receipt(shop):
    ticket = large()
    act(ticket, "refuse", reason="计数是您自己清空的")
    shown = page(ticket)
    assert (shown.title, shown.turn.value) == ("这次不能办，原因在下面", "您，不同意可以说")
    assert (shown.slip.lead, shown.slip.figure, shown.slip.lines) == (
        "专人答复您",
        "",
        ("计数是您自己清空的",),
    )
    assert shown.slip.why == "照规则原来怎么算的"
    assert ("专人答复：这次不能办", "计数是您自己清空的") in [(item.text, item.note) for item in shown.flow]
    assert (shown.can.appeal, shown.can.confirm) == (True, False)


def test_refused_after_an_appeal_it_is_over_and_says_why(shop):
    ticket = appealed(refused())
    assert page(ticket).title == "已收到您的申诉，专人在复核"
    act(ticket, "refuse", reason="激活码已经用过，记录在附件里")
    assert seen(ticket) == (
        "复核过了，还是不能办，原因在下面", "已结束", ("专人答复您", "激活码已经用过，记录在附件里"),
        ("专人复核后书面答复：还是不能办", "激活码已经用过，记录在附件里"),
    )  # fmt: skip


def test_an_answer_is_read_before_it_is_confirmed(shop):
    ticket = unmeasured()
    act(ticket, "approve", reason="计数恢复了，您可以重新申请")
    assert seen(ticket) == (
        "专人答复了，请您看一眼", "您，看一眼就行", ("专人答复您", "计数恢复了，您可以重新申请"),
        ("专人答复", "计数恢复了，您可以重新申请"),
    )  # fmt: skip


def test_an_override_shows_what_is_given_and_not_what_was_computed(outside):
    ticket = large()
    act(ticket, "override", remedies=GIVEN, reason="商量好了")
    shown = page(ticket)
    assert (shown.title, shown.slip.lead, shown.slip.figure) == (
        "正在退款 ¥30.00，正在送 50 个", "专人改定，给您", "¥30.00",
    )  # fmt: skip
    assert shown.slip.lines == ("另送优质的 50 个。", "商量好了")
    assert [(view.label, view.figure, view.state) for view in shown.remedies] == [
        ("退款", "¥30.00", "正在退款"), ("另送优质的", "50 个", "正在办"),
    ]  # fmt: skip
    work()
    done = page(ticket)
    assert (done.title, [step.state for step in done.steps]) == (
        "款已退，赠送的也到了，请您看一眼", ["done", "done", "done", "now"],
    )  # fmt: skip


def test_an_override_that_waits_promises_nothing(outside):
    ticket = large()
    act(ticket, "override", remedies=[{"kind": "refund", "amount_fen": 30_000}], reason="商量好了")
    shown = page(ticket)
    assert (shown.title, shown.notice, shown.slip.lead) == (
        "专人在看，看过就答复您", "下面是专人提出的，要另一位同事批准，批了就办。", "专人提出给您",
    )  # fmt: skip
    act(ticket, "approve", by="an")
    assert page(ticket).slip.lead == "专人改定，给您"


def test_that_one_of_two_agreed_is_not_said(outside):
    ticket = large(TWO)
    before = seen(ticket)
    act(ticket, "approve")
    assert seen(ticket) == before


@pytest.mark.parametrize(("whom", "said"), [("buyer", "专人请您补充"), ("developer", "专人请商家说明")])
def test_who_was_asked_what(shop, whom, said):
    ticket = large()
    Product.objects.update(developer=User.objects.get(pk=person("yun", "developer").pk))
    act(ticket, "request_proof", whom=whom, text="请发一张截图")
    title, turn, _, line = seen(ticket)
    assert line == (said, "请发一张截图")
    assert (title, turn) == {
        "buyer": ("请发一张截图", "您，补充说明"), "developer": ("等商家答复", "商家，您不用做什么"),
    }[whom]  # fmt: skip
    speaker = {"buyer": "lin", "developer": "yun"}[whom]
    ticket.refresh_from_db()
    conversation.say(ticket=ticket, text="在这里", actor=whom, name=speaker, internal=False, now=clock.now())
    past = [(item.text, item.note) for item in page(ticket).flow if not item.upcoming]
    assert (
        past[-2:]
        == {
            "buyer": [("您补充了说明", "在这里"), ("转回专人", "看过就答复您")],
            "developer": [("商家答复", "在这里"), ("商家答复了，转回专人", "看过就答复您")],
        }[whom]
    )


def test_decided_again_says_so_and_shows_the_new_sum(outside):
    fallen(left=1000, paid_fen=ONE)
    ticket = claim(reason="fake_units")
    act(ticket, "establish", facts={"proof": "verified", "fake_units": 40}, reason="抽查了 100 个")
    shown = page(ticket)
    assert (shown.title, shown.slip.lead, shown.slip.figure) == ("正在补发 40 个", "补给您", "40")
    past = [(item.text, item.note) for item in shown.flow if not item.upcoming]
    assert past[-2:] == [("专人核实了情况", "抽查了 100 个"), ("照核实的情况重新算过", "")]
    work()
    unhappy(ticket)
    act(ticket, "approve", reason="已经补齐，谢谢您")
    assert seen(ticket)[::2] == ("专人答复了，请您看一眼", ("专人答复您", "已经补齐，谢谢您"))


def test_a_refund_that_failed_and_was_given_anew_is_one_refund(outside):
    outside.refunds = [{"state": "failed"}, {"state": "succeeded"}]
    fallen(left=700)
    ticket = claim()
    work()
    assert page(ticket).title == "遇到一点状况，专人在处理"
    act(ticket, "override", remedies=[{"kind": "refund", "amount_fen": 5000}])
    work()
    assert [(view.label, view.state) for view in page(ticket).remedies] == [
        ("退款", "已退"),
        ("另送优质的", "已到"),
    ]


def stamp_of(ticket):
    stamp = page(ticket).slip.stamp
    return stamp.text, stamp.at


def test_the_stamp_has_the_time_of_the_newest_move_into_the_state(shop, time_machine):
    """Asked twice, the second time counts; an approval that waits for a second one is no decision yet."""
    began = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)
    time_machine.move_to(began, tick=False)
    ticket = large()
    for hour, text in ((1, "第一次"), (3, "第二次")):
        time_machine.move_to(began + timedelta(hours=hour), tick=False)
        act(ticket, "request_proof", whom="buyer", text=text)
        assert stamp_of(ticket) == ("待补充", f"11-22 {13 + hour}:05")
        time_machine.move_to(began + timedelta(hours=hour, minutes=30), tick=False)
        ticket.refresh_from_db()
        conversation.say(
            ticket=ticket, text="在这里", actor="buyer", name="lin", internal=False, now=clock.now()
        )
        assert stamp_of(ticket) == ("待核对", f"11-22 {13 + hour}:35")
    time_machine.move_to(began + timedelta(hours=4), tick=False)
    act(ticket, "approve")
    assert stamp_of(ticket) == ("已决定", "11-22 17:05")


def test_what_leaves_a_case_where_it_is_leaves_its_time(shop, time_machine):
    """Approved by the first of two, it waits since it came there."""
    began = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)
    time_machine.move_to(began, tick=False)
    ticket = large(paid_fen=TWO)
    for hour, by, said in ((1, "qiao", ("待核对", "11-22 13:05")), (2, "boss", ("已决定", "11-22 15:05"))):
        time_machine.move_to(began + timedelta(hours=hour), tick=False)
        act(ticket, "approve", by=by)
        assert stamp_of(ticket) == said


def test_a_limit_that_passed_leaves_the_time_too(shop, time_machine):
    began = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)
    time_machine.move_to(began, tick=False)
    ticket = large()
    time_machine.move_to(began + timedelta(hours=5), tick=False)
    waiting.run_due(now=clock.now())
    assert "escalate" in [kind for kind, *_ in story(ticket)]
    assert stamp_of(ticket) == ("待核对", "11-22 13:05")
