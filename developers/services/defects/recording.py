"""What the record says of defects: what people and the system did; who by name and why, for ops alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from developers.models import Defect, DefectFix, DefectWord
from developers.rules.defect_life import SYSTEM
from evidence.rules.entries import Fact
from evidence.services import log

KIND, BY, TOLD = "defect", "defect_by", "defect_told"


def word(
    defect: Defect, *, action: str, side: str = SYSTEM, by: str = "", text: str = "",
    data: dict[str, Any] | None = None, now: datetime,
) -> DefectWord:  # fmt: skip
    """Kept beside the defect and in the record, in the transaction of what it tells of."""
    row = DefectWord.objects.create(
        defect=defect, action=action, side=side, by=by, text=text, data=data or {}, at=now
    )
    said = {
        "no": defect.no, "what": action, "side": side, "state": defect.state, "sku": defect.product.sku,
        "version": defect.goods_version, "reason": defect.reason, "data": row.data,
    }  # fmt: skip
    facts = [Fact(KIND, "", said)]
    if by:
        facts.append(Fact(BY, "", {"no": defect.no, "what": action, "by": by, "text": text}, internal=True))
    log.record_many(facts=facts, now=now)
    return row


def told(fix: DefectFix, order_nos: Iterable[str], *, now: datetime) -> None:
    """To whom, by one of their orders."""
    said = {"defect": fix.defect.no, "version": fix.goods_version}
    log.record_many(facts=[Fact(TOLD, order_no, said) for order_no in order_nos], now=now)
