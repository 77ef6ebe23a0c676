"""The books as figures."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from itertools import takewhile
from typing import Any, NamedTuple

from django.db.models import Case, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import TruncMonth

from integrations.rules.bodies import PROVIDER_OF
from ledger.models import ACCOUNTED, Account, Balance, Break, FundDay, FundPass, Transfer
from ledger.rules.points import EARNED, OF_BUYER, OF_BUYERS, UNIT, account_of, buyer_of

BEAR, CLAIM = "bear", "claim"
BORNE = (BEAR, CLAIM)
PROVIDERS = tuple(sorted(set(PROVIDER_OF.values())))


def trial_balance() -> dict[str, list[dict[str, Any]]]:
    """{accounts: [{account, unit, debit, credit}], totals: [{unit, debit, credit}]}; a unit's two sides are equal.

    Buyers' points are one row, `points`: there are as many accounts of them as buyers.
    """
    named = Account.objects.exclude(unit=UNIT, code__startswith=OF_BUYER).values_list("unit", "code")
    sums: dict[tuple[str, str], list[int]] = {key: [0, 0] for key in named}
    for side, column in enumerate(("debit", "credit")):
        of_buyers = Q(unit=UNIT, **{f"{column}__code__startswith": OF_BUYER})
        code = Case(When(of_buyers, then=Value(OF_BUYERS)), default=F(f"{column}__code"))
        rows = Transfer.objects.values_list("unit", code).annotate(Sum("amount")).order_by()
        for unit, account, amount in rows:
            sums.setdefault((unit, account), [0, 0])[side] = amount
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    accounts = []
    for (unit, account), (debit, credit) in sorted(sums.items()):
        totals[unit][0] += debit
        totals[unit][1] += credit
        accounts.append({"account": account, "unit": unit, "debit": debit, "credit": credit})
    return {
        "accounts": accounts,
        "totals": [{"unit": unit, "debit": d, "credit": c} for unit, (d, c) in sorted(totals.items())],
    }


def points_of(*, buyer_id: int) -> int:
    """How many points the buyer has now."""
    rows = Balance.objects.filter(account__code=account_of(buyer_id), account__unit=UNIT)
    return rows.values_list("amount", flat=True).first() or 0


class PointsEarned(NamedTuple):
    """What one order earned its buyer, and when it was booked."""

    buyer_id: int
    order_no: str
    points: int
    at: datetime


def points_earned(*, buyers: Iterable[int], since: datetime, until: datetime) -> list[PointsEarned]:
    """By orders of these buyers, booked from `since` and before `until`, the oldest first."""
    rows = Transfer.objects.filter(
        credit__in=_points_accounts(buyers), reason=EARNED, booked_at__gte=since, booked_at__lt=until
    )
    found = rows.order_by("pk").values_list("credit__code", "order_no", "amount", "booked_at")
    return [PointsEarned(buyer_of(code), order_no, points, at) for code, order_no, points, at in found]


def points_before(*, buyers: Iterable[int], at: datetime) -> dict[int, int]:
    """{buyer: points} as they stood at that instant, of those who had moved any."""
    sums: Counter[int] = Counter()
    for side, sign in (("credit", 1), ("debit", -1)):
        rows = Transfer.objects.filter(
            **{f"{side}__in": _points_accounts(buyers)}, booked_at__lt=at
        ).order_by()
        for code, amount in rows.values_list(f"{side}__code").annotate(Sum("amount")):
            sums[buyer_of(code)] += sign * amount
    return dict(sums)


class Booked(NamedTuple):
    """A transfer, and how much money went out by it."""

    pk: int
    at: datetime
    paid_fen: int


def transfers_after(*, after: int, until: datetime, most: int) -> list[Booked]:
    """What was booked after that row, the oldest first, up to the first after `until`."""
    rows = Transfer.objects.filter(pk__gt=after).order_by("pk")
    found = rows.values_list("pk", "booked_at", "unit", "reason", "credit__code", "amount")[:most]
    return [
        Booked(pk, at, amount if unit == "fen" and reason == "post" and code.startswith("paid.") else 0)
        for pk, at, unit, reason, code, amount in takewhile(lambda row: row[1] <= until, found)
    ]


def open_breaks(*, naming: str) -> QuerySet[Break]:
    """What doesn't add up of that key, however it was told: by the key alone, or behind its provider's name."""
    names = [naming, *(f"{provider}:{naming}" for provider in PROVIDERS)]
    return Break.objects.filter(reference__in=names, closed_at=None).order_by("id")


def taken_before(*, account: str, at: datetime) -> dict[str, int]:
    """{reason: fen} that was put on the account, less what was given to it, before that instant."""
    sums: Counter[str] = Counter()
    for side, sign in (("debit", 1), ("credit", -1)):
        rows = _accounted(booked_at__lt=at, **{f"{side}__in": _account(account)}).order_by()
        for reason, fen in rows.values_list("reason").annotate(Sum("amount")):
            sums[reason] += sign * fen
    return dict(sums)


def moves_of(*, account: str, since: datetime, until: datetime) -> QuerySet[Transfer]:
    """All that moved the account in that time, the oldest first."""
    mine = Q(debit__in=_account(account)) | Q(credit__in=_account(account))
    rows = _accounted().filter(mine, booked_at__gte=since, booked_at__lt=until)
    return rows.select_related("debit", "credit").order_by("booked_at", "pk")


def bearers_of(*, order_nos: Any) -> dict[str, dict[str, int]]:
    """{key: {account: fen more, or less, than it bore at first}}, of what was moved on these orders."""
    rows = Transfer.objects.filter(reason__in=BORNE, unit="fen", order_no__in=order_nos)
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    columns = ("reference", "debit__code", "credit__code", "amount")
    for reference, to, off, fen in rows.values_list(*columns):
        sums[key_of(reference)][to] += fen
        sums[key_of(reference)][off] -= fen
    return {key: dict(moved) for key, moved in sums.items()}


class Put(NamedTuple):
    """Of one posted sum: what was put on an account, taken off it again, and paid to it by the guarantee fund."""

    borne: int = 0
    taken_off: int = 0
    from_fund: int = 0

    @property
    def left(self) -> int:
        return self.borne - self.taken_off - self.from_fund


def put_on(*, account: str, order_nos: Iterable[str]) -> dict[str, Put]:
    """{key: what of it came onto the account and went off it}, of these orders."""
    found: dict[str, Put] = defaultdict(Put)
    rows = Transfer.objects.filter(reason__in=BORNE, unit="fen", order_no__in=list(order_nos))
    for row in rows.select_related("debit", "credit").order_by("pk"):
        key = key_of(row.reference)
        put = found[key]
        if row.debit.code == account:
            found[key] = put._replace(borne=put.borne + row.amount)
        elif row.credit.code == account and row.reason == BEAR:
            found[key] = put._replace(taken_off=put.taken_off + row.amount)
        elif row.credit.code == account:
            found[key] = put._replace(from_fund=put.from_fund + row.amount)
    return dict(found)


def balance_of(*, account: str) -> Balance | None:
    """What lies on it, where that is known: a developer's account that was moved before, and the guarantee fund."""
    return Balance.objects.filter(account__in=_account(account)).first()


class FundSum(NamedTuple):
    """What lies in a fund, as it was counted last."""

    fen: int
    until: datetime | None


def fund_balance(*, code: str, before: date | None = None) -> FundSum:
    """By its days; `before`: as it was when that day began."""
    rows = FundDay.objects.filter(account__in=_account(code))
    if before is not None:
        rows = rows.filter(day__lt=before)
    sums, place = (
        rows.aggregate(given=Sum("given", default=0), taken=Sum("taken", default=0)),
        FundPass.objects.first(),
    )
    return FundSum(sums["given"] - sums["taken"], place.until if place else None)


class Moved(NamedTuple):
    """What moved in a fund: fen taken and given, and by how many transfers each."""

    taken: int
    given: int
    outs: int
    ins: int


_SUMS = ("taken", "given", "outs", "ins")


def fund_days(*, code: str, since: date, until: date) -> dict[tuple[date, str], Moved]:
    """{(day, reason): what moved} from `since` and before `until`, the oldest first."""
    rows = FundDay.objects.filter(account__in=_account(code), day__gte=since, day__lt=until)
    found = rows.order_by("day", "reason").values_list("day", "reason", *_SUMS)
    return {(day, reason): Moved(*sums) for day, reason, *sums in found}


def fund_months(*, code: str) -> dict[tuple[date, str], Moved]:
    """{(first of the month, reason): what moved} of all its months, the oldest first."""
    rows = FundDay.objects.filter(account__in=_account(code)).annotate(month=TruncMonth("day"))
    sums = (
        rows.values_list("month", "reason")
        .annotate(*(Sum(name) for name in _SUMS))
        .order_by("month", "reason")
    )
    return {(month, reason): Moved(*found) for month, reason, *found in sums}


def key_of(reference: str) -> str:
    """The remedy's key that a move of its cost is numbered by."""
    return reference.rpartition(":")[0]


def _accounted(**of: Any) -> QuerySet[Transfer]:
    """By the whole list, as the index has it: SQLite uses the index for no shorter one."""
    return Transfer.objects.filter(reason__in=ACCOUNTED, unit="fen", **of)


def _points_accounts(buyers: Iterable[int]) -> QuerySet[Any]:
    return Account.objects.filter(code__in=[account_of(pk) for pk in buyers], unit=UNIT).values("pk")


def _account(code: str) -> QuerySet[Any]:
    return Account.objects.filter(code=code, unit="fen").values("pk")
