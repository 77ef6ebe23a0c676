"""Every list of the admin: for ops, in Chinese, at the same price for three rows as for one, and no count of all."""

import re
from itertools import product

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from unfold.admin import ModelAdmin

from accounts.models import Buyer
from accounts.services import people
from common import clock
from common.language import spoken
from common.reading import ReadOnlyAdmin
from compensation.models import DecisionRecord, HandWord, Remedy
from compensation.rules import clauses, facts, names
from integrations.models import Intent, Standstill
from integrations.services import standstill
from ledger.models import Break
from ledger.rules import names as account_names
from ledger.services import breaks
from orders.models import Order
from shop_aftersales import demo
from tests.orders.conftest import shop
from tests.tickets.case import claim, fallen
from tickets.models import Ticket

__all__ = ["shop"]
pytestmark = pytest.mark.django_db
SITE = admin.site
REGISTERED = sorted(SITE._registry, key=lambda model: model._meta.label)
LISTS = [model for model in REGISTERED if isinstance(SITE._registry[model], ReadOnlyAdmin)]


def address(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def signed_in(role="ops", **rights):
    client = Client()
    client.force_login(people.ensure_user(username=f"s-{role}", role=role, is_staff=True, **rights))
    return client


def more(n):
    """Orders, claims, breaks and words of people: up to n of each."""
    for number in range(Remedy.objects.filter(kind="top_up").count(), n):
        now = clock.now()
        fallen(f"C-{number}", buyer_external_id=f"b-{number}")
        claim(f"C-{number}")
        row = Remedy.objects.latest("id")
        HandWord.objects.create(
            remedy=row, action="ask", about="", reason="试", by="qiao", carried_out=True, at=now
        )
        breaks.open_break(kind="amount", reference=f"supplier:{row.key}", detail="差 1 分", now=now)
    Remedy.objects.update(state="held", held_reason="faults")


def test_all_of_them_are_unfolds():
    assert [
        model._meta.label for model in REGISTERED if not isinstance(SITE._registry[model], ModelAdmin)
    ] == []


def test_all_are_called_by_chinese_names():
    named = {
        str(word) for model in REGISTERED
        for word in (model._meta.verbose_name_plural, model._meta.app_config.verbose_name)
    }  # fmt: skip
    assert [word for word in sorted(named) if not re.search(r"[\u4e00-\u9fff]", word)] == []


def cost(client, model):
    """Statements of the list; none of them counts the whole table."""
    where = f"{address(model)}?show=all" if model is Remedy else address(model)
    with CaptureQueriesContext(connection) as made:
        answer = client.get(where)
    whole = re.compile(rf'^SELECT COUNT\(\*\) AS "__count" FROM "{model._meta.db_table}"( WHERE .*)?$')
    counted = [query["sql"] for query in made if whole.match(query["sql"])]
    assert (model, answer.status_code, counted) == (model, 200, [])
    return len(made)


def test_three_rows_cost_what_one_costs_and_all_are_never_counted(shop):
    client, costs = signed_in(), []
    standstill.begin(last_known=None, now=clock.now())
    client.get("/admin/")
    for n in (1, 3):
        more(n)
        costs.append({model._meta.label: cost(client, model) for model in LISTS})
    assert costs[0] == costs[1]


def test_a_search_for_an_order_or_nonsense_answers(shop):
    more(1)
    client, wrong = signed_in(), []
    for model, asked in product(LISTS, ("C-0", f"x' OR 1 十 {'0' * 200}")):
        status = client.get(address(model), {"q": asked}).status_code
        if status != 200 and not (model is Ticket and status == 302):  # one case found is shown at once
            wrong.append((model._meta.label, asked, status))
    assert wrong == []


@pytest.mark.parametrize("role", ["developer", "panel", "shop", ""])
def test_other_staff_find_nothing(shop, role):
    more(1)
    client, seen = signed_in(role), []
    for model in LISTS:
        row = model._default_manager.order_by("pk").first()
        for below in ("", "add/", f"{row.pk if row else 1}/change/"):
            seen.append((model._meta.label, below, client.get(address(model) + below).status_code))
    assert [one for one in seen if one[2] != 404] == []


def test_each_row_has_its_page(shop):
    more(1)
    client, seen = signed_in(), {}
    for model in LISTS:
        row = model._default_manager.order_by("pk").first()
        if row is not None:
            seen[model._meta.label] = client.get(f"{address(model)}{row.pk}/change/").status_code
    assert {"tickets.Ticket", "compensation.Remedy"} <= set(seen)
    assert [one for one in seen.items() if one[1] != 200] == []


def test_buyers_are_there_for_ops_to_read(shop):
    more(1)
    assert signed_in().get(address(Buyer)).status_code == 200


CODE = re.compile(r"[a-z]+(?:[_.][a-z_]+)+|[a-z]{4,}")
CELL = re.compile(r"<t[dh][^>]*>(.*?)</t[dh]>", re.DOTALL)
MARKUP = re.compile(r'<span class="material-symbols-outlined.*?</span>|<[^>]*>', re.DOTALL)
# Names that the shop gave, and the accounts' own column beside what they are called.
GIVEN = {
    "likes", "licence", "qiao", "units", "dispute_fund", "owed.top_up", "reserved.top_up", "delivered.top_up",
}  # fmt: skip


def codes(client, model, language):
    """What a list shows that is no word of a person's."""
    everything = "?show=all" if model in (Remedy, Break) else ""
    answer = client.get(f"{address(model)}{everything}", headers={"accept-language": language})
    assert (model, answer.status_code) == (model, 200)
    page = answer.content.decode()
    body = page[page.find('id="result_list"') :] if 'id="result_list"' in page else ""
    cells = {MARKUP.sub("", cell).strip() for cell in CELL.findall(body)}
    return {cell for cell in cells if CODE.fullmatch(cell)} - GIVEN


@pytest.mark.parametrize("language", ["zh", "en"])
def test_lists_speak_in_words(shop, language):
    more(1)
    client = signed_in()
    found = {model._meta.label: codes(client, model, language) for model in LISTS}
    assert {label: bare for label, bare in found.items() if bare} == {}


def test_every_code_of_the_rules_has_a_name():
    assert set(names.REASONS) == set(facts.REASONS)
    assert set(names.CLAUSES) == set(clauses.CODES)
    with override("en"):
        for table in (names.REASONS, names.CLAUSES, names.OUTCOMES, names.REVIEWS):
            assert [chinese for chinese in table.values() if spoken(chinese) == chinese] == []


@pytest.mark.parametrize(
    ("code", "chinese", "english"),
    [
        ("dispute_fund", "争议基金", "Dispute fund"),
        ("reserved.refund", "预留的退款", "Reserved: Refund"),
        ("paid.shop", "已退，经商店代退", "Refunded through: Shop"),
        ("developer_payable.7", "开发者应付（7）", "Owed by the developer (7)"),
        ("owed.something", "owed.something", "owed.something"),
        ("other", "other", "other"),
    ],
)
def test_an_account_has_a_name(code, chinese, english):
    said = []
    for language in ("zh-hans", "en"):
        with override(language):
            said.append(spoken(account_names.account(code)))
    assert said == [chinese, english]


def test_lists_are_called_by_many_in_english_and_the_sidebar_calls_them_so():
    with override("en"):
        names_of = {
            model: str(model._meta.verbose_name_plural)
            for model in (Order, DecisionRecord, Intent, Standstill, Break)
        }
    assert list(names_of.values()) == ["Orders", "Decisions", "Outgoing requests", "Sending paused", "Breaks"]
    groups = signed_in().get("/admin/", headers={"accept-language": "en"}).context["sidebar_navigation"]
    assert set(names_of.values()) <= {item["title"] for group in groups for item in group["items"]}


EMPTY = [
    (Remedy, "没有要人管的补偿。停下等人的、没有办成的会列在这里，最久的在前；等批准的到售后单里批。"),
    (Break, "账都对得上。对账每几分钟自己做一遍，有对不上的会列在这里并报警。"),
    (Standstill, "没有停过。数据库没有退回过，该发的都照常发。"),
    (Intent, "这里还没有。"),
]


@pytest.mark.parametrize(("model", "says"), EMPTY, ids=lambda each: getattr(each, "__name__", ""))
def test_an_empty_list_says_what_it_would_show(model, says):
    client = signed_in()
    told = client.get(address(model), headers={"accept-language": "zh"}).content.decode()
    assert says in told
    assert "回到整个列表" not in told
    if SITE._registry[model].search_fields:
        searched = client.get(
            address(model), {"q": "没有的"}, headers={"accept-language": "zh"}
        ).content.decode()
        assert "没有找到「没有的」。" in searched
        assert "回到整个列表" in searched
    if SITE._registry[model].list_filter:
        filtered = client.get(
            address(model), {"show": "all"}, headers={"accept-language": "zh"}
        ).content.decode()
        assert "这样筛，一条也没有。" in filtered


@pytest.mark.parametrize("model", [Intent, Standstill, Break, DecisionRecord])
def test_a_list_that_needs_it_says_what_it_is(model):
    page = signed_in().get(address(model), headers={"accept-language": "zh"}).content.decode()
    assert str(SITE._registry[model].explains) in page


def test_the_demo_has_a_refund_that_waits_for_a_person():
    demo.seed(now=clock.now())
    (row,) = Remedy.objects.filter(state="held")
    assert (row.order.order_no, row.kind, row.held_reason) == ("LD2026HELD-01", "refund", "manual_gateway")
    page = signed_in().get(address(Remedy), headers={"accept-language": "zh"}).content.decode()
    assert "付款渠道没有接上，退款要由人在渠道后台办。" in page
