"""A shop that is written again is the shop that was made; what was there before, and what is written aside, is seen."""

import pytest
from django.apps import apps
from django.db import connection, transaction

from accounts.models import User
from compensation.services import intake
from orders.models import Product
from tests import kept
from tests.developers.conftest import goods_again
from tests.orders.conftest import LATER, PRODUCT, new_order, shop_again

pytestmark = pytest.mark.django_db
TEXT = "quote({})" if connection.vendor == "sqlite" else "{}::text"


def everything():
    """{table: its rows, each value as the database writes it}, of the tables that have any."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            columns = ", ".join(TEXT.format(f'"{field.column}"') for field in model._meta.concrete_fields)
            cursor.execute(f'SELECT {columns} FROM "{model._meta.db_table}" ORDER BY {model._meta.pk.column}')
            found[model._meta.db_table] = cursor.fetchall()
    return {table: rows for table, rows in found.items() if rows}


def undone(*makes):
    """What there is after them, before it is taken back."""
    with transaction.atomic():
        for make in makes:
            make()
        found = everything()
        transaction.set_rollback(True)
    return found


def test_written_again_is_what_was_made(monkeypatch):
    monkeypatch.setattr(kept, "_KEPT", {})
    made = undone(shop_again, goods_again)
    assert {"orders_product", "accounts_user", "evidence_entry"} < made.keys()
    monkeypatch.setattr(intake, "put_product", None)
    assert undone(shop_again, goods_again) == made


def test_on_other_rows_it_is_made_anew(monkeypatch):
    monkeypatch.setattr(kept, "_KEPT", {})
    undone(shop_again, goods_again)
    shop_again()
    Product.objects.filter(sku="likes").update(title="改过")
    goods_again()
    assert Product.objects.get(sku="likes").title == PRODUCT["title"]
    assert Product.objects.get(sku="likes").developer == User.objects.get(username="yun")


def test_a_row_in_another_table_is_refused(monkeypatch):
    monkeypatch.setattr(kept, "_KEPT", {})
    shop_again()
    with pytest.raises(AssertionError, match="accounts_buyer"):
        kept.again("order", lambda: intake.take_order(new=new_order(), now=LATER), Product)


def test_the_next_row_has_a_number_of_its_own():
    shop_again()
    shop_again()
    intake.put_product(sku="more", fields=dict(PRODUCT), now=LATER)
    assert Product.objects.count() == 3
