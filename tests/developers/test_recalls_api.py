"""Every operation of recalls, every role, on one's own goods, another's and what is not there; and the contract."""

from datetime import timedelta

import pytest

from common import clock
from developers.models import Recall
from developers.services.recalls import ruling, working
from evidence.models import Entry
from tests.developers.recall_case import asked, carried_out, fresh, keys, named, user
from tests.developers.test_access import api_as, cast
from tests.orders.conftest import z

__all__ = ["cast"]
pytestmark = pytest.mark.django_db
API = "/api/v1/developers/recalls/"
ROLES = ("yun", "ops", "bo", "buyer", "panel", "shop", "nobody")
# yun's goods, as each role is answered; forbidden looks like absent wherever there is something to be found out.
EXPECTED = {
    "GET list": (200, 200, 200, 403, 403, 403, 401),
    "POST ask": (201, 201, 404, 403, 403, 403, 401),
    "GET one": (200, 200, 404, 403, 403, 403, 401),
    "POST submit": (200, 409, 404, 403, 403, 403, 401),
    "POST approve": (404, 200, 404, 404, 404, 404, 401),
    "POST refuse": (404, 200, 404, 404, 404, 404, 401),
    "POST stop": (404, 200, 404, 404, 404, 404, 401),
    "POST resume": (404, 200, 404, 404, 404, 404, 401),
    "POST again": (404, 200, 404, 404, 404, 404, 401),
}  # fmt: skip


def body(**changes):
    now = clock.now()
    usual = {
        "sku": "licence", "from": z(now - timedelta(hours=10)), "to": z(now), "cause": "defect",
        "remedy": {"kind": "refund"}, "dry_run": True,
    }  # fmt: skip
    return usual | changes


def in_time_for(operation):
    """A recall of yun's that is where the operation can be done."""
    keys(f"L-{Recall.objects.count()}")
    Recall.objects.update(state="refused")
    recall = asked(by=named("yun"), submit=operation != "POST submit")
    if operation in ("POST stop", "POST resume", "POST again"):
        recall = ruling.approve(recall=recall, by=user("qiao"), now=clock.now())
    if operation == "POST resume":
        recall = ruling.stop(recall=recall, by=named("qiao"), reason="等等", now=clock.now())
    return carried_out(recall) if operation == "POST again" else recall


def call(client, operation, no):
    method, what = operation.split()
    if what == "list":
        return client.get(API)
    if what == "ask":
        return client.post(API, body(), format="json")
    address = f"{API}{no}/" if what == "one" else f"{API}{no}/{what}/"
    return client.get(address) if method == "GET" else client.post(address, {"reason": "看过"}, format="json")


@pytest.mark.parametrize("operation", EXPECTED)
def test_who_may_do_what(cast, operation):
    found = tuple(call(api_as(role), operation, in_time_for(operation).no).status_code for role in ROLES)
    assert found == EXPECTED[operation]
    if operation not in ("GET list", "POST ask"):
        assert call(api_as("ops"), operation, "R-0000000000").status_code == 404
        assert call(api_as("ops"), operation, "%00").status_code == 404


def test_a_developer_sees_own_ones_and_no_names(cast):
    keys()
    mine, other = asked(by=named("yun")), asked(by=user("wen"))
    asked(by=named("bo"), sku="stamps", remedy="top_up", cause="supplier_failure")
    found = api_as("yun").get(API).json()["results"]
    assert [(row["id"], row["asked_by"]) for row in found] == [(other.no, None), (mine.no, "yun")]


def test_asked_shown_approved_and_done(cast):
    keys()
    made = api_as("ops").post(API, body(text="这一批失效了"), format="json")
    found = made.json()
    assert made.status_code == 201
    assert (found["state"], found["dry_run"], found["party"], found["remedy"]) == (
        "shown", True, "developer", {"kind": "refund", "quantity": None}
    )  # fmt: skip
    account = f"developer_payable.{named('yun').pk}"
    assert found["figures"] == {
        "lines": 1, "gets": 1, "buyers": 1, "fen": 5000, "units": 0, "short": 0,
        "accounts": [{"account": account, "fen": 5000}], "nothing": [],
    }  # fmt: skip
    assert found["examples"] == [
        {
            "order_no": "…1",
            "buyer": "林**",
            "paid_fen": 5000,
            "fen": 5000,
            "units": 0,
            "skip": "",
            "short": False,
        }
    ]
    address = f"{API}{found['id']}"
    user("qiao")
    early = api_as("qiao").post(f"{address}/approve/", {}, format="json")
    assert (early.status_code, early.json()["code"]) == (409, "recall_not_submitted")
    assert api_as("ops").post(f"{address}/submit/").json()["dry_run"] is False
    own = api_as("ops").post(f"{address}/approve/", {}, format="json")
    assert (own.status_code, own.json()["code"]) == (422, "own_request")
    wrong = api_as("qiao").post(f"{address}/approve/", {"digest": "0" * 64}, format="json")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "recall_changed")
    yes = api_as("qiao").post(f"{address}/approve/", {"digest": found["digest"]}, format="json").json()
    assert (yes["state"], yes["approvals"], yes["progress"]) == (
        "running", 1, {"given": 0, "waiting": 1, "fen": 0, "units": 0, "skipped": []}
    )  # fmt: skip
    working.run_due(now=clock.now())
    done = api_as("ops").get(f"{address}/").json()
    assert (done["state"], done["progress"]) == (
        "done", {"given": 1, "waiting": 0, "fen": 5000, "units": 0, "skipped": []}
    )  # fmt: skip
    assert all((done["approved_at"], done["ended_at"]))


def test_not_a_dry_run_goes_to_be_approved_at_once(cast):
    keys()
    found = api_as("yun").post(API, body(dry_run=False), format="json").json()
    assert (found["dry_run"], found["state"]) == (False, "shown")


@pytest.mark.parametrize(
    ("changes", "status", "fields"),
    [
        ({"sku": "nothing-such"}, 404, []),
        ({"cause": "weather"}, 422, ["cause"]),
        ({"remedy": {"kind": "goodwill"}}, 422, ["remedy.kind"]),
        ({"remedy": {"kind": "top_up"}}, 422, ["remedy"]),
        ({"remedy": {"kind": "refund", "quantity": 0}}, 422, ["quantity"]),
        ({"to": "2999-01-01T00:00:00Z"}, 422, ["to"]),
        ({"from": "昨天"}, 422, ["from"]),
        ({"text": "\x00"}, 422, ["text"]),
    ],
)
def test_bad_input_says_what_to_put_right(cast, changes, status, fields):
    answer = api_as("yun").post(API, body(**changes), format="json")
    assert (answer.status_code, [fault["field"] for fault in answer.json().get("errors", [])]) == (
        status,
        fields,
    )


def test_a_changed_list_is_told_and_kept_with_an_idempotency_key(cast):
    keys()
    recall = asked(by=named("yun"))
    keys("K-2", buyer_external_id="b-2")
    answers = [
        api_as("ops")
        .post(f"{API}{recall.no}/approve/", {}, format="json", HTTP_IDEMPOTENCY_KEY="k")
        .status_code
        for _ in range(2)
    ]
    assert (answers, fresh(recall).state) == ([409, 409], "changed")
    assert Entry.objects.filter(kind="recall").count() == 4
