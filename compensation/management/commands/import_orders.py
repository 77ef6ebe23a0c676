"""import_orders FILE: orders from a CSV file, over the same service as the API."""

from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from common.clock import now
from common.tables import Row, UnreadableFile, read_rows
from compensation.services.intake import take_orders
from orders.rules.order_rows import COLUMNS, OPTIONAL, order_fields
from orders.rules.rows import RowError
from orders.services.intake import NewOrder

BATCH = 2000


class Command(BaseCommand):
    help = "从 CSV 导入订单。退出码：0 全部收下，1 有的行没收，2 文件读不了。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        self.accepted = self.duplicates = self.rejected = 0
        try:
            rows = read_rows(file, columns=COLUMNS, optional=OPTIONAL)
            while batch := list(islice(rows, BATCH)):
                self._take(batch, now())
        except UnreadableFile as error:
            self.stderr.write(str(error))
            raise SystemExit(2) from None
        self.stdout.write(
            f"订单：收下 {self.accepted} 行，重复 {self.duplicates} 行，没收 {self.rejected} 行。"
        )
        if self.rejected:
            raise SystemExit(1)

    def _take(self, batch: list[Row], at: datetime) -> None:
        lines: dict[int, int] = {}  # by the row's own identity: a number may stand on several lines
        clean: list[NewOrder] = []
        bad: list[tuple[int, str]] = []
        for number, row, trouble in batch:
            if trouble:
                bad.append((number, trouble))
                continue
            try:
                new = NewOrder(**order_fields(row, now=at))
            except RowError as error:
                bad.append((number, error.detail))
                continue
            lines[id(new)] = number
            clean.append(new)
        taken, unknown = take_orders(new=clean, now=at)
        for new in unknown:
            bad.append((lines[id(new)], f"没有货号「{new.sku}」，请先建好商品。"))
        for new in taken.conflicts:
            bad.append((lines[id(new)], f"订单号 {new.order_no} 已有另一份内容，没有改动。"))
        self.accepted += taken.accepted
        self.duplicates += taken.duplicates
        self.rejected += len(bad)
        for number, why in sorted(bad):
            self.stderr.write(f"第 {number} 行没收：{why}")
