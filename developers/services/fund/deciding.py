"""Ops answer a claim on the guarantee fund in writing; above a limit two of them, and it is paid with the last yes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts import permissions as who
from accounts import queries as people
from common import transitions
from common.phrases import mark
from common.refusals import Absent, Invalid, Refusal, StateMoved
from common.transitions import again_on_deadlock
from developers.models import FundClaim, FundWord
from developers.rules.fund_life import MOVES, State
from developers.services.fund import paying, recording
from developers.services.fund.filing import refuse_unless

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_REASON = 1000


class OwnClaim(Refusal):
    code = "own_claim"
    title = mark("不能自己同意")
    detail = mark("这份申请是您提的，要由别人来定。")


class AgreedBefore(StateMoved):
    code = "agreed_before"
    title = mark("您已经同意过了")
    detail = mark("这一笔要两位同意，您的已经记下，请另一位同事再看。")


class RefusedByYou(Refusal):
    code = "refused_by_you"
    title = mark("要由另一位同事答复")
    detail = mark("上一次是您答复不赔的，申诉要由另一位同事答复。")


class NothingLeft(StateMoved):
    code = "nothing_left"
    title = mark("没有要赔的了")
    detail = mark("这几张售后单已经改由别人承担，钱退回给开发者了。没有要赔的，请答复不赔并写明。")


def take(*, claim: FundClaim, by: User, version: int | None = None, now: datetime) -> FundClaim:
    """The developer sees that somebody is at it."""
    _offered(claim, by, "take", version)
    with transaction.atomic():
        transitions.move(claim, to=State.IN_REVIEW)
        _keep(claim, "take", by, "", now)
    return claim


def approve(
    *, claim: FundClaim, by: User, reason: str, version: int | None = None, now: datetime
) -> FundClaim:
    """One person's yes; with enough of them it is paid at once where the fund has that much, else it waits.

    Refuses: Invalid, OwnClaim, RefusedByYou, AgreedBefore, NothingLeft, StateMoved.
    """
    _offered(claim, by, "approve", version)
    said = _words(reason)
    state, known = claim.state, claim.version

    def step() -> FundClaim:
        claim.state, claim.version = state, known
        return _approve(claim, by, said, now)

    return again_on_deadlock(step)


@transaction.atomic
def _approve(claim: FundClaim, by: User, reason: str, now: datetime) -> FundClaim:
    yes = FundWord.objects.filter(claim=claim, action="approve", turn=_turn(claim))
    if isinstance(why := barred(claim=claim, by=by), AgreedBefore):
        raise why
    if not paying.still_borne(claim=claim):
        raise NothingLeft()
    enough = yes.count() + 1 >= claim.approvals_needed
    changes: dict[str, Any] = {"decided_at": now} if enough else {}
    transitions.move(claim, to=State.APPROVED if enough else State.IN_REVIEW, **changes)
    _keep(claim, "approve", by, reason, now)
    if enough:
        paying.pay(claim=claim, now=now)
    return claim


def refuse(
    *, claim: FundClaim, by: User, reason: str, version: int | None = None, now: datetime
) -> FundClaim:
    """Nothing is paid; the developer reads why, and may say once more. Refuses: Invalid, RefusedByYou, StateMoved."""
    _offered(claim, by, "refuse", version)
    said = _words(reason)
    with transaction.atomic():
        transitions.move(claim, to=MOVES[State(claim.state)]["refuse"].to, decided_at=now)
        _keep(claim, "refuse", by, said, now)
    return claim


def _offered(claim: FundClaim, by: User, action: str, version: int | None) -> None:
    if not who.is_ops(by):
        raise Absent()
    if version is not None and version != claim.version:
        raise StateMoved(mark("这份申请刚刚有了新的进展，请刷新后再看。"))
    refuse_unless(claim, action, "ops")
    if (why := barred(claim=claim, by=by)) is not None and not isinstance(why, AgreedBefore):
        raise why


def barred(*, claim: FundClaim, by: User) -> Refusal | None:
    """Why it is for somebody else to say yes, as the desk tells them; None where they may."""
    if claim.developer_id == by.pk:
        return OwnClaim()
    said = FundWord.objects.filter(claim=claim, by=by.get_username())
    if said.filter(action="refuse").exists() and any(person.pk != by.pk for person in people.ops()):
        return RefusedByYou()
    return AgreedBefore() if said.filter(action="approve", turn=_turn(claim)).exists() else None


def _words(reason: str) -> str:
    said = reason.strip()[:LONGEST_REASON]
    if not said:
        detail = mark("请写明理由，开发者会看到。")
        raise Invalid(detail, errors=[{"field": "reason", "code": "required", "detail": detail}])
    return said


def _turn(claim: FundClaim) -> int:
    return int(claim.appealed_at is not None)


def _keep(claim: FundClaim, action: str, by: User, reason: str, now: datetime) -> None:
    word = FundWord.objects.create(
        claim=claim, action=action, turn=_turn(claim), by=by.get_username(), reason=reason, at=now
    )
    recording.claim(claim, what=action, word=word, now=now)
