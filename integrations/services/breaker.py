"""Stop sending to a provider that only fails, in every process at once; questions are never stopped."""

from datetime import datetime, timedelta

from django.db.models import Case, F, Value, When

from integrations.models import Breaker

FAULTS_TO_OPEN = 5
OPEN_FOR = timedelta(seconds=5)


def paused_until(*, provider: str) -> datetime | None:
    """Until when nothing is sent; in the past: one may try; None: all may."""
    return Breaker.objects.filter(provider=provider).values_list("open_until", flat=True).first()


def may_probe(*, provider: str, paused_until: datetime, now: datetime) -> bool:
    """True for the one sender that tries when the pause is over; with it the next pause begins."""
    passed = Breaker.objects.filter(provider=provider, open_until=paused_until)
    return bool(passed.update(open_until=now + OPEN_FOR))


def note_fault(*, provider: str, now: datetime) -> None:
    """A send ended unknown; so many with nothing answered in between, and the next ones wait."""
    Breaker.objects.get_or_create(provider=provider)
    opens = When(faults__gte=FAULTS_TO_OPEN - 1, then=Value(now + OPEN_FOR))
    Breaker.objects.filter(provider=provider).update(
        faults=F("faults") + 1, open_until=Case(opens, default=F("open_until"))
    )


def note_answer(*, provider: str) -> None:
    """The provider answered a send or a question, whatever it said: it lives, and a dead one answers neither."""
    tripped = Breaker.objects.filter(provider=provider, faults__gt=0)
    if tripped.exists():  # reading first: an UPDATE takes SQLite's write lock even where it changes nothing
        tripped.update(faults=0, open_until=None)
