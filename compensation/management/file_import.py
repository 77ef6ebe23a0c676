"""What the import commands have in common: FILE, a bar, what was rejected and why, the exit status."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from common import progress
from common.clock import now
from common.tables import UnreadableFile
from compensation.services import imports
from compensation.services.imports import Lost


class FileImport(BaseCommand):
    kind = ""
    called = ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        run, bar = None, None
        try:
            for run, rejected in imports.at_terminal(kind=self.kind, path=file, by="终端", now=now()):
                if bar is None:
                    bar = progress.bar(run.rows_total, f"导入{self.called}", done=run.rows_done)
                    if run.rows_done and run.is_open:
                        self.stdout.write(f"接着上次，从第 {run.last_line + 1} 行起。")
                bar.update(run.rows_done - bar.n)
                if rejected:
                    self._name(rejected)
        except (UnreadableFile, Lost) as error:
            self.stderr.write(str(error))
            raise SystemExit(2) from None
        finally:
            if bar is not None:
                bar.close()
        assert run is not None
        self.stdout.write(
            f"{self.called}：收下 {run.accepted} 行，重复 {run.duplicates} 行，没收 {run.rejected} 行。"
        )
        if run.rejected:
            raise SystemExit(1)

    def _name(self, rejected: imports.Rejected) -> None:
        with progress.aside():
            for lines, why in _runs(rejected):
                self.stderr.write(f"第 {lines} 行没收：{why}")


def _runs(rejected: imports.Rejected) -> Iterator[tuple[str, str]]:
    """(lines, why): lines that follow one another and are refused for the same reason are said together."""
    for (why, _), group in groupby(enumerate(rejected), lambda each: (each[1][1], each[1][0] - each[0])):
        lines = [line for _, (line, _) in group]
        yield f"{lines[0]}～{lines[-1]}" if len(lines) > 1 else str(lines[0]), why
