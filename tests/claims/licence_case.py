"""Lines of units with licences, the service that takes them back, and what became of each."""

import sqlite3
from contextlib import closing
from datetime import timedelta

from common import clock
from compensation.models import Remedy
from compensation.services import intake
from integrations.models import Intent
from orders.models import Licence
from tests.orders.conftest import new_order


def sold(order_no="K-1", *, units=5, ids=None, **changes):
    """Five activation codes bought an hour ago, each with a licence."""
    ids = [f"{order_no}.{n}" for n in range(1, units + 1)] if ids is None else ids
    usual = {
        "sku": "licence", "quantity": units, "paid_fen": 5000, "list_fen": 5000, "baseline": 0, "gateway": "shop",
        "payment_reference": f"PAY-{order_no}", "paid_at": clock.now() - timedelta(hours=1),
        "licence_ids": tuple(ids),
    }  # fmt: skip
    return intake.take_order(new=new_order(order_no, **usual | changes), now=clock.now())[0]


def here(order_no="K-1"):
    """What we know of each unit, by number."""
    return list(
        Licence.objects.filter(order__order_no=order_no).order_by("unit").values_list("state", flat=True)
    )


def there(sandbox, order_no="K-1"):
    """What the service itself remembers of each unit; one that it never heard of works."""
    with closing(sqlite3.connect(sandbox.data_dir / "sandbox.sqlite3")) as db:
        known = dict(db.execute("SELECT id, state FROM licences").fetchall())
    ids = (
        Licence.objects.filter(order__order_no=order_no).order_by("unit").values_list("licence_id", flat=True)
    )
    return [known.get(licence_id, "active") for licence_id in ids]


def paid(sandbox):
    """Fen that the shop's backend paid out."""
    return sum(job.amount for job in sandbox.store.jobs(channel="refund") if job.state == "succeeded")


def refund(ordinal=1):
    return Remedy.objects.select_related("order__product", "decision__policy").get(
        kind="refund", ordinal=ordinal
    )


def steps():
    """(kind, state) of every step, as they were filed."""
    return list(Intent.objects.filter(provider="licence").order_by("id").values_list("kind", "state"))


def quiet():
    """Nothing is due but questions about what a person waits for."""
    return not Intent.objects.filter(next_at__isnull=False).exclude(state="held").exists()


def once(sandbox):
    """How often each step was carried out, at the most: the service's own log."""
    rows = [row.key for row in sandbox.store.log() if (row.channel, row.effect) == ("licence", "created")]
    return max((rows.count(key) for key in rows), default=0)
