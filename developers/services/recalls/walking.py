"""The walk over the orders of a recall: the dry run lists them, and before anything is given they are held against it.

One batch is one transaction that ends in a compare-and-set: whoever is second, or is killed, has done nothing.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, F, Q, Sum

from accounts import permissions as who
from common import transitions
from common.clock import rfc3339
from common.refusals import StateMoved
from compensation import queries as compensation
from compensation.services.bearing import account_of
from developers.models import Recall, RecallLine
from developers.rules import recalls as rules
from developers.rules.netting import Due
from developers.rules.recall_life import LISTED, NOTHING, State
from developers.rules.recalls import Line, Parcel
from developers.services.recalls import recording, standing
from orders import queries as orders
from orders.queries import Place, Stretch

if TYPE_CHECKING:
    from orders.models import Order

BATCH = 500


@transaction.atomic
def step(*, recall: Recall, now: datetime) -> None:
    """The next batch; `recall` is what it is then. Refuses: StateMoved, where somebody else took it."""
    # The row is held from here on: whoever walks the same batch beside waits, and finds that it has moved.
    held = Recall.objects.filter(pk=recall.pk, state=recall.state, version=recall.version)
    if not held.update(version=F("version")):
        raise StateMoved()
    found = _next(recall)
    place = found[-1][1] if found else None
    lines = _reached(recall, [pk for pk, _ in found])
    said = _list(recall, lines) if recall.state == State.COUNTING else _hold_against(recall, lines)
    said |= {"walked": recall.walked + len(lines)}
    if len(found) == BATCH and place is not None and "state" not in said:
        said |= {"place": [rfc3339(place.at), place.pk]}
        transitions.move(recall, to=recall.state, **said)
    elif recall.state == State.COUNTING:
        _shown(recall, said, now)
    else:
        _checked(recall, said, now)


def _next(recall: Recall) -> list[tuple[int, Place]]:
    after = Place(datetime.fromisoformat(recall.place[0]), recall.place[1]) if recall.place else None
    if recall.by == rules.PAID:
        stretch = Stretch(recall.product_id, recall.start, recall.end)
        return orders.reached_by_payment(stretch=stretch, after=after, most=BATCH)
    stretch = Stretch(recall.product_id, recall.start, recall.end, recall.supplier_id, recall.batch)
    return orders.reached_by_delivery(stretch=stretch, after=after, most=BATCH)


def _reached(recall: Recall, order_ids: list[int]) -> dict[int, Order]:
    """Those of them that the whole rule reaches; what it doesn't ask for, or was gone by already, isn't read."""
    rule = recall.rule
    if rule.version or (recall.by == rules.PAID and (rule.supplier or rule.batch)):
        told = orders.parcels_of(order_ids=order_ids)
        listed = orders.listed_of(order_ids=order_ids) if rule.version else {}
        lines = {
            pk: Line([Parcel(*one) for one in told.get(pk, ())], listed.get(pk)) for pk in order_ids
        }  # fmt: skip
        order_ids = [pk for pk in order_ids if rules.reaches(rule, lines[pk])]
    found = orders.lines_reached(order_ids)
    return {pk: found[pk] for pk in order_ids}


def _list(recall: Recall, lines: dict[int, Order]) -> dict[str, Any]:
    """Write down what each would be given, and go on with the fingerprint."""
    due = standing.dues(recall=recall, lines=lines)
    RecallLine.objects.bulk_create(
        RecallLine(
            recall=recall, order_id=pk, state=LISTED if one.gives else NOTHING, skip=one.skip,
            shown_fen=one.fen, shown_units=one.units, short=one.short,
        )
        for pk, one in due.items()
    )  # fmt: skip
    return {"digest": _digest(recall, lines, due)}


def _digest(recall: Recall, lines: dict[int, Order], due: dict[int, Due]) -> str:
    """Over the rule, and each line in the order of the walk with what was shown for it."""
    rows = [[lines[pk].order_no, one.fen, one.units, one.skip] for pk, one in due.items()]
    before = recall.digest or [
        recall.product.sku, recall.by, rfc3339(recall.start), rfc3339(recall.end), recall.batch,
        recall.goods_version, recall.cause, recall.party, recall.remedy, recall.quantity,
        *([recall.supplier.code] if recall.supplier else ()),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps([before, rows], ensure_ascii=False).encode()).hexdigest()


def _hold_against(recall: Recall, lines: dict[int, Order]) -> dict[str, Any]:
    """Whether all of these were shown; the first that wasn't ends it."""
    known = RecallLine.objects.filter(recall=recall, order_id__in=list(lines)).count()
    return {} if known == len(lines) else {"state": State.CHANGED}


def _shown(recall: Recall, said: dict[str, Any], now: datetime) -> None:
    """The dry run is complete: its figures are those of its rows."""
    figures = _figures(recall)
    dual = compensation.newest_policy(recall.product.policy_code)
    limit = compensation.policy_version(dual.code, dual.version).dual_control_fen if dual else 0
    needed = rules.approvals_needed(
        asked_by_ops=who.is_ops(recall.asked_by), cash_fen=figures["fen"], dual_control_fen=limit
    )
    transitions.move(recall, to=State.SHOWN, figures=figures, place=None, approvals_needed=needed, **said)
    recording.recall(recall, what="shown", now=now)


def _figures(recall: Recall) -> dict[str, Any]:
    rows = RecallLine.objects.filter(recall=recall).order_by()
    sums = rows.aggregate(
        lines=Count("id"), gets=Count("id", filter=Q(state=LISTED)),
        buyers=Count("order__buyer", distinct=True, filter=Q(state=LISTED)), fen=Sum("shown_fen", default=0),
        units=Sum("shown_units", default=0), short=Count("id", filter=Q(short=True)),
    )  # fmt: skip
    account = account_of(party=recall.party, developer_id=recall.product.developer_id)
    skipped = rows.filter(state=NOTHING).values_list("skip").annotate(n=Count("id"))
    return sums | {"accounts": {account: sums["fen"]}, "nothing": dict(skipped.order_by("skip"))}


def _checked(recall: Recall, said: dict[str, Any], now: datetime) -> None:
    same = "state" not in said and said["walked"] == recall.figures["lines"]
    to = State.RUNNING if same else State.CHANGED
    kept = {name: value for name, value in said.items() if name != "state"}
    if same:  # nothing yet is progress too: the first pass takes a while
        kept["progress"] = {
            "fen": 0, "units": 0, "given": 0, "waiting": recall.figures["gets"], "skipped": {}
        }  # fmt: skip
    transitions.move(recall, to=to, place=None, **kept)
    recording.recall(recall, what="checked" if same else "changed", now=now)
