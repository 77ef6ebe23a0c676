"""Compare with every provider now: `reconcile [--since INSTANT]`."""

from argparse import ArgumentParser
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common import clock, progress
from common.clock import rfc3339
from integrations.services import reconcile, standstill

LOOK_BACK = timedelta(days=30)
BY, REASON = "manage.py", "reconcile --resume"


class Command(BaseCommand):
    help = "与供货方和商店退款后台对账：列出对方的清单，逐笔核对。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", help="从这个时刻起（RFC 3339），默认 30 天前")
        parser.add_argument(
            "--resume",
            action="store_true",
            help="数据库退回之后，不等拿到各方的清单就恢复往外发：先看过对不上的账",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        since = _instant(options["since"]) if options["since"] else now - LOOK_BACK
        found = reconcile.run(since=since, now=now, watched=partial(progress.bar, label="对账", unit="笔"))
        self.stdout.write(
            f"对方清单 {found.listed} 笔，由此了结 {found.settled} 笔，对不上 {found.mismatches} 处。"
        )
        self._standstill(resume=options["resume"], now=now)
        if found.unreachable:
            raise CommandError(f"没有拿到清单：{'、'.join(found.unreachable)}", returncode=1)

    def _standstill(self, *, resume: bool, now: datetime) -> None:
        row = standstill.current()
        if row is None:
            return
        if resume:
            with suppress(standstill.OverBefore):  # a worker had the last list this instant
                standstill.resume(row=row, by=BY, reason=REASON, now=now)
            self.stdout.write("不再等各方的清单，恢复往外发。")
            return
        self.stdout.write(
            f"数据库退回过，从 {rfc3339(row.began_at)} 起只对账，什么也不往外发；"
            f"各方从 {rfc3339(row.since)} 起的清单都拿到、核对完，worker 会自动恢复发送。"
        )


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        sentence = f"--since 要写成 2026-11-22T00:00:00Z 这样，现在是「{text}」。"
        raise CommandError(sentence, returncode=2) from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
