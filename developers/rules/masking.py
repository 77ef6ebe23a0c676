"""What a developer may see of an order and its buyer: enough to tell two apart, not enough to find them."""

import re

_LINKS = re.compile(r"(?:https?://|www\.)[^\s，。；、）)]+")
_TOKENS = re.compile(r"[0-9A-Za-z@._+-]+")  # one pass, whatever is in it
FEWEST_DIGITS = 5


def order_no(whole: str) -> str:
    """LD20261120213308841 → LD2026…8841, 123456 → …456: about half of it, and never a number to a spreadsheet."""
    length = len(whole)
    tail = min(4, length // 2)
    head = min(6, (length + 1) // 2 - tail) if length > 12 else 0
    return f"{whole[:head]}…{whole[length - tail :]}"


def name(whole: str) -> str:
    """lin → l**; a nameless buyer stays nameless."""
    return f"{whole[0]}**" if whole else ""


def words(text: str) -> str:
    """What a buyer wrote, without links, numbers and addresses that tell who it was: 打 13812345678 → 打 …."""
    return _TOKENS.sub(lambda found: "…" if _tells(found[0]) else found[0], _LINKS.sub("…", text))


def _tells(token: str) -> bool:
    return "@" in token or sum(letter.isdigit() for letter in token) >= FEWEST_DIGITS
