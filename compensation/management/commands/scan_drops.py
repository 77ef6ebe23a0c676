"""scan_drops [--at INSTANT] [--json]: what the drop windows that ended by then come to."""

import json
from datetime import datetime
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import progress
from common.clock import now
from compensation.services.scan import scan_drops

WORDS = {
    "lines": "满窗口的订单", "none": "没有掉", "A": "第一档", "B": "第二档", "C": "第三档",
    "unmeasurable": "数不出来", "warn": "该提醒", "urgent": "紧急",
}  # fmt: skip


class Command(BaseCommand):
    help = "统计到某一时刻为止已满的掉赞窗口。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", help="RFC 3339 时刻，默认现在")
        parser.add_argument("--json", action="store_true", help="只打印 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        at = _instant(options["at"]) if options["at"] else now()
        figures = scan_drops(at=at, watched=partial(progress.bar, label="数掉赞窗口", unit="单"))
        if options["json"]:
            self.stdout.write(json.dumps(figures))
        else:
            self.stdout.write("，".join(f"{WORDS[name]} {count}" for name, count in figures.items()))


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise CommandError("--at 要写成 2017-11-01T00:00:00Z 这样带时区的时刻。")
    return at
