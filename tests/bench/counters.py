"""`real`: the series of a real counter day by day through the program, against a bare count of the same files.

COUNTERS_DIR names the folder with orders.csv and observations.csv: a count when each line was complete and one a day
later, at the very end of its window. They are no part of the project; where they are not, the row says so.

Run inside the program: `python -m tests.bench.counters FOLDER` makes database and rows, prints what was found.
"""

import csv
import json
import os
import sys
import time
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

from tests.bench import databases
from tests.bench.table import Row
from tests.chaos.system import ROOT

BESIDE = ROOT.parent / "shared" / "data" / "counters"
GOODS = "metered-comments"
LATER = timedelta(
    minutes=5
)  # after a count it is there; noon of these counts is eight in the evening to the shop


def measure(database, scale=1.0):
    """Always the whole of it, once: the scale changes nothing."""
    folder = Path(os.environ.get("COUNTERS_DIR") or BESIDE).absolute()
    if not (folder / "observations.csv").exists():
        return [Row(f"real counters ({database})", f"skipped: COUNTERS_DIR or {folder} has none")]
    with databases.program(database, "_real") as system:
        found = databases.told(system, "counters", folder)
    expected = bare(folder)
    assert found["tiers"] == expected["tiers"], (found["tiers"], expected["tiers"])
    differing = [no for no in sorted(found["warned"] | expected["warned"])
                 if found["warned"].get(no) != expected["warned"].get(no)]  # fmt: skip
    assert not differing, [(no, found["warned"].get(no), expected["warned"].get(no)) for no in differing[:5]]
    tiers = ", ".join(f"{name} {many}" for name, many in found["tiers"].items())
    return [
        Row(
            f"real counters of {found['lines']} lines, day by day ({database})",
            f"{len(found['warned'])} warned, none falsely", f"{len(expected['warned'])} by a bare count",
            f"{found['took']:.1f} s",
        ),
        Row(f"what their windows come to ({database})", tiers, "the same"),
    ]  # fmt: skip


def bare(folder):
    """The rules again for lines that are complete with their first count: plain numbers, nothing of the program."""
    tiers, warned = Counter(dict.fromkeys(("none", "A", "B", "C", "unmeasurable", "warn", "urgent"), 0)), {}
    looks = {
        no: list(rows) for no, rows in groupby(table(folder, "observations"), lambda row: row["order_no"])
    }
    for order in table(folder, "orders"):
        first, last = looks[order["order_no"]]
        assert first["measurable"] == "1", order
        if last["measurable"] != "1":
            tiers["unmeasurable"] += 1
            continue
        base = min(int(order["quantity"]), int(first["count"]) - int(order["baseline"]))
        lost = max(0, base - max(0, int(last["count"]) - int(order["baseline"])))
        tiers["none" if not lost else "A" if 10 * lost <= base else "B" if 5 * lost <= base else "C"] += 1
        urgent = 10 * lost > 3 * base
        tiers["urgent"] += urgent
        if 100 * lost > 8 * base:
            tiers["warn"] += 1
            warned[order["order_no"]] = ["inside", base, lost, urgent]
    return {"tiers": {"lines": len(looks)} | dict(tiers), "warned": warned}


def table(folder, name):
    with (Path(folder) / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def run(folder):
    """The days one after the other: what was paid for, what was counted, and who looks at it."""
    import time_machine

    from compensation.services.scan import scan_drops
    from shop_aftersales import starting

    paid, counted = by_day(folder, "orders", "paid_at"), by_day(folder, "observations", "observed_at")
    with time_machine.travel(min(paid) - timedelta(days=1), tick=True) as clock:
        starting.fill_database()
        put_goods()
        began = time.perf_counter()
        for at in sorted(paid | counted):
            clock.move_to(at + LATER)
            take(paid.get(at, []), counted.get(at, []), at + LATER)
        took = time.perf_counter() - began
        tiers = scan_drops(at=at + LATER)
    return {"took": took, "tiers": tiers, "lines": tiers["lines"], "warned": warned()}


def by_day(folder, name, column):
    found = defaultdict(list)
    for row in table(folder, name):
        found[datetime.fromisoformat(row[column])].append(row)
    return found


def put_goods():
    from common import clock
    from compensation.services import intake
    from shop_aftersales.demo import GOODS as DEMO_GOODS

    intake.put_product(sku=GOODS, fields=DEMO_GOODS[GOODS] | {"developer": None}, now=clock.now())


def take(orders, counts, now):
    from django.db.models import F

    from compensation.services import intake
    from orders.models import Rollup
    from orders.services.intake import NewOrder
    from orders.services.observations import take_observations
    from watch.services import looking

    for row in orders:
        new = NewOrder(
            order_no=row["order_no"], sku=row["sku"], buyer_external_id=row["buyer_external_id"], buyer_name="",
            buyer_contact="", quantity=int(row["quantity"]), paid_fen=int(row["paid_fen"]),
            list_fen=int(row["paid_fen"]), paid_at=datetime.fromisoformat(row["paid_at"]), target=row["target"],
            baseline=int(row["baseline"]),
        )  # fmt: skip
        intake.take_order(new=new, now=now)
    rows = [
        {
            "order_no": row["order_no"], "observed_at": row["observed_at"], "measurable": row["measurable"] == "1",
            "count": int(row["count"]) if row["count"] else None,
        }
        for row in counts
    ]  # fmt: skip
    report = take_observations(raw_rows=rows, now=now)
    assert report.accepted == len(rows), report.rejected[:3]
    while looking.run_due(now=now):
        pass
    assert not Rollup.objects.filter(changes__gt=F("looked")).exists()


def warned():
    """{order number: [window, of, lost, urgent]} of what was said; nothing waits, nobody is told twice."""
    from accounts.models import InboxMessage
    from watch.models import DropWarning

    rows = DropWarning.objects.select_related("order").exclude(said_at=None)
    assert rows.count() == DropWarning.objects.count() == InboxMessage.objects.filter(kind="warning").count()
    return {row.order.order_no: [row.window, row.base, row.loss, row.urgent] for row in rows}


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "shop_aftersales.settings"
    django.setup()
    from django.conf import settings

    from watch.services import mass

    settings.DEMO, mass.MOST = False, sys.maxsize  # of one product they are, and none is to wait for a person
    print(json.dumps(run(sys.argv[1])))
