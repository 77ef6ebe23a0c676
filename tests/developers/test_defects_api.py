"""Every operation of defects, every role, on one's own goods, another's and what is not there; and the contract."""

import pytest
from django.db import transaction

from common import clock
from developers.models import Defect, Recall
from developers.services.defects import answering
from tests.developers.conftest import filed
from tests.developers.defect_case import NOON, SAID, broken, named, worked
from tests.developers.recall_case import user
from tests.developers.test_access import api_as, cast
from tests.developers.test_recalls_api import body as recall_body

__all__ = ["cast"]
pytestmark = pytest.mark.django_db
API = "/api/v1/developers/me/defects/"
TODAY = str(clock.shanghai(NOON).date())
ROLES = ("yun", "ops", "bo", "buyer", "panel", "shop", "nobody")
# yun's defect, as each role is answered; what is another's looks absent, and so does what is only for the other side.
EXPECTED = {
    "GET list": (200, 200, 200, 403, 403, 403, 401),
    "GET one": (200, 200, 404, 403, 403, 403, 401),
    "POST answer": (200, 404, 404, 403, 403, 403, 401),
    "POST fixed": (200, 404, 404, 403, 403, 403, 401),
    "POST close": (404, 200, 404, 403, 403, 403, 401),
    "POST reopen": (404, 200, 404, 403, 403, 403, 401),
    "POST move": (200, 200, 404, 403, 403, 403, 401),
    "POST split": (200, 200, 404, 403, 403, 403, 401),
    "POST merge": (200, 200, 404, 403, 403, 403, 401),
    "POST rename": (200, 200, 404, 403, 403, 403, 401),
}  # fmt: skip


@pytest.fixture
def two(cast):
    """Two defects of one product, of two cases and of one."""
    user("qiao")
    cases = [broken("K-1"), broken("K-2"), broken("K-3", "安装到一半闪退")]
    worked()
    return [*Defect.objects.order_by("pk"), cases[0]]


def in_time_for(operation, defect):
    if operation == "POST fixed":
        fix = answering.Fix("1.3", clock.shanghai(NOON).date(), "换成新版")
        answering.answer(defect=defect, by=named("yun"), text="查到了", fix=fix, version=None, now=NOON)
    if operation == "POST reopen":
        answering.close(defect=defect, by=named("qiao"), reason="先关", version=None, now=NOON)


def call(client, operation, no, *, other, case):
    method, what = operation.split()
    address = {"list": API, "one": f"{API}{no}/"}.get(what, f"{API}{no}/{what}/")
    if method == "GET":
        return client.get(address)
    sent = {
        "text": "查到了", "reason": "看过", "title": "打不开", "tickets": [case.no], "to": other.no, "into": other.no
    }  # fmt: skip
    return client.post(address, sent, format="json")


@pytest.mark.parametrize("operation", EXPECTED)
def test_who_may_do_what(two, operation):
    defect, other, case = two
    in_time_for(operation, defect)
    found = {}
    for role in ROLES:
        with transaction.atomic():  # each finds it as it was
            found[role] = call(api_as(role), operation, defect.no, other=other, case=case).status_code
            transaction.set_rollback(True)
    assert tuple(found.values()) == EXPECTED[operation]
    if operation != "GET list":
        for no in ("D-0000000000", "%00"):
            assert call(api_as("ops"), operation, no, other=other, case=case).status_code == 404


def test_a_developer_reaches_nobody_elses_by_any_number(two):
    defect, _, case = two
    filed("B-1", sku="stamps")
    worked()
    his = Defect.objects.get(product__sku="stamps")
    client = api_as("bo")
    assert [row["id"] for row in client.get(API).json()["results"]] == [his.no]
    for what in ("move", "merge"):  # into another's
        answer = call(client, f"POST {what}", his.no, other=defect, case=case)
        assert answer.status_code == 404
    assert client.get(f"{API}?developer=yun").status_code == 404
    recall = client.post(
        "/api/v1/developers/recalls/",
        recall_body(sku="stamps", cause="supplier_failure", remedy={"kind": "top_up"}, defect=defect.no),
        format="json",
    )
    assert (recall.status_code, recall.json()["errors"][0]["field"]) == (422, "defect")


def test_the_list_and_its_filters(two):
    defect, other, _ = two
    client = api_as("ops")

    def nos(query):
        return [row["id"] for row in client.get(f"{API}{query}").json()["results"]]

    assert nos("") == [other.no, defect.no]
    assert nos("?developer=yun&sku=licence&state=open") == [other.no, defect.no]
    assert (nos("?state=answered"), nos("?state=checking"), nos("?state=late"), nos("?sku=likes")) == (
        [],
        [],
        [],
        [],
    )
    assert client.get(f"{API}?state=weather").status_code == 422


def test_answered_with_a_fix_and_recalled(two):
    defect, _, case = two
    client, address = api_as("yun"), f"{API}{defect.no}/"
    shown = client.get(address).json()
    assert (shown["title"], shown["goods_version"], shown["real"], shown["cost"]) == (
        SAID, "1.2", 2, {"fen": 0, "units": 0}
    )  # fmt: skip
    assert shown["trend"] in (
        {"this": 2, "before": 0, "change": None},
        {"this": 0, "before": 0, "change": None},
    )
    example = next(row for row in shown["examples"] if row["no"] == case.no)
    assert (example["order_no"], example["buyer"], example["text"]) == ("…1", "林**", SAID)
    fix = {"version": "1.3", "fixed_on": TODAY, "advice": "换成新版的激活码"}
    given = {"text": "少了一张表", "fix": fix, "version": shown["version"]}
    done = client.post(f"{address}answer/", given, format="json").json()
    assert (done["state"], done["fix_version"], done["fix"]["told"], done["fix"]["done_at"]) == (
        "fix_announced", "1.3", 0, None
    )  # fmt: skip
    assert [(word["action"], word["side"], word["by"]) for word in done["words"]] == [
        ("announce", "developer", "yun")
    ]
    again = client.post(f"{address}answer/", given, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "state_moved")
    made = client.post(
        "/api/v1/developers/recalls/", recall_body(defect=defect.no, version="1.2"), format="json"
    ).json()
    assert (made["defect"], Recall.objects.get().defect_id) == (defect.no, defect.pk)
    assert client.get(address).json()["recalls"] == [made["id"]]


def test_developers_learn_no_names_of_ops(two):
    defect, _, _ = two
    address = f"{API}{defect.no}/"
    api_as("ops").post(f"{address}rename/", {"title": "打不开"}, format="json")
    assert [api_as(role).get(address).json()["words"][0]["by"] for role in ("ops", "yun")] == ["ops", None]


@pytest.mark.parametrize(
    ("what", "given", "field"),
    [
        ("answer", {"text": ""}, "text"), ("answer", {"text": "\x00"}, "text"),
        ("answer", {"text": "查", "fix": {"version": "1.3", "fixed_on": "昨天", "advice": "换"}}, "fix.fixed_on"),
        ("answer", {"text": "查", "fix": {"version": "1.2", "fixed_on": TODAY, "advice": "换"}}, "fix_version"),
        ("split", {"tickets": [], "reason": "拆"}, "tickets"), ("rename", {"title": "长" * 81}, "title"),
        ("rename", {"title": "好", "version": "x"}, "version"),
    ],
)  # fmt: skip
def test_bad_input_says_what_to_put_right(two, what, given, field):
    answer = api_as("yun").post(f"{API}{two[0].no}/{what}/", given, format="json")
    assert (answer.status_code, [fault["field"] for fault in answer.json()["errors"]]) == (422, [field])
