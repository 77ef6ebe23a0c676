"""A developer's statement: what was put on them and taken off, by case; page, API and file say the same."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services import people
from common import clock
from developers.queries import statement
from developers.rules import months
from ledger.models import Transfer
from orders.models import Product
from tests.developers.conftest import filed
from tests.developers.fund_case import money
from tests.developers.test_access import api_as, cast, page_as
from tests.tickets.case import work
from tests.tickets.conftest import outside
from tests.tickets.desk_case import act
from tickets.services import contesting

__all__ = ["cast", "outside"]
pytestmark = pytest.mark.django_db
API, PAGE, FILE = "/api/v1/developers/me/statement/", "/developers/statement/", "/developers/statement.csv"


def bears(ticket, party):
    act(ticket, "set_responsibility", party=party)


@pytest.fixture
def three(cast, outside, yun):
    """Three refunds of yun's: one theirs, one moved off again by a contest, one nobody's yet."""
    tickets = [
        filed(f"20261120000{n}", left=600, buyer_external_id="b-9", buyer_name="@林") for n in (1, 2, 3)
    ]
    work()
    for ticket in tickets[:2]:
        bears(ticket, "developer")
    second = type(tickets[1]).objects.select_related("order__product", "decision").get(pk=tickets[1].pk)
    contesting.contest(ticket=second, by=yun, text="不是我", now=clock.now())
    second.refresh_from_db()
    lan = people.ensure_user(username="lan", role="ops", password="pass")
    contesting.answer(
        ticket=second, by=lan, party="platform", reason="停机", version=second.version, now=clock.now()
    )
    return tickets


def test_the_statement_follows_the_ruling(three):
    found = api_as("yun").get(API).json()
    sums = [found[f"{name}_fen"] for name in ("opening", "borne", "corrected", "closing")]
    assert sums == [0, 10000, -5000, 5000]
    lines = [
        (row["sort"], row["fen"], row["other"], row["ticket_no"], row["order_no"]) for row in found["lines"]
    ]
    first, second, _ = (ticket.no for ticket in three)
    assert lines == [
        ("borne", 5000, "dispute_fund", first, "…0001"), ("borne", 5000, "dispute_fund", second, "…0002"),
        ("correction", -5000, "platform", second, "…0002"),
    ]  # fmt: skip
    assert found["paid_from"] == {"own": 5000, "dispute_fund": 5000, "platform": 5000}
    rows = Transfer.objects.filter(reason="bear").order_by("pk")
    assert [(row["id"], row["reference"]) for row in found["lines"]] == list(
        rows.values_list("pk", "reference")
    )


def test_the_page_opens_each_line_to_its_case(three):
    page = page_as("yun").get(PAGE)
    shown = page.context["page"]
    assert [value for _, value, _ in shown.sums] == ["¥0.00", "¥100.00", "−¥50.00", "¥50.00"]
    assert [line.what for line in shown.lines][1:] == [
        "退款记到您名下，原由争议基金垫付",
        "更正：改由平台承担",
    ]
    text = page.content.decode()
    assert text.count(f'href="/developers/cases/{three[1].no}/"') == 2
    assert [row[:3] for row in shown.contestable] == [(three[0].no, "说说点赞", "退 ¥50.00，送 1000 个")]
    assert f'href="/developers/cases/{three[0].no}/"' in text


def test_last_month_opens_what_this_month_begins_with(three):
    at = clock.now()
    last = months.before(months.name_of(at))
    assert [
        api_as("yun").get(f"{API}?month={last}").json()[f"{name}_fen"] for name in ("opening", "closing")
    ] == [0, 0]
    later = queries_at(at + timedelta(days=40))
    assert (later.opening, later.closing, later.lines) == (5000, 5000, ())


PAID_OF_IT = ("已经从平台替您存着的分成里扣，不用另付。", "扣到零为止，超出的由开发者保障基金承担。")


@pytest.mark.parametrize(
    ("share", "owing", "closing", "next_month"),
    [
        (1000, True, ("现在还欠", "¥40.00"), ("月初还欠着", "¥40.00")),
        (5000, False, ("现在存着", "¥0.00"), ("月初存着", "¥0.00")),
        (6000, False, ("现在存着", "¥10.00"), ("月初存着", "¥10.00")),
    ],
)
def test_what_was_borne_before_any_share_was_kept_is_owed(
    cast, outside, share, owing, closing, next_month, monkeypatch
):
    ticket = filed("202611200001", left=600)
    work()
    bears(ticket, "developer")
    money("share", share, developer="yun")
    page = page_as("yun").get(PAGE)
    text = page.content.decode()
    assert ([said in text for said in PAID_OF_IT], "还欠 ¥40.00。" in text) == ([not owing] * 2, owing)
    assert page.context["page"].kept[-1][:2] == closing
    later = clock.now() + timedelta(days=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert page_as("yun").get(PAGE).context["page"].kept[0][:2] == next_month


def queries_at(at):
    stretch = months.month_named(months.name_of(at), now=at)
    return statement.statement(developer=User.objects.get(username="yun"), stretch=stretch, now=at)


def test_the_file_has_every_line_and_runs_nothing(three):
    Product.objects.filter(sku="likes").update(title="=HYPERLINK(1)")
    answer = page_as("yun").get(FILE)
    text = b"".join(answer.streaming_content).decode("utf-8")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert (text[0], answer["Content-Type"]) == ("\ufeff", "text/csv; charset=utf-8")
    assert answer["Content-Disposition"].startswith('attachment; filename="statement-yun-')
    assert [row[1:8] for row in rows[1:]][1:] == [
        [
            three[1].no,
            "…0002",
            "'=HYPERLINK(1)",
            "退款记到您名下，原由争议基金垫付",
            "争议基金",
            "50.00",
            rows[2][7],
        ],
        [three[1].no, "…0002", "'=HYPERLINK(1)", "更正：改由平台承担", "平台", "-50.00", rows[3][7]],
    ]


READERS = [
    ("yun", "", 200, 200), ("yun", "?developer=bo", 404, 404), ("ops", "?developer=yun", 200, 200),
    ("ops", "", 404, 404), ("buyer", "", 404, 403), ("panel", "", 404, 403), ("shop", "", 404, 403),
    ("nobody", "", 302, 401), ("yun", "?month=2026-13", 404, 422), ("yun", "?month=2999-01", 404, 422),
]  # fmt: skip


@pytest.mark.parametrize(("name", "asked", "page", "api"), READERS)
def test_who_reads_whose(cast, name, asked, page, api):
    answers = page_as(name).get(PAGE + asked), page_as(name).get(FILE + asked), api_as(name).get(API + asked)
    assert [answer.status_code for answer in answers] == [page, page, api]


def test_another_developer_reads_nothing_of_it(three):
    found = api_as("bo").get(API).json()
    assert (found["lines"], found["closing_fen"], found["paid_from"]) == ([], 0, {})


def test_three_cost_what_one_costs(cast, outside, yun):
    def cost():
        client = page_as("yun")
        client.get(PAGE)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(PAGE).status_code == 200
        return len(asked)

    def borne(*numbers):
        tickets = [filed(f"20261120000{n}", left=600) for n in numbers]
        work()
        for ticket in tickets:
            bears(ticket, "developer")
        return cost()

    assert borne(1) == borne(2, 3)
