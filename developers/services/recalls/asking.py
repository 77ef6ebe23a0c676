"""Somebody asks for a recall: the rule is kept and counted; nothing is given before another person agrees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from common import transitions
from common.ids import public_id
from common.phrases import mark
from common.refusals import Absent, Invalid, StateMoved
from developers import permissions
from developers.models import Recall, RecallWord
from developers.queries import defects
from developers.rules import recalls as rules
from developers.rules.recall_life import State
from developers.rules.recalls import CAUSES, Rule
from developers.services.recalls import recording, working
from orders import queries as orders
from orders.rules.rows import storable

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Wanted:
    """`party` "": whoever bears such a cause usually; `quantity` None: all of each line; `defect`: its number."""

    sku: str
    rule: Rule
    cause: str
    remedy: str
    quantity: int | None = None
    party: str = ""
    text: str = ""
    defect: str = ""


class NotYours(StateMoved):
    code = "not_the_requester"
    title = mark("这次召回不是您提出的")
    detail = mark("只有提出的人能提交批准。您要召回，请自己试算一次。")


class NotCountedYet(StateMoved):
    code = "not_counted_yet"
    title = mark("现在不能提交")
    detail = mark("要先试算完、还没有提交过才能提交。请刷新后再看。")


def ask(*, wanted: Wanted, by: User, submit: bool, now: datetime) -> Recall:
    """Keep the rule and count what it comes to, at once where it is small. Refuses: Absent, Invalid.

    `submit`: it goes to be approved as soon as it is counted; else `submit` does that later.
    """
    product = orders.find_product(sku=wanted.sku)
    if not permissions.may_recall(by, product):
        raise Absent(mark("没有这件商品，请核对货号。"))
    usual = CAUSES[wanted.cause].party if wanted.cause in CAUSES else "unknown"
    party, text = wanted.party or usual, wanted.text.strip()
    faults = rules.faults_of(
        rule=wanted.rule, cause=wanted.cause, party=party, remedy=wanted.remedy, quantity=wanted.quantity,
        kind=product.kind, words=text, now=now,
    )  # fmt: skip
    supplier = orders.supplier_called(wanted.rule.supplier)
    if wanted.rule.supplier and supplier is None:
        faults.append(_UNKNOWN_SUPPLIER)
    defect = defects.of_goods(no=wanted.defect, product=product) if wanted.defect else None
    if wanted.defect and defect is None:
        detail = mark("这件商品没有这个缺陷，请从缺陷的那一页再点一次。")
        faults.append({"field": "defect", "code": "unknown_value", "detail": detail})
    faults += [
        {"field": field, "code": "malformed", "detail": mark("里面有存不下的字符，请去掉后再试。")}
        for field, value in (("text", text), ("batch", wanted.rule.batch), ("version", wanted.rule.version))
        if not storable(value)
    ]
    if faults:
        raise Invalid(errors=faults)
    with transaction.atomic():
        row = Recall.objects.create(
            no=public_id("R"), product=product, by=wanted.rule.by, start=wanted.rule.start, end=wanted.rule.end,
            supplier=supplier, batch=wanted.rule.batch, goods_version=wanted.rule.version, cause=wanted.cause,
            party=party, remedy=wanted.remedy, quantity=wanted.quantity, text=text, asked_by=by, asked_at=now,
            submitted_at=now if submit else None, defect=defect,
        )  # fmt: skip
        word = RecallWord.objects.create(recall=row, action="ask", by=by.get_username(), reason=text, at=now)
        recording.recall(row, what="asked", word=word, now=now)
    return working.hurry(recall=row, now=now)


_UNKNOWN_SUPPLIER = {
    "field": "supplier", "code": "unknown_supplier",
    "detail": mark("没有发货写着这家供货商。请写推送发货时用的代号。"),
}  # fmt: skip


@transaction.atomic
def submit(*, recall: Recall, by: User, now: datetime) -> Recall:
    """What was counted goes to be approved. Refuses: NotYours, NotCountedYet."""
    if recall.asked_by_id != by.pk:
        raise NotYours()
    if recall.state != State.SHOWN or recall.submitted_at is not None:
        raise NotCountedYet()
    transitions.move(recall, to=State.SHOWN, submitted_at=now)
    word = RecallWord.objects.create(
        recall=recall, action="submit", by=by.get_username(), digest=recall.digest, at=now
    )
    recording.recall(recall, what="submit", word=word, now=now)
    return recall
