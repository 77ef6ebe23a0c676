"""From a stored ticket to the sheet its page is written from; the decision as frozen, never made again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from accounts import permissions as who
from compensation import queries as compensation
from compensation.rules.decision import Measures, Remedy
from compensation.rules.facts import Facts
from compensation.rules.policy import PolicyRef
from compensation.rules.steps import Step
from compensation.rules.words import clause_text
from integrations import queries as integrations
from orders import queries as orders
from tickets import queries
from tickets.models import Ticket
from tickets.rules import nudging
from tickets.rules.lifecycle import MOVES, State
from tickets.services.rating import RATED_IN
from tickets.services.teaching import ANSWERED_IN
from tickets.web.event_words import event_sheets
from tickets.web.guides import guides_in
from tickets.web.loyalty import standing_of
from tickets.web.resting import resting_of
from tickets.web.rulings import ruling_of
from tickets.web.ticket_sheet import FINAL, EventSheet, ProofSheet, RatingSheet, RemedySheet, TicketSheet

UNDONE = ("failed", "voided")
_RULED = ("decided", "approve", "override", "recalled")


@dataclass(frozen=True)
class Frozen:
    """A stored decision with the shape of the engine's own."""

    policy: PolicyRef
    clause: str
    outcome: str
    remedies: tuple[Remedy, ...]
    measures: Measures | None
    explanation: tuple[Step, ...]
    requires_review: bool
    facts: Facts


def read(*, reader: Any, no: str, acts: bool, now: datetime) -> TicketSheet:
    """The reader's ticket with its history; `acts` says whether the buyer's buttons are theirs to press."""
    ticket = queries.find_ticket(reader=reader, no=no)
    rows = list(queries.events_of(ticket=ticket, internal=False))
    # Two workers may write in another order than they looked at the clock.
    guides = guides_in(rows, answerable=acts and ticket.state in ANSWERED_IN)
    told = event_sheets(rows, has_tutorial=bool(guides or ticket.order.product.tutorial.strip()))
    events = tuple(sorted(told, key=lambda event: event.at))
    rating = queries.rating_of(ticket=ticket) if ticket.is_final else None
    paid = [row.key for row in ticket.decision.remedies.all() if row.amount_fen is not None]
    numbers = integrations.references(keys=paid) if paid else {}
    sheet = sheet_of(ticket=ticket, events=events, acts=acts, numbers=numbers, now=now)
    return replace(
        sheet,
        proofs=tuple(
            ProofSheet(row.token, row.name, row.size, row.added_at) for row in queries.proofs_of(ticket=ticket)
        ) if acts or who.is_ops(reader) else (),
        rating=RatingSheet(rating.stars, rating.text) if rating else None,
        actions=sheet.actions - ({"rate"} if rating else set()),
        nudge_again_at=nudging.again_at(ticket.nudged_at, now=now),
        reply_due=_reply_due(ticket, rows, now),
        ruling=ruling_of(rows),
        moved_at=_moved_at(rows, sheet),
        asked=next((row.text for row in reversed(rows) if row.kind == "request_proof"), ""),
        new_keys=_has_new_keys(ticket, reader),
        guides=guides,
    )  # fmt: skip


def _reply_due(ticket: Ticket, rows: Iterable[Any], now: datetime) -> datetime | None:
    """Until when a person answers a buyer who asked for haste; None where nobody has to, or it is over.

    As the clock that runs has it: where the buyer wrote before they asked, it began then.
    """
    if ticket.turn != "ops" or not ticket.nudged_at:
        return None
    if any(row.actor == "ops" and row.at >= ticket.nudged_at for row in rows):
        return None
    running = (
        row for row in ticket.clocks.all() if row.kind == "next_reply" and row.state_at(now) == "running"
    )
    return next((row.due_at for row in running), None)


def _has_new_keys(ticket: Ticket, reader: Any) -> bool:
    came = any(row.kind == "replacement" and row.delivered for row in ticket.decision.remedies.all())
    rows = orders.card_keys_of(order=ticket.order, reader=reader)
    return came and bool(rows.filter(taken_by__isnull=False).exists())


def _moved_at(rows: list[Any], sheet: TicketSheet) -> datetime | None:
    """When it came into its state; where what was decided is carried out, when that was last decided.

    None where the first decision led there: its record has the time.
    """
    for row in reversed(rows):
        before, to = row.data.get("from"), row.data.get("to")
        given = sheet.is_under_way or sheet.state in ("fulfilling", "confirming")
        here = row.kind in _RULED if given else to == sheet.state
        if here and before != to:
            moved: datetime = row.at
            return moved
    return None


def sheet_of(
    *,
    ticket: Ticket,
    now: datetime,
    events: tuple[EventSheet, ...] = (),
    acts: bool = False,
    numbers: Mapping[Any, str] = MappingProxyType({}),
) -> TicketSheet:
    record = ticket.decision
    policy = compensation.policy_version(record.body["policy"]["code"], record.body["policy"]["version"])
    remedies = _remedies(record.remedies.all(), numbers)
    observed = (record.sources or {}).get("observed_at")
    sheet = TicketSheet(
        no=ticket.no,
        order_no=ticket.order.order_no,
        product=ticket.order.product.title,
        reason=ticket.reason,
        state=str(ticket.state),
        turn=ticket.turn,
        opened_at=ticket.opened_at,
        decision=frozen(record),
        clause_text=clause_text(policy, record.clause, compensation.vocabulary()),
        counted_at=datetime.fromisoformat(observed) if observed else None,
        decided_at=record.decided_at,
        resolved_at=ticket.resolved_at,
        remedies=remedies,
        events=events,
        actions=_actions(ticket, remedies) if acts else frozenset(),
        tutorial=ticket.order.product.tutorial,
        guided=getattr(ticket, "guided", False),
        standing=standing_of(ticket.order, policy),
        agent=_agent(ticket),
        resting=resting_of(record.sources),
    )
    return replace(sheet, due_at=_due(ticket, sheet, now))


def _agent(ticket: Ticket) -> str:
    """Who looks after a long-term buyer, by name; nobody is promised to others."""
    return (who.agent_name_of(ticket.order.buyer) or "") if ticket.order.long_term else ""


def frozen(record: Any) -> Frozen:
    body = record.body
    measures = body["measures"]
    return Frozen(
        policy=PolicyRef(**body["policy"]),
        clause=body["clause"],
        outcome=body["outcome"],
        remedies=tuple(Remedy(**remedy) for remedy in body["remedies"]),
        measures=Measures(measures["base"], measures["loss"]) if measures else None,
        explanation=compensation.explanation_of(record),
        requires_review=body["requires_review"],
        facts=Facts(**record.facts),
    )


def _remedies(rows: Iterable[Any], numbers: Mapping[Any, str]) -> tuple[RemedySheet, ...]:
    """One entry per promise: what was ordered again for the rest belongs to the first.

    What an override replaced, and came to nothing, is in the history alone.
    """
    rows = list(rows)
    newest = max((row.override_id or 0 for row in rows), default=0)
    rows = [
        row for row in rows if (row.override_id or 0) == newest or row.delivered or row.state not in UNDONE
    ]
    chains: dict[int, list[Any]] = {}
    root: dict[int, int] = {}
    for row in rows:
        root[row.pk] = root.get(row.follows_id, row.pk) if row.follows_id else row.pk
        chains.setdefault(root[row.pk], []).append(row)
    # These refunds wait until what they pay for has been taken back.
    going = [
        chain[-1].key
        for chain in chains.values()
        if (chain[-1].kind, chain[-1].state) == ("refund", "pending")
    ]
    first = orders.not_taken_back(keys=going) if going else set()
    promised = [
        RemedySheet(
            kind=chain[0].kind,
            state="taking_back" if chain[-1].key in first else chain[-1].state,
            amount_fen=chain[0].amount_fen,
            quantity=chain[0].quantity,
            delivered=sum(row.delivered for row in chain),
            settled_at=chain[-1].settled_at,
            reference=numbers.get(chain[-1].key, ""),
            held_reason=chain[-1].held_reason,
        )
        for chain in chains.values()
    ]
    return tuple(sorted(promised, key=lambda each: each.amount_fen is None))  # cash is said first


def _due(ticket: Ticket, sheet: TicketSheet, now: datetime) -> datetime | None:
    """The promise that fits what is going on, else the state's own limit; where both have passed, the later."""
    promise = {"fulfilling": "fulfilment", "waiting_ops": "decision"}.get(sheet.state, "")
    if sheet.state == "waiting_ops" and sheet.is_decided:
        promise = "fulfilment" if sheet.is_under_way else "next_reply"
    limits = [
        clock.due_at for clock in ticket.clocks.all() if clock.kind == promise and clock.stopped_at is None
    ]
    if ticket.due_at:
        limits.append(ticket.due_at)
    return next((at for at in limits if at >= now), max(limits, default=None))


def _actions(ticket: Ticket, remedies: tuple[RemedySheet, ...]) -> frozenset[str]:
    if ticket.state in FINAL:
        return frozenset({"rate"} if ticket.state in RATED_IN else ())
    actions = {action for action, move in MOVES.get(State(ticket.state), {}).items() if move.who == "buyer"}
    paying = any(
        remedy.kind in ("refund", "gift") and remedy.state not in ("awaiting_approval", "failed", "voided")
        for remedy in remedies
    )
    if paying:  # a refund on its way can't be called back
        actions.discard("withdraw")
    if ticket.turn in nudging.HURRIED:
        actions.add("nudge")
    return frozenset(actions | {"message", "attach"})
