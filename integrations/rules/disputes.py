"""Where what a provider says differs from what was asked, or from what it said before."""

from dataclasses import dataclass

from integrations.rules.answers import Meaning, Report
from integrations.rules.lifecycle import State
from integrations.rules.standing import Standing


@dataclass(frozen=True)
class Dispute:
    """What differs, and a sentence for the person who has to look."""

    kind: str
    detail: str


def difference(*, standing: Standing, report: Report) -> Dispute | None:
    """The first thing in the report that can't be true of this intent; a person who closed it has compared it."""
    if standing.closed_knowing is not None:
        return None
    pairs = (
        ("key", str(standing.key), report.key),
        ("order", standing.order_no, report.order_no),
        ("amount", standing.amount_fen, report.amount_fen),
        ("quantity", standing.quantity, report.quantity),
        ("reference", standing.reference or None, report.reference or None),
    )
    for kind, ours, theirs in pairs:
        if theirs is not None and ours is not None and ours != theirs:
            return Dispute(kind, f"我们是 {ours}，对方是 {theirs}")
    return _impossible_delivery(standing, report)


def _impossible_delivery(standing: Standing, report: Report) -> Dispute | None:
    told, quantity = report.delivered, standing.quantity
    if quantity is None:
        return None
    if told is not None and told > quantity:
        return Dispute("delivered", f"要 {quantity}，对方说已到 {told}")
    if report.meaning == Meaning.DONE and told is not None and told != quantity:
        return Dispute("delivered", f"要 {quantity}，对方说做完了却只到 {told}")
    if report.meaning == Meaning.PARTIAL and told is not None and told < standing.delivered:
        return Dispute("delivered", f"先前说已到 {standing.delivered}，结束时说 {told}")
    if report.meaning == Meaning.REFUSED and (standing.delivered or told):
        return Dispute("delivered", f"说已到 {max(standing.delivered, told or 0)}，又说拒绝")
    return None


def contradiction(*, standing: Standing, report: Report) -> Dispute | None:
    """What a late report says against an intent that has ended; a late `running` is only slow post."""
    if standing.closed_knowing is not None:
        return _beyond_what_was_known(standing, report, standing.closed_knowing)
    if report.meaning == Meaning.RUNNING or (report.meaning == Meaning.PARTIAL and report.delivered is None):
        return None
    came = report.meaning == Meaning.DONE or bool(report.meaning == Meaning.PARTIAL and report.delivered)
    if came != (standing.state == State.SETTLED):
        return Dispute("state", f"这里是 {standing.state}，对方说 {report.meaning}")
    told = standing.quantity if report.meaning == Meaning.DONE else report.delivered
    if came and standing.quantity is not None and told != standing.delivered:
        return Dispute("delivered", f"这里记 {standing.delivered}，对方说 {told}")
    return None


def _beyond_what_was_known(standing: Standing, report: Report, known: int) -> Dispute | None:
    """A person closed it: whatever its provider does of it after that, or is about to do, may be one too many."""
    whole = standing.amount_fen or standing.quantity or 0
    told = {Meaning.DONE: whole, Meaning.RUNNING: whole, Meaning.REFUSED: 0}.get(report.meaning)
    if (report.delivered or 0 if told is None else told) <= known:
        return None
    ours = "已由人办好" if standing.state == State.SETTLED else "不再办"
    return Dispute("by_hand", f"这里由人记为「{ours}」，对方又说 {report.meaning}，单号 {report.reference}")
