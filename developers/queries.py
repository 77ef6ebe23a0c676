"""What a developer's page shows: own claims by reason, what they cost, the newest ten. Always within a period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, Sum

from compensation import queries as compensation
from compensation.rules.fate import ENDED, STATES
from developers.rules import periods
from developers.rules.groups import GROUPS, QUESTION, group_of, is_open, is_real
from developers.rules.periods import Period, Stretch
from orders import queries as orders
from tickets import queries as tickets
from tickets.rules.lifecycle import FINAL

NEWEST = 10
GIFT = "gift"
OPEN = [state for state in STATES if state not in ENDED]


@dataclass(frozen=True)
class Cost:
    """Cash that was refunded and units that came; `gifts` of these were given on top."""

    fen: int = 0
    units: int = 0
    gifts: int = 0


@dataclass
class Tally:
    """Claims of one kind in the period, and in the one before."""

    claims: int = 0
    real: int = 0
    questions: int = 0
    checking: int = 0
    claims_before: int = 0
    real_before: int = 0
    questions_before: int = 0

    def add(self, *, reason: str, outcome: str, this: int, before: int, still: int) -> None:
        real, question = is_real(reason, outcome), group_of(reason) == QUESTION
        self.claims, self.claims_before = self.claims + this, self.claims_before + before
        self.real, self.real_before = self.real + real * this, self.real_before + real * before
        self.questions += question * this
        self.questions_before += question * before
        self.checking += still * is_open(reason, outcome)


@dataclass
class Goods:
    """One product with its claims and cost in the period."""

    sku: str
    title: str
    tally: Tally = field(default_factory=Tally)
    cost: Cost = field(default_factory=Cost)


@dataclass(frozen=True)
class Board:
    """All figures of the page."""

    developer: Any
    period: Period
    total: Tally
    reasons: dict[str, Tally]
    goods: list[Goods]
    cost: Cost
    still_open: Cost
    months: dict[str, Cost]
    newest: list[Any]


def board(*, developer: Any, code: str, now: datetime) -> Board:
    """The developer's figures for the named period; eight queries however many claims there are."""
    period = periods.period(code, now=now)
    goods = {row.pk: Goods(row.sku, row.title) for row in orders.goods_of(developer)}
    total = Tally()
    reasons: dict[str, Tally] = {}
    for (product, reason, outcome), (this, before, still) in _counted(developer, period).items():
        for tally in (total, reasons.setdefault(reason, Tally()), goods[product].tally):
            tally.add(reason=reason, outcome=outcome, this=this, before=before, still=still)
    costs = _costs(developer, period, now)
    for product, spent in costs.items():
        goods[product].cost = spent["period"]
    return Board(
        developer=developer,
        period=period,
        total=total,
        reasons=_by_group(reasons),
        goods=sorted(goods.values(), key=lambda row: (-row.tally.real, -row.tally.claims, row.title)),
        cost=_sum(spent["period"] for spent in costs.values()),
        still_open=_still_open(developer),
        months={
            name: _sum(spent[name] for spent in costs.values()) for name in ("month", "alike", "previous")
        },
        newest=list(claims_of(developer=developer, stretch=period.this)[:NEWEST]),
    )


def claims_of(*, developer: Any, stretch: Stretch) -> Any:
    """Claims on own goods opened in that time with all that a row shows, the newest first."""
    found = tickets.tickets_of(developer).filter(opened_at__gte=stretch.start, opened_at__lt=stretch.end)
    return found.select_related("order__product", "order__buyer", "decision").order_by("-opened_at", "-id")


def cost_of(ticket: Any) -> tuple[Cost, Cost]:
    """(what its remedies came to, what is still on its way)."""
    done, waiting = Cost(), Cost()
    for remedy in ticket.decision.remedies.all():
        gift = remedy.kind == GIFT
        if remedy.state not in ENDED:
            left = (remedy.quantity or 0) - remedy.delivered
            waiting = _sum((waiting, Cost(remedy.amount_fen or 0, left, left * gift)))
        paid = remedy.amount_fen or 0 if remedy.state == "settled" else 0
        done = _sum((done, Cost(paid, remedy.delivered, remedy.delivered * gift)))
    return done, waiting


def _counted(developer: Any, period: Period) -> dict[tuple[int, str, str], tuple[int, int, int]]:
    """{(product, reason, outcome): (claims in the period, claims before it, those of the period still open)}"""
    this, before = _within("opened_at", period.this), _within("opened_at", period.before)
    still = this & ~Q(state__in=FINAL)
    rows = (
        tickets.tickets_of(developer)
        .filter(this | before)
        .prefetch_related(None)
        .order_by()
        .values_list("order__product_id", "reason", "decision__outcome")
        .annotate(
            this=Count("id", filter=this), before=Count("id", filter=before), still=Count("id", filter=still)
        )
    )
    return {(product, reason, outcome): (n, m, k) for product, reason, outcome, n, m, k in rows}


def _costs(developer: Any, period: Period, now: datetime) -> dict[int, dict[str, Cost]]:
    """{product: {period, month, alike, previous: what was settled in it}}; `alike` is as far into the month before."""
    month = periods.period(periods.MONTH, now=now)
    previous = periods.period(periods.LAST_MONTH, now=now).this
    stretches = {"period": period.this, "month": month.this, "alike": month.before, "previous": previous}
    sums: dict[str, Any] = {}
    for name, stretch in stretches.items():
        inside = _within("ended_at", stretch)
        sums[f"{name}_fen"] = Sum("amount_fen", filter=inside & Q(state="settled"), default=0)
        sums[f"{name}_units"] = Sum("delivered", filter=inside, default=0)
        sums[f"{name}_gifts"] = Sum("delivered", filter=inside & Q(kind=GIFT), default=0)
    earliest = min(stretch.start for stretch in stretches.values())
    rows = (
        compensation.remedies()
        .visible_to(developer)
        .filter(ended_at__gte=earliest, ended_at__lt=now)
        .order_by()
        .values("order__product_id")
        .annotate(**sums)
    )
    return {
        row["order__product_id"]: {
            name: Cost(row[f"{name}_fen"], row[f"{name}_units"], row[f"{name}_gifts"]) for name in stretches
        }
        for row in rows
    }


def _still_open(developer: Any) -> Cost:
    """What is owed now and has not come yet, whenever it was promised."""
    rows = compensation.remedies().visible_to(developer).filter(state__in=OPEN).order_by()
    missing = F("quantity") - F("delivered")
    left = rows.aggregate(
        fen=Sum("amount_fen", default=0),
        units=Sum(missing, default=0),
        gifts=Sum(missing, filter=Q(kind=GIFT), default=0),
    )
    return Cost(**left)


def _by_group(reasons: dict[str, Tally]) -> dict[str, Tally]:
    """Defects first, then questions, then refunds; the most frequent first in each."""
    places = list(GROUPS)
    return dict(
        sorted(reasons.items(), key=lambda row: (places.index(group_of(row[0])), -row[1].claims, row[0]))
    )


def _within(column: str, stretch: Stretch) -> Q:
    return Q(**{f"{column}__gte": stretch.start, f"{column}__lt": stretch.end})


def _sum(costs: Iterable[Cost]) -> Cost:
    total: Counter[str] = Counter()
    for cost in costs:
        total.update(fen=cost.fen, units=cost.units, gifts=cost.gifts)
    return Cost(**total)
