"""Bundles of every family of clauses, verified by a process without a database: facts, rows behind them, rules."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from common import clock
from compensation.services import intake
from orders.models import Order
from orders.services.deliveries import take_deliveries
from orders.services.usage import take_usage
from tests.evidence.conftest import seal
from tests.orders.conftest import PRODUCT, new_order
from tests.tickets import case
from tickets.services import claims

pytestmark = pytest.mark.django_db
GOODS = {
    "licence": {"kind": "licence", "policy": "licence-standard"},
    "course": {"kind": "course", "policy": "course-standard"},
}
ROOT = Path(__file__).resolve().parents[2]


def claim(order_no, reason):
    order = Order.objects.select_related("product", "buyer", "rollup").get(order_no=order_no)
    return claims.open_claim(
        order=order, reason=reason, text="", quantity=None, channel="web", actor="b-1", now=clock.now()
    )


def hand_over(order_no, quantity, *, hours, final=False):
    row = {
        "order_no": order_no, "delivered_at": (clock.now() - timedelta(hours=hours)).isoformat(),
        "quantity": quantity, "final": final,
    }  # fmt: skip
    assert take_deliveries(raw_rows=[row], now=clock.now()).accepted == 1


def sold(kind, quantity, **changes):
    now = clock.now()
    intake.put_product(sku=kind, fields=PRODUCT | {"title": kind} | GOODS[kind], now=now)
    new = new_order("F-1", sku=kind, quantity=quantity, paid_at=now - timedelta(hours=5), **changes)
    intake.take_order(new=new, now=now)


def drop():
    case.fallen("F-1", left=850)
    return claim("F-1", "drop")


def refund():
    """Eight hundred of a thousand came, and the shop says that this was all."""
    now = clock.now()
    intake.take_order(new=new_order("F-1", paid_at=now - timedelta(hours=40), baseline=20), now=now)
    case.count("F-1", 800, now - timedelta(hours=10))
    hand_over("F-1", 800, hours=5, final=True)
    return claim("F-1", "refund")


def licence():
    sold("licence", 2, licence_ids=("L-1", "L-2"))
    hand_over("F-1", 2, hours=4)
    return claim("F-1", "refund")


def usage():
    sold("course", 20)
    hand_over("F-1", 20, hours=4)
    row = {"order_no": "F-1", "observed_at": (clock.now() - timedelta(hours=1)).isoformat(), "used_units": 1}
    assert take_usage(raw_rows=[row], now=clock.now()).accepted == 1
    return claim("F-1", "refund")


def defect():
    sold("licence", 2)
    hand_over("F-1", 2, hours=4)
    return claim("F-1", "defect")


# the claim, the clause it is decided by, the rows that its facts are from
FAMILIES = {
    "drop": (drop, "drop.tier_b", {"counts": 2}),
    "refund": (refund, "refund.pro_rata", {"counts": 1}),
    "licence": (licence, "refund.cooling_off", {"usage": 0, "deliveries": 1}),
    "usage": (usage, "refund.trial", {"usage": 1, "deliveries": 1}),
    "defect": (defect, "defect.unproven", {"usage": 0, "deliveries": 1}),
}


@pytest.fixture(params=FAMILIES)
def family(request, outside):
    return request.param, FAMILIES[request.param][0]()


@pytest.fixture
def whole(family, buyer):
    seal()
    answer = buyer.get(f"/api/v1/tickets/{family[1].no}/evidence/")
    assert answer.status_code == 200
    return answer.json()


@pytest.fixture
def offline(tmp_path):
    """verify_evidence in a process of its own: a database that nobody answers for, nothing kept: (status, words)."""

    def run(bundle):
        path, empty = tmp_path / "bundle.json", tmp_path / "empty"
        path.write_text(json.dumps(bundle), encoding="utf-8")
        empty.mkdir(exist_ok=True)
        alone = {
            "PATH": os.environ["PATH"], "HOME": str(tmp_path), "DATA_DIR": str(empty), "SECRET_KEY": "of-nobody",
            "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "DEMO": "0", "SANDBOX": "0",
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "manage.py", "verify_evidence", str(path)],
            cwd=ROOT, env=alone, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    return run


def decided(bundle):
    bodies = [json.loads(entry["body"]) for entry in bundle["entries"]]
    (only,) = [body["data"] for body in bodies if body["kind"] == "decision"]
    return only


def test_a_process_without_a_database_proves_facts_and_rows(family, whole, offline):
    _, clause, rows = FAMILIES[family[0]]
    decision, kept = decided(whole), family[1].decision
    assert decision["clause"] == clause
    assert {name: len(decision["sources"][name]) for name in rows} == rows
    assert decision["sources"] == kept.sources
    assert {name: kept.facts[name] for name in decision["facts"]} == decision["facts"]
    status, words = offline(whole)
    assert status == 0, words
    assert "没有改过；1 个决定" in words


@pytest.mark.parametrize("family", ["drop", "usage"], indirect=True)
def test_another_row_put_under_the_facts_is_found(family, whole, offline):
    name = {"drop": "counts", "usage": "usage"}[family[0]]
    row = decided(whole)["sources"][name][0]["id"]
    place = next(entry for entry in whole["entries"] if '"kind":"decision"' in entry["body"])
    said = json.loads(place["body"])
    said["data"]["sources"][name][0]["id"] = row + 1
    place["body"] = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    status, words = offline(whole)
    assert (status, f"第 {place['n']} 条：内容和摘要对不上：内容被改过" in words) == (1, True), words
