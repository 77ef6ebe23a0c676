"""Backtests of drafts as rows: asked for once, run by whoever takes them, begun again where a worker died."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import IntegrityError, InterfaceError, OperationalError, transaction

from common.jobs import enqueue_after_commit
from common.phrases import mark, packed, phrase
from common.refusals import Absent, Invalid, StateMoved
from common.transitions import move
from compensation.models import OPEN_BACKTESTS, BacktestRun, PolicyDraft
from compensation.rules.policy import Policy, PolicyUnsound
from compensation.services import backtesting, drafts
from compensation.services.backtesting import Period
from integrations.services import moments

log = logging.getLogger(__name__)
AT_ONCE = 500  # as many are done before the page is answered
LEASE = timedelta(seconds=30)
MOST_TRIES = 3
# The message gets this long; a run that takes a minute holds up the other long sweeps.
HEAD_START = timedelta(seconds=10)
UNSOUND = phrase("这份草稿还读不懂，回测不了：先在草稿里改好。")
KILLED = phrase("跑这次回测的进程 {n} 次被系统结束，已停下。请选短一些的时间再试。", n=MOST_TRIES)
BROKE = phrase("程序出了错，已停下，原因在日志里。修好以后再跑一次即可。")


def start(*, draft: PolicyDraft, within: Period, all_of_kind: bool, by: str, now: datetime) -> BacktestRun:
    """The run of this draft over that time, as it stands: one that is open already, or a new one."""
    try:
        policy = drafts.policy_of(draft)
        among = backtesting.chosen(policy=policy, within=within, all_of_kind=all_of_kind)
    except PolicyUnsound:
        raise Invalid(errors=[{"field": "draft", "code": "invalid", "detail": UNSOUND}]) from None
    run = _created(draft, policy, within, all_of_kind, total=len(among.ids), by=by, now=now)
    if len(among.ids) <= AT_ONCE:
        go_on(run_id=run.pk, now=now)
        run.refresh_from_db()
    else:
        enqueue_after_commit("backtests.go_on", run_id=run.pk)
    return run


def go_on(*, run_id: int, now: datetime) -> None:
    """Take the run, unless somebody alive has it, and bring it to its end."""
    run = BacktestRun.objects.filter(pk=run_id, state__in=OPEN_BACKTESTS).first()
    if run is not None and _taken(run, now):
        _carry_on(run, now)


def run_due(*, now: datetime) -> None:
    """The oldest run whose message was lost, or whose worker died; run by the sweep."""
    waiting = BacktestRun.objects.filter(state__in=OPEN_BACKTESTS, at__lt=now - HEAD_START).order_by("id")
    for run in waiting[:20]:
        if _taken(run, now):
            return _carry_on(run, now)
    return None


def found(*, draft_id: int, pk: int) -> BacktestRun:
    run = BacktestRun.objects.filter(draft_id=draft_id, pk=pk).first()
    if run is None:
        raise Absent(mark("没有这次回测。"))
    return run


def _created(
    draft: PolicyDraft, policy: Policy, within: Period, all_of_kind: bool, *, total: int, by: str, now: datetime
) -> BacktestRun:  # fmt: skip
    same = {
        "draft": draft, "policy_hash": policy.hash, "since": within.since, "until": within.until,
        "all_of_kind": all_of_kind,
    }  # fmt: skip
    run = None
    while run is None:
        try:
            with transaction.atomic():
                return BacktestRun.objects.create(**same, data=policy.as_data(), total=total, by=by, at=now)
        except IntegrityError:  # there is one; if it has just ended, there is room for another
            run = BacktestRun.objects.filter(**same, state__in=OPEN_BACKTESTS).first()
    return run


def _taken(run: BacktestRun, now: datetime) -> bool:
    """Ours for a lease's time. One that kills whoever takes it is stopped."""
    if run.lease_until is not None and run.lease_until > now:
        return False
    try:
        if run.tries >= MOST_TRIES:
            move(run, to="failed", error_said=packed(KILLED), finished_at=now, lease_until=None)
            return False
        move(run, to="running", done=0, tries=run.tries + 1, lease_until=now + LEASE)
    except StateMoved:
        return False
    return True


def _carry_on(run: BacktestRun, now: datetime) -> None:
    clock = moments.running_from(now)

    def seen(count: int) -> None:
        move(run, to="running", done=run.done + count, lease_until=clock() + LEASE)

    try:
        policy = Policy.from_data(run.data)
        within = Period(run.since, run.until)
        among = backtesting.chosen(policy=policy, within=within, all_of_kind=run.all_of_kind)
        move(run, to="running", total=len(among.ids))
        report = backtesting.run(policy=policy, among=among, seen=seen)
        move(run, to="done", report=report.as_data(), finished_at=clock(), lease_until=None)
    except StateMoved:
        log.info("回测 %s：另一个进程在做", run.pk)
    except (OperationalError, InterfaceError):
        raise  # the database, not the run: the lease ends, and the sweep tries again
    except Exception:
        log.exception("回测 %s 出错，已停下", run.pk)
        with suppress(StateMoved):
            move(run, to="failed", error_said=packed(BROKE), finished_at=clock(), lease_until=None)
