"""Buyers with orders in September and October 2026, seen in November: what the tests of reports start from."""

from datetime import timedelta

from common import clock
from compensation.services import intake
from orders.services.observations import take_observations
from tests.orders.conftest import new_order
from watch.models import MonthlyReport
from watch.rules import report_months
from watch.services import reporting

MONTH = (2026, 10)
SEPTEMBER, OCTOBER = report_months.begins((2026, 9)), report_months.begins(MONTH)
BASELINE = 20


def buy(order_no, *, buyer="b-1", at=OCTOBER, days=(), comments=(), **changes):
    """A thousand likes paid at noon of the fifth and full at four; `days`: how many were there so many days later."""
    paid = at + timedelta(days=4, hours=12)
    usual = {
        "buyer_external_id": buyer, "paid_at": paid, "baseline": BASELINE, "target": f"https://v.example/{order_no}",
        "gateway": "shop", "payment_reference": f"PAY-{order_no}",
    }  # fmt: skip
    order, _ = intake.take_order(new=new_order(order_no, **usual | changes), now=clock.now())
    if days:
        counted = [(timedelta(0), 1000), *((timedelta(days=n), left) for n, left in enumerate(days, start=1))]
        take_observations(
            raw_rows=[
                {
                    "order_no": order_no, "observed_at": (paid + timedelta(hours=4) + after).isoformat(),
                    "count": present + BASELINE, "measurable": True, "comments": 10 * nth, "shares": nth,
                }
                for nth, (after, present) in enumerate(counted)
            ],
            now=clock.now(),
        )  # fmt: skip
    return order


def returning(buyer="b-1", days=(990, 970)):
    """Two orders, one a month."""
    buy(f"{buyer}-S", buyer=buyer, at=SEPTEMBER, days=days)
    return buy(f"{buyer}-O", buyer=buyer, days=days)


def report_all():
    reporting.run_due(now=clock.now())


def report_of(buyer="b-1"):
    return MonthlyReport.objects.get(buyer__external_id=buyer)
