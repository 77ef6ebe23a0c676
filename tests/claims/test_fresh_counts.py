"""An old count is taken anew by the shop's probe before a claim; without an answer the last stands, and it is said."""

from datetime import timedelta

import pytest
from django.utils import translation
from rest_framework.test import APIClient

from accounts.services import people, tokens
from common import clock
from compensation.queries import quote
from integrations.models import Breaker
from integrations.vendors import http
from integrations.vendors.http import Reply, Unheard
from orders.models import Observation
from orders.services.observations import take_observations
from shop_aftersales import demo
from tests.claims.conftest import count, find
from tests.sandbox_fixture import COLLECTOR_SECRET, make_sandbox, sandbox  # noqa: F401  fixtures
from tickets.models import Event
from tickets.services import filing
from tickets.web.desk.said import line
from tickets.web.event_words import event_sheet
from watch.models import DropWarning
from watch.rules import offers
from watch.services import claiming, looking

pytestmark = pytest.mark.django_db


@pytest.fixture
def probe(settings, sandbox):  # noqa: F811
    settings.COLLECTOR_URL, settings.COLLECTOR_SECRET = sandbox.url, COLLECTOR_SECRET
    return sandbox


@pytest.fixture
def old(fell):
    """850 of 1000 by a count of an hour ago; now there are 700 (and the 20 of before), says the sandbox's probe."""
    fell("A-1", 850, target="https://w.example/1#count=720")
    return find("A-1")


def file(order, now=None, reason="drop"):
    return filing.file_claim(
        order=order, reason=reason, text="", files=[], given={}, listed={}, quantity=None, channel="web",
        actor="lin", side="buyer", now=now or clock.now(),
    )  # fmt: skip


def missed(ticket):
    return Event.objects.filter(ticket=ticket, kind="count_missed").first()


def answers(monkeypatch, reply):
    """The probe answers so; what it was asked."""
    asked = []

    def exchange(**request):
        http.assert_no_transaction()
        asked.append(request)
        if isinstance(reply, Exception):
            raise reply
        return reply

    monkeypatch.setattr(http, "exchange", exchange)
    return asked


def test_the_count_of_now_decides(probe, old):
    ticket = file(old)
    assert (ticket.decision.clause, ticket.decision.facts["present"]) == ("drop.tier_c", 700)
    assert list(Observation.objects.order_by("-observed_at").values_list("count", flat=True))[:2] == [
        720,
        870,
    ]
    assert missed(ticket) is None


def test_a_recent_count_is_not_asked_for_again(probe, fell, monkeypatch):
    asked = answers(monkeypatch, Unheard("time-out"))
    order = fell("A-1", 850)
    now = order.rollup.newest_seen_at + timedelta(minutes=30)
    assert missed(file(order, now)) is None
    assert asked == []


def test_a_minute_later_it_is_with_a_signature_a_deadline_and_a_limit(probe, fell, monkeypatch):
    asked = answers(monkeypatch, Reply(404, b""))
    order = fell("A-1", 850)
    ticket = file(order, order.rollup.newest_seen_at + timedelta(minutes=31))
    assert missed(ticket) is None  # this one it doesn't watch
    (request,) = asked
    assert request["path"] == "/counts/A-1?target=https%3A%2F%2Fv.example%2FA-1"
    assert (request["method"], request["max_bytes"], request["deadline_s"] <= 2) == ("GET", 64 * 1024, True)
    assert {"X-Timestamp", "X-Signature"} <= set(request["headers"])


@pytest.mark.parametrize(
    "reply",
    [
        Unheard("time-out"), Reply(500, b""), Reply(302, b""), Reply(200, b"not json"), Reply(200, b"[]"),
        Reply(200, b'{"order_no": "A-2", "observed_at": "2026-11-29T00:00:00Z", "count": 1}'),
        Reply(200, b'{"observed_at": "soon", "count": 1}'), Reply(200, b'{"count": -5}'), Reply(200, b"{}"),
    ],
    ids=repr,
)  # fmt: skip
def test_without_an_answer_the_last_count_stands_and_the_case_says_so(probe, old, monkeypatch, reply):
    answers(monkeypatch, reply)
    ticket = file(old)
    assert (ticket.decision.clause, ticket.decision.facts["present"]) == ("drop.tier_b", 850)
    sheet = event_sheet(missed(ticket))
    assert (sheet.text, sheet.note) == ("没能问到现在的个数", "照 60 分钟前数到的算")
    assert Observation.objects.count() == 2


def test_interactions_are_counted_anew_too(probe, fell, monkeypatch):
    """The last look is a minute old, and saw no comments."""
    order = fell("A-1", 1000)
    count("A-1", 1000, ago=1 / 60)
    now = clock.now().isoformat()
    said = b'{"observed_at": "%s", "count": 1020, "comments": 7, "shares": 1}' % now.encode()
    asked = answers(monkeypatch, Reply(200, said))
    ticket = file(order, reason="low_interaction")
    assert (len(asked), missed(ticket), ticket.decision.facts["interactions"]) == (1, None, 8)


def test_without_an_answer_the_last_interactions_stand_and_the_case_says_so(probe, fell, monkeypatch):
    order, at = fell("A-1"), clock.now() - timedelta(minutes=40)
    seen = {"order_no": "A-1", "observed_at": at.isoformat(), "count": 1020, "measurable": True}
    assert take_observations(raw_rows=[seen | {"comments": 7, "shares": 1}], now=clock.now()).accepted == 1
    answers(monkeypatch, Unheard("time-out"))
    ticket = file(order, reason="low_interaction")
    sheet = event_sheet(missed(ticket))
    said = ("没能问到现在的互动数", "照 40 分钟前数到的算")
    assert (ticket.decision.facts["interactions"], (sheet.text, sheet.note)) == (8, said)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", ("没能问到现在的互动数", "还没有数到过互动")),
        (
            "en",
            ("A fresh count of interactions was asked for and not had", "Interactions were not counted yet"),
        ),
    ],
)
def test_looks_that_saw_no_comments_are_not_called_no_counts(probe, fell, monkeypatch, language, said):
    """Nobody's count would change what was decided here: it is too early for it."""
    order = fell("A-1", 850)
    answers(monkeypatch, Unheard("time-out"))
    ticket = file(order, reason="low_interaction")
    event = missed(ticket)
    with translation.override(language):
        sheet = event_sheet(event)
        desk = line(event, now=clock.now()).what
    assert ticket.decision.clause == "effect.early"
    assert (sheet.text, sheet.note, desk) == (*said, said[0])
    assert event.data == {"why": "time-out", "minutes": None, "of": "interactions"}


@pytest.mark.parametrize("of", [{}, {"of": "units"}], ids=repr)
@pytest.mark.parametrize(
    ("minutes", "note"),
    [(None, "还没有数到过，数到了再算"), (31, "照 31 分钟前数到的算"), (120, "照 2 小时前数到的算")],
)
def test_of_units_or_of_old_it_says_what_it_said(of, minutes, note):
    event = Event(kind="count_missed", at=clock.now(), data={"why": "paused", "minutes": minutes} | of)
    sheet, said = event_sheet(event), "没能问到现在的个数"
    assert (sheet.text, sheet.note, line(event, now=clock.now()).what) == (said, note, said)


def test_a_probe_that_only_fails_is_left_alone(probe, fell, monkeypatch):
    asked = answers(monkeypatch, Unheard("time-out"))
    for n in range(7):
        assert missed(file(fell(f"B-{n}", 850))) is not None
    assert len(asked) == 5
    Breaker.objects.update(open_until=clock.now() - timedelta(seconds=1))
    asked = answers(monkeypatch, Reply(404, b""))
    assert missed(file(fell("B-8", 850))) is None
    assert missed(file(fell("B-9", 850))) is None
    assert len(asked) == 2


def test_the_api_asks_before_its_key_holds_anything(probe, old, monkeypatch):
    asked = answers(
        monkeypatch, Reply(200, b'{"observed_at": "%s", "count": 720}' % clock.now().isoformat().encode())
    )
    client = buyer_client()
    body = {"order_no": "A-1", "reason": "drop"}
    for _ in range(2):
        answer = client.post("/api/v1/tickets/", body, format="json", HTTP_IDEMPOTENCY_KEY="k-1")
        assert answer.status_code == 201, answer.content
        assert answer.json()["decision"]["clause"] == "drop.tier_c"
    assert len(asked) == 1


def test_a_warnings_link_shows_the_new_figures_first(probe, old):
    looking.run_due(now=clock.now())
    warning = DropWarning.objects.get()
    read = quote(order=old, reason="drop", now=clock.now()).decision
    offer = offers.fingerprint(read.clause, read.remedies)
    with pytest.raises(claiming.OfferChanged):
        claiming.claim(warning=warning, offer=offer, now=clock.now())
    found = quote(order=find("A-1"), reason="drop", now=clock.now()).decision
    assert (read.clause, found.clause) == ("drop.tier_b", "drop.tier_c")
    filed = claiming.claim(
        warning=warning, offer=offers.fingerprint(found.clause, found.remedies), now=clock.now()
    )
    assert filed.remedies == found.remedies


def buyer_client():
    buyer = people.ensure_buyer(external_id="b-1")
    user = people.ensure_user(username="lin", role="buyer", password="pass", buyer=buyer)
    token, _ = tokens.issue_for(user=user, now=clock.now())
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def test_no_probe_nobody_is_asked(settings, old, monkeypatch):
    asked = answers(monkeypatch, Unheard("time-out"))
    settings.COLLECTOR_URL = ""
    assert missed(file(old)) is None
    assert asked == []


def test_the_demo_has_an_order_that_is_counted_when_it_is_claimed(sandbox, settings):  # noqa: F811
    now = clock.now()
    assert demo.seed(now=now)
    settings.COLLECTOR_URL, settings.COLLECTOR_SECRET = sandbox.url, COLLECTOR_SECRET
    order = find(demo.COUNTED_NOW[0])
    before = quote(order=order, reason="drop", now=now).decision
    ticket = file(order, now)
    assert ([before.clause, before.measures.loss], ticket.decision.clause) == (
        ["drop.tier_b", 150],
        "drop.tier_c",
    )
    assert (ticket.decision.facts["present"], missed(ticket)) == (740, None)
