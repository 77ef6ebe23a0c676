"""A policy run over the decisions of a past period: read in chunks, decided again, summed; nothing is written."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from common.clock import SHANGHAI
from common.phrases import mark
from common.refusals import Invalid
from compensation.models import Bearer, DecisionRecord, Finding, PolicyVersion
from compensation.rules.backtest import Backtest, Case, Report, as_stored
from compensation.rules.decide import chains, decide
from compensation.rules.decision import Decision
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy
from compensation.services.bearing import account_of

CHUNK = 1000
Seen = Callable[[int], Any]
# Why a decision can't be tried: for goods of another kind, with facts no claim has, or made anew by a finding since.
OTHER_KIND, UNREADABLE, REPLACED = "kind", "facts", "replaced"
IMPOSSIBLE = (ArithmeticError, LookupError, TypeError, ValueError)  # facts that no claim can have had
_FIELDS = (
    "pk", "order__order_no", "order__buyer_id", "order__product__developer_id", "policy_id", "facts", "clause",
    "outcome", "review_reasons", "body__remedies", "party", "replaced",
)  # fmt: skip


@dataclass(frozen=True)
class Period:
    """From the first instant of one day to the first of another, by the shop's calendar."""

    since: datetime
    until: datetime


def period(first: str, last: str) -> Period:
    """Two days as 2026-09-01; `last` is no longer in it. Invalid names the field, "from" or "to"."""
    days, errors = {}, []
    for field, text in (("from", first), ("to", last)):
        try:
            days[field] = datetime.combine(date.fromisoformat(text.strip()), time(), SHANGHAI)
        except ValueError:
            errors.append(_wrong(field, mark("请写成 2026-09-01 这样的日期。")))
    if not errors and days["from"] >= days["to"]:
        errors.append(_wrong("to", mark("结束的日期要在开始的后面。")))
    if errors:
        raise Invalid(errors=errors)
    return Period(days["from"], days["to"])


@dataclass(frozen=True)
class Chosen:
    """Eight bytes a decision; what is read of each is let go with its chunk."""

    ids: array[int]
    terms: dict[int, Policy]


def chosen(*, policy: Policy, within: Period, all_of_kind: bool = False) -> Chosen:
    """The decisions of that time under the policy's code, or under any policy for goods of its kind.

    PolicyUnsound where the policy can't decide everything: said before the first decision is read.
    """
    chains(policy)
    wanted = {"kind": policy.kind} if all_of_kind else {"code": policy.code}
    rows = PolicyVersion.objects.filter(**wanted)
    terms = {row.pk: Policy.from_data(row.data) for row in rows}
    found = DecisionRecord.objects.filter(
        policy_id__in=terms, decided_at__gte=within.since, decided_at__lt=within.until
    )
    ids = array("q", found.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=20_000))
    return Chosen(ids, terms)


def run(*, policy: Policy, among: Chosen, seen: Seen = lambda count: None) -> Report:
    """`seen(n)` is called when n more have been looked at; what it raises ends the run."""
    test, met = Backtest(policy), set[int]()
    for start in range(0, len(among.ids), CHUNK):
        part = among.ids[start : start + CHUNK]
        for row in _rows(part):
            if row[4] not in met:
                met.add(row[4])
                test.against(among.terms[row[4]])
            _try(test, among.terms[row[4]], row)
        seen(len(part))
    return test.report()


@dataclass(frozen=True)
class Tried:
    """A stored decision, and what the policy makes of its facts; None where it can't be tried."""

    record: DecisionRecord
    after: Decision | None


def tried(*, policy: Policy, refs: Iterable[int]) -> dict[int, Tried]:
    """The decisions behind figures of a report, one question for a thousand of them."""
    wanted, found = sorted(set(refs)), dict[int, Tried]()
    for start in range(0, len(wanted), CHUNK):
        rows = DecisionRecord.objects.filter(pk__in=wanted[start : start + CHUNK])
        for row in rows.select_related("order__product", "policy"):
            found[row.pk] = Tried(row, _again(row, policy))
    return found


def _again(row: DecisionRecord, policy: Policy) -> Decision | None:
    if row.policy.kind != policy.kind:
        return None
    try:
        return decide(Facts(**row.facts), policy)
    except IMPOSSIBLE:
        return None


def _rows(part: array[int]) -> Iterator[tuple[Any, ...]]:
    said = Bearer.objects.filter(decision=OuterRef("pk")).order_by("-id").values("party")[:1]
    replaced = Finding.objects.filter(replaces=OuterRef("pk"))
    rows: QuerySet[Any, Any] = DecisionRecord.objects.filter(pk__in=list(part)).order_by("pk")
    return iter(rows.annotate(party=Subquery(said), replaced=Exists(replaced)).values_list(*_FIELDS))


def _try(test: Backtest, terms: Policy, row: tuple[Any, ...]) -> None:
    ref, order_no, buyer, developer, _, raw, clause, outcome, reasons, remedies, party, replaced = row
    if replaced:
        return test.skip(REPLACED, ref, order_no)
    if terms.kind != test.policy.kind:
        return test.skip(OTHER_KIND, ref, order_no)
    try:
        facts = Facts(**raw)
        before = as_stored(
            ref=terms.ref, facts=facts, terms=terms, clause=clause, outcome=outcome, remedies=remedies,
            review_reasons=reasons,
        )  # fmt: skip
        after = decide(facts, test.policy)
    except IMPOSSIBLE:
        return test.skip(UNREADABLE, ref, order_no)
    account = account_of(party=party, developer_id=developer)
    return test.add(Case(ref, order_no, buyer, developer, account, before, after))


def _wrong(field: str, detail: str) -> dict[str, Any]:
    return {"field": field, "code": "invalid", "detail": detail}
