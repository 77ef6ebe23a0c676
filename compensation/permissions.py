"""Who may see whose account a unit came from."""

from typing import Any

from accounts import permissions as who
from common.figures import mask_account


def account_for(*, account_id: str, reader: Any) -> str:
    """Another person's account: whole for ops, who may have to look at it; masked for everybody else."""
    return account_id if who.is_ops(reader) else mask_account(account_id)
