"""评价: what the buyer thinks of how it went, once, after the case is over."""

from datetime import datetime

from django.db import IntegrityError, transaction

from common.phrases import mark, phrase
from common.refusals import Invalid, StateMoved
from tickets.models import Rating, Ticket
from tickets.rules import rating as rules
from tickets.rules.lifecycle import State
from tickets.services import history
from tickets.services.claims import faults_of
from tickets.services.history import MoveNotAllowed

RATED_IN = frozenset({State.RESOLVED, State.CLOSED})


class AlreadyRated(StateMoved):
    code = "already_rated"
    title = mark("已经评过了")
    detail = mark("您已经评过这一单了，谢谢您。")


def rate(*, ticket: Ticket, stars: int | None, text: str, name: str, now: datetime) -> Rating:
    """Refuses: Invalid, MoveNotAllowed before the end, AlreadyRated."""
    text = text.strip()
    errors = rules.faults_of(stars, text) or faults_of(text)
    if errors or stars is None:
        raise Invalid(errors=errors)
    if ticket.state not in RATED_IN:
        raise MoveNotAllowed(phrase("办完了再评价。这一单还在办。"))
    try:
        with transaction.atomic():
            rating = Rating.objects.create(ticket=ticket, stars=stars, text=text, rated_at=now)
            data = {"stars": stars}
            history.log(ticket=ticket, kind="rated", actor="buyer", name=name, text=text, now=now, data=data)
    except IntegrityError:
        raise AlreadyRated() from None
    return rating
