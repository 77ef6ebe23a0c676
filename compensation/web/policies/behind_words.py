"""The decisions behind a figure of a backtest, in words: as they were made and as the policy would have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from common.language import say, spoken
from compensation.rules import names
from compensation.rules.decision import Decision
from compensation.rules.policy import Policy
from compensation.services import backtesting
from compensation.services.backtesting import Tried
from compensation.web.policies.backtest_tables import Cell, Table, cash, count, text, whole


@dataclass(frozen=True)
class Opened:
    """A figure that was opened: where it stands, what it says, and which decisions are kept behind it."""

    table: str
    row: str
    refs: tuple[int, ...]
    said: str


def opened(tables: Iterable[Table], opens: str) -> Opened | None:
    """The figure of that name in an address; all figures of a row may share one."""
    for table in tables:
        for row in table.rows:
            places = [place for place, cell in enumerate(row) if cell.opens == opens and cell.behind]
            if places:
                return _opened(table, row, places[0])
    return None


def _opened(table: Table, row: tuple[Cell, ...], place: int) -> Opened:
    cell, first = row[place], row[0].shown
    said = say("{head}：{figure}", head=table.heads[place], figure=cell.shown)
    if cell.plain.isdecimal() and int(cell.plain) > len(cell.behind):
        said = say("{said}，这里是其中 {n} 个", said=said, n=len(cell.behind))
    return Opened(table.title, first, cell.behind, said)


def listing(refs: Iterable[int], found: Mapping[int, Tried]) -> list[dict[str, Any]]:
    """A row for each decision that is still there, in the order of the figure."""
    return [
        {"ref": ref, "order": found[ref].record.order.order_no, **both(found[ref])}
        for ref in refs
        if ref in found
    ]


def both(tried: Tried) -> dict[str, Any]:
    """{clauses, cash, units, person}: each as (before, after, whether they differ)."""
    record, after = tried.record, tried.after
    return {
        "clauses": _pair(clause(record.clause), clause(after.clause) if after else None),
        "cash": _pair(cash(_cash(record)).shown, cash(after.cash_fen).shown if after else None),
        "units": _pair(whole(_units(record)), whole(_units_after(after)) if after else None),
        "person": _pair(by(record.requires_review), by(after.requires_review) if after else None),
    }


def clause(name: str) -> str:
    return spoken(names.CLAUSES.get(name, name))


def by(review: bool) -> str:
    return say("要人看") if review else say("照规则")


def _pair(before: str, after: str | None) -> tuple[str, str, bool]:
    return before, say("没有算") if after is None else after, after is not None and before != after


def with_examples(tables: list[Table], policy: Policy) -> list[Table]:
    """For a file: what the figures open to stands in a table of its own, after theirs."""
    refs = {ref for table in tables for row in table.rows for cell in row for ref in cell.behind}
    return [*tables, _examples(tables, backtesting.tried(policy=policy, refs=refs))] if refs else tables


def _examples(tables: Iterable[Table], found: Mapping[int, Tried]) -> Table:
    heads = (
        say("表"), say("行"), say("哪个数"), say("订单"), say("决定"), say("原来的条款"), say("照这版的条款"),
        say("现金原来"), say("现金照这版"), say("个数原来"), say("个数照这版"),
    )  # fmt: skip
    rows, seen = [], set()
    for table in tables:
        for row in table.rows:
            for head, cell in zip(table.heads, row, strict=True):
                if not cell.number or not cell.opens or cell.opens in seen:
                    continue
                seen.add(cell.opens)
                place = (text(table.title), text(row[0].shown), text(head))
                rows += [(*place, *_example(found[ref])) for ref in cell.behind if ref in found]
    return Table("behind", say("这些数背后的决定"), heads, tuple(rows))


def _example(tried: Tried) -> tuple[Cell, ...]:
    record, after = tried.record, tried.after
    return (
        text(record.order.order_no), Cell(str(record.pk), str(record.pk)), text(clause(record.clause)),
        text(clause(after.clause) if after else ""), cash(_cash(record)), cash(after.cash_fen) if after else text(""),
        count(_units(record)), count(_units_after(after)) if after else text(""),
    )  # fmt: skip


def _cash(record: Any) -> int:
    return sum(remedy["amount_fen"] or 0 for remedy in record.body["remedies"])


def _units(record: Any) -> int:
    return sum(remedy["quantity"] or 0 for remedy in record.body["remedies"])


def _units_after(after: Decision) -> int:
    return sum(remedy.quantity or 0 for remedy in after.remedies)
