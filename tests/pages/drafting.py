"""The rules that the staged shop is writing: drafts in each state, and backtests of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from common.phrases import packed
from compensation import queries
from compensation.models import BacktestRun, PolicyDraft
from compensation.services import backtest_runs, backtesting, drafts
from tests.pages.stages import DAY, LONG_WORD

if TYPE_CHECKING:
    from tests.pages.stages import Town

PERIOD = ("2026-10-01", "2026-11-23")


def write_drafts(town: Town, *, now: datetime) -> None:
    """One that is being written, with a run over all that was decided; one that waits for a colleague; a new one."""
    made = drafts.begin(version=queries.versions_of("metered-standard")[0], by="qiao", now=now - DAY)
    _write(
        made,
        {"tier_b_rate": [40, 100], "warranty_days": 45},
        "掉到 40% 才全额退，20% 到 40% 的改成补 1.2 倍；质保多半个月。",
        now,
    )
    asked = drafts.begin(version=queries.versions_of("subscription-standard")[0], by="an", now=now - DAY)
    _write(asked, {"trial_seconds": 172_800}, "体验期多一天。", now)
    drafts.propose(draft=asked, by="an", now=now)
    anew = drafts.begin_anew(
        code="licence-" + LONG_WORD[:40], kind="licence", title=f"贵的授权 {LONG_WORD}", by="qiao", now=now
    )
    _run(made, now=now)
    waiting, failed = (_run(asked, now=now, first=first) for first in ("2026-11-01", "2026-11-02"))
    BacktestRun.objects.filter(pk=waiting.pk).update(state="running", total=12_345, done=4000, report=None)
    BacktestRun.objects.filter(pk=failed.pk).update(
        state="failed", report=None, error_said=packed(backtest_runs.BROKE)
    )
    town.drafts = {"made": made.pk, "asked": asked.pk, "anew": anew.pk}
    town.runs = {"waiting": waiting.pk, "failed": failed.pk}


def _write(draft: PolicyDraft, new: dict[str, object], note: str, now: datetime) -> None:
    drafts.save(
        draft=draft, data={**draft.data, **new}, title=draft.title, note=note, effective_at=None,
        retroactive=False, by=draft.written_by, now=now,
    )  # fmt: skip


def _run(draft: PolicyDraft, *, now: datetime, first: str = PERIOD[0]) -> BacktestRun:
    within = backtesting.period(first, PERIOD[1])
    return backtest_runs.start(draft=draft, within=within, all_of_kind=True, by="qiao", now=now)
