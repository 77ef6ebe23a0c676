"""Stop sending to a provider that only fails, in every process at once; questions are never stopped."""

from datetime import datetime, timedelta

from django.db.models import F

from integrations.models import Breaker

FAULTS_TO_OPEN = 5
OPEN_FOR = timedelta(seconds=5)


def open_until(*, provider: str, now: datetime) -> datetime | None:
    """The instant before which nothing is sent, None while sending is allowed."""
    until = Breaker.objects.filter(provider=provider, open_until__gt=now).values_list("open_until", flat=True)
    return until.first()


def note_fault(*, provider: str, now: datetime) -> None:
    """A send ended unknown; after some in a row the next ones wait, then one fault more is enough."""
    Breaker.objects.get_or_create(provider=provider)
    Breaker.objects.filter(provider=provider).update(faults=F("faults") + 1)
    Breaker.objects.filter(provider=provider, faults__gte=FAULTS_TO_OPEN).update(open_until=now + OPEN_FOR)


def note_answer(*, provider: str) -> None:
    """The provider answered, whatever it said."""
    tripped = Breaker.objects.filter(provider=provider, faults__gt=0)
    if tripped.exists():  # reading first: an UPDATE takes SQLite's write lock even where it changes nothing
        tripped.update(faults=0, open_until=None)
