"""The shop and its clients, by day."""

from datetime import UTC, datetime

import pytest
import time_machine

from tests.orders.conftest import client_as, shop

__all__ = ["client_as", "shop"]
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # twelve in Shanghai


@pytest.fixture(autouse=True)
def by_day(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock
