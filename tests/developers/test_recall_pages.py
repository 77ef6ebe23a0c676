"""The pages of recalls: the form and the sheet, the desk, and what the public and the buyer read."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from common.refusals import StateMoved
from compensation.models import Remedy
from compensation.services import by_hand
from compensation.services.remedies import BudgetSpent
from developers.models import Recall
from developers.services.recalls import ruling
from tests.developers.counted import recounted
from tests.developers.recall_case import approved, asked, carried_out, fresh, keys, named, user
from tests.developers.test_access import api_as, cast, page_as
from tests.tickets.case import fallen, work
from tests.tickets.conftest import outside
from tickets.models import Ticket
from tickets.services import recalling

__all__ = ["cast", "outside"]
pytestmark = pytest.mark.django_db
NEW = "/developers/recalls/new/"
TABLE = [("yun", 200, 200), ("ops", 200, 200), ("bo", 200, 404), ("buyer", 404, 404), ("shop", 404, 404),
         ("nobody", 302, 302)]  # fmt: skip


def read(answer):
    text = re.sub(r"<(script|style).*?</\1>", "", answer.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def typed(**changes):
    now = clock.shanghai(clock.now())
    usual = {
        "sku": "licence", "by": "paid", "from": f"{now:%Y-%m-%d}T00:00", "to": f"{now:%Y-%m-%dT%H:%M}",
        "cause": "defect", "remedy": "refund", "text": "这一批失效了",
    }  # fmt: skip
    return usual | changes


@pytest.mark.parametrize(("name", "any_", "yuns"), TABLE)
def test_who_finds_the_pages(cast, name, any_, yuns):
    keys()
    recall = asked(by=named("yun"))
    client = page_as(name)
    assert [client.get(path).status_code for path in ("/developers/recalls/", NEW)] == [any_, any_]
    assert client.get(f"/developers/recalls/{recall.no}/").status_code == yuns


def test_counted_read_and_submitted(cast):
    keys()
    client = page_as("yun")
    page = client.get(NEW)
    assert "激活码" in read(page)
    assert "邮票赞" not in read(page)
    now = clock.shanghai(clock.now())
    sent = client.post(NEW, typed(**{"from": f"{now.year - 1}-01-01T00:00"}), follow=True)
    recall = Recall.objects.get()
    assert sent.redirect_chain == [(f"/developers/recalls/{recall.no}/", 302)]
    assert "这只是试算，还没通知买家，也没动钱和货" in read(sent)
    done = client.post(f"/developers/recalls/{recall.no}/", follow=True)
    assert "已提交，等运营批准。批准后自动一单单办，进度在这一页看。" in read(done)
    assert [("已试算" in read(one), "等批准" in read(one)) for one in (sent, done)] == [
        (True, False),
        (False, True),
    ]
    assert "等批准" in read(client.get("/developers/recalls/"))
    assert client.post(f"/developers/recalls/{recall.no}/").status_code == 409


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"from": "昨天"}, "from"), ({"to": "2999-01-01T00:00"}, "to"), ({"quantity": "-1"}, "quantity"),
        ({"quantity": "0"}, "quantity"), ({"remedy": "top_up"}, "remedy"), ({"cause": "?"}, "cause"),
        ({"by": "delivered", "from": "2024-01-01T00:00"}, "from"), ({"batch": "x" * 65}, "batch"),
        ({"text": "字" * 1001}, "text"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(cast, changes, field):
    answer = page_as("yun").post(NEW, typed(**changes))
    assert (answer.status_code, Recall.objects.count()) == (422, 0)
    assert f'id="{field}_error"' in answer.content.decode()
    assert "有几处填得不对" in read(answer)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"from": ""}, "请选开始时间。"), ({"to": ""}, "请选结束时间。"),
        ({"to": "2999-01-01T00:00"}, "结束时间不能晚于现在。"),
        ({"from": "昨天"}, "请写成 2026-11-20 08:00 这样的日期和时间。"),
    ],
)  # fmt: skip
def test_a_time_that_is_missing_or_far_off_is_told_from_one_that_cannot_be_read(cast, changes, said):
    keys()
    answer = page_as("yun").post(NEW, typed(**changes))
    assert answer.context["errors"] == dict.fromkeys(changes, said)


def test_the_rest_is_explained_by_what_was_given_before(cast):
    keys()
    carried_out(approved(quantity=2))
    type(named("qiao")).objects.update(is_staff=True)
    where, client = "/developers/recalls/{}/", page_as("yun")
    rest, some = asked(cause="platform_error"), asked(cause="unknown", quantity=1)
    shown = client.get(where.format(rest.no))
    one = shown.context["page"].examples[0]
    assert (one["paid"], one["before"], one["gives"]) == ("¥50.00", "¥20.00", "¥30.00")
    heads = [read(client.get(where.format(each.no))).count("之前已退补") for each in (rest, some)]
    assert (heads, "之前已退补" in read(at_the_desk("qiao", rest))) == ([1, 0], True)


def test_what_a_recall_cost_is_said_where_it_may_be_contested(cast):
    order = keys()
    carried_out(approved())
    page = page_as("yun").get("/developers/statement/").context["page"]
    assert [row[1:3] for row in page.contestable] == [(order.product.title, "退 ¥50.00")]


def test_what_a_recall_cost_stands_apart_from_what_buyers_asked(cast):
    keys()
    recall = carried_out(approved())
    remedy = Remedy.objects.get(kind="refund")
    if remedy.state != "settled":
        Remedy.objects.filter(pk=remedy.pk).update(
            state="settled", settled_at=clock.now(), ended_at=clock.now()
        )
    recounted()
    client = page_as("yun")
    page = client.get("/developers/").context["page"]
    assert re.findall(">([^<]+)<", page.reasons) == ["召回", "召回", "—", "—", "—", "退 ¥50.00"]
    behind = client.get("/developers/behind/?what=cost&reason=recall").context["page"]
    assert [(row.result, row.clause) for row in behind.rows] == [("退 ¥50.00", "召回")]
    case = client.get(f"/developers/cases/{Ticket.objects.get().no}/").context["page"]
    assert (case.row.clause, case.recall, case.proposed, case.records) == (
        "召回", recall.no, "照召回的原因：商品有缺陷。", [],
    )  # fmt: skip


def test_the_public_reads_what_was_agreed_to_and_nothing_else(cast, client):
    keys()
    assert "没有召回" in read(client.get("/recalls/"))
    recall = asked()
    assert client.get(f"/recalls/{recall.no}/").status_code == 404
    assert "在召回" not in read(client.get("/products/licence/"))
    recall = approved(recall)
    assert "激活码" in read(client.get("/recalls/"))
    page = read(client.get(f"/recalls/{recall.no}/"))
    for words in ("这一批激活码失效了", "正在办理", "没退过的全部退", "不用申请。钱退回原来付款的账户"):
        assert words in page
    assert "这件商品有一批出了问题，正在召回。" in read(client.get("/products/licence/"))
    recall = carried_out(recall)
    page = read(client.get(f"/recalls/{recall.no}/"))
    assert ("已开始退款 1 单" in page, "¥50.00" in page) == (True, True)
    assert not {"K-1", "林", "wen", "qiao"} & set(re.findall(r"[\w-]+", page))
    assert "在召回" not in read(client.get("/products/licence/"))


BEGUN, CAME = "都已开始退款", "钱都已退回"


def test_what_was_given_and_has_not_come_is_not_called_done(cast, client, outside):
    """Everybody reads how much is still on its way, and how much of that waits for a person."""
    user("ops").__class__.objects.filter(username="ops").update(is_staff=True)
    keys("K-1")
    keys("K-2", buyer_external_id="b-2", gateway="manual", payment_reference="")
    recall = carried_out(approved())
    pages = ("/recalls/{no}/", "/developers/recalls/{no}/")

    def told(words):
        yun = page_as("yun")
        return [words in read(yun.get(page.format(no=recall.no))) for page in pages]

    def stands():
        lists = [(one, "/recalls/") for one in (client, page_as("yun"))] + [
            (page_as("yun"), "/developers/recalls/")
        ]
        desk = reverse("admin:developers_recall_changelist")
        shown = [read(one.get(path)) for one, path in (*lists, (page_as("ops"), desk))]
        return [
            [words in page for page in (*shown, read(at_the_desk("ops", recall)))] for words in (BEGUN, CAME)
        ]

    assert (told("还没退回 2 单"), told(BEGUN), told(CAME)) == ([True] * 2, [True] * 2, [False] * 2)
    assert stands() == [[True] * 5, [False] * 5]
    work()
    assert (told("还没退回 1 单"), told("其中等专人办的 1 单")) == ([True] * 2, [True] * 2)
    assert "其中等专人办的 1 单" in read(at_the_desk("ops", recall))
    pay_by_hand("K-2")
    assert (told("还没退回"), told(BEGUN), told(CAME)) == ([False] * 2, [False] * 2, [True] * 2)
    assert (told("都已退回原付款账户，一般 1 至 3 个工作日到账。"), stands()) == (
        [True] * 2,
        [[False] * 5, [True] * 5],
    )


def pay_by_hand(order_no):
    remedy = Remedy.objects.get(order__order_no=order_no)
    by_hand.done_by_hand(remedy=remedy, by="ops", reference="BANK-1", reason="转过去了", now=clock.now())


def test_older_ones_are_a_page_further(cast, client, monkeypatch):
    from developers.queries import recalls as reads
    from developers.web import public

    for place in (reads, public):
        monkeypatch.setattr(place, "A_PAGE", 1)
    for n in (1, 2):
        keys(f"K-{n}", buyer_external_id=f"b-{n}")
        carried_out(approved(quantity=n))
    first, second = Recall.objects.order_by("-id")
    page = client.get("/recalls/").content.decode()
    assert (f"开始办，每单退 {first.quantity} 份的钱：这一批激活码失效了" in page, first.quantity) == (
        True,
        2,
    )
    assert (first.no in page, second.no in page, f"?before={first.pk}" in page) == (True, False, True)
    assert second.no in client.get(f"/recalls/?before={first.pk}").content.decode()


def test_the_buyer_reads_it_in_their_case(cast):
    keys()
    recall = carried_out(approved())
    ticket = Ticket.objects.get()
    page = read(page_as("buyer").get(f"/tickets/{ticket.no}/"))
    for words in ("召回", "这一批激活码失效了", "¥50.00"):
        assert words in page
    assert recall.no in page_as("buyer").get(f"/tickets/{ticket.no}/").content.decode()
    assert "专人改定" not in page
    order = page_as("buyer").get("/orders/K-1/").context["page"]
    assert order.recalled == ((ticket.no, "这一单在召回里，不用申请：正在退款 ¥50.00。"),)


def test_what_the_buyer_may_still_claim_is_besides_what_the_recall_pays(cast, outside):
    keys()
    carried_out(approved(quantity=2))
    told = []
    for _ in range(2):
        page = page_as("buyer").get("/orders/K-1/").context["page"]
        back = [row.label for row in page.ledger.rows if row.value == 2]
        told.append((page.recalled[0].text, back, page.slip.lines[0], page.slip.lead, page.button))
        work()
    note, rest = "这一单在召回里，不用申请：", ("剩下没用的 3 份，还可以退", "再退 ¥30.00（一步完成）")
    assert told == [
        (f"{note}正在退款 ¥20.00。", ["退款还在办"], "退款还在办的 ¥20.00 不在这一笔里，不用再申请。", *rest),
        (f"{note}钱已经退了，请您看一眼。", ["退过"], "之前退过的 ¥20.00 不在这一笔里。", *rest),
    ]  # fmt: skip


def test_what_was_taken_back_is_not_said_to_have_come(cast, client):
    keys()
    recall = carried_out(approved())
    Remedy.objects.update(state="voided", ended_at=clock.now())
    page = read(client.get(f"/recalls/{recall.no}/"))
    assert ("都办过了" in page, BEGUN in page, CAME in page, "退回原付款账户，一般" in page) == (
        True,
        *[False] * 3,
    )


def test_what_came_in_part_and_is_not_ordered_again_is_not_said_to_have_come(cast, client):
    """Called back too late for some of it."""
    fallen(left=1000)
    recall = carried_out(
        approved(sku="likes", remedy="top_up", quantity=50, rule={"start": clock.now() - timedelta(days=3)})
    )
    path = f"/recalls/{recall.no}/"
    told = []
    for delivered in (20, 50):
        Remedy.objects.update(state="settled", ended_at=clock.now(), delivered=delivered)
        told.append("都已补到" in read(client.get(path)))
    assert told == [False, True]


def test_what_waits_for_a_yes_stands_first_at_the_desk_and_a_list_asks_as_much_of_many(cast, client):
    user("qiao").__class__.objects.update(is_staff=True)
    keys()
    keys("K-2", buyer_external_id="b-2")
    desk, where = page_as("qiao"), reverse("admin:developers_recall_changelist")
    carried_out(approved(quantity=1))
    few = [asked_of(*each) for each in ((desk, where), (client, "/recalls/"))]
    carried_out(approved(quantity=2))
    asked(quantity=3)
    asked(quantity=4, submit=False)
    assert [asked_of(*each) for each in ((desk, where), (client, "/recalls/"))] == few
    rows = desk.get(where).context["cl"].result_list
    assert [(row.quantity, row.state) for row in rows] == [
        (3, "shown"),
        (4, "shown"),
        (2, "done"),
        (1, "done"),
    ]


def asked_of(client, path):
    with CaptureQueriesContext(connection) as asks:
        assert client.get(path).status_code == 200
    return len(asks)


def at_the_desk(name, recall, **typed_):
    where = reverse("admin:developers_recall_change", args=[recall.pk])
    client = page_as(name)
    return client.post(where, typed_) if typed_ else client.get(where)


def test_ops_agree_stop_and_go_on_at_the_desk(cast):
    user("qiao").__class__.objects.update(is_staff=True)
    keys()
    keys("K-2", buyer_external_id="b-2")
    recall = asked(by=named("ops"))
    page = read(at_the_desk("ops", recall))
    assert ("您提出的，要由另一位同事批准。" in page, "不批准" in page) == (True, True)
    own = at_the_desk("ops", recall, action="approve", reason="好", digest=recall.digest)
    assert own.status_code == 409  # not offered
    other = at_the_desk("qiao", recall, action="approve", reason="看过", digest="0" * 64)
    assert (other.status_code, fresh(recall).state) == (409, "shown")
    at_the_desk("qiao", recall, action="approve", reason="看过", digest=recall.digest)
    assert fresh(recall).state == "running"
    assert at_the_desk("qiao", recall, action="stop", reason="").status_code == 422
    at_the_desk("qiao", recall, action="stop", reason="先看看")
    at_the_desk("qiao", recall, action="resume")
    recall = carried_out(recall)
    page = read(at_the_desk("qiao", recall))
    assert ("已开始退款 2 单" in page, "先看看" in page, "跳过的再看一遍" in page) == (True, True, False)
    assert "召回" in read(page_as("qiao").get(reverse("admin:developers_recall_changelist")))
    lines = read(page_as("qiao").get(f"{reverse('admin:developers_recallline_changelist')}?q={recall.no}"))
    assert ("K-1" in lines, "K-2" in lines) == (True, True)


def test_the_desk_is_for_ops(cast):
    keys()
    recall = asked(by=named("yun"))
    assert [at_the_desk(name, recall).status_code for name in ("yun", "buyer", "nobody")] == [302, 302, 302]


def test_a_page_asks_as_much_of_many_as_of_few(cast, client, django_assert_num_queries):
    keys()
    recall = carried_out(approved())
    ruling.again(recall=recall, by=named("qiao"), now=clock.now())
    with django_assert_num_queries(2):  # the recall, and what of it has not come yet
        client.get(f"/recalls/{recall.no}/")


def test_whoever_asked_reads_why_it_was_refused(cast):
    keys()
    recall = asked(by=named("yun"))
    ruling.refuse(recall=recall, by=named("ops"), reason="The batch was fine, 请先问厂家", now=clock.now())
    page = read(page_as("yun").get(f"/developers/recalls/{recall.no}/"))
    assert "为什么没有批准 The batch was fine, 请先问厂家" in page
    found = api_as("yun").get(f"/api/v1/developers/recalls/{recall.no}/").json()
    assert (found["state"], found["refusal"]) == ("refused", "The batch was fine, 请先问厂家")
    keys("K-2", buyer_external_id="b-2")
    again = asked(by=named("yun"))
    assert api_as("yun").get(f"/api/v1/developers/recalls/{again.no}/").json()["refusal"] == ""


@pytest.mark.parametrize(
    ("wrong", "skip", "level"), [(BudgetSpent(), "spent", "WARNING"), (StateMoved(), "failed", "ERROR")]
)
def test_a_line_that_did_not_work_out_is_not_called_done(
    cast, client, monkeypatch, caplog, wrong, skip, level
):
    keys()
    keys("K-2", buyer_external_id="b-2")
    give = recalling.give

    def break_the_first(*, order, ruled, now):
        if order.order_no == "K-1":
            raise wrong
        return give(order=order, ruled=ruled, now=now)

    monkeypatch.setattr(recalling, "give", break_the_first)
    recall = carried_out(approved())
    assert (recall.state, recall.progress["skipped"]) == ("done", {skip: 1})
    assert [row.levelname for row in caplog.records if row.name.endswith("carrying")] == [level]
    page = read(client.get(f"/recalls/{recall.no}/"))
    assert ("还有几单没办完" in page, "没办成的 1 单" in page, "没办成的由专人看" in page) == (True,) * 3
    assert (BEGUN in page, CAME in page, " 办完。" in page, "没有要给的" in page) == (False,) * 4
    assert "没办成的几单由运营看" in read(page_as("yun").get(f"/developers/recalls/{recall.no}/"))
    type(named("ops")).objects.update(is_staff=True)
    assert "跳过的再看一遍" in read(at_the_desk("ops", recall))
    monkeypatch.undo()
    recall = carried_out(ruling.again(recall=recall, by=named("ops"), now=clock.now()))
    assert BEGUN in read(client.get(f"/recalls/{recall.no}/"))
