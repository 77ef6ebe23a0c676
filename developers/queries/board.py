"""What a developer's page shows, from figures kept by the day: the same few queries for ten claims as for millions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from developers.models import GoodsNow
from developers.queries import statements
from developers.queries.claims import Cost
from developers.queries.days import Days, Tally
from developers.queries.freshness import Freshness, freshness
from developers.queries.newest import Newest, newest
from developers.queries.ranking import Asking, Goods, asked_for, ranks
from developers.rules import periods
from developers.rules.counting import OWED
from developers.rules.groups import GROUPS, group_of
from developers.rules.periods import Period, Point

GOODS, USED, ASKED = 10, 5, 5


@dataclass(frozen=True)
class Board:
    """All figures of the page. `goods`: those with most trouble; `quiet`: how many have none, None if more are left.

    `used`: those whose lines were used most, `asked`: what is asked about most.
    """

    developer: Any
    period: Period
    total: Tally
    reasons: dict[str, Tally]
    trend: list[tuple[Point, Tally]]
    goods: list[Goods]
    made: int
    quiet: int | None
    used: list[Goods]
    asked: list[Asking]
    cost: Cost
    still_open: Cost
    months: dict[str, Cost]
    newest: list[Newest]
    freshness: Freshness


def board(*, developer: Any, code: str, now: datetime) -> Board:
    """The developer's figures for the named period; seven or eight statements however many claims there are."""
    period = periods.period(code, now=now)
    days, (made, owed) = Days(developer, period, now), _stand(developer)
    total, found = days.total, ranks(developer=developer, period=period)
    goods, about = found.trouble[: GOODS + 1], [one.pk for one in found.asked[:ASKED]]
    return Board(
        developer=developer, period=period, total=total, reasons=_by_group(days.reasons), trend=days.trend,
        goods=goods[:GOODS], made=made, quiet=made - len(goods) if len(goods) <= GOODS else None,
        used=found.used[:USED], asked=asked_for(products=about, period=period, most=ASKED),
        cost=total.cost, still_open=owed, months=days.months,
        newest=newest(developer=developer, stretch=period.this, claims=days.claims, made=made),
        freshness=freshness(now=now),
    )  # fmt: skip


def months(*, developer: Any, now: datetime) -> dict[str, Cost]:
    """{month, alike, previous}: what was settled this month, on the same days of the last one, and in all of that."""
    return Days(developer, periods.period(periods.MONTH, now=now), now).months


def _stand(developer: Any) -> tuple[int, Cost]:
    """(how many goods they make, what is owed on these now and has not come yet, whenever it was promised)"""
    owed = ", ".join(f"CAST(COALESCE(sum({name}), 0) AS bigint)" for name in OWED)
    goods = statements.related(GoodsNow, "product")
    made = f"(SELECT count(*) FROM {goods} WHERE developer_id = %s)"
    sql = f"SELECT {made}, {owed} FROM {statements.table(GoodsNow)} WHERE developer_id = %s"
    number, *sums = statements.rows(sql, developer.pk, developer.pk)[0]
    return number, Cost(*sums)


def _by_group(reasons: dict[str, Tally]) -> dict[str, Tally]:
    """Defects first, then questions, then refunds; the most frequent first in each."""
    places = list(GROUPS)
    return dict(
        sorted(reasons.items(), key=lambda row: (places.index(group_of(row[0])), -row[1].claims, row[0]))
    )
