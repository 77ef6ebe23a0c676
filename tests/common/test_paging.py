"""Cursors that somebody wrote by hand."""

from base64 import b64encode

import pytest

from accounts.models import User
from accounts.services import tokens
from common import clock

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("cursor", ["p=x", "p=1e9", "o=x", "r=2", "p=" + "9" * 40, "%00", "p=2026-13-01"])
@pytest.mark.parametrize("url", ["/api/v1/products/", "/api/v1/orders/", "/api/v1/tickets/"])
def test_a_made_up_cursor_is_no_fault_of_ours(client, url, cursor):
    user = User.objects.create(username="ops", role="ops")
    token, _ = tokens.issue_for(user=user, now=clock.now())
    answer = client.get(
        url, {"cursor": b64encode(cursor.encode()).decode()}, headers={"authorization": f"Bearer {token}"}
    )
    assert answer.status_code in (200, 404)
    assert answer["Content-Type"] in ("application/json", "application/problem+json")
