"""Buyers and users, what a reader is to the rooms above, what is thrown away, and the admin."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from knox.models import AuthToken

from accounts import permissions, queries
from accounts.models import AccessFailure, Buyer, IdempotencyKey, User
from accounts.rules import Guest
from accounts.services import people, purge, tokens
from accounts.services.people import BuyerData
from tests.accounts.conftest import NOON, PASSWORD


def test_a_buyer_is_made_once_and_kept_up_to_date():
    first = people.ensure_buyer(external_id="b-1", name="林", contact="a@shop.example")
    again = people.ensure_buyer(external_id="b-1", name="", contact="b@shop.example")
    assert (again.pk, again.name, again.contact) == (first.pk, "林", "b@shop.example")


def test_many_buyers_in_few_queries_and_known_ones_stay(django_assert_num_queries):
    known = people.ensure_buyer(external_id="b-1", name="林")
    with django_assert_num_queries(2):
        keys = people.ensure_buyers(
            buyers=[BuyerData("b-1", "别人"), BuyerData("b-2", "马"), BuyerData("b-2", "马")]
        )
    assert keys == dict(Buyer.objects.values_list("external_id", "pk"))
    assert dict(Buyer.objects.values_list("external_id", "name")) == {"b-1": "林", "b-2": "马"}
    assert keys["b-1"] == known.pk


def test_an_existing_user_keeps_password_and_rights(qiao):
    again = people.ensure_user(username="qiao", role="shop", password="other", is_superuser=True)
    assert (again.pk, again.role, again.is_superuser) == (qiao.pk, "ops", False)
    assert again.check_password(PASSWORD)


def test_a_buyer_belongs_to_the_user_who_was_first(lin):
    thief = people.ensure_user(username="ma", role="buyer", buyer=Buyer.objects.get())
    assert (permissions.buyer_id_of(lin), permissions.buyer_id_of(thief)) == (Buyer.objects.get().pk, None)


@pytest.mark.parametrize(
    ("reader", "role", "ops", "shop", "principal", "order"),
    [
        (AnonymousUser(), "", False, False, "", None),
        (Guest(order_no="A-1"), "guest", False, False, "guest:A-1", "A-1"),
        (User(pk=7, role="ops"), "ops", True, False, "user:7", None),
        (User(pk=7, role="shop"), "shop", False, True, "user:7", None),
        (User(pk=7, is_superuser=True), "", True, True, "user:7", None),
        (User(pk=7, role="developer", username="guest:A-1"), "developer", False, False, "user:7", None),
        (None, "", False, False, "", None),
    ],
)
def test_what_a_reader_is(reader, role, ops, shop, principal, order):
    assert (
        permissions.role_of(reader),
        permissions.is_ops(reader),
        permissions.is_shop(reader),
        permissions.principal_of(reader),
        permissions.guest_order_of(reader),
    ) == (role, ops, shop, principal, order)


def test_queries_know_active_people_only(qiao, lin):
    User.objects.filter(pk=lin.pk).update(is_active=False)
    assert (queries.user_named("qiao"), queries.user_named("lin"), queries.user_named("x")) == (
        qiao,
        None,
        None,
    )


def test_what_was_kept_for_a_while_goes_and_the_rest_stays(qiao):
    for age in (timedelta(0), timedelta(minutes=15), timedelta(hours=24)):
        at = NOON - age
        AccessFailure.objects.create(scope="s", at=at)
        IdempotencyKey.objects.create(principal="u", method="POST", path="/", key=str(age), created_at=at)
        tokens.issue_for(user=qiao, now=at)
    assert purge.run(now=NOON) == {
        "idempotency_keys": 1,
        "access_failures": 2,
        "messages_late": 0,
        "messages_gone": 0,
        "tokens": 1,
    }
    assert list(AccessFailure.objects.values_list("at", flat=True)) == [NOON]
    kept = IdempotencyKey.objects.order_by("created_at").values_list("created_at", flat=True)
    assert list(kept) == [NOON - timedelta(minutes=15), NOON]
    assert AuthToken.objects.filter(expiry__gt=NOON).count() == AuthToken.objects.count() == 2


PAGES = ["accounts/user/", "accounts/user/add/", "accounts/buyer/", "accounts/buyer/add/"]


@pytest.mark.parametrize(
    ("superuser", "expected"), [(True, [200, 200, 200, 200]), (False, [403, 403, 200, 403])]
)
def test_the_admin_shows_users_to_the_superuser_and_buyers_to_ops(superuser, expected, lin, settings):
    settings.ROOT_URLCONF = "shop_aftersales.urls"  # beside the admin's pages stand the desk's own
    staff = people.ensure_user(username="s", role="ops", is_staff=True, is_superuser=superuser)
    client = Client()
    client.force_login(staff)
    pages = [*PAGES, f"accounts/user/{lin.pk}/change/", f"accounts/buyer/{lin.buyer.pk}/change/"]
    answers = [client.get(f"/admin/{page}").status_code for page in pages]
    assert answers == expected + ([200, 200] if superuser else [403, 200])


def test_a_user_made_in_the_admin_has_a_hashed_password_and_no_demo_mark_can_be_lifted(demo):
    client = Client()
    client.force_login(people.ensure_user(username="root", role="", is_staff=True, is_superuser=True))
    form = {"username": "new", "role": "ops", "usable_password": "true"}
    form |= {"password1": "a-long-pass-2026", "password2": "a-long-pass-2026"}
    assert client.post("/admin/accounts/user/add/", form).status_code == 302
    new = User.objects.get(username="new")
    assert (new.role, new.check_password("a-long-pass-2026")) == ("ops", True)
    client.post(f"/admin/accounts/user/{demo.pk}/change/", {"username": "demo-qiao", "is_active": "on"})
    assert User.objects.get(pk=demo.pk).is_demo is True
