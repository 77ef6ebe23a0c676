"""A database that went back: it is noticed, nothing is sent, what it forgot is told by name, and nothing is done twice.

Going back to a savepoint is a restored backup as far as anything outside can tell: the sandbox and the head in
DATA_DIR remember, the tables don't.
"""

from datetime import timedelta

import pytest
from django.db import transaction

from common import clock
from compensation.models import Remedy
from compensation.rules.keys import remedy_key
from evidence.services import keeping, sealing
from integrations.models import Intent
from integrations.services import standstill, sweep
from ledger.models import Break
from shop_aftersales import restored
from tests.claims.conftest import claim, told

pytestmark = pytest.mark.django_db
KEY = remedy_key(order_no="A-1", kind="top_up", ordinal=1)


@pytest.fixture(autouse=True)
def head_outside():
    """The head and what was put aside, away again after each test."""

    def clear():
        for path in keeping.kept_path().parent.glob("evidence-head*.json"):
            path.unlink()

    clear()
    yield clear
    clear()


@pytest.fixture
def backup():
    """Call it: everything since then is forgotten by the database, and by nobody else."""
    place = []

    def take():
        place.append(transaction.savepoint())
        return lambda: transaction.savepoint_rollback(place[-1])

    return take


def seal():
    sealing.seal_due(now=clock.now())


def aside():
    return sorted(path.name for path in keeping.kept_path().parent.glob("evidence-head.*.json"))


def created(sandbox):
    return [row.key for row in sandbox.store.log(effect="created")]


def posts(sandbox):
    return [row.key for row in sandbox.store.log() if row.method == "POST"]


def breaks(kind):
    return list(Break.objects.filter(kind=kind).order_by("id").values_list("reference", "detail"))


def sweep_once(ahead=0):
    """What each worker does, in the order of the timetable."""
    at = clock.now() + timedelta(seconds=ahead)
    restored.notice(now=at)
    sweep.run_due(now=at)
    restored.recover(now=at)


@pytest.fixture
def gone_back(fell, work, backup, sandbox):
    """A claim that was settled, on a line that the restored database has, and one that was filed since."""
    fell("A-1", 940)
    fell("A-2", 850)
    seal()
    restore = backup()
    first = claim("A-1")
    work()
    assert told(first)[1] == [("top_up", "settled", 60, 60)]
    seal()
    kept = keeping.read()
    restore()
    assert not Intent.objects.exists()
    return kept


def test_the_whole_story(gone_back, work, sandbox, settings):
    connected, settings.SUPPLIER_URL = settings.SUPPLIER_URL, "http://127.0.0.1:9"
    waiting = claim("A-2")
    for ahead in (0, 20, 60, 120):
        sweep_once(ahead)
    assert (posts(sandbox), standstill.is_open()) == ([str(KEY)], True)
    assert Intent.objects.get().state == "pending"
    assert breaks("unknown_key") == []

    settings.SUPPLIER_URL = connected
    sweep_once(300)
    assert not standstill.is_open()
    ((reference, detail),) = breaks("unknown_key")
    assert reference == f"supplier:{KEY}"
    assert detail.startswith("我们没有这一笔，对方说 done，单号 SUP-")
    assert detail.endswith(
        "。数据库退回时忘了这一笔：订单 A-1 的第 1 次补量，对方已经受理。"
        "请联系买家重新申请：键还是这一个，对方不会再做一次，做完即入账。"
    )
    again = claim("A-1")
    work()
    assert told(again)[1] == [("top_up", "settled", 60, 60)]
    assert told(waiting)[1] == [("top_up", "settled", 180, 180)]
    assert Remedy.objects.get(order__order_no="A-1").key == KEY
    assert sorted(created(sandbox)) == sorted(
        {str(key) for key in Intent.objects.values_list("key", flat=True)}
    )
    assert posts(sandbox).count(str(KEY)) == 2
