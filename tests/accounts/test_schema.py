"""What the OpenAPI schema says of identity."""

from typing import Any

from drf_spectacular.generators import SchemaGenerator


def schema() -> dict[str, Any]:
    return SchemaGenerator(urlconf="tests.accounts.urls").get_schema(request=None, public=True)


def test_the_ways_to_show_who_you_are_are_documented():
    ways = schema()["components"]["securitySchemes"]
    assert {name: (way["type"], way.get("scheme")) for name, way in ways.items()} == {
        "guestToken": ("http", "bearer"),
        "userToken": ("http", "bearer"),
        "session": ("apiKey", None),
    }


def test_doors_are_open_to_strangers_and_list_their_refusals():
    for url in ("/api/v1/auth/token/", "/api/v1/auth/order-access/"):
        door = schema()["paths"][url]["post"]
        assert (door.get("security"), sorted(door["responses"])) == (
            None,
            ["200", "400", "401", "413", "415", "422", "429"],
        )


def test_the_idempotency_key_is_documented_where_it_is_honoured():
    named = {
        (url, method): [p["name"] for p in operation.get("parameters", []) if p["in"] == "header"]
        for url, methods in schema()["paths"].items()
        for method, operation in methods.items()
        if url in ("/orders/", "/quotes/", "/who/")
    }
    assert named == {
        ("/orders/", "post"): ["Idempotency-Key"],
        ("/orders/", "put"): [],
        ("/quotes/", "post"): [],
        ("/quotes/", "put"): [],
        ("/who/", "get"): [],
        ("/who/", "post"): [],
    }


def test_every_operation_of_the_program_says_how_it_may_refuse():
    """Read off the real URL map, not this file's small one."""
    document = SchemaGenerator(urlconf="shop_aftersales.urls").get_schema(request=None, public=True)
    silent = [
        (method, url)
        for url, operations in document["paths"].items()
        for method, operation in operations.items()
        if not [code for code in operation["responses"] if code.startswith("4")]
    ]
    assert silent == []
    for url in ("/api/v1/tickets/", "/api/v1/orders/{order_no}/quote/"):
        refusals = [c for c in document["paths"][url]["post"]["responses"] if c.startswith("4")]
        assert {"401", "403", "422"} <= set(refusals)
