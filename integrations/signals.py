"""What this room announces, always inside the transaction that wrote it, so that books and news agree."""

from django.dispatch import Signal

# kwargs: intent (the row after the move). Sent on every change of state and whenever `delivered` grew.
intent_moved = Signal()

# kwargs: intent (or None), kind, reference, detail. What a provider says and we can't explain.
mismatch = Signal()

# kwargs: row (the standstill), by, reason, now. A person let sending go on before the lists were all read.
sending_resumed = Signal()
