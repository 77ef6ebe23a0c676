"""What was kept for a while only is thrown away: keys, failed tries, ended tokens and sessions."""

from datetime import datetime
from importlib import import_module

from django.conf import settings
from knox.models import AuthToken

from accounts.models import AccessFailure, IdempotencyKey
from accounts.rules import WINDOW
from accounts.services.idempotency import KEPT
from integrations.services import messages


def run(*, now: datetime) -> dict[str, int]:
    """How many rows of each kind went."""
    gone = {
        "idempotency_keys": IdempotencyKey.objects.filter(created_at__lte=now - KEPT).delete()[0],
        "access_failures": AccessFailure.objects.filter(at__lte=now - WINDOW).delete()[0],
        "messages_late": messages.end_late(now=now),
        "messages_gone": messages.tidy(now=now),
        "tokens": AuthToken.objects.filter(expiry__lte=now).delete()[0],
    }
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return gone
