"""Announcements to the rooms above, sent inside the transaction that made them true."""

from django.dispatch import Signal

# kwargs: found (the break, closed), now
break_closed = Signal()
