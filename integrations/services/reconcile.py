"""Compare what the providers list with what we remember, and report what can't be explained."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction

from integrations.models import Intent
from integrations.rules import answers, bodies, disputes
from integrations.rules.answers import Meaning, Report
from integrations.rules.lifecycle import State
from integrations.services import heartbeats, moments, settling
from integrations.vendors import registry
from integrations.vendors.http import Unheard
from integrations.vendors.protocol import Provider

log = logging.getLogger(__name__)
NAME = "reconcile"
# The provider's clock and ours differ a little: near the edge "not listed" means nothing.
EDGE = timedelta(minutes=10)


@dataclass(frozen=True)
class Unknown:
    """What a provider lists and we have no intent for; by the reference its break is found."""

    provider: str
    key: str
    detail: str
    report: Report | None = None

    KIND: ClassVar[str] = "unknown_key"

    @property
    def reference(self) -> str:
        return settling.reference_of(provider=self.provider, key=self.key)


@dataclass
class Summary:
    """What one run found."""

    listed: int = 0
    settled: int = 0
    mismatches: int = 0
    unreachable: list[str] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)


def run(
    *, since: datetime, now: datetime, watched: Callable[[Iterable[Any]], Iterable[Any]] = iter
) -> Summary:
    """Every connected provider; one that can't be reached doesn't stop the others. `watched` sees each row."""
    summary, clock = Summary(), moments.running_from(now)
    for name in bodies.OWING:  # of messages nothing is booked, and a day has too many of them for a list
        provider = registry.provider(name)
        if provider is None:
            continue
        try:
            rows = provider.listing(since=since)
        except (Unheard, bodies.Unreadable) as error:
            log.error("对账时 %s 没有给出清单：%s", name, error)
            summary.unreachable.append(name)
            continue
        _compare(provider, watched(rows), summary, since=since, now=clock())
    if not summary.unreachable:
        heartbeats.beat(name=NAME, now=clock())
    return summary


def _compare(
    provider: Provider, rows: Iterable[Mapping[str, Any]], summary: Summary, *, since: datetime, now: datetime
) -> None:
    clock, seen = moments.running_from(now), set()
    for raw in rows:
        summary.listed += 1
        intent, report = _pair(provider, raw)
        if report is None:
            key = str(raw.get("key"))[:64]
            _tell(summary, None, "unreadable", provider.name, key, "清单里有读不懂的一行")
        elif intent is None:
            detail = f"我们没有这一笔，对方说 {report.meaning}，单号 {report.reference}"
            summary.unknown.append(Unknown(provider.name, str(report.key), detail, report))
            _tell(summary, None, Unknown.KIND, provider.name, str(report.key), detail)
        else:
            seen.add(intent.key)
            _reconcile_one(provider, intent, report, summary, now=clock())
    _tell_missing(provider, seen, summary, since=since, now=now)


def _pair(provider: Provider, raw: Mapping[str, Any]) -> tuple[Intent | None, Report | None]:
    try:
        report = provider.report_of(raw)
        key = UUID(report.key or "")
    except bodies.Unreadable:
        return None, None
    except ValueError:
        return None, report
    return Intent.objects.filter(key=key, provider=provider.name).first(), report


def _reconcile_one(
    provider: Provider, intent: Intent, report: Report, summary: Summary, *, now: datetime
) -> None:
    standing = intent.standing()
    if disputes.difference(standing=standing, report=report) is not None:
        # The same settle as ever: it holds what is unfinished and reports the difference.
        settling.settle(key=intent.key, answer=answers.told(report), now=now)
        summary.mismatches += 1
        return
    against = disputes.contradiction(standing=standing, report=report) if standing.final else None
    if against is not None:
        _tell(summary, intent, against.kind, provider.name, str(intent.key), against.detail)
    elif not standing.final and not standing.disputed and report.meaning != Meaning.RUNNING:
        # A list may be old, and doesn't say how much came: the answer to our own question settles.
        answer = provider.ask(key=intent.key, body=intent.body.encode())
        if answer.report is not None:
            after = settling.settle(key=intent.key, answer=answer, now=now)
            summary.settled += bool(after and after.finished_at)


def _tell_missing(
    provider: Provider, seen: set[UUID], summary: Summary, *, since: datetime, now: datetime
) -> None:
    """What we booked as done and the provider doesn't list; what a person did outside isn't expected there."""
    booked = Intent.objects.filter(
        provider=provider.name, state=State.SETTLED, closed_knowing=None,
        first_sent_at__gte=since + EDGE, finished_at__lte=now - EDGE,
    )  # fmt: skip
    # Not written while they are read: SQLite has no writer for whoever still reads an older state.
    for intent in [one for one in booked.iterator() if one.key not in seen]:
        detail = "我们记为完成，对方的清单里没有"
        _tell(summary, intent, "not_listed", provider.name, str(intent.key), detail)


def _tell(summary: Summary, intent: Intent | None, kind: str, provider: str, key: str, detail: str) -> None:
    summary.mismatches += 1
    with transaction.atomic():
        settling.report_mismatch(intent=intent, kind=kind, provider=provider, key=key, detail=detail)
