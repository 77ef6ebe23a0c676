"""What the page of a warning's link shows: what was counted, what a press gives, or why there is nothing to press."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.text import capfirst

from common import figures
from common.language import say, spoken
from compensation.queries import vocabulary
from compensation.rules.decision import Decision
from compensation.rules.figures import yuan
from compensation.services import remedies
from tickets.rules import clocks, early, owed_words
from watch.rules import offers

if TYPE_CHECKING:
    from compensation.queries import Quote
    from watch.models import DropWarning
    from watch.services.claiming import Filed


@dataclass(frozen=True)
class LinkPage:
    """`button` "": nothing to press."""

    title: str
    heading: str
    text: str
    masked: str
    pairs: tuple[dict[str, Any], ...] = ()
    slip: dict[str, Any] | None = None
    button: str = ""
    caution: str = ""  # what to know before the button is pressed
    offer: str = ""
    error: str = ""


def offered(warning: DropWarning, found: Quote, *, now: datetime, error: str = "") -> LinkPage:
    """The claim, with its sum."""
    decision = found.decision
    how = _how(warning, decision)
    return LinkPage(
        title=warning.order.product.title, masked=figures.mask_order(warning.order.order_no), error=error,
        heading=say("少了 {n} 个", n=decision.measures.loss if decision.measures else 0),
        text=_text(warning, how, found, now), pairs=_counted(found, now), slip=_slip(decision),
        button=_button(warning, decision, how=how),
        caution=_caution(found, now),
        offer=offers.fingerprint(decision.clause, decision.remedies),
    )  # fmt: skip


def nothing_now(warning: DropWarning, found: Quote, *, now: datetime) -> LinkPage:
    """Nothing to press: it recovered, or something else was done about it, or the counter can't be read any more."""
    heading, text = {
        "drop.none": (
            say("已经涨回来了"),
            say("提醒之后又数过一次，现在没有可补的。要是又掉了，凭订单号和查询密码查订单，照样可以申请。"),
        ),
        "drop.unmeasurable": (
            say("现在数不出来"),
            say("最近一次没有数出来，不会因此当成掉光，也不当成没掉。您照样可以申请：凭订单号和查询密码查订单，由专人来看。"),
        ),
    }.get(
        found.decision.clause,
        (say("已经办过了"), say("补过了，或者退过了，现在没有可申请的。凭订单号和查询密码查订单，都写在里面。")),
    )  # fmt: skip
    return LinkPage(
        title=warning.order.product.title, masked=figures.mask_order(warning.order.order_no), heading=heading,
        text=text, pairs=_counted(found, now) if found.decision.measures else (),
    )  # fmt: skip


def under_way(warning: DropWarning, *, no: str) -> LinkPage:
    """Filed by this link, or before it was opened."""
    text = (
        say("售后单 {no}。凭订单号和查询密码查订单，进展都在里面。", no=no)
        if no
        else say("凭订单号和查询密码查订单，进展都在里面。")
    )
    return LinkPage(
        title=warning.order.product.title, masked=figures.mask_order(warning.order.order_no),
        heading=say("已经申请过了"), text=text,
    )  # fmt: skip


def filed(warning: DropWarning, done: Filed) -> LinkPage:
    """The press was taken: what comes of it."""
    text = spoken(owed_words.REVIEW) if done.reviewed else say("正在办，办好了写给您。")
    return LinkPage(
        title=warning.order.product.title, masked=figures.mask_order(warning.order.order_no),
        heading=say("申请好了：{gives}", gives=offers.gives(done.remedies)),
        text=f"{text}{say('售后单 {no}。凭订单号和查询密码查订单，进展都在里面。', no=done.no)}",
    )  # fmt: skip


def expired(warning: DropWarning, *, now: datetime) -> LinkPage:
    return LinkPage(
        title=warning.order.product.title, masked=figures.mask_order(warning.order.order_no),
        heading=say("这个链接过期了"),
        text=say(
            "这个链接{at} 到期了。只要还在质保里，凭订单号和查询密码查订单，照样可以申请。",
            at=figures.moment(warning.expires_at, now=now),
        ),
    )  # fmt: skip


def _counted(found: Quote, now: datetime) -> tuple[dict[str, Any], ...]:
    facts, present = found.facts, say("{n} 个", n=found.facts.present)
    if found.look:
        at = figures.moment(found.look.at, now=now)
        present = say("{n} 个，{time} 数的", n=facts.present, time=at)
    pairs = [(say("送到"), say("{n} 个", n=facts.delivered)), (say("现在"), present)]
    if facts.pending:
        pairs.append((say("补的还没显示"), say("{n} 个", n=facts.pending)))
    return tuple({"label": label, "value": value} for label, value in pairs)


def _slip(decision: Decision) -> dict[str, Any]:
    """As the receipt on the order's own page: the figure, how it is come by, where the money goes."""
    cash, kinds = _cash(decision), [one.kind for one in decision.remedies]
    told: dict[str, Any] = {"lead": spoken(offers.gives(decision.remedies)), "figure": ""}
    if cash:
        lead = say("还可以退您") if decision.facts.refunded_fen else say("按规则退您")
        told = {"lead": lead, "figure": yuan(cash), "lines": _beside_cash(decision)}
    elif kinds in (["top_up"], ["gift"]):
        units = decision.remedies[0].quantity or 0
        told = {"lead": _units_lead(decision), "figure": str(units), "unit": say("个")}
        sum_ = early.sum_of(decision, units=units)
        told |= {"lines": [spoken(sum_)]} if sum_ else {}
    length = len(told["figure"])
    told["size"] = "longer" if length > 8 else "long" if length > 5 else ""
    steps = [
        {"text": step.text, "result": step.result, "note": step.formula}
        for step in decision.explained(vocabulary())
    ]
    return {**told, "steps": steps, "why": say("怎么算的")}


def _units_lead(decision: Decision) -> str:
    if decision.remedies[0].kind == "gift":
        return say("按规则送您优质的")
    return say("质保内补您") if decision.clause == "drop.slow" else say("按规则补您")


def _beside_cash(decision: Decision) -> list[str]:
    """Why it is all of it, what comes with it, and where it goes."""
    words, measures, facts = vocabulary(), decision.measures, decision.facts
    lines = []
    if measures and decision.clause == "drop.tier_c":
        rate, limit = words.percent(measures.loss, measures.base), words.percent(*decision.terms.tier_b_rate)
        why = say("少了 {n} 个（{rate}），超过 {limit} 的全额退款", n=measures.loss, rate=rate, limit=limit)
        back = facts.refunded_fen
        lines.append(
            say("{why}，减去已退和还在办的 {yuan}。", why=why, yuan=yuan(back))
            if back
            else say("{why}。", why=why)
        )
    others = [one for one in decision.remedies if not one.amount_fen]
    if others:
        lines.append(say("{what}。", what=capfirst(spoken(offers.gives(others)))))
    return [*lines, say("钱退回原付款账户。")]


def _caution(found: Quote, now: datetime) -> str:
    """The order's own page warns of the same, in the same words."""
    until = early.early_until(found.decision, window_until=found.line.window_ends_at, now=now)
    return spoken(early.caution(end=figures.moment(until, now=now))) if until else ""


def _how(warning: DropWarning, decision: Decision) -> str:
    """Who acts after the press."""
    if decision.requires_review:
        return owed_words.REVIEWED
    paid = _cash(decision) and remedies.by_hand(warning.order, "refund")
    return owed_words.BY_HAND if paid else owed_words.AT_ONCE


def _text(warning: DropWarning, how: str, found: Quote, now: datetime) -> str:
    if how == owed_words.REVIEWED:
        return spoken(owed_words.REVIEW)
    hours = clocks.fulfilment_within(long_term=found.facts.long_term) // clocks.HOUR
    if how == owed_words.AT_ONCE:
        return say(
            "按一下就办，{n} 小时内办好，不用登录，也不用查询密码。这个链接{at} 前都能用。",
            n=hours, at=figures.moment(warning.expires_at, now=now),
        )  # fmt: skip
    return say(
        "按一下就申请好了，不用登录，也不用查询密码。这一单的付款渠道不能自动退，由专人在 {n} 小时内退给您。",
        n=hours,
    )


def _button(warning: DropWarning, decision: Decision, *, how: str) -> str:
    cash = _cash(decision)
    if cash and decision.facts.refunded_fen:
        return spoken(owed_words.again(amount=yuan(cash), how=how))
    if cash and how == owed_words.AT_ONCE:
        return say("申请退款 {yuan}", yuan=yuan(cash))
    return spoken(owed_words.button(title=warning.order.product.title, cash=bool(cash), how=how))


def _cash(decision: Decision) -> int:
    return sum(one.amount_fen or 0 for one in decision.remedies)
