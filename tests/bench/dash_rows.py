"""So many claims on a thousand goods over a year, with their figures by the day, written by the database itself."""

from django.db import connection

from common import clock
from developers.models import Follower
from developers.services.figures.following import NAME
from evidence import queries as evidence
from orders.models import Order, Product

DAYS = 365
REASONS = ("drop", "defect", "question", "fake_units", "refund", "suggestion", "not_as_described")
_SQLITE = {
    "then": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', '{now}', '-' || (s.n %% {days}) || ' days')",
    "day": "date(t.opened_at, '+8 hours')", "month": "date(day, 'start of month')",
}  # fmt: skip
_POSTGRES = {
    "then": "timestamptz '{now}' - (s.n %% {days}) * interval '1 day'",
    "day": "(t.opened_at AT TIME ZONE 'Asia/Shanghai')::date", "month": "date_trunc('month', day)::date",
}  # fmt: skip


def fill(claims, *, goods, few):
    """The first developer makes all of them but a few, the second these."""
    said = _SQLITE if connection.vendor == "sqlite" else _POSTGRES
    first, model = _goods(goods, few), Order.objects.get(order_no="LD2026PAST-05")
    then = said["then"].format(now=f"{clock.now():%Y-%m-%d %H:%M:%S}", days=DAYS)
    series = f"WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {claims})"
    _copies(
        series, "orders_order", f"t.id = {model.pk}",
        {"order_no": "'D-' || s.n", "product_id": f"{first} + s.n %% {goods}", "paid_at": then, "target": "''"},
    )  # fmt: skip
    _tickets(model)
    _figures(said)
    Follower.objects.update_or_create(
        name=NAME, defaults={"walked": None, "seq": evidence.size(), "counted_at": clock.now()}
    )


def _goods(goods, few):
    """The id of the first; the others follow it."""
    model, others = Product.objects.get(sku="likes"), Product.objects.get(sku="metered-comments").developer_id
    rows = []
    for n in range(goods):
        model.pk, model.sku, model.title = None, f"bench-{n}", f"第 {n} 件商品"
        rows.append(Product(**{f.attname: getattr(model, f.attname) for f in Product._meta.concrete_fields}))
        if n < few:
            rows[-1].developer_id = others
    return Product.objects.bulk_create(rows)[0].pk


def _copies(series, table, which, changed):
    """As many rows as the series has, each like the one that is there but for what is changed."""
    with connection.cursor() as cursor:
        names = [one.name for one in connection.introspection.get_table_description(cursor, table)]
        kept = [name for name in names if name != "id"]
        columns = ", ".join(f'"{name}"' for name in kept)
        values = ", ".join(changed.get(name, f't."{name}"') for name in kept)
        sql = f"{series} INSERT INTO {table} ({columns}) SELECT {values} FROM {table} t, s WHERE {which}"
        cursor.execute(sql, [])


def _tickets(model):
    """One of each order, over; what was decided is that of the model."""
    reasons = " ".join(f"WHEN {n} THEN '{reason}'" for n, reason in enumerate(REASONS))
    _copies(
        "WITH s AS (SELECT id, paid_at FROM orders_order WHERE order_no LIKE 'D-%%')", "tickets_ticket",
        f"t.order_id = {model.pk}",
        {
            "no": "'B' || s.id", "order_id": "s.id", "reason": f"CASE s.id %% {len(REASONS)} {reasons} END",
            "state": "'closed'", "opened_at": "s.paid_at", "due_at": "NULL",
        },
    )  # fmt: skip


def _figures(said):
    """What the follower would have counted of them, a sum at a time."""
    sums = "claims, real, questions, checking, fen, units, gifts, orders, sold, active"
    added = ", ".join(f"sum({name})" for name in sums.split(", "))
    yes, no = ("1", "0") if connection.vendor == "sqlite" else ("true", "false")
    statements = (
        "INSERT INTO developers_countedclaim (ticket_id, order_id, product_id, goods_version, opened_at, day, reason,"
        " filed, \"real\", checking, fen, units, gifts, owed_fen, owed_units, owed_gifts)"
        f" SELECT t.id, o.id, o.product_id, '', t.opened_at, {said['day']}, t.reason, {yes},"
        f" CASE WHEN t.reason = 'drop' THEN {yes} ELSE {no} END, {no}, 100, 10, 0, 0, 0, 0"
        " FROM tickets_ticket t JOIN orders_order o ON o.id = t.order_id WHERE o.order_no LIKE 'D-%%'",
        f"INSERT INTO developers_goodsday (product_id, day, reason, {_quoted(sums)})"
        " SELECT product_id, day, reason, count(*), sum(CASE WHEN reason = 'drop' THEN 1 ELSE 0 END),"
        " sum(CASE WHEN reason IN ('question', 'suggestion') THEN 1 ELSE 0 END), 0, sum(fen), sum(units), 0, 0, 0, 0"
        " FROM developers_countedclaim GROUP BY product_id, day, reason",
        f"INSERT INTO developers_goodsday (product_id, day, reason, {_quoted(sums)})"
        " SELECT product_id, day, '', 0, 0, 0, 0, 0, 0, 0, sum(claims), 1000 * sum(claims), 3 * sum(claims)"
        " FROM developers_goodsday GROUP BY product_id, day",
        f"INSERT INTO developers_goodsmonth (product_id, month, {_quoted(sums)})"
        f" SELECT product_id, {said['month']}, {_quoted(added)} FROM developers_goodsday"
        f" GROUP BY product_id, {said['month']}",
        f"INSERT INTO developers_makerday (developer_id, day, reason, {_quoted(sums)})"
        f" SELECT p.developer_id, d.day, d.reason, {_quoted(added)} FROM developers_goodsday d"
        " JOIN orders_product p ON p.id = d.product_id WHERE p.developer_id IS NOT NULL"
        " GROUP BY p.developer_id, d.day, d.reason",
        "INSERT INTO developers_goodsnow (product_id, developer_id, owed_fen, owed_units, owed_gifts)"
        " SELECT id, developer_id, 500, 20, 0 FROM orders_product",
    )  # fmt: skip
    with connection.cursor() as cursor:
        for name in (
            "countedclaim",
            "countedcost",
            "countedsale",
            "goodsday",
            "goodsmonth",
            "makerday",
            "goodsnow",
        ):
            cursor.execute(f"DELETE FROM developers_{name}")
        for statement in statements:
            cursor.execute(statement, [])


def _quoted(sums):
    """`real` is a type to PostgreSQL."""
    return sums.replace("real", '"real"')
