"""The ticket's page at the desk: the buttons of the table, what each does, a colleague who was first, two people."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from integrations.models import Standstill
from tests.tickets.case import claim, fallen, rows, state
from tests.tickets.desk_pages import QUEUE, at, dear, do, person, said, waiting, words
from tickets.models import QuickReply, ShiftNote, Ticket
from tickets.rules.lifecycle import State, allowed
from tickets.services import conversation
from tickets.web.desk import moves, present_case, read_case, typed


def buttons(client, ticket):
    return [form.action for form in client.get(at(ticket)).context["forms"]]


@pytest.mark.parametrize("now", list(State))
def test_the_buttons_are_those_of_the_table(shop, now):
    ticket = waiting()
    Ticket.objects.filter(pk=ticket.pk).update(state=now)
    assert set(buttons(person(), ticket)) == set(allowed(now, "ops"))


def test_every_move_of_ops_has_a_button():
    assert {move for here in State for move in allowed(here, "ops")} == set(moves.NAMES) - {"answer_contest"}


def form(client, ticket, action):
    return next(each for each in client.get(at(ticket)).context["forms"] if each.action == action)


STEPS = [
    ("approve", {"reason": "数对了"}, "fulfilling", "批准记下了"),
    ("override", {"give_refund": "20.5", "give_gift": "", "reason": "协商"}, "fulfilling", "改判记下了"),
    ("refuse", {"reason": "不在规则里"}, "refused", "已答复买家，不予补偿"),
    ("request_proof", {"whom": "buyer", "text": "请发一张截图"}, "waiting_buyer", "已经去问了"),
    ("set_responsibility", {"party": "supplier", "reason": "同批都掉"}, "waiting_ops", "责任方记下了"),
    ("assign", {"to": "me"}, "waiting_ops", "经办人换好了"),
    ("say", {"text": "在看了", "do": "reply"}, "waiting_ops", "记下了"),
]  # fmt: skip


@pytest.mark.parametrize(("action", "given", "then", "told"), STEPS, ids=[row[0] for row in STEPS])
def test_each_button_does_its_step_and_says_so(shop, action, given, then, told):
    client, ticket = person(), dear()
    given = {name: str(client.user.pk) if value == "me" else value for name, value in given.items()}
    answer = do(client, ticket, action, follow=True, **given)
    assert (answer.redirect_chain, said(answer)) == ([(at(ticket), 302)], [f"{ticket.no}：{told}。"])
    assert state(ticket) == then


def test_what_was_overridden_is_what_was_typed(shop):
    client, ticket = person(), dear()
    assert [(f.name, f.value) for f in form(client, ticket, "override").fields] == [
        ("give_refund", "300.00"), ("give_top_up", ""), ("give_gift", "1000"), ("give_interaction_pack", ""),
        ("give_replacement", ""),
    ]  # fmt: skip
    do(client, ticket, "override", give_refund="20.5", give_top_up="180", give_gift="0", reason="协商")
    given = {(kind, owed) for kind, now, owed, _ in rows(ticket) if now != "voided"}
    assert given == {("refund", 2050), ("top_up", 180)}


def test_a_fact_decides_anew(shop):
    client = person()
    fallen()
    ticket = claim(reason="fake_units", text="像机器号")
    names = [field.name for field in form(client, ticket, "establish").fields]
    assert names == ["proof", "fault", "fake_units"]
    answer = do(
        client, ticket, "establish", proof="verified", fault="", fake_units="30", reason="抽查过", follow=True
    )
    assert said(answer) == [f"{ticket.no}：事实记下了，已照它重新决定。"]
    ticket.refresh_from_db()
    assert (ticket.decision.clause, [row[:3:2] for row in rows(ticket)]) == ("fake.replace", [("top_up", 30)])


WRONG = [
    ("approve", {"reason": " "}, {"reason": "请写明理由，买家会看到。"}),
    ("override", {"give_refund": "二十", "reason": "协商"}, {"give_refund": "写成 12.50 这样。"}),
    ("override", {"give_top_up": "1.5", "reason": "协商"}, {"give_top_up": "写整数，比如 180。"}),
    ("override", {"reason": "协商"}, {"reason": "请写上要给什么；什么都不给，请用「拒绝」并写明理由。"}),
    (
        "override", {"give_refund": "301", "reason": "多给"},
        {"": "这一单实付的钱里还能退 ¥300.00，请把金额改到它以内。"},
    ),
    ("request_proof", {"whom": "developer", "text": "请看"}, {"from": "这件商品没有登记开发者，请向买家要。"}),
]  # fmt: skip


@pytest.mark.parametrize(("action", "given", "why"), WRONG)
def test_what_is_wrong_is_said_and_what_was_typed_stays(shop, action, given, why):
    client, ticket = person(), dear()
    before = state(ticket), ticket.version
    answer = do(client, ticket, action, **given)
    assert answer.status_code == (409 if "" in why else 422)
    assert "您写的都还在，看过再决定要不要提交。" not in words(answer)
    back = next(each for each in answer.context["forms"] if each.action == action)
    assert back.open
    assert answer.context["tried"].errors | ({"": answer.context["tried"].why} if "" in why else {}) == why
    shown = set(words(answer))
    assert set(why.values()) <= shown
    assert {field.name: field.value for field in back.fields} | {back.asks: back.text} == {
        field.name: given.get(field.name, field.value) for field in back.fields
    } | {back.asks: given.get(back.asks, "")}
    assert (state(ticket), ticket.version) == before


def test_a_colleague_was_first(shop):
    qiao, fang, ticket = person(), person("fang"), dear()
    old = ticket.version
    do(fang, ticket, "refuse", reason="不在规则里", version=old)
    answer = do(qiao, ticket, "approve", reason="数对了，我写了很多字", version=old)
    assert answer.status_code == 409
    shown = words(answer)
    assert "您看的时候，这一单已经有了新的进展，可能是同事先办了。请刷新，看过经过再决定。" in shown
    assert "您写的都还在，看过再决定要不要提交。" in shown
    assert state(ticket) == "refused"
    assert answer.context["tried"].typed["reason"] == "数对了，我写了很多字"
    assert "数对了，我写了很多字" in shown  # though the move is gone


def test_large_refunds_take_two_people(shop):
    qiao, fang = person(), person("fang")
    ticket = dear(paid_fen=150_000)
    assert (
        form(qiao, ticket, "approve").hint
        == "给：退款 ¥1500.00，赠送 1,000 个。要 2 个人批准，已批准：还没有人。"
    )
    do(qiao, ticket, "approve", reason="数对了")
    assert (state(ticket), form(qiao, ticket, "approve").blocked) == (
        "waiting_ops", "您已经批准过了，要由另一位同事再批。",
    )  # fmt: skip
    assert form(fang, ticket, "approve").hint.endswith("要 2 个人批准，已批准：qiao。")
    assert form(fang, ticket, "approve").blocked == ""
    assert do(qiao, ticket, "approve", reason="再批一次").status_code == 409
    do(fang, ticket, "approve", reason="核过")
    assert state(ticket) == "fulfilling"


def approve(client, ticket):
    found = form(client, ticket, "approve")
    return found.label, found.tone, found.asks_label


def test_the_button_says_what_it_gives_and_is_green_only_where_it_can_be_pressed(shop):
    qiao, fang = person(), person("fang")
    why = "批准的理由（买家看得到）"
    ticket = dear()
    assert approve(qiao, ticket) == ("批准：退 ¥300.00，送 1,000 个", "go", why)
    do(qiao, ticket, "override", give_refund="37.5", give_top_up="150", reason="协商")
    two = dear("A-2", 150_000)
    assert approve(qiao, two)[0] == "批准（第 1 位，共要 2 位）：退 ¥1500.00，送 1,000 个"
    do(qiao, two, "approve", reason="数对了")
    assert approve(qiao, two) == ("批准", "quiet", why)
    assert approve(fang, two)[0] == "批准（第 2 位，共要 2 位）：退 ¥1500.00，送 1,000 个"
    assert approve(qiao, waiting("A-3")) == ("答复买家", "go", "写给买家的答复")


def test_what_was_refused_is_given_after_an_appeal_and_the_button_says_so(shop):
    client, ticket = person(), dear()
    do(client, ticket, "refuse", reason="目标被删")
    ticket.refresh_from_db()
    conversation.appeal(ticket=ticket, text="没有删", name="lin", now=clock.now())
    assert approve(client, ticket)[:2] == ("批准：退 ¥300.00，送 1,000 个", "go")
    do(client, ticket, "approve", reason="核过，没有删")
    assert {row[0] for row in rows(ticket) if row[1] != "voided"} == {"refund", "gift"}


def test_who_found_the_facts_is_told_that_a_colleague_has_to_approve(shop):
    client, ticket = person(), dear()
    do(client, ticket, "establish", proof="verified", fault="", reason="抽查过")
    found = form(client, ticket, "approve")
    assert (found.label, found.tone) == ("批准", "quiet")
    assert found.blocked == "超过限额的钱不能由提出的人自己批准，请换一位同事来批。"
    assert form(person("fang"), ticket, "approve").tone == "go"


def test_the_case_in_english_has_no_wide_commas_and_says_paid_once(shop):
    fallen("A-1", left=None)
    ticket, client = claim("A-1"), person()
    english = client.get(at(ticket), headers={"accept-language": "en"})
    case = english.context["case"]
    assert [fact.label for fact in case.order].count("Paid") == 1
    page = english.content.decode()
    body = page[page.index('class="desk desk-case"') : page.index("desk-keys")]
    assert [mark for mark in "，；：、（）" if mark in re.sub(r"<svg.*?</svg>", "", body)] == []
    assert "<b>Why a person:</b> " in body
    assert 'class="desk-private"' in body
    assert present_case.present(case=risky(ticket, client.user), now=clock.now()).private_warns


def risky(ticket, reader):
    """As if the buyer were one to look at twice."""
    found = read_case.read(ticket=read_case.find(reader=reader, pk=ticket.pk), reader=reader)
    found.ticket.decision.facts["risk"] = 66
    return found


def test_who_overrides_can_not_approve_it(shop):
    qiao, ticket = person(), dear()
    do(qiao, ticket, "override", give_refund="300", reason="协商")
    assert form(qiao, ticket, "approve").blocked == "是您改判的，要由另一位同事批准。"


def test_colleagues_read_more_than_the_buyer(shop):
    client, ticket = person(), dear()
    conversation.say(ticket=ticket, text="先别退", actor="ops", name="fang", internal=True, now=clock.now())
    case = client.get(at(ticket)).context["case"]
    assert case.reviews == ("金额超过自动办的上限",)
    assert [(line.who, line.what, line.text, line.side) for line in case.talk][-1] == (
        "fang", "内部备注", "先别退", "note",
    )  # fmt: skip
    assert [fact.label for fact in case.private] == ["滥用风险", "买家信用", "近 30 天免审"]
    own = [step["text"] for step in ticket.decision.body["explanation"]]
    assert [step.text for step in case.slip.steps] == own


def test_a_long_story_costs_what_a_short_one_costs(shop):
    client, ticket = person(), dear()

    def cost():
        client.get(at(ticket))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(at(ticket)).status_code == 200
        return len(asked)

    short = cost()
    for number in range(1, 6):
        do(client, ticket, "say", text=f"第 {number} 句", do="note")
        waiting(f"B-{number}")  # of the same buyer
    case = client.get(at(ticket)).context["case"]
    assert (len(case.others), len(case.talk)) == (5, 7)
    assert (cost(), short <= 29) == (short, True), short


def test_words_ready_to_send_are_the_tickets_own(shop):
    QuickReply.objects.create(title="在看", text="订单【订单号】在核对。")
    client, ticket = person(), waiting("A-7")
    assert client.get(at(ticket)).context["quick"] == [("在看", "订单A-7在核对。")]
    do(client, ticket, "say", text="", quick="订单A-7在核对。", do="reply")  # chosen, without a script
    assert ticket.events.last().text == "订单A-7在核对。"


def test_ops_write_their_own_quick_replies(shop):
    client = person()
    page = "/admin/tickets/quickreply/add/"
    client.post(page, {"title": "在看", "text": "在看了。", "position": "0"})
    assert list(QuickReply.objects.values_list("title", "text")) == [("在看", "在看了。")]
    assert person("yun", "developer").get(page).status_code == 403


def test_the_first_page_says_what_needs_a_person(shop):
    client, ticket = person(), waiting("A-1")
    do(client, ticket, "assign", to=str(client.user.pk))
    Standstill.objects.create(reason="restored", since=clock.now(), began_at=clock.now(), next_at=clock.now())
    client.post(f"{QUEUE}shift/", {"text": "A-1 答应今晚回复"})
    page = client.get("/admin/")
    assert [(label, figure) for label, figure, *_ in page.context["figures"]] == [
        ("超时", "0"), ("等我们", "1"), ("我的", "1"), ("无人经办", "0"), ("申诉", "0"),
        ("等人的补偿", "0"), ("对不上的账", "0"),
    ]  # fmt: skip
    assert [client.get(where).status_code for _, _, where, _ in page.context["figures"]] == [200] * 7
    assert (ShiftNote.objects.get().by, page.context["notes"][0][0].text) == ("qiao", "A-1 答应今晚回复")
    assert page.context["standstill"].startswith("数据库退回过，今天 ")
    assert [row.no for row in page.context["rows"]] == [ticket.no]


def test_the_sidebar_shows_each_what_is_theirs(shop):
    waiting()

    def shown(client):
        groups = client.get("/admin/").context["sidebar_navigation"]
        return [item["title"] for group in groups for item in group["items"] if item["has_permission"]]

    ops = shown(person())
    assert ops[:4] == ["要办的事", "售后单队列", "等人的补偿", "对不上的账"]
    assert set(shown(person("root", "", is_superuser=True))) - set(ops) == {"人员"}
    assert shown(person("yun", "developer")) == []


@pytest.mark.parametrize(
    ("text", "fen"),
    [("12.5", 1250), ("¥ 12.50 元", 1250), ("0.01", 1), ("300", 30000), ("12.505", None), ("-1", None), ("1e3", None),
     ("１２", None), ("", None)],
)  # fmt: skip
def test_an_amount_is_read_by_its_digits(text, fen):
    assert typed.fen(text) == fen
