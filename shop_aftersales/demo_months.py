"""Demo orders of the three months before this one, so that their buyer has a report of the month that ended."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from common.clock import rfc3339
from compensation.rules.loyalty import Month, before
from compensation.services import intake
from orders.services.intake import NewOrder
from orders.services.observations import take_observations
from watch.rules import report_months

BASELINE = 23
# How many of a thousand were there so many days after completion, and what was written of them by then.
DAYS = (1000, 994, 990, 988, 987, 986, 986, 985, 984, 984, 983, 983, 982, 982)
COMMENTS_A_DAY, SHARES_A_DAY = 4, 1


def seed(
    *, buyer: str, password: str, now: datetime, watched: Callable[[Sequence[Any]], Iterable[Any]] = iter
) -> None:
    last = report_months.ended(now)
    for month in watched((before(before(last)), before(last), last)):
        sell(month=month, buyer=buyer, password=password)


def sell(*, month: Month, buyer: str, password: str) -> None:
    """A thousand likes paid at noon of the fifth, full four hours later, and counted every day for two weeks."""
    paid = report_months.begins(month) + timedelta(days=4, hours=12)
    order_no = f"LD{paid:%Y%m%d}-MA"
    new = NewOrder(
        order_no=order_no, sku="likes", buyer_external_id=buyer, buyer_name=buyer, buyer_contact="", quantity=1000,
        paid_fen=5000, list_fen=5000, paid_at=paid, target=f"https://example.com/shuoshuo/{order_no}",
        baseline=BASELINE, query_password=password, gateway="shop", payment_reference=f"PAY-{order_no}",
    )  # fmt: skip
    intake.take_order(new=new, now=paid)
    full = paid + timedelta(hours=4)
    rows = [
        {
            "order_no": order_no, "observed_at": rfc3339(full + timedelta(days=day)), "count": BASELINE + left,
            "comments": COMMENTS_A_DAY * day, "shares": SHARES_A_DAY * day, "measurable": True,
        }
        for day, left in enumerate(DAYS)
    ]  # fmt: skip
    take_observations(raw_rows=rows, now=full + timedelta(days=len(DAYS)))
