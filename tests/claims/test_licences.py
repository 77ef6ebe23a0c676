"""Nothing is refunded while its licence still works (invariant 15), and refunding k of Q revokes exactly k."""

import pytest

from tests.claims.conftest import claim, told
from tests.claims.licence_case import here, paid, refund, sold, steps, there

ACTIVE, SUSPENDED, REVOKED = "active", "suspended", "revoked"


@pytest.mark.django_db(transaction=True)
def test_the_licence_is_revoked_before_the_refund_is_sent(shop, work, sandbox):
    sold(units=1)
    ticket = claim("K-1", "refund")
    assert (refund().state, steps()) == ("pending", [("revoke", "pending")])
    work()
    assert told(ticket) == ("confirming", [("refund", "settled", 5000, 0)])
    assert (here(), there(sandbox), paid(sandbox)) == ([REVOKED], [REVOKED], 5000)
    log = [(row.channel, row.method) for row in sandbox.store.log() if row.effect == "created"]
    assert log == [("licence", "POST"), ("refund", "POST")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("k", "fen"), [(1, 1000), (2, 2000), (4, 4000), (5, 5000), (None, 5000)])
def test_refunding_k_of_q_revokes_exactly_k(shop, work, sandbox, k, fen):
    sold()
    ticket = claim("K-1", "refund", quantity=k)
    work()
    assert told(ticket)[1] == [("refund", "settled", fen, 0)]
    expected = [REVOKED] * (k or 5) + [ACTIVE] * (5 - (k or 5))
    assert (here(), there(sandbox), paid(sandbox)) == (expected, expected, fen)
