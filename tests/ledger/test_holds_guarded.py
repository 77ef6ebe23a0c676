"""How a hold may end, kept by the database itself: once, and as its transfers say."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import transaction

from ledger.models import Account, Hold
from tests.common.test_guards import book, raw, refused

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def for_a_hold():
    return [Account.objects.create(code=code, unit="fen") for code in ("cost", "goal", "reserve")]


def held_back(cost, reserve, goal, **more):
    return Hold.objects.create(
        key=uuid4(), cost=cost, reserve=reserve, goal=goal, amount=5, opened_at=NOW, **more
    )


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["posted", "voided"])
def test_a_hold_ends_once_also_for_raw_sql(end):
    cost, goal, reserve = for_a_hold()
    hold = held_back(cost, reserve, goal)
    for column, value in (("amount", "6"), ("key", f"'{uuid4().hex}'"), ("goal_id", f"{cost.pk}"), ("id", "77"),
                          ("cost_id", f"{goal.pk}"), ("reserve_id", f"{goal.pk}")):  # fmt: skip
        assert refused(lambda c=column, v=value: raw(f"UPDATE ledger_hold SET {c} = {v}")), column
    posted = 5 if end == "posted" else 0
    book(reserve, goal if posted else cost, reason="post" if posted else "void", reference=str(hold.key))
    raw(f"UPDATE ledger_hold SET state = '{end}', posted = {posted}")
    for again in ("state = 'pending'", "state = 'voided'", "posted = 0", "ended_at = NULL"):
        assert refused(lambda a=again: raw(f"UPDATE ledger_hold SET {a}")), again
    hold.refresh_from_db()
    assert (hold.state, hold.posted) == (end, posted)


@pytest.mark.django_db
def test_a_hold_ends_as_its_transfers_say_and_in_no_other_way():
    cost, goal, reserve = for_a_hold()
    ends = [
        ("posted", 5),
        ("voided", 0),
        ("posted", 3),
        ("posted", 0),
        ("voided", 5),
        ("voided", 3),
        ("pending", 3),
    ]

    def accepted(*booked, another=False):
        hold = held_back(cost, reserve, goal)
        for debit, credit, amount, reason in booked:
            reference = str(uuid4() if another else hold.key)
            book(debit, credit, amount=amount, reason=reason, reference=reference)
        left = []
        for state, posted in ends:
            with transaction.atomic():
                sql = f"UPDATE ledger_hold SET state = '{state}', posted = {posted} WHERE id = {hold.pk}"
                left += [] if refused(lambda sql=sql: raw(sql)) else [(state, posted)]
                transaction.set_rollback(True)
        return left

    post, void = (reserve, goal, 5, "post"), (reserve, cost, 5, "void")
    assert accepted() == accepted(post, another=True) == accepted(void, another=True) == []
    assert accepted((cost, goal, 5, "post")) == accepted((reserve, cost, 5, "post")) == []
    assert accepted((reserve, goal, 5, "void")) == accepted((reserve, goal, 3, "post")) == []
    assert (accepted(post), accepted(void)) == ([("posted", 5)], [("voided", 0)])
    assert accepted((reserve, goal, 3, "post"), (reserve, cost, 2, "void")) == [("posted", 3)]
    for ended in ({"state": "posted"}, {"posted": 5}, {"ended_at": NOW}):
        assert refused(lambda ended=ended: held_back(cost, reserve, goal, **ended)), ended
