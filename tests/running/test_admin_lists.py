"""Every list of the admin: for ops, in Chinese, at the same price for three rows as for one, and no count of all."""

import re

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from unfold.admin import ModelAdmin

from accounts.models import Buyer
from accounts.services import people
from common import clock
from common.reading import ReadOnlyAdmin
from compensation.models import HandWord, Remedy
from integrations.services import standstill
from ledger.services import breaks
from tests.orders.conftest import shop
from tests.tickets.case import claim, fallen
from tickets.models import Ticket

__all__ = ["shop"]
pytestmark = pytest.mark.django_db
SITE = admin.site
REGISTERED = sorted(SITE._registry, key=lambda model: model._meta.label)
LISTS = [model for model in REGISTERED if isinstance(SITE._registry[model], ReadOnlyAdmin)]


def address(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def signed_in(role="ops", **rights):
    client = Client()
    client.force_login(people.ensure_user(username=f"s-{role}", role=role, is_staff=True, **rights))
    return client


def more(n):
    """Orders, claims, breaks and words of people: up to n of each."""
    for number in range(Remedy.objects.filter(kind="top_up").count(), n):
        now = clock.now()
        fallen(f"C-{number}", buyer_external_id=f"b-{number}")
        claim(f"C-{number}")
        row = Remedy.objects.latest("id")
        HandWord.objects.create(
            remedy=row, action="ask", about="", reason="试", by="qiao", carried_out=True, at=now
        )
        breaks.open_break(kind="amount", reference=f"supplier:{row.key}", detail="差 1 分", now=now)
    Remedy.objects.update(state="held", held_reason="faults")


def test_all_of_them_are_unfolds():
    assert [
        model._meta.label for model in REGISTERED if not isinstance(SITE._registry[model], ModelAdmin)
    ] == []


def test_all_are_called_by_chinese_names():
    named = {
        str(word) for model in REGISTERED
        for word in (model._meta.verbose_name_plural, model._meta.app_config.verbose_name)
    }  # fmt: skip
    assert [word for word in sorted(named) if not re.search(r"[\u4e00-\u9fff]", word)] == []


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_three_rows_cost_what_one_costs_and_all_are_never_counted(shop, model):
    client, costs = signed_in(), []
    standstill.begin(last_known=None, now=clock.now())
    for n in (1, 3):
        more(n)
        client.get(address(model))
        with CaptureQueriesContext(connection) as made:
            answer = client.get(f"{address(model)}?show=all" if model is Remedy else address(model))
        assert answer.status_code == 200
        costs.append(len(made))
        table = model._meta.db_table
        whole = re.compile(rf'^SELECT COUNT\(\*\) AS "__count" FROM "{table}"( WHERE .*)?$')
        assert [query["sql"] for query in made if whole.match(query["sql"])] == []
    assert costs[0] == costs[1]


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_a_search_for_an_order_or_nonsense_answers(shop, model):
    more(1)
    client = signed_in()
    for asked in ("C-0", "x' OR 1", "十", "0" * 200):
        status = client.get(address(model), {"q": asked}).status_code
        assert status == 200 or (model is Ticket and status == 302)  # one case found is shown at once


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
@pytest.mark.parametrize("role", ["developer", "panel", "shop", ""])
def test_other_staff_find_nothing(shop, model, role):
    more(1)
    client = signed_in(role)
    row = model._default_manager.order_by("pk").first()
    pages = [address(model), address(model) + "add/", address(model) + f"{row.pk if row else 1}/change/"]
    assert [client.get(page).status_code for page in pages] == [404] * 3


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_each_row_has_its_page(shop, model):
    more(1)
    row = model._default_manager.order_by("pk").first()
    if row is not None:
        answer = signed_in().get(f"{address(model)}{row.pk}/change/")
        assert answer.status_code == 200


def test_buyers_are_there_for_ops_to_read(shop):
    more(1)
    assert signed_in().get(address(Buyer)).status_code == 200
