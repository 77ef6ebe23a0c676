"""Who may see whose account a unit came from, and who may look at a card key."""

from typing import Any

from accounts import permissions as who
from common.figures import mask_account


def account_for(*, account_id: str, reader: Any) -> str:
    """Another person's account: whole for ops, who may have to look at it; masked for everybody else."""
    return account_id if who.is_ops(reader) else mask_account(account_id)


def may_reveal(reader: Any) -> bool:
    """The buyer, or a guest of the order: nobody of ours has to know what was sold."""
    return who.role_of(reader) in ("buyer", "guest")
