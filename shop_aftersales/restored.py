"""A database older than the head kept outside it was restored: nothing is sent until the providers were heard."""

import logging
from datetime import datetime

from django.db import transaction

from common.clock import rfc3339, shanghai
from compensation.services import forgotten
from evidence.queries import newest_head
from evidence.services import keeping
from evidence.services import log as record
from evidence.services.keeping import Kept
from integrations.services import reconcile, standstill
from ledger.services import breaks

log = logging.getLogger(__name__)
KIND = "restored"


def notice(*, now: datetime) -> None:
    """Stop sending where the database has gone back. Any number of processes may look; one announces it."""
    kept = keeping.contradicted()
    if kept is None:
        return
    with transaction.atomic():
        last = keeping.restored_to(kept=kept)
        if standstill.begin(last_known=last.sealed_at if last else None, now=now):
            _announce(kept, last.sealed_at if last else None, now)
    keeping.put_aside(kept=kept)  # only now: until the standstill is there, the file is all that knows


def _announce(kept: Kept, last: datetime | None, now: datetime) -> None:
    head = newest_head()
    said = {
        "kept_size": kept.size, "kept_root": kept.root, "kept_sealed_at": rfc3339(kept.sealed_at),
        "size": head.size if head else 0, "last_known": rfc3339(last),
    }  # fmt: skip
    record.record(kind=KIND, order_no="", data=said, now=now, internal=True)
    knows = f"它记得的存证到 {_said(last)} 为止" if last else "它一条存证也不记得"
    had = f"原先有 {kept.size} 条" if kept.root else "库外的存证头读不出来，不能确定"
    breaks.open_break(
        kind=KIND, reference=f"{KIND}:{kept.aside.name}", now=now,
        detail=f"数据库退回到 {_said(kept.sealed_at)} 之前，正在只对账，什么也不往外发。{knows}（{had}，"
        f"证据 {kept.aside.name} 留在 DATA_DIR）。对方的清单都核对完就自动恢复；忘掉的每一笔另有一条记录。",
    )  # fmt: skip


def _said(instant: datetime) -> str:
    return f"{shanghai(instant):%Y-%m-%d %H:%M:%S}"


def recover(*, now: datetime) -> None:
    """Read the lists since then, tell of what was forgotten, and go on; with one missing, it waits."""
    row = standstill.take_turn(now=now)
    if row is None:
        return
    found = reconcile.run(since=row.since, now=now)
    # Also what one of them said while another is silent: a person may end the standstill in between.
    forgotten.tell(unknown=found.unknown, names=forgotten.named(unknown=found.unknown), now=now)
    if found.unreachable:
        log.error(
            "数据库退回过，仍在只对账，什么也没有往外发：%s 没有给出清单。", "、".join(found.unreachable)
        )
        return
    if standstill.end(row=row, now=now):
        log.warning("对账完成，恢复往外发；数据库忘掉的有 %s 笔。", len(found.unknown))
