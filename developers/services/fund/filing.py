"""A developer asks the guarantee fund for what they bore; says once more why, or takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from accounts import permissions as who
from common import transitions
from common.ids import public_id
from common.phrases import mark, phrase
from common.refusals import Absent, Invalid, StateMoved
from compensation import queries as compensation
from compensation.rules.bearing import PLATFORM
from developers.models import FundClaim, FundClaimCase, FundWord
from developers.queries import fund as queries
from developers.queries.fund import Claimable
from developers.rules import fund as rules
from developers.rules.fund_life import LABELS, MOVES, State, allowed
from developers.services.fund import recording
from tickets.services.claims import faults_of

if TYPE_CHECKING:
    from accounts.models import User


class ClaimedBefore(StateMoved):
    code = "claimed_before"
    title = mark("已经申请过")
    detail = mark("选的售后单里有已经申请过的，一张只能申请一次。请刷新后再看。")


class AppealedBefore(StateMoved):
    code = "appealed_before"
    title = mark("已经申诉过")
    detail = mark("这份申请已经申诉过一次，答复写在这一页，不能再申诉。")


def file(*, by: User, cause: str, nos: Sequence[str], text: str, now: datetime) -> FundClaim:
    """Everything that is theirs still of these cases. Refuses: Invalid, ClaimedBefore."""
    if who.role_of(by) != "developer":
        raise Absent()
    said, chosen = text.strip(), list(dict.fromkeys(nos))
    faults = [*_words_missing(said), *_cause_unknown(cause), *_cases_wrong(chosen)]
    if faults:
        raise Invalid(errors=faults)
    try:
        with transaction.atomic():
            return _file(by, cause, chosen, said, now)
    except IntegrityError as error:
        raise ClaimedBefore() from error


def _file(by: User, cause: str, nos: list[str], text: str, now: datetime) -> FundClaim:
    found = {row.ticket.no: row for row in queries.claimable(developer=by, now=now, nos=nos)}
    if any(row.claimed for row in found.values()):
        raise ClaimedBefore()
    gone = [no for no in nos if no not in found]
    if gone:
        detail = phrase(
            "{nos} 现在没有能申请的：不是记在您名下的，已经退回了，或者过了 30 天。", nos="、".join(gone)
        )
        raise Invalid(errors=[{"field": "cases", "code": "nothing_to_claim", "detail": detail}])
    rows = [found[no] for no in nos]
    fen = rules.total(row.case for row in rows)
    claim = FundClaim.objects.create(
        no=public_id("G"), developer=by, cause=cause, text=text, fen=fen, approvals_needed=rules.approvals(fen),
        filed_at=now, answer_by=rules.answer_until(now),
    )  # fmt: skip
    FundClaimCase.objects.bulk_create([_case(claim, row) for row in rows])
    _keep(claim, "file", by, text, now)
    return claim


def appeal(*, claim: FundClaim, by: User, text: str, now: datetime) -> FundClaim:
    """Once, against a refusal; another person answers. Refuses: Invalid, StateMoved, AppealedBefore."""
    said = text.strip()
    _own(claim, by)
    if claim.state == State.REFUSED and claim.appealed_at is not None:
        raise AppealedBefore()
    refuse_unless(claim, "appeal", "developer")
    if faults := _words_missing(said):
        raise Invalid(errors=faults)
    with transaction.atomic():
        answer_by = rules.answer_until(now)
        transitions.move(
            claim, to=MOVES[State.REFUSED]["appeal"].to, appealed_at=now, decided_at=None, answer_by=answer_by
        )
        _keep(claim, "appeal", by, said, now)
    return claim


def withdraw(*, claim: FundClaim, by: User, now: datetime) -> FundClaim:
    """Its cases may be claimed again. Refuses: StateMoved."""
    _own(claim, by)
    refuse_unless(claim, "withdraw", "developer")
    with transaction.atomic():
        transitions.move(claim, to=MOVES[State(claim.state)]["withdraw"].to)
        FundClaimCase.objects.filter(claim=claim).update(live=False)
        _keep(claim, "withdraw", by, "", now)
    return claim


def refuse_unless(claim: FundClaim, action: str, side: str) -> None:
    if action not in allowed(claim.state, side):
        state = phrase(LABELS[State(claim.state)])
        raise StateMoved(phrase("这份申请现在是「{state}」，不能这样做。请刷新后再看。", state=state))


def _own(claim: FundClaim, by: User) -> None:
    if claim.developer_id != by.pk or who.role_of(by) != "developer":
        raise queries.FundClaimAbsent()


def _case(claim: FundClaim, row: Claimable) -> FundClaimCase:
    record = row.ticket.decision
    proposal = compensation.proposal_of(record)
    was = compensation.was_put_on(record, party=PLATFORM)
    shown = rules.shown(claim.cause, party=proposal.party, rows=proposal.rows, was_platform=was)
    kept = {kind: list(ids) for kind, ids in proposal.rows.items()}
    return FundClaimCase(
        claim=claim, ticket=row.ticket, borne=row.case.borne, taken_off=row.case.taken_off,
        from_fund=row.case.from_fund, parts=[list(part) for part in row.parts],
        shows={"party": proposal.party, "rows": kept, "shown": shown},
    )  # fmt: skip


def _keep(claim: FundClaim, action: str, by: User, text: str, now: datetime) -> None:
    word = FundWord.objects.create(
        claim=claim,
        action=action,
        turn=int(claim.appealed_at is not None),
        by=by.get_username(),
        reason=text,
        at=now,
    )
    recording.claim(claim, what=action, word=word, now=now)


def _words_missing(text: str) -> list[dict[str, str]]:
    if not text:
        detail = mark("请写明平台哪里出了问题，运营照它核对。")
        return [{"field": "text", "code": "required", "detail": detail}]
    return [fault | {"field": "text"} for fault in faults_of(text)]


def _cause_unknown(cause: str) -> list[dict[str, str]]:
    detail = mark("请选一个原因。")
    return [] if cause in rules.CAUSES else [{"field": "cause", "code": "unknown_value", "detail": detail}]


def _cases_wrong(nos: list[str]) -> list[dict[str, str]]:
    if not nos:
        detail = mark("请至少选一张售后单。")
        return [{"field": "cases", "code": "required", "detail": detail}]
    if len(nos) > rules.MOST_CASES:
        return [
            {
                "field": "cases",
                "code": "too_many",
                "detail": phrase("一份最多 {n} 张，请分几份。", n=rules.MOST_CASES),
            }
        ]
    return []
