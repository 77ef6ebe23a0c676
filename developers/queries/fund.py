"""The guarantee fund as a developer sees it: what can be claimed back, what was, and what lies in the funds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Prefetch, QuerySet

from common.language import say
from common.phrases import mark
from common.refusals import Absent
from compensation.queries import rows_said
from developers.models import FundClaim, FundClaimCase, FundMove, FundWord
from developers.queries import statement
from developers.rules import fund as rules
from developers.rules.fund_life import ASKED, WAITING, State
from developers.rules.periods import Stretch
from ledger import queries as ledger
from ledger.rules.sharing import DISPUTES, FUND
from orders.rules.rows import storable

LOOKED_AT = 500  # moves of the account, the newest: of more nobody claims in one go
A_PAGE = 50


class FundClaimAbsent(Absent):
    code = "fund_claim_not_found"
    detail = mark("没有找到这份申请，请核对编号。")


@dataclass(frozen=True)
class Claimable:
    """A case that a developer bears something of, and may ask back until then."""

    ticket: Any
    case: rules.Case
    until: datetime
    parts: tuple[tuple[str, str, int], ...]  # (key, order number, fen)
    claimed: bool


@dataclass(frozen=True)
class Balances:
    """What lies in the funds, and what is kept for the developer; None: no share of theirs was ever kept here."""

    guarantee: int
    disputes: int
    until: datetime | None
    kept: int | None


def claims_of(reader: Any) -> QuerySet[FundClaim]:
    """The reader's claims, the newest first."""
    return FundClaim.objects.visible_to(reader).select_related("developer").order_by("-id")


def find_claim(*, reader: Any, no: str) -> FundClaim:
    """The reader's claim; another's looks absent."""
    cases = Prefetch("cases", FundClaimCase.objects.select_related("ticket"))
    found = claims_of(reader).filter(no=no).prefetch_related(cases).first() if storable(no) else None
    if found is None:
        raise FundClaimAbsent()
    return found


def waiting_claims() -> QuerySet[FundClaim]:
    """Those that wait for ops."""
    return FundClaim.objects.filter(state__in=WAITING)


def waiting_moves() -> QuerySet[FundMove]:
    return FundMove.objects.filter(state=ASKED)


def unpaid() -> QuerySet[FundClaim]:
    """Agreed to, and waiting for money: the oldest first."""
    return FundClaim.objects.filter(state=State.APPROVED).order_by("id")


def sums_of(cases: Iterable[FundClaimCase]) -> list[rules.Case]:
    return [rules.Case(row.ticket.no, row.borne, row.taken_off, row.from_fund) for row in cases]


def words_of(claim: FundClaim) -> list[FundWord]:
    return list(FundWord.objects.filter(claim=claim).order_by("id"))


def claimable(*, developer: Any, now: datetime, nos: Sequence[str] | None = None) -> list[Claimable]:
    """What was put on the developer lately and is theirs still, the newest first; `nos`: of these cases only."""
    own, since = statement.account(developer), now - rules.FILE_WITHIN
    rows = list(
        ledger.moves_of(account=own, since=since, until=now + timedelta(seconds=1)).reverse()[:LOOKED_AT]
    )
    costs = [row for row in rows if row.reason in ledger.BORNE]
    put_at: dict[Any, datetime] = {}
    keys: dict[Any, dict[str, str]] = {}
    for line in statement.lines(rows=costs, developer=developer):
        if line.ticket is None or (nos is not None and line.ticket.no not in nos):
            continue
        line.ticket.order = line.remedy.order  # one row, read already
        keys.setdefault(line.ticket, {})[str(line.remedy.key)] = line.remedy.order.order_no
        if line.fen > 0:
            put_at.setdefault(line.ticket, line.at)
    put = ledger.put_on(account=own, order_nos={no for each in keys.values() for no in each.values()})
    live = FundClaimCase.objects.filter(ticket__in=list(keys), live=True)
    taken = set(live.values_list("ticket_id", flat=True))
    found = [_claimable(ticket, keys[ticket], put, put_at[ticket], ticket.pk in taken) for ticket in put_at]
    return [row for row in found if row.case.left > 0 or row.claimed]


def _claimable(
    ticket: Any, keys: dict[str, str], put: dict[str, ledger.Put], at: datetime, claimed: bool
) -> Claimable:
    parts = tuple((key, no, put[key].left) for key, no in keys.items() if key in put)
    sums = [put[key] for key, _, _ in parts]
    case = rules.Case(
        ticket.no, sum(each.borne for each in sums), sum(each.taken_off for each in sums),
        sum(each.from_fund for each in sums),
    )  # fmt: skip
    return Claimable(
        ticket, case, rules.file_until(at), tuple(part for part in parts if part[2] > 0), claimed
    )


def balances(*, developer: Any = None) -> Balances:
    """The guarantee fund's is of this moment, the dispute fund's as it was counted last."""
    held = ledger.balance_of(account=FUND)
    disputes = ledger.fund_balance(code=DISPUTES)
    own = ledger.balance_of(account=statement.account(developer)) if developer is not None else None
    kept = own.amount if own is not None and own.never_negative else None
    return Balances(held.amount if held else 0, disputes.fen, disputes.until, kept)


def paid_within(stretch: Stretch) -> QuerySet[FundClaim]:
    """What was paid in that time, the newest first, each with the `count` of its cases."""
    rows = FundClaim.objects.filter(state=State.PAID, paid_at__gte=stretch.start, paid_at__lt=stretch.end)
    return rows.filter(paid_fen__gt=0).annotate(count=Count("cases")).order_by("-paid_at")[:A_PAGE]


def shows(kept: dict[str, Any]) -> str:
    """What the record showed of a case when it was claimed, and on which rows."""
    said = {True: say("记录里看得到这样的事"), False: say("记录里没有看到这样的事"), None: say("要人核对")}
    rows = rows_said(kept.get("rows", {}))
    if rows and kept.get("shown"):
        return say("相关记录：{rows}", rows=rows)
    return say("{said}：{rows}", said=said[kept.get("shown")], rows=rows) if rows else said[kept.get("shown")]
