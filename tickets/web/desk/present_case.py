"""The ticket's page in finished words: what the buyer said, what was counted and computed, what was done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from common import figures
from common.language import say, spoken
from common.phrases import mark
from compensation.rules.held import advice
from compensation.rules.names import REVIEWS
from tickets.web import curve
from tickets.web.desk import blame, said, words
from tickets.web.desk.read_case import Case, Rulings
from tickets.web.desk.read_queue import limit_of
from tickets.web.desk.rests import rests_of
from tickets.web.event_words import told_words
from tickets.web.read_ticket import sheet_of
from tickets.web.ticket_slip import slip_of

DAY = timedelta(hours=24)
CLOCK_STATES = {
    "running": mark("在走"),
    "paused": mark("停着"),
    "met": mark("按时"),
    "breached": mark("超时"),
    "void": mark("作废"),
}


@dataclass(frozen=True)
class Fact:
    label: str
    value: str
    tone: str = ""
    href: str = ""


@dataclass(frozen=True)
class RemedyRow:
    pk: int
    what: str
    state: str
    tone: str
    note: str
    advice: str


@dataclass(frozen=True)
class ClockRow:
    kind: str
    state: str
    tone: str
    when: str
    why: str


@dataclass(frozen=True)
class OtherRow:
    pk: int
    no: str
    what: str
    state: str
    same_order: bool


@dataclass(frozen=True)
class CasePage:
    no: str
    head: tuple[Fact, ...]
    left: str
    late: bool
    asked: str
    told: str
    listed: tuple[Fact, ...]
    proofs: tuple[Any, ...]
    order: tuple[Fact, ...]
    curve: Any
    slip: Any
    rests: tuple[tuple[str, str], ...]
    gives: str
    reviews: tuple[str, ...]
    review: str
    private: tuple[Fact, ...]
    private_warns: bool
    rulings: tuple[str, ...]
    remedies: tuple[RemedyRow, ...]
    clocks: tuple[ClockRow, ...]
    talk: tuple[said.Line, ...]
    others: tuple[OtherRow, ...]
    blame: blame.Blame


def present(*, case: Case, now: datetime) -> CasePage:
    ticket = case.ticket
    limit = None if ticket.is_final else limit_of(ticket)
    record = ticket.decision
    private = _private(record.facts)
    reviews = tuple(spoken(REVIEWS.get(reason, reason)) for reason in record.review_reasons)
    return CasePage(
        no=ticket.no,
        head=_head(case),
        left=words.left(limit, now=now),
        late=limit is not None and limit < now,
        asked=ticket.text,
        told=next((told_words(event.data) for event in case.events if event.kind == "details"), ""),
        listed=_listed(case),
        proofs=case.proofs,
        order=_order(case, now),
        curve=_curve(case, now),
        slip=slip_of(sheet=sheet_of(ticket=ticket, now=now)),
        rests=rests_of(record=record, order_no=ticket.order.order_no),
        gives=words.all_given(record.body["remedies"]),
        reviews=reviews,
        review=say("；").join(reviews),
        private=private,
        private_warns=any(fact.tone for fact in private),
        rulings=tuple(_rulings(case.rulings, now)),
        remedies=tuple(_remedy(row, now) for row in case.remedies),
        clocks=tuple(_clock(clock, now) for clock in case.clocks),
        talk=tuple(said.line(event, now=now) for event in case.events),
        others=tuple(_other(other, ticket) for other in case.others),
        blame=blame.present(case=case, now=now),
    )


def _listed(case: Case) -> tuple[Fact, ...]:
    """What the goods were said to be when they were paid; the claim that the buyer calls untrue stands out."""
    told: dict[str, Any] = next((event.data for event in case.events if event.kind == "details"), {})
    untrue = (told.get("claim") or {}).get("name")
    return tuple(Fact(name, text, "must" if name == untrue else "") for name, text in case.listed.items())


def _head(case: Case) -> tuple[Fact, ...]:
    ticket = case.ticket
    severity = Fact(
        say("轻重"), spoken(words.SEVERITIES[ticket.severity]), ticket.severity if ticket.severity != "normal" else ""
    )  # fmt: skip
    facts = [
        Fact(say("事由"), str(ticket.get_reason_display())),
        severity,
        *_why_major(case),
        Fact(say("状态"), words.state(ticket.state)),
        Fact(say("轮到"), words.turn(ticket.turn), "ours" if words.is_ours(ticket.state) else ""),
        Fact(say("经办"), ticket.assignee.get_username() if ticket.assignee else say("无人")),
    ]
    return tuple(facts)


def _why_major(case: Case) -> tuple[Fact, ...]:
    """With a way to those that fell together, which whoever reads this may open."""
    if case.ticket.severity != "major":
        return ()
    data: dict[str, Any] = next((event.data for event in case.events if event.kind == "graded"), {})
    uncounted = say("互动数不出来") if case.ticket.reason == "low_interaction" else say("现在有多少数不出来")
    said = spoken(words.TOGETHER[data["of"]]) if data else uncounted
    return (Fact(say("为什么重大"), said, href=data.get("page", "")),)


def _order(case: Case, now: datetime) -> tuple[Fact, ...]:
    order = case.ticket.order
    facts = [
        Fact(say("商品"), order.product.title),
        Fact(say("数量"), f"{order.quantity:,}"),
        Fact(say("实付"), figures.yuan(order.paid_fen)),
        Fact(
            say("付款方式"),
            say(
                "{how}，{when}",
                how=str(order.get_gateway_display()),
                when=figures.moment(order.paid_at, now=now),
            ),
        ),
    ]
    if case.completed_at <= now:
        facts.append(Fact(say("送完"), figures.moment(case.completed_at, now=now)))
    if case.counts:
        newest = case.counts[-1]
        when = figures.moment(newest.at, now=now)
        facts.append(Fact(say("最近数得"), say("{n} 个，{when}", n=f"{newest.present:,}", when=when)))
    buyer = words.buyer(order.buyer)
    facts.append(Fact(say("买家"), say("{who}，长期用户", who=buyer) if order.long_term else buyer))
    return tuple(facts)


def _curve(case: Case, now: datetime) -> Any:
    if not case.counts or case.completed_at > now:
        return None
    begin, newest = case.completed_at, case.counts[-1]
    end = max(begin + DAY, newest.at)
    full = case.ticket.decision.facts.get("delivered") or case.ticket.order.quantity
    return curve.draw(
        case.counts, full=full, full_label=say("送完时 {n}", n=full), begin=begin, end=end, now=now,
        left=say("{when} 送完", when=figures.day_moment(begin)), right=figures.day_moment(end),
        levels=curve.at_percents(full, 10, 20), border=begin + DAY if end > begin + DAY else None,
    )  # fmt: skip


def _private(facts: dict[str, Any]) -> tuple[Fact, ...]:
    """What only ops see: the risk of abuse, the credit, and what the buyer got without a person so far."""
    return (
        Fact(say("滥用风险"), f"{facts['risk']} / 100", "must" if facts["risk"] >= 66 else ""),
        Fact(say("买家信用"), str(facts["credit"])),
        Fact(say("近 30 天免审"), figures.yuan(facts["open_auto_fen"])),
    )


def _rulings(rulings: Rulings, now: datetime) -> Any:
    if rulings.override:
        row = rulings.override
        gives = words.all_given(row.remedies)
        yield say(
            "{by} {when} 改判为：{gives}。理由：{why}",
            by=row.by, when=figures.moment(row.at, now=now), gives=gives, why=row.reason,
        )  # fmt: skip
    for row in rulings.findings:
        yield say(
            "{by} {when} 认定了事实。理由：{why}",
            by=row.by,
            when=figures.moment(row.at, now=now),
            why=row.why,
        )
    for row in rulings.approvals:
        yield say(
            "{by} {when} 批准。理由：{why}", by=row.by, when=figures.moment(row.at, now=now), why=row.reason
        )


def _remedy(row: Any, now: datetime) -> RemedyRow:
    found = advice(state=row.state, kind=row.kind, held_reason=row.held_reason)
    came = ""
    if row.quantity and row.delivered:
        came = say("已到 {n} 个", n=f"{row.delivered:,}")
    elif row.settled_at:
        came = figures.moment(row.settled_at, now=now)
    return RemedyRow(
        pk=row.pk, what=words.given(row), state=spoken(words.REMEDY_STATES[row.state]),
        tone={"held": "must", "failed": "must", "settled": "ok"}.get(row.state, ""), note=came,
        advice=spoken(found.what) if found else "",
    )  # fmt: skip


def _clock(clock: Any, now: datetime) -> ClockRow:
    state = clock.state_at(now)
    when = figures.moment(clock.due_at, now=now)
    if state == "running":
        when = say("，").join((when, words.left(clock.due_at, now=now)))
    return ClockRow(
        kind=str(clock.get_kind_display()), state=spoken(CLOCK_STATES[state]),
        tone={"breached": "must", "met": "ok"}.get(state, ""), when=when, why=spoken(clock.explanation),
    )  # fmt: skip


def _other(other: Any, ticket: Any) -> OtherRow:
    return OtherRow(
        pk=other.pk, no=other.no, what=say("，").join((str(other.get_reason_display()), other.order.product.title)),
        state=words.state(other.state), same_order=other.order_id == ticket.order_id,
    )  # fmt: skip
