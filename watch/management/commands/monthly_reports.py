"""monthly_reports [--month YYYY-MM]: the reports of a month, to the end. Exit status 1: not all, 2: bad input."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts import queries as accounts
from common import progress
from common.clock import now
from watch.models import ReportRun
from watch.rules import report_months
from watch.services import reporting


class Command(BaseCommand):
    help = (
        "做一个月的使用报告，断了接着做，不会做两份；刚过完的那个月做好就写给买家。"
        "退出码：0 做完，1 有的没做成或别的进程正在做，2 月份不对。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--month", help="哪个月，例如 2026-10；不写就是刚过完的那个月")

    def handle(self, *args: Any, **options: Any) -> None:
        at, name = now(), options["month"]
        month = report_months.named(name) if name is not None else report_months.ended(at)
        if month is None:
            return self._end(2, f"--month 要写成 2026-10 这样，不能是{f' {name}' if name else '空的'}。")
        try:
            run = self._made(month)
        except reporting.MonthNotOver as refused:
            return self._end(2, str(refused.detail))
        except reporting.BeingMade as refused:
            return self._end(1, str(refused.detail))
        if run.state != "done":
            return self._end(1, str(reporting.BeingMade.detail))
        self.stdout.write(f"{run.month}：做好 {run.made} 份。")
        if run.failed:
            return self._end(1, f"{run.failed} 份没有做成，原因在日志里；修好以后再运行一次，只补没做成的。")
        return None

    def _made(self, month: tuple[int, int]) -> ReportRun:
        with progress.bar(accounts.newest_buyer(), "做报告", unit="位买家") as bar:

            def seen(run: ReportRun) -> None:
                bar.update(run.cursor - bar.n)

            return reporting.make(month=month, now=now(), seen=seen)

    def _end(self, status: int, said: str) -> None:
        self.stderr.write(said)
        raise SystemExit(status)
