"""A reader who asks for English gets the rules in English; what is stored and hashed stays Chinese."""

import json
import re

import pytest
from django.utils import translation

from compensation import queries
from compensation.models import DecisionRecord
from compensation.rules import vocabulary
from compensation.rules.decide import decide
from compensation.rules.fact_names import FACT_NAMES
from compensation.rules.facts import Facts
from compensation.rules.fate import KINDS, STATES
from compensation.services import intake
from compensation.services.recomputing import recomputed_differently
from evidence.models import Entry
from orders.models import Product
from tests.orders.conftest import PAID, PRODUCT
from tests.tickets.case import claim, fallen, order_of

pytestmark = pytest.mark.django_db
FOREIGN = re.compile("[⺀-〿㐀-鿿＀-￯]")
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}
FELL = {"reason": "drop", "ordered": 1000, "paid_fen": 5000, "delivered": 1000, "present": 850}
TIER_B = "More than 10% and up to 20%: we top up 1.2 for each one lost"
GOODS = [
    ("metered", "metered-standard", None), ("licence", "licence-standard", None), ("course", "course-standard", None),
    ("game_item", "game-item-standard", None), ("subscription", "subscription-standard", 2_592_000),
]  # fmt: skip


def texts(answer):
    return [step["text"] for step in answer["explanation"]]


def main_of(answer):
    """What the room's own template says: the frame around it is another's."""
    assert answer.status_code == 200
    return re.search(r"<main.*?</main>", answer.content.decode(), re.DOTALL)[0]


@pytest.mark.parametrize(("kind", "policy", "seconds"), GOODS)
def test_a_product_page_in_english(shop, client, kind, policy, seconds):
    said = {
        "title": "Goods", "kind": kind, "policy": policy, "duration_seconds": seconds,
        "description": "Words of the shop", "tutorial": "Open it.\nUse it.",
        "specification": {"Needs": None, "Safe": True, "Sizes": ["S", "M"], "Parts": {"one": 1, "two": 2}},
    }  # fmt: skip
    intake.put_product(sku="goods", fields=PRODUCT | said, now=PAID)
    page = main_of(client.get("/products/goods/", **ENGLISH))
    assert not FOREIGN.search(page), FOREIGN.findall(page)
    assert "The rules in full" in page
    assert "How to use it" in page
    assert "<dd>one 1; two 2</dd>" in page
    assert "<dd>S, M</dd>" in page
    assert '<p class="said">Open it.\nUse it.</p>' in page
    assert "Rules version 1, since 1 Mar 2025" in page


def test_the_list_of_products_in_english(shop, client):
    Product.objects.update(title="Goods")
    page = main_of(client.get("/products/", **ENGLISH))
    assert not FOREIGN.search(page), FOREIGN.findall(page)
    assert "Goods counted by the unit, ¥0.05 each" in page
    Product.objects.all().delete()
    empty = main_of(client.get("/products/", **ENGLISH))
    assert "No products yet" in empty
    assert not FOREIGN.search(empty)


def test_data_of_the_shop_stays_as_it_is(shop, client):
    page = main_of(client.get("/products/likes/", **ENGLISH))
    assert set(FOREIGN.findall(page)) == set("说说点赞")
    assert "Fake likes" in page
    assert "How to use it" not in page  # it has no tutorial


def test_the_api_answers_in_the_language_asked_for(shop, client_as):
    client, url = client_as("nobody"), "/api/v1/policies/metered-standard/preview/"
    body = json.dumps({"facts": FELL})
    ours = client.post(url, body, content_type="application/json", **ENGLISH).json()
    theirs = client.post(url, body, content_type="application/json").json()
    assert texts(ours)[4] == TIER_B
    assert texts(theirs)[4] == "超过 10%、不超过 20%：按 1:1.2 补"
    assert {name for name in ours if ours[name] != theirs[name]} == {"explanation"}
    policy = client.get("/api/v1/policies/metered-standard/", **ENGLISH).json()
    assert policy["text"][0]["heading"] == "Lost within 24 hours"
    assert policy["examples"][3]["gets"] == "180 topped up"
    assert not FOREIGN.search(json.dumps([policy["text"], policy["examples"]], ensure_ascii=False))


def test_what_is_refused_is_said_in_english(shop, client_as):
    facts = FELL | {"present": -1, "mood": 1, "window": "open", "closed": 1, "ordered": 900, "risk": 1}
    body = json.dumps({"facts": facts})
    url = "/api/v1/policies/metered-standard/preview/"
    told = client_as("nobody").post(url, body, content_type="application/json", **ENGLISH).json()
    assert told["title"] == "These facts can't be decided on"
    assert {error["field"]: error["detail"] for error in told["errors"]} == {
        "present": '"units there now" can\'t be negative; please give 0 or a larger integer.',
        "mood": "There is no such entry; please check its name or leave it out.",
        "window": '"window" has no such choice; please choose one of: inside, warranty, outside.',
        "closed": '"order settled" can only be true or false.',
        "delivered": '"units delivered" can\'t exceed "units ordered"; please give an integer of at most 900.',
        "risk": '"risk score" is for internal use only; please leave it out.',
    }


def test_a_claim_filed_in_english_is_stored_in_chinese(shop, client_as):
    fallen()
    with translation.override("en"):
        ticket = claim()
        shown = queries.explanation_of(ticket.decision)
    record = DecisionRecord.objects.get()
    assert texts(record.body)[4] == "超过 10%、不超过 20%：按 1:1.2 补"
    assert record.body == decide(Facts(**record.facts), _policy()).as_data()
    assert list(recomputed_differently()) == []
    assert [step.text for step in shown][4] == TIER_B
    kept = [entry.body for entry in Entry.objects.all()]
    assert [body for body in kept if "drop.tier_b" in body]
    assert not [body for body in kept if "top up" in body]
    quoted = client_as("ops").get(f"/api/v1/tickets/{ticket.no}/", **ENGLISH).json()["decision"]
    assert texts(quoted)[4] == TIER_B
    assert texts(client_as("ops").get(f"/api/v1/tickets/{ticket.no}/").json()["decision"])[4] != TIER_B


def test_a_quote_in_english(shop, client_as):
    fallen()
    told = client_as("ops").post("/api/v1/orders/A-1/quote/", {"reason": "drop"}, format="json", **ENGLISH)
    assert texts(told.json())[4] == TIER_B


@pytest.mark.parametrize(
    "changes",
    [
        {"facts": {"present": 700}},
        {"facts": {"strange": 1}},
        {"body": {"policy": {"code": "gone", "version": 1}}},
    ],
)
def test_what_its_facts_do_not_give_again_is_shown_as_stored(shop, changes):
    """Another sum in English than the one that was decided would be worse than one in Chinese."""
    fallen()
    claim()
    record = DecisionRecord.objects.get()
    for name, value in changes.items():
        setattr(record, name, getattr(record, name) | value)
    with translation.override("en"):
        shown = queries.explanation_of(record)
    assert [step.as_data() for step in shown] == record.body["explanation"]


def test_where_nobody_reads_the_rules_speak_chinese(shop):
    fallen()
    with translation.override(None):
        assert queries.vocabulary().percent(14, 137) == "10.21% 多"
    with translation.override("en-gb"):
        assert queries.vocabulary().percent(14, 137) == "just over 10.21%"


@pytest.mark.parametrize("table", [FACT_NAMES, KINDS, STATES], ids=["facts", "kinds", "states"])
def test_labels_have_english(table):
    with translation.override("en"):
        said = {name: translation.gettext(label) for name, label in table.items()}
    assert not [label for label in said.values() if FOREIGN.search(label)]
    assert len(set(said.values())) == len(said)


def test_what_a_sentence_tells_the_reader_to_press_is_what_the_page_calls_it():
    with translation.override("en"):
        labels = [translation.gettext(label) for label in ("还有别的问题", "用不了", "和说明不一样")]
    assert re.findall('"(.*?)"', vocabulary.ENGLISH.defects_differ) == labels


def _policy():
    order = order_of()
    return queries.policy_version(order.policy_code, order.policy_version)
