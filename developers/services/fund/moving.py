"""Money that one of ops says came in or went out, and another one books: into the funds, and of developers' shares."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from accounts import permissions as who
from common import transitions
from common.ids import public_id
from common.phrases import mark
from common.refusals import Absent, Invalid, Refusal
from common.transitions import again_on_deadlock
from compensation.rules.facts import LARGEST
from developers import permissions
from developers.models import FundMove
from developers.queries import statement
from developers.rules import fund_life as life
from developers.services.fund import paying, recording
from ledger.rules.sharing import DISPUTES, FUND
from ledger.services import funds as books
from orders.rules.rows import storable

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_WORDS = 500


class OwnMove(Refusal):
    code = "own_move"
    title = mark("要由另一位同事入账")
    detail = mark("这一笔是您提出的，要由另一位同事核对后入账。")


def ask(*, sort: str, developer: str, fen: int | None, why: str, by: User, now: datetime) -> FundMove:
    """Nothing is booked before another one of ops agrees. Refuses: Invalid."""
    if not who.is_ops(by):
        raise Absent()
    said, of = why.strip(), None
    faults = []
    if sort not in life.SORTS:
        faults.append(_fault("sort", "unknown_value", mark("请选一种。")))
    if fen is None or not 0 < fen <= LARGEST:
        faults.append(_fault("amount", "malformed", mark("请写金额，元为单位，大于零，最多两位小数。")))
    if not said or len(said) > LONGEST_WORDS or not storable(said):
        faults.append(_fault("why", "required", mark("请写凭据和说明，500 字以内，同事照它核对。")))
    if sort in life.OF_DEVELOPERS:
        try:
            of = permissions.developer_for(reader=by, named=developer.strip())
        except permissions.DeveloperAbsent as absent:
            faults.append(_fault("developer", "not_found", absent.detail))
    if faults or fen is None:
        raise Invalid(errors=faults)
    with transaction.atomic():
        row = FundMove.objects.create(
            no=public_id("M"),
            sort=sort,
            developer=of,
            fen=fen,
            why=said,
            asked_by=by.get_username(),
            asked_at=now,
        )
        recording.move(row, what="asked", by=by.get_username(), now=now)
    return row


def agree(*, move: FundMove, by: User, now: datetime) -> FundMove:
    """Booked by another than who asked; then what waited for money is paid. Refuses: OwnMove, NotThatMuch."""
    _others(move, by)
    version = move.version

    def step() -> None:
        move.state, move.version = life.ASKED, version
        _book(move, by, now)

    again_on_deadlock(step)
    if move.sort == life.GUARANTEE:
        paying.run_due(now=now)
    return move


@transaction.atomic
def _book(move: FundMove, by: User, now: datetime) -> None:
    transitions.move(move, to=life.BOOKED, ended_by=by.get_username(), ended_at=now)
    if move.sort == life.SHARE:
        books.credit_share(
            account=statement.account(move.developer), fen=move.fen, reference=move.no, now=now
        )
    elif move.sort == life.PAID_OUT:
        books.pay_out(account=statement.account(move.developer), fen=move.fen, reference=move.no, now=now)
    else:
        fund = FUND if move.sort == life.GUARANTEE else DISPUTES
        books.contribute(fund=fund, fen=move.fen, reference=move.no, now=now)
    recording.move(move, what="booked", by=by.get_username(), now=now)


def drop(*, move: FundMove, by: User, reason: str, now: datetime) -> FundMove:
    """It is not booked; also whoever asked may take it back. Refuses: Invalid."""
    if not who.is_ops(by):
        raise Absent()
    said = reason.strip()[:LONGEST_WORDS]
    if not said:
        detail = mark("请写明为什么不入账。")
        raise Invalid(detail, errors=[_fault("reason", "required", detail)])
    with transaction.atomic():
        move.state = life.ASKED  # only what waits can be dropped
        transitions.move(move, to=life.DROPPED, ended_by=by.get_username(), ended_at=now, note=said)
        recording.move(move, what="dropped", by=by.get_username(), now=now)
    return move


def _others(move: FundMove, by: User) -> None:
    if not who.is_ops(by):
        raise Absent()
    if move.asked_by == by.get_username():
        raise OwnMove()


def _fault(field: str, code: str, detail: str) -> dict[str, str]:
    return {"field": field, "code": code, "detail": detail}
