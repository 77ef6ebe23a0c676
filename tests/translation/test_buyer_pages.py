"""A buyer who reads English finds no Chinese, whatever became of the order: every page that can be reached is read."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from accounts.models import User
from accounts.services import people
from common import clock
from compensation.models import PolicyRetirement, PolicyVersion
from compensation.rules.policy import Policy
from compensation.services import intake
from orders.models import Product
from tests.orders.conftest import PAID, PRODUCT, new_order, sell, shop
from tests.tickets.case import claim, close, confirm, count, fallen, withdraw, work
from tests.tickets.conftest import outside
from tests.translation.test_pages import chinese_in
from tickets.services import conversation, desk, nudging, rating

__all__ = ["outside", "sell", "shop"]

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}
LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*|\?[^"#]*)"')
FILES = ("/static/", "/admin/", "/api/")
CHINESE = re.compile("[\u4e00-\u9fff]")
DECLARED = re.compile(r'(?<= lang="zh-CN">)[^<]+')
RULES = "/rules/"  # the same whatever became of the order: they are read once, by themselves


@pytest.fixture
def goods(shop):
    """What a shop and people write is data: here it is English, so that any Chinese left is ours."""
    Product.objects.filter(sku="likes").update(title="Likes")
    kinds = {
        "licence": "licence-standard",
        "course": "course-standard",
        "subscription": "subscription-standard",
    }
    for kind, policy in kinds.items():
        more = {"title": f"A {kind}", "kind": kind, "policy": policy, "duration_seconds": 2592000}
        intake.put_product(sku=kind, fields=PRODUCT | more, now=PAID)
    people.ensure_user(username="maker", role="developer", password="pass")
    Product.objects.filter(sku="likes").update(developer=User.objects.get(username="maker"))


def bought(left=850, **changes):
    return fallen("A-1", left=left, query_password="secret", **changes)


def filed(left=850, reason="drop", text="", **changes):
    bought(left, **changes)
    return claim("A-1", reason, text=text)


def of_kind(sku):
    now = clock.now()
    paid = {"paid_at": now - timedelta(hours=3), "query_password": "secret", "target": "", "baseline": 0}
    intake.take_order(new=new_order("A-1", sku=sku, quantity=40, **paid), now=now)


def ops():
    return people.ensure_user(username="qiao", role="ops", password="pass", is_staff=True)


def asked(whom):
    ticket = filed(reason="defect", text="it stopped")
    ticket.refresh_from_db()
    desk.request_proof(
        ticket=ticket, by=ops(), whom=whom, text="A picture, please.", version=ticket.version, now=clock.now()
    )


def refused():
    """A line that was refunded in full owes nothing more."""
    confirmed(600)
    ticket = claim("A-1", "low_interaction")
    return ticket


def appealed():
    conversation.appeal(ticket=refused(), text="look again", name="lin", now=clock.now())


def confirmed(left):
    ticket = filed(left)
    work()
    confirm(ticket)
    return ticket


def rated():
    rating.rate(ticket=confirmed(850), stars=4, text="quick", name="lin", now=clock.now())


def nudged():
    nudging.nudge(ticket=filed(), name="lin", now=clock.now())


def talked():
    ticket = filed(reason="defect", text="it stopped")
    for side, name in (("buyer", "lin"), ("ops", "qiao")):
        conversation.say(ticket=ticket, text="hello", actor=side, name=name, internal=False, now=clock.now())


def again_while_open():
    filed()
    count("A-1", 800, clock.now())


def handled(step, left=850):
    step(filed(left))


STORIES = {
    "nothing fell": lambda: bought(1000),
    "a little fell": lambda: bought(940),
    "some fell": lambda: bought(850),
    "much fell": lambda: bought(600),
    "much fell, paid by hand": lambda: bought(600, gateway="manual"),
    "can't be counted": lambda: bought(None),
    "long ago": lambda: bought(850, paid_at=clock.now() - timedelta(days=80)),
    "not counted yet": lambda: intake.take_order(
        new=new_order("A-1", query_password="secret", paid_at=clock.now()), now=clock.now()
    ),
    "a licence": lambda: of_kind("licence"),
    "a course": lambda: of_kind("course"),
    "a subscription": lambda: of_kind("subscription"),
    "on its way": filed,
    "on its way, a refund": lambda: filed(600),
    "held for a person": lambda: filed(600, gateway="manual"),
    "came": lambda: (filed(), work()),
    "came, a refund": lambda: (filed(600), work()),
    "confirmed": lambda: confirmed(850),
    "confirmed, a refund": lambda: confirmed(600),
    "fell while one is open": again_while_open,
    "rated": rated,
    "nudged": nudged,
    "talked": talked,
    "withdrawn": lambda: handled(withdraw),
    "closed": lambda: handled(close),
    "a question": lambda: filed(reason="question", text="how"),
    "a suggestion": lambda: filed(reason="suggestion", text="please"),
    "a defect": lambda: filed(reason="defect", text="it stopped"),
    "no interaction": lambda: filed(reason="low_interaction"),
    "a refund asked for": lambda: filed(reason="refund"),
    "can't be counted, claimed": lambda: filed(None),
    "refused": refused,
    "appealed": appealed,
    "the buyer is asked": lambda: asked("buyer"),
    "the developer is asked": lambda: asked("developer"),
}


def opened():
    client = Client(headers=ENGLISH)
    answer = client.post("/", {"order_no": "A-1", "query_password": "secret"})
    assert answer["Location"] == "/orders/A-1/"
    return client


def crawl(client, start, leave=(*FILES, RULES)):
    """{address: its Chinese} of all that can be reached by following links; none is left out."""
    found, waiting = {}, [start]
    while waiting:
        address = waiting.pop()
        if address in found or address.startswith(leave) or "seen=" in address or "/evidence/" in address[1:]:
            continue
        answer = client.get(address)
        assert answer.status_code == 200, address
        html = answer.content.decode()
        found[address] = chinese_in(html)
        page = address.partition("?")[0]
        waiting += [page + link if link[0] == "?" else link for link in map(unescape, LINK.findall(html))]
    return found


@pytest.mark.parametrize("story", STORIES)
def test_no_page_has_chinese(goods, outside, story):
    STORIES[story]()
    found = crawl(opened(), "/orders/A-1/")
    assert {address: lines for address, lines in found.items() if lines} == {}
    assert {"/", "/products/", "/orders/A-1/"} <= set(found)


def test_no_page_of_the_rules_has_chinese(goods, outside):
    """Titles of policies, and what people wrote of a version, are data: declared to be Chinese where they stand."""
    told = dict.fromkeys(("note", "reason"), "改过了")
    old = PolicyVersion.objects.get(code="licence-standard")
    for version, days in ((2, -1), (3, 1)):
        policy = Policy.from_data(old.data | {"version": version, "cooling_off_seconds": 90_000 * version})
        row = PolicyVersion.objects.create(
            code=old.code, version=version, kind=old.kind, title=old.title, data=policy.as_data(), hash=policy.hash,
            published_at=old.published_at, effective_at=clock.now() + timedelta(days=days), note=told["note"],
        )  # fmt: skip
    PolicyRetirement.objects.create(policy=row, reason=told["reason"], by="qiao", retired_at=clock.now())
    found = crawl(Client(headers=ENGLISH), RULES, (*FILES, "/products/"))
    left = {
        address: [line for line in map(ours, lines) if CHINESE.search(line)]
        for address, lines in found.items()
    }
    assert {address: lines for address, lines in left.items() if lines} == {}
    assert {f"/rules/licence-standard/{n}/" for n in (1, 2, 3)} <= set(found)
    assert "/rules/metered-standard/calculator/" in found


def ours(line):
    return DECLARED.sub("", line)


def test_the_crawl_comes_to_the_case_and_its_records(goods, outside):
    ticket = confirmed(850)
    assert {f"/tickets/{ticket.no}/", "/orders/A-1/records/"} <= set(crawl(opened(), "/orders/A-1/"))


WRONG = {
    "no number": ("/", {"order_no": "", "query_password": "x"}),
    "no password": ("/", {"order_no": "A-1", "query_password": ""}),
    "a wrong password": ("/", {"order_no": "A-1", "query_password": "x"}),
    "nothing said": ("/orders/A-1/claim/", {"reason": "question", "text": " "}),
    "no such reason": ("/orders/A-1/claim/", {"reason": "magic", "text": "x"}),
    "too much said": ("/orders/A-1/claim/", {"reason": "question", "text": "x" * 5000}),
    "an empty word": ("/tickets/NO/messages/", {"text": " "}),
    "no file": ("/tickets/NO/attachments/", {"text": "x"}),
    "no stars": ("/tickets/NO/rating/", {"stars": "9"}),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_is_told_in_english(goods, outside, mistake):
    no = filed().no
    address, said = WRONG[mistake]
    answer = opened().post(address.replace("NO", no), said, follow=True)
    assert chinese_in(answer.content.decode()) == []


def test_after_too_many_tries(goods):
    bought()
    client = Client(headers=ENGLISH)
    for _ in range(6):
        answer = client.post("/", {"order_no": "A-1", "query_password": "x"})
    assert (answer.status_code, chinese_in(answer.content.decode())) == (429, [])
