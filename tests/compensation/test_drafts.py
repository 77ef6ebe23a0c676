"""A policy from draft to version: proven, published by another person, and older orders lose nothing."""

from datetime import timedelta

import pytest

from common import clock
from common.refusals import Invalid, StateMoved
from compensation import queries
from compensation.models import DecisionRecord, PolicyDraft, PolicyVersion
from compensation.services import drafts, publishing
from compensation.services.recomputing import recomputed_differently
from evidence.models import Entry
from tests.tickets.case import claim, fallen

pytestmark = pytest.mark.django_db
CODE = "metered-standard"


def begun(by="qiao"):
    return drafts.begin(version=queries.newest_policy(CODE), by=by, now=clock.now())


def written(draft, by="qiao", note="多补一点", effective_at=None, retroactive=False, title=None, **new):
    drafts.save(
        draft=draft, data={**draft.data, **new}, title=title or draft.title, note=note, effective_at=effective_at,
        retroactive=retroactive, by=by, now=clock.now(),
    )  # fmt: skip
    return draft


def proposed(**how):
    draft = written(begun(), **how)
    drafts.propose(draft=draft, by="qiao", now=clock.now())
    return draft


def published(by="an", **how):
    return drafts.publish(draft=proposed(**how), by=by, now=clock.now())


def test_another_person_publishes_the_next_version(shop):
    version = published(factor_b=[13, 10])
    assert (version.code, version.version, version.note, version.proposed_by, version.published_by) == (
        CODE, 2, "多补一点", "qiao", "an",
    )  # fmt: skip
    draft = PolicyDraft.objects.get()
    assert (draft.state, draft.published_as, draft.ended_by) == ("published", version, "an")
    old = PolicyVersion.objects.get(code=CODE, version=1).data
    assert version.data == {**old, "version": 2, "factor_b": [13, 10]}
    assert queries.newest_policy(CODE) == version
    assert version.hash in Entry.objects.filter(kind="policy").latest("id").body


@pytest.mark.parametrize(
    ("by", "refused"), [("qiao", drafts.SamePerson), ("an", None)], ids=["its writer", "a colleague"]
)
def test_who_wrote_it_does_not_publish_it(shop, by, refused):
    draft = proposed()
    if refused:
        with pytest.raises(refused):
            drafts.publish(draft=draft, by=by, now=clock.now())
    else:
        drafts.publish(draft=draft, by=by, now=clock.now())
    assert PolicyVersion.objects.filter(code=CODE).count() == (1 if refused else 2)


def test_what_does_not_hold_is_not_proposed(shop):
    draft = written(begun(), factor_b=[1, 2])
    with pytest.raises(drafts.NotProven) as refused:
        drafts.propose(draft=draft, by="qiao", now=clock.now())
    assert refused.value.detail.startswith("多掉了反而补得少")
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_why_is_asked_for(shop):
    with pytest.raises(Invalid) as refused:
        proposed(note=" ")
    assert [error["field"] for error in refused.value.errors] == ["note"]


def test_one_open_draft_for_a_policy(shop):
    begun()
    with pytest.raises(drafts.OpenAlready):
        begun(by="an")
    drafts.drop(draft=PolicyDraft.objects.get(), by="an", now=clock.now())
    assert begun(by="an").state == "draft"


def test_who_saw_an_older_draft_does_not_write_over_a_newer(shop):
    mine = begun()
    theirs = drafts.found(mine.pk)
    written(theirs, by="an", factor_b=[13, 10])
    with pytest.raises(StateMoved):
        written(mine, factor_b=[2, 1])
    assert drafts.found(mine.pk).data["factor_b"] == [13, 10]


@pytest.mark.parametrize("state", ["published", "dropped"])
def test_what_has_ended_does_not_move(shop, state):
    draft = proposed()
    if state == "published":
        drafts.publish(draft=draft, by="an", now=clock.now())
    else:
        drafts.drop(draft=draft, by="an", now=clock.now())
    for step in (written, lambda d: drafts.propose(draft=d, by="an", now=clock.now()),
                 lambda d: drafts.publish(draft=d, by="bo", now=clock.now()),
                 lambda d: drafts.drop(draft=d, by="an", now=clock.now())):  # fmt: skip
        with pytest.raises(StateMoved):
            step(draft)


def test_an_announced_version_waits_for_its_day(shop):
    at = clock.now() + timedelta(days=2)
    version = published(effective_at=at)
    assert queries.newest_policy(CODE).version == 1
    rows = PolicyVersion.objects.filter(code=CODE)
    assert [
        rows.filter(queries.in_use(at - early)).count() for early in (timedelta(seconds=1), timedelta())
    ] == [1, 2]
    assert version.effective_at == at


def test_a_day_that_is_over_is_refused(shop):
    with pytest.raises(Invalid) as refused:
        published(effective_at=clock.now() - timedelta(minutes=1))
    assert [error["field"] for error in refused.value.errors] == ["effective_at"]
    assert PolicyDraft.objects.get().state == "proposed"


def test_a_retroactive_version_binds_older_orders_without_a_decision(shop):
    fallen("A-1", left=850)
    fallen("A-2", left=850)
    claim("A-1")
    version = published(retroactive=True, factor_b=[14, 10])
    claim("A-2")
    records = DecisionRecord.objects.order_by("id")
    assert [(r.policy.version, r.body["remedies"][0]["quantity"]) for r in records] == [(1, 180), (2, 210)]
    assert {r.order.policy_version for r in records} == {1}
    assert records[1].policy == version
    assert list(recomputed_differently()) == []


def test_a_line_with_a_decision_stays_on_that_decision_s_version(shop):
    fallen("A-1", left=850)
    claim("A-1")
    published(retroactive=True, factor_b=[14, 10])
    order = DecisionRecord.objects.get().order
    assert queries.binding_version(order=order, now=clock.now()) == 1


def test_many_at_once_are_bound_as_each_by_itself(shop, django_assert_num_queries):
    orders = [fallen(f"A-{n}", left=850) for n in (1, 2)]
    claim("A-1")
    published(retroactive=True, factor_b=[14, 10])
    published(factor_b=[15, 10])
    orders.append(fallen("A-3", left=850))  # pins the third
    now = clock.now()
    alone = [queries.binding_version(order=order, now=now) for order in orders]
    with django_assert_num_queries(2):
        queries.bind(some=orders, now=now)
    assert (alone, [order.bound_to for order in orders]) == ([1, 2, 3], alone)


def test_a_version_that_is_not_retroactive_leaves_older_orders_alone(shop):
    fallen("A-1", left=850)
    published(factor_b=[14, 10])
    claim("A-1")
    assert DecisionRecord.objects.get().policy.version == 1


def test_retroactive_is_refused_where_a_case_gives_less(shop):
    with pytest.raises(publishing.WouldGiveLess) as refused:
        published(retroactive=True, window_seconds=3600, filing_seconds=3600)
    assert refused.value.detail == "和第 1 版比：「掉量看多久」对已经下单的买家更不利，不能追溯。"
    assert (PolicyDraft.objects.get().state, PolicyVersion.objects.filter(code=CODE).count()) == (
        "draft",  # said before a colleague is asked
        1,
    )


def test_retroactive_is_refused_where_a_stored_decision_would_give_less(shop, monkeypatch):
    fallen("A-1", left=850)
    claim("A-1")
    monkeypatch.setattr(publishing, "first_loss", lambda old, new: None)  # as if no boundary showed it
    with pytest.raises(publishing.WouldGiveLess) as refused:
        published(retroactive=True, tier_a_rate=[15, 100])
    assert refused.value.detail == "订单 A-1 已经作出的决定，按这一版会少给。"


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({"code": "licence-premium", "kind": "licence", "title": "贵的授权"}, None),
        ({"code": "贵", "kind": "licence", "title": "贵"}, ["code"]),
        ({"code": CODE, "kind": "licence", "title": "贵"}, ["code"]),
        ({"code": "x", "kind": "boat", "title": " "}, ["kind", "title"]),
    ],
)
def test_another_policy_begins_from_what_its_kind_has(shop, typed, fields):
    if fields is None:
        draft = drafts.begin_anew(**typed, by="qiao", now=clock.now())
        assert (draft.code, drafts.next_version(draft.code), drafts.proof_of(draft).holds) == (
            "licence-premium", 1, True,
        )  # fmt: skip
        return
    with pytest.raises(Invalid) as refused:
        drafts.begin_anew(**typed, by="qiao", now=clock.now())
    assert [error["field"] for error in refused.value.errors] == fields
    assert not PolicyDraft.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"tier_a_rate": "ten"}, {"clauses": []}, {"window_seconds": -1}, {"new": 1}]
)
def test_what_is_no_policy_is_not_written(shop, wrong):
    draft = begun()
    with pytest.raises(Invalid) as refused:
        written(draft, **wrong)
    assert [error["field"] for error in refused.value.errors] == ["data"]
    assert drafts.found(draft.pk).version == 0
