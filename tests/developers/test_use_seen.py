"""Days of usage that were added up are marked: in one statement, as far as nothing came in since they were read."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.models import UsageDay
from orders.queries import used_days_due
from orders.services import usage_days
from tests.developers.test_use import cast, courses, used

__all__ = ["cast", "courses"]
pytestmark = pytest.mark.django_db


def test_so_many_days_are_seen_in_one_statement_and_a_changed_one_is_not(courses):
    def cost(changed, *reports):
        used(*reports)
        rows = used_days_due(most=500)
        assert len(rows) == len(reports)
        UsageDay.objects.filter(pk=rows[0].pk).update(lines=rows[0].lines + changed)
        with CaptureQueriesContext(connection) as asked:
            usage_days.seen(rows=rows)
        assert [row.pk for row in used_days_due(most=500)] == [rows[0].pk] * changed
        return len(asked)

    assert cost(0, ("photo-1", 3, 0, 4)) == 1
    assert cost(1, ("photo-1", 9, 0, 2), ("chess-1", 8, 0, 1), ("cook-1", 7, 0, 9)) == 1
    usage_days.seen(rows=[])
    assert len(used_days_due(most=500)) == 1
