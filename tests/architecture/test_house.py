"""What import-linter can't hold: who is entered where, which way tables point, what files are called."""

import ast
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).parents[2]
# Top to bottom, as in architecture.ini.
ROOMS = [
    "shop_aftersales", "developers", "watch", "tickets", "compensation", "orders", "ledger", "accounts", "evidence",
    "integrations", "common",
]  # fmt: skip
TABLED = [room for room in ROOMS if room not in ("shop_aftersales", "common")]
DOORS = {"services", "queries", "permissions", "signals", "rules"}
DRAWERS = {"utils", "helpers", "constants", "misc", "common_utils", "util", "helper"}


def files(room):
    return [path for path in sorted((ROOT / room).rglob("*.py")) if "migrations" not in path.parts]


def imports(path):
    """(line, dotted name) of all that a file imports, deferred imports too; type-checking ones not."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            skipped |= {id(inner) for part in node.body for inner in ast.walk(part)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def trespass(room, name, slot=""):
    """Whether this import enters another room by anything but a door; one room's API may build on another's."""
    other, _, rest = name.partition(".")
    door = rest.split(".")[0]
    return other in TABLED and other != room and door not in DOORS and not slot == door == "api"


@pytest.mark.parametrize("room", TABLED)
def test_another_room_is_entered_by_its_doors_only(room):
    found = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in files(room)
        for line, name in imports(path)
        if trespass(room, name, path.relative_to(ROOT / room).parts[0])
    ]
    assert found == []


@pytest.mark.parametrize(
    ("name", "trespasses"),
    [
        ("orders.models.Order", True), ("orders.models", True), ("orders", True), ("orders.web.buyer", True),
        ("accounts.services.tokens", False), ("orders.rules.line", False), ("orders.signals", False),
        ("tickets.models.Ticket", False), ("common.clock", False), ("django.db.models", False),
    ],
)  # fmt: skip
def test_what_counts_as_trespass(name, trespasses):
    assert trespass("tickets", name) is trespasses


@pytest.mark.parametrize(
    ("slot", "name", "trespasses"),
    [
        ("api", "accounts.api.permissions.IsOps", False), ("services", "accounts.api.permissions.IsOps", True),
        ("api", "orders.models.Order", True), ("web", "orders.web.pages", True),
    ],
)  # fmt: skip
def test_an_api_may_build_on_the_api_below(slot, name, trespasses):
    assert trespass("tickets", name, slot) is trespasses


def test_foreign_keys_point_down():
    found = []
    for model in apps.get_models():
        here = model._meta.app_label
        for field in model._meta.get_fields():
            target = field.related_model if field.is_relation and not field.auto_created else None
            there = target._meta.app_label if target and not isinstance(target, str) else here
            if here in ROOMS and there in ROOMS and ROOMS.index(there) < ROOMS.index(here):
                found.append(f"{model.__name__}.{field.name} → {there}")
    assert found == []


def test_there_are_no_drawers():
    found = [str(p.relative_to(ROOT)) for room in ROOMS for p in files(room) if {p.stem, *p.parts} & DRAWERS]
    assert found == []


@pytest.mark.parametrize("room", ROOMS)
def test_files_stay_short_and_say_what_they_are_for(room):
    long = [str(p.relative_to(ROOT)) for p in files(room) if p.read_text(encoding="utf-8").count("\n") > 300]
    parsed = {str(p.relative_to(ROOT)): ast.parse(p.read_text(encoding="utf-8")) for p in files(room)}
    mute = [name for name, tree in parsed.items() if tree.body and not ast.get_docstring(tree)]
    assert (long, mute) == ([], [])
