"""What a developer may see of an order and its buyer: enough to tell two apart, not enough to find them."""


def order_no(whole: str) -> str:
    """LD20261120213308841 → LD2026…8841, 123456 → …456: about half of it, and never a number to a spreadsheet."""
    length = len(whole)
    tail = min(4, length // 2)
    head = min(6, (length + 1) // 2 - tail) if length > 12 else 0
    return f"{whole[:head]}…{whole[length - tail :]}"


def name(whole: str) -> str:
    """lin → l**; a nameless buyer stays nameless."""
    return f"{whole[0]}**" if whole else ""
