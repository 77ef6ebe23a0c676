"""Every sentence that unfold marks for translation: its package ships no Chinese, so ours is kept in locale/zh_Hans."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import unfold
from django.utils.translation.template import templatize

PACKAGE = Path(unfold.__file__).parent
MARKS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
_TEXT = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"(?<!\w)(?:n?gettext|_)\({_TEXT}(?:, {_TEXT})?", re.DOTALL)
Sentence = str | tuple[str, str]


def sentences() -> set[Sentence]:
    """The msgids of its code and pages; (one, many) where there is a plural."""
    found: set[Sentence] = set()
    for path in PACKAGE.rglob("*.py"):
        found |= set(_in_code(ast.parse(path.read_text(encoding="utf-8"))))
    for path in [*PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.txt")]:
        found |= set(_in_page(path.read_text(encoding="utf-8")))
    return found


def _in_code(tree: ast.AST) -> Iterator[Sentence]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := _name(node)) in MARKS:
            given = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if given and given[0]:
                yield (given[0], given[1]) if name.startswith("n") and len(given) > 1 else given[0]


def _in_page(text: str) -> Iterator[Sentence]:
    for one, many in _CALL.findall(templatize(text)):
        yield (ast.literal_eval(one), ast.literal_eval(many)) if many else ast.literal_eval(one)


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", "") or getattr(call.func, "id", "")
