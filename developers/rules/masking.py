"""What a developer may see of an order and its buyer: enough to tell two apart, not enough to find them."""


def order_no(whole: str) -> str:
    """LD20261120213308841 → LD2026…8841, A-1024 → …1024; never whole, and never a number to a spreadsheet."""
    return f"{whole[:6]}…{whole[-4:]}" if len(whole) > 12 else f"…{whole[-4:]}"


def name(whole: str) -> str:
    """lin → l**; a nameless buyer stays nameless."""
    return f"{whole[0]}**" if whole else ""
