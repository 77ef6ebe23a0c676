"""Run inside the program: `python -m tests.chaos.seeding A=3 B=5` makes database and orders, prints claims."""

import json
import os
import sys
from datetime import timedelta

import django

# what is left of 1000, the reason, ordered: a small top-up, a larger one, a gift with a refund, a refund of 500
CASES = ((940, "drop", 1000), (850, "drop", 1000), (700, "drop", 1000), (1000, "refund", 1500))


def seed(prefix, count):
    """One buyer per order, completed 18 hours ago, counted an hour ago."""
    from django.db import transaction

    from accounts.rules import Guest
    from accounts.services import guest_access
    from common import clock
    from compensation.services import intake
    from orders.services.intake import NewOrder
    from orders.services.observations import take_observations

    now, claims = clock.now(), []
    with transaction.atomic():
        for n in range(count):
            left, reason, ordered = CASES[n % len(CASES)]
            no = f"{prefix}-{n:05d}"
            new = NewOrder(
                order_no=no, sku="likes", buyer_external_id=no, buyer_name=no, buyer_contact="", quantity=ordered,
                paid_fen=5000, list_fen=5000, paid_at=now - timedelta(hours=40),
                deadline_at=now - timedelta(hours=17), target=f"https://v.example/{no}", baseline=20,
                query_password="chaos-chaos", gateway="shop", payment_reference=f"PAY-{no}",
            )  # fmt: skip
            intake.take_order(new=new, now=now)
            rows = [
                {
                    "order_no": no, "observed_at": clock.rfc3339(now - timedelta(hours=ago)), "count": 20 + held,
                    "comments": 0, "shares": 0, "measurable": True,
                }
                for ago, held in ((18, 1000), (1, left))
            ]  # fmt: skip
            report = take_observations(raw_rows=rows, now=now)
            assert report.accepted == 2, report
            token = guest_access.guest_token(Guest(order_no=no), now)[0]
            claims.append({"order_no": no, "reason": reason, "token": token})
    return claims


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "shop_aftersales.settings"
    django.setup()
    from shop_aftersales import starting

    starting.fill_database()  # as `prepare` does; the pages' files stay uncollected, nobody looks at pages here
    wanted = dict(size.split("=") for size in sys.argv[1:])
    print(json.dumps({prefix: seed(prefix, int(count)) for prefix, count in wanted.items()}))
