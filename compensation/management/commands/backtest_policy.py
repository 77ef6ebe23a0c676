"""backtest_policy: what a policy would have made of the decisions of a past period. Exit status 2 for bad input."""

import csv
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from common import progress
from common.refusals import Invalid, Refusal
from common.tables import CLOSED
from compensation import queries
from compensation.rules.backtest import Report
from compensation.rules.policy import Policy, PolicyUnsound
from compensation.services import backtesting, drafts
from compensation.web.policies import backtest_words as words
from compensation.web.policies import behind_words
from compensation.web.policies.backtest_tables import Table, as_rows

OPTIONS = {"from": "--from", "to": "--to"}
# PolicyUnsound speaks to programs; whoever wrote the file reads Chinese.
FAULTS = (
    (r"missing entry (.+)", "缺少 {} 这一项"),
    (r"unknown entry (.+)", "没有 {} 这一项，请去掉"),
    (r"unknown kind (.+)", "“kind”不能是 {}"),
    (r"unknown clause (.+)", "“clauses”里没有 {} 这一条"),
    (r"the last clause must .+, and (.+) is not", "“clauses”的最后一条要总成立，{} 不是"),
    (r"(.+) can't be (.+)", "{} 不能是 {}"),
)


class BadInput(Exception):
    """The sentence says what is wrong and, where it can, what to write instead."""


class Command(BaseCommand):
    help = (
        "拿一份规则重算一段时间里作过的决定：花费、谁多得谁少得、门槛两边。退出码：0 算完，2 给的东西不对。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--draft", help="草稿的编号")
        parser.add_argument("--policy", help="发布过的规则：代码，或 代码@版本")
        parser.add_argument("--file", type=Path, help="规则的 JSON 文件")
        parser.add_argument("--from", dest="first", default="", help="从哪天起，例如 2026-09-01")
        parser.add_argument("--to", dest="last", default="", help="到哪天为止，这一天不算在内")
        parser.add_argument("--all-of-kind", action="store_true", help="同类商品的所有规则，不只是这个代码的")
        parser.add_argument("--json", action="store_true", help="只打印 JSON")
        parser.add_argument("--csv", type=Path, help="另存成 CSV 文件")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._run(options)
        except BadInput as bad:
            self.stderr.write(str(bad))
            raise SystemExit(2) from None

    def _run(self, options: dict[str, Any]) -> None:
        policy, within = _policy(options), _period(options)
        try:
            among = backtesting.chosen(policy=policy, within=within, all_of_kind=options["all_of_kind"])
        except PolicyUnsound as unsound:
            raise BadInput(f"规则的内容读不懂：{_why(unsound)}。") from None
        with progress.bar(len(among.ids), "重算决定", unit="个") as bar:
            report = backtesting.run(policy=policy, among=among, seen=bar.update)
        if options["csv"]:
            _save(options["csv"], report, policy)
        if options["json"]:
            self.stdout.write(json.dumps(report.as_data(), ensure_ascii=False))
        else:
            self.stdout.write(_drawn(policy, options, report))


def _policy(options: dict[str, Any]) -> Policy:
    if sum(options[name] is not None for name in ("draft", "policy", "file")) != 1:
        raise BadInput("请在 --draft、--policy、--file 里写一个：拿哪份规则来算。")
    try:
        if options["draft"] is not None:
            return drafts.policy_of(drafts.found(_number("--draft ", options["draft"])))
        return _of_file(options["file"]) if options["file"] else _published(options["policy"])
    except Refusal as refused:
        raise BadInput(str(refused.detail or refused.title)) from None
    except PolicyUnsound as unsound:
        where = f"文件 {options['file']} " if options["file"] else "规则的内容"
        raise BadInput(f"{where}读不懂：{_why(unsound)}。") from None


def _number(what: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadInput(f"{what}要是数字，例如 2，不能是{f' {text}' if text else '空的'}。")
    return int(text)


def _of_file(path: Path) -> Policy:
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadInput(f"文件 {path} 打不开：{_closed(error)}。") from None
    except UnicodeDecodeError:
        raise BadInput(f"文件 {path} 读不懂：请存成 UTF-8。") from None
    except json.JSONDecodeError as error:
        raise BadInput(
            f"文件 {path} 读不懂：第 {error.lineno} 行第 {error.colno} 个字起不是 JSON。"
        ) from None
    if not isinstance(data, dict):
        raise BadInput(f"文件 {path} 读不懂：要写成一个 JSON 对象，即 {{…}}。")
    return Policy.from_data(data)


def _closed(error: OSError) -> str:
    return str(CLOSED.get(type(error), error.strerror))


def _published(name: str) -> Policy:
    code, at, version = name.partition("@")
    if at:
        return queries.policy_version(code, _number("--policy 的版本", version))
    newest = queries.versions_of(code).first()
    if newest is None:
        raise BadInput(f"没有代码是 {code} 的规则。")
    return Policy.from_data(newest.data)


def _period(options: dict[str, Any]) -> backtesting.Period:
    try:
        return backtesting.period(options["first"], options["last"])
    except Invalid as invalid:
        said = (f"{OPTIONS[error['field']]}：{error['detail']}" for error in invalid.errors)
        raise BadInput(" ".join(said)) from None


def _why(unsound: PolicyUnsound) -> str:
    for pattern, said in FAULTS:
        if found := re.fullmatch(pattern, str(unsound)):
            return said.format(*(_quoted(part) for part in found.groups()))
    return str(unsound)


def _quoted(part: str) -> str:
    return f"“{part[1:-1]}”" if part[:1] == part[-1:] == "'" else part


def _drawn(policy: Policy, options: dict[str, Any], report: Report) -> str:
    data = report.as_data()
    lines = [
        f"{policy.title}（{policy.code}）第 {policy.version} 版",
        f"重算 {options['first']} 到 {options['last']} 之前的决定",
        *(f"  {said}" for said in words.caveats(data)), "",
    ]  # fmt: skip
    for figure in words.headline(data):
        lines.append(f"{figure.label}  {figure.value}" + (f"  {figure.note}" if figure.note else ""))
    for table in words.tables(data, words.called(data)):
        lines += [
            "",
            table.title + (f"（{table.note.rstrip('。')}）" if table.note else ""),
            *_columns(table),
        ]
    return "\n".join(lines)


def _columns(table: Table) -> list[str]:
    """As wide as they need to be, figures to the right."""
    rows = [table.heads, *([cell.shown for cell in row] for row in table.rows)]
    widths = [max(_width(row[at]) for row in rows) for at in range(len(table.heads))]
    numbers = [cell.number for cell in table.rows[0]]
    return [
        "  ".join(
            _padded(text, width, right) for text, width, right in zip(row, widths, numbers, strict=True)
        ).rstrip()
        for row in rows
    ]


def _padded(text: str, width: int, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _save(path: Path, report: Report, policy: Policy) -> None:
    data = report.as_data()
    tables = behind_words.with_examples(words.tables(data, words.called(data)), policy)
    try:
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            table = csv.writer(file)
            table.writerows(as_rows(tables))
    except OSError as error:
        raise BadInput(f"文件 {path} 写不了：{_closed(error)}。") from None
