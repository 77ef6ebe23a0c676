"""What the page reads in few statements is what the days come to, one by one."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from developers.models import GoodsDay, GoodsMonth, MakerDay
from developers.queries import newest as newest_cases
from developers.queries.days import Days
from developers.queries.newest import newest
from developers.queries.ranking import ranks
from developers.rules import periods
from developers.rules.counting import FIGURES, Cell, by_month
from developers.services.figures import adding
from developers.services.figures.growing import grow
from orders.models import Product
from tests.developers.conftest import filed
from tests.developers.counted import recounted

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 5, 1), date(2026, 12, 31)


@pytest.fixture
def spread(yun):
    """Each of two goods has something on every day of eight months, more on some than on others."""
    cells = {}
    for at, pk in enumerate(
        Product.objects.filter(developer=yun).order_by("pk").values_list("pk", flat=True)
    ):
        for n in range((LAST - FIRST).days + 1):
            day = FIRST + timedelta(days=n)
            cells[Cell(pk, day, "drop")] = Counter(claims=3 + (n * (at + 3)) % 5, real=1 + n % 2, fen=100 + n)
            cells[Cell(pk, day, "question")] = Counter(claims=2, questions=1 + (n + at) % 3)
    adding.add(cells=cells, owed={})
    return yun


def of_days(start, end, **which):
    """{sku: (claims, real, questions, fen)}, added up day by day."""
    found = {}
    for row in GoodsDay.objects.filter(day__gte=start, day__lt=end, **which).select_related("product"):
        before = found.get(row.product.sku, (0, 0, 0, 0))
        more = (row.claims, row.real, row.questions, row.fen)
        found[row.product.sku] = tuple(map(sum, zip(before, more, strict=True)))
    return found


@pytest.mark.parametrize("code", periods.PERIODS)
@pytest.mark.parametrize(
    "today", [date(2026, 11, 29), date(2026, 11, 8), date(2026, 12, 2), date(2026, 11, 30)]
)
def test_goods_and_reasons_are_the_sums_of_their_days(spread, code, today):
    now = datetime(today.year, today.month, today.day, 4, tzinfo=UTC)
    # Nothing is counted on days to come.
    for model in (GoodsDay, MakerDay):
        model.objects.filter(day__gt=today).delete()
    _months_of_days()
    period = periods.period(code, now=now)
    start, end = period.this.days()
    found = ranks(developer=spread, period=period).trouble
    shown = {one.sku: (one.tally.claims, one.tally.real, one.tally.questions, one.cost.fen) for one in found}
    assert shown == of_days(start, end)
    days = Days(spread, period, now)
    before = of_days(*period.before.days(), reason="drop").values()
    assert days.reasons["drop"].real_before == sum(real for _, real, _, _ in before)
    for point, tally in days.trend:
        of_point = of_days(point.first, point.last + timedelta(days=1)).values()
        assert (tally.claims, tally.cost.fen) == (
            sum(n for n, *_ in of_point),
            sum(fen for *_, fen in of_point),
        )


def _months_of_days():
    GoodsMonth.objects.all().delete()
    rows = GoodsDay.objects.all()
    cells = {
        Cell(one.product_id, one.day, one.reason): Counter({f: getattr(one, f) for f in FIGURES})
        for one in rows
    }
    grow(GoodsMonth, {cell[:2]: sum_ for cell, sum_ in by_month(cells).items()})


@pytest.mark.parametrize(("many", "looked_through"), [(50, 200), (0, 200), (0, 3)])
def test_the_newest_are_the_same_wherever_they_are_looked_for(yun, bo, monkeypatch, many, looked_through):
    """Of many goods among the newest of the shop; where these are mostly others' by each product."""
    monkeypatch.setattr(newest_cases, "MANY", many)
    monkeypatch.setattr(newest_cases, "LOOKED_THROUGH", looked_through)
    tickets = [filed(f"A-{n}", "question", ago=timedelta(minutes=40 - n)) for n in range(12)]
    for n in range(3):
        filed(f"B-{n}", "question", sku="stamps", ago=timedelta(minutes=n))
    recounted()
    now = max(ticket.opened_at for ticket in tickets) + timedelta(hours=1)
    period = periods.period(periods.MONTHS_3, now=now)
    days = Days(yun, period, now)
    found = newest(developer=yun, stretch=period.this, claims=days.claims, made=2)
    assert [row.no for row in found] == [ticket.no for ticket in reversed(tickets[2:])]


def many_goods(yun, **figures_of_days):
    """{name: products}: of each name (number, {day: figures}) so many goods, all by that developer."""
    model = Product.objects.get(sku="likes")
    made, cells = {}, {}
    for name, (number, days) in figures_of_days.items():
        made[name] = []
        for n in range(number):
            model.pk, model.sku, model.title = None, f"{name}-{n:02d}", f"{name} {n:02d}"
            model._state.adding = True
            model.save()
            made[name].append(model.sku)
            for day, sums in days.items():
                cells[Cell(model.pk, day, "drop" if "real" in sums else "question")] = Counter(sums)
    adding.add(cells=cells, owed={})
    return made


BEFORE, WITHIN = date(2026, 8, 31), date(2026, 9, 20)  # three months to 30 November begin on 1 September
NOW = datetime(2026, 11, 30, 4, tzinfo=UTC)


@pytest.mark.parametrize("more", [7, 5])
def test_of_many_goods_the_first_ones_are_those_of_the_days(yun, more):
    """More goods than are shown, some with most of it before the three months, some with as much as others."""
    period = periods.period(periods.MONTHS_3, now=NOW)
    many_goods(
        yun,
        misleading=(30, {BEFORE: {"claims": more, "real": more}, WITHIN: {"claims": 1, "real": 1}}),
        most=(20, {WITHIN: {"claims": 5, "real": 5}}),
        asked_before=(30, {BEFORE: {"claims": 9, "questions": 9}}),
        asked=(20, {WITHIN: {"claims": 2, "questions": 2}}),
    )
    found, days = ranks(developer=yun, period=period), of_days(*period.this.days())
    by_days = sorted(
        (sku for sku, sums in days.items() if sums[0]), key=lambda sku: (-days[sku][1], -days[sku][0], sku)
    )
    assert [one.sku for one in found.trouble[:11]] == by_days[:11]
    assert len(found.trouble) > 10  # more are left, and nothing is said of the others
    asked = sorted((sku for sku, sums in days.items() if sums[2]), key=lambda sku: (-days[sku][2], sku))
    assert [one.sku for one in found.asked[:10]] == asked[:10]
