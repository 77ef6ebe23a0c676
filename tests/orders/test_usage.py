"""Reports of usage: each row judged by itself and against what was bought, late and corrected ones by their time."""

import itertools

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compensation.services import intake
from orders.models import Usage, UsageReport
from orders.services.usage import take_usage
from tests.orders.conftest import LATER, PAID, PRODUCT, at, new_order, z

MONTH = 30 * 86_400
GOODS = {
    "course": {"kind": "course", "policy": "course-standard"},
    "months": {"kind": "subscription", "policy": "subscription-standard", "duration_seconds": MONTH},
    "sword": {"kind": "game_item", "policy": "game-item-standard"},
}


@pytest.fixture
def bought(shop):
    """bought("course", 40): an order A-1 of goods of each kind."""
    for sku, goods in GOODS.items():
        intake.put_product(sku=sku, fields=PRODUCT | {"title": sku} | goods, now=PAID)

    def make(sku, quantity=40, order_no="A-1"):
        return intake.take_order(new=new_order(order_no, sku=sku, quantity=quantity), now=LATER)[0]

    return make


def report(hours=1, order_no="A-1", **said):
    return {"order_no": order_no, "observed_at": z(at(hours)), **said}


def told(rows):
    body = take_usage(raw_rows=rows, now=LATER).as_data()
    return body["accepted"], body["duplicates"], [(row["index"], row["code"]) for row in body["rejected"]]


def why(row):
    [rejected] = take_usage(raw_rows=[row], now=LATER).as_data()["rejected"]
    return rejected["code"], rejected["detail"]


def kept(order_no="A-1"):
    row = Usage.objects.get(order__order_no=order_no)
    return (
        row.used_units, row.used_seconds, row.revealed_units, row.outage_seconds, row.supplier_unused,
        row.observed_at,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sku", "said", "expected"),
    [
        ("course", {"used_units": 4}, (4, None, 0, 0, False)),
        ("course", {"progress_percent": 10}, (4, None, 0, 0, False)),
        ("course", {"used_units": 4, "used_seconds": None, "outage_seconds": 0}, (4, None, 0, 0, False)),
        ("months", {"used_seconds": 3600, "outage_seconds": 60}, (None, 3600, 0, 60, False)),
        ("months", {"outage_seconds": 60, "revealed_units": 0, "supplier_unused": False}, (None, None, 0, 60, False)),
        ("months", {"used_seconds": MONTH + 86_400}, (None, MONTH + 86_400, 0, 0, False)),
        ("licence", {"revealed_units": 40, "supplier_unused": True}, (None, None, 40, 0, True)),
        ("sword", {"used_units": 0}, (0, None, 0, 0, False)),
    ],
)  # fmt: skip
def test_what_each_kind_of_goods_reports(bought, sku, said, expected):
    bought(sku)
    assert told([report(**said)]) == (1, 0, [])
    assert kept() == (*expected, at(1))


@pytest.mark.parametrize(
    ("sku", "said", "code", "detail"),
    [
        ("likes", {"used_units": 1}, "metered", "这一单是计量商品，用多少以计数为准，请推送计数。"),
        ("course", {"used_seconds": 0}, "wrong_measure", "课程不按用过的秒数（used_seconds）算，请换一项。"),
        ("course", {"outage_seconds": 1, "used_units": 1}, "wrong_measure",
         "课程不按停服的秒数（outage_seconds）算，请换一项。"),
        ("licence", {"progress_percent": 5}, "wrong_measure",
         "卡密与授权不按进度（progress_percent）算，请换一项。"),
        ("sword", {"progress_percent": 5}, "wrong_measure", "游戏道具不按进度（progress_percent）算，请换一项。"),
        ("months", {"used_units": 0}, "wrong_measure", "订阅不按用掉的数量（used_units）算，请换一项。"),
        ("months", {"progress_percent": 0}, "wrong_measure", "订阅不按进度（progress_percent）算，请换一项。"),
        ("months", {"used_seconds": 1, "revealed_units": 1}, "wrong_measure",
         "订阅不按看过内容的数量（revealed_units）算，请换一项。"),
        ("course", {"used_units": 41}, "above_bought", "用掉的数量（used_units）不能超过 40，买的就这么多。"),
        ("licence", {"revealed_units": 41}, "above_bought",
         "看过内容的数量（revealed_units）不能超过 40，买的就这么多。"),
        ("months", {"used_seconds": MONTH + 86_401}, "above_bought",
         "用过的秒数（used_seconds）不能超过 2678400，买的就这么多。"),
        ("months", {"outage_seconds": MONTH + 86_401}, "above_bought",
         "停服的秒数（outage_seconds）不能超过 2678400，买的就这么多。"),
        ("course", {"used_units": -1}, "out_of_range", "used_units 要在 0 到 1000000000000 之间。"),
        ("course", {"used_units": 1.5}, "malformed", "used_units 要是整数。"),
        ("course", {"used_units": True}, "malformed", "used_units 要是整数。"),
        ("course", {"used_units": 1, "progress_percent": 1}, "several_measures",
         "用掉的数量（used_units）和进度（progress_percent）只能写一个。"),
        ("course", {}, "required", "这一行没有写用了多少，请至少写一项，例如 used_units。"),
        ("licence", {"supplier_unused": "maybe"}, "malformed", "supplier_unused 只能是 true 或 false。"),
    ],
)  # fmt: skip
def test_what_can_not_be_true_is_refused_by_name(bought, sku, said, code, detail):
    bought(sku)
    assert why(report(**said)) == (code, detail)
    assert not UsageReport.objects.exists()
    assert not Usage.objects.exists()


@pytest.mark.parametrize(
    ("quantity", "progress", "units"),
    [
        (40, 0, 0), (40, "0.01", 1), (40, 2.5, 1), (40, "2.50", 1), (40, 2.51, 2), (40, 10, 4), (40, 10.01, 5),
        (40, 97.5, 39), (40, "97.51", 40), (40, 100, 40), (40, "100.00", 40), (1, 0.01, 1), (10_000, 0.07, 7),
        (10_000, 0.29, 29), (1000, 33.33, 334), (10**12, 0.01, 10**8), (3, "33.33", 1), (3, "33.34", 2),
    ],
)  # fmt: skip
def test_progress_counts_as_units_rounded_up_exactly(bought, quantity, progress, units):
    bought("course", quantity)
    assert told([report(progress_percent=progress)]) == (1, 0, [])
    assert kept()[0] == units


@pytest.mark.parametrize(
    ("progress", "code"),
    [
        (-0.01, "out_of_range"), ("-1", "out_of_range"), (100.01, "out_of_range"), (101, "out_of_range"),
        ("1.001", "malformed"), (0.001, "malformed"), ("12,5", "malformed"), ("10%", "malformed"),
        (True, "malformed"), ([5], "malformed"), ("١", "malformed"), ("1e1", "malformed"),
        ("9" * 5000, "malformed"), (1e300, "malformed"),
    ],
)  # fmt: skip
def test_progress_that_is_none(bought, progress, code):
    bought("course")
    assert why(report(progress_percent=progress))[0] == code


def test_a_bad_row_loses_no_other(bought):
    bought("course")
    rows = [
        "no object", report(order_no="A-9", used_units=1), report(2, used_units=3), {"order_no": "A-1"},
        report(used_units=41), report(LATER.year, used_units=5), report(3, used_units=2),
        {"order_no": "A-1", "observed_at": "2025-03-01T13:00:00", "used_units": 1},
    ]  # fmt: skip
    assert told(rows) == (
        2, 0,
        [(0, "malformed"), (1, "unknown_order"), (3, "required"), (4, "above_bought"), (5, "in_future"),
         (7, "malformed")],
    )  # fmt: skip
    assert kept()[0] == 2


def test_the_same_again_is_a_duplicate_another_content_a_conflict(bought):
    bought("course")
    assert told([report(used_units=4), report(used_units=4), report(used_units=5)]) == (
        1,
        1,
        [(2, "conflict")],
    )
    assert told([report(used_units=4), report(used_units=3), report(used_units=4, revealed_units=1)]) == (
        0, 1, [(1, "conflict"), (2, "conflict")],
    )  # fmt: skip
    assert told([report(2, progress_percent=12.5), report(2, progress_percent="12.50")]) == (1, 1, [])
    assert list(UsageReport.objects.values_list("used_units", "progress")) == [(4, None), (5, 1250)]


def test_whatever_the_order_the_newest_word_on_each_figure_counts(bought):
    """The third corrects the second downwards; what a report leaves out it says nothing of."""
    rows = [
        report(1, used_units=2, revealed_units=3), report(2, used_units=9, supplier_unused=True),
        report(3, used_units=5), report(4, supplier_unused=False),
    ]  # fmt: skip
    for n, some in enumerate(itertools.permutations(rows)):
        bought("licence", order_no=f"P-{n}")
        for row in some:
            assert told([row | {"order_no": f"P-{n}"}]) == (1, 0, [])
        assert kept(f"P-{n}") == (5, None, 3, 0, False, at(4))


def test_one_and_three_rows_cost_the_same(bought):
    for n in range(4):
        bought("course", order_no=f"A-{n}")

    def queries(rows):
        with CaptureQueriesContext(connection) as seen:
            assert told(rows) == (len(rows), 0, [])
        return len(seen)

    one = queries([report(order_no="A-0", used_units=1)])
    assert queries([report(order_no=f"A-{n}", used_units=1) for n in (1, 2, 3)]) == one


def test_over_the_api(bought, api, client_as):
    bought("course")
    rows = [report(progress_percent=10.01), report(2, used_units=41)]
    answer = api.post("/api/v1/usage/", rows, format="json", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "accepted": 1, "duplicates": 0,
            "rejected": [
                {"index": 1, "code": "above_bought",
                 "detail": "units used (used_units) can't be more than 40, which is all that was bought."}
            ],
        },
    )  # fmt: skip
    assert kept()[0] == 5
    assert client_as("buyer").post("/api/v1/usage/", rows, format="json").status_code == 403
    assert client_as("nobody").post("/api/v1/usage/", rows, format="json").status_code == 401
    assert api.post("/api/v1/usage/", [{}] * 10_001, format="json").status_code == 422
    assert api.post("/api/v1/usage/", {"a": 1}, format="json").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_from_a_file(bought, tmp_path, settings, capsys):
    settings.DATA_DIR = tmp_path
    bought("course")
    file = tmp_path / "usage.csv"
    lines = ["order_no,observed_at,progress_percent,revealed_units", f"A-1,{z(at(1))},12.51,"]
    file.write_text("\n".join([*lines, ""]))
    call_command("import_usage", str(file))
    assert kept()[0] == 6
    assert "用量：收下 1 行，重复 0 行，没收 0 行。" in capsys.readouterr().out
    file.write_text("\n".join([*lines, f"A-1,{z(at(2))},101,", f"A-9,{z(at(2))},1,", ""]))
    with pytest.raises(SystemExit) as ended:
        call_command("import_usage", str(file))
    told_of = capsys.readouterr()
    assert ended.value.code == 1
    assert "第 3 行没收：进度（progress_percent）要在 0 到 100 之间。" in told_of.err
    assert "用量：收下 0 行，重复 1 行，没收 2 行。" in told_of.out
    with pytest.raises(SystemExit) as ended:
        call_command("import_usage", str(tmp_path / "none.csv"))
    assert ended.value.code == 2
