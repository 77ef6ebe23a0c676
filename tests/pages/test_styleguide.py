"""Who sees the samples, and that all of them are there."""

import json
import re

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.services import people
from shop_aftersales.styleguide import SPECIMENS

pytestmark = pytest.mark.django_db


def page_for(role, *, staff):
    cache.clear()
    client = Client(headers={"accept-language": "zh-CN"})
    if role:
        user = people.ensure_user(username=role, role=role, password="pass", is_staff=staff)
        client.force_login(user, backend="accounts.services.log_in.LoopbackDemoBackend")
    return client.get("/styleguide/")


@pytest.mark.parametrize("role", ["", "buyer", "developer", "shop", "ops"])
def test_only_staff_know_of_it(role):
    answer = page_for(role, staff=False)
    heading = re.search(r'<h1 class="promise">(.*?)</h1>', answer.content.decode())
    assert heading is not None
    assert (answer.status_code, heading[1]) == (404, "这一页不在账上")


def test_every_specimen_is_shown():
    answer = page_for("ops", staff=True)
    text = answer.content.decode()
    states = re.findall(r'<div class="specimen">\s*<p class="small faint">(.*?)</p>', text)
    groups = json.loads(SPECIMENS.read_text(encoding="utf-8"))
    assert states == [specimen["state"] for group in groups for specimen in group["specimens"]]
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert sorted(ids) == sorted(set(ids))
