"""import_observations FILE: counts from a CSV file, over the same service as the API."""

from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from common.clock import now
from common.tables import UnreadableFile, read_rows
from orders.rules.order_rows import COUNT_COLUMNS, COUNT_OPTIONAL
from orders.services.observations import take_observations

BATCH = 5000


class Command(BaseCommand):
    help = "从 CSV 导入计数。退出码：0 全部收下，1 有的行没收，2 文件读不了。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        accepted = duplicates = rejected = 0
        try:
            rows = read_rows(file, columns=COUNT_COLUMNS, optional=COUNT_OPTIONAL)
            while batch := list(islice(rows, BATCH)):
                report = take_observations(raw_rows=[row.cells for row in batch], now=now())
                accepted += report.accepted
                duplicates += report.duplicates
                rejected += len(report.rejected)
                for error in report.as_data()["rejected"]:
                    self.stderr.write(f"第 {batch[error['index']][0]} 行没收：{error['detail']}")
        except UnreadableFile as error:
            self.stderr.write(str(error))
            raise SystemExit(2) from None
        self.stdout.write(f"计数：收下 {accepted} 行，重复 {duplicates} 行，没收 {rejected} 行。")
        if rejected:
            raise SystemExit(1)
