"""Every operation there is, pages, files and API, walked by bo with yun's numbers: nothing of hers is shown or moved.

The walk is that of the URL map and of the schema: an operation that is new is walked too, and one whose address takes
a number nobody has written down here fails by its name.
"""

import re
from typing import NamedTuple
from urllib.parse import unquote

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

from tests.developers.counted import recounted
from tests.developers.test_access import api_as, cast, page_as
from tests.developers.two_makers import WORDS, all_of, state_of
from tests.tickets.conftest import outside

__all__ = ["cast", "outside"]
pytestmark = pytest.mark.django_db
API = "api/v1/"
PLAIN = {
    "code": "metered-standard", "version": "1", "unit": "1", "n": "1", "kind": "metered", "sort": "cash",
    "slug": "guarantee", "name": "2026-11", "run": "1", "ref": "1", "opens": "all", "action": "override",
}  # fmt: skip
# Whose number `no` or `token` is, by how the address begins.
NUMBERED = {
    "api/v1/developers/me/defects/": "defect", "api/v1/developers/recalls/": "recall",
    "api/v1/developers/fund/": "fund", "api/v1/developers/cases/": "ticket", "api/v1/tickets/": "ticket",
    "api/v1/me/": "ticket", "developers/defects/": "defect", "developers/recalls/": "recall",
    "developers/fund/": "fund", "developers/tutorials/": "tutorial", "developers/cases/": "ticket",
    "tickets/": "ticket", "orders/": "order", "reports/": "ticket", "recalls/": "recall", "claim/": "file",
    "report/": "file", "survey/": "file",
}  # fmt: skip
# What he may open with her numbers in the address: goods, rules, the record's proofs, the funds, a figure of his own.
OPEN = {
    f"GET {API}kinds/<kind>/price-tiers/", f"GET {API}kinds/<kind>/credit-policy/", f"GET {API}products/<sku>/",
    f"GET {API}policies/<code>/", f"GET {API}policies/<code>/versions/<version>/",
    f"POST {API}policies/<code>/preview/", f"GET {API}evidence/entries/<n>/proof/", "GET products/<sku>/",
    "GET rules/<code>/<version>/", "GET rules/<code>/calculator/", "GET funds/<slug>/<name>/",
    "GET developers/compared/<sort>/",
}  # fmt: skip
# What only ops do to what is a developer's; to her it looks absent too.
FOR_OPS = {
    "defects/<no>/close/", "defects/<no>/reopen/", "recalls/<no>/approve/", "recalls/<no>/refuse/",
    "recalls/<no>/stop/", "recalls/<no>/resume/", "recalls/<no>/again/", "fund/claims/<no>/decide/",
}  # fmt: skip
SHUT = (302, 403, 404, 405)
DEEDS = (
    "answer", "announce", "fixed", "close", "reopen", "move", "split", "merge", "rename",
)  # fmt: skip


def routes(patterns=None, before=""):
    """Every address of the map, its parameters as <name>; the admin's, each of which asks for ops, as they come."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        route = before + re.sub(r"<\w+:", "<", str(each.pattern))
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, route)
        elif isinstance(each, URLPattern):
            yield route.replace("(?P", "").replace("$", "")


def operations():
    """(method, route) of the schema, and of every page both ways."""
    paths = SchemaGenerator(urlconf="shop_aftersales.urls").get_schema(request=None, public=True)["paths"]
    told = {(method.upper(), path.strip("/")) for path, ways in paths.items() for method in ways}
    api = sorted((method, re.sub(r"{(\w+)}", r"<\1>", path) + "/") for method, path in told)
    mapped = {route for route in routes() if route.startswith(API)}
    assert {
        route for _, route in api
    } == mapped  # an operation that the schema leaves out is an operation too
    pages = sorted({route for route in routes() if not route.startswith((API, "admin/", "api/"))})
    desk = sorted({route for route in routes() if route.startswith("admin/") and "<" in route})
    return [*api, *[(method, route) for route in (*pages, *desk) for method in ("GET", "POST")]]


def filled(route, whose):
    """The address with this developer's numbers in it."""

    def number(found):
        name = found[1]
        if name in PLAIN:
            return PLAIN[name]
        if name in ("sku", "pk", "order_no", "key"):
            return str({"order_no": whose.order, "key": whose.remedy}.get(name) or getattr(whose, name))
        if route.startswith("admin/"):
            return str(whose.pk)
        if name == "token" and "attachments" in route:
            return whose.file
        starts = [start for start in NUMBERED if route.startswith(start)]
        assert starts, f"{route}: write down whose number <{name}> is"
        return getattr(whose, NUMBERED[starts[0]])

    return "/" + re.sub(r"<(\w+)>", number, route)


def body(whose):
    """All that a form or a body may name, with this developer's numbers."""
    return {
        "sku": whose.sku, "product": whose.sku, "cases": [whose.ticket], "tickets": [whose.ticket],
        "to": whose.defect, "into": whose.defect, "defect": whose.defect, "developer": "yun", "no": whose.ticket,
        "ticket": whose.ticket, "order_no": whose.order, "text": "想看看", "reason": "question", "title": "想看看",
        "cause": "outage", "party": "platform", "decision": "approve", "symptom": "question", "by": "paid",
        "remedy": "refund", "query_password": "x",
    }  # fmt: skip


def queries(whose):
    """Of lists: as they are, hers by name, and hers by every number."""
    numbers = {name: value for name, value in body(whose).items() if isinstance(value, str)} | {
        "id": whose.pk
    }
    return (
        {},
        {"developer": "yun"},
        {n: v for n, v in numbers.items() if n not in ("developer", "reason", "to")},
    )


class Sent(NamedTuple):
    status: int
    text: str  # whatever a reader of the answer reads, without what was sent
    moved: list[str]  # what of hers is not as it stood


def send(clients, method, route, address, given, *, hers, before):
    """What came of it. Nothing that it did stays."""
    api = route.startswith(API)
    with transaction.atomic():
        if method == "GET":
            answer = clients[api].get(address, given)
        else:
            answer = clients[api].post(address, given, **({"format": "json"} if api else {}))
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        after = before if method == "GET" else state_of(hers)
        transaction.set_rollback(True)
    read = unquote(text.decode("utf-8", "replace")).replace(unquote(address), "")
    return Sent(answer.status_code, read, [name for name in after if after[name] != before[name]])


def posted(method, route, whose):
    """All that is sent to it: one form or body with this developer's numbers, of a page of deeds one for each."""
    if method == "GET":
        return [{}]
    deeds = DEEDS if route.endswith("/act/") else ("",)
    return [body(whose) | ({"do": deed} if deed else {}) for deed in deeds]


def clients_of(name):
    return {True: api_as(name), False: page_as(name)}


@pytest.fixture
def both(cast, outside):
    made = all_of("yun", 1), all_of("bo", 5)
    recounted()
    return made


def test_hers_look_absent_and_say_nothing_and_stay(both):
    """Numbers in the address. A page answers 302 also where it did what it was asked: what is hers is compared."""
    hers, _ = both
    bo, before, told, opened = clients_of("bo"), state_of(hers), {}, set()
    for method, route in operations():
        if "<" not in route:
            continue
        for given in posted(method, route, hers):
            sent = send(bo, method, route, filled(route, hers), given, hers=hers, before=before)
            if sent.status not in SHUT:
                opened.add(f"{method} {route}")
            said = [word for word in WORDS["yun"] if word in sent.text]
            if said or sent.moved:
                told[method, route, given.get("do")] = said, sent.moved
    assert (told, opened) == ({}, OPEN)


def test_lists_and_files_leave_hers_out(both):
    """No number in the address: by name, by every parameter, or by nothing at all."""
    hers, _ = both
    bo, told = clients_of("bo"), {}
    for method, route in operations():
        if "<" in route or method != "GET":
            continue
        for given in queries(hers):
            sent = send(bo, method, route, filled(route, hers), given, hers=hers, before={})
            private = (word for word in hers.private if word not in given.values())
            said = [word for word in (*WORDS["yun"], *private) if word in sent.text]
            if said:
                told[route, tuple(given)] = said
    assert told == {}


def test_hers_are_not_moved_by_way_of_his(both):
    """His number in the address, hers in what is sent."""
    hers, his = both
    bo, before, told = clients_of("bo"), state_of(hers), {}
    for method, route in operations():
        if method != "POST" or route.startswith("admin/") or route == "logout/":  # he goes on as himself
            continue
        for given in posted(method, route, hers):
            sent = send(bo, method, route, filled(route, his), given, hers=hers, before=before)
            private = [word for word in WORDS["yun"] if word in sent.text]
            if sent.moved or private or sent.status >= 500:
                told[route, given.get("do")] = sent.status, private, sent.moved
    assert told == {}


def test_the_numbers_are_hers(both):
    """What is absent to bo is there for her: the walk knocks at doors that there are, and what she does is seen."""
    hers, _ = both
    yun, before, absent, moved = clients_of("yun"), state_of(hers), set(), set()
    for method, route in operations():
        if "developers/" not in route or "<" not in route or route.startswith("admin/"):
            continue
        given = {} if method == "GET" else body(hers) | {"do": "rename"}
        sent = send(yun, method, route, filled(route, hers), given, hers=hers, before=before)
        if sent.status == 404:
            absent.add(route.partition("developers/")[2].removeprefix("me/"))
        if sent.moved:
            moved.add(route)
    assert absent == FOR_OPS
    assert {"developers/fund/<no>/withdraw/", f"{API}developers/fund/claims/<no>/withdraw/"} <= moved
