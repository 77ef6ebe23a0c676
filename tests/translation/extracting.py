"""What is marked to be translated in code and pages, and what is Chinese and isn't marked."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[2]
# Rooms keep their own words; "" is the top: common, the composition root, and the pages of no room.
ROOMS = sorted(path.parent.name for path in ROOT.glob("*/apps.py") if path.parent.name != "shop_aftersales")
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "phrase", "mark", "say", "say_lazy"}
CHINESE = re.compile("[㐀-鿿]")
LOGS = {"debug", "info", "warning", "error", "exception", "critical"}
# The database says a guard's words, and knows no reader; the API's description is Chinese (docs/language.md).
BESIDE = {"Guard", "extend_schema", "OpenApiParameter", "OpenApiResponse"}
_MARKED = re.compile(
    r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}|{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL
)


def room_of(path: Path) -> str:
    """The room whose words a file speaks; its pages lie in templates/<room>/."""
    parts = path.relative_to(ROOT).parts
    room = parts[1] if parts[0] == "templates" else parts[0]
    return room if room in ROOMS else ""


def sources() -> Iterator[Path]:
    for top in (*ROOMS, "common", "shop_aftersales"):
        yield from (path for path in sorted((ROOT / top).rglob("*.py")) if "migrations" not in path.parts)
    yield from sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt"))


@cache
def messages(path: Path) -> list[str]:
    """The marked sentences of one file, in its order."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return [call.args[0].value for call in _marks(ast.parse(text))]
    source = BytesIO(templatize(text).encode())
    found = extract_python(source, ["gettext", "_"], (), {"encoding": "utf-8"})
    return [message for _, _, message, _ in found if isinstance(message, str)]


@cache
def unmarked(path: Path) -> list[tuple[int, str]]:
    """(line, text) of Chinese that no reader can get in another language."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return _unmarked_code(ast.parse(text))
    rest = _MARKED.sub(lambda found: _left_over(found[0]) + "\n" * found[0].count("\n"), text)
    return [
        (number, line.strip())
        for number, line in enumerate(rest.split("\n"), start=1)
        if CHINESE.search(line)
    ]


def _left_over(tag: str) -> str:
    """A literal that a tag hands on without _("…"), as include does."""
    if not tag.startswith("{%") or re.match(r"{%\s*(translate|trans|blocktrans|endblocktrans|comment)", tag):
        return ""
    bare = re.sub(r'_\("[^"]*"\)', "", tag)
    return " ".join(re.findall(r'"([^"\n]*[㐀-鿿][^"\n]*)"', bare))


def _marks(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _name(node) in MARKS:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value:
                yield node


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", "") or getattr(call.func, "id", "")


def _unmarked_code(tree: ast.AST) -> list[tuple[int, str]]:
    skipped = {id(call.args[0]) for call in _marks(tree)}
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            skipped.add(id(body[0].value))  # a docstring
        if isinstance(node, ast.Call) and _name(node) in LOGS:
            skipped |= {id(inner) for inner in ast.walk(node)}
        if isinstance(node, ast.Call) and _name(node) in BESIDE:
            skipped |= {id(inner) for inner in ast.walk(node)}
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in skipped
        and CHINESE.search(node.value)
    ]
