"""Every way in which the sandbox goes wrong, heard by the adapter over a real socket."""

import json
import sqlite3
import time
from uuid import UUID, uuid5

import pytest

from integrations.rules.answers import Heard, Meaning
from integrations.vendors.sandbox.faults import FATES, KINDS, WIRE_BEFORE, Faults
from integrations.vendors.sandbox.store import FILE_NAME, Store
from integrations.vendors.shop_refund import ShopRefund
from integrations.vendors.supplier import Supplier
from tests.sandbox_fixture import (
    NEVER,
    REFUND_SECRET,
    SUPPLIER_SECRET,
    call,
    ended,
    order,
    refund,
    send,
    until,
)

PATIENCE = 0.4
KEY = UUID(int=1)
LOST_AT_POST = {"timeout", "reset", "reset_before", "500", "500_after", "truncated", "slow_late"}


@pytest.fixture
def faulty(make_sandbox):
    """A sandbox whose clients wait so long, and no longer."""
    return lambda **given: make_sandbox(patience_s=PATIENCE, **({"pace": NEVER} | given))


def adapters(sandbox):
    url = f"http://127.0.0.1:{sandbox.port}"
    return {
        "/orders": Supplier(url=url, secret=SUPPLIER_SECRET, timeout_s=PATIENCE),
        "/refunds": ShopRefund(url=url, secret=REFUND_SECRET, timeout_s=PATIENCE),
    }


def asking(path, steering):
    make = order if path == "/orders" else refund
    field = "target" if path == "/orders" else "payment_reference"
    return make(str(KEY), **{field: f"x-{steering}"})


def submit(sandbox, path, steering):
    return adapters(sandbox)[path].submit(key=KEY, body=json.dumps(asking(path, steering)).encode())


@pytest.mark.parametrize("path", ["/orders", "/refunds"])
@pytest.mark.parametrize("kind", sorted(LOST_AT_POST | {"slow"}))
def test_a_send_goes_wrong_once_and_is_done_once(faulty, path, kind) -> None:
    sandbox = faulty()
    first = submit(sandbox, path, f"fault-{kind}")
    assert first.heard == (Heard.REPORT if kind == "slow" else Heard.LOST)
    stored = call(sandbox.port, "GET", f"{path}/{KEY}")[0]
    assert stored == (404 if kind in WIRE_BEFORE else 200)
    again = submit(sandbox, path, f"fault-{kind}")
    assert (again.heard, again.report.meaning) == (Heard.REPORT, Meaning.RUNNING)
    log = sandbox.store.log()
    assert [row.effect for row in log if row.method == "POST"] == (
        ["none", "created"] if kind in WIRE_BEFORE else ["created", "repeated"]
    )
    assert [row.fault for row in log] == [kind, "", ""]


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("timeout", "time-out"), ("slow_late", "time-out"), ("reset", "ConnectionResetError"),
        ("500", "HTTP 500"), ("500_after", "HTTP 500"), ("truncated", "IncompleteRead"),
    ],
)  # fmt: skip
def test_a_fault_looks_like_what_it_is_called(faulty, kind, why) -> None:
    answer = submit(faulty(), "/orders", f"fault-{kind}")
    assert answer.why.startswith(why) or (kind == "truncated" and answer.why == "ProtocolError"), answer.why


@pytest.mark.parametrize("path", ["/orders", "/refunds"])
@pytest.mark.parametrize("kind", ["timeout", "reset", "500", "truncated", "slow_late", "slow"])
def test_a_question_goes_wrong_once(faulty, path, kind) -> None:
    sandbox = faulty()
    assert submit(sandbox, path, f"fault-get-{kind}").heard == Heard.REPORT
    heard = [adapters(sandbox)[path].ask(key=KEY).heard for _ in range(2)]
    assert heard == [Heard.REPORT if kind == "slow" else Heard.LOST, Heard.REPORT]
    assert [row.fault for row in sandbox.store.log()] == ["", kind, ""]


@pytest.mark.parametrize(
    ("path", "kind", "state"),
    [
        ("/orders", "partial", "partial"), ("/orders", "rejected", "rejected"),
        ("/orders", "unknown_state", "completed"),
        ("/refunds", "rejected", "failed"), ("/refunds", "unknown_state", "succeeded"),
    ],
)  # fmt: skip
def test_a_fate_by_the_switch_of_the_run(faulty, path, kind, state) -> None:
    sandbox = faulty(pace=0.05, faults=Faults(share=1, kinds=(kind,)))
    body = asking(path, "plain")
    assert send(sandbox.port, path, body)[0] == 201
    seen = {"accepted"}

    def final():
        seen.add(ended(sandbox.port, f"{path}/{KEY}")["state"])
        return state in seen

    until(final)
    unknown = seen - {"accepted", "in_progress", state}
    assert bool(unknown) == (kind == "unknown_state")
    assert [row.fault for row in sandbox.store.log() if row.method == "POST"] == [kind]


def test_a_run_is_repeated_by_its_seed_and_a_key_is_served_well_in_the_end() -> None:
    def drawn(seed, per_key=2):
        faults, found = Faults(share=0.5, seed=seed, per_key=per_key), []
        for n in range(400):
            given, key = 0, str(uuid5(KEY, str(n)))
            for number, method in enumerate(["POST", "GET", "GET", "GET", "GET"], 1):
                kind = faults.choose(
                    method=method, key=key, number=number if method == "POST" else number - 1, given=given
                )
                given += bool(kind)
                found.append(kind)
            assert given <= per_key
        return found

    one = drawn("a")
    assert one == drawn("a") != drawn("b")
    assert set(one) == {"", *KINDS}
    first = one[::5]
    assert 160 < sum(map(bool, first)) < 240
    assert not set(one[1::5]) & (FATES | {"reset_before", "500_after"})
    assert drawn("a", per_key=0) == [""] * 2000


def test_a_whole_run_is_faulty_over_the_wire(faulty) -> None:
    sandbox = faulty(faults=Faults(share=1, kinds=("500", "reset"), seed="s", per_key=2))
    answers = [submit(sandbox, "/orders", "plain").heard for _ in range(3)]
    assert answers == [Heard.LOST, Heard.LOST, Heard.REPORT]
    assert all(row.fault for row in sandbox.store.log()[:2])


def test_a_mute_provider_has_to_be_asked(faulty) -> None:
    sandbox = faulty(pace=0.0, app_url="http://127.0.0.1:9", faults=Faults(mute=0.5, seed="s"))
    keys = [f"k-{n}" for n in range(40)]
    for key in keys:
        send(sandbox.port, "/orders", order(key))
        ended(sandbox.port, f"/orders/{key}")
    with sqlite3.connect(sandbox.data_dir / FILE_NAME) as db:
        (spoken,) = db.execute("SELECT count(*) FROM call_backs").fetchone()
    assert spoken == 3 * sum(not Faults(mute=0.5, seed="s").silences(key=key) for key in keys)
    assert 30 < spoken < 90


def test_a_forged_request_is_refused_and_uses_up_no_fault(faulty) -> None:
    sandbox = faulty()
    body = asking("/orders", "fault-500")
    assert call(sandbox.port, "POST", "/orders", body=body, key=str(KEY), secret="wrong")[0] == 401
    assert call(sandbox.port, "POST", "/orders", body=body, key=str(KEY))[0] == 500
    assert [row.fault for row in sandbox.store.log()] == ["", "500"]


@pytest.mark.parametrize(
    "wrong", [{"kinds": ("nonsense",)}, {"kinds": ()}, {"share": 1.1}, {"per_key": -1}, {"mute": 2}]
)
def test_a_switch_that_makes_no_sense_is_refused(wrong) -> None:
    with pytest.raises(ValueError, match=r"fault|share"):
        Faults(**wrong)


def test_a_file_of_an_earlier_version_gets_the_column(tmp_path) -> None:
    db = sqlite3.connect(tmp_path / FILE_NAME)
    db.execute(
        "CREATE TABLE request_log (id INTEGER PRIMARY KEY, at REAL NOT NULL, channel TEXT NOT NULL,"
        " method TEXT NOT NULL, path TEXT NOT NULL, key TEXT NOT NULL, body_sha256 TEXT NOT NULL,"
        " status INTEGER NOT NULL, effect TEXT NOT NULL)"
    )
    db.execute(
        "INSERT INTO request_log VALUES (1, ?, 'supplier', 'GET', '/', 'k', '', 200, 'none')", [time.time()]
    )
    db.commit()
    db.close()
    for _ in range(2):
        store = Store(data_dir=tmp_path)
        assert [(row.key, row.fault) for row in store.log()] == [("k", "")]
        store.close()
