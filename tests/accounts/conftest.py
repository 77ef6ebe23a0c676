"""The cast: qiao of ops, the shop's own account, lin who buys, and the demo twin of qiao."""

from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import guest_access, people, tokens
from common import clock

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
PASSWORD = "demo-pass-2026"


@pytest.fixture(autouse=True)
def _empty_counters(db: None, settings) -> None:
    settings.ROOT_URLCONF = "tests.accounts.urls"
    # The site's own error pages link to the site's URL map, which is not here.
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": []}]
    cache.clear()


@pytest.fixture
def qiao() -> User:
    return people.ensure_user(username="qiao", role="ops", password=PASSWORD)


@pytest.fixture
def shop() -> User:
    return people.ensure_user(username="shop", role="shop", password=PASSWORD)


@pytest.fixture
def lin() -> User:
    buyer = people.ensure_buyer(external_id="b-lin", name="林", contact="lin@shop.example")
    return people.ensure_user(username="lin", role="buyer", password=PASSWORD, buyer=buyer)


@pytest.fixture
def demo() -> User:
    return people.ensure_user(username="demo-qiao", role="ops", password=PASSWORD, is_demo=True)


@pytest.fixture
def client_of():
    """An API client that carries a user's, or a guest's, token."""

    def make(who: User | str) -> APIClient:
        if isinstance(who, User):
            token, _ = tokens.issue_for(user=who, now=clock.now())
        else:
            token, _ = guest_access.guest_token(guest_access.Guest(order_no=who), clock.now())
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client

    return make
