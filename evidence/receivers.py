"""Hears from the room below what belongs into the record."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from common.clock import rfc3339
from evidence.services import log
from integrations.signals import sending_resumed


@receiver(sending_resumed)
def on_sending_resumed(sender: Any, *, row: Any, by: str, reason: str, now: datetime, **_: Any) -> None:
    said = {"began_at": rfc3339(row.began_at), "since": rfc3339(row.since), "by": by, "reason": reason}
    log.record(kind="sending_resumed", order_no="", data=said, now=now, internal=True)
