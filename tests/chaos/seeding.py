"""Run inside the program: `python -m tests.chaos.seeding A=3 B=5` makes database and orders, prints claims."""

import json
import os
import sys
from datetime import timedelta

import django

# what is left of 1000, the reason, ordered: a small top-up, a larger one, a gift with a refund, a refund of 500
CASES = ((940, "drop", 1000), (850, "drop", 1000), (700, "drop", 1000), (1000, "refund", 1500))
LICENCES = 5  # of an order of activation codes: of one two are paid back, of the next all


def seed(prefix, count):
    """One buyer per order: likes completed 18 hours ago and counted an hour ago, and every fifth of licences."""
    from django.db import transaction

    from common import clock
    from compensation.services import intake
    from orders.services.intake import NewOrder
    from orders.services.observations import take_observations

    now, claims = clock.now(), []
    with transaction.atomic():
        for n in range(count):
            no = f"{prefix}-{n:05d}"
            if n % (len(CASES) + 1) == len(CASES):
                claims.append(of_licences(no, all_of_them=bool(n % 2), now=now))
                continue
            left, reason, ordered = CASES[n % (len(CASES) + 1)]
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
            claims.append({"order_no": no, "reason": reason, "token": token_of(no, now)})
    return claims


def of_licences(no, *, all_of_them, now):
    """Activation codes bought an hour ago, each with a licence that has to be taken back before money goes."""
    from compensation.services import intake
    from orders.services.intake import NewOrder

    new = NewOrder(
        order_no=no, sku="licence-key", buyer_external_id=no, buyer_name=no, buyer_contact="", quantity=LICENCES,
        paid_fen=10_000, list_fen=10_000, paid_at=now - timedelta(hours=1), query_password="chaos-chaos",
        gateway="shop", payment_reference=f"PAY-{no}",
        licence_ids=tuple(f"{no}.{n}" for n in range(1, LICENCES + 1)),
    )  # fmt: skip
    intake.take_order(new=new, now=now)
    quantity = None if all_of_them else 2
    return {"order_no": no, "reason": "refund", "token": token_of(no, now), "quantity": quantity}


def token_of(no, now):
    from accounts.rules import Guest
    from accounts.services import guest_access

    return guest_access.guest_token(Guest(order_no=no), now)[0]


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "shop_aftersales.settings"
    django.setup()
    from shop_aftersales import starting

    starting.fill_database()  # as `prepare` does; the pages' files stay uncollected, nobody looks at pages here
    wanted = dict(size.split("=") for size in sys.argv[1:])
    print(json.dumps({prefix: seed(prefix, int(count)) for prefix, count in wanted.items()}))
