"""The page of a warning's link, in each state."""

from datetime import timedelta

from common import clock
from orders.models import Order
from tests.pages.stages import Town
from tests.pages.stops import Stop
from watch.models import DropWarning
from watch.queries import token_of


def warning_stops(town: Town) -> list[Stop]:
    now, day = clock.now(), timedelta(days=1)
    return [
        Stop("warning", "提醒：掉了 15%", _link(town, "fell-15", expires_at=now + day), main=True),
        Stop("warning-refund", "提醒：掉了 30%", _link(town, "fell-30", expires_at=now + day)),
        Stop("warning-much", "提醒：一千多亿个", _link(town, "much", expires_at=now + day)),
        Stop("warning-recovered", "提醒：涨回来了", _link(town, "kept", expires_at=now + day)),
        Stop("warning-blind", "提醒：数不出来", _link(town, "unmeasurable", expires_at=now + day)),
        Stop("warning-used", "提醒：用过了", _link(town, "fell-25", used_at=now, ticket_no="T-7K2Q9XZ0AB")),
        Stop("warning-expired", "提醒：过期了", _link(town, "fell-6", expires_at=now - day)),
        Stop("warning-unknown", "提醒：链接不全", "/claim/12/"),
    ]


def _link(town: Town, name: str, **changes: object) -> str:
    order, now = Order.objects.get(order_no=town.orders[name]), clock.now()
    usual = {
        "base": 1000, "loss": 150, "observed_at": now, "made_at": now, "said_at": now,
        "expires_at": now + timedelta(days=1),
    }  # fmt: skip
    row, _ = DropWarning.objects.get_or_create(order=order, window="inside", defaults=usual | changes)
    return f"/claim/{token_of(row)}/"
