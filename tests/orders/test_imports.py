"""import_orders and import_observations: exit status, the line of each error, columns in any order."""

import pytest

from orders.models import Observation, Order
from tests.compensation.test_scan import COUNT_COLUMNS, ORDER_COLUMNS, command, write
from tests.orders.conftest import PAID, at, z

BOUGHT = ["A-1", "likes", "u-1", 1000, 5000, z(PAID), "t-1", 20]


def bought(**changes):
    row = dict(zip(ORDER_COLUMNS, BOUGHT, strict=True)) | changes
    return [row[name] for name in ORDER_COLUMNS]


def test_each_bad_line_of_orders_is_named_and_the_others_are_taken(shop, tmp_path):
    file = write(
        tmp_path / "orders.csv", ORDER_COLUMNS,
        [
            bought(), bought(order_no="A-2", quantity=0), bought(quantity=5), bought(order_no="A-3", sku="x"), bought(),
            bought(order_no="A-4", target="two\nlines"), bought(order_no="A-5", paid_at="x"), bought(paid_fen=1),
        ],
    )  # fmt: skip
    status, printed, complained = command("import_orders", file)
    assert (status, printed) == (1, "订单：收下 2 行，重复 1 行，没收 5 行。\n")
    assert complained.splitlines() == [
        "第 3 行没收：quantity 要在 1 到 1000000000000 之间。",
        "第 4 行没收：订单号 A-1 已有另一份内容，没有改动。",
        "第 5 行没收：没有货号「x」，请先建好商品。",
        "第 9 行没收：paid_at 要写成 2026-11-22T05:05:00Z 这样的时刻。",
        "第 10 行没收：订单号 A-1 已有另一份内容，没有改动。",
    ]
    assert sorted(Order.objects.values_list("order_no", "quantity")) == [("A-1", 1000), ("A-4", 1000)]


def test_lines_that_follow_one_another_and_are_refused_alike_are_said_together(shop, tmp_path):
    wrong = [bought(order_no=f"B-{n}", sku="x") for n in range(5)]
    file = write(
        tmp_path / "orders.csv", ORDER_COLUMNS, [*wrong[:3], bought(), wrong[3], bought(sku="y"), wrong[4]]
    )
    status, printed, complained = command("import_orders", file)
    assert (status, printed) == (1, "订单：收下 1 行，重复 0 行，没收 6 行。\n")
    assert complained.splitlines() == [
        "第 2～4 行没收：没有货号「x」，请先建好商品。",
        "第 6 行没收：没有货号「x」，请先建好商品。",
        "第 7 行没收：没有货号「y」，请先建好商品。",
        "第 8 行没收：没有货号「x」，请先建好商品。",
    ]


def test_each_bad_line_of_counts_is_named_and_the_others_are_taken(sell, tmp_path):
    sell()
    rows = [
        ["A-1", z(at(1)), 500, "", "", 1], ["A-9", z(at(1)), 5, "", "", 1], ["A-1", z(at(2)), "", "", "", 1],
        ["A-1", z(at(1)), 501, "", "", 1], ["A-1", z(at(3)), "", "", "", 0], ["A-1", z(at(4)), 5, 1, 2, "FALSE"],
    ]  # fmt: skip
    file = write(tmp_path / "counts.csv", COUNT_COLUMNS, rows)
    status, printed, complained = command("import_observations", file)
    assert (status, printed) == (1, "计数：收下 3 行，重复 0 行，没收 3 行。\n")
    assert complained.splitlines() == [
        "第 3 行没收：没有订单 A-9，请先推送订单。",
        "第 4 行没收：缺少 count。",
        "第 5 行没收：同一订单同一时刻已有另一个数，先到的算数。",
    ]
    stored = Observation.objects.order_by("observed_at").values_list(
        "count", "comments", "shares", "measurable"
    )
    assert list(stored) == [(500, None, None, True), (None, None, None, False), (5, 1, 2, False)]


def test_columns_stand_in_any_order_and_payment_columns_are_read(shop, tmp_path):
    columns = [
        "baseline",
        "gateway",
        "payment_reference",
        "unheard_of",
        *reversed(ORDER_COLUMNS[:7]),
        "query_password",
    ]
    row = [20, "shop", "P-1", "?", *reversed(BOUGHT[:7]), ""]
    assert command("import_orders", write(tmp_path / "orders.csv", columns, [row]))[0] == 0
    order = Order.objects.get()
    assert (order.order_no, order.gateway, order.payment_reference, order.baseline, order.paid_at) == (
        "A-1", "shop", "P-1", 20, PAID,
    )  # fmt: skip
    counts = write(tmp_path / "counts.csv", ["count", "observed_at", "order_no"], [[520, z(at(1)), "A-1"]])
    assert command("import_observations", counts)[0] == 0
    assert Observation.objects.get().count == 520


def test_an_order_from_a_file_is_the_same_as_from_the_api(sell, tmp_path):
    sell(buyer_external_id="u-1", buyer_name="", buyer_contact="", target="t-1")
    file = write(tmp_path / "orders.csv", ORDER_COLUMNS, [bought(paid_at="2025-03-01T12:00:00+08:00")])
    assert command("import_orders", file) == (0, "订单：收下 0 行，重复 1 行，没收 0 行。\n", "")


BROKEN = {
    "empty": b"",
    "a column is missing": b"order_no,observed_at\nA-1,2025-03-01T04:00:00Z\n",
    "no text": b"order_no,observed_at,count,sku,buyer_external_id,quantity,paid_fen,paid_at\n\xff\xff,",
    "a quote never ends": b'order_no,observed_at,count,sku,buyer_external_id,quantity,paid_fen,paid_at\n"A-1,',
    "a workbook": b"PK\x03\x04\x14\x00\x00\x00\x08\x00\xff\xfe",
}


@pytest.mark.parametrize("name", ["import_orders", "import_observations"])
@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_file_that_cannot_be_read_is_2(db, tmp_path, name, content):
    file = tmp_path / "file.csv"
    file.write_bytes(content)
    status, printed, complained = command(name, file)
    assert (status, printed) == (2, "")
    assert complained.startswith("文件 file.csv ")
    assert len(complained.splitlines()) == 1


@pytest.mark.parametrize("name", ["import_orders", "import_observations"])
def test_a_file_that_is_not_there_or_a_folder_is_2(db, tmp_path, name):
    assert [command(name, path)[0] for path in (tmp_path / "none.csv", tmp_path)] == [2, 2]


def test_a_byte_order_mark_and_blank_cells_are_no_matter(shop, tmp_path):
    file = tmp_path / "orders.csv"
    header, row = ",".join(ORDER_COLUMNS), ",".join(f" {cell} " for cell in BOUGHT)
    file.write_text(f"\ufeff{header}\r\n{row}\r\n", encoding="utf-8", newline="")
    assert command("import_orders", file)[0] == 0
    assert Order.objects.get().quantity == 1000
