"""What the documents name is there: commands, files, addresses, rooms, demo data, words. No database."""

import ast
import configparser
import re
from functools import cache
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import Resolver404, resolve

from orders.rules import order_rows
from shop_aftersales import demo

ROOT = Path(__file__).parents[2]
GUIDES = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/desk.md",
    "docs/glossary.md",
    "docs/language.md",
    "docs/messages.md",
    "docs/money.md",
    "docs/pages.md",
]
DECISIONS = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs/decisions").glob("*.md"))
FENCE = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
FILE_ENDINGS = (".md", ".py", ".ini", ".txt", ".csv", ".example", ".yml", "/")
MADE_BY_USERS = {"orders.csv", "counts.csv"}


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def rooms():
    """Top to bottom, as import-linter reads them."""
    map_ = configparser.ConfigParser()
    map_.read(ROOT / "architecture.ini", encoding="utf-8")
    return map_["importlinter:contract:rooms"]["layers"].replace("|", " ").split()


def quoted(text):
    """What stands between backticks, outside the fences."""
    return re.findall(r"`([^`\n]+)`", FENCE.sub("", text))


def commands(text):
    return "\n".join(FENCE.findall(text))


def table(text, heading):
    """Rows of the table whose first heading is this, as lists of cells."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith(f"| {heading} |"):
            next(lines)
            break
    found = []
    for line in lines:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def is_file_name(name):
    return not name.startswith("/") and " " not in name and name.endswith(FILE_ENDINGS)


@pytest.mark.parametrize("name", [*GUIDES, *DECISIONS, *[f"{room}/README.md" for room in rooms()]])
def test_files_that_are_named_exist(name):
    here, slot = (ROOT / name).parent, re.compile(r"^(rules|services|api|web)/|^README\.md$|^(utils|helpers)")
    named = {word for word in quoted(read(name)) if is_file_name(word) and not slot.match(word)}
    assert sorted(word for word in named if not (ROOT / word).exists() and not (here / word).exists()) == []


@pytest.mark.parametrize("name", GUIDES)
def test_make_targets_that_are_named_exist(name):
    text = read(name)
    named = set(re.findall(r"\bmake ([a-z]+)\b", commands(text) + "\n".join(quoted(text))))
    assert named - set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE)) == set()


@pytest.mark.parametrize("name", ["README.md", *DECISIONS])
def test_management_commands_that_are_named_exist(name):
    named = set(re.findall(r"manage\.py ([a-z_]+)", read(name)))
    assert named - set(get_commands()) == set()


def addresses():
    text = read("README.md")
    calls = [f"/api/v1{path}" for path in re.findall(r"\$B(/\S+)", commands(text))]
    words = [word.split()[-1] for word in quoted(text)]
    pages = [word for word in words if word.startswith("/") and word.endswith("/")]
    return sorted({re.sub(r"\{\w+\}|\$NO", "X-1", path) for path in [*calls, *pages]})


@pytest.mark.parametrize("path", addresses())
def test_addresses_that_the_readme_names_are_served(path):
    try:
        resolve(path)
    except Resolver404:
        pytest.fail(f"{path} is no address of this program")


def test_addresses_are_found_at_all():
    assert len(addresses()) >= 12


def test_the_map_of_the_readme_is_the_map_of_the_house():
    assert [row[0].strip("`") for row in table(read("README.md"), "房间")] == rooms()


def test_every_room_says_what_it_owns_promises_and_asks():
    silent = [
        room
        for room in rooms()
        if not all(
            word in read(f"{room}/README.md") for word in ("**Owns**", "**Promises", "**Asks of others**")
        )
    ]
    assert silent == []


def test_the_cast_and_the_orders_are_those_of_the_demo():
    text = read("README.md")
    cast = [name for row in table(text, "用户名") for name in quoted(row[0])]
    orders = [(row[0].strip("`"), row[1]) for row in table(text, "订单号")]
    fell = [(order_no, f"{(1000 - min(left, 1000)) // 10}%") for order_no, _, left, _ in demo.ORDERS]
    assert (cast, orders) == ([name for name, _ in demo.CAST], fell)
    assert {demo.PASSWORD, demo.QUERY_PASSWORD} <= set(quoted(text))


def test_the_columns_are_those_that_the_import_reads():
    columns = {row[0]: row[1:] for row in table(read("README.md"), "文件")}
    needed, optional = (quoted(cell) for cell in columns["订单"])
    assert needed == list(order_rows.COLUMNS)
    assert sorted(needed + optional) == sorted(read_by("orders/rules/order_rows.py"))
    counts = [name for cell in columns["计数"] for name in quoted(cell)]
    assert sorted(counts) == sorted(read_by("orders/rules/rows.py", inside="observation"))


def read_by(name, inside=None):
    """Columns that a function takes out of `raw`: the second argument of its calls on it."""
    tree = ast.parse(read(name))
    part = next((n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == inside), tree)
    return {
        call.args[1].value
        for call in ast.walk(part)
        if isinstance(call, ast.Call) and len(call.args) > 1 and isinstance(call.args[1], ast.Constant)
        and isinstance(call.args[0], ast.Name) and call.args[0].id == "raw"
    }  # fmt: skip


@cache
def names_in_code():
    """Everything the rooms' code calls something: classes with their members, functions, fields, texts."""
    found = set()
    for room in rooms():
        for path in (ROOT / room).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    found |= {node.name, *(f"{node.name}.{member}" for member in members(node))}
                elif isinstance(node, ast.FunctionDef):
                    found.add(node.name)
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.add(node.value)
    return found


def members(node):
    for part in node.body:
        if isinstance(part, ast.FunctionDef):
            yield part.name
        elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            yield part.target.id
        elif isinstance(part, ast.Assign):
            yield from (target.id for target in part.targets if isinstance(target, ast.Name))


def glossary():
    """(word, names, English) of every row of every table."""
    rows = [
        line.strip("|").split("|") for line in read("docs/glossary.md").splitlines() if line.startswith("| ")
    ]
    return [(row[0].strip(), quoted(row[1]), row[2].strip()) for row in rows if row[0].strip() != "中文"]


def test_the_names_of_the_glossary_exist_in_code():
    unknown = [(word, name) for word, names, _ in glossary() for name in names if name not in names_in_code()]
    assert unknown == []


def test_every_word_of_the_glossary_has_a_name_and_english_and_stands_there_once():
    words = [word for word, _, _ in glossary()]
    assert [word for word, names, english in glossary() if not names or not english] == []
    assert sorted(words) == sorted(set(words))
    assert len(words) > 50


@pytest.mark.parametrize(("name", "most"), [("README.md", 150), *[(name, 40) for name in DECISIONS]])
def test_documents_stay_short(name, most):
    assert read(name).count("\n") <= most
