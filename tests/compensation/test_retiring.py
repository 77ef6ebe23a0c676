"""A policy retired: new orders get another version, old ones keep theirs, and goods are never left without one."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from accounts.services import people
from common import clock
from common.refusals import Absent, Invalid
from compensation import queries
from compensation.models import PolicyRetirement, PolicyVersion
from compensation.queries import newest_policy
from compensation.rules.policy import Policy
from compensation.services import intake, policies
from tests.orders.conftest import LATER, PRODUCT, new_order, z

pytestmark = pytest.mark.django_db
CODE = "metered-standard"
POLICIES = "/api/v1/policies/"


def publish(version, code=CODE):
    old = PolicyVersion.objects.filter(code=code).first()
    policy = Policy.from_data(old.data | {"version": version})
    return PolicyVersion.objects.create(
        code=code, version=version, kind=policy.kind, title=policy.title, data=policy.as_data(),
        hash=policy.hash, published_at=LATER,
    )  # fmt: skip


def retire(version=1, code=CODE, reason="算错了门槛"):
    return policies.retire(code=code, version=version, reason=reason, by="ops-an", now=LATER)


def test_new_orders_get_another_version_and_old_ones_keep_theirs(shop, sell):
    before = sell("A-1")
    publish(2)
    assert sell("A-2").policy_version == 2
    made = retire(2)
    assert (made.reason, made.by, made.retired_at) == ("算错了门槛", "ops-an", LATER)
    assert newest_policy(CODE).version == 1
    kept = [(o.order_no, o.policy_version) for o in type(before).objects.order_by("id")]
    assert kept == [("A-1", 1), ("A-2", 2)]
    assert sell("A-3").policy_version == 1
    assert intake.take_order(new=new_order("A-2"), now=LATER)[1] is False


def test_goods_are_never_left_without_a_policy(shop):
    with pytest.raises(policies.StillSold) as refused:
        retire()
    title = PolicyVersion.objects.get(code=CODE).title
    assert refused.value.detail == (
        f"还有 1 件商品按「{title}」卖，停用后就没有规则可用：请先发一个新版，或给这些商品换一份规则。"
    )
    publish(2)
    retire(1)
    with pytest.raises(policies.StillSold):
        retire(2)
    assert list(PolicyRetirement.objects.values_list("policy__version", flat=True)) == [1]


def put(code, sku="more"):
    fields = PRODUCT | {"policy": code, "kind": PolicyVersion.objects.filter(code=code).first().kind}
    return intake.put_product(sku=sku, fields=fields, now=LATER)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rival", ["another retires the other one", "a product takes up the code"])
def test_of_two_at_once_that_would_leave_goods_without_a_policy_one_is_refused(shop, monkeypatch, rival):
    code = CODE if rival.startswith("another") else "course-standard"
    publish(2)
    acts = [lambda: retire(1, code), (lambda: retire(2, code)) if code == CODE else (lambda: put(code))]
    both, check, newest = threading.Barrier(2), policies._refuse_if_last, queries.newest_policy

    def together(answer):
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(timeout=0.5)
        return answer

    def attempt(act):
        try:
            return act() and "done"
        except (policies.StillSold, Invalid):
            return "refused"
        finally:
            connection.close()

    monkeypatch.setattr(policies, "_refuse_if_last", lambda row: together(check(row)))
    monkeypatch.setattr(queries, "newest_policy", lambda code: together(newest(code)))
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, acts)) == ["done", "refused"]


def test_no_product_takes_up_a_code_that_is_retired(shop):
    retire(code="course-standard")
    with pytest.raises(Invalid) as refused:
        put("course-standard")
    assert [error["code"] for error in refused.value.errors] == ["unknown_policy"]
    assert policies.load_defaults(now=LATER) == 0


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"version": 7}, Absent), ({"code": "nobody"}, Absent), ({"reason": " "}, Invalid),
        ({"reason": "长" * 401}, Invalid), ({"code": "game-item-standard"}, policies.AlreadyRetired),
    ],
)  # fmt: skip
def test_what_can_not_be_retired(shop, changes, refusal):
    retire(code="game-item-standard")
    publish(2)
    with pytest.raises(refusal):
        retire(**changes)
    assert PolicyRetirement.objects.count() == 1


def test_the_api_lists_what_is_in_force_and_shows_the_rest_by_number(shop, client_as):
    publish(2)
    retire(1)
    client = client_as("nobody")
    listed = [
        (row["code"], row["version"], row["retired_at"]) for row in client.get(POLICIES).json()["results"]
    ]
    assert (CODE, 2, None) in listed
    assert (len(listed), [row for row in listed if row[2]], (CODE, 1, None) in listed) == (5, [], False)
    shown = [client.get(f"{POLICIES}{CODE}/{path}").json() for path in ("", "versions/1/", "versions/2/")]
    assert [(row["version"], row["retired_at"]) for row in shown] == [(2, None), (1, z(LATER)), (2, None)]
    assert client.get("/api/v1/products/likes/").json()["after_sales"]["version"] == 2


def test_the_command_says_what_was_done_or_why_not(shop):
    publish(2)
    out = StringIO()
    call_command("retire_policy", CODE, "1", reason="试一下", stdout=out)
    title = PolicyVersion.objects.get(code=CODE, version=1).title
    assert out.getvalue() == f"已停用：{title} 第 1 版。\n"
    for version, why in ((1, "这一版规则已经停用过了"), (2, "还有 1 件商品"), (9, "没有这一版规则")):
        with pytest.raises(CommandError, match=why):
            call_command("retire_policy", CODE, str(version), reason="试一下")


@pytest.fixture
def staff(shop):
    def sign_in(role):
        client = Client()
        client.force_login(people.ensure_user(username=f"s-{role}", role=role, is_staff=True))
        return client

    return sign_in


ADD = "/admin/compensation/policyretirement/add/"


def test_ops_retire_in_the_admin(staff):
    first, second = PolicyVersion.objects.get(code=CODE), publish(2)
    ops = staff("ops")
    chosen = {"action": "retire", "_selected_action": [first.pk]}
    answer = ops.post("/admin/compensation/policyversion/", chosen)
    assert (answer.status_code, answer.url) == (302, f"{ADD}?policy={first.pk}")
    assert ops.get(answer.url).status_code == 200
    assert ops.post(ADD, {"policy": first.pk, "reason": "换成第 2 版"}).status_code == 302
    made = PolicyRetirement.objects.get()
    assert (made.policy, made.reason, made.by) == (first, "换成第 2 版", "s-ops")
    assert clock.now() >= made.retired_at
    refused = ops.post(ADD, {"policy": second.pk, "reason": "再停"}, follow=True)
    assert "还有 1 件商品按" in refused.content.decode()
    assert PolicyRetirement.objects.count() == 1
    pages = ["policyversion/", "policyretirement/", f"policyretirement/{made.pk}/change/"]
    assert [ops.get(f"/admin/compensation/{page}").status_code for page in pages] == [200] * 3


def test_other_staff_retire_nothing(staff):
    row = publish(2)
    client = staff("shop")
    assert client.post(ADD, {"policy": row.pk, "reason": "换"}).status_code == 404
    chosen = {"action": "retire", "_selected_action": [row.pk]}
    assert client.post("/admin/compensation/policyversion/", chosen).status_code == 404
    assert client.get("/admin/compensation/policyversion/").status_code == 404
    assert not PolicyRetirement.objects.exists()
