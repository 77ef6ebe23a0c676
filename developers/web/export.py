"""A developer's claims as rows of a file that spreadsheet programs open: buyers masked, nothing runs as a formula."""

from datetime import datetime
from typing import Any

from common.clock import shanghai
from common.language import say, spoken
from common.tables import defused
from compensation.queries import records_of
from compensation.rules.names import CLAUSES
from developers.queries import cost_of
from developers.rules import masking
from developers.rules.groups import GROUPS, group_of, is_real
from developers.web import words


def headings() -> list[str]:
    return [
        say("售后单"), say("订单（已遮）"), say("买家（已遮）"), say("商品"), say("货号"), say("事由"), say("归类"),
        say("属实"), say("状态"), say("提交于"), say("办结于"), say("已退（元）"), say("已补（个）"),
        say("还没退（元）"), say("还没补（个）"), say("条款"), say("凭的记录"),
    ]  # fmt: skip


def _moment(at: datetime) -> str:
    """As programs sort it, in either language."""
    return f"{shanghai(at):%Y-%m-%d %H:%M}"


def row(ticket: Any) -> list[str | int]:
    done, waiting = cost_of(ticket)
    order, decision = ticket.order, ticket.decision
    texts = [
        ticket.no, masking.order_no(order.order_no), masking.name(order.buyer.name), order.product.title,
        order.product.sku, str(ticket.get_reason_display()), spoken(GROUPS[group_of(ticket.reason)]),
        say("是") if is_real(ticket.reason, decision.outcome) else say("否"), words.state(ticket.state),
        _moment(ticket.opened_at),
        _moment(ticket.resolved_at) if ticket.resolved_at else "",
    ]  # fmt: skip
    cash = [f"{cost.fen // 100}.{cost.fen % 100:02d}" for cost in (done, waiting)]
    why = [spoken(CLAUSES.get(decision.clause, decision.clause)), records_of(decision.sources)]
    return [
        *map(defused, texts), cash[0], done.units, cash[1], waiting.units, *map(defused, why),
    ]  # fmt: skip
