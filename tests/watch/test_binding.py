"""The warning line is that of the version that binds the line."""

import pytest

from tests.compensation.test_drafts import published
from tests.tickets.case import fallen
from tests.watch.test_warnings import look, warnings

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("retroactive", "warned"), [(True, [("A-1", "inside", 60, 1000, True)]), (False, [])]
)
def test_a_later_version_that_binds_older_lines_warns_by_its_own_line(shop, retroactive, warned):
    fallen(left=940)
    published(retroactive=retroactive, warn_rate=[5, 100])
    look()
    assert warnings() == warned
