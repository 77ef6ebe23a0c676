"""What the record says of a transfer, and whether the books still say the same."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet, Sum

from evidence.rules.entries import Fact
from evidence.services import log
from ledger.models import Account, Balance, BreakClosing, FundDay, FundPass, Hold, Transfer
from ledger.rules.points import EARNED, OF_BUYER, OF_BUYERS, UNIT, buyer_of
from ledger.rules.sharing import is_kept

KIND = "transfer"


def transfer(row: Transfer, *, now: datetime) -> None:
    log.record(kind=KIND, order_no=row.order_no, data=plainly(_said(row)), row_id=row.pk, now=now)


def transfers_booked(rows: Sequence[Transfer], *, now: datetime) -> None:
    """Of many at once, what `transfer` says of one."""
    facts = [Fact(KIND, row.order_no, plainly(_said(row)), False, row.pk) for row in rows]
    log.record_many(facts=facts, now=now)


def closing(row: BreakClosing, *, now: datetime) -> None:
    """Who closed a break: for ops only, as the break is."""
    found = row.found
    said = {"id": found.pk, "kind": found.kind, "reference": found.reference, "by": row.by, "note": row.note}
    log.record(kind="break_closed", order_no="", data=said, now=now, internal=True)


def transfers(*, after: int, only: int | None = None) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """(id, order number, what the record must say) of every transfer after that id, as the books have it now."""
    rows = Transfer.objects.filter(pk__gt=after).select_related("debit", "credit").order_by("pk")
    if only is not None:
        rows = rows.filter(pk=only)
    return ((row.pk, row.order_no, _said(row)) for row in rows.iterator(chunk_size=2000))


def last() -> int:
    """The newest id, 0 where there is none."""
    return Transfer.objects.aggregate(last=Max("pk"))["last"] or 0


def _said(row: Transfer) -> dict[str, Any]:
    return {
        "id": row.pk, "debit": row.debit.code, "credit": row.credit.code, "unit": row.unit, "amount": row.amount,
        "reason": row.reason, "reference": row.reference, "booked_at": row.booked_at,
    }  # fmt: skip


def plainly(said: Mapping[str, Any]) -> dict[str, Any]:
    """As the record says it, for the buyer to read too: a buyer's account of points without the number of its buyer.

    Whose order it is names the buyer (`earned_by`). Entries of before this say the number.
    """
    of_points = {"debit", "credit"} if said["unit"] == UNIT else set()
    return {
        name: OF_BUYERS if name in of_points and value.startswith(OF_BUYER) else value
        for name, value in said.items()
    }


def earned_by() -> Iterator[tuple[str, int]]:
    """(order number, the buyer on whose account its points are) of every order that earned any."""
    rows = (
        Transfer.objects.filter(unit=UNIT, reason=EARNED)
        .order_by("pk")
        .values_list("order_no", "credit__code")
    )
    return ((order_no, buyer_of(code)) for order_no, code in rows.iterator(chunk_size=2000))


def unsound_holds() -> Iterator[tuple[str, str]]:
    """(key, what is wrong) of holds that their transfers don't bear out."""
    moved: dict[str, dict[str, int]] = defaultdict(dict)
    rows = Transfer.objects.exclude(unit=UNIT)  # no hold is in points
    for reference, reason, amount in rows.values_list("reference", "reason", "amount").iterator():
        moved[reference][reason] = amount
    for hold in Hold.objects.order_by("pk").iterator(chunk_size=2000):
        expected = {"hold": hold.amount}
        if hold.state != Hold.PENDING:
            expected |= {"post": hold.posted, "void": hold.amount - hold.posted}
        if moved.pop(str(hold.key), {}) != {reason: amount for reason, amount in expected.items() if amount}:
            yield str(hold.key), f"预留的状态是「{hold.get_state_display()}」，分录却不是这样"


def unsound_funds() -> Iterator[tuple[str, str]]:
    """(account, what is wrong) of balances, and of days of the funds, that their transfers don't bear out."""
    known = {row.account_id: row.amount for row in Balance.objects.filter(account__unit="fen")}
    for account in Account.objects.filter(unit="fen").order_by("code"):
        fen = _sum(Transfer.objects.filter(credit=account)) - _sum(Transfer.objects.filter(debit=account))
        if is_kept(account.code) and known.get(account.pk, 0) != fen:
            yield account.code, f"余额写的是 {known.get(account.pk, 0)} 分，分录加起来是 {fen} 分"
    place = FundPass.objects.first()
    for counted in Account.objects.filter(pk__in=FundDay.objects.values("account")).order_by("code"):
        rows = Transfer.objects.filter(pk__lte=place.after if place else 0)
        fen = _sum(rows.filter(credit=counted)) - _sum(rows.filter(debit=counted))
        days = FundDay.objects.filter(account=counted).aggregate(given=Sum("given"), taken=Sum("taken"))
        if days["given"] - days["taken"] != fen:
            yield counted.code, f"每日小结加起来是 {days['given'] - days['taken']} 分，分录是 {fen} 分"


def unsound_points() -> Iterator[tuple[str, str]]:
    """(account, what is wrong) of buyers' points that their transfers don't bear out; three questions for all."""
    sums: Counter[str] = Counter()
    for side, sign in (("credit", 1), ("debit", -1)):
        rows = Transfer.objects.filter(unit=UNIT, **{f"{side}__code__startswith": OF_BUYER}).order_by()
        for code, amount in rows.values_list(f"{side}__code").annotate(Sum("amount")):
            sums[code] += sign * amount
    kept = dict(Balance.objects.filter(account__unit=UNIT).values_list("account__code", "amount"))
    for code in sorted({*sums, *kept}):
        if sums[code] != kept.get(code, 0):
            yield code, f"余额写的是 {kept.get(code, 0)} 积分，分录加起来是 {sums[code]} 积分"


def _sum(rows: QuerySet[Transfer]) -> int:
    return int(rows.aggregate(fen=Sum("amount", default=0))["fen"])
