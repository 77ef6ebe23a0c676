"""Orders that come with card keys, stock of the same goods, and a look at every byte that the database keeps."""

from django.db import connection

from compensation.services import intake
from orders.models import CardKey, Order, Product
from orders.services import stock
from tests.orders.conftest import LATER, new_order

SECRETS = ("QX7F-2M9K-77AA", "QX7F-2M9K-77BB", "QX7F-2M9K-77CC")
SPARE = ("ZW4T-8H3N-11AA", "ZW4T-8H3N-11BB", "ZW4T-8H3N-11CC")


def sold(order_no="K-1", *, secrets=SECRETS, now=LATER, **changes):
    """Activation codes, a secret each."""
    usual = {"sku": "licence", "quantity": max(1, len(secrets)), "baseline": 0, "secrets": tuple(secrets)}
    intake.take_order(new=new_order(order_no, **usual | changes), now=now)
    return Order.objects.select_related("product", "rollup", "buyer").get(order_no=order_no)


def stocked(*secrets, sku="licence", now=LATER):
    rows = [{"secret": secret} for secret in secrets]
    return stock.take_stock(product=Product.objects.get(sku=sku), raw_rows=rows, now=now).as_data()


def keys(order_no="K-1"):
    """(unit, state) of all that the order was ever given."""
    rows = CardKey.objects.filter(order__order_no=order_no).order_by("unit", "id")
    return list(rows.values_list("unit", "state"))


def where_it_stands(*words):
    """The tables that keep any of the words in the clear; read whole, whatever the column."""
    found = set()
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                kept = b"\n".join(_bytes(value) for value in row)
                found |= {(table, word) for word in words if word.encode() in kept}
    return found


def _bytes(value):
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
