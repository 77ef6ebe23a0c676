"""The public pages of the rules: every version stays readable, says where it stands and what changed, names nobody."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common import clock
from compensation import queries
from compensation.models import PolicyVersion
from compensation.services import drafts, policies
from orders.models import Product

pytestmark = pytest.mark.django_db
CODE = "licence-standard"
WHO = ("writer-wu", "second-sun", "retirer-ren")


def published(new, *, note="放宽一天", code=CODE, effective_at=None, retroactive=False, title=None):
    now = clock.now()
    draft = drafts.begin(version=queries.versions_of(code)[0], by=WHO[0], now=now)
    drafts.save(
        draft=draft, data={**draft.data, **new}, title=title or draft.title, note=note, effective_at=effective_at,
        retroactive=retroactive, by=WHO[0], now=now,
    )  # fmt: skip
    drafts.propose(draft=draft, by=WHO[0], now=now)
    return drafts.publish(draft=draft, by=WHO[1], now=now)


@pytest.fixture
def three(shop):
    """Version 1 is past, 2 in force, 3 announced."""
    published({"cooling_off_seconds": 172_800})
    published({"cooling_off_seconds": 259_200}, note="再放宽", effective_at=clock.now() + timedelta(days=3))


def page(path, status=200, **headers):
    answer = Client().get(path, **headers)
    assert answer.status_code == status, path
    return answer.content.decode()


def shown(version, code=CODE):
    return Client().get(f"/rules/{code}/{version}/").context["page"]


def test_all_stand_in_their_place(three):
    policies.retire(code=CODE, version=1, reason="旧了", by=WHO[2], now=clock.now())
    about = Client().get("/rules/").context
    mine = [each for group in about["groups"] for each in group.listed if each.code == CODE]
    assert [(each.version, each.more) for each in mine] == [(2, 0)]
    assert [(each.code, each.version) for each in about["announced"]] == [(CODE, 3)]
    assert [(each.code, each.version) for each in about["ended"]] == [(CODE, 1)]
    likes = next(
        each for group in about["groups"] for each in group.listed if each.code == "metered-standard"
    )
    assert ("likes", "说说点赞") in [(sku, title) for sku, title, _ in likes.goods]


def test_before_anything_is_published_the_page_says_what_will_come():
    assert "商店公布规则后" in page("/rules/")


@pytest.mark.parametrize(("version", "state"), [(1, "past"), (2, "in_force"), (3, "announced")])
def test_where_a_version_stands(three, version, state):
    about = shown(version)
    assert (about.state, about.current) == (state, 2)
    row = PolicyVersion.objects.get(code=CODE, version=version)
    assert row.hash in page(f"/rules/{CODE}/{version}/")


def test_each_version_reads_as_its_own_data_says(three):
    for version, span in ((1, "24 小时"), (2, "48 小时"), (3, "72 小时")):
        text = {topic.heading: topic.lines[0] for topic in shown(version).topics}
        assert text["冷静期"].startswith(f"{span}以内")


def test_a_retired_version_stays_readable_with_its_reason(three):
    policies.retire(code=CODE, version=2, reason="写错了", by=WHO[2], now=clock.now())
    about = shown(2)
    assert (about.state, about.reason, about.current) == ("retired", "写错了", 1)
    assert shown(1).state == "in_force"  # what new orders get again
    assert "写错了" in page(f"/rules/{CODE}/2/")


def test_the_change_log_says_what_each_version_changed(three):
    log = [
        (e.version, e.note, e.changes and [(c.name, c.before, c.after) for c in e.changes])
        for e in shown(1).log
    ]
    assert log == [
        (3, "再放宽", [("冷静期", "48 小时", "72 小时")]),
        (2, "放宽一天", [("冷静期", "24 小时", "48 小时")]),
        (1, "", None),
    ]


@pytest.mark.parametrize(
    ("retroactive", "says"),
    [(True, "没作过决定的也照它算，只会多，不会少"), (False, "照各自的那一版")],
)
def test_whether_it_binds_older_orders(shop, retroactive, says):
    published({"cooling_off_seconds": 172_800}, retroactive=retroactive)
    assert {entry.label: entry.value for entry in shown(2).facts}["启用前的订单"] == says


def test_nobody_of_the_staff_is_named(three):
    policies.retire(code=CODE, version=1, reason="旧了", by=WHO[2], now=clock.now())
    paths = [f"/rules/{CODE}/{n}/" for n in (1, 2, 3)] + [
        f"/api/v1/policies/{CODE}/versions/{n}/" for n in (1, 2, 3)
    ]
    paths += ["/rules/", f"/rules/{CODE}/calculator/", "/api/v1/policies/", f"/api/v1/policies/{CODE}/"]
    for path in paths:
        said = page(path)
        assert not [name for name in (*WHO, "proposed_by", "published_by") if name in said], path


def test_the_bare_address_leads_to_what_is_in_force(three):
    answer = Client().get(f"/rules/{CODE}/")
    assert (answer.status_code, answer.url) == (302, f"/rules/{CODE}/2/")


def test_where_all_is_retired_the_newest_is_still_read(shop):
    Product.objects.filter(policy_code=CODE).delete()
    policies.retire(code=CODE, version=1, reason="不卖了", by=WHO[2], now=clock.now())
    assert Client().get(f"/rules/{CODE}/").url == f"/rules/{CODE}/1/"
    assert shown(1).state == "retired"
    page(f"/rules/{CODE}/calculator/")


@pytest.mark.parametrize(
    "path",
    [
        "/rules/no-such/", "/rules/no-such/1/", f"/rules/{CODE}/9/", f"/rules/{CODE}/0/", f"/rules/{CODE}/{10**30}/",
        f"/rules/{CODE}/-1/", "/rules/no-such/calculator/", f"/rules/{CODE}/calculator/?version=9",
        f"/rules/{CODE}/calculator/?version=x", f"/rules/{CODE}/calculator/?version={10**12}", "/rules/a%00b/1/",
    ],
)  # fmt: skip
def test_what_is_not_there_is_the_404_page(shop, path):
    assert "这一页不在账上" in page(path, status=404)


def asked(path):
    Client().get(path)
    with CaptureQueriesContext(connection) as caught:
        page(path)
    return len(caught)


@pytest.mark.parametrize("path", [f"/rules/{CODE}/1/", "/rules/", f"/rules/{CODE}/calculator/"])
def test_more_versions_are_no_more_questions(shop, path):
    one = asked(path)
    published({"cooling_off_seconds": 172_800})
    published({"cooling_off_seconds": 259_200})
    assert (asked(path), one <= 12) == (one, True)


def test_what_people_wrote_is_shown_as_text(shop):
    published({"cooling_off_seconds": 172_800}, note="<script>alert(1)</script>")
    assert "<script>alert" not in page(f"/rules/{CODE}/2/")


def test_the_product_page_leads_to_its_version_and_to_the_sum(shop):
    said = page("/products/likes/")
    assert "/rules/metered-standard/1/" in said
    assert "/rules/metered-standard/calculator/?n=1000&amp;paid=50.00" in said
