"""Announcements to the rooms above, sent inside the transaction that made them true."""

from django.dispatch import Signal

# kwargs: remedy (the row after the move)
remedy_moved = Signal()
