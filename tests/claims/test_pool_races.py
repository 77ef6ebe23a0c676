"""Lines of one target decided at once: what is on its way to one is missing of none, nobody waits in a circle."""

from datetime import timedelta

import pytest

from common import clock
from compensation.models import LineBudget, Remedy
from integrations.models import Intent
from orders.models import Order
from tests.claims.conftest import claim, count
from tests.claims.test_races import at_once, settle

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3


def pool(fell, post, left, lines=3):
    """So many lines of 1000 one after the other on one post; so many are left of all of them."""
    numbers = [f"{post}-{n}" for n in range(lines)]
    target = f"https://v.example/{post}"
    for n, number in enumerate(numbers):
        paid = {} if n else {"paid_at": clock.now() - timedelta(hours=60)}
        fell(number, target=target, baseline=20 + 1000 * n, **paid)
        count(number, 1000 * (n + 1), ago=17 - n / 10)
    count(numbers[-1], left, ago=1)
    return numbers


def given(numbers):
    return [
        r.quantity for r in Remedy.objects.filter(order__order_no__in=numbers, kind="top_up").order_by("id")
    ]


def test_all_lines_of_a_pool_claimed_at_once_are_given_as_one_after_the_other(fell):
    for round_ in range(ROUNDS):
        numbers = pool(fell, f"P{round_}", 2550)  # 150 missing of each
        results = at_once(*[lambda number=number: claim(number) for number in numbers])
        assert [r for r in results if isinstance(r, Exception)] == []
        # 450: the first has 150 and is given 180; of the 270 left the second has 135, of 108 the third all.
        assert given(numbers) == [180, 162, 130]


def test_claims_without_budgets_meet_on_the_first_line(fell):
    """Imported lines have none until somebody claims."""
    numbers = pool(fell, "P", 2550)
    LineBudget.objects.all().delete()
    results = at_once(*[lambda number=number: claim(number) for number in reversed(numbers)])
    assert [r for r in results if isinstance(r, Exception)] == []
    assert given(numbers) == [180, 162, 130]


def test_a_claim_beside_the_settling_of_its_neighbours_top_up(fell):
    for round_ in range(ROUNDS):
        numbers = pool(fell, f"P{round_}", 2550)
        claim(numbers[0])
        intent = Intent.objects.get(order_no=numbers[0])
        Intent.objects.filter(pk=intent.pk).update(
            state="processing", first_sent_at=clock.now(), last_sent_at=clock.now()
        )
        results = at_once(
            lambda intent=intent: settle(intent, delivered=180),
            lambda numbers=numbers: claim(numbers[1]),
            lambda numbers=numbers: claim(numbers[2]),
        )
        assert [r for r in results if isinstance(r, Exception)] == []
        assert given(numbers) == [180, 162, 130]


def test_a_gift_settled_by_two_at_once_is_one_line(fell):
    fell("A-1", 700)
    claim("A-1")
    gift = Intent.objects.get(kind="gift")
    Intent.objects.filter(pk=gift.pk).update(
        state="processing", first_sent_at=clock.now(), last_sent_at=clock.now()
    )
    results = at_once(*[lambda: settle(gift, delivered=1000)] * 4)
    assert [r for r in results if isinstance(r, Exception)] == []
    assert list(Order.objects.filter(origin_no="A-1").values_list("order_no", "quantity")) == [
        ("A-1-G1", 1000)
    ]
